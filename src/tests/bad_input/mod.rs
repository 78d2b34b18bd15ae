//! Input that nobody wishes for, through the built program on real repositories: each must end in a
//! clear error or a gap, with the rest of the run judged as ever, and never in a panic or a false pass.

mod headers;
mod hostile;
mod report;
mod repositories;
mod system;

use crate::support::CACHE;
use crate::support::case::fixtures;
use crate::support::repository::{Files, Repository};
use serde_json::Value;
use std::process::{Command, Output, Stdio};

/// Where the header stands that each change spoils.
const BAD: &str = "include/uapi/linux/bad.h";
/// Seconds after which a run counts as hanging.
const PATIENCE: &str = "300";
/// Exit status of timeout(1) where the time was up.
const TIMED_OUT: i32 = 124;

/// A repository with one change: headers laid over `fixtures/_base`, before and after.
struct Change {
    repository: Repository,
    range: String,
}

impl Change {
    /// `before` and `after` are paths with texts.
    fn new(before: &[(&str, Vec<u8>)], after: &[(&str, Vec<u8>)]) -> Self {
        let repository = Repository::over(&fixtures().join("_base"));
        let first = repository.commit(&files(before), None);
        let second = repository.commit(&files(after), Some(&first));
        let range = format!("{first}..{second}");
        Self { repository, range }
    }

    /// linux/bad.h takes another text, and linux/victim.h breaks in a way that is easily seen.
    fn beside_a_break(before: impl Into<Vec<u8>>, after: impl Into<Vec<u8>>) -> Self {
        let victim = "include/uapi/linux/victim.h";
        let text = |fields: &str| header("VICTIM", &format!("struct victim {{ {fields} }};"));
        Self::new(
            &[(BAD, before.into()), (victim, text("__u32 a; __u32 b;"))],
            &[
                (BAD, after.into()),
                (victim, text("__u32 new; __u32 a; __u32 b;")),
            ],
        )
    }

    /// Only linux/bad.h takes another text.
    fn of_one(before: impl Into<Vec<u8>>, after: impl Into<Vec<u8>>) -> Self {
        Self::new(&[(BAD, before.into())], &[(BAD, after.into())])
    }

    /// The program, about to check the change on one target.
    fn command(&self) -> Command {
        let mut command = program();
        command.arg("--repo").arg(self.repository.path());
        command.args(["--target", "x86_64", "--released", "none", &self.range]);
        command
    }

    /// Checks the change and gives the exit status and the JSON report.
    fn check(&self) -> (i32, Value) {
        let ended = end(self.command().args(["--format", "json", "--all"]));
        let report = serde_json::from_slice(&ended.out);
        let report = report.unwrap_or_else(|error| panic!("no JSON, {error}; said: {}", ended.err));
        (ended.status, report)
    }
}

/// How a run ended.
struct Ended {
    status: i32,
    out: Vec<u8>,
    err: String,
}

fn program() -> Command {
    let mut command = Command::new("timeout");
    command.args([PATIENCE, env!("CARGO_BIN_EXE_uapi-check")]);
    command.env("RUST_BACKTRACE", "1").env(CACHE, "");
    command
}

/// Runs it. Panics and hanging are never right.
fn end(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output();
    ended(output.expect("timeout(1) and the program are there"))
}

fn ended(output: Output) -> Ended {
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let status = output.status.code();
    let status = status.unwrap_or_else(|| panic!("ended by a signal; said: {err}"));
    assert_ne!(status, TIMED_OUT, "it hangs; said: {err}");
    assert!(!err.contains("panicked"), "{err}");
    assert!(!err.contains("RUST_BACKTRACE"), "{err}");
    let out = output.stdout;
    Ended { status, out, err }
}

/// The run must end with status 2 and one line on standard error that has all these words in it.
fn refused(command: &mut Command, words: &[&str]) {
    let ended = end(command);
    let err = &ended.err;
    assert_eq!((ended.status, err.lines().count()), (2, 1), "{err}");
    assert!(ended.out.is_empty(), "something stands on standard output");
    for word in words {
        assert!(err.contains(word), "`{word}` is not in: {err}");
    }
}

fn files(texts: &[(&str, Vec<u8>)]) -> Files {
    let mut files = Files::new();
    let texts = texts.iter().cloned();
    files.extend(texts.map(|(path, text)| (path.to_owned(), text)));
    files
}

/// A well-kept header with these declarations in it.
fn header(name: &str, body: &str) -> Vec<u8> {
    format!(
        "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
         #ifndef _UAPI_LINUX_{name}_H\n#define _UAPI_LINUX_{name}_H\n\
         #include <linux/types.h>\n{body}\n#endif\n"
    )
    .into_bytes()
}

/// linux/bad.h with these declarations in it.
fn bad(body: &str) -> Vec<u8> {
    header("BAD", body)
}

/// linux/bad.h with 2 to the 40th declarations in it: they keep a worker busy until its deadline.
fn endless() -> Vec<u8> {
    let mut body = String::from("#define D0(x) int x;\n");
    for step in 1..40 {
        let before = step - 1;
        body.push_str(&format!(
            "#define D{step}(x) D{before}(x##a) D{before}(x##b)\n"
        ));
    }
    bad(&format!("{body}D39(v)\n"))
}

/// Rule and subject of every finding.
fn findings(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array();
    findings
        .into_iter()
        .flatten()
        .filter_map(|finding| Some((finding["rule"].as_str()?, finding["subject"].as_str()?)))
        .collect()
}
