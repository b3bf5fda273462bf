//! Client, proxy and server in a row: makes one exchange at a time and compares what all three saw.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::oracle::cases::{Answer, Case, Wanted};
use super::oracle::compare::difference;
use super::oracle::exercise::Exercise;
use super::oracle::judge::{self, Exchange, Fault, fault};
use super::oracle::schema::Schemas;
use super::oracle::twins;
use super::process::{Process, Trouble};
use super::proxy::Proxy;

/// The check that fails when a driver ends, and the one that fails when it does not answer.
pub const ENDED: &str = "driver/ended";
/// See [`ENDED`].
pub const LATE: &str = "driver/late";

/// The check that fails when another operation got the request.
pub const ROUTE: &str = "server/route";

/// Which programs play the two roles, and how.
#[derive(Debug, Clone, Copy)]
pub struct Cast<'p> {
    /// The client's driver.
    pub client: &'p Path,
    /// The server's driver.
    pub server: &'p Path,
    /// The credentials that the server takes, by scheme.
    pub secrets: &'p BTreeMap<String, String>,
    /// How long an answer may take.
    pub patience: Duration,
}

/// A client's driver, a server's driver and the proxy between them.
pub struct Bench<'p> {
    cast: Cast<'p>,
    client: Process,
    server: Process,
    proxy: Proxy,
    /// The last exchange in which an answer came through and nothing was wrong.
    pub good: Option<Exchange>,
    /// Operations that pass on what they get.
    passing: Vec<String>,
}

/// What one exchange left behind.
struct Observed {
    exchanges: Vec<Exchange>,
    received: Vec<Value>,
    client: Value,
}

impl<'p> Bench<'p> {
    /// Starts all three.
    ///
    /// # Errors
    /// One of them does not start.
    pub async fn start(cast: Cast<'p>) -> Result<Self, String> {
        let Cast { client, server, secrets, patience } = cast;
        let message = Trouble::into_message;
        let mut server = Process::start(server, "server", &[], patience).map_err(message)?;
        let said = server.listen().await.map_err(message)?;
        let port = said.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or("the server's driver did not say its port")?;
        server.ask(&json!({"secrets": secrets})).await.map_err(message)?;
        let proxy = Proxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|error| error.to_string())?;
        let client = Process::start(client, "client", &[&proxy.base()], patience).map_err(message)?;
        Ok(Self { cast, client, server, proxy, good: None, passing: Vec::new() })
    }

    /// Makes an exchange and judges it; `method` calls the client's own method for the operation.
    pub async fn run<'a>(&mut self, schemas: &Schemas<'a>, exercise: &Exercise<'a>, case: &Case, method: bool) -> Vec<Fault> {
        self.passing = twins::others(schemas.tree(), &exercise.operation, &exercise.twins, &case.request).equal;
        match self.exchange(&exercise.operation.key, case, method).await {
            Ok(mut observed) => {
                let faults: Vec<Fault> =
                    values(case, &observed.client).into_iter().chain(judge(schemas, exercise, case, &observed)).collect();
                if faults.is_empty() && matches!(case.wanted, Wanted::Answer(_)) {
                    self.good = observed.exchanges.pop();
                }
                faults
            }
            Err(trouble) => vec![self.restart(trouble).await],
        }
    }

    /// Starts all over: one that ended is gone, and one that is late would answer the next question with this answer.
    async fn restart(&mut self, trouble: Trouble) -> Fault {
        let fresh = Self::start(self.cast).await;
        let more = match fresh {
            Ok(fresh) => {
                *self = fresh;
                String::new()
            }
            Err(error) => format!("; it cannot be started again: {error}"),
        };
        match trouble {
            Trouble::Ended(message) => fault(ENDED, message + &more),
            Trouble::Late(message) => fault(LATE, message + &more),
        }
    }

    async fn exchange(&mut self, key: &str, case: &Case, method: bool) -> Result<Observed, Trouble> {
        let order = match &case.wanted {
            Wanted::Answer(answer) => json!({"answer": answer_json(answer)}),
            Wanted::Undocumented(status) => json!({"refuse": status}),
            // If it is handled after all, it must not look right by chance.
            Wanted::Unauthorized | Wanted::Unsendable => json!({"refuse": 599}),
        };
        self.proxy.take();
        self.order(order).await?;
        let mut question = json!({"operation": key, "request": case.request, "credentials": case.credentials, "method": method});
        if let (Some(members), Wanted::Answer(answer)) = (question.as_object_mut(), &case.wanted) {
            members.insert("answer".to_owned(), answer_json(answer));
        }
        let client = self.client.ask(&question).await?;
        let received = self.server.ask(&json!({"end": true})).await?;
        let received = received.get("received").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Observed { exchanges: self.proxy.take(), received, client })
    }

    /// Sends a good exchange once more with another value for a header: it must be refused with this status, and nobody may
    /// handle it.
    pub async fn refused(&mut self, good: &Exchange, header: &str, value: &str, status: u16) -> Option<Fault> {
        let mut changed = Exchange { request_headers: good.request_headers.clone(), ..good.clone() };
        changed.request_headers.retain(|(name, _)| name != header);
        changed.request_headers.push((header.to_owned(), value.as_bytes().to_vec()));
        match self.send(&changed).await {
            Ok((found, 0)) if found == status => None,
            Ok((found, handled)) => {
                Some(fault("server/refusal", format!("`{header}: {value}`: wanted {status}, found {found}, {handled} request(s) handled")))
            }
            Err(trouble) => Some(self.restart(trouble).await),
        }
    }

    /// Tells the server what comes next.
    async fn order(&mut self, mut order: Value) -> Result<(), Trouble> {
        if let Some(members) = order.as_object_mut() {
            members.insert("start".to_owned(), Value::Bool(true));
            members.insert("passing".to_owned(), json!(self.passing));
        }
        self.server.ask(&order).await.map(drop)
    }

    /// Status, and how many requests were handled.
    async fn send(&mut self, request: &Exchange) -> Result<(u16, usize), Trouble> {
        // If it is handled after all, that is not what must come of it.
        self.order(json!({"refuse": 599})).await?;
        let sent = tokio::time::timeout(self.cast.patience, self.proxy.send(request)).await;
        let received = self.server.ask(&json!({"end": true})).await?;
        let handled = received.get("received").and_then(Value::as_array).map_or(0, Vec::len);
        match sent {
            Ok(sent) => Ok((sent.unwrap_or_default(), handled)),
            Err(_) => Err(Trouble::Late("the server does not answer".to_owned())),
        }
    }

    /// Decodes and encodes an example, as a part of a request or an answer, without a wire.
    pub async fn echo(&mut self, key: &str, part: &str, value: &Value) -> Option<Fault> {
        match self.client.ask(&json!({"operation": key, "echo": true, part: value})).await {
            Ok(echoed) => unlike(part, value, &echoed).map(|message| fault("examples", message)),
            Err(trouble) => Some(self.restart(trouble).await),
        }
    }
}

/// What is different in a request or an answer after it was decoded and encoded without a wire.
fn unlike(part: &str, value: &Value, echoed: &Value) -> Option<String> {
    match (echoed.get(part), echoed.get("error")) {
        (Some(echoed), None) => difference(value, echoed),
        (_, Some(Value::String(error))) => Some(error.clone()),
        _ => Some(format!("the driver answered {echoed}")),
    }
}

/// Whether the typed values of a case survive decoding and encoding.
fn values(case: &Case, said: &Value) -> Option<Fault> {
    let echoed = said.get("echo").unwrap_or(&Value::Null);
    let request = (case.wanted != Wanted::Unsendable).then(|| unlike("request", &case.request, echoed)).flatten();
    let answer = || match &case.wanted {
        Wanted::Answer(answer) => unlike("answer", &answer_json(answer), echoed),
        _ => None,
    };
    request.or_else(answer).map(|message| fault("values", message))
}

/// An answer as drivers read it.
pub fn answer_json(answer: &Answer) -> Value {
    let mut value = json!({"declared": answer.declared, "status": answer.status, "headers": answer.headers});
    if let (Some(members), Some(body)) = (value.as_object_mut(), &answer.body) {
        members.insert("media".to_owned(), json!(answer.media_type));
        members.insert("body".to_owned(), body.clone());
    }
    value
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn judge<'a>(schemas: &Schemas<'a>, exercise: &Exercise<'a>, case: &Case, seen: &Observed) -> Vec<Fault> {
    let outcome = text(&seen.client, "outcome");
    if outcome == "case" {
        return vec![fault("values", format!("the case has no typed form: {}", text(&seen.client, "error")))];
    }
    if case.wanted == Wanted::Unsendable {
        let sent = seen.exchanges.first().map(|exchange| format!("`{}` was sent", exchange.target));
        let sent = sent.or_else(|| (outcome != "unsent").then(|| format!("the client says {}", seen.client)));
        return sent.map(|message| fault("domain", message)).into_iter().collect();
    }
    let [exchange] = seen.exchanges.as_slice() else {
        let message = format!("{} exchanges on the wire instead of one; the client says {}", seen.exchanges.len(), seen.client);
        return vec![fault("wire/exchange", message)];
    };
    let wanted_request = judge::Request {
        operation: &exercise.operation,
        values: &case.request,
        media: exercise.request_media(&case.request),
        credentials: &case.credentials,
    };
    let status = seen.client.get("status").and_then(Value::as_u64);
    match &case.wanted {
        Wanted::Answer(answer) => {
            let mut faults = judge::request(schemas, &wanted_request, exchange);
            faults.extend(received(&exercise.operation.key, case, seen, exchange));
            if seen.received.is_empty() {
                // Nobody handled the request: what came back is no answer to it.
                return faults;
            }
            let response = judge::Response {
                status: answer.status,
                media: exercise.answer_media(answer),
                body: answer.body.as_ref(),
                declared: exercise.answer_headers(answer),
                headers: &answer.headers,
            };
            faults.extend(judge::response(schemas, &response, exchange));
            faults.extend(understood(exercise, answer, &seen.client));
            faults
        }
        Wanted::Undocumented(wanted) => {
            let mut faults = judge::request(schemas, &wanted_request, exchange);
            faults.extend(received(&exercise.operation.key, case, seen, exchange));
            if seen.received.is_empty() {
                return faults;
            }
            if exchange.status != *wanted {
                faults.push(fault("wire/status", format!("wanted {wanted}, found {}", exchange.status)));
            }
            if outcome != "undocumented" || status != Some(u64::from(*wanted)) {
                faults.push(fault("client/undocumented", format!("{wanted} is not documented; the client says {}", seen.client)));
            }
            faults
        }
        Wanted::Unauthorized => {
            let mut faults = Vec::new();
            if exchange.status != 401 || !seen.received.is_empty() {
                let message = format!("status {}, {} requests handled", exchange.status, seen.received.len());
                faults.push(fault("server/unauthorized", message));
            }
            if status != Some(401) {
                faults.push(fault("client/unauthorized", format!("the client says {}", seen.client)));
            }
            faults
        }
        Wanted::Unsendable => Vec::new(),
    }
}

/// Whether the server decoded just what the case says.
fn received(key: &str, case: &Case, seen: &Observed, exchange: &Exchange) -> Vec<Fault> {
    let [received] = seen.received.as_slice() else {
        if let Some(error) = seen.received.iter().find_map(|received| received.get("error")) {
            return vec![fault("values", error.to_string())];
        }
        let body = String::from_utf8_lossy(&exchange.response_body).chars().take(300).collect::<String>();
        let message = format!("{} requests handled; the server answered {} {body}", seen.received.len(), exchange.status);
        return vec![fault("server/request", message)];
    };
    if text(received, "operation") != key {
        return vec![fault(ROUTE, format!("`{}` got the request", text(received, "operation")))];
    }
    match received.get("request") {
        Some(request) => difference(&case.request, request).map(|message| fault("server/request", message)).into_iter().collect(),
        None => vec![fault("values", received.to_string())],
    }
}

/// Whether the client decoded just what the server was told to answer.
fn understood(exercise: &Exercise<'_>, answer: &Answer, said: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    if said.get("status").and_then(Value::as_u64) != Some(u64::from(answer.status)) {
        faults.push(fault("client/status", format!("wanted {}, the client says {said}", answer.status)));
    }
    // Among the headers as they came, those of the document are there too.
    for name in answer.headers.keys().map(|name| name.to_ascii_lowercase()) {
        if said.get("headers").and_then(|headers| headers.get(&name)).is_none() {
            faults.push(fault("client/header", format!("`{name}` is missing")));
        }
    }
    // As the operation's documented answer, and as what all its successes have in common.
    let typed = [said.get("answer").and_then(|found| found.get("headers")), said.get("declared")];
    let typed = typed.into_iter().flatten().filter_map(|found| difference(&Value::Object(answer.headers.clone()), &dated(answer, found)));
    faults.extend(typed.map(|message| fault("client/header", message)));
    let missing = Value::String("(no body)".to_owned());
    let body = answer.body.as_ref().unwrap_or(&missing);
    match text(said, "outcome") {
        "answer" => {
            let found = said.get("answer").unwrap_or(&Value::Null);
            if text(found, "declared") != answer.declared {
                faults.push(fault("client/response", format!("wanted {}, the client says {found}", answer.declared)));
            }
            if found.get("media").and_then(Value::as_str) != answer.media_type.as_deref() {
                faults.push(fault("client/media", format!("wanted {:?}, the client says {:?}", answer.media_type, found.get("media"))));
            }
            faults.extend(difference(body, found.get("body").unwrap_or(&missing)).map(|message| fault("client/response", message)));
        }
        side @ ("success" | "failure") => {
            if (side == "success") != is_success(exercise, answer) {
                faults.push(fault("client/outcome", format!("{} {} came out as a {side}", answer.declared, answer.status)));
            }
            faults.extend(difference(body, said.get("body").unwrap_or(&missing)).map(|message| fault("client/response", message)));
        }
        _ => faults.push(fault("client/response", format!("the client says {said}"))),
    }
    faults
}

/// Declared headers without a date that nobody asked for: servers add it by themselves.
fn dated(answer: &Answer, found: &Value) -> Value {
    let mut found = found.clone();
    if let Some(members) = found.as_object_mut() {
        members.retain(|name, _| answer.headers.contains_key(name) || !name.eq_ignore_ascii_case("date"));
    }
    found
}

/// A documented status below 400 is a success; `default` is one only where no success is documented.
fn is_success(exercise: &Exercise<'_>, answer: &Answer) -> bool {
    let documented = |response: &super::oracle::operations::Response<'_>| response.status.starts_with(['1', '2', '3']);
    let only_default = !exercise.operation.responses.iter().any(documented);
    answer.status < 400 && (answer.declared != "default" || only_default)
}
