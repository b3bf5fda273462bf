//! The vendors' own JavaScript clients, and public Python clients, call the generated server with made-up answers.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, PipeReader};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::row::{self, Row};
use super::tools::{self, Tool};
use super::{Part, Place};
use crate::{Fault, verify};

/// The official clients.
pub const JAVASCRIPT: Part = Part {
    name: "clients",
    apis: &["mattermost", "rocketchat", "superoffice"],
    needs: &[Tool::Node],
    run: |place| {
        let every = every(place, &["superoffice"], 10);
        tried(place, "clients", |port| {
            tools::output(&place.scripts()?.join("clients"), "node", &["run.mjs", &place.folder.name, port, &every])
        })
    },
};

/// The public ones.
pub const PYTHON: Part = Part {
    name: "python-clients",
    apis: &["mattermost", "rocketchat"],
    needs: &[Tool::Python],
    run: |place| {
        let every = every(place, &[], 12);
        let python = tools::python(&place.scripts()?);
        let program = python.to_str().ok_or("the path of the repository is no text")?;
        tried(place, "python-clients", |port| {
            tools::output(&place.scripts()?.join("clients/python"), program, &["call.py", &place.folder.name, port, &every])
        })
    },
};

/// What a row says beside what all rows say.
#[derive(Deserialize)]
struct Sent {
    requests: Vec<Request>,
    outcome: String,
}

/// A request of a client.
#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    body: Option<Value>,
}

/// The rows of a script that calls the mock. What requests that were answered have and the document does not know of, the server has
/// dropped: that is written to a file.
fn tried(place: &Place<'_>, part: &str, script: impl FnOnce(&str) -> Result<String, Fault>) -> Result<Vec<Row>, Fault> {
    let text = {
        let mut mock = Mock::start(&place.folder.name)?;
        script(&mock.port()?)?
    };
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    verify::with_asked(place.folder, |asked| {
        for line in text.lines() {
            let sent: Sent = serde_json::from_str(line).map_err(|error| format!("a script printed `{line}`: {error}"))?;
            for request in sent.requests.iter().filter(|_| sent.outcome == row::FITS) {
                unknown.extend(asked.unknown(&request.method, &request.url, request.body.as_ref()));
            }
        }
        Ok(())
    })?;
    let file = place.out()?.join(format!("{part}-dropped.txt"));
    let lines: String = unknown.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, lines).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    eprintln!("{part}: {} places of requests that were answered are not in the document: {}", unknown.len(), file.display());
    row::read(&text)
}

/// Only every so many functions of a client are called, unless all are asked for or they are few.
fn every(place: &Place<'_>, small: &[&str], number: usize) -> String {
    if place.whole || small.contains(&place.folder.name.as_str()) { 1 } else { number }.to_string()
}

/// `cargo xtask mock` as a process of its own, ended with this value.
struct Mock {
    process: Child,
    said: PipeReader,
}

impl Mock {
    fn start(api: &str) -> Result<Self, Fault> {
        let fault = |error: std::io::Error| format!("the mock cannot be started: {error}");
        let program = std::env::current_exe().map_err(fault)?;
        // What it says of itself and where it can be reached come in the order in which they were said.
        let (said, out) = std::io::pipe().map_err(fault)?;
        let mut command = Command::new(program);
        command.args(["mock", api, "--port", "0"]).stdin(Stdio::null()).stdout(out.try_clone().map_err(fault)?).stderr(out);
        let process = command.spawn().map_err(fault)?;
        Ok(Self { process, said })
    }

    /// The port, as soon as the server is up.
    fn port(&mut self) -> Result<String, Fault> {
        let said = self.said.try_clone().map_err(|error| format!("the mock cannot be heard: {error}"))?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        while said.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            if let Some(port) = port_in(&line) {
                // Whoever writes where nobody reads would wait for ever.
                std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
                return Ok(port);
            }
            eprint!("{line}");
            line.clear();
        }
        Err("the mock ended before it was up".to_owned())
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It has ended by itself, or it ends now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port in a line that says where the server is.
fn port_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_the_mock_says() {
        for (line, port) in [
            ("superoffice answers made-up data on http://127.0.0.1:33815\n", Some("33815")),
            ("superoffice answers made-up data on http://127.0.0.1:8080; its operations, to try: http://127.0.0.1:8080/\n", Some("8080")),
            ("superoffice: compiling the server\n", None),
            ("http://127.0.0.1:\n", None),
        ] {
            assert_eq!(port_in(line).as_deref(), port, "{line}");
        }
    }
}
