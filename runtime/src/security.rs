//! Where credentials travel: applying one to a request and reading it back stand next to each other here.
//! It must not know who is allowed what.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use http::{HeaderMap, Uri};

use crate::error::{EncodeError, Problem};
use crate::parameter::{escape, field_text, percent_decode, split_cookies, split_query};
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
    /// Domain: text that is not empty; in headers visible ASCII without blanks at the edges; in cookies the characters
    /// of RFC 6265, section 4.1.1, since nothing escapes the others there. Basic and query keys carry any text.
    ///
    /// # Errors
    /// [`EncodeError::Credential`] where its place cannot carry the text.
    pub fn apply(&self, credential: &Secret, headers: &mut HeaderMap, uri: &mut Uri) -> Result<(), EncodeError> {
        let text = credential.expose();
        let refused = |problem| EncodeError::Credential { scheme: self.id, problem };
        if text.is_empty() {
            return Err(refused(Problem::Empty));
        }
        match self.kind {
            SecurityKind::Basic => {
                headers.append(AUTHORIZATION, sensitive(&format!("Basic {}", STANDARD.encode(text)))?);
            }
            SecurityKind::Bearer => {
                headers.append(AUTHORIZATION, sensitive(&format!("Bearer {}", field_text(text).map_err(refused)?))?);
            }
            SecurityKind::Http(scheme) => {
                headers.append(AUTHORIZATION, sensitive(&format!("{scheme} {}", field_text(text).map_err(refused)?))?);
            }
            SecurityKind::Header(name) => {
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| EncodeError::Invalid(error.to_string()))?;
                headers.insert(name, sensitive(field_text(text).map_err(refused)?)?);
            }
            SecurityKind::Query(name) => *uri = with_query(uri, &escape(name), &escape(text))?,
            SecurityKind::Cookie(name) => {
                if let Some(character) = text.chars().find(|character| !is_cookie_octet(*character)) {
                    return Err(refused(Problem::Character(character)));
                }
                let before = headers.get(COOKIE).and_then(|value| value.to_str().ok());
                let cookies = before.map_or_else(|| format!("{name}={text}"), |before| format!("{before}; {name}={text}"));
                headers.insert(COOKIE, sensitive(&cookies)?);
            }
        }
        Ok(())
    }

    /// The credential of this scheme in a request, if there is one. Names of authorization schemes are the same in
    /// any letter case (RFC 9110, section 11.1).
    pub fn read<'a>(&'static self, headers: &'a HeaderMap, uri: &'a Uri) -> Option<Credential<'a>> {
        let text = match self.kind {
            SecurityKind::Basic => {
                let bytes = STANDARD.decode(authorization(headers, "Basic")?).ok()?;
                Cow::Owned(String::from_utf8(bytes).ok()?)
            }
            SecurityKind::Bearer => Cow::Borrowed(authorization(headers, "Bearer")?),
            SecurityKind::Http(scheme) => Cow::Borrowed(authorization(headers, scheme)?),
            SecurityKind::Header(name) => Cow::Borrowed(headers.get(name)?.to_str().ok()?),
            SecurityKind::Query(name) => {
                let pairs = split_query(uri.query()?);
                let (_, raw) = pairs.into_iter().find(|(found, _)| found == name)?;
                Cow::Owned(percent_decode(&raw.replace('+', " ")).ok()?)
            }
            SecurityKind::Cookie(name) => {
                let (_, raw) = split_cookies(headers).into_iter().find(|(found, _)| found == name)?;
                Cow::Borrowed(raw)
            }
        };
        (!text.is_empty()).then_some(Credential { scheme: self, text })
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

/// A header value that `Debug` does not show. The error does not repeat the value.
fn sensitive(text: &str) -> Result<HeaderValue, EncodeError> {
    let mut value = HeaderValue::from_str(text).map_err(|error| EncodeError::Invalid(error.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What follows the name of a scheme in one of the `Authorization` headers.
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let (found, credential) = value.to_str().ok()?.trim().split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| credential.trim())
    })
}

/// The address with one more name and value in its query, both escaped already.
fn with_query(uri: &Uri, name: &str, value: &str) -> Result<Uri, EncodeError> {
    let query = uri.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
    let address = format!("{}?{query}{name}={value}", uri.path());
    let invalid = || EncodeError::Invalid("address with a key in its query".to_owned());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(address.parse().map_err(|_| invalid())?);
    Uri::from_parts(parts).map_err(|_| invalid())
}

fn is_cookie_octet(character: char) -> bool {
    matches!(character, '!'..='~') && !matches!(character, '"' | ',' | ';' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    static BASIC: SecurityScheme = SecurityScheme { id: "basic", kind: SecurityKind::Basic };
    static BEARER: SecurityScheme = SecurityScheme { id: "bearer", kind: SecurityKind::Bearer };
    static TICKET: SecurityScheme = SecurityScheme { id: "ticket", kind: SecurityKind::Http("SOTicket") };
    static HEADER: SecurityScheme = SecurityScheme { id: "header", kind: SecurityKind::Header("X-Key") };
    static QUERY: SecurityScheme = SecurityScheme { id: "query", kind: SecurityKind::Query("api key") };
    static COOKIE_KEY: SecurityScheme = SecurityScheme { id: "cookie", kind: SecurityKind::Cookie("session") };

    /// What was written, as header and address.
    fn apply(scheme: &SecurityScheme, text: &str) -> Result<(HeaderMap, Uri), EncodeError> {
        let mut headers = HeaderMap::new();
        let mut uri = Uri::from_static("/a?b=c");
        scheme.apply(&Secret::new(text), &mut headers, &mut uri)?;
        Ok((headers, uri))
    }

    #[test]
    fn credentials_survive_both_ways() {
        for (scheme, text, header, address) in [
            (&BASIC, "me:möwe:x", "authorization: Basic bWU6bcO2d2U6eA==", "/a?b=c"),
            (&BEARER, "abc.def-_~+/=", "authorization: Bearer abc.def-_~+/=", "/a?b=c"),
            (&TICKET, "7T:abc", "authorization: SOTicket 7T:abc", "/a?b=c"),
            (&HEADER, "k e y", "x-key: k e y", "/a?b=c"),
            (&QUERY, "a&b+c d%é", "", "/a?b=c&api%20key=a%26b%2Bc%20d%25%C3%A9"),
            (&COOKIE_KEY, "a=b%20", "cookie: session=a=b%20", "/a?b=c"),
        ] {
            let (headers, uri) = apply(scheme, text).unwrap();
            let written: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
            assert_eq!(written.join("\n"), header, "{}", scheme.id);
            assert!(headers.values().all(HeaderValue::is_sensitive), "{}", scheme.id);
            assert_eq!(uri.to_string(), address);
            assert_eq!(scheme.read(&headers, &uri).unwrap().expose(), text);
        }
    }

    #[test]
    fn what_a_place_cannot_carry() {
        for (scheme, text, problem) in [
            (&BASIC, "", Problem::Empty),
            (&BEARER, "", Problem::Empty),
            (&BEARER, "a\r\nb", Problem::Character('\r')),
            (&BEARER, " a", Problem::Edges),
            (&TICKET, "é", Problem::Character('é')),
            (&HEADER, "a\n", Problem::Character('\n')),
            (&COOKIE_KEY, "a;b", Problem::Character(';')),
            (&COOKIE_KEY, "a b", Problem::Character(' ')),
        ] {
            assert_eq!(apply(scheme, text).unwrap_err(), EncodeError::Credential { scheme: scheme.id, problem }, "{}", scheme.id);
        }
    }

    #[test]
    fn scheme_names_in_any_letter_case_and_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("bAsIc bWU6eA=="));
        headers.append(AUTHORIZATION, HeaderValue::from_static("BEARER   token"));
        let uri = Uri::from_static("/");
        assert_eq!(BASIC.read(&headers, &uri).unwrap().basic(), Some(("me", "x")));
        assert_eq!(BEARER.read(&headers, &uri).unwrap().expose(), "token");
        for value in ["Bearer", "Bearer ", "Bearertoken", "Basic !!!", "token"] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
            assert_eq!(BEARER.read(&headers, &uri), None, "{value}");
            assert_eq!(BASIC.read(&headers, &uri), None, "{value}");
        }
    }

    #[test]
    fn a_cookie_joins_those_that_are_there() {
        let mut headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=b"))]);
        COOKIE_KEY.apply(&Secret::new("x"), &mut headers, &mut Uri::from_static("/")).unwrap();
        assert_eq!(headers[COOKIE], "a=b; session=x");
    }

    #[test]
    fn debug_does_not_show_a_credential() {
        let (headers, uri) = apply(&BEARER, "sesame").unwrap();
        let shown = format!("{headers:?} {:?}", BEARER.read(&headers, &uri).unwrap());
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
