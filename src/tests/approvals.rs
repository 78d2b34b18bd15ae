//! Who must agree, through the built program, on made-up histories with a MAINTAINERS of their own.

use crate::support::series::{Series, header};
use serde_json::Value;
use std::process::Command;

const DEMO: &str = "include/uapi/linux/demo.h";
const ALONE: &str = "include/uapi/linux/alone.h";
const MAINTAINERS: &str = "\
DEMO
M:	Ann Example <ann@old.example.org>
S:	Maintained
F:	include/uapi/linux/demo.h

THE REST
M:	Zoe Example <zoe@example.org>
S:	Buried alive in reporters
F:	*
F:	*/
";
const MAILMAP: &str = "Ann E. Example <ann@example.org> <ann@old.example.org>\n";

fn demo(fields: &str) -> String {
    header("DEMO", &format!("struct demo {{ {fields} }};"))
}

fn start(more: &[(&str, &str)]) -> Series {
    let alone = header("ALONE", "struct alone { __u32 a; };");
    let before = demo("__u32 a;");
    let mut files = vec![
        ("MAINTAINERS", MAINTAINERS),
        (".mailmap", MAILMAP),
        (DEMO, before.as_str()),
        (ALONE, alone.as_str()),
    ];
    files.extend(more);
    Series::released(&files)
}

/// A change that adds a type, which is `ok`.
fn added() -> String {
    header(
        "DEMO",
        "struct demo { __u32 a; };\nstruct other { __u32 b; };",
    )
}

fn states(report: &Value) -> Vec<(&str, &str)> {
    let approvals = report["approvals"].as_array().expect("a list");
    approvals
        .iter()
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().expect("a text");
            (text("section"), text("state"))
        })
        .collect()
}

#[test]
fn an_addition_needs_the_maintainer_and_says_whom() {
    let mut series = start(&[]);
    series.commit("demo: add a type", &[(DEMO, &added())]);
    let (status, report) = series.json(&[&series.range()]);
    assert_eq!(
        (status, report["conclusion"].as_str()),
        (0, Some("needs-approval"))
    );
    assert_eq!(states(&report), [("DEMO", "missing")]);
    let entry = &report["approvals"][0];
    assert_eq!(entry["paths"][0], DEMO);
    assert_eq!(entry["who"][0]["name"], "Ann E. Example");
    assert_eq!(entry["who"][0]["email"], "ann@example.org");
    assert_eq!(entry["by"].as_array().map(Vec::len), Some(0));
    assert_eq!(report["copy_to"][0], "linux-api@vger.kernel.org");
    let (status, _) = series.json(&["--require-approvals", &series.range()]);
    assert_eq!(status, 1);
    let text = series.run(&[&series.range()]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("Who must agree: 1 of 1 approval missing"),
        "{text}"
    );
    assert!(
        text.contains("DEMO: one of its maintainers (Ann E. Example)"),
        "{text}"
    );
    let comment = series.run(&["--format", "markdown", &series.range()]);
    let comment = String::from_utf8_lossy(&comment.stdout).into_owned();
    assert!(
        comment.contains("Who must agree: 1 of 1 approval missing"),
        "{comment}"
    );
}

#[test]
fn a_comment_needs_nobody() {
    let mut series = start(&[]);
    let comment = demo("__u32 a;") + "/* a remark */\n";
    series.commit("demo: explain", &[(DEMO, &comment)]);
    let (status, report) = series.json(&["--require-approvals", &series.range()]);
    assert_eq!((status, report["conclusion"].as_str()), (0, Some("pass")));
    assert!(states(&report).is_empty());
}

#[test]
fn a_change_cannot_appoint_who_approves_it() {
    let settings = "approvals: {verdicts: [], groups: [ann@example.org]}\n";
    let plain = |series: &mut Series| {
        series.commit("demo: add a type", &[(DEMO, &added())]);
        series.json(&[&series.range()]).1
    };
    let expected = plain(&mut start(&[]));
    let mut series = start(&[]);
    let appointed =
        MAINTAINERS.replace("Ann Example <ann@old.example.org>", "Eve <eve@example.net>");
    series.commit(
        "demo: add a type",
        &[
            (DEMO, &added()),
            ("MAINTAINERS", &appointed),
            (".mailmap", "Eve <eve@example.net> <ann@old.example.org>\n"),
            (".uapi-check.yaml", settings),
        ],
    );
    let report = series.json(&[&series.range()]).1;
    assert_eq!(report["approvals"], expected["approvals"]);
    let notes = |report: &Value| report["notes"].to_string();
    let told = "The change edits MAINTAINERS and .mailmap and .uapi-check.yaml";
    assert!(notes(&report).contains(told), "{}", notes(&report));
    assert!(
        !notes(&expected).contains("The change edits"),
        "{}",
        notes(&expected)
    );
    // Once it is in the base, it counts.
    let base = series.commit("nothing", &[("drivers/a.c", "int a;\n")]);
    let more = added() + "struct more { __u32 c; };\n";
    let head = series.commit("demo: one more", &[(DEMO, &more)]);
    let report = series.json(&[&format!("{base}..{head}")]).1;
    assert!(states(&report).is_empty(), "{report}");
}

#[test]
fn a_file_without_owner_says_which_line_would_name_one() {
    let mut series = start(&[]);
    let more = header(
        "ALONE",
        "struct alone { __u32 a; };\nstruct more { __u32 b; };",
    );
    series.commit("alone: add", &[(ALONE, &more)]);
    let report = series.json(&[&series.range()]).1;
    assert_eq!(states(&report), [("", "unknown-owner")]);
    let need = report["approvals"][0]["need"].as_str().expect("a text");
    assert!(need.contains("`F: include/uapi/linux/alone.h`"), "{need}");
    let output = series.run(&["approvals", &series.range()]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("  add     F: include/uapi/linux/alone.h\n"),
        "{text}"
    );
}

#[test]
fn what_a_commit_claims_is_shown_and_does_not_count() {
    let mut series = start(&[]);
    let message = "demo: add a type\n\nSigned-off-by: Fixture <fixture@example.org>\n\
                   Acked-by: Ann <ann@old.example.org>\nAcked-by: Zoe Example <zoe@example.org>\n";
    series.commit(message, &[(DEMO, &added())]);
    let report = series.json(&[&series.range()]).1;
    assert_eq!(states(&report), [("DEMO", "missing")]);
    let by = report["approvals"][0]["by"].as_array().expect("a list");
    assert_eq!(by.len(), 1, "{by:?}");
    assert_eq!(by[0]["email"], "ann@example.org");
    assert_eq!(by[0]["claimed"], true);
    assert_eq!(by[0]["evidence"]["kind"], "commit");
}

#[test]
fn a_mistake_in_the_settings_of_the_base_is_told() {
    let mut series = start(&[(".uapi-check.yaml", "approvals:\n  requires: any-section\n")]);
    // No header changes: nothing asks for the settings.
    let fixed = [(".uapi-check.yaml", "approvals:\n  require: any-section\n")];
    let base = series.commit("mend the settings", &fixed);
    let (status, _) = series.json(&[&series.range()]);
    assert_eq!(status, 0);
    let head = series.commit("demo: add a type", &[(DEMO, &added())]);
    let output = series.run(&[&series.range()]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("v6.1:.uapi-check.yaml:2: "), "{error}");
    assert!(
        error.contains("requires") && error.lines().count() == 1,
        "{error}"
    );
    assert_eq!(series.json(&[&format!("{base}..{head}")]).0, 0);
}

#[test]
fn without_maintainers_nobody_is_known_and_nothing_is_approved() {
    let mut series = Series::released(&[(DEMO, &demo("__u32 a;"))]);
    series.commit("demo: add a type", &[(DEMO, &added())]);
    let (status, report) = series.json(&[&series.range()]);
    assert_eq!((status, report["conclusion"].as_str()), (0, Some("pass")));
    assert!(states(&report).is_empty());
    let notes = report["notes"].to_string();
    assert!(notes.contains("v6.1 has no MAINTAINERS"), "{notes}");
    let (status, _) = series.json(&["--require-approvals", &series.range()]);
    assert_eq!(status, 1);
    let output = series.run(&["approvals", &series.range()]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("MAINTAINERS"), "{error}");
}

#[test]
fn the_document_of_approvals_fits_its_schema() {
    let mut series = start(&[]);
    series.commit(
        "demo: add\n\nAcked-by: Ann <ann@example.org>\n",
        &[(DEMO, &added())],
    );
    let program = env!("CARGO_BIN_EXE_uapi-check");
    let schema = Command::new(program)
        .args(["schema", "--approvals"])
        .output();
    let schema = schema.expect("the program runs").stdout;
    let schema: Value = serde_json::from_slice(&schema).expect("it is JSON");
    let (_, document) = series.json(&["approvals", &series.range()]);
    assert_eq!(document["approvals"][0]["section"], "DEMO");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    assert!(validator.is_valid(&document), "{document}");
    assert!(!validator.is_valid(&serde_json::json!({"schema_version": 1})));
}

#[test]
fn the_cache_keeps_what_trees_say_and_nothing_that_a_message_does() {
    let mut series = start(&[]);
    let cache = tempfile::tempdir().expect("a temporary directory");
    let cache = cache.path().to_str().expect("its path is UTF-8");
    let silent = series.commit("demo: add a type", &[(DEMO, &added())]);
    series.commit("demo: take it away", &[(DEMO, &demo("__u32 a;"))]);
    let message = "demo: add a type\n\nAcked-by: Ann <ann@example.org>\n";
    let claims = series.commit(message, &[(DEMO, &added())]);
    let by = |commit: &str| {
        let (_, report) = series.json(&["--cache-dir", cache, commit]);
        let hits = report
            .pointer("/timing_ms/cache/hits")
            .and_then(Value::as_u64);
        let by = report["approvals"][0]["by"].as_array().map(Vec::len);
        (by, hits.is_some_and(|hits| hits > 0))
    };
    assert_eq!(by(&silent), (Some(0), false));
    // The same trees, found in the cache, and another message.
    assert_eq!(by(&claims), (Some(1), true));
    assert_eq!(by(&silent), (Some(0), true));
}

/// The field `a` moves, which breaks programs.
fn broken() -> String {
    demo("__u32 n; __u32 a;")
}

const WAIVER: &str = "waivers:\n- rule: struct-field-inserted\n  subject: struct demo\n  \
                      reason: nobody can have used it\n  expires: 9999-12-31\n";

fn moved(report: &Value) -> &Value {
    let findings = report["findings"].as_array().expect("a list");
    let moved = |finding: &&Value| finding["rule"] == "struct-field-inserted";
    findings
        .iter()
        .find(moved)
        .unwrap_or_else(|| panic!("the field moved: {report:#}"))
}

#[test]
fn a_waiver_of_the_base_marks_a_finding_and_takes_it_out_of_the_count() {
    let mut series = start(&[(".uapi-check.yaml", WAIVER)]);
    series.commit("demo: move it", &[(DEMO, &broken())]);
    let (status, report) = series.json(&[&series.range()]);
    let finding = moved(&report);
    assert_eq!(finding["verdict"], "break");
    assert_eq!(finding["waived"]["reason"], "nobody can have used it");
    assert_eq!(finding["waived"]["expires"], "9999-12-31");
    let text = series.run(&[&series.range()]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("= waived: counts for nothing: nobody can have used it"),
        "{text}"
    );
    assert!(
        text.lines()
            .last()
            .is_some_and(|line| line.ends_with("1 finding waived")),
        "{text}"
    );
    assert_eq!(
        (status, report["conclusion"].as_str()),
        (0, Some("needs-approval"))
    );
}

#[test]
fn a_change_cannot_waive_its_own_break() {
    let mut series = start(&[]);
    let message = "demo: move it\n\nUAPI-Break: struct-field-inserted struct demo: nobody used it\n\
                   Acked-by: Ann <ann@example.org>\n";
    series.commit(message, &[(DEMO, &broken()), (".uapi-check.yaml", WAIVER)]);
    let (status, report) = series.json(&[&series.range()]);
    assert_eq!((status, report["conclusion"].as_str()), (1, Some("fail")));
    assert!(moved(&report)["waived"].is_null());
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("that counts once those who must agree did"),
        "{notes}"
    );
}

#[test]
fn whoever_wrote_the_series_does_not_agree_with_it() {
    // The author of every commit here, beside somebody else.
    let both = MAINTAINERS.replace("M:\tAnn", "M:\tFixture <FIXTURE@example.org>\nM:\tAnn");
    let who = |series: &Series| -> Vec<String> {
        let report = series.json(&[&series.range()]).1;
        let who = report["approvals"][0]["who"]
            .as_array()
            .expect("a list")
            .iter();
        who.map(|person| person["email"].as_str().expect("a text").to_owned())
            .collect()
    };
    let mut series = start(&[("MAINTAINERS", &both)]);
    series.commit("demo: begin", &[("drivers/a.c", "int a;\n")]);
    series.commit("demo: add a type", &[(DEMO, &added())]);
    assert_eq!(who(&series), ["ann@example.org"]);
    // With a merge it is no series any more, and nobody in particular wrote it.
    let branch = series.branch(&[("demo: aside", &[("drivers/b.c", "int b;\n")])]);
    series.merge(&branch, &[]);
    assert_eq!(who(&series), ["FIXTURE@example.org", "ann@example.org"]);
}
