//! Every case of `fixtures/` goes through the whole program, library and command line, and must come
//! out with exactly the findings that it names.
//!
//! All mismatches of all cases are collected and printed, then the test fails once. A part of the cases
//! is run with `FIXTURE=<part of a name>,...`; the checks on the catalogue as a whole are skipped then.

use crate::support::case::{self, Case, Released};
use crate::support::compare::{differences, expected_status, json_differs, line, unproved};
use crate::support::repository::{Files, Repository, files_below};
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use uapi_check::cache::{LIMIT, Store};
use uapi_check::extract::pool::Options;
use uapi_check::judge::rule::ON_ANY;
use uapi_check::judge::{Catalogue, Rule, Status};
use uapi_check::pipeline::{self, Engine, HeaderChoice, Request};
use uapi_check::report::{CacheUse, Report, json};
use uapi_check::source::ReleaseChoice;

/// Memory that a child which reads headers may take; far more than any case needs.
const MEMORY_BYTES: u64 = 2 << 30;

/// Cases that are run at once, and children that read headers for them.
const WORKERS: usize = 2;

/// What all cases share.
struct Bench {
    engine: Engine,
    catalogue: Catalogue,
    repository: Repository,
    /// Where the engine keeps what it finds out; the folder goes when this is dropped.
    _cache: tempfile::TempDir,
}

/// The commits of one case.
struct Commits {
    before: String,
    after: String,
    /// What `--released` is given.
    released: Option<String>,
    /// As `before` and `after`, with a comment at the end of every file of the case.
    commented: [String; 2],
}

#[test]
fn every_case_gives_exactly_its_findings() {
    let filter = std::env::var("FIXTURE").unwrap_or_default();
    let (cases, mut faults) = case::load();
    let bench = Bench::new();
    let chosen: Vec<&Case> = cases
        .iter()
        .filter(|case| filter.split(',').any(|part| case.name.contains(part)))
        .collect();
    assert!(!chosen.is_empty(), "no case has `{filter}` in its name");
    let found = workers().install(|| {
        let found = chosen.par_iter().flat_map_iter(|case| {
            let found = bench.check(case);
            found.into_iter().map(|f| format!("{}: {f}", case.name))
        });
        found.collect::<Vec<_>>()
    });
    faults.extend(found);
    assert_none(&faults, chosen.len());
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let catalogue = catalogue();
    let known = |id: &str| catalogue.rules().iter().any(|rule| rule.id == id);
    let (cases, mut faults) = case::load();
    for case in &cases {
        if !case.group().starts_with('_') && !known(case.group()) {
            faults.push(format!("{}: the folder is no rule's", case.name));
        }
        let ok = case.expected.ok.iter().flatten();
        for expectation in case.expected.findings.iter().chain(ok) {
            if !known(&expectation.rule) {
                faults.push(format!("{}: no rule {}", case.name, expectation.rule));
            }
        }
    }
    let counted =
        |rule: &&Rule| rule.status == Status::Stable && !rule.on.iter().any(|on| on == ON_ANY);
    for rule in catalogue.rules().iter().filter(counted) {
        if !cases.iter().any(|case| case.expects(&rule.id)) {
            faults.push(format!("{}: no case expects this rule", rule.id));
        }
        let mut own = cases.iter().filter(|case| case.group() == rule.id);
        if own.all(|case| case.expects(&rule.id)) {
            faults.push(format!("{}: no look-alike stays silent", rule.id));
        }
    }
    assert_none(&faults, cases.len());
}

/// As many cases are under way at once as the engine has children.
fn workers() -> rayon::ThreadPool {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(WORKERS);
    builder.build().expect("a process may start two threads")
}

fn assert_none(faults: &[String], cases: usize) {
    assert!(
        faults.is_empty(),
        "{} mismatches in {cases} cases:\n  {}\n",
        faults.len(),
        faults.join("\n  ")
    );
}

impl Bench {
    fn new() -> Self {
        let options = Options {
            program: env!("CARGO_BIN_EXE_uapi-check").into(),
            jobs: WORKERS,
            deadline: Duration::from_secs(10),
            memory_bytes: MEMORY_BYTES,
        };
        let cache = tempfile::tempdir().expect("the system has room for a temporary folder");
        let store = Store::open(cache.path(), LIMIT).expect("the folder is new");
        Self {
            engine: Engine::new(options).with_cache(Some(store)),
            _cache: cache,
            catalogue: catalogue(),
            repository: Repository::over(&case::fixtures().join("_base")),
        }
    }

    /// Everything that is wrong with one case, one line each.
    fn check(&self, case: &Case) -> Vec<String> {
        let commits = Commits::of(case, &self.repository);
        let range = format!("{}..{}", commits.before, commits.after);
        let report = match self.run(case, &range, commits.released.as_deref()) {
            Ok(report) => report,
            Err(fault) => return vec![fault],
        };
        let mut faults = differences(case, &report);
        faults.extend(unproved(&report, &self.catalogue));
        faults.extend(self.not_silent(case, &commits));
        faults.extend(self.told_otherwise(case, &range, &commits, &report));
        faults.extend(self.kept_otherwise(case, &range, &commits, &report));
        faults
    }

    fn run(&self, case: &Case, range: &str, released: Option<&str>) -> Result<Report, String> {
        let request = Request {
            repository: self.repository.path(),
            range: Some(range.to_owned()),
            targets: Some(case.expected.targets.clone()),
            released: match released {
                Some(revision) => ReleaseChoice::Revision(revision.to_owned()),
                None => ReleaseChoice::None,
            },
            catalogue: self.catalogue.clone(),
            directories: None,
            headers: HeaderChoice::default(),
            thorough: false,
            said: Vec::new(),
            authority: None,
        };
        pipeline::check(&request, &self.engine, &|_| ())
            .map_err(|error| format!("{range}: the run failed: {error}"))
    }

    /// Either side compared with itself, and with itself and a comment more, must give no finding.
    fn not_silent(&self, case: &Case, commits: &Commits) -> Vec<String> {
        let Commits { before, after, .. } = commits;
        let [before_commented, after_commented] = &commits.commented;
        let pairs = [
            ("before, unchanged", before, before),
            ("after, unchanged", after, after),
            ("before, a comment more", before, before_commented),
            ("after, a comment more", after, after_commented),
        ];
        let mut faults = Vec::new();
        for (what, from, to) in pairs {
            match self.run(case, &format!("{from}..{to}"), None) {
                Err(fault) => faults.push(format!("{what}: {fault}")),
                Ok(report) => {
                    let found = report.findings.iter();
                    faults.extend(found.map(|f| format!("{what}: not silent: {}", line(f))));
                }
            }
        }
        faults
    }

    /// What the cache says otherwise when the same is asked once more.
    fn kept_otherwise(
        &self,
        case: &Case,
        range: &str,
        commits: &Commits,
        report: &Report,
    ) -> Vec<String> {
        let again = match self.run(case, range, commits.released.as_deref()) {
            Ok(again) => again,
            Err(fault) => return vec![format!("once more: {fault}")],
        };
        let mut faults = Vec::new();
        let CacheUse { hits, misses } = again.timing.cache;
        // Where no exported header differs, nothing has to be known.
        let looked = u64::from(report.examined.headers > 0);
        if (hits, misses) != (looked, 0) {
            faults.push(format!("once more: {hits} hits and {misses} misses"));
        }
        if timeless(report) != timeless(&again) {
            faults.push("once more: another report".to_owned());
        }
        faults
    }

    /// What the command line says otherwise than the library.
    fn told_otherwise(
        &self,
        case: &Case,
        range: &str,
        commits: &Commits,
        report: &Report,
    ) -> Vec<String> {
        let released = commits.released.as_deref().unwrap_or("none");
        let output = crate::support::program()
            .arg("--repo")
            .arg(self.repository.path())
            .args([
                "--format",
                "json",
                "--all",
                "--jobs",
                "1",
                "--released",
                released,
            ])
            .args(["--target", &case.expected.targets.join(","), range])
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => return vec![format!("command line: can't be run: {error}")],
        };
        let mut faults = Vec::new();
        let status = output.status.code();
        if status != Some(expected_status(report)) {
            let said = String::from_utf8_lossy(&output.stderr);
            faults.push(format!("command line: exit status {status:?}: {said}"));
        }
        match serde_json::from_slice(&output.stdout) {
            Ok(json) => {
                faults.extend(json_differs(&json, report));
                // The command line keeps nothing.
                if without_times(json) != timeless(report) {
                    faults.push("command line: another document".to_owned());
                }
            }
            Err(error) => faults.push(format!("command line: no JSON: {error}")),
        }
        faults
    }
}

impl Commits {
    /// Commits the two sides of a case over `_base/`.
    fn of(case: &Case, repository: &Repository) -> Self {
        let commit = |files: &Files, parent| repository.commit(files, parent);
        let before = files_of(case, "before");
        let after = files_of(case, "after");
        let first = commit(&before, None);
        let second = commit(&after, Some(&first));
        let released = match case.side("released") {
            Some(_) => Some(commit(&files_of(case, "released"), None)),
            None if case.expected.released == Released::Before => Some(first.clone()),
            None => None,
        };
        let commented = [
            commit(&with_comments(before), Some(&first)),
            commit(&with_comments(after), Some(&second)),
        ];
        Self {
            commented,
            before: first,
            after: second,
            released,
        }
    }
}

fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap_or_else(|error| panic!("the embedded rules are wrong: {error}"))
}

/// The whole document of a report, but for what differs between two runs.
fn timeless(report: &Report) -> Value {
    let document = serde_json::to_value(json::document(report, true));
    without_times(document.expect("the document has a form in JSON"))
}

fn without_times(mut document: Value) -> Value {
    document["timing_ms"].take();
    document
}

/// What the case itself brings for a side.
fn files_of(case: &Case, side: &str) -> Files {
    let folder = case.side(side);
    folder.map_or_else(Files::new, |folder| files_below(&folder))
}

/// The files, each header with a comment at the end.
fn with_comments(mut files: Files) -> Files {
    for (path, text) in &mut files {
        if is_header(path) && !text.is_empty() {
            text.extend_from_slice(b"/* a comment that changes nothing */\n");
        }
    }
    files
}

fn is_header(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == "h")
}
