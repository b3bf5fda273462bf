//! The command line: arguments in, exit status out. Everything it does is a function of the library.

mod input;
#[cfg(feature = "verify")]
mod mock;
#[cfg(feature = "verify")]
mod verify;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use bothends::diagnostic::{Code, Diagnostic, Severity, render_human, render_json};
use bothends::emit::{self, Parts};
use bothends::generate::{Counts, Outcome, analyse, generate};
use bothends::model::{Api, Shapes, TypeKind};
use bothends::output;
use bothends::source::Disk;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::ProgressBar;

use input::{Fault, Input};

/// Typed Rust for both ends of the wire, out of one OpenAPI document.
///
/// Exit status: 0 done; 1 the document, drift, or a failed check stands in the way; 2 the command line is wrong.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Generate(Generate),
    Lint(Lint),
    #[cfg(feature = "verify")]
    Verify(verify::Verify),
    #[cfg(feature = "verify")]
    Mock(mock::Mock),
}

/// Write a workspace with the types, the client and the server of a document; it compiles as it stands
#[derive(Args)]
struct Generate {
    #[command(flatten)]
    input: Input,
    /// Folder to write to: new, empty, or written by an earlier run
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Crates to write; client and server bring the types along
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// What to write: a workspace of crates, or a module for a crate that depends on bothends-runtime
    #[arg(long, value_enum, default_value_t)]
    layout: Layout,
    /// Write nothing; list how the folder differs from what would be written, and fail if it does
    #[arg(long)]
    check: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Say what is wrong with the documents of one API, without writing anything
#[derive(Args)]
struct Lint {
    #[command(flatten)]
    input: Input,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// Cargo.toml, types, client, server and the runtime's source
    #[default]
    Crates,
    /// mod.rs with the modules types, client and server
    Modules,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Types,
    Client,
    Server,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Generate(arguments) => run_generate(&arguments),
        Command::Lint(arguments) => run_lint(&arguments),
        #[cfg(feature = "verify")]
        Command::Verify(arguments) => verify::run(&arguments),
        #[cfg(feature = "verify")]
        Command::Mock(arguments) => mock::run(&arguments),
    };
    if done { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn run_generate(arguments: &Generate) -> bool {
    let format = arguments.format;
    let layout = |parts| match arguments.layout {
        Layout::Crates => emit::Options::crates(parts, output::RUNTIME_DEPENDENCY),
        Layout::Modules => emit::Options::modules(parts),
    };
    let config = match arguments.input.config(parts(&arguments.only), layout) {
        Ok(config) => config,
        Err(fault) => return unread(fault, format),
    };
    if let Some(diagnostic) = config.documents.iter().find_map(|document| inside(document, &arguments.out)) {
        return fail(diagnostic, format);
    }
    let progress = progress(&format!("generating from {}", list(&config.documents)));
    let mut outcome = generate(&Disk, &config);
    if outcome.diagnostics.has_errors() {
        progress.finish_and_clear();
        print_diagnostics(&outcome, format);
        print_summary(arguments, &outcome, None, format);
        return false;
    }
    let files = std::mem::take(&mut outcome.files);
    let files = if arguments.layout == Layout::Crates { output::standalone(config.emit.parts, files) } else { files };
    progress.set_message(format!("writing {}", arguments.out.display()));
    let check_for = arguments.check.then(|| command_line(arguments));
    let report = output::write_or_check(&arguments.out, &files, check_for.as_deref())
        .map_err(|diagnostics| outcome.diagnostics.extend(diagnostics))
        .ok();
    progress.finish_and_clear();
    print_diagnostics(&outcome, format);
    print_summary(arguments, &outcome, report.as_ref(), format);
    report.is_some()
}

fn run_lint(arguments: &Lint) -> bool {
    let config = match arguments.input.config(None, emit::Options::modules) {
        Ok(config) => config,
        Err(fault) => return unread(fault, arguments.format),
    };
    let progress = progress(&format!("reading {}", list(&config.documents)));
    let outcome = analyse(&Disk, &config);
    progress.finish_and_clear();
    print_diagnostics(&outcome, arguments.format);
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let [errors, warnings, notes] =
        severities.map(|severity| outcome.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count());
    say(&match arguments.format {
        Format::Human => format!(
            "{}: {}; errors {errors}, warnings {warnings}, notes {notes}",
            list(&config.documents),
            counted(&outcome, "can be generated")
        ),
        Format::Json => serde_json::json!({
            "documents": config.documents.iter().map(|document| document.display().to_string()).collect::<Vec<_>>(),
            "operations": counts_json(&outcome.counts), "callbacks": counts_json(&outcome.callbacks),
            "errors": errors, "warnings": warnings, "notes": notes,
        })
        .to_string(),
    });
    errors == 0
}

/// Which crates `--only` asks for.
fn parts(only: &[Part]) -> Option<Parts> {
    let parts = Parts { types: true, client: only.contains(&Part::Client), server: only.contains(&Part::Server) };
    (!only.is_empty()).then_some(parts)
}

/// Refuses to write around the document itself.
fn inside(document: &Path, out: &Path) -> Option<Diagnostic> {
    let (file, folder) = (document.canonicalize().ok()?, out.canonicalize().ok()?);
    file.starts_with(folder).then(|| {
        Diagnostic::new(Code::CONFIG_INVALID, format!("the output folder {} holds the document {}", out.display(), document.display()))
            .hint("name a folder of its own with --out")
    })
}

/// Prints what is wrong with a configuration.
fn unread((diagnostic, sources): Fault, format: Format) -> bool {
    let mut outcome = Outcome { sources, ..Outcome::default() };
    outcome.diagnostics.push(*diagnostic);
    print_diagnostics(&outcome, format);
    false
}

/// Prints one finding that is not about a document.
fn fail(diagnostic: Diagnostic, format: Format) -> bool {
    let mut outcome = Outcome::default();
    outcome.diagnostics.push(diagnostic);
    print_diagnostics(&outcome, format);
    false
}

/// Diagnostics go to standard error. A reader that went away is no reason to fail.
fn print_diagnostics(outcome: &Outcome, format: Format) {
    let text = match format {
        Format::Human => render_human(&outcome.diagnostics, &outcome.sources),
        Format::Json => render_json(&outcome.diagnostics, &outcome.sources),
    };
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The last line of a run, on standard output.
fn print_summary(arguments: &Generate, outcome: &Outcome, report: Option<&output::Report>, format: Format) {
    say(&match format {
        Format::Human => {
            let files = report.map_or_else(
                || "nothing was written".to_owned(),
                |report| {
                    let (written, removed) = (report.written.len(), report.removed.len());
                    format!("files in {}: written {written}, unchanged {}, removed {removed}", arguments.out.display(), report.unchanged)
                },
            );
            let types = outcome.api.as_ref().map_or_else(String::new, |api| format!("; {}", types(api)));
            format!("{}{types}; {files}", counted(outcome, "generated"))
        }
        Format::Json => serde_json::json!({
            "operations": counts_json(&outcome.counts),
            "callbacks": counts_json(&outcome.callbacks),
            "types": outcome.api.as_ref().map(types_json),
            "files": report.map(|report| serde_json::json!({
                "written": report.written.len(), "unchanged": report.unchanged, "removed": report.removed.len(),
            })),
        })
        .to_string(),
    });
}

/// The census of operations, and that of callbacks if there are any.
fn counted(outcome: &Outcome, generated: &str) -> String {
    let callbacks = match &outcome.callbacks {
        none if none.written == 0 => String::new(),
        some => format!("; callbacks: {}", some.text(generated)),
    };
    format!("operations: {}{callbacks}", outcome.counts.text(generated))
}

/// How many types there are of each kind, and where they come from.
fn types(api: &Api) -> String {
    let [structs, enums, unions, aliases] = kinds(api);
    let Shapes { named, places, unnamed, inputs } = api.shapes;
    let inputs = if inputs == 0 { String::new() } else { format!(", inputs {inputs}") };
    format!(
        "types: structs {structs}, enums {enums}, unions {unions}, aliases {aliases}; named {named}, inline {unnamed} of {places} places, \
         shared {}{inputs}",
        places - unnamed
    )
}

fn types_json(api: &Api) -> serde_json::Value {
    let [structs, enums, unions, aliases] = kinds(api);
    let Shapes { named, places, unnamed, inputs } = api.shapes;
    serde_json::json!({
        "structs": structs, "enums": enums, "unions": unions, "aliases": aliases,
        "named": named, "inline": unnamed, "places": places, "shared": places - unnamed, "inputs": inputs,
    })
}

/// Structs, enums, unions, and other names for types.
fn kinds(api: &Api) -> [usize; 4] {
    let count = |test: fn(&TypeKind) -> bool| api.types.iter().filter(|def| test(&def.kind)).count();
    [
        count(|kind| matches!(kind, TypeKind::Struct(_))),
        count(|kind| matches!(kind, TypeKind::Enum(_))),
        count(|kind| matches!(kind, TypeKind::Union(_))),
        count(|kind| matches!(kind, TypeKind::Alias(_) | TypeKind::Newtype(_))),
    ]
}

fn counts_json(counts: &Counts) -> serde_json::Value {
    let Counts { written, merged, excluded, generated, dropped } = counts;
    serde_json::json!({ "written": written, "merged": merged, "excluded": excluded, "generated": generated, "reported": dropped })
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A line that moves while there is work, on a terminal only.
fn progress(message: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let progress = ProgressBar::new_spinner().with_message(message.to_owned());
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// The command that would have written what `--check` compared with.
fn command_line(arguments: &Generate) -> String {
    let mut words = vec!["bothends".to_owned(), "generate".to_owned()];
    words.extend(arguments.input.words());
    words.extend(["--out".to_owned(), quoted(&arguments.out.display().to_string())]);
    let only: Vec<String> =
        arguments.only.iter().filter_map(|part| part.to_possible_value()).map(|value| value.get_name().to_owned()).collect();
    if !only.is_empty() {
        words.extend(["--only".to_owned(), only.join(",")]);
    }
    if arguments.layout == Layout::Modules {
        words.push("--layout modules".to_owned());
    }
    words.join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ',' | '=' | ':'));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
