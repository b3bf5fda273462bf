//! The generated server as a mock on loopback: it answers valid data, the document's examples first, to anybody who speaks
//! HTTP. What a browser needs beside that stands in front of it, in this process: the compiled program stays a bare server.

mod answers;
#[cfg(test)]
#[path = "../scratch/choose.rs"]
mod choose;
mod emitted;
mod front;
mod page;
#[cfg(feature = "cli")]
mod progress;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, Command};

use super::process::spawn;
use super::{Crates, Error, Options, Subject};
use emitted::{mock_name, write_mock};
#[cfg(feature = "cli")]
pub use progress::Progress;

/// How a mock is served.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Serving {
    /// Port on loopback; 0 takes any that is free
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 8080))]
    pub port: u16,
    /// Token that requests must show where the document asks for credentials (for basic ones, `user:password`) [default: any will do]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub token: Option<String>,
    /// Largest body of a request, in bytes
    #[cfg_attr(feature = "cli", arg(long, value_name = "BYTES", default_value_t = 8 << 20))]
    pub limit: usize,
}

/// What a mock is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The server is being compiled; what cargo said last of it. Said once a second at least.
    Compiling(String),
    /// Answers are made of the document.
    Answers,
    /// The mock answers.
    Ready {
        /// Its address.
        url: String,
        /// Where people find its operations.
        page: String,
    },
}

/// Compiles the server and runs it until it is stopped (Ctrl-C, SIGTERM), which is no error. `told` is told what it is doing.
///
/// # Errors
/// The port is taken, or the server cannot be compiled or started, or ends by itself.
pub fn mock(
    subject: Subject<'_>,
    crates: Crates<'_>,
    options: &Options,
    serving: &Serving,
    told: &mut dyn FnMut(Step),
) -> Result<(), Error> {
    let port = serving.port;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let taken = |error: std::io::Error| Error::Driver(format!("port {port} of {} cannot be opened: {error}", Ipv4Addr::LOCALHOST));
    // Known before anything is compiled. It is closed until there is somebody to answer: who comes too early is to know.
    drop(std::net::TcpListener::bind(address).map_err(taken)?);
    told(Step::Compiling("cargo".to_owned()));
    write_mock(subject.api, crates, &options.scratch)?;
    let name = mock_name(subject.api, &options.scratch);
    let built = super::build::build(&options.scratch, &name, options, &mut |doing| told(Step::Compiling(doing.to_owned())))?;
    told(Step::Answers);
    let file = options.scratch.join("answers.json");
    let text = answers::answers(subject, options.seed).to_string();
    std::fs::write(&file, text).map_err(|error| Error::file(&file, &error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Driver(error.to_string()))?;
    runtime.block_on(async {
        let settings = json!({"answers": file, "token": serving.token, "limit": serving.limit});
        // The program ends when its standard input does, so that it outlives nobody.
        let (mut child, upstream, _stdin) = start(&built.program, &settings).await?;
        let listener = TcpListener::bind(address).await.map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        let url = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let front = front::Front::new(subject.tree, &subject.api.title, upstream, serving, &url);
        let page = format!("{url}{}", front.page());
        let stopped = stopped()?;
        told(Step::Ready { url, page });
        tokio::select! {
            biased;
            () = stopped => Ok(()),
            ended = child.wait() => Err(match ended {
                Ok(status) => Error::Driver(format!("the mock ended: {status}")),
                Err(error) => Error::file(&built.program, &error),
            }),
            served = axum::serve(listener, front.router()).into_future() => served.map_err(|error| Error::Driver(error.to_string())),
        }
    })
}

/// Starts the compiled server; it ends when one of these is dropped.
async fn start(program: &Path, settings: &Value) -> Result<(Child, SocketAddr, ChildStdin), Error> {
    let mut command = Command::new(program);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    // What a terminal sends to the group (Ctrl-C) is for this process to say.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = spawn(&mut command).map_err(|error| Error::file(program, &error))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::Driver("the mock has no pipes".to_owned()));
    };
    let failed = |error: std::io::Error| Error::file(program, &error);
    stdin.write_all(format!("{settings}\n").as_bytes()).await.map_err(failed)?;
    stdin.flush().await.map_err(failed)?;
    let line = BufReader::new(stdout).lines().next_line().await.map_err(failed)?.unwrap_or_default();
    let said = serde_json::from_str::<Value>(&line).ok();
    let port = said.and_then(|said| u16::try_from(said.get("port")?.as_u64()?).ok());
    let port = port.ok_or_else(|| Error::Driver("the mock did not start".to_owned()))?;
    Ok((child, SocketAddr::from((Ipv4Addr::LOCALHOST, port)), stdin))
}

/// Ends when somebody wants the mock to end. It listens at once: the first process of a container is not ended by a signal that
/// it does not listen to.
fn stopped() -> Result<impl Future<Output = ()>, Error> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| Error::Driver(format!("no signal can be received: {error}")));
        let (mut interrupted, mut terminated) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            let _ = tokio::signal::ctrl_c().await;
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::choose::{Wish, choose};
    use super::*;
    use crate::model::Api;

    #[test]
    fn a_port_in_use_is_said_before_anything_is_compiled() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let nowhere = Path::new("/nowhere");
        let subject = Subject { api: &Api::default(), tree: &Value::Null, written: &[], excluded: &BTreeSet::new(), refused: &[] };
        let crates = Crates { generated: nowhere, runtime: nowhere };
        let serving = Serving { port, token: None, limit: 1 };
        let error = mock(subject, crates, &Options::new(nowhere, "nothing"), &serving, &mut |_| panic!("started")).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("port {port} of 127.0.0.1 cannot be opened: ")), "{said}");
    }

    #[test]
    fn preferences_are_read_as_the_standard_writes_them() {
        let wish = |status, example: Option<&str>| Ok(Wish { status, example: example.map(str::to_owned) });
        let bad = |text: &str| Err(text.to_owned());
        for (headers, expected) in [
            (&[][..], wish(None, None)),
            (&["status=404"], wish(Some(404), None)),
            (&["code=404"], wish(Some(404), None)),
            (&["Status = \"404\""], wish(Some(404), None)),
            (&["example=hall"], wish(None, Some("hall"))),
            (&["example=\"two, \\\"words\\\"; a=b\""], wish(None, Some("two, \"words\"; a=b"))),
            (&["respond-async, status=418; example=hall, wait=10"], wish(Some(418), Some("hall"))),
            (&["return=minimal", "example=a", "example=b, status=200"], wish(Some(200), Some("a"))),
            (&["status=200, status=404"], wish(Some(200), None)),
            (&["", ",;,", "handling=lenient"], wish(None, None)),
            (&["x-status=404"], wish(None, None)),
            (&["status=\"404"], wish(None, None)),
            (&["status=gone"], bad("`Prefer: status=gone` names no status from 200 to 599")),
            (&["code=100"], bad("`Prefer: code=100` names no status from 200 to 599")),
            (&["status"], bad("`Prefer: status=` names no status from 200 to 599")),
            (&["example="], bad("`Prefer: example=` names no example")),
        ] {
            assert_eq!(Wish::of(headers.iter().copied()), expected, "{headers:?}");
        }
        let applied = |text| Wish::of([text]).unwrap().applied();
        assert_eq!(applied("wait=10"), None);
        assert_eq!(applied("code=404;example=\"a\\\"b\""), Some("status=404, example=\"a\\\"b\"".to_owned()));
    }

    #[test]
    fn the_answer_that_is_preferred_is_given_or_it_is_said_what_there_is() {
        let answer =
            |declared: &str, media: &str, example: &str| json!({"declared": declared, "status": 0, "media": media, "example": example});
        let answers = [
            answer("200", "application/json", "hall"),
            answer("200", "application/json", "cellar"),
            answer("200", "text/csv", ""),
            answer("404", "application/problem+json", "gone"),
            answer("4XX", "application/json", ""),
        ];
        let csv = |media: &[&str]| media.iter().position(|media| *media == "text/csv").unwrap_or(0);
        for (prefer, likes_csv, expected) in [
            ("", false, Ok((0, 0))),
            ("", true, Ok((2, 0))),
            ("example=cellar", true, Ok((1, 0))),
            ("example=gone", false, Ok((3, 0))),
            ("status=404", false, Ok((3, 404))),
            ("status=418", false, Ok((4, 418))),
            ("status=200, example=cellar", false, Ok((1, 200))),
            ("status=500", false, Err("status 500 is not documented here; there is 200, 404, 4XX")),
            ("example=attic", false, Err("there is no example `attic` here; there is cellar, gone, hall")),
            ("status=404, example=hall", false, Err("there is no example `hall` here; there is cellar, gone, hall")),
        ] {
            let wish = Wish::of([prefer]).unwrap();
            let found = choose(&answers, &wish, |media| if likes_csv { csv(media) } else { 0 });
            let expected = expected.map(|(number, status): (usize, u16)| {
                let mut answer = answers[number].clone();
                answer["status"] = json!(status);
                answer
            });
            assert_eq!(found, expected.map_err(str::to_owned), "{prefer}");
        }
        let with_default = [answer("200", "", ""), answer("default", "", "")];
        let wish = Wish::of(["status=503"]).unwrap();
        assert_eq!(choose(&with_default, &wish, |_| 0).unwrap()["declared"], "default");
        assert!(choose(&[], &Wish::default(), |_| 0).unwrap_err().contains("made up"));
    }
}
