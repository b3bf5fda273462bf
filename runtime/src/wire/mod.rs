//! Messages: a request and a response, each with its encoder and decoder next to each other; so has the
//! body that both have. It must not know how
//! they are sent.

mod body;
mod headers;
mod incoming;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use body::{BodyDecoder, BodyEncoder, Content, Uniform};
pub use headers::{Headers, NoHeaders};
#[cfg(feature = "client")]
pub(crate) use incoming::Left;
pub use request::{RequestDecoder, RequestEncoder};
#[cfg(feature = "client")]
pub(crate) use response::Received;
pub use response::{NoBody, Reply, ResponseDecoder, ResponseEncoder};
