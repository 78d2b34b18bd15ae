//! What is waived, until when, and by whose word.

use super::*;
use crate::approve::Policy;
use crate::report::samples;
use jiff::civil::date;

const RULE: &str = "struct-field-offset-changed";
const SUBJECT: &str = "struct demo_stats";

fn settled(entry: &str) -> Vec<Waiver> {
    let text = format!("waivers:\n- {{{entry}}}\n");
    let policy = Policy::embedded().with_settings("settings", text.as_bytes());
    policy.expect("the settings are right").waivers
}

fn run(settled: &[Waiver], asked: &[Waiver], standings: &[Standing]) -> (usize, usize) {
    let findings = [samples::moved_field(), samples::grown_constant()];
    let found = waive(&findings, (settled, asked), standings, date(2026, 6, 30));
    (found.waived.len(), found.notes.len())
}

#[test]
fn a_waiver_holds_for_its_finding_up_to_its_day() {
    let entry = |rule: &str, subject: &str, expires: &str| {
        settled(&format!(
            "rule: {rule}, subject: {subject}, reason: unused, expires: {expires}"
        ))
    };
    assert_eq!(run(&entry(RULE, SUBJECT, "2026-06-30"), &[], &[]), (1, 0));
    assert_eq!(run(&entry(RULE, SUBJECT, "2026-06-29"), &[], &[]), (0, 1));
    assert_eq!(
        run(
            &entry("struct-size-changed", SUBJECT, "2027-01-01"),
            &[],
            &[]
        ),
        (0, 0)
    );
    assert_eq!(
        run(&entry(RULE, "struct demo_stat", "2027-01-01"), &[], &[]),
        (0, 0)
    );
    let by_fingerprint = |fingerprint: &str| {
        settled(&format!(
            "fingerprint: '{fingerprint}', reason: unused, expires: 2027-01-01"
        ))
    };
    assert_eq!(
        run(
            &by_fingerprint("00112233445566778899aabbccddeeff"),
            &[],
            &[]
        ),
        (1, 0)
    );
    assert_eq!(
        run(
            &by_fingerprint("00112233445566778899aabbccddeefe"),
            &[],
            &[]
        ),
        (0, 0)
    );
}

#[test]
fn what_a_commit_asks_for_needs_all_owners() {
    let message =
        format!("demo: move it\n\nUAPI-Break: {RULE} {SUBJECT}: nobody uses it: checked\n");
    let asked = asked(&message);
    assert_eq!(asked[0].reason, "nobody uses it: checked");
    let standing = |state| Standing {
        state,
        ..samples::standing("DEMO", "Ann", "include/uapi/linux/demo.h")
    };
    let (yes, no) = (standing(State::Satisfied), standing(State::Missing));
    assert_eq!(run(&[], &asked, &[]), (0, 1));
    assert_eq!(run(&[], &asked, std::slice::from_ref(&no)), (0, 1));
    assert_eq!(run(&[], &asked, &[yes.clone(), no]), (0, 1));
    assert_eq!(run(&[], &asked, &[yes]), (1, 0));
}

#[test]
fn a_trailer_without_reason_or_subject_asks_for_nothing() {
    for line in [
        "UAPI-Break: rule",
        "UAPI-Break: rule subject",
        "UAPI-Break: rule subject: ",
        "> UAPI-Break: rule subject: why",
        "UAPI-Broken: rule subject: why",
    ] {
        assert_eq!(asked(line), [], "{line}");
    }
}

#[test]
fn a_mistake_in_a_waiver_is_told_with_its_line() {
    let error = |text: &str| {
        let policy = Policy::embedded().with_settings("settings", text.as_bytes());
        policy.map(|_| ()).expect_err(text).to_string()
    };
    let day = error("waivers:\n- rule: a\n  subject: b\n  reason: c\n  expires: soon\n");
    assert!(day.starts_with("settings:5: `soon` is no day"), "{day}");
    let both = error("waivers:\n- rule: a\n  reason: odd\n  expires: 2026-01-01\n");
    assert!(
        both.starts_with("settings:3: a waiver has a rule and"),
        "{both}"
    );
    let word = error("waivers:\n- rules: a\n");
    assert!(
        word.starts_with("settings:2: ") && word.contains("rules"),
        "{word}"
    );
    let never = error("waivers:\n- rule: a\n  subject: b\n  reason: c\n");
    assert!(never.contains("expires"), "{never}");
}
