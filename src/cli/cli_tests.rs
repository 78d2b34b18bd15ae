//! The command line, run in process: arguments in, streams and exit status out.

use super::*;
use std::io;

struct Run {
    status: u8,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = with(arguments, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        status,
        out: text(out),
        err: text(err),
    }
}

fn with(arguments: &[&str], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let arguments = std::iter::once(&"uapi-check").chain(arguments);
    let mut io = Io {
        out,
        err,
        color: false,
        progress: false,
        width: 100,
        program: "uapi-check".into(),
        cache: None,
    };
    status(arguments.map(OsString::from), &mut io)
}

#[test]
fn the_definition_of_the_arguments_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn help_goes_to_stdout_and_mistakes_to_stderr() {
    let help = run(&["--help"]);
    assert_eq!((help.status, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Exit status:\n  0  "), "{}", help.out);
    assert!(!help.out.contains("extract-worker"));

    let mistake = run(&["--format", "pdf"]);
    assert_eq!((mistake.status, mistake.out.as_str()), (2, ""));
    assert!(
        mistake.err.contains("invalid value 'pdf'"),
        "{}",
        mistake.err
    );
}

#[test]
fn a_run_that_can_not_be_done_says_why_on_one_line() {
    for arguments in [
        &["v6.1..v6.2", "--repo", "/nowhere"][..],
        &["check", "v6.1..v6.2", "--repo", "/nowhere"],
        &["dump", "v6.1", "--repo", "/nowhere"],
        &["v6.1..v6.2", "--per-commit", "--repo", "/nowhere"],
        &["history", "v6.1..v6.2", "--repo", "/nowhere"],
    ] {
        let failed = run(arguments);
        assert_eq!((failed.status, failed.out.as_str()), (2, ""));
        assert!(
            failed
                .err
                .starts_with("uapi-check: no git repository at /nowhere: "),
            "{}",
            failed.err
        );
        assert_eq!(failed.err.lines().count(), 1);
    }
}

#[test]
fn flags_of_a_check_do_not_mix_with_other_commands() {
    assert_eq!(run(&["--all", "rules"]).status, 2);
    assert_eq!(run(&["-q", "-v"]).status, 2);
    assert_eq!(run(&["--jobs", "0"]).status, 2);
}

#[test]
fn a_mistyped_command_is_answered_with_the_nearest() {
    let said = |arguments: &[&str]| run(arguments).err;
    assert_eq!(
        said(&["pach", "one.patch"]),
        "uapi-check: there is no command `pach`: did you mean `patch`?\n"
    );
    for other in [&["v6.1..v6.2", "one.patch"][..], &["patch", "--nonsense"]] {
        assert!(!said(other).contains("there is no command"), "{other:?}");
    }
}

#[test]
fn a_rule_is_explained() {
    let page = run(&["explain", "struct-field-offset-changed"]);
    assert_eq!((page.status, page.err.as_str()), (0, ""));
    assert!(
        page.out
            .starts_with("struct-field-offset-changed\nA field "),
        "{}",
        page.out
    );
    assert!(
        page.out
            .contains("\n  verdict     break: programs already built\n"),
        "{}",
        page.out
    );
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let failed = run(&["explain", "struct-field-moved"]);
    assert_eq!((failed.status, failed.out.as_str()), (2, ""));
    assert!(
        failed
            .err
            .contains("there is no rule `struct-field-moved`: did you mean struct-field-"),
        "{}",
        failed.err
    );
    let failed = run(&["explain", "zebra"]);
    assert!(
        failed.err.contains("`uapi-check rules` lists them all"),
        "{}",
        failed.err
    );
}

#[test]
fn rules_and_kinds_are_listed() {
    let rules = run(&["rules"]);
    let line = rules
        .out
        .lines()
        .find(|line| line.starts_with("struct-field-offset-changed "));
    assert!(
        line.unwrap().contains("  break   binary  "),
        "{}",
        rules.out
    );
    let kinds = run(&["rules", "--kinds"]).out;
    assert!(
        kinds.contains("\nfield-moved\n  A field stands at another offset.\n    before.offset "),
        "{kinds}"
    );
}

#[test]
fn a_directory_of_rules_has_to_hold_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let empty = run(&["rules", "--rules", path]);
    assert_eq!(empty.status, 2);
    assert!(
        empty.err.contains("none of its files ends in .yaml"),
        "{}",
        empty.err
    );

    std::fs::write(folder.path().join("site.yaml"), "broken: [").unwrap();
    let broken = run(&["rules", "--rules", path]);
    assert_eq!(broken.status, 2);
    assert!(broken.err.contains("site.yaml:1: "), "{}", broken.err);

    let missing = run(&["rules", "--rules", "/nowhere"]);
    assert!(
        missing
            .err
            .starts_with("uapi-check: cannot read /nowhere: "),
        "{}",
        missing.err
    );
}

#[test]
fn schema_completions_and_manual_are_printed() {
    let schema: serde_json::Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    assert!(schema["properties"]["schema_version"].is_object());
    assert!(schema["properties"]["lives"].is_null());
    let history = run(&["schema", "--history"]).out;
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    assert!(history["properties"]["lives"].is_object());
    assert!(run(&["completions", "bash"]).out.contains("complete "));
    assert!(run(&["man"]).out.contains(".TH"));
    assert!(run(&["man", "dump"]).out.contains("installed path"));
    assert_eq!(run(&["man", "extract-worker"]).status, 2);
}

/// A stream that fails in one way.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure_and_a_full_disk_is_one() {
    let mut err = Vec::new();
    let status = with(
        &["rules"],
        &mut Failing(io::ErrorKind::BrokenPipe),
        &mut err,
    );
    assert_eq!((status, err.as_slice()), (0, &b""[..]));
    let status = with(
        &["rules"],
        &mut Failing(io::ErrorKind::StorageFull),
        &mut err,
    );
    let err = String::from_utf8(err).unwrap();
    assert_eq!(status, 2);
    assert!(
        err.starts_with("uapi-check: could not run: cannot write to standard output: "),
        "{err}"
    );
}
