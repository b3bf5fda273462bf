//! What a mock is doing, for people: a line that moves on a terminal, and lines from time to time elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Step;

/// So often something is said where lines do not move.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows the steps of one mock.
pub struct Progress {
    name: String,
    bar: Option<ProgressBar>,
    started: Instant,
    said: Option<Instant>,
}

impl Progress {
    /// For the mock of this name, among others that may be shown at the same time.
    pub fn new(name: &str, among: &MultiProgress) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = among.add(ProgressBar::new_spinner());
            // A template that is none would leave the usual one.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { name: name.to_owned(), bar, started: Instant::now(), said: None }
    }

    /// Shows a step. When the mock is ready its address goes to standard output, all else to standard error.
    pub fn show(&mut self, step: Step) {
        let name = &self.name;
        match step {
            Step::Compiling(doing) => self.doing(&format!("{name}: compiling the server: {doing}"), false),
            Step::Answers => self.doing(&format!("{name}: making up answers"), true),
            Step::Ready { url, page } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                let mut out = std::io::stdout().lock();
                // A reader that went away is no reason to stop.
                let _ = writeln!(out, "{name} answers made-up data on {url}; its operations, to try: {page}").and_then(|()| out.flush());
            }
        }
    }

    fn doing(&mut self, message: &str, is_new: bool) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if is_new || self.said.is_none_or(|said| said.elapsed() >= PAUSE) {
            self.said = Some(Instant::now());
            let _ = writeln!(std::io::stderr().lock(), "{message} ({} s)", self.started.elapsed().as_secs());
        }
    }
}
