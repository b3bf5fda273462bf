//! Callbacks of the model: operations that the API's server sends and the API's user receives.

use super::Operation;

/// A callback or webhook: an operation with the roles changed. Its path is the runtime expression, without segments.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback {
    /// The document's name for it: `contactCreated`.
    pub name: String,
    /// What is sent and answered. Names of types are unique among all of the API, names of methods among callbacks.
    pub operation: Operation,
    /// Index into [`super::Api::receivers`].
    pub receiver: usize,
    /// What tells its requests from the others that arrive at the same address.
    pub mark: Option<Mark>,
}

impl Callback {
    /// `METHOD expression name`, by which it is named everywhere.
    pub fn key(&self) -> String {
        format!("{} {}", self.operation.key(), self.name)
    }
}

/// A required property of the body whose values no other callback of the same receiver has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Name on the wire.
    pub property: String,
    /// The values; mostly there is one.
    pub values: Vec<String>,
}

/// One address at which callbacks arrive: those of one tag that have one runtime expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Snake-case name, unique among receivers: `webhooks`.
    pub name: String,
    /// The trait, for instance `WebhooksCallbacks`.
    pub trait_name: String,
    /// Index into [`super::Api::groups`].
    pub group: usize,
    /// Where the address comes from, as the document says it: `{$request.body#/url}`.
    pub expression: String,
}
