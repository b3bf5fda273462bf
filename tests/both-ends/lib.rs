//! Helpers shared by the tests of clients and servers: how one is pointed at the other, and who is let in.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::sync::Arc;

use bothends_runtime::client::Client;
use bothends_runtime::http::StatusCode;
use bothends_runtime::server::{Authenticate, Credentials, Principal, Refusal, Router};

/// Where the server seems to be. Nothing is there: the client calls it in the same process.
pub const ADDRESS: &str = "http://server.invalid";

/// A client, as the generated ones wrap it, of a server in the same process.
pub fn client<C: From<Client>>(server: Router) -> C {
    Client::with_service(ADDRESS, server.into_service()).unwrap().into()
}

/// Who called, as the door below found out: the scheme and what it showed, for each credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Vec<(String, String)>);

/// Lets in whoever shows exactly one of these sets of credentials, each a scheme and its text.
pub fn door(sets: &'static [&'static [(&'static str, &'static str)]]) -> impl Authenticate {
    move |shown: Credentials| {
        let shown: Vec<(String, String)> =
            shown.all.iter().map(|credential| (credential.scheme.id.to_owned(), credential.expose().to_owned())).collect();
        let known = sets
            .iter()
            .any(|set| set.len() == shown.len() && set.iter().zip(&shown).all(|(known, shown)| known.0 == shown.0 && known.1 == shown.1));
        let outcome = if known { Ok(Arc::new(Caller(shown)) as Principal) } else { Err(Refusal::new(StatusCode::UNAUTHORIZED)) };
        async { outcome }
    }
}
