//! `cargo xtask`: the repository's own commands, thin callers of the generator. They need nothing that is generated.

mod apis;
mod generate;
mod import;
mod test;
mod tidy;
mod upstream;
mod verify;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The repository's own commands. Exit status: 0 done, 1 something stands in the way, 2 the command line is wrong.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write generated/ from specs/
    Generate {
        /// Folders of specs/; all of them by default
        apis: Vec<String>,
        /// Write nothing; list how generated/ differs from what would be written, and fail if it does
        #[arg(long)]
        check: bool,
    },
    /// Let the generated clients and servers talk to each other, judged by the documents
    Verify {
        /// Folders of specs/; all of them by default
        apis: Vec<String>,
        /// Generated values for every request and every response
        #[arg(long, default_value = "32")]
        cases: NonZeroUsize,
        /// Where the values come from; a failure prints the seed that shows it again
        #[arg(long)]
        seed: Option<u64>,
        /// Also write every row and failure to a file
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// Start generated servers on loopback, answering made-up data
    Mock {
        /// Folders of specs/; all of them by default
        apis: Vec<String>,
        /// Port of the first server, the next ones follow; 0 takes any free ones
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Put a vendor's own documents in place of the shipped ones
    Import {
        /// Folder of specs/
        api: String,
        /// Documents, or folders with documents
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Check the rules of the repository that no compiler checks
    Tidy,
    /// Check everything: format, lints, drift, tests, generated crates, round trips
    Test,
}

/// What went wrong, as text for people; the exit status is 1.
type Fault = String;

fn main() -> ExitCode {
    // From the root on, every path that is printed is a short one.
    let root = Path::new("");
    let mut command = Cli::parse().command;
    if let Command::Import { paths, .. } = &mut command {
        // They were named from where the caller stands.
        for path in paths {
            *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
        }
    }
    let result = apis::enter_root().and_then(|()| match command {
        Command::Generate { apis, check } => generate::run(root, &apis, check),
        Command::Verify { apis, cases, seed, report } => verify::run(root, &apis, verify::Options { cases: cases.get(), seed, report }),
        Command::Mock { apis, port } => verify::mock(root, &apis, port),
        Command::Import { api, paths } => import::run(root, &api, &paths),
        Command::Tidy => tidy::run(root),
        Command::Test => test::run(root),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(1)
        }
    }
}
