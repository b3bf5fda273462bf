//! A client that is checked in, so that reviewers see what changes in it.

pub mod lamps;

use lamps::client::{Client, Error};
use lamps::types::Lamp;

/// Switches a lamp on; its brightness, where it has one.
///
/// # Errors
/// The lamps cannot be reached, or say no.
pub async fn light(client: &Client, name: &str) -> Result<Option<i64>, Error<bothends_runtime::NoBody>> {
    let lamp = client.set_lamp(name, &Lamp { on: true, brightness: None }).await?;
    Ok(lamp.brightness)
}
