//! The router: routes behind one door, as a service. Knows no socket.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use tower::Service;

use super::receiver::Events;
use super::refusal::{self, Draw};
use super::route::Prepared;
use super::{Authenticate, BoxFuture, Context, Fault, Principal, Refusal, Route, accept, authenticate, twins};
use crate::body::{Body, BoxError, ReadError};
use crate::error::ProblemDetails;
use crate::media::FormError;
use crate::route::{Candidate, Constants, Found, Table};
use crate::wire::RequestDecoder;

/// How many bytes a request body may have unless [`Router::body_limit`] says otherwise: 8 MiB.
pub const DEFAULT_BODY_LIMIT: usize = 8 * 1024 * 1024;

/// What a slash at the end of a request's path counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrailingSlash {
    /// `/users/` is another path than `/users`, as in documents and in URLs.
    #[default]
    Strict,
    /// `/users/` is answered as `/users`, and the other way round. Where the document has both, each request goes to its own.
    Ignore,
}

/// The operations of an API, and what stands before them.
///
/// A request is routed, authenticated, decoded and handled, in this order. Its body is touched once the caller is known
/// and everything else fits. Bodies of bytes are handed on as streams; all others are read first, and the files of a form
/// are kept in temporary files where they are large.
pub struct Router {
    pub(super) routes: Vec<Route>,
    pub(super) door: Option<Arc<dyn Authenticate>>,
    draw: Draw,
    pub(super) body_limit: usize,
    trailing_slash: TrailingSlash,
    base_path: String,
    /// In place of the routes, what arrives under any path.
    pub(super) events: Option<Events>,
}

impl Router {
    /// A router for these routes.
    ///
    /// Of several with the same method and the same shape of path (`/User/{id}` and `/User/{name}`), those get a request
    /// whose parameters fit it, and of these the ones that need most beside the path. Where that are several, they are asked
    /// one after the other: the ones whose path parameters take fewer texts first, else as they stand here. One that refuses
    /// the request before its handler is called, or whose handler is not implemented ([`Refusal::not_implemented`]), passes
    /// it on to the next; for that, the body is read whole.
    pub fn new(routes: Vec<Route>) -> Self {
        Self {
            routes,
            door: None,
            draw: Arc::new(refusal::draw),
            body_limit: DEFAULT_BODY_LIMIT,
            trailing_slash: TrailingSlash::Strict,
            base_path: String::new(),
            events: None,
        }
    }

    /// Checks credentials with this. Without it, every operation that demands some refuses every request.
    #[must_use]
    pub fn authenticate(mut self, door: impl Authenticate) -> Self {
        self.door = Some(Arc::new(door));
        self
    }

    /// Takes request bodies of up to this many bytes; longer ones are answered with 413. One that is handed on as a
    /// stream, and did not say that it is longer, ends in [`ReadError::TooLong`], which makes a 413 of its own when the
    /// handler passes it on.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Says what a slash at the end of a path counts for; without it, paths mean what they say.
    #[must_use]
    pub fn trailing_slash(mut self, slash: TrailingSlash) -> Self {
        self.trailing_slash = slash;
        self
    }

    /// Puts all operations below this path (`/v1`), as it appears in URLs.
    #[must_use]
    pub fn base_path(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.base_path = if path.is_empty() { String::new() } else { format!("/{path}") };
        self
    }

    /// Draws problems in the API's own error shape instead of `application/problem+json`. The status stays the problem's.
    #[must_use]
    pub fn with_problem(mut self, draw: impl Fn(&ProblemDetails) -> Response<Body> + Send + Sync + 'static) -> Self {
        self.draw = Arc::new(draw);
        self
    }

    /// The router as a service: cheap to clone, for any server, and for a client in the same process.
    pub fn into_service(self) -> RouterService {
        let table = Table::new(self.routes.iter().map(Route::info));
        let constants = self.routes.iter().map(|route| Constants::of(route.info().path)).collect();
        RouterService(Arc::new(Shared { router: self, table, constants }))
    }

    /// The router as the fallback of an `axum::Router`, to be merged with routes of one's own, nested and layered.
    pub fn into_axum<S: Clone + Send + Sync + 'static>(self) -> axum::Router<S> {
        axum::Router::new().fallback_service(self.into_service())
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Router")
            .field("routes", &self.routes)
            .field("authenticates", &self.door.is_some())
            .field("body_limit", &self.body_limit)
            .field("trailing_slash", &self.trailing_slash)
            .field("base_path", &self.base_path)
            .finish_non_exhaustive()
    }
}

/// A [`Router`] at work.
#[derive(Clone)]
pub struct RouterService(Arc<Shared>);

struct Shared {
    router: Router,
    table: Table,
    /// What the templates fix, in the order of the routes.
    constants: Vec<Option<Constants>>,
}

impl fmt::Debug for RouterService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.router.fmt(formatter)
    }
}

impl<B> Service<Request<B>> for RouterService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.0);
        let (parts, body) = request.into_parts();
        let body = if body.is_end_stream() { Body::empty() } else { Body::wrap(body) };
        Box::pin(async move { Ok(shared.answer(parts, body).await) })
    }
}

impl Shared {
    /// The answer to a request; whatever a handler or an authenticator does, there is one.
    async fn answer(&self, parts: Parts, body: Body) -> Response<Body> {
        let head = parts.method == Method::HEAD;
        let mut dispatched = pin!(self.dispatch(parts, body));
        let outcome = poll_fn(|task| {
            // What a panic leaves behind half done is the future, which is not polled again.
            match catch_unwind(AssertUnwindSafe(|| dispatched.as_mut().poll(task))) {
                Ok(poll) => poll,
                Err(panic) => Poll::Ready(Ok(Fault::Panic(message(panic.as_ref())).into_response())),
            }
        });
        let response = match outcome.await {
            Ok(response) => self.settle(response),
            Err(refusal) => refusal.into_response(&self.router.draw),
        };
        if head { without_body(response) } else { response }
    }

    async fn dispatch(&self, parts: Parts, body: Body) -> Result<Response<Body>, Refusal> {
        if let Some(events) = &self.router.events {
            return events.receive(&self.router, parts, body).await;
        }
        let mut candidates = match self.route(&parts)? {
            Routed::To(candidates) => candidates,
            Routed::Answered(response) => return Ok(response),
        };
        if candidates.len() > 1 {
            return twins::ask(&self.router, &candidates, &parts, body).await;
        }
        let nothing = || Refusal::new(StatusCode::NOT_FOUND);
        let Candidate { index, parameters, .. } = candidates.pop().ok_or_else(nothing)?;
        let route = self.router.routes.get(index).ok_or_else(nothing)?;
        let principal = admit(&self.router, route, &parts).await?;
        let prepared = prepare(route, RequestDecoder::new(&parts, &parameters, self.limited(body)?)).await?;
        drop(parameters);
        prepared(Context { parts, operation: route.info(), principal }).await
    }

    /// The body with the limit that holds for it, as a stream too.
    fn limited(&self, body: Body) -> Result<Body, Refusal> {
        let limit = self.router.body_limit;
        if HttpBody::size_hint(&body).lower() > limit as u64 { Err(ReadError::TooLong { limit }.into()) } else { Ok(body.limited(limit)) }
    }

    /// The route for a request, or the answer where none is needed.
    fn route<'p>(&self, parts: &'p Parts) -> Result<Routed<'p>, Refusal> {
        let nothing = || Refusal::new(StatusCode::NOT_FOUND).with_detail("no operation has this path");
        let path = parts.uri.path().strip_prefix(self.router.base_path.as_str()).ok_or_else(nothing)?;
        let found = match self.router.trailing_slash {
            TrailingSlash::Strict => self.table.find(&parts.method, path),
            TrailingSlash::Ignore => self.table.find_either(&parts.method, path),
        };
        match found {
            Found::Candidates(candidates) => Ok(Routed::To(twins::choose(&self.router, &self.constants, candidates, parts))),
            Found::OtherMethods(methods) => {
                let methods = methods.join(", ");
                let allow = HeaderValue::from_str(&methods).unwrap_or(HeaderValue::from_static(""));
                if parts.method != Method::OPTIONS {
                    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, allow);
                    return Err(refusal.with_detail(format!("this path takes {methods}")));
                }
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NO_CONTENT;
                response.headers_mut().insert(ALLOW, allow);
                Ok(Routed::Answered(response))
            }
            Found::Nothing => Err(nothing()),
            Found::Malformed => Err(Refusal::new(StatusCode::BAD_REQUEST).with_detail("the path is not percent-encoded UTF-8")),
        }
    }

    /// The response as it may go out: no fault of ours shows, and statuses without a body have none.
    fn settle(&self, response: Response<Body>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let fault = parts.extensions.remove::<Fault>().or_else(|| {
            // An informational status is followed by another response (RFC 9110, section 15.2); there is none.
            parts.status.is_informational().then_some(Fault::Status(parts.status))
        });
        if let Some(fault) = fault {
            let mut response = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR).into_response(&self.router.draw);
            response.extensions_mut().insert(fault);
            return response;
        }
        if matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            return Response::from_parts(parts, Body::empty());
        }
        Response::from_parts(parts, body)
    }
}

/// Who sends a request, if an operation lets them and can answer them in a media type that they take.
pub(super) async fn admit(router: &Router, route: &Route, parts: &Parts) -> Result<Option<Principal>, Refusal> {
    let info = route.info();
    let principal = authenticate::admit(router.door.as_deref(), info, parts).await?;
    if !accept::takes(&parts.headers, info.accept) {
        let produced = info.accept.unwrap_or_default();
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE).with_detail(format!("this operation answers with {produced}")));
    }
    Ok(principal)
}

/// Decodes a request, whose body is read where decoding wants that. A handler that takes a stream gets it unread.
pub(super) async fn prepare(route: &Route, mut request: RequestDecoder<'_>) -> Result<Prepared, Refusal> {
    let prepared = route.prepare(&request);
    let Some(wanted) = request.wanted() else { return Ok(prepared?) };
    // What was left unread cannot have been prepared.
    drop(prepared);
    match request.receive(wanted).await {
        Ok(()) => Ok(route.prepare(&request)?),
        Err(FormError::Read(error)) => Err(error.into()),
        Err(FormError::Malformed(message)) => Err(Refusal::new(StatusCode::BAD_REQUEST).with_detail(format!("body: {message}"))),
        Err(FormError::TooMuch(message)) => Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(message)),
        Err(FormError::Disk(error)) => {
            let response = Fault::Disk(error.to_string()).into_response();
            Ok(Box::new(|_| Box::pin(std::future::ready(Ok(response)))))
        }
    }
}

/// Where a request goes: to the first of these that takes it, if there are any.
enum Routed<'p> {
    To(Vec<Candidate<'p>>),
    Answered(Response<Body>),
}

/// The answer to HEAD: the head of what GET would have got (RFC 9110, section 9.3.2).
fn without_body(response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.length().filter(|length| *length > 0) {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
