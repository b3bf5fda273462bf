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
    let program = std::env::current_exe().map_err(fault)?;
    let mut command = Command::new(program);
    command.arg(CORPUS_DOCUMENT).args(attempt.arguments());
    watch(command, attempt.stage, limit)
}

fn fault(error: std::io::Error) -> Fault {
    format!("the process for a document cannot be started: {error}")
}

/// The last row that a process prints.
fn watch(mut command: Command, stage: Stage, limit: Duration) -> Result<Row, Fault> {
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
    let mut row = Row { stage, ..Row::default() };
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

#[cfg(all(test, unix))]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_process_that_hangs_or_ends_early_is_a_row() {
        let run = |script: &str, limit: u64| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            watch(command, Stage::Verify, Duration::from_millis(limit)).unwrap()
        };
        let (first, second) = (r#"echo '{"stage": "verify", "types": 3}'"#, r#"echo '{"stage": "verify", "types": 4, "compiled": {}}'"#);
        let started = Instant::now();
        for (script, hung, types) in [
            ("sleep 60 & sleep 60".to_owned(), Stage::Generate, 0),
            (format!("{first}; sleep 60"), Stage::Compile, 3),
            (format!("{first}; {second}; sleep 60"), Stage::Verify, 4),
        ] {
            let row = run(&script, 300);
            assert_eq!((row.hung, row.types, row.broken), (Some(hung), types, None), "{script}");
        }
        // Nobody waited for what they had started.
        assert!(started.elapsed() < Duration::from_secs(30));
        let row = run(&format!("{first}; echo overflow >&2; exit 7"), 30_000);
        assert!(row.broken.is_some_and(|why| why.contains("overflow")) && row.types == 3 && row.hung.is_none());
        let row = run(&format!("{first}; {second}"), 30_000);
        assert!(row.broken.is_none() && row.types == 4);
    }
}
