//! Reports that can't be written, and readers that go away.

use super::{Change, bad, end, program, refused};
use std::process::{Command, Stdio};

fn change() -> Change {
    let body = |fields: &str| bad(&format!("struct good {{ {fields} }};"));
    Change::beside_a_break(body("__u32 a;"), body("no_such_type a;"))
}

#[test]
fn a_full_disk_is_no_success() {
    let change = change();
    let words = ["cannot write /dev/full", "No space left", "--output"];
    refused(change.command().args(["--output", "/dev/full"]), &words);
}

#[test]
fn a_directory_that_takes_no_files_is_said_so() {
    let change = change();
    // Not even root makes a file here.
    let words = ["cannot write /proc/report.json", "--output"];
    refused(
        change.command().args(["--output", "/proc/report.json"]),
        &words,
    );
}

#[test]
fn a_full_standard_output_is_no_success() {
    let change = change();
    let full = || std::fs::File::create("/dev/full").expect("every Linux has it");
    for format in ["text", "json", "markdown"] {
        let mut command = change.command();
        let child = command.args(["--format", format]).stdout(full());
        let output = child.stderr(Stdio::piped()).spawn();
        let output = output.and_then(std::process::Child::wait_with_output);
        let ended = super::ended(output.expect("the program is there"));
        assert_eq!(ended.status, 2);
        let expected = "uapi-check: could not run: cannot write to standard output";
        assert!(ended.err.starts_with(expected), "{}", ended.err);
    }
}

/// Runs it with a reader that goes away before the first byte comes.
fn without_reader(command: &mut Command) -> super::Ended {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is there");
    drop(child.stdout.take());
    super::ended(child.wait_with_output().expect("it is waited for once"))
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let change = change();
    let ended = without_reader(&mut change.command());
    assert_eq!((ended.status, ended.err.as_str()), (1, ""));
    for arguments in [["rules", "--kinds"], ["completions", "bash"]] {
        let ended = without_reader(program().args(arguments));
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    }
    for arguments in ["rules", "schema", "man", "--help", "--version"] {
        let ended = without_reader(program().arg(arguments));
        assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{arguments}");
    }
}

#[test]
fn the_json_of_a_run_obeys_the_printed_schema() {
    let schema = end(program().arg("schema"));
    let schema = serde_json::from_slice(&schema.out).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let (status, mut report) = change().check();
    assert_eq!(status, 1);
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_ne!(report["findings"][0], serde_json::Value::Null);
    assert_ne!(report["gaps"][0], serde_json::Value::Null);
    // And the schema is not one that takes anything.
    report["findings"][0]["verdict"] = "no verdict".into();
    assert!(!validator.is_valid(&report));
}
