//! Exit status and form of reports that were made by hand.

use super::*;
use crate::cli::args::Cli;
use crate::report::samples;
use clap::Parser;
use std::path::Path;

fn report(verdicts: &[Verdict]) -> Report {
    let findings = verdicts
        .iter()
        .map(|verdict| samples::with_verdict(*verdict));
    samples::report(findings.collect(), Vec::new())
}

#[test]
fn findings_count_from_the_given_verdict_up() {
    use Verdict::{Break, Lint, Ok, Review};
    for (verdict, expected) in [
        // break, review, lint, never
        (Break, [1, 1, 1, 0]),
        (Review, [0, 1, 1, 0]),
        (Lint, [0, 0, 1, 0]),
        (Ok, [0, 0, 0, 0]),
    ] {
        let report = report(&[verdict]);
        let found = FailOn::value_variants()
            .iter()
            .map(|on| exit_code(&report, *on));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{verdict:?}");
    }
    assert_eq!(exit_code(&report(&[]), FailOn::Lint), 0);
}

#[test]
fn a_rule_in_preview_never_counts() {
    let mut report = report(&[Verdict::Break]);
    report.findings[0].preview = true;
    assert_eq!(exit_code(&report, FailOn::Lint), 0);
}

#[test]
fn what_was_not_examined_is_3_unless_something_is_graver() {
    let with_gap = |verdicts: &[Verdict], in_change| {
        let mut report = report(verdicts);
        report.gaps.push(samples::gap(in_change));
        report
    };
    assert_eq!(exit_code(&with_gap(&[], true), FailOn::Break), 3);
    assert_eq!(
        exit_code(&with_gap(&[Verdict::Review], true), FailOn::Break),
        3
    );
    assert_eq!(
        exit_code(&with_gap(&[Verdict::Break], true), FailOn::Break),
        1
    );
    assert_eq!(
        exit_code(&with_gap(&[Verdict::Break], true), FailOn::Never),
        3
    );
    // What was unreadable before and is the same after says nothing about the change.
    assert_eq!(exit_code(&with_gap(&[], false), FailOn::Break), 0);
    let mut unknown = report(&[]);
    unknown.conclusion = Conclusion::Undecided;
    assert_eq!(exit_code(&unknown, FailOn::Break), 3);
}

/// Delivers a report of one break; gives what was done and what went to standard output.
fn deliver_with(arguments: &[&str]) -> (Result<u8, Failure>, String) {
    let cli = Cli::parse_from(std::iter::once(&"uapi-check").chain(arguments));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut io = Io {
        out: &mut out,
        err: &mut err,
        color: true,
        progress: false,
        width: 100,
        program: "uapi-check".into(),
        cache: None,
    };
    let done = deliver(&report(&[Verdict::Break]), &cli.check.run, &mut io);
    assert!(err.is_empty());
    (done, String::from_utf8(out).unwrap())
}

#[test]
fn each_format_has_its_own_beginning() {
    let beginning = |format| deliver_with(&["--color", "never", "--format", format]).1;
    assert!(beginning("text").starts_with("error[struct-field-offset-changed]: "));
    assert!(beginning("json").starts_with("{\n  \"schema_version\": 1,\n"));
    assert!(beginning("markdown").starts_with("**uapi-check: fail**"));
}

#[test]
fn colours_go_to_a_terminal_and_not_to_a_file() {
    assert!(deliver_with(&[]).1.contains('\u{1b}'));
    assert!(!deliver_with(&["--color", "never"]).1.contains('\u{1b}'));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    let (done, out) = deliver_with(&["--output", path.to_str().unwrap()]);
    assert_eq!((done, out.as_str()), (Ok(1), ""));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("error[") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn a_file_that_can_not_be_written_is_told_with_the_mend() {
    let message = |path: &str| deliver_with(&["-o", path]).0.unwrap_err().to_string();
    let missing = message("/nowhere/report.txt");
    assert!(
        missing.starts_with("cannot write /nowhere/report.txt: No such file"),
        "{missing}"
    );
    assert!(
        missing.ends_with(": give another place with --output"),
        "{missing}"
    );
    if Path::new("/dev/full").exists() {
        let full = message("/dev/full");
        assert!(full.contains("No space left on device"), "{full}");
    }
}
