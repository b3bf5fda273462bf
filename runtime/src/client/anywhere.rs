//! Operations that go to an address of their own instead of below a base: callbacks, whose receivers say where they are.

use std::convert::Infallible;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Uri};
use url::Url;

use super::call::CallError;
use super::transport::{self, Wire};
use super::{
    BuildError, Call, Client, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, TransportError, TransportErrorKind, encode, reqwest_client, sort,
    take,
};
use crate::body::Body;
use crate::error::EncodeError;
use crate::global::GlobalUse;
use crate::operation::ClientOperation;
use crate::wire::RequestEncoder;

impl Client {
    /// A client without a base: it sends only by [`Client::send_to`] and [`Client::send_raw_to`].
    ///
    /// # Errors
    /// reqwest cannot start.
    pub fn without_base() -> Result<Self, BuildError> {
        let bare = transport::boxed(Wire(reqwest_client(DEFAULT_CONNECT_TIMEOUT)?));
        Ok(Self::over(None, bare, true).with_timeout(DEFAULT_TIMEOUT))
    }

    /// Sends an operation to an absolute `http` or `https` URL, for what its documented success carries. The URL takes the
    /// place of the operation's path, and its query stays in front of the operation's own.
    pub fn send_to<O: ClientOperation>(&self, url: &str, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> {
        Call::new(self.exchange_of(O::INFO, self.at(url, O::GLOBALS, encode(operation))), sort::<O>)
    }

    /// Sends an operation to an absolute URL, for its documented response; see [`Client::send_to`].
    pub fn send_raw_to<O: ClientOperation>(&self, url: &str, operation: O) -> Call<'_, O::Response, Infallible> {
        Call::new(self.exchange_of(O::INFO, self.at(url, O::GLOBALS, encode(operation))), take::<O>)
    }

    /// A request with its address.
    fn at(&self, url: &str, globals: &[GlobalUse], request: Result<RequestEncoder, EncodeError>) -> Result<Request<Body>, CallError> {
        let mut request = self.complete(globals, request?)?;
        let fault = |error: BuildError| TransportError::new(TransportErrorKind::Address).with_source(error);
        *request.uri_mut() = absolute(url, request.uri().query()).map_err(fault)?;
        Ok(request)
    }
}

/// An absolute URL with more query behind its own.
fn absolute(text: &str, query: Option<&str>) -> Result<Uri, BuildError> {
    let wrong = |reason| BuildError::Address { reason };
    let url = Url::parse(text).map_err(|_| wrong("it is not an absolute URL"))?;
    let scheme = match url.scheme() {
        "http" => Scheme::HTTP,
        "https" => Scheme::HTTPS,
        _ => return Err(wrong("its scheme is neither http nor https")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds user information, which is not sent on"));
    }
    let authority: Authority = url.authority().parse().map_err(|_| wrong("its host cannot be called"))?;
    let own = url.query().filter(|query| !query.is_empty());
    let query = [own, query].into_iter().flatten().collect::<Vec<_>>().join("&");
    let target = if query.is_empty() { url.path().to_owned() } else { format!("{}?{query}", url.path()) };
    let target: PathAndQuery = target.parse().map_err(|_| wrong("its path cannot be called"))?;
    Uri::builder().scheme(scheme).authority(authority).path_and_query(target).build().map_err(|_| wrong("it cannot be called"))
}

#[cfg(test)]
mod tests {
    use super::absolute;

    #[test]
    fn an_address_keeps_its_path_and_its_query() {
        for (url, query, wanted) in [
            ("http://h", None, "http://h/"),
            ("https://h:8443/a/b/", None, "https://h:8443/a/b/"),
            ("http://h/a?token=x%26y", Some("page=1"), "http://h/a?token=x%26y&page=1"),
            ("http://h/a?", Some("page=1"), "http://h/a?page=1"),
            ("http://h/a#top", None, "http://h/a"),
            ("http://[::1]:9/a b", None, "http://[::1]:9/a%20b"),
        ] {
            assert_eq!(absolute(url, query).unwrap().to_string(), wanted, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        for (url, reason) in [
            ("", "not an absolute URL"),
            ("/hook", "not an absolute URL"),
            ("file:///etc/passwd", "neither http nor https"),
            ("http://name:word@h/", "user information"),
        ] {
            let message = absolute(url, None).unwrap_err().to_string();
            assert!(message.contains(reason) && !message.contains("word"), "{url}: {message}");
        }
    }
}
