//! The part of a mock that is the same for every API: which answer an operation gives, and who gets one.
//! It is compiled only in the scratch package of a mock, beside the emitted `main.rs`.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, OnceLock};

use bothends_runtime::ServerOperation;
use bothends_runtime::axum::Router;
use bothends_runtime::axum::extract::Request;
use bothends_runtime::axum::middleware::{Next, from_fn};
use bothends_runtime::http::header::{HeaderName, HeaderValue};
use bothends_runtime::http::StatusCode;
use bothends_runtime::json::{self, Side};
use bothends_runtime::serde_json::{Value, json};
use bothends_runtime::server::{Context, Credentials, Principal, Refusal};

pub use crate::answer::*;
use crate::choose::{Wish, choose};

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What the emitted code says of each operation.
pub trait Case: ServerOperation {
    /// `METHOD /path`.
    const KEY: &'static str;
    fn response_from_case(answer: &Answer) -> Result<Self::Response, Trouble>;
}

/// What the mock was told when it started.
#[derive(Clone)]
pub struct State(Arc<Settings>);

struct Settings {
    answers: BTreeMap<String, Vec<Value>>,
    token: Option<String>,
    limit: usize,
}

/// Which preferences an answer has followed, to be said in its headers.
#[derive(Clone, Default)]
struct Applied(Arc<OnceLock<String>>);

impl State {
    /// How many bytes a request may have.
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// One of the answers of an operation.
    pub fn answer<O: Case>(&self, context: &Context) -> Result<O::Response, Refusal> {
        let bad = |detail: String| Refusal::new(StatusCode::BAD_REQUEST).with_detail(detail);
        let wishes = context.parts.headers.get_all(PREFER);
        let wish = Wish::of(wishes.iter().filter_map(|value| value.to_str().ok())).map_err(bad)?;
        let answers = self.0.answers.get(O::KEY).map(Vec::as_slice).unwrap_or_default();
        if answers.is_empty() {
            let detail = "no answer can be made up for this operation: what the document says of it contradicts itself";
            return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR).with_detail(detail));
        }
        let answer = choose(answers, &wish, |media| context.preferred(media)).map_err(bad)?;
        let response = O::response_from_case(&Answer::of(&answer));
        let response = response.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR).with_detail(error))?;
        if let (Some(applied), Some(Applied(said))) = (wish.applied(), context.parts.extensions.get::<Applied>()) {
            let _ = said.set(applied);
        }
        Ok(response)
    }

    /// Whether credentials are good: any are, unless the mock was started with one. Where an operation asks for several (a
    /// token and the user's id), one of them is it.
    pub fn admit(&self, credentials: &Credentials) -> Result<Principal, Refusal> {
        let good = self.0.token.as_ref().is_none_or(|token| credentials.all.iter().any(|found| found.expose() == token));
        let refused = || Refusal::new(StatusCode::UNAUTHORIZED).with_detail("the credentials are not those that the mock was started with");
        if good { Ok(Arc::new(())) } else { Err(refused()) }
    }
}

/// Says which preferences were followed (RFC 7240, section 3).
async fn say_what_was_applied(mut request: Request, next: Next) -> bothends_runtime::axum::response::Response {
    let applied = Applied::default();
    request.extensions_mut().insert(applied.clone());
    let mut response = next.run(request).await;
    if let Some(value) = applied.0.get().and_then(|text| HeaderValue::from_str(text).ok()) {
        response.headers_mut().insert(PREFERENCE_APPLIED, value);
    }
    response
}

/// Takes its settings as a line of JSON from standard input, says its port on standard output, and serves until standard
/// input ends: whoever started it holds that open, and wants it no longer then.
pub fn run(router: impl FnOnce(State) -> Router) -> Result<(), Box<dyn std::error::Error>> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let read = |bytes: &[u8]| json::from_slice::<Value>(bytes, Side::Client).map_err(|error| error.to_string());
    let told = read(line.as_bytes())?;
    let file = read(&std::fs::read(told["answers"].as_str().unwrap_or_default())?)?;
    let answers = file.as_object().into_iter().flatten();
    let state = State(Arc::new(Settings {
        answers: answers.map(|(key, answers)| (key.clone(), answers.as_array().cloned().unwrap_or_default())).collect(),
        token: told["token"].as_str().map(str::to_owned),
        limit: told["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX),
    }));
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(std::io::stdout(), "{}", json!({"port": listener.local_addr()?.port()}))?;
        axum::serve(listener, router(state).layer(from_fn(say_what_was_applied))).await?;
        Ok::<(), Box<dyn std::error::Error>>(())
    })
}
