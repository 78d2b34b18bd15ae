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

#[test]
fn kernel_series_lays_each_break_to_its_commit() {
    let Some(kernel) = kernel() else { return };
    let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
    let repository = folder.path().join("linux.git");
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--bare", "--shared"])
        .arg(&kernel)
        .arg(&repository)
        .status();
    assert!(cloned.expect("git is there").success());
    series(&repository);

    let output = Command::new(env!("CARGO_BIN_EXE_uapi-check"))
        .args([
            "v6.12..series",
            "--per-commit",
            "--target",
            "x86_64",
            "--format",
            "json",
            "--repo",
        ])
        .arg(&repository)
        .output()
        .expect("the program runs");
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let commits = &report["commits"];
    assert_eq!(commits["passed"], COMMITS);
    let subjects = |list: &Value, key: &str| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|entry| {
            entry
                .pointer(key)
                .and_then(Value::as_str)
                .unwrap_or("none")
                .to_owned()
        })
        .collect()
    };
    let expected = [BREAK, REVERT, STAYS].map(|number| format!("commit {number}"));
    assert_eq!(subjects(&commits["examined"], "/subject"), expected);
    let breaks: Vec<&Value> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["verdict"] == "break")
        .collect();
    assert!(
        breaks
            .iter()
            .any(|finding| finding["subject"] == "struct fuse_attr")
    );
    for finding in breaks {
        assert_eq!(finding["commit"]["subject"], expected[2], "{finding:#}");
    }
    let taken_back = &commits["taken_back"];
    assert!(
        subjects(taken_back, "/finding/subject").contains(&"IFLA_ADDRESS".to_owned()),
        "{taken_back:#}"
    );
    for (key, number) in [
        ("/finding/commit/subject", 0),
        ("/taken_back_by/subject", 1),
    ] {
        assert!(
            subjects(taken_back, key)
                .iter()
                .all(|subject| *subject == expected[number])
        );
    }
}
