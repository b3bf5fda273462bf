//! What becomes of a call when nobody listens.

use mattermost_client::{Client, Error};

#[tokio::test]
async fn a_server_that_is_not_there_is_a_transport_error() {
    let client = Client::new("http://127.0.0.1:1").expect("an address");
    assert!(matches!(chat::is_there(&client, "u1").await, Err(Error::Transport(_))));
}
