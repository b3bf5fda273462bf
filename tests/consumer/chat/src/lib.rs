//! A few lines around a shipped client.

use mattermost_client::types::{AppError, Presence};
use mattermost_client::{Client, Error};

/// Whether somebody is there.
///
/// # Errors
/// The server cannot be reached, or says no.
pub async fn is_there(client: &Client, user: &str) -> Result<bool, Error<AppError>> {
    let reply = client.get_user_status(user).await?;
    Ok(matches!(reply.status, Some(Presence::Online)))
}
