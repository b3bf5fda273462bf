//! A driver as a child process that answers one JSON line with one JSON line.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

/// Why a driver gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It ended, or says what nobody understands.
    Ended(String),
    /// It is too slow, or hangs.
    Late(String),
}

impl Trouble {
    /// For people.
    pub fn into_message(self) -> String {
        match self {
            Self::Ended(message) | Self::Late(message) => message,
        }
    }
}

/// A running driver; it ends when it is dropped.
pub struct Process {
    role: &'static str,
    patience: Duration,
    // Its drop ends the process.
    child: Child,
    reader: Option<JoinHandle<()>>,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Arc<Mutex<String>>,
}

/// Starts a program that was written just now. Until a child that another thread started meanwhile has become what it is to
/// be, it holds open whatever that thread wrote, and nobody can start that.
pub fn spawn(command: &mut Command) -> std::io::Result<Child> {
    const TRIES: usize = 40;
    for _ in 1..TRIES {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::sleep(Duration::from_millis(25)),
            other => return other,
        }
    }
    command.spawn()
}

impl Process {
    /// Starts a program. Messages name it by its role, which is its first argument; an answer may take as long as
    /// `patience`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(program: &Path, role: &'static str, arguments: &[&str], patience: Duration) -> Result<Self, Trouble> {
        let mut command = Command::new(program);
        command.arg(role).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = spawn(&mut command).map_err(|error| Trouble::Ended(format!("{}: {error}", program.display())))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(Trouble::Ended(format!("{}: no pipes", program.display())));
        };
        let kept = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&kept);
        let reader = tokio::spawn(async move {
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
        Ok(Self { role, patience, child, reader: Some(reader), stdin, stdout: BufReader::new(stdout).lines(), stderr: kept })
    }

    /// Sends a line and waits for the answer.
    ///
    /// # Errors
    /// The process has ended, does not answer in time, or answers with something else than JSON.
    pub async fn ask(&mut self, question: &Value) -> Result<Value, Trouble> {
        let line = format!("{question}\n");
        // A process that hangs does not read either: what is longer than the pipe holds would wait for ever.
        let sent = async { self.stdin.write_all(line.as_bytes()).await.and(self.stdin.flush().await) };
        match tokio::time::timeout(self.patience, sent).await {
            Ok(Ok(())) => self.listen().await,
            Ok(Err(_)) => Err(self.ended().await),
            Err(_) => Err(self.late()),
        }
    }

    /// Waits for a line.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn listen(&mut self) -> Result<Value, Trouble> {
        match tokio::time::timeout(self.patience, self.stdout.next_line()).await {
            Ok(Ok(Some(line))) => serde_json::from_str(&line)
                .map_err(|error| Trouble::Ended(format!("the {}'s driver answered `{line}`: {error}", self.role))),
            Ok(_) => Err(self.ended().await),
            Err(_) => Err(self.late()),
        }
    }

    fn late(&self) -> Trouble {
        Trouble::Late(format!("the {}'s driver did not answer within {} seconds", self.role, self.patience.as_secs_f32()))
    }

    async fn ended(&mut self) -> Trouble {
        // Its last words may still be on their way.
        let status = tokio::time::timeout(Duration::from_secs(1), self.child.wait()).await;
        let status = status.ok().and_then(Result::ok).map(|status| format!(" ({status})")).unwrap_or_default();
        if let Some(reader) = self.reader.take() {
            let _ = tokio::time::timeout(Duration::from_secs(1), reader).await;
        }
        let words = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        Trouble::Ended(format!("the {}'s driver ended{status}: {}", self.role, words.trim()))
    }
}
