//! The cache through the built program: a warm run says what a cold one says, and nothing else does.
//!
//! `store` tries the store alone, `inputs` changes one input after the other, `damage` spoils what is
//! kept, `lost` takes the answers of workers away. That a warm run of every case of `fixtures/` says the
//! same is held in `fixtures.rs`.

mod damage;
mod inputs;
mod kernel;
mod lost;
mod store;

use crate::support::CACHE;
use crate::support::series::{Series, header};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A history of one broken header, and a cache of its own.
struct Bench {
    series: Series,
    folder: tempfile::TempDir,
}

/// What a run said, and what its cache gave.
#[derive(Debug, PartialEq)]
struct Said {
    /// The document without its times.
    document: Value,
    hits: u64,
    misses: u64,
}

const HEADER: &str = "include/uapi/linux/kept.h";

/// The header with these fields in its struct.
fn kept(fields: &str) -> String {
    header("KEPT", &format!("struct kept {{ {fields} }};"))
}

impl Bench {
    fn new() -> Self {
        let mut series = Series::released(&[(HEADER, &kept("__u32 a; __u32 b;"))]);
        series.commit(
            "break it",
            &[(HEADER, &kept("__u32 new; __u32 a; __u32 b;"))],
        );
        Self {
            series,
            folder: tempfile::tempdir().expect("the system has room for a temporary folder"),
        }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The program, about to check the range on one target.
    fn command(&self) -> Command {
        self.command_on(&["--target", "x86_64"])
    }

    fn command_on(&self, arguments: &[&str]) -> Command {
        let mut command = crate::support::program();
        command.env(CACHE, self.cache());
        command.arg("--repo").arg(self.series.repository.path());
        command.arg(self.series.range()).args(arguments);
        command
    }

    fn run(&self) -> Said {
        said(&mut self.command())
    }

    /// What is said without any cache.
    fn cold(&self) -> Value {
        said(self.command().arg("--no-cache")).document
    }
}

fn said(command: &mut Command) -> Said {
    let output = command.args(["--format", "json", "--all"]).output();
    said_by(&output.expect("the program runs"))
}

fn said_by(output: &Output) -> Said {
    let err = String::from_utf8_lossy(&output.stderr);
    let mut document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("no JSON, {error}; said: {err}"));
    let timing = document["timing_ms"].take();
    let count = |what: &str| timing["cache"][what].as_u64().expect("a number");
    Said {
        hits: count("hits"),
        misses: count("misses"),
        document,
    }
}

/// Every entry of a cache.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let list = |path: &Path| -> Vec<PathBuf> {
        let listing = fs::read_dir(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        listing
            .map(|entry| entry.expect("an entry").path())
            .collect()
    };
    let shards = list(&cache.join("entries"));
    shards.iter().flat_map(|shard| list(shard)).collect()
}

#[test]
fn the_second_run_says_what_the_first_said() {
    let bench = Bench::new();
    let first = bench.run();
    assert_eq!(first.hits, 0);
    assert!(first.misses > 1, "{first:?}");
    assert_eq!(first.document["conclusion"], "fail");
    let second = bench.run();
    assert_eq!((second.hits, second.misses), (1, 0));
    assert_eq!(second.document, first.document);
    assert_eq!(second.document, bench.cold());
    // As do the other forms, source lines of the findings included.
    for form in [
        &["--format", "text"][..],
        &["--quiet"],
        &["--format", "markdown"],
    ] {
        let text = |command: &mut Command| command.args(form).output().expect("it runs").stdout;
        let warm = text(&mut bench.command());
        assert_eq!(warm, text(bench.command().arg("--no-cache")));
        assert!(!warm.is_empty());
    }
}

#[test]
fn a_known_comparison_needs_no_worker() {
    let bench = Bench::new();
    bench.run();
    // A program of its own name that can't start others: workers are this program, too.
    let limited = |command: &Command| {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg("ulimit -v 400000; exec \"$@\"")
            .arg("sh");
        shell.arg(command.get_program()).args(command.get_args());
        shell.env(CACHE, bench.cache());
        shell
    };
    let warm = said(&mut limited(&bench.command()));
    assert_eq!((warm.hits, warm.misses), (1, 0));
}

#[test]
fn other_names_of_the_same_commits_are_told_as_they_are_given() {
    let mut bench = Bench::new();
    let first = bench.run();
    bench.series.tag("same");
    let mut command = crate::support::program();
    command.env(CACHE, bench.cache()).arg("v6.1..same");
    command.arg("--repo").arg(bench.series.repository.path());
    let second = said(command.args(["--target", "x86_64"]));
    assert_eq!((second.hits, second.misses), (1, 0));
    assert_eq!(second.document["head"]["rev"], "same");
    assert_eq!(second.document["findings"], first.document["findings"]);
    // The same files with another message: all is known but the commit.
    let id = bench.series.commit("the same with other words", &[]);
    let third = bench.run();
    assert_eq!((third.hits, third.misses), (1, 0));
    assert_eq!(third.document["head"]["commit"], id.as_str());
}

#[test]
fn no_cache_keeps_nothing_and_believes_nothing() {
    let bench = Bench::new();
    let said = said(bench.command().arg("--no-cache"));
    assert_eq!((said.hits, said.misses), (0, 0));
    assert!(!bench.cache().exists());
    let mut off = bench.command();
    let off = off.env(CACHE, "").arg("-v").output().expect("it runs");
    assert!(off.stderr.is_empty(), "who asks for none is told nothing");
    assert!(!off.stdout.is_empty());
    assert!(!bench.cache().exists());
}

#[test]
fn each_command_that_reads_headers_keeps_them() {
    let bench = Bench::new();
    let run = |arguments: &[&str]| {
        let mut command = crate::support::program();
        command.args(arguments).env(CACHE, bench.cache());
        command.arg("--repo").arg(bench.series.repository.path());
        command.args(["--target", "x86_64"]);
        command.output().expect("the program runs").stdout
    };
    let dump = ["dump", "v6.1", "linux/kept.h"];
    let first = run(&dump);
    assert!(String::from_utf8_lossy(&first).contains("struct kept {"));
    assert_eq!(entries(&bench.cache()).len(), 1);
    assert_eq!(run(&dump), first);
    assert_eq!(entries(&bench.cache()).len(), 1);
    let history = ["history", &bench.series.range(), "--format", "json"];
    let first = run(&history);
    let kept = entries(&bench.cache()).len();
    assert!(kept > 1);
    assert_eq!(
        (run(&history), entries(&bench.cache()).len()),
        (first, kept)
    );
    let commits = run(&["check", &bench.series.range(), "--per-commit"]);
    assert!(String::from_utf8_lossy(&commits).contains("struct kept"));
}

#[test]
fn eight_at_once_in_an_empty_cache_say_the_same() {
    let bench = Bench::new();
    let cold = bench.cold();
    let start = || {
        let mut command = bench.command();
        command.args(["--format", "json", "--all", "--jobs", "1"]);
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        command.spawn().expect("the program runs")
    };
    let running: Vec<_> = (0..8).map(|_| start()).collect();
    for child in running {
        let output = child.wait_with_output().expect("it is our child");
        assert_eq!(said_by(&output).document, cold);
    }
    let after = bench.run();
    assert_eq!((after.hits, after.misses), (1, 0));
    assert_eq!(after.document, cold);
    let names = entries(&bench.cache());
    let whole = |path: &&PathBuf| path.file_name().is_some_and(|name| name.len() == 62);
    assert_eq!(names.iter().filter(whole).count(), names.len());
}

#[test]
fn stat_and_clear_tell_what_there_is() {
    let bench = Bench::new();
    let cache = |arguments: &[&str]| {
        let mut command = crate::support::program();
        command
            .arg("cache")
            .args(arguments)
            .env(CACHE, bench.cache());
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let stat =
        || -> Value { serde_json::from_str(&cache(&["stat", "--format", "json"])).expect("JSON") };
    assert_eq!(
        (&stat()["entries"], &stat()["oldest_use"]),
        (&0.into(), &Value::Null)
    );
    assert!(!bench.cache().exists(), "looking makes nothing");
    let misses = bench.run().misses;
    let full = stat();
    // And the release that the base was measured against.
    let kept = misses + 1;
    assert_eq!(full["entries"], kept);
    assert_eq!(full["limit_bytes"], 2u64 << 30);
    let lengths = entries(&bench.cache());
    let lengths = lengths
        .iter()
        .map(|path| path.metadata().expect("it is there").len());
    let blocks: u64 = lengths.map(|length| length.div_ceil(4096) * 4096).sum();
    assert_eq!(full["bytes"], blocks);
    let text = cache(&["stat"]);
    assert!(text.contains(&format!("Entries:     {kept}\n")), "{text}");

    // What is not the cache's own stays.
    let stranger = bench.cache().join("entries/notes.txt");
    fs::write(&stranger, "mine").expect("the directory is ours");
    let said = cache(&["clear"]);
    assert!(
        said.starts_with(&format!("{kept} entries taken away")),
        "{said}"
    );
    assert_eq!(stat()["entries"], 0);
    assert!(stranger.exists());
    assert_eq!(bench.run().misses, misses);
}
