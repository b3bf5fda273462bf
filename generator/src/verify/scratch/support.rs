//! The part of a driver that is the same for every API: cases in and out as JSON lines, and both roles.
//! It is compiled only in the scratch package, beside the emitted `main.rs`.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{BufRead as _, Write as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bothends_runtime::client::{Error, TransportErrorKind};
use bothends_runtime::http::{HeaderMap, HeaderValue, StatusCode};
use bothends_runtime::items::{Frame, Items};
use bothends_runtime::json::{self, Json, Side};
use bothends_runtime::serde_json::{Map, Value, json};
use bothends_runtime::server::{Credentials, Principal, Refusal};
use bothends_runtime::{Base64, Blob, Body, ClientOperation, Deviation, Headers, Reply, ServerOperation};

pub use crate::answer::*;

/// An answer to come, on the heap.
pub type Pending<'c> = Pin<Box<dyn Future<Output = Value> + 'c>>;

/// What the emitted code says of each operation.
pub trait Case: ClientOperation + ServerOperation {
    /// `METHOD /path`.
    const KEY: &'static str;
    fn from_case(case: &Request) -> Result<Self, Trouble>;
    fn to_case(self) -> impl Future<Output = Result<Request, Trouble>> + Send;
    /// What of a case is set on the client and read from the server's context, through its types.
    fn copy_globals(from: &Request, to: &mut Request) -> Result<(), Trouble>;
    fn response_from_case(answer: &Answer) -> Result<Self::Response, Trouble>;
    fn response_to_case(response: Self::Response) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn success_to_case(success: Self::Success) -> impl Future<Output = Result<Option<Value>, Trouble>> + Send;
    fn failure_to_case(failure: Self::Failure) -> impl Future<Output = Result<Option<Value>, Trouble>> + Send;
}

/// A request as JSON: `path`, `query`, `header` and `cookie` (name to value), and `body` with its `media` type as the
/// document writes it.
pub struct Request(Value);

impl Request {
    pub fn new() -> Self {
        Self(json!({"path": {}, "query": {}, "header": {}, "cookie": {}}))
    }

    pub fn optional<T: Json>(&self, location: &str, name: &str) -> Result<Option<T>, Trouble> {
        let value = self.0.get(location).and_then(|values| values.get(name));
        value.map(read).transpose().map_err(|error| format!("{location} `{name}`: {error}"))
    }

    pub fn required<T: Json>(&self, location: &str, name: &str) -> Result<T, Trouble> {
        self.optional(location, name)?.ok_or_else(|| format!("the case lacks {location} `{name}`"))
    }

    /// Media type and value of the body.
    pub fn body(&self) -> Option<(&str, &Value)> {
        Some((self.0.get("media").and_then(Value::as_str).unwrap_or_default(), self.0.get("body")?))
    }

    pub fn required_body(&self) -> Result<(&str, &Value), Trouble> {
        self.body().ok_or_else(|| "the case lacks the body".to_owned())
    }

    pub fn put<T: Json>(&mut self, location: &str, name: &str, value: Option<&T>) -> Result<(), Trouble> {
        if let (Some(values), Some(value)) = (self.0.get_mut(location).and_then(Value::as_object_mut), value) {
            values.insert(name.to_owned(), write(value)?);
        }
        Ok(())
    }

    pub fn put_body(&mut self, (media, body): (&str, Value)) {
        if let Some(members) = self.0.as_object_mut() {
            members.insert("media".to_owned(), json!(media));
            members.insert("body".to_owned(), body);
        }
    }
}

/// What a stream may have, to be made a case of.
const LONGEST: usize = 64 * 1024 * 1024;

pub async fn bytes_out(body: Body) -> Result<Value, Trouble> {
    let bytes = body.read(LONGEST).await.map_err(|error| error.to_string())?;
    write(&Base64(bytes))
}

/// A form, whose files are read to their ends.
pub async fn form_out<T: Json>(form: T) -> Result<Value, Trouble> {
    write(&bothends_runtime::media::gather(form, LONGEST).await.map_err(|error| format!("{error:?}"))?)
}

pub async fn blob_out(blob: Blob) -> Result<Value, Trouble> {
    let content = bytes_out(blob.content).await?;
    Ok(if blob.content_type == "application/octet-stream" { content } else { json!({"contentType": blob.content_type, "content": content}) })
}

/// All items, read to the end.
pub async fn items_out<T: Json + Send + 'static, F: Frame>(mut items: Items<T, F>) -> Result<Value, Trouble> {
    let mut all: Vec<T> = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.map_err(|error| error.to_string())?);
    }
    write(&all)
}

/// Header values as text.
fn header_map(headers: &HeaderMap) -> Map<String, Value> {
    let text = |value: &HeaderValue| json!(String::from_utf8_lossy(value.as_bytes()));
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

pub fn unknown(key: &str) -> Value {
    json!({"outcome": "case", "error": format!("the driver has no operation `{key}`")})
}

pub fn unreadable(error: Trouble) -> Value {
    json!({"outcome": "case", "error": error})
}

async fn echoed<O: Case>(request: Request) -> Result<Request, Trouble> {
    let mut echoed = O::from_case(&request)?.to_case().await?;
    O::copy_globals(&request, &mut echoed)?;
    Ok(echoed)
}

/// Decodes and encodes, without a wire.
pub fn echo<O: Case>(case: &Value) -> Pending<'_> {
    Box::pin(there_and_back::<O>(case))
}

async fn there_and_back<O: Case>(case: &Value) -> Value {
    let request = match case.get("request").map(|request| echoed::<O>(Request(request.clone()))) {
        Some(echoed) => Some(echoed.await),
        None => None,
    };
    let answer = match case.get("answer").map(|answer| O::response_from_case(&Answer::of(answer))) {
        Some(Ok(typed)) => Some(O::response_to_case(typed).await),
        Some(Err(error)) => Some(Err(error)),
        None => None,
    };
    let mut echoed = Map::new();
    match request {
        Some(Ok(request)) => drop(echoed.insert("request".to_owned(), request.0)),
        Some(Err(error)) => drop(echoed.insert("error".to_owned(), json!(format!("request: {error}")))),
        None => {}
    }
    match answer {
        Some(Ok(answer)) => drop(echoed.insert("answer".to_owned(), answer.json())),
        Some(Err(error)) => drop(echoed.insert("error".to_owned(), json!(format!("answer: {error}")))),
        None => {}
    }
    Value::Object(echoed)
}

pub fn request_of<O: Case>(case: &Value) -> Result<O, Trouble> {
    O::from_case(&Request(case["request"].clone()))
}

/// A client changed by a case.
pub fn with_globals<C>(case: &Value, client: C, change: impl FnOnce(&Request, C) -> Result<C, Trouble>) -> Result<C, Trouble> {
    change(&Request(case["request"].clone()), client)
}

/// What a call for the whole response came to.
pub async fn raw<O: Case>(client: &bothends_runtime::client::Client, url: Option<&str>, case: &Value) -> Value {
    let request = match request_of::<O>(case) {
        Ok(request) => request,
        Err(error) => return unreadable(error),
    };
    let call = match url {
        None => client.send_raw(request),
        Some(url) => client.send_raw_to(url, request),
    };
    match call.await {
        Ok(reply) => {
            let (status, headers) = (reply.status().as_u16(), header_map(reply.headers()));
            match O::response_to_case(reply.into_body()).await {
                Ok(answer) => json!({"outcome": "answer", "status": status, "headers": headers, "answer": answer.json()}),
                Err(error) => unreadable(error),
            }
        }
        Err(error) => failed(&error),
    }
}

/// What a call of the client's own method came to.
pub async fn sorted<O: Case>(outcome: Result<Reply<O::Success, O::SuccessHeaders>, Error<O::Failure>>) -> Value {
    let mut declared = None;
    let deviations = match &outcome {
        Ok(reply) => noted(reply.deviations()),
        Err(error) => noted(error.deviations()),
    };
    let (status, headers, side, body) = match outcome {
        Ok(reply) => {
            if !O::SuccessHeaders::FIELDS.is_empty() {
                declared = Some(write(reply.declared()).unwrap_or_else(Value::from));
            }
            (reply.status(), header_map(reply.headers()), "success", O::success_to_case(reply.into_body()).await)
        }
        Err(Error::Api(failure)) => (failure.status, header_map(&failure.headers), "failure", O::failure_to_case(failure.payload).await),
        Err(error) => return with_deviations(failed(&error), deviations),
    };
    match body {
        Ok(body) => {
            let mut value = with_deviations(json!({"outcome": side, "status": status.as_u16(), "headers": headers}), deviations);
            if let Some(members) = value.as_object_mut() {
                members.extend(body.map(|body| ("body".to_owned(), body)));
                members.extend(declared.map(|declared| ("declared".to_owned(), declared)));
            }
            value
        }
        Err(error) => unreadable(error),
    }
}

/// Where an answer differs from the document.
fn noted(deviations: &[Deviation]) -> Vec<Value> {
    let note = |it: &Deviation| {
        let (part, pointer, left_out) = (it.part().to_string(), it.pointer(), it.left_out());
        json!({"part": part, "pointer": pointer, "left_out": left_out, "expected": it.expected(), "found": it.found()})
    };
    deviations.iter().map(note).collect()
}

/// The same with what deviates, if anything does.
fn with_deviations(mut value: Value, deviations: Vec<Value>) -> Value {
    if let Some(members) = value.as_object_mut().filter(|_| !deviations.is_empty()) {
        members.insert("deviations".to_owned(), deviations.into());
    }
    value
}

fn failed<E>(error: &Error<E>) -> Value {
    let status = error.status().map(|status| status.as_u16());
    match error {
        Error::Encode(error) => json!({"outcome": "unsent", "error": error.to_string()}),
        Error::Transport(error) if error.kind() == TransportErrorKind::Address => json!({"outcome": "unsent", "error": error.to_string()}),
        Error::Transport(error) => json!({"outcome": "transport", "status": status, "error": error.to_string()}),
        Error::Undocumented(_) => json!({"outcome": "undocumented", "status": status}),
        Error::EmptySuccess(_) => json!({"outcome": "empty success", "status": status}),
        Error::Decode(unreadable) => json!({"outcome": "decode", "status": status, "error": unreadable.error.to_string()}),
        _ => json!({"outcome": "failure", "status": status}),
    }
}

/// What the server is to do next, and what came in.
#[derive(Default)]
struct Desk {
    next: Option<Value>,
    refuse: Option<u16>,
    /// Operations that pass on what they get: the next one is meant, and nothing in the request says so.
    passing: Vec<String>,
    secrets: Option<BTreeMap<String, String>>,
    received: Vec<Value>,
}

/// The server's state, shared by all operations.
#[derive(Clone, Default)]
pub struct State(Arc<Mutex<Desk>>);

impl State {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a decoded request as the desk says.
    pub async fn handle<O: Case>(
        &self,
        request: O,
        globals: impl FnOnce(&mut Request) -> Result<(), Trouble> + Send,
    ) -> Result<O::Response, Refusal> {
        if self.desk().passing.iter().any(|key| key == O::KEY) {
            return Err(Refusal::not_implemented(O::INFO));
        }
        let case = request.to_case().await;
        let received = match case.and_then(|mut case| globals(&mut case).map(|()| case)) {
            Ok(request) => json!({"operation": O::KEY, "request": request.0}),
            Err(error) => json!({"operation": O::KEY, "error": error}),
        };
        let mut desk = self.desk();
        if desk.received.len() < 16 {
            desk.received.push(received);
        }
        if let Some(status) = desk.refuse {
            return Err(Refusal::new(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)));
        }
        let answer = desk.next.clone().unwrap_or(Value::Null);
        O::response_from_case(&Answer::of(&answer)).map_err(|error| {
            desk.received.push(json!({"operation": O::KEY, "error": format!("answer: {error}")}));
            Refusal::new(StatusCode::NOT_IMPLEMENTED).with_detail(error)
        })
    }

    /// Whether credentials are those of this run.
    pub fn admit(&self, credentials: &Credentials) -> Result<Principal, Refusal> {
        let desk = self.desk();
        let good = match &desk.secrets {
            None => true,
            Some(secrets) => {
                credentials.all.iter().all(|found| secrets.get(found.scheme.id).is_some_and(|secret| secret == found.expose()))
            }
        };
        if good { Ok(Arc::new(())) } else { Err(Refusal::new(StatusCode::UNAUTHORIZED)) }
    }
}

fn lines() -> impl Iterator<Item = Value> {
    std::io::stdin().lock().lines().map_while(Result::ok).filter_map(|line| json::from_str(&line, Side::Client).ok())
}

fn say(value: &Value) {
    let mut out = std::io::stdout().lock();
    // Whoever started the driver may be gone; then there is nothing left to do but to end.
    if writeln!(out, "{value}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Serves the desk's orders from standard input: `start` sets the next answer, `end` gives what came in.
fn orders(state: &State) {
    for order in lines() {
        let mut desk = state.desk();
        if let Some(secrets) = order["secrets"].as_object() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            desk.secrets = Some(secrets.iter().map(|(id, secret)| (id.clone(), text(secret))).collect());
        }
        if order["start"] == true {
            desk.received.clear();
            desk.next = order.get("answer").cloned();
            desk.passing = order["passing"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
            desk.refuse = order["refuse"].as_u64().and_then(|status| u16::try_from(status).ok());
        }
        let received = std::mem::take(&mut desk.received);
        drop(desk);
        say(&json!({"received": received}));
    }
    std::process::exit(0);
}

/// What the emitted code gives to this module.
pub trait Api: Copy + Send + Sync + 'static {
    type Client: Clone;
    fn client(self, base: &str, strict: bool) -> Result<Self::Client, Trouble>;
    fn credential(self, client: Self::Client, scheme: &str, secret: &str) -> Self::Client;
    fn call(self, client: &Self::Client, base: &str, key: &str, method: bool, case: &Value) -> impl Future<Output = Value>;
    fn echo(self, key: &str, case: &Value) -> impl Future<Output = Value>;
    fn router(self, state: State) -> bothends_runtime::axum::Router;
}

/// `driver server`, `driver client BASE`. A client takes every deviation from the document for an error, unless it is called as
/// `driver client BASE --tolerant`.
pub fn run(api: impl Api) -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.as_slice() {
        ["client", base] => client(api, &runtime, base, true),
        ["client", base, "--tolerant"] => client(api, &runtime, base, false),
        ["server"] => {
            let state = State::default();
            let orders_state = state.clone();
            runtime.block_on(serve(api, state, move || drop(std::thread::spawn(move || orders(&orders_state)))))
        }
        _ => Err("usage: driver server | client BASE [--tolerant]".into()),
    }
}

async fn serve(api: impl Api, state: State, ready: impl FnOnce()) -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    say(&json!({"port": listener.local_addr()?.port()}));
    ready();
    axum::serve(listener, api.router(state)).await?;
    Ok(())
}

fn client<A: Api>(api: A, runtime: &tokio::runtime::Runtime, base: &str, strict: bool) -> Result<(), Box<dyn std::error::Error>> {
    let plain = runtime.block_on(async { api.client(base, strict) })?;
    for case in lines() {
        let key = case["operation"].as_str().unwrap_or_default();
        let answer = if case["echo"] == true {
            runtime.block_on(api.echo(key, &case))
        } else {
            let credentials = case["credentials"].as_object().into_iter().flatten();
            let client = credentials
                .fold(plain.clone(), |client, (scheme, secret)| api.credential(client, scheme, secret.as_str().unwrap_or_default()));
            let mut answer = runtime.block_on(api.call(&client, base, key, case["method"] == true, &case));
            if let Some(members) = answer.as_object_mut() {
                members.insert("echo".to_owned(), runtime.block_on(api.echo(key, &case)));
            }
            answer
        };
        say(&answer);
    }
    Ok(())
}
