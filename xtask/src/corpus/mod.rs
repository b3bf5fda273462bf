//! `cargo xtask corpus`: documents by the hundred, a row each, with a process of its own and a limit for each, so that a
//! run can be interrupted, split and taken up again.

pub mod attempt;
mod find;
mod page;
mod plot;
pub mod row;
mod summary;
mod watch;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bothends::verify::{find_cargo, target_folder};

use self::attempt::Attempt;
use self::find::Subject;
use self::row::{Row, Stage};
use crate::Fault;

/// What to try, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Documents, and folders of them.
    pub paths: Vec<PathBuf>,
    /// Whether all documents of a folder below a named one are one API.
    pub grouped: bool,
    /// How far each goes.
    pub stage: Stage,
    /// Values for every request and every response.
    pub cases: usize,
    /// Documents at a time.
    pub jobs: usize,
    /// Which part of the documents, of how many.
    pub shard: Shard,
    /// Where everything goes as JSON; rows and page lie beside it. Without it nothing is kept.
    pub report: Option<PathBuf>,
    /// Where the summary goes as Markdown.
    pub summary: Option<PathBuf>,
    /// Whether rows of another build of the generator are as good as new ones.
    pub keep: bool,
    /// How long a stage of a document may take.
    pub limit: Duration,
    /// After so much time no document is begun.
    pub budget: Option<Duration>,
}

impl Options {
    /// One case for everything in these documents, all the way, nothing kept.
    pub fn verify(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            grouped: false,
            stage: Stage::Verify,
            cases: 1,
            jobs: 1,
            shard: Shard::default(),
            report: None,
            summary: None,
            keep: false,
            limit: Duration::from_secs(600),
            budget: None,
        }
    }
}

/// `i/n`: every n-th document, beginning with the i-th.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { number: 1, of: 1 }
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("a shard is a number and how many there are: 1/4 to 4/4".to_owned()),
        }
    }
}

impl Shard {
    fn holds(self, index: usize) -> bool {
        index % self.of + 1 == self.number
    }
}

/// Tries the documents, and shows what came of them; a bar that does not hold is a fault.
pub fn run(root: &Path, options: &Options) -> Result<(), Fault> {
    let started = Instant::now();
    let rows = rows(root, options)?;
    let summary = summary::Summary::new(&rows, options.stage);
    print!("{}", summary.text());
    eprintln!("{} documents in {:.0} s", rows.len(), started.elapsed().as_secs_f64());
    let write = |path: &Path, text: String| fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()));
    if let Some(report) = &options.report {
        write(report, summary.json(&rows)?)?;
        write(&report.with_extension("html"), page::page(&rows, &summary))?;
        println!("rows: {}; page: {}", report.with_extension("jsonl").display(), report.with_extension("html").display());
    }
    if let Some(file) = &options.summary {
        write(file, summary.markdown())?;
    }
    let missed = summary.missed();
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n")) }
}

/// Tries the documents, where not the least may be wrong.
pub fn strict(root: &Path, options: &Options) -> Result<(), Fault> {
    let rows = rows(root, options)?;
    print!("{}", summary::Summary::new(&rows, options.stage).text());
    let faults: Vec<String> =
        rows.iter().flat_map(|row| row.faults().into_iter().map(|fault| format!("{}: {fault}", row.document))).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// A row for each document that is, or was, tried; sorted by name.
fn rows(root: &Path, options: &Options) -> Result<Vec<Row>, Fault> {
    if options.stage > Stage::Generate {
        find_cargo().map_err(|error| error.to_string())?;
    }
    let mut subjects = Vec::new();
    for path in &options.paths {
        let found = find::subjects(path, options.grouped).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        subjects.extend(found);
    }
    let book = Book::open(options)?;
    let mut work: Vec<&Subject> = subjects.iter().enumerate().filter(|(index, _)| options.shard.holds(*index)).map(|(_, it)| it).collect();
    work.retain(|subject| !book.has(subject));
    // What is small is there soon; what is wrong with many is seen early.
    work.sort_by_key(|subject| subject.bytes);
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    let worker = |number: usize| -> Result<(), Fault> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(subject) = work.get(index) else { return Ok(()) };
            if options.budget.is_some_and(|budget| started.elapsed() > budget) {
                println!("{}: skipped, since {} s have gone; `cargo xtask corpus` has more time", subject.key, started.elapsed().as_secs());
                continue;
            }
            let row = one(root, subject, options, number)?;
            eprintln!("[{}/{}] {}", index + 1, work.len(), row.line());
            book.add(subject, row)?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..options.jobs).map(|number| scope.spawn(move || worker(number))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a worker stopped".to_owned())?)
    })?;
    Ok(book.into_rows(&subjects))
}

/// Tries one document with the target folder of one worker.
fn one(root: &Path, subject: &Subject, options: &Options, worker: usize) -> Result<Row, Fault> {
    let base = target_folder().join("bothends");
    let slug: String = subject.key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let attempt = Attempt {
        stage: options.stage,
        cases: options.cases,
        name: subject.name.clone(),
        folder: root.join(&base).join("corpus").join(slug),
        // The first worker has the one of all other round trips, with the dependencies in it; two cannot compile in one.
        target: root.join(&base).join(if worker == 0 { "target".to_owned() } else { format!("target-{worker}") }),
        documents: subject.documents.clone(),
    };
    let mut row = watch::attempt(&attempt, options.limit)?;
    let text = subject.documents.first().and_then(|path| fs::read(path).ok()).unwrap_or_default();
    row.version = find::version(&String::from_utf8_lossy(&text)).to_owned();
    (row.document, row.bytes) = (subject.key.clone(), subject.bytes);
    Ok(row)
}

/// The rows, on disk as soon as they are there.
struct Book {
    rows: Mutex<BTreeMap<String, Row>>,
    file: Option<Mutex<File>>,
    /// Of the generator, and of what is asked of it.
    fingerprint: u64,
    stage: Stage,
    keep: bool,
}

impl Book {
    fn open(options: &Options) -> Result<Self, Fault> {
        let mut hasher = DefaultHasher::new();
        let program = std::env::current_exe().and_then(fs::read).map_err(|error| format!("our own program cannot be read: {error}"))?;
        hasher.write(&program);
        hasher.write_usize(options.cases);
        let mut book = Self { rows: Mutex::default(), file: None, fingerprint: hasher.finish(), stage: options.stage, keep: options.keep };
        if let Some(report) = &options.report {
            let path = report.with_extension("jsonl");
            let fault = |error: std::io::Error| format!("{}: {error}", path.display());
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(fault)?;
            }
            let text = if path.exists() { fs::read_to_string(&path).map_err(fault)? } else { String::new() };
            // A line that was cut off is a document that was not finished; the last row of a document holds.
            let rows = text.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
            book.rows = Mutex::new(rows.map(|row| (row.document.clone(), row)).collect());
            let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(fault)?;
            if !text.is_empty() && !text.ends_with('\n') {
                file.write_all(b"\n").map_err(fault)?;
            }
            book.file = Some(Mutex::new(file));
        }
        Ok(book)
    }

    fn has(&self, subject: &Subject) -> bool {
        let rows = self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        rows.get(&subject.key).is_some_and(|row| self.holds(subject, row))
    }

    fn holds(&self, subject: &Subject, row: &Row) -> bool {
        row.stage >= self.stage && (self.keep || row.fingerprint == self.fingerprint_of(subject))
    }

    fn fingerprint_of(&self, subject: &Subject) -> String {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.fingerprint);
        subject.documents.iter().filter_map(|path| fs::read(path).ok()).for_each(|text| hasher.write(&text));
        format!("{:016x}", hasher.finish())
    }

    /// Takes up a row; it is on disk when this returns.
    fn add(&self, subject: &Subject, mut row: Row) -> Result<(), Fault> {
        row.fingerprint = self.fingerprint_of(subject);
        if let Some(file) = &self.file {
            let line = serde_json::to_string(&row).map_err(|error| error.to_string())?;
            // One call for one line: another shard may write to the same file.
            let written = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write_all(format!("{line}\n").as_bytes());
            written.map_err(|error| format!("a row cannot be written: {error}"))?;
        }
        self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(subject.key.clone(), row);
        Ok(())
    }

    fn into_rows(self, subjects: &[Subject]) -> Vec<Row> {
        let mut rows = std::mem::take(&mut *self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let mut found: Vec<Row> = subjects.iter().filter_map(|it| rows.remove(&it.key).filter(|row| self.holds(it, row))).collect();
        found.sort_by(|a, b| a.document.cmp(&b.document));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_hold_every_document_once() {
        let shards: Vec<Shard> = ["1/3", "2/3", "3/3"].map(|text| text.parse().unwrap()).into();
        for index in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.holds(index)).count(), 1);
        }
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_finished_row_is_taken_up_again_unless_something_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("a.json");
        fs::write(&document, "{}").unwrap();
        let subject = find::subjects(&document, false).unwrap().remove(0);
        let mut options = Options::verify(vec![document.clone()]);
        options.report = Some(folder.path().join("report.json"));
        options.stage = Stage::Compile;
        let book = Book::open(&options).unwrap();
        assert!(!book.has(&subject));
        book.add(&subject, Row { document: subject.key.clone(), stage: Stage::Compile, ..Row::default() }).unwrap();
        // A run that was interrupted leaves half a line.
        let mut file = OpenOptions::new().append(true).open(folder.path().join("report.jsonl")).unwrap();
        file.write_all(b"{\"document\": \"b").unwrap();
        assert!(Book::open(&options).unwrap().has(&subject));
        let further = Options { stage: Stage::Verify, ..options.clone() };
        assert!(!Book::open(&further).unwrap().has(&subject));
        let other = Options { cases: 7, ..options.clone() };
        assert!(!Book::open(&other).unwrap().has(&subject));
        assert!(Book::open(&Options { keep: true, ..other }).unwrap().has(&subject));
        fs::write(&document, "{ }").unwrap();
        assert!(!Book::open(&options).unwrap().has(&subject));
    }
}
