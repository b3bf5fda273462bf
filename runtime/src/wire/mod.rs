//! Messages: a request and a response, each with its encoder and decoder next to each other. It must not know how
//! they are sent.

mod incoming;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use request::{RequestDecoder, RequestEncoder};
pub use response::{NoBody, Reply, ResponseDecoder, ResponseEncoder};
