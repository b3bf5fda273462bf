//! Who is calling: credentials taken from a request by the operation's security requirements, and the door they pass.
//! Knows no routes and decodes no operation.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;
use http::header::{HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;

use super::Refusal;
use crate::operation::OperationInfo;
use crate::security::{Credential, SecurityKind, SecurityScheme};

/// Who is calling, as the implementor's [`Authenticate`] found out. Handlers read it with
/// [`Context::principal`](super::Context::principal).
pub type Principal = Arc<dyn Any + Send + Sync>;

/// A future in a box, as [`Authenticate`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// All credentials of one alternative of an operation's security requirements. Never empty.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    /// One for each scheme of the alternative, in the document's order.
    pub all: Vec<Credential<'static>>,
}

impl Credentials {
    /// The credential for the scheme of this name.
    pub fn get(&self, scheme: &str) -> Option<&Credential<'static>> {
        self.all.iter().find(|credential| credential.scheme.id == scheme)
    }
}

/// Decides whether credentials are good, and whose they are.
///
/// Called before the body of a request is read, with the credentials of one alternative, all of them present. If it
/// refuses with 401, the next alternative that is all present gets its turn; the first refusal goes out.
///
/// Implemented by closures from [`Credentials`] to a future of `Result<Principal, Refusal>`.
pub trait Authenticate: Send + Sync + 'static {
    /// The principal that these credentials belong to, or a refusal: 401 for bad ones, 403 for a caller who may not.
    fn authenticate(&self, credentials: Credentials) -> BoxFuture<'_, Result<Principal, Refusal>>;
}

impl<F, Fut> Authenticate for F
where
    F: Fn(Credentials) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Principal, Refusal>> + Send + 'static,
{
    fn authenticate(&self, credentials: Credentials) -> BoxFuture<'_, Result<Principal, Refusal>> {
        Box::pin(self(credentials))
    }
}

/// Lets a request in, or not, as the operation's security requirements say (OpenAPI 3.0, "Security Requirement Object").
///
/// An operation without requirements is open to all; one with an empty alternative lets in whoever shows nothing.
pub(super) async fn admit(
    door: Option<&dyn Authenticate>,
    operation: &'static OperationInfo,
    parts: &Parts,
) -> Result<Option<Principal>, Refusal> {
    if operation.security.is_empty() {
        return Ok(None);
    }
    let mut refused = None;
    for alternative in operation.security.iter().filter(|alternative| !alternative.is_empty()) {
        let (Some(door), Some(all)) = (door, present(alternative, parts)) else {
            continue;
        };
        match door.authenticate(Credentials { operation, all }).await {
            Ok(principal) => return Ok(Some(principal)),
            Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED => {
                refused.get_or_insert(refusal);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    let open = operation.security.iter().any(|alternative| alternative.is_empty());
    match refused {
        Some(refusal) => Err(challenged(refusal, operation)),
        None if open => Ok(None),
        None => Err(challenged(missing(operation), operation)),
    }
}

/// Nothing was sent that could be checked: what would do, and where it belongs.
fn missing(operation: &'static OperationInfo) -> Refusal {
    let mut schemes: Vec<&str> = Vec::new();
    for scheme in operation.security.iter().copied().flatten() {
        if !schemes.contains(&scheme.id) {
            schemes.push(scheme.id);
        }
    }
    Refusal::new(StatusCode::UNAUTHORIZED).with_detail(format!("credentials are missing: {}", schemes.join(", ")))
}

/// The credentials of one alternative, or `None` if one is missing, empty, or without the colon of basic authentication.
fn present(alternative: &[&'static SecurityScheme], parts: &Parts) -> Option<Vec<Credential<'static>>> {
    let find = |scheme: &&'static SecurityScheme| {
        let found = scheme.read(&parts.headers, &parts.uri)?;
        let whole = match scheme.kind {
            SecurityKind::Basic => found.basic().is_some(),
            _ => !found.expose().is_empty(),
        };
        whole.then(|| Credential::new(scheme, found.expose().to_owned()))
    };
    alternative.iter().map(find).collect()
}

/// The refusal with a challenge for each scheme that would do, as 401 demands (RFC 9110, section 11.6.1).
fn challenged(refusal: Refusal, operation: &'static OperationInfo) -> Refusal {
    if refusal.headers().contains_key(WWW_AUTHENTICATE) {
        return refusal;
    }
    let mut challenges: Vec<String> = Vec::new();
    for scheme in operation.security.iter().copied().flatten() {
        let challenge = challenge(scheme);
        if !challenges.contains(&challenge) {
            challenges.push(challenge);
        }
    }
    let values = challenges.iter().filter_map(|challenge| HeaderValue::from_str(challenge).ok());
    values.fold(refusal, |refusal, value| refusal.with_header(WWW_AUTHENTICATE, value))
}

/// API keys have no registered scheme; `ApiKey` with the key's name and place is what callers can act on.
fn challenge(scheme: &SecurityScheme) -> String {
    let (place, name) = match scheme.kind {
        SecurityKind::Basic | SecurityKind::Bearer | SecurityKind::Http(_) => return scheme.challenge().unwrap_or_default(),
        SecurityKind::Header(name) => ("header", name),
        SecurityKind::Query(name) => ("query", name),
        SecurityKind::Cookie(name) => ("cookie", name),
    };
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("ApiKey in=\"{place}\", name=\"{name}\"")
}
