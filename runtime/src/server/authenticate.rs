//! Who is calling: credentials taken from a request by the operation's security requirements, and the door they pass.
//! Knows no routes and decodes no operation.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::StatusCode;

use super::Refusal;
use crate::operation::{OperationInfo, SecurityKind, SecurityScheme};
use crate::secret::Secret;

/// Who is calling, as the implementor's [`Authenticate`] found out. Handlers read it with
/// [`Context::principal`](super::Context::principal).
pub type Principal = Arc<dyn Any + Send + Sync>;

/// A future in a box, as [`Authenticate`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a caller showed for one security scheme. `Debug` does not show the secret.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The scheme that it was shown for.
    pub scheme: &'static SecurityScheme,
    /// What was shown: the token of a bearer scheme, the key of an API key, `user:password` of basic authentication.
    pub secret: Secret,
}

impl Credential {
    /// User name and password, where the secret has the form `user:password` (RFC 7617).
    pub fn user_and_password(&self) -> Option<(&str, Secret)> {
        let (user, password) = self.secret.expose().split_once(':')?;
        Some((user, Secret::new(password)))
    }
}

/// All credentials of one alternative of an operation's security requirements. Never empty.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    /// One for each scheme of the alternative, in the document's order.
    pub all: Vec<Credential>,
}

impl Credentials {
    /// The credential for the scheme of this name.
    pub fn get(&self, scheme: &str) -> Option<&Credential> {
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
        None => Err(challenged(Refusal::new(StatusCode::UNAUTHORIZED), operation)),
    }
}

/// The credentials of one alternative, or `None` if one is missing.
fn present(alternative: &[&'static SecurityScheme], parts: &Parts) -> Option<Vec<Credential>> {
    let find = |scheme: &&'static SecurityScheme| {
        let secret = find(scheme.kind, parts).filter(|text| !text.is_empty())?;
        Some(Credential { scheme, secret: Secret::new(secret) })
    };
    alternative.iter().map(find).collect()
}

fn find(kind: SecurityKind, parts: &Parts) -> Option<String> {
    match kind {
        SecurityKind::Basic => {
            let bytes = STANDARD.decode(authorization(&parts.headers, "Basic")?).ok()?;
            String::from_utf8(bytes).ok().filter(|text| text.contains(':'))
        }
        SecurityKind::Bearer => authorization(&parts.headers, "Bearer"),
        SecurityKind::Http(scheme) => authorization(&parts.headers, scheme),
        SecurityKind::Header(name) => Some(parts.headers.get(name)?.to_str().ok()?.to_owned()),
        SecurityKind::Query(name) => query(parts.uri.query()?, name),
        SecurityKind::Cookie(name) => cookie(&parts.headers, name),
    }
}

/// What follows the name of this scheme, which is written in any case (RFC 9110, section 11.1).
fn authorization(headers: &HeaderMap, scheme: &str) -> Option<String> {
    headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let (found, rest) = value.to_str().ok()?.trim().split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim().to_owned())
    })
}

fn query(text: &str, name: &str) -> Option<String> {
    let read = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(|text| text.into_owned())
    };
    text.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (read(key)? == name).then(|| read(value))?
    })
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(COOKIE).iter().find_map(|value| {
        value.to_str().ok()?.split(';').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    })
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
    values.fold(refusal, |refusal, value| refusal.with_header(const { WWW_AUTHENTICATE }, value))
}

/// API keys have no registered scheme; `ApiKey` with the key's name and place is what callers can act on.
fn challenge(scheme: &SecurityScheme) -> String {
    let key = |place: &str, name: &str| {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("ApiKey in=\"{place}\", name=\"{name}\"")
    };
    match scheme.kind {
        SecurityKind::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".to_owned(),
        SecurityKind::Bearer => "Bearer".to_owned(),
        SecurityKind::Http(name) => name.to_owned(),
        SecurityKind::Header(name) => key("header", name),
        SecurityKind::Query(name) => key("query", name),
        SecurityKind::Cookie(name) => key("cookie", name),
    }
}
