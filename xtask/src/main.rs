//! `cargo xtask`: the repository's own commands, thin callers of the generator. They need nothing that is generated.

mod apis;
mod corpus;
mod generate;
mod import;
mod strangers;
mod test;
mod tidy;
mod verify;

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use bothends::verify::Serving;
use clap::{Parser, Subcommand};

use crate::corpus::row::Stage;

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
    /// Start generated servers on loopback, answering made-up data, the first at the port that is named
    Mock {
        /// Folders of specs/; all of them by default
        apis: Vec<String>,
        /// The port is that of the first server, the next ones follow; everything else holds for all of them
        #[command(flatten)]
        serving: Serving,
    },
    /// Put a vendor's own documents in place of the shipped ones
    Import {
        /// Folder of specs/
        api: String,
        /// Documents, or folders with documents
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Try documents by the hundred: generate, compile, let both ends talk; a row each
    Corpus(CorpusArguments),
    /// One document of the corpus, in a process of its own
    #[command(hide = true)]
    CorpusDocument(corpus::attempt::Attempt),
    /// Let generated clients and servers meet the vendors' own types and clients (needs node and python3)
    Strangers {
        /// Folders of specs/; all of them by default
        apis: Vec<String>,
        /// Everything, however long it takes
        #[arg(long)]
        whole: bool,
        /// Only this part; may be given several times
        #[arg(long = "part", value_name = "NAME")]
        parts: Vec<String>,
    },
    /// Check the rules of the repository that no compiler checks
    Tidy,
    /// Check everything: format, lints, drift, tests, generated crates, round trips
    Test,
}

/// The process that tries one document.
const CORPUS_DOCUMENT: &str = "corpus-document";

/// How to try documents.
#[derive(clap::Args)]
struct CorpusArguments {
    /// Folders, with all documents below them, and single documents
    #[arg(required = true, value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// All documents of a folder below a named one are one API
    #[arg(long)]
    grouped: bool,
    /// Let the compiler check what is generated
    #[arg(long)]
    compile: bool,
    /// Compile it, and let client and server talk to each other
    #[arg(long)]
    verify: bool,
    /// Generated values for every request, and for every status and media type
    #[arg(long, default_value = "1")]
    cases: NonZeroUsize,
    /// Documents at a time; each worker has a target folder of its own
    #[arg(long, default_value = "1")]
    jobs: NonZeroUsize,
    /// Only every n-th document, beginning with the i-th: `i/n`
    #[arg(long, default_value = "1/1", value_name = "i/n")]
    shard: corpus::Shard,
    /// All figures as JSON; beside it the rows as `.jsonl`, which a later run takes up, and a page as `.html`
    /// [default: `bothends/corpus/report.json` in the target folder]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Also write the summary as Markdown
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Keep rows that another build of the generator wrote, or that are of other documents by the same name
    #[arg(long)]
    keep: bool,
    /// Seconds for each stage of a document; what takes longer hangs
    #[arg(long, default_value = "900", value_name = "SECONDS")]
    limit: NonZeroU64,
}

impl CorpusArguments {
    fn options(self) -> corpus::Options {
        let stage = match (self.compile, self.verify) {
            (_, true) => Stage::Verify,
            (true, false) => Stage::Compile,
            (false, false) => Stage::Generate,
        };
        corpus::Options {
            paths: self.paths,
            grouped: self.grouped,
            stage,
            cases: self.cases.get(),
            jobs: self.jobs.get(),
            shard: self.shard,
            report: Some(self.report.unwrap_or_else(|| bothends::verify::target_folder().join("bothends/corpus/report.json"))),
            summary: self.summary,
            keep: self.keep,
            limit: Duration::from_secs(self.limit.get()),
            budget: None,
        }
    }

    /// Everything that the caller named, seen from anywhere.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.paths.iter_mut().chain(&mut self.report).chain(&mut self.summary)
    }
}

/// What went wrong, as text for people; the exit status is 1.
type Fault = String;

fn main() -> ExitCode {
    // From the root on, every path that is printed is a short one.
    let root = Path::new("");
    let mut command = Cli::parse().command;
    // They were named from where the caller stands.
    match &mut command {
        Command::Import { paths, .. } => paths.iter_mut().for_each(from_anywhere),
        Command::Corpus(arguments) => arguments.paths().for_each(from_anywhere),
        _ => {}
    }
    let result = apis::enter_root().and_then(|()| match command {
        Command::Generate { apis, check } => generate::run(root, &apis, check),
        Command::Verify { apis, cases, seed, report } => verify::run(root, &apis, verify::Options { cases: cases.get(), seed, report }),
        Command::Mock { apis, serving } => verify::mock(root, &apis, &serving),
        Command::Import { api, paths } => import::run(root, &api, &paths),
        Command::Corpus(arguments) => corpus::run(root, &arguments.options()),
        Command::CorpusDocument(attempt) => corpus::attempt::run(root, &attempt),
        Command::Strangers { apis, whole, parts } => strangers::run(root, &apis, &strangers::Options { whole, parts }),
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

fn from_anywhere(path: &mut PathBuf) {
    *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
}
