//! `bothends mock`: the generated server of any document with made-up answers, without a repository around it.

use std::path::PathBuf;

use bothends::diagnostic::{Code, Diagnostic};
use bothends::emit::{self, Parts};
use bothends::generate::generate;
use bothends::output;
use bothends::source::Disk;
use bothends::verify::{self, Options, Progress, Serving};
use clap::Args;
use indicatif::MultiProgress;

use super::input::Input;
use super::{Format, fail, list, print_diagnostics, progress, unread};

/// Answer a document's operations with made-up data on loopback, for any HTTP client and any browser; needs cargo
#[derive(Args)]
pub struct Mock {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    serving: Serving,
    /// Where made-up values come from
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u64,
    /// Folder for the crates and the program around them: new, empty, or written by an earlier run
    /// [default: below `bothends` in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Whether the mock was stopped by whoever started it, and not by something else.
pub fn run(arguments: &Mock) -> bool {
    match serve(arguments) {
        Ok(done) => done,
        Err(message) => {
            // What the compiler says stays in its lines.
            let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
            eprint!("{rest}");
            fail(Diagnostic::new(Code::VERIFY_IMPOSSIBLE, first), Format::Human)
        }
    }
}

fn serve(arguments: &Mock) -> Result<bool, String> {
    // Known before a large document is read.
    verify::find_cargo().map_err(|error| error.to_string())?;
    let parts = Parts { types: true, client: false, server: true };
    let crates = |parts| emit::Options::crates(parts, output::RUNTIME_DEPENDENCY);
    let config = match arguments.input.config(Some(parts), crates) {
        Ok(config) => config,
        Err(fault) => return Ok(unread(fault, Format::Human)),
    };
    let progress = progress(&format!("generating from {}", list(&config.documents)));
    let outcome = generate(&Disk, &config);
    progress.finish_and_clear();
    print_diagnostics(&outcome, Format::Human);
    let Some(api) = outcome.api.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else { return Ok(false) };
    let target = verify::target_folder();
    let folder = arguments.out.clone().unwrap_or_else(|| target.join("bothends").join("mocks").join(&api.name));
    let mut options = Options::new(&target, &api.name);
    (options.seed, options.scratch) = (arguments.seed, folder.join("mock"));
    let mut progress = Progress::new(&api.name, &MultiProgress::new());
    let told = &mut |step| progress.show(step);
    verify::mock_outcome(&outcome, parts, &folder, &options, &arguments.serving, told).map_err(|error| error.to_string())?;
    Ok(true)
}
