//! Where an API is: an absolute URL to which the paths of operations are appended. Sends nothing.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use url::Url;

use super::BuildError;

/// Scheme, authority and base path, checked once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a slash at its end; empty if there is none.
    path: String,
}

impl BaseUrl {
    /// Reads an absolute `http` or `https` URL. A base path (`/v1`) is kept, with or without a slash at its end.
    ///
    /// A query, a fragment or user information are refused, since no request could carry them on.
    pub(super) fn parse(text: &str) -> Result<Self, BuildError> {
        let wrong = |reason| BuildError::BaseUrl { reason };
        let (url, scheme, authority) = absolute(text).map_err(wrong)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it holds a query or a fragment"));
        }
        Ok(Self { scheme, authority, path: url.path().trim_end_matches('/').to_owned() })
    }

    /// The address of another server: absolute, or relative to this one (RFC 3986, section 5).
    pub(super) fn resolve(&self, server: &str) -> Result<Self, BuildError> {
        let own = format!("{}://{}{}/", self.scheme, self.authority, self.path);
        let joined = Url::parse(&own).and_then(|own| own.join(server));
        Self::parse(joined.map_err(|_| BuildError::BaseUrl { reason: "the operation's own server has no address" })?.as_str())
    }

    /// The base path followed by an operation's path and query (`/users?x=1`).
    pub(super) fn join(&self, relative: &Uri) -> Result<Uri, http::Error> {
        let tail = relative.path_and_query().map_or("/", PathAndQuery::as_str);
        Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(format!("{}{tail}", self.path)).build()
    }
}

/// An absolute `http` or `https` URL without user information; else what is wrong with it, without repeating it.
pub(super) fn absolute(text: &str) -> Result<(Url, Scheme, Authority), &'static str> {
    let url = Url::parse(text).map_err(|_| "it is not an absolute URL")?;
    let scheme = match url.scheme() {
        "http" => Scheme::HTTP,
        "https" => Scheme::HTTPS,
        _ => return Err("its scheme is neither http nor https"),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds user information; give credentials to the client instead");
    }
    let authority = url.authority().parse().map_err(|_| "its host cannot be called")?;
    Ok((url, scheme, authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_appended_and_none_is_lost() {
        for (base, relative, joined) in [
            ("http://h", "/users", "http://h/users"),
            ("http://h/", "/users", "http://h/users"),
            ("https://h:8443/v1", "/users?x=1", "https://h:8443/v1/users?x=1"),
            ("https://h/v1/", "/users/", "https://h/v1/users/"),
            ("http://h/a/b", "/", "http://h/a/b/"),
            ("http://h/a", "/x%2Fy?q=%26", "http://h/a/x%2Fy?q=%26"),
            ("HTTP://Host:80/v1", "/u", "http://host/v1/u"),
            ("http://[::1]:9", "/u", "http://[::1]:9/u"),
        ] {
            let uri = BaseUrl::parse(base).unwrap().join(&relative.parse().unwrap()).unwrap();
            assert_eq!(uri.to_string(), joined, "{base} + {relative}");
        }
    }

    #[test]
    fn other_servers_are_absolute_or_stand_beside_this_one() {
        for (server, joined) in [
            ("https://uploads.example/v2", "https://uploads.example/v2/u"),
            ("/v2/", "http://h:8/v2/u"),
            ("v2", "http://h:8/v1/v2/u"),
            ("//other.example", "http://other.example/u"),
        ] {
            let base = BaseUrl::parse("http://h:8/v1").unwrap().resolve(server).unwrap();
            assert_eq!(base.join(&"/u".parse().unwrap()).unwrap().to_string(), joined, "{server}");
        }
        assert!(BaseUrl::parse("http://h").unwrap().resolve("ftp://h/").is_err());
    }

    #[test]
    fn what_is_no_base_is_refused_without_being_repeated() {
        for (text, reason) in [
            ("", "not an absolute URL"),
            ("/v1", "not an absolute URL"),
            ("example.com/v1", "not an absolute URL"),
            ("ftp://h/", "neither http nor https"),
            ("mailto:a@h", "neither http nor https"),
            ("http://name:word@h/", "user information"),
            ("http://name@h/", "user information"),
            ("http://h/?key=word", "a query or a fragment"),
            ("http://h/#top", "a query or a fragment"),
            ("http://", "not an absolute URL"),
        ] {
            let message = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains("word"), "{message}");
        }
    }
}
