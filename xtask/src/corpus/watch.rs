//! Waiting for a document's process, no longer than it may take.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::attempt::Attempt;
use super::row::{Row, Stage};
use crate::{CORPUS_DOCUMENT, Fault};

/// The row of a document. Each stage may take as long as `limit`; a process that ends early or hangs gives a row, too.
pub fn attempt(attempt: &Attempt, limit: Duration) -> Result<Row, Fault> {
    let fault = |error: std::io::Error| format!("the process for a document cannot be started: {error}");
    let program = std::env::current_exe().map_err(fault)?;
    let mut command = Command::new(program);
    command.arg(CORPUS_DOCUMENT).args(attempt.arguments());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // What it starts goes with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(fault)?;
    let _open = child.stdin.take();
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err("the process for a document has no pipes".to_owned());
    };
    let words = std::thread::spawn(move || {
        let mut words = Vec::new();
        let _ = stderr.read_to_end(&mut words);
        String::from_utf8_lossy(&words).into_owned()
    });
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut row = Row { stage: attempt.stage, ..Row::default() };
    let mut running = Some(Stage::Generate);
    loop {
        match lines.recv_timeout(limit) {
            Ok(line) => {
                row = serde_json::from_str(&line).map_err(|error| format!("a row cannot be read: {error}"))?;
                running = following(&row);
            }
            Err(RecvTimeoutError::Timeout) => {
                row.hung = running;
                end(&mut child);
                return Ok(row);
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(fault)?;
    let words = words.join().unwrap_or_default();
    if !status.success() && row.broken.is_none() {
        row.broken = Some(format!("the process ended with {status}: {}", words.trim()));
    }
    Ok(row)
}

/// The stage that is at work after a row.
fn following(row: &Row) -> Option<Stage> {
    match (&row.compiled, row.stage) {
        (_, Stage::Generate) => None,
        (None, _) => Some(Stage::Compile),
        (Some(_), _) => Some(Stage::Verify),
    }
}

/// Ends a process and everything that it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}
