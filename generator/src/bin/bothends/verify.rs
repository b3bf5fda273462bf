//! `bothends verify`: the round trips of any document, without a repository around it.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use bothends::diagnostic::{Code, Diagnostic};
use bothends::emit::{self, Parts};
use bothends::generate::generate;
use bothends::output;
use bothends::source::Disk;
use bothends::verify::{self, Options};
use clap::Args;

use super::input::Input;
use super::{Format, fail, list, print_diagnostics, progress, say, unread};

/// Prove that the client and the server of a document agree with each other and with the document; needs cargo
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    input: Input,
    /// Values for every request, and for every status and media type of every response
    #[arg(long, value_name = "N", default_value = "32")]
    cases: NonZeroUsize,
    /// Where the values come from; a failure prints the seed that shows it again
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u64,
    /// Also write every count, name and failure to a file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Folder for the crates and the program that tries them: new, empty, or written by an earlier run
    /// [default: below `bothends` in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Whether everything was as the document says.
pub fn run(arguments: &Verify) -> bool {
    match verified(arguments) {
        Ok(clean) => clean,
        Err(message) => {
            // What the compiler says stays in its lines.
            let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
            let _ = std::io::stderr().lock().write_all(rest.as_bytes());
            fail(Diagnostic::new(Code::VERIFY_IMPOSSIBLE, first), Format::Human)
        }
    }
}

fn verified(arguments: &Verify) -> Result<bool, String> {
    // Known before a large document is read.
    verify::find_cargo().map_err(|error| error.to_string())?;
    let crates = |parts| emit::Options::crates(parts, output::RUNTIME_DEPENDENCY);
    let config = match arguments.input.config(Some(Parts::default()), crates) {
        Ok(config) => config,
        Err(fault) => return Ok(unread(fault, Format::Human)),
    };
    let progress = progress(&format!("generating from {}", list(&config.documents)));
    let outcome = generate(&Disk, &config);
    progress.suspend(|| print_diagnostics(&outcome, Format::Human));
    let Some(api) = outcome.api.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
        progress.finish_and_clear();
        return Ok(false);
    };
    let target = verify::target_folder();
    let folder = arguments.out.clone().unwrap_or_else(|| verify::crates_folder(&target, &api.name));
    let mut options = Options::new(&target, &api.name);
    (options.cases, options.seed, options.scratch) = (arguments.cases.get(), arguments.seed, folder.join("driver"));
    progress.set_message(format!("compiling and trying {} operations in {}", api.operations.len(), folder.display()));
    let report = verify::verify_outcome(&outcome, &folder, &options);
    progress.finish_and_clear();
    let reports = [report.map_err(|error| error.to_string())?];
    say(verify::render(&reports).trim_end());
    if let Some(file) = &arguments.report {
        std::fs::write(file, verify::to_json(&reports)).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    Ok(reports.iter().all(|report| report.failed() == 0))
}
