//! The server's half: routes, who may call them, and what is said when nothing documented fits.
//! Knows nothing of how requests and responses are written.
//!
//! A [`Router`] is made of one [`Route`] per operation, and turned into a `tower` service or an `axum::Router`. A
//! [`Receiver`] is one for callbacks, which arrive at one address.

mod accept;
mod authenticate;
mod context;
mod receiver;
mod refusal;
mod route;
mod router;
mod twins;

use crate::error::EncodeError;

pub use authenticate::{Authenticate, BoxFuture, Credentials, Principal};
pub use context::Context;
pub use receiver::{Event, Receiver, Unknown};
pub use refusal::Refusal;
pub use route::Route;
pub use router::{DEFAULT_BODY_LIMIT, Router, RouterService, TrailingSlash};

/// Why the server's own code could not answer; the caller sees a bare 500.
///
/// It stands in the response's extensions, so that a layer around the router can log it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// A handler or an authenticator panicked, with this message.
    Panic(String),
    /// A response lies outside of what the wire can carry.
    Encode(EncodeError),
    /// A temporary file for a part of a form could not be written.
    Disk(String),
    /// A response had a status that is not one of a final response.
    Status(http::StatusCode),
}

/// Serves a router on a listener, such as a `tokio::net::TcpListener`, until the process ends.
///
/// # Errors
/// None today: errors of single connections end those only.
pub async fn serve<L>(listener: L, router: Router) -> std::io::Result<()>
where
    L: axum::serve::Listener,
    L::Addr: std::fmt::Debug,
{
    axum::serve(listener, router.into_axum::<()>()).await
}
