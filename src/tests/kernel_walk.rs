//! Commits on top of the real v6.12, in a repository that borrows its objects: what is laid to whom among
//! thirty, on real headers.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const COMMITS: usize = 30;
const BREAK: usize = 4;
const REVERT: usize = 19;
const STAYS: usize = 25;
const IF_LINK: &str = "include/uapi/linux/if_link.h";
const FUSE: &str = "include/uapi/linux/fuse.h";

fn kernel() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        println!(
            "skipped: UAPI_CHECK_KERNEL does not name a repository with the tag v6.12 (make kernel)"
        );
    }
    path
}

fn git(repository: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .arg("--git-dir")
        .arg(repository)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git is there");
    let mut stdin = child.stdin.take().expect("it was asked for");
    stdin.write_all(input).expect("git reads");
    drop(stdin);
    let output = child.wait_with_output().expect("git ends");
    assert!(output.status.success(), "git {arguments:?}");
    output.stdout
}

/// The file of v6.12, a line put before another.
fn with_line(repository: &Path, path: &str, before: &str, line: &str) -> (String, String) {
    let text = git(repository, &["show", &format!("v6.12:{path}")], b"");
    let text = String::from_utf8(text).expect("a header is UTF-8");
    assert!(text.contains(before), "{path} has no line {before}");
    let changed = text.replacen(before, &format!("{line}\n{before}"), 1);
    (text, changed)
}

/// Thirty commits: a break of an enumeration, its revert, a break that stays, and drivers between.
fn series(repository: &Path) {
    let (old, inserted) = with_line(repository, IF_LINK, "\tIFLA_ADDRESS,", "\tIFLA_DEMO,");
    let (_, moved) = with_line(repository, FUSE, "struct fuse_attr {\n", "");
    let moved = moved.replacen(
        "struct fuse_attr {\n",
        "struct fuse_attr {\n\tuint64_t\tdemo;\n",
        1,
    );
    let mut stream = String::new();
    for number in 0..COMMITS {
        let (path, text) = match number {
            BREAK => (IF_LINK, inserted.clone()),
            REVERT => (IF_LINK, old.clone()),
            STAYS => (FUSE, moved.clone()),
            _ => ("drivers/net/demo.c", format!("int x{number};\n")),
        };
        let subject = format!("commit {number}");
        stream.push_str("commit refs/heads/series\n");
        let date = 1_750_000_000 + number;
        stream.push_str(&format!("committer demo <demo@example.org> {date} +0000\n"));
        stream.push_str(&format!("data {}\n{subject}\n", subject.len()));
        if number == 0 {
            stream.push_str("from refs/tags/v6.12^0\n");
        }
        stream.push_str(&format!(
            "M 100644 inline {path}\ndata {}\n{text}\n",
            text.len()
        ));
    }
    git(repository, &["fast-import", "--quiet"], stream.as_bytes());
}

/// A repository with the commits, that borrows the objects of the kernel's.
fn borrowing(kernel: &Path, folder: &Path) -> PathBuf {
    let repository = folder.join("linux.git");
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--bare", "--shared"])
        .arg(kernel)
        .arg(&repository)
        .status();
    assert!(cloned.expect("git is there").success());
    series(&repository);
    repository
}

/// What stands at a place in every entry of a list.
fn texts<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    let entries = list.as_array().expect("a list").iter();
    entries
        .map(|entry| entry.pointer(key).and_then(Value::as_str).unwrap_or("none"))
        .collect()
}

#[test]
fn kernel_series_lays_each_break_to_its_commit() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
    let output = crate::support::program()
        .args(["v6.12..series", "--per-commit", "--target", "x86_64"])
        .args(["--format", "json", "--repo"])
        .arg(borrowing(&kernel, folder.path()))
        .output()
        .expect("the program runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let commits = &report["commits"];
    assert_eq!(commits["passed"], COMMITS);
    let expected = [BREAK, REVERT, STAYS].map(|number| format!("commit {number}"));
    assert_eq!(texts(&commits["examined"], "/subject"), expected);

    let findings = report["findings"].as_array().expect("a list").iter();
    let breaks: Vec<&Value> = findings.filter(|f| f["verdict"] == "break").collect();
    let subjects: Vec<&Value> = breaks.iter().map(|finding| &finding["subject"]).collect();
    assert!(
        subjects.contains(&&"struct fuse_attr".into()),
        "{subjects:?}"
    );
    for finding in breaks {
        assert_eq!(finding["commit"]["subject"], expected[2], "{finding:#}");
    }

    let taken_back = &commits["taken_back"];
    let subjects = texts(taken_back, "/finding/subject");
    assert!(subjects.contains(&"IFLA_ADDRESS"), "{subjects:?}");
    let all = |key, number: usize| {
        let found = texts(taken_back, key);
        found.iter().all(|subject| *subject == expected[number])
    };
    assert!(all("/finding/commit/subject", 0), "{taken_back:#}");
    assert!(all("/taken_back_by/subject", 1), "{taken_back:#}");
}
