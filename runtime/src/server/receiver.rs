//! The receiver: events that arrive at one address, told apart by what their bodies say. Knows no paths.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use serde_json::Value;

use super::router::prepare;
use super::{Authenticate, BoxFuture, Context, Principal, Refusal, Route, Router, RouterService, accept, authenticate};
use crate::body::Body;
use crate::error::ProblemDetails;
use crate::json::{self, Side};
use crate::wire::RequestDecoder;

/// Answers the callbacks that arrive at one address, whatever its path.
///
/// Put it where the sender was told to send: `axum::Router::new().nest_service("/hooks", receiver.into_service())`. A request is read
/// whole, checked, sorted by its body, authenticated if the event asks for it, decoded and handled, in this order.
#[must_use]
pub struct Receiver(Router);

impl Receiver {
    /// A receiver of these events. `other` answers what is none of them.
    pub fn new<H, F>(events: Vec<Event>, other: H) -> Self
    where
        H: Fn(Unknown) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response<Body>, Refusal>> + Send + 'static,
    {
        let mut router = Router::new(Vec::new());
        router.events = Some(Events { events, check: None, other: Arc::new(move |unknown| Box::pin(other(unknown))) });
        Self(router)
    }

    /// Looks at every request before anything is made of it: at a signature of the body, or a secret in a header.
    pub fn check(mut self, check: impl Fn(&Parts, &Bytes) -> Result<(), Refusal> + Send + Sync + 'static) -> Self {
        if let Some(events) = &mut self.0.events {
            events.check = Some(Arc::new(check));
        }
        self
    }

    /// Checks credentials with this. Without it, every event that demands some is refused.
    pub fn authenticate(self, door: impl Authenticate) -> Self {
        Self(self.0.authenticate(door))
    }

    /// Takes request bodies of up to this many bytes; longer ones are answered with 413.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self(self.0.body_limit(bytes))
    }

    /// Draws problems in another shape than `application/problem+json`; see [`Router::with_problem`].
    pub fn with_problem(self, draw: impl Fn(&ProblemDetails) -> Response<Body> + Send + Sync + 'static) -> Self {
        Self(self.0.with_problem(draw))
    }

    /// The receiver as a service: for any server, and for a sender in the same process.
    pub fn into_service(self) -> RouterService {
        self.0.into_service()
    }

    /// The receiver as an `axum` router, which answers all that no other route answers.
    pub fn into_router<S: Clone + Send + Sync + 'static>(self) -> axum::Router<S> {
        self.0.into_axum()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Receiver").field(&self.0).finish()
    }
}

/// One event that may arrive.
#[derive(Clone, Debug)]
pub struct Event {
    route: Route,
    mark: Option<Mark>,
}

impl Event {
    /// An event that is known only by what fits it: it is tried where no marked event is meant.
    pub fn new(route: Route) -> Self {
        Self { route, mark: None }
    }

    /// The event that is meant where the JSON body has one of these values under this property.
    #[must_use]
    pub fn marked(mut self, property: &'static str, values: &'static [&'static str]) -> Self {
        self.mark = Some(Mark { property, values });
        self
    }
}

#[derive(Clone, Debug)]
struct Mark {
    property: &'static str,
    values: &'static [&'static str],
}

/// A request that is none of the events of a receiver.
#[derive(Debug)]
pub struct Unknown {
    /// The request as it came.
    pub request: Request<Bytes>,
    /// What it calls itself, where the body has the property that tells events apart: an event newer than this code.
    pub event: Option<String>,
    refusal: Refusal,
}

impl Unknown {
    /// The usual answer: an empty 200 to an event that has a name, a refusal to anything else.
    ///
    /// Senders add events, and tend to give up on receivers that refuse them.
    ///
    /// # Errors
    /// The refusal: 405 for another method, else what is wrong with the body.
    pub fn answer(self) -> Result<Response<Body>, Refusal> {
        if self.event.is_some() { Ok(Response::new(Body::empty())) } else { Err(self.refusal) }
    }
}

type Check = dyn Fn(&Parts, &Bytes) -> Result<(), Refusal> + Send + Sync;
type Other = dyn Fn(Unknown) -> BoxFuture<'static, Result<Response<Body>, Refusal>> + Send + Sync;

/// What a router does that is a receiver.
pub(super) struct Events {
    events: Vec<Event>,
    check: Option<Arc<Check>>,
    other: Arc<Other>,
}

/// What a request turned out to be.
enum Sorted<'e> {
    Event(&'e Route),
    Unknown(Option<String>, Refusal),
}

impl Events {
    pub(super) async fn receive(&self, router: &Router, parts: Parts, body: Body) -> Result<Response<Body>, Refusal> {
        let body = body.read(router.body_limit).await?;
        if let Some(check) = &self.check {
            check(&parts, &body)?;
        }
        let route = match self.sort(&parts, &body).await {
            Sorted::Event(route) => route,
            Sorted::Unknown(event, refusal) => {
                return (self.other)(Unknown { request: Request::from_parts(parts, body), event, refusal }).await;
            }
        };
        let info = route.info();
        let principal: Option<Principal> = authenticate::admit(router.door.as_deref(), info, &parts).await?;
        if !accept::takes(&parts.headers, info.accept) {
            let produced = info.accept.unwrap_or_default();
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE).with_detail(format!("this event is answered with {produced}")));
        }
        let prepared = prepare(route, whole(&parts, &body)).await?;
        prepared(Context { parts, operation: info, principal }).await
    }

    /// The event that the body names, else the first one without a name that fits.
    async fn sort(&self, parts: &Parts, body: &Bytes) -> Sorted<'_> {
        let here: Vec<&Event> = self.events.iter().filter(|event| event.route.info().method == parts.method.as_str()).collect();
        let Some(first) = here.first() else { return Sorted::Unknown(None, self.other_method()) };
        if let [only] = here.as_slice()
            && only.mark.is_none()
        {
            return Sorted::Event(&only.route);
        }
        let value: Option<Value> = json::from_slice(body, Side::Server).ok();
        let named = |mark: &Mark| value.as_ref()?.get(mark.property)?.as_str();
        let mut unknown = None;
        for event in &here {
            let Some((mark, name)) = event.mark.as_ref().and_then(|mark| Some((mark, named(mark)?))) else { continue };
            if mark.values.contains(&name) {
                return Sorted::Event(&event.route);
            }
            unknown = Some(name.to_owned());
        }
        for event in here.iter().filter(|event| event.mark.is_none()) {
            if prepare(&event.route, whole(parts, body)).await.is_ok() {
                return Sorted::Event(&event.route);
            }
        }
        let refusal = match prepare(&first.route, whole(parts, body)).await {
            Err(refusal) => refusal,
            Ok(_) => Refusal::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail("the body is none of the events that arrive here"),
        };
        Sorted::Unknown(unknown, refusal)
    }

    fn other_method(&self) -> Refusal {
        let methods: BTreeSet<&str> = self.events.iter().map(|event| event.route.info().method).collect();
        let allow = methods.into_iter().collect::<Vec<_>>().join(", ");
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(ALLOW, HeaderValue::from_str(&allow).unwrap_or(HeaderValue::from_static("")))
    }
}

/// A request whose body was read, to be decoded as often as need be.
fn whole<'p>(parts: &'p Parts, body: &Bytes) -> RequestDecoder<'p> {
    RequestDecoder::new(parts, &[], Body::from(body.clone()))
}
