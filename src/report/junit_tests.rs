//! What the cases of sample documents are; the form is held against its schema in `src/tests/forms`.

use super::*;
use crate::approve::Waived;
use crate::report::{Report, json, samples};

fn xml(report: &Report) -> String {
    render(&json::document(report, true)).expect("XML")
}

#[test]
fn a_break_fails_and_what_a_maintainer_decides_is_skipped() {
    let findings = vec![
        samples::moved_field(),
        samples::with_verdict(Verdict::Review),
        samples::grown_constant(),
    ];
    let mut report = samples::report(findings, vec![samples::gap(true), samples::gap(false)]);
    report.approvals = Some(vec![samples::standing("DEMO", "Ann", "a.h")]);
    let xml = xml(&report);
    let suite =
        "<testsuite name=\"uapi-check\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\">";
    assert!(xml.contains(suite), "{xml}");
    let approvals = "<testsuite name=\"uapi-check approvals\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">";
    assert!(xml.contains(approvals), "{xml}");
    assert_eq!(xml.matches("<failure ").count(), 1);
}

#[test]
fn what_is_waived_or_on_trial_fails_nothing() {
    let on_trial = crate::judge::Finding {
        preview: true,
        fingerprint: "1".repeat(32),
        ..samples::moved_field()
    };
    let mut report = samples::report(vec![samples::moved_field(), on_trial], Vec::new());
    let waived = Waived {
        reason: "nobody used it".to_owned(),
        expires: None,
    };
    report
        .waived
        .insert(report.findings[0].fingerprint.clone(), waived);
    let xml = xml(&report);
    assert!(
        xml.contains("failures=\"0\" errors=\"0\" skipped=\"2\""),
        "{xml}"
    );
    assert!(xml.contains("waived: nobody used it"));
}

#[test]
fn a_run_without_findings_has_one_case_that_passed() {
    let xml = xml(&samples::report(Vec::new(), Vec::new()));
    assert!(
        xml.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""),
        "{xml}"
    );
    assert!(xml.contains("nothing that a header shows breaks programs"));
}

#[test]
fn nothing_of_a_header_becomes_an_element_or_a_character_that_xml_lacks() {
    let mut finding = samples::moved_field();
    finding.subject = "a]]><x y=\"&\u{0}\u{fffe}\u{1b}'".to_owned();
    finding.why = "line\n]]></failure><failure>".to_owned();
    let xml = xml(&samples::report(vec![finding], Vec::new()));
    assert_eq!(xml.matches("<failure").count(), 1);
    let allowed = |c: char| c == '\n' || (!c.is_control() && c < '\u{fffe}');
    assert!(xml.chars().all(allowed), "{xml:?}");
    assert!(!xml.contains("<x "));
}
