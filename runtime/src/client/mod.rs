//! The client's half: from an operation's value to its reply. Knows nothing of how requests and responses are written.
//!
//! A [`Client`] sends over reqwest, or into a `tower` service in the same process, such as the generated server's:
//! to the client both are one thing, and so are the layers around them.

mod anywhere;
mod arrival;
mod base;
mod call;
mod error;
mod servers;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use http_body_util::Full;
use tower::{Layer, Service, ServiceExt};

use crate::body::{Body, BoxError};
use crate::error::{DecodeError, EncodeError};
use crate::global::{Global, GlobalInfo, GlobalUse};
use crate::json::{Deviation, Deviations, Json};
use crate::operation::{ClientOperation, OperationInfo};
use crate::secret::Secret;
use crate::security::{SecurityKind, SecurityScheme};
use crate::watch::Watch;
use crate::wire::{Left, RequestEncoder};
use arrival::{Arrival, Verdict};
use base::BaseUrl;
use call::{CallError, Exchange, Sorted};
use transport::Wire;

pub use call::Call;
pub use error::{BuildError, Error, Failure, TransportError, TransportErrorKind, Unreadable};
pub use servers::{Server, ServerVariable};
pub use transport::Transport;

/// How long a connection may take to come about unless [`Client::with_connect_timeout`] says otherwise.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call over the network may take as a whole unless [`Client::with_timeout`] says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// How many bytes a response body may have unless [`Client::with_response_limit`] says otherwise: 64 MiB.
pub const DEFAULT_RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

const DEFAULT_USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Sends operations to one API. Cheap to clone; the methods that change a setting leave clones as they were, so
/// `client.clone().with_timeout(..)` sets it for one call.
///
/// Redirects are not followed: a documented 302 is a response like any other. `Debug` shows no credentials.
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
    transport: Transport,
}

#[derive(Clone)]
struct Settings {
    /// None for a client that is told the address with each operation.
    base: Option<BaseUrl>,
    /// Whether operations with a server of their own are sent there.
    own_servers: bool,
    timeout: Option<Duration>,
    response_limit: usize,
    headers: HeaderMap,
    credentials: Vec<(&'static SecurityScheme, Secret)>,
    globals: Vec<(&'static GlobalInfo, WriteGlobal)>,
    /// Whether the transport is reqwest and not a service in the same process.
    networked: bool,
    /// The transport without its layers, and the layers from the innermost one.
    bare: Transport,
    layers: Vec<Arc<dyn Fn(Transport) -> Transport + Send + Sync>>,
    watch: Watch,
}

/// Writes the value of a global into a request.
type WriteGlobal = Arc<dyn Fn(&mut RequestEncoder) -> Result<(), EncodeError> + Send + Sync>;

impl Client {
    /// A client of the API at an absolute `http` or `https` URL, whose path (`/v1`) goes before those of the operations.
    ///
    /// # Errors
    /// The URL is none to which paths can be appended, or reqwest cannot start.
    pub fn new(base_url: &str) -> Result<Self, BuildError> {
        let base = BaseUrl::parse(base_url)?;
        let bare = transport::boxed(Wire(reqwest_client(DEFAULT_CONNECT_TIMEOUT)?));
        Ok(Self::over(Some(base), bare, true).with_timeout(DEFAULT_TIMEOUT))
    }

    /// A client that hands its requests to a service in the same process. They have absolute URLs below `base_url`.
    ///
    /// There is no network to wait for, so no timeout is set; setting one takes a running tokio timer.
    ///
    /// # Errors
    /// The URL is none to which paths can be appended.
    pub fn with_service<S, B>(base_url: &str, service: S) -> Result<Self, BuildError>
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Ok(Self::over(Some(BaseUrl::parse(base_url)?), transport::boxed(service), false))
    }

    fn over(base: Option<BaseUrl>, bare: Transport, networked: bool) -> Self {
        let settings = Settings {
            base,
            own_servers: false,
            timeout: None,
            response_limit: DEFAULT_RESPONSE_LIMIT,
            headers: HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(DEFAULT_USER_AGENT))]),
            credentials: Vec::new(),
            globals: Vec::new(),
            networked,
            bare: bare.clone(),
            layers: Vec::new(),
            watch: Watch::default(),
        };
        Self { settings: Arc::new(settings), transport: bare }
    }

    /// Gives up on calls after this time, from the first byte sent to the last one read; `None` waits for ever.
    ///
    /// The body of a request counts, even if it is a stream: a large upload wants a longer time, or none. The body of a
    /// response that is handed over as a stream does not: of the call, the time holds up to the response's headers, and
    /// from then on for each wait for more of the body, so that a download may go on for as long as something comes. One
    /// that stalls ends in [`ReadError::Slow`](crate::body::ReadError::Slow).
    #[must_use]
    pub fn with_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change().timeout = timeout.into();
        self
    }

    /// Gives up on connections after this time, by setting up a new reqwest client with its own pool. A client of a
    /// service in the same process stays as it is: it makes no connections.
    ///
    /// # Errors
    /// reqwest cannot start.
    pub fn with_connect_timeout(self, timeout: Duration) -> Result<Self, BuildError> {
        if self.settings.networked { Ok(self.with_reqwest(reqwest_client(timeout)?)) } else { Ok(self) }
    }

    /// Sends over this reqwest client, whose settings on connections, proxies, TLS and redirects hold from now on.
    #[must_use]
    pub fn with_reqwest(mut self, client: reqwest::Client) -> Self {
        let settings = self.change();
        settings.bare = transport::boxed(Wire(client));
        settings.networked = true;
        self.stack();
        self
    }

    /// Puts a `tower` layer around the transport and the layers that it already has: retries, tracing, recording.
    ///
    /// A layer sees requests with absolute URL and credentials, and the [`OperationInfo`] in their extensions.
    #[must_use]
    pub fn with_layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<Transport> + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.change().layers.push(Arc::new(move |inner| transport::boxed(layer.layer(inner))));
        self.stack();
        self
    }

    /// Sends operations that have a server of their own in the document there, and not to the base; a relative address is
    /// resolved against the base. Generated clients do this where their base is an address that the document names, so that
    /// a client of any other address, such as one in a test, sends everything to its base.
    #[must_use]
    pub fn with_own_servers(mut self, own_servers: bool) -> Self {
        self.change().own_servers = own_servers;
        self
    }

    /// Sends this header with every request that does not set it itself.
    ///
    /// # Errors
    /// Name or value are not valid in HTTP.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        let wrong = || BuildError::Header { name: name.to_owned() };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        // Nobody can tell which header holds a secret; those of this library are all that is safe to show.
        value.set_sensitive(true);
        self.change().headers.insert(header, value);
        Ok(self)
    }

    /// Sends this as `User-Agent`.
    ///
    /// # Errors
    /// The text is not valid in a header.
    pub fn with_user_agent(self, text: &str) -> Result<Self, BuildError> {
        self.with_header(USER_AGENT.as_str(), text)
    }

    /// Shows this credential for a security scheme: a token, a key, or `user:password` for basic authentication.
    ///
    /// A call shows the first of its operation's alternatives for which all credentials are there, and none else. A
    /// credential that its place cannot carry (a line break in a header) is an error of the call.
    #[must_use]
    pub fn with_credential(mut self, scheme: &'static SecurityScheme, secret: impl Into<Secret>) -> Self {
        let secret = secret.into();
        let credentials = &mut self.change().credentials;
        credentials.retain(|(known, _)| known.id != scheme.id);
        credentials.push((scheme, secret));
        self
    }

    /// Sends this value of a global with every operation that takes it. To set it for one call, clone the client.
    ///
    /// A value that its place cannot carry is an error of the call, and so is a required global that was never set.
    #[must_use]
    pub fn with_global<T: Json + Send + Sync + 'static>(mut self, global: &'static Global<T>, value: T) -> Self {
        let globals = &mut self.change().globals;
        globals.retain(|(known, _)| !known.is(&global.info));
        globals.push((&global.info, Arc::new(move |request| global.write(request, &value))));
        self
    }

    /// Takes response bodies of up to this many bytes. Those that are handed over as streams may have more.
    #[must_use]
    pub fn with_response_limit(mut self, bytes: usize) -> Self {
        self.change().response_limit = bytes;
        self
    }

    /// Makes every [`Deviation`] an error, [`Error::Decode`]: for tests of a server, or of a document against one.
    ///
    /// Without it, what does not fit an optional place of an answer is left out, and [`Reply::deviations`](crate::Reply::deviations) says so.
    #[must_use]
    pub fn with_strict_answers(mut self) -> Self {
        self.change().watch.strict = true;
        self
    }

    /// Calls `hook` for every [`Deviation`] of every answer, with the operation that was answered: to log or to count how far
    /// the server has drifted from the document. It takes the place of an earlier one.
    #[must_use]
    pub fn on_deviation(mut self, hook: impl Fn(&'static OperationInfo, &Deviation) + Send + Sync + 'static) -> Self {
        self.change().watch.hook = Some(Arc::new(hook));
        self
    }

    fn change(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }

    fn stack(&mut self) {
        let settings = &self.settings;
        self.transport = settings.layers.iter().fold(settings.bare.clone(), |inner, layer| layer(inner));
    }

    /// Sends an operation, for what its documented success carries.
    ///
    /// A body of bytes that a documented success carries is handed over as a stream as soon as the response begins;
    /// everything else is read whole.
    pub fn send<O: ClientOperation>(&self, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> {
        Call::new(self.exchange_of(O::INFO, self.at_base(O::SERVER, O::GLOBALS, encode(operation))), sort::<O>)
    }

    /// Sends an operation, for its documented response, be it a success or a failure. Never ends in [`Error::Api`].
    pub fn send_raw<O: ClientOperation>(&self, operation: O) -> Call<'_, O::Response, std::convert::Infallible> {
        Call::new(self.exchange_of(O::INFO, self.at_base(O::SERVER, O::GLOBALS, encode(operation))), take::<O>)
    }

    /// A request with the base before its path, or with the server of the operation's own.
    fn at_base(
        &self,
        server: Option<&str>,
        globals: &[GlobalUse],
        request: Result<RequestEncoder, EncodeError>,
    ) -> Result<Request<Body>, CallError> {
        let mut request = self.complete(globals, request?)?;
        let none = || BuildError::Address { reason: "the client has no base; `send_to` takes an address" };
        let wrong = |error: BuildError| TransportError::new(TransportErrorKind::Address).with_source(error);
        let base = self.settings.base.as_ref().ok_or_else(|| wrong(none()))?;
        let own = server.filter(|_| self.settings.own_servers).map(|server| base.resolve(server)).transpose().map_err(wrong)?;
        *request.uri_mut() = own
            .as_ref()
            .unwrap_or(base)
            .join(request.uri())
            .map_err(|error| TransportError::new(TransportErrorKind::Address).with_source(error))?;
        Ok(request)
    }

    /// What is the same for all operations, compiled once. The request has an absolute address.
    fn exchange_of(&self, info: &'static OperationInfo, request: Result<Request<Body>, CallError>) -> Exchange<'_> {
        Box::pin(async move {
            let request = self.dress(info, request?)?;
            let deadline = self.settings.timeout.and_then(|limit| tokio::time::Instant::now().checked_add(limit));
            let exchange = self.exchange(info, request, deadline);
            match deadline {
                None => exchange.await,
                Some(deadline) => match tokio::time::timeout_at(deadline, exchange).await {
                    Ok(outcome) => outcome,
                    Err(elapsed) => Err(TransportError::new(TransportErrorKind::Timeout).with_source(elapsed).into()),
                },
            }
        })
    }

    /// The request with the globals that the operation takes.
    fn complete(&self, globals: &[GlobalUse], mut request: RequestEncoder) -> Result<Request<Body>, EncodeError> {
        for GlobalUse { global, required } in globals {
            match self.settings.globals.iter().find(|(known, _)| known.is(global)) {
                Some((_, write)) => write(&mut request)?,
                None if *required => {
                    return Err(EncodeError::MissingGlobal { location: global.location, name: global.parameter.name });
                }
                None => {}
            }
        }
        request.finish()
    }

    /// The request as it is sent: with default headers and credentials.
    fn dress(&self, info: &'static OperationInfo, request: Request<Body>) -> Result<Request<Body>, CallError> {
        let (mut parts, body) = request.into_parts();
        for scheme in self.alternative(info) {
            // A header or cookie of the operation's own was set for this very call.
            if matches!(scheme.0.kind, SecurityKind::Header(name) if parts.headers.contains_key(name)) {
                continue;
            }
            scheme.0.apply(scheme.1, &mut parts.headers, &mut parts.uri)?;
        }
        for (name, value) in &self.settings.headers {
            if !parts.headers.contains_key(name) {
                parts.headers.insert(name, value.clone());
            }
        }
        parts.extensions.insert(info);
        Ok(Request::from_parts(parts, body))
    }

    /// The first alternative for which all credentials are there.
    fn alternative(&self, info: &'static OperationInfo) -> Vec<(&'static SecurityScheme, &Secret)> {
        let known = |scheme: &&'static SecurityScheme| {
            let found = self.settings.credentials.iter().find(|(known, _)| known.id == scheme.id)?;
            Some((*scheme, &found.1))
        };
        let complete = |alternative: &&[&'static SecurityScheme]| alternative.iter().map(known).collect::<Option<Vec<_>>>();
        let found = info.security.iter().filter(|alternative| !alternative.is_empty()).find_map(complete);
        found.unwrap_or_default()
    }

    async fn exchange(
        &self,
        info: &'static OperationInfo,
        request: Request<Body>,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Arrival, CallError> {
        let head = request.method() == Method::HEAD;
        let response = self.transport.clone().oneshot(request).await.map_err(TransportError::from_service)?;
        let (mut parts, body) = response.into_parts();
        for (name, value) in &mut parts.headers {
            // What sets a session is as good as a password.
            value.set_sensitive(name == SET_COOKIE);
        }
        if parts.status.is_informational() {
            // Only a final response answers a request (RFC 9110, section 15.2).
            return Err(TransportError::new(TransportErrorKind::Response).with_head(parts.status, parts.headers).into());
        }
        let none = head || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let limit = self.settings.response_limit;
        let body = match body.as_bytes() {
            _ if none => Body::empty(),
            // The limit is for what is read; until somebody does, more than that is a stream.
            Some(bytes) if bytes.len() > limit => Body::wrap(Full::new(bytes.clone())),
            Some(_) => body,
            None => match self.settings.timeout {
                Some(timeout) => body.paced(timeout),
                None => body,
            },
        };
        let watch = Watch { operation: Some(info), ..self.settings.watch.clone() };
        let (status, headers, deviations) = (parts.status, parts.headers, Deviations::default());
        let body = Left::Unread(body);
        let arrival = Arrival { status, headers, body, limit, deadline, watch, deviations };
        // What a failure says is kept whole.
        if arrival.status.is_client_error() || arrival.status.is_server_error() { arrival.whole().await } else { Ok(arrival) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.settings.credentials.iter().map(|(scheme, _)| scheme.id).collect();
        let globals: Vec<&str> = self.settings.globals.iter().map(|(global, _)| global.parameter.name).collect();
        formatter
            .debug_struct("Client")
            .field("base", &self.settings.base)
            .field("timeout", &self.settings.timeout)
            .field("headers", &self.settings.headers)
            .field("credentials", &schemes)
            .field("globals", &globals)
            .finish_non_exhaustive()
    }
}

fn encode<O: ClientOperation>(operation: O) -> Result<RequestEncoder, EncodeError> {
    let mut encoder = RequestEncoder::new(O::INFO);
    operation.encode(&mut encoder)?;
    Ok(encoder)
}

/// A reply as success or failure.
fn sort<O: ClientOperation>(mut arrival: Arrival) -> Sorted<O::Success, O::Failure, O::SuccessHeaders> {
    let mut outcome = Err(DecodeError::Undocumented);
    let unread = arrival.decode(&mut |decoder| {
        outcome = O::decode(decoder).map(O::split).and_then(|sorted| match sorted {
            Ok(success) => decoder.declared::<O::SuccessHeaders>().map(|declared| Ok((success, declared))),
            Err(failure) => Ok(Err(failure)),
        });
        match &outcome {
            Ok(Ok(_)) => Verdict::Success,
            Ok(Err(_)) => Verdict::Failure,
            Err(_) => Verdict::Misfit,
        }
    });
    if unread {
        return Err(Box::new(arrival));
    }
    if let Err(error) = arrival.judge() {
        outcome = outcome.and(Err(error));
    }
    Ok(match outcome {
        Ok(Ok((success, declared))) => Ok(arrival.with(success).with_declared(declared)),
        Ok(Err(payload)) => Err(Error::Api(Box::new(arrival.into_failure(payload)))),
        Err(error) => Err(arrival.into_misfit(error).into()),
    })
}

/// A reply as the operation's response.
fn take<O: ClientOperation>(mut arrival: Arrival) -> Sorted<O::Response, std::convert::Infallible> {
    let mut outcome = Err(DecodeError::Undocumented);
    let unread = arrival.decode(&mut |decoder| {
        outcome = O::decode(decoder);
        if outcome.is_ok() { Verdict::Success } else { Verdict::Misfit }
    });
    if unread {
        return Err(Box::new(arrival));
    }
    if let Err(error) = arrival.judge() {
        outcome = outcome.and(Err(error));
    }
    Ok(match outcome {
        Ok(response) => Ok(arrival.with(response)),
        Err(error) => Err(arrival.into_misfit(error).into()),
    })
}

fn reqwest_client(connect_timeout: Duration) -> Result<reqwest::Client, BuildError> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .build()
        .map_err(|error| BuildError::Http(error.without_url()))
}
