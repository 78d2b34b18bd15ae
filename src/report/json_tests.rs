//! The JSON document of a sample report, and its schema.

use super::*;
use crate::report::samples;
use serde_json::{Value, json};

fn value(report: &Report, all: bool) -> Value {
    serde_json::from_str(&render(report, all).unwrap()).unwrap()
}

fn full() -> Report {
    let mut review = samples::with_verdict(Verdict::Review);
    review.everywhere = false;
    review.after_place = None;
    let findings = vec![samples::moved_field(), review, samples::grown_constant()];
    let mut report = samples::report(findings, vec![samples::gap(true), samples::gap(false)]);
    let standing = samples::standing("DEMO", "Ann", "include/uapi/linux/demo.h");
    report.approvals = Some(vec![standing]);
    report
}

#[test]
fn the_keys_are_those_of_version_1() {
    let value = value(&full(), false);
    let finding = &value["findings"][0];
    let expected = json!({
        "fingerprint": "00112233445566778899aabbccddeeff",
        "rule": "struct-field-offset-changed", "verdict": "break", "breaks": "binary",
        "preview": false,
        "subject": "struct demo_stats", "member": "throttled",
        "header": "linux/demo.h", "path": "include/uapi/linux/demo.h", "line": 4, "side": "after",
        "targets": ["all"],
        "before": {"offset": 4, "type": "__u32"}, "after": {"offset": 8, "type": "__u32"},
        "variants": [], "title": "A field of an exported struct moved",
        "message": "struct demo_stats.throttled moved from byte 4 to byte 8",
        "why": "Programs built against the old header read and write the wrong bytes.",
        "see": "Documentation/process/botching-up-ioctls.rst", "evidence_wanted": null,
        "affects": ["DEMO_GET_STATS"], "release": "released", "commit": null, "waived": null, "evidence": [],
        "witness": {
            "code": "_Static_assert(__builtin_offsetof(struct demo_stats, throttled) == 4, \"\");",
            "confirmed": true,
        },
    });
    assert_eq!(*finding, expected);
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["head"], json!({"rev": "work tree", "commit": null}));
    let missing = json!([{"what": "landlock", "why": "not in this kernel"}]);
    assert_eq!(
        value["tool"]["sandbox"],
        json!({"active": ["rlimits", "seccomp"], "missing": missing})
    );
    assert_eq!(value["conclusion"], "fail");
    assert_eq!(
        value["summary"],
        json!({"break": 1, "review": 1, "lint": 0, "ok": 1, "preview": 0})
    );
}

#[test]
fn a_series_has_a_verdict_for_each_patch() {
    let value = value(&samples::patched(), false);
    assert_eq!(value["base"]["chosen_by"], "base-commit");
    assert_eq!(value["base"]["rev"], "v6.1");
    assert_eq!(
        value["series"]["patches"][0],
        json!({
            "position": 1, "of": 3, "subject": "net: add demo", "message_id": "1@example.org",
            "commit": "a".repeat(40), "applied": "as-is", "conclusion": "fail",
            "summary": {"break": 1, "review": 0, "lint": 0, "ok": 0, "preview": 0},
        })
    );
    assert_eq!(value["series"]["patches"][1]["applied"], "merged");
    assert_eq!(value["series"]["problems"], json!(["patch 2/3 is missing"]));
    let plain = self::value(&full(), false);
    assert_eq!(
        (&plain["series"], &plain["base"]["chosen_by"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_run_by_commits_names_who_made_what_and_what_was_taken_back() {
    let value = value(&samples::walked(), true);
    let commit = |digit: &str, subject| {
        let date = "2024-02-29T13:37:00+02:00";
        json!({"id": digit.repeat(40), "subject": subject, "date": date})
    };
    let (made, by) = (commit("a", "net: add demo"), commit("b", "net: mend demo"));
    assert_eq!(value["findings"][0]["commit"], made);
    assert_eq!(value["findings"][1]["commit"], Value::Null);
    let commits = &value["commits"];
    assert_eq!(commits["passed"], 3);
    assert_eq!(commits["examined"], json!([made, by]));
    let taken = &commits["taken_back"][0];
    assert_eq!(taken["finding"]["subject"], "DEMO_MAX");
    assert_eq!(
        (&taken["finding"]["commit"], &taken["taken_back_by"]),
        (&made, &by)
    );
    assert_eq!(value["summary"]["break"], 1);
}

#[test]
fn something_gone_is_placed_before_and_on_its_own_targets() {
    let value = value(&full(), false);
    let finding = &value["findings"][1];
    assert_eq!(finding["side"], "before");
    assert_eq!(finding["line"], 3);
    assert_eq!(finding["targets"], json!(["x86_64", "i386"]));
}

#[test]
fn ok_findings_are_listed_only_with_all() {
    let rules = |value: &Value| value["findings"].as_array().unwrap().len();
    assert_eq!(rules(&value(&full(), false)), 2);
    assert_eq!(rules(&value(&full(), true)), 3);
}

#[test]
fn a_line_of_0_is_no_line() {
    let mut finding = samples::moved_field();
    finding.after_place.as_mut().unwrap().line = 0;
    let value = value(&samples::report(vec![finding], vec![]), false);
    assert_eq!(value["findings"][0]["line"], Value::Null);
}

#[test]
fn the_document_obeys_its_schema() {
    let schema = serde_json::to_value(schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let nothing = samples::report(vec![], vec![]);
    for report in [full(), samples::walked(), samples::patched(), nothing] {
        let errors: Vec<String> = validator
            .iter_errors(&value(&report, true))
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let mut broken = value(&full(), true);
    broken["findings"][0]["verdict"] = json!("fatal");
    assert!(!validator.is_valid(&broken));
}

#[test]
fn only_the_timing_differs_between_two_runs() {
    let (first, mut second) = (full(), full());
    assert_eq!(
        render(&first, true).unwrap(),
        render(&second, true).unwrap()
    );
    second.timing.total += 1;
    let (first, second) = (value(&first, true), value(&second, true));
    assert_ne!(first["timing_ms"], second["timing_ms"]);
    assert_eq!(first["findings"], second["findings"]);
}

#[test]
fn the_largest_values_of_c_have_a_form() {
    let mut finding = samples::moved_field();
    finding.before = samples::facts(&[("value", u64::MAX.into())]);
    finding.after = samples::facts(&[("value", i128::from(i64::MIN).into())]);
    let text = render(&samples::report(vec![finding], vec![]), false).unwrap();
    assert!(text.contains("18446744073709551615"));
    assert!(text.contains("-9223372036854775808"));
}
