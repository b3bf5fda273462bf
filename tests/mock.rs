//! `bothends mock` from outside, over HTTP, as somebody uses it who has a document and an app: started, asked, stopped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bothends_tests::{binary, target};
use serde_json::{Value, json};

const DOCUMENT: &str = r##"openapi: 3.0.3
info: { title: Lamps of a mock, version: "1" }
servers: [{ url: "https://lamps.example.com" }]
paths:
  /lamps/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getLamp
      responses:
        "200":
          description: A lamp.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Lamp" }
              examples:
                hall: { value: { on: true, name: Hall } }
                cellar: { value: { on: false } }
        "404":
          description: None.
          content: { application/json: { schema: { type: object, properties: { why: { type: string, example: It was sold. } } } } }
  /lamps/:
    post:
      operationId: addLamp
      security: [{ token: [] }]
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
      responses:
        "201": { description: Done., content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Lamp: { type: object, required: [on], properties: { on: { type: boolean }, name: { type: string, example: Attic } } }
"##;

/// A mock at work; it ends with the test.
struct Mock {
    child: Child,
    address: String,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Mock {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lamps-of-a-mock.yaml"), DOCUMENT).unwrap();
        let mut command = Command::new(binary());
        command.current_dir(folder.path()).args(["mock", "lamps-of-a-mock.yaml", "--port", "0"]).args(arguments);
        // What is compiled is compiled once for all tests.
        command.env("CARGO_TARGET_DIR", target());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some((_, rest)) = line.split_once("http://") else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the mock did not start: {line}{said}");
        };
        let address = rest.split([';', '\n']).next().unwrap().to_owned();
        Self { child, address }
    }

    fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        write!(stream, "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}{length}\r\n{body}", self.address).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let headers =
            head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answer { status, headers: headers.collect(), body: body.to_owned() }
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The detail of a problem.
    fn detail(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], json!(self.status));
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn a_document_answers_a_browser_app_and_stops_at_once() {
    let mut mock = Mock::start(&["--token", "sesame", "--limit", "1000"]);
    answers(&mock);
    refusals(&mock);
    page(&mock);

    let stopped = Instant::now();
    let told = Command::new("kill").args(["-INT", &mock.child.id().to_string()]).status().unwrap();
    assert!(told.success());
    // The compiled server has the same standard error: it ends when both have.
    let mut said = String::new();
    mock.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(mock.child.wait().unwrap().success(), "{said}");
    assert!(stopped.elapsed() < Duration::from_secs(5), "{:?}", stopped.elapsed());
    assert!(said.contains("compiling the server"), "{said}");
    assert!(TcpStream::connect(&mock.address).is_err());
}

fn answers(mock: &Mock) {
    let hall = json!({"on": true, "name": "Hall"});
    let got = mock.ask("GET /lamps/7", &[], "");
    assert_eq!((got.status, got.json()), (200, hall.clone()));
    assert_eq!(got.header("access-control-allow-origin"), "*");
    // A slash more, a slash less.
    assert_eq!(mock.ask("GET /lamps/7/", &[], "").json(), hall);
    let lamp = r#"{"on":true}"#;
    let sent = ["authorization: Bearer sesame", "content-type: application/json", "origin: http://localhost:3000"];
    for path in ["/lamps", "/lamps/"] {
        let made = mock.ask(&format!("POST {path}"), &sent, lamp);
        assert_eq!((made.status, made.json()), (201, json!({"on": true, "name": "Attic"})), "{path}");
        assert_eq!(made.header("access-control-allow-origin"), "http://localhost:3000");
        assert!(made.header("access-control-expose-headers").contains("content-type"), "{made:?}");
    }

    let head = mock.ask("HEAD /lamps/7", &[], "");
    assert_eq!((head.status, head.body.as_str(), head.header("content-length")), (200, "", got.body.len().to_string().as_str()));
    let options = mock.ask("OPTIONS /lamps/7", &[], "");
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    let preflight =
        ["origin: http://localhost:3000", "access-control-request-method: POST", "access-control-request-headers: authorization,prefer"];
    let preflight = mock.ask("OPTIONS /lamps", &preflight, "");
    assert_eq!((preflight.status, preflight.header("access-control-allow-methods")), (204, "POST"));
    assert_eq!(preflight.header("access-control-allow-headers"), "authorization,prefer");

    let cellar = mock.ask("GET /lamps/7", &["prefer: example=cellar"], "");
    assert_eq!((cellar.status, cellar.json()), (200, json!({"on": false})));
    assert_eq!(cellar.header("preference-applied"), "example=\"cellar\"");
    let sold = mock.ask("GET /lamps/7", &["prefer: respond-async, status=\"404\""], "");
    assert_eq!((sold.status, sold.json()), (404, json!({"why": "It was sold."})));
    assert_eq!(sold.header("preference-applied"), "status=404");
    assert_eq!(mock.ask("HEAD /lamps/7", &["prefer: code=404"], "").status, 404);
}

fn refusals(mock: &Mock) {
    let json = "content-type: application/json";
    let long = format!(r#"{{"on":true,"name":"{}"}}"#, "x".repeat(200_000));
    for (line, headers, body, status, detail) in [
        ("GET /lamps/7", &["prefer: status=418"][..], "", 400, "status 418 is not documented here; there is 200, 404"),
        ("GET /lamps/7", &["prefer: example=attic"], "", 400, "there is no example `attic` here; there is cellar, hall"),
        ("GET /lamps/7", &["prefer: status=gone"], "", 400, "`Prefer: status=gone` names no status from 200 to 599"),
        ("GET /nowhere", &[], "", 404, "no operation has this path"),
        ("DELETE /lamps/7", &[], "", 405, "this path takes GET, HEAD, OPTIONS"),
        ("POST /lamps", &[json], "{\"on\":true}", 401, "credentials are missing: token"),
        (
            "POST /lamps",
            &[json, "authorization: Bearer other"],
            "{\"on\":true}",
            401,
            "the credentials are not those that the mock was started with",
        ),
        ("POST /lamps", &[json, "authorization: Bearer sesame"], &long, 413, "the body has more than 1000 bytes (--limit)"),
    ] {
        let answer = mock.ask(line, headers, body);
        assert_eq!((answer.status, answer.detail().as_str()), (status, detail), "{line} {headers:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{line} {headers:?}");
    }
    let wrong = mock.ask("POST /lamps", &[json, "authorization: Bearer sesame"], "{\"name\":\"x\"}");
    assert_eq!(wrong.status, 422);
    assert!(wrong.detail().contains("on"), "{wrong:?}");
}

fn page(mock: &Mock) {
    for path in ["/", "/~mock"] {
        let page = mock.ask(&format!("GET {path}"), &[], "");
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.body.contains("<title>Lamps of a mock (mock)</title>"), "{}", page.body);
        for file in ["swagger-ui.css", "swagger-ui-bundle.js"] {
            assert!(page.body.contains(&format!("\"/~mock/swagger-ui/{file}\"")), "{file}: {}", page.body);
            let file = mock.ask(&format!("GET /~mock/swagger-ui/{file}"), &[], "");
            assert!(file.status == 200 && file.body.len() > 10_000, "{} {}", file.status, file.body.len());
        }
    }
    let document = mock.ask("GET /~mock/openapi.json", &[], "").json();
    assert_eq!(document["servers"], json!([{"url": format!("http://{}", mock.address)}]));
    assert_eq!(document["openapi"].as_str().map(|version| version.starts_with("3.0")), Some(true));
    assert!(document["paths"]["/lamps/{id}"]["get"].is_object());
}
