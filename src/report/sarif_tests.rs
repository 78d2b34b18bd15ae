//! What the results of sample documents say; the form is held against its schema in `src/tests/forms`.

use super::*;
use crate::approve::Waived;
use crate::report::{Report, json, samples};

fn run(report: &Report) -> Value {
    let text = render(&json::document(report, true)).expect("SARIF");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    log["runs"][0].clone()
}

fn levels(run: &Value) -> Vec<(&str, &str)> {
    let results = run["results"].as_array().expect("results").iter();
    let words = results.map(|result| (&result["level"], &result["kind"]));
    words
        .map(|(level, kind)| (level.as_str().unwrap(), kind.as_str().unwrap()))
        .collect()
}

#[test]
fn each_verdict_has_its_level() {
    let on_trial = crate::judge::Finding {
        preview: true,
        ..samples::moved_field()
    };
    let findings = vec![
        samples::moved_field(),
        samples::with_verdict(Verdict::Review),
        samples::with_verdict(Verdict::Lint),
        on_trial,
        samples::grown_constant(),
    ];
    let run = run(&samples::report(findings, Vec::new()));
    let expected = [
        ("error", "fail"),
        ("warning", "fail"),
        ("note", "fail"),
        ("note", "fail"),
        ("none", "informational"),
    ];
    assert_eq!(levels(&run), expected);
    // Two rules, each told once, and every result points to its own.
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_result_has_the_place_and_the_fingerprint_of_its_finding() {
    let run = run(&samples::report(vec![samples::moved_field()], Vec::new()));
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "include/uapi/linux/demo.h"
    );
    assert_eq!(place["region"]["startLine"], 4);
    assert_eq!(
        result["partialFingerprints"]["uapiCheckFingerprint/v1"],
        "00112233445566778899aabbccddeeff"
    );
    assert!(result.get("suppressions").is_none());
}

#[test]
fn what_is_gone_has_no_line_of_the_file_that_is_there_now() {
    let mut finding = samples::moved_field();
    finding.after_place = None;
    let run = run(&samples::report(vec![finding], Vec::new()));
    let result = &run["results"][0];
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        1
    );
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.contains("It stood in line 3 before."), "{text}");
}

#[test]
fn a_waived_finding_is_suppressed_with_its_reason() {
    let mut report = samples::report(vec![samples::moved_field()], Vec::new());
    let waived = Waived {
        reason: "no driver ever filled it in".to_owned(),
        expires: None,
    };
    report
        .waived
        .insert(report.findings[0].fingerprint.clone(), waived);
    let run = run(&report);
    let suppression = &run["results"][0]["suppressions"][0];
    assert_eq!(suppression["justification"], "no driver ever filled it in");
    assert_eq!(suppression["kind"], "external");
}

#[test]
fn what_was_not_examined_is_notified() {
    let gaps = vec![samples::gap(true), samples::gap(false)];
    let run = run(&samples::report(Vec::new(), gaps));
    let told = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap();
    let of = |id: &str| -> Vec<&str> {
        let told = told.iter().filter(|told| told["descriptor"]["id"] == id);
        told.map(|told| told["level"].as_str().unwrap()).collect()
    };
    assert_eq!(of("gap"), ["error", "note"]);
    assert_eq!(
        of("not-examined").len(),
        crate::report::unseen::UNSEEN.len()
    );
    assert!(of("series").is_empty());
}

#[test]
fn a_path_is_no_scheme_and_leaves_no_directory_above() {
    assert_eq!(uri("include/a b:c%.h"), "include/a%20b%3Ac%25.h");
    assert_eq!(uri("/etc/passwd"), "etc/passwd");
}
