//! `bothends verify`: the round trips of any document, without a repository around it.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use bothends::diagnostic::{Code, Diagnostic};
use bothends::emit::{self, Parts};
use bothends::generate::{Config, generate};
use bothends::output;
use bothends::source::Disk;
use bothends::verify::{self, Options};
use clap::Args;

use super::{Format, fail, list, print_diagnostics, progress, say};

/// Prove that the client and the server of a document agree with each other and with the document; needs cargo
#[derive(Args)]
pub struct Verify {
    /// OpenAPI document, YAML or JSON
    #[arg(required = true, value_name = "DOCUMENT")]
    documents: Vec<PathBuf>,
    /// Overlay that changes the documents first; several are applied in order
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Stem of the crates' names [default: made from the document's file name or title]
    #[arg(long)]
    name: Option<String>,
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
    keep: Option<PathBuf>,
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
    let mut config = Config::new(&arguments.documents, emit::Options::crates(Parts::default(), output::RUNTIME_DEPENDENCY));
    (config.overlays, config.name) = (arguments.overlays.clone(), arguments.name.clone());
    let progress = progress(&format!("generating from {}", list(&arguments.documents)));
    let outcome = generate(&Disk, &config);
    progress.suspend(|| print_diagnostics(&outcome, Format::Human));
    let Some(api) = outcome.api.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
        progress.finish_and_clear();
        return Ok(false);
    };
    let target = verify::target_folder();
    let folder = arguments.keep.clone().unwrap_or_else(|| verify::crates_folder(&target, &api.name));
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
