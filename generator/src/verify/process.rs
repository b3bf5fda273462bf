//! A driver as a child process that answers one JSON line with one JSON line.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longer than any case takes, even on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running driver; it ends when it is dropped.
pub struct Process {
    // Held for its drop, which ends the process.
    _child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Arc<Mutex<String>>,
}

impl Process {
    /// Starts a program.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(format!("{}: no pipes", program.display()));
        };
        let kept = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&kept);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = shared.lock().unwrap_or_else(PoisonError::into_inner);
                // The first lines of a panic say what happened.
                if kept.len() < 4000 {
                    kept.push_str(&line);
                    kept.push('\n');
                }
            }
        });
        Ok(Self { _child: child, stdin, stdout: BufReader::new(stdout).lines(), stderr: kept })
    }

    /// Sends a line and waits for the answer.
    ///
    /// # Errors
    /// The process has ended, does not answer in time, or answers with something else than JSON.
    pub async fn ask(&mut self, question: &Value) -> Result<Value, String> {
        let line = format!("{question}\n");
        let sent = async { self.stdin.write_all(line.as_bytes()).await.and(self.stdin.flush().await) };
        if sent.await.is_err() {
            return Err(self.ended());
        }
        self.listen().await
    }

    /// Waits for a line.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn listen(&mut self) -> Result<Value, String> {
        match tokio::time::timeout(PATIENCE, self.stdout.next_line()).await {
            Ok(Ok(Some(line))) => serde_json::from_str(&line).map_err(|error| format!("the driver answered `{line}`: {error}")),
            Ok(_) => Err(self.ended()),
            Err(_) => Err(format!("the driver did not answer within {} seconds", PATIENCE.as_secs())),
        }
    }

    fn ended(&self) -> String {
        format!("the driver ended: {}", self.stderr.lock().unwrap_or_else(PoisonError::into_inner).trim())
    }
}
