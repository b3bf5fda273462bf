//! What a handler learns about a request beside the decoded operation. Knows no routes.

use std::any::Any;
use std::fmt;

use http::request::Parts;

use super::{Principal, accept};
use crate::global::Global;
use crate::json::Json;
use crate::operation::OperationInfo;
use crate::wire::Uniform;

/// The request as it came, without its body, and who sent it.
///
/// `Debug` shows method and operation only: headers, query and extensions may hold credentials.
pub struct Context {
    /// Method, URI, headers, and what layers in front of the router put into the extensions.
    pub parts: Parts,
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    pub(super) principal: Option<Principal>,
}

impl Context {
    /// A context without a principal, for calling handlers by hand.
    pub fn new(parts: Parts, operation: &'static OperationInfo) -> Self {
        Self { parts, operation, principal: None }
    }

    /// Who is calling, if an authenticator found out and its principal is of this type.
    pub fn principal<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.principal.as_ref()?.downcast_ref()
    }

    /// The value of a global in this request, if it is there. The router has seen that what is there can be read.
    pub fn global<T: Json>(&self, global: &Global<T>) -> Option<T> {
        global.read(&self.parts).ok().flatten()
    }

    /// A value as a body with several media types: in the one that the caller's `Accept` header likes best, else in the
    /// first one.
    pub fn represent<C: Uniform>(&self, value: C::Value) -> C {
        C::represent(self.preferred(C::MEDIA_TYPES), value)
    }

    /// Which of these media types the caller's `Accept` header likes best: the first among equals, and where it takes none.
    pub fn preferred(&self, media_types: &[&str]) -> usize {
        accept::preferred(&self.parts.headers, media_types)
    }

    /// The same context with somebody calling.
    pub fn with_principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("method", &self.parts.method)
            .field("operation", &self.operation.id)
            .field("known", &self.principal.is_some())
            .finish()
    }
}
