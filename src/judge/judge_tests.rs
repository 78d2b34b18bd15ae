//! Judging: which rule wins, how findings merge and sort, what a fingerprint depends on.

use super::*;
use crate::diff::change::Facts;
use crate::diff::kinds::{Kind, Part};
use crate::model::{Place, Side};

const RULES: &str = r#"
- id: small-growth
  title: t
  why: w
  verdict: ok
  on: record-grown
  if: after.size - before.size <= 8
  message: "{subject} grew a little"
  since: "0.1"
- id: growth
  title: t
  why: w
  breaks: both
  verdict: break
  on: record-grown
  message: "{subject} grew to {after.size}"
  witness: '_Static_assert(sizeof({subject}) == {before.size}, "");'
  since: "0.1"
- id: overflowing
  title: t
  why: w
  verdict: ok
  on: enumerator-value-changed
  if: after.value * 4 > 0
  message: m
  since: "0.1"
- id: libc
  title: t
  why: w
  verdict: lint
  on: include-libc
  message: "includes {included}"
  since: "0.1"
"#;

fn catalogue() -> Catalogue {
    let general = include_str!("../../rules/general.yaml");
    let texts = vec![
        ("general.yaml".to_owned(), general.to_owned()),
        ("x.yaml".to_owned(), RULES.to_owned()),
    ];
    Catalogue::load(texts, None).unwrap()
}

fn grown(subject: &str, from: i128, to: i128) -> Change {
    let mut change = Change::new(Kind::RecordGrown, subject, "linux/foo.h")
        .with(Part::Before, "size", from)
        .with(Part::After, "size", to);
    change.targets = vec!["x86_64".to_owned()];
    change
}

fn on(targets: &[&str], mut change: Change) -> Change {
    change.targets = targets.iter().map(|target| (*target).to_owned()).collect();
    change.everywhere = false;
    change
}

fn one(change: Change) -> Finding {
    let mut findings = judge(&[change], &catalogue());
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

fn rules_of(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect()
}

#[test]
fn the_first_rule_that_matches_wins() {
    let little = one(grown("struct a", 8, 16));
    assert_eq!(
        (little.rule.as_str(), little.verdict),
        ("small-growth", Verdict::Ok)
    );
    assert_eq!((little.breaks, little.witness), (None, None));
    let much = one(grown("struct a", 8, 32));
    assert_eq!(
        (much.rule.as_str(), much.verdict),
        ("growth", Verdict::Break)
    );
    assert_eq!(much.message, "struct a grew to 32");
    let code = much.witness.unwrap().code;
    assert_eq!(code, "_Static_assert(sizeof(struct a) == 8, \"\");");
}

#[test]
fn a_difference_without_a_rule_is_shown_and_an_observation_is_not() {
    let unknown = one(Change::new(Kind::MacroBodyChanged, "FOO", "linux/foo.h"));
    assert_eq!(
        (unknown.rule.as_str(), unknown.verdict),
        ("unjudged-change", Verdict::Review)
    );
    assert!(unknown.message.contains("FOO"), "{}", unknown.message);
    let remark = Change::new(Kind::RecordPadding, "struct a", "linux/foo.h");
    assert_eq!(judge(&[remark], &catalogue()), []);
}

#[test]
fn a_condition_that_fails_is_shown_and_does_not_match() {
    let change = Change::new(Kind::EnumeratorValueChanged, "A", "linux/foo.h");
    let fine = change.clone().with(Part::After, "value", 3i128);
    assert_eq!(one(fine).rule, "overflowing");
    let findings = judge(
        &[change.with(Part::After, "value", i128::MAX)],
        &catalogue(),
    );
    assert_eq!(
        rules_of(&findings),
        ["rule-not-evaluated", "unjudged-change"]
    );
    assert!(
        findings[0].message.contains("overflowing"),
        "{}",
        findings[0].message
    );
}

#[test]
fn what_no_release_has_may_change() {
    for release in [Release::Unreleased, Release::Restored] {
        let mut change = grown("struct a", 8, 32);
        change.release = release;
        let finding = one(change);
        assert_eq!(
            (finding.rule.as_str(), finding.verdict),
            ("unreleased-uapi-changed", Verdict::Review)
        );
        assert!(
            finding.message.contains("struct a grew to 32"),
            "{}",
            finding.message
        );
        assert!(finding.message.contains("growth"), "{}", finding.message);
        assert_eq!(finding.witness, None);
    }
    let mut harmless = grown("struct a", 8, 16);
    harmless.release = Release::Unreleased;
    assert_eq!(one(harmless).rule, "small-growth");
}

#[test]
fn other_values_on_other_targets_are_variants() {
    let changes = [
        on(&["x86_64", "arm64"], grown("struct a", 8, 32)),
        on(&["i386"], grown("struct a", 4, 28)),
        on(&["arm"], grown("struct a", 4, 28)),
        on(&["m68k"], grown("struct a", 8, 32)),
    ];
    let finding = one_of(&changes);
    assert_eq!(finding.targets, ["x86_64", "arm64", "i386", "arm", "m68k"]);
    assert_eq!(finding.message, "struct a grew to 32");
    assert_eq!(finding.variants.len(), 1);
    assert_eq!(finding.variants[0].targets, ["i386", "arm"]);
    assert_eq!(
        finding.variants[0].before,
        Facts::from([("size".to_owned(), 4i128.into())])
    );
}

fn one_of(changes: &[Change]) -> Finding {
    let mut findings = judge(changes, &catalogue());
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[test]
fn what_differs_otherwise_is_not_merged() {
    let include = |name: &str| {
        let change = Change::new(Kind::IncludeLibc, "linux/foo.h", "linux/foo.h");
        on(&["x86_64"], change.with(Part::Whole, "included", name))
    };
    let same_target = [include("stdint.h"), include("time.h")];
    assert_eq!(judge(&same_target, &catalogue()).len(), 2);
    let other_rule = [
        on(&["x86_64"], grown("struct a", 8, 32)),
        on(&["i386"], grown("struct a", 4, 8)),
    ];
    assert_eq!(
        rules_of(&judge(&other_rule, &catalogue())),
        ["growth", "small-growth"]
    );
    let mut unreleased = on(&["i386"], grown("struct a", 4, 28));
    unreleased.release = Release::Unreleased;
    let released = on(&["x86_64"], grown("struct a", 8, 32));
    assert_eq!(judge(&[released, unreleased], &catalogue()).len(), 2);
}

fn at(line: u32, change: Change) -> Change {
    let place = |side| {
        Some(Place {
            header: change.header.clone(),
            line,
            side,
        })
    };
    let (before, after) = (place(Side::Before), place(Side::After));
    change.places(before, after)
}

#[test]
fn the_gravest_come_first_then_by_place() {
    let changes = [
        grown("struct harmless", 8, 16),
        at(9, grown("struct late", 8, 32)),
        at(3, grown("struct early", 8, 32)),
        Change::new(Kind::MacroBodyChanged, "FOO", "linux/a.h"),
        Change::new(Kind::IncludeLibc, "linux/foo.h", "linux/foo.h"),
    ];
    let findings = judge(&changes, &catalogue());
    let subjects: Vec<_> = findings
        .iter()
        .map(|finding| finding.subject.as_str())
        .collect();
    assert_eq!(
        subjects,
        [
            "struct early",
            "struct late",
            "FOO",
            "linux/foo.h",
            "struct harmless"
        ]
    );
}

#[test]
fn a_fingerprint_is_of_values_and_not_of_lines_or_wording() {
    let first = one(at(3, grown("struct a", 8, 32)));
    assert_eq!(first.fingerprint.len(), 32);
    assert!(
        first
            .fingerprint
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
    );
    assert_eq!(
        first.fingerprint,
        one(at(300, grown("struct a", 8, 32))).fingerprint
    );
    let reworded = RULES
        .replace("grew to", "became")
        .replace("title: t", "title: u");
    let other = [("y.yaml".to_owned(), reworded)].to_vec();
    let reworded = Catalogue::load(other, Some(catalogue())).unwrap();
    let finding = &judge(&[grown("struct a", 8, 32)], &reworded)[0];
    assert_eq!(finding.message, "struct a became 32");
    assert_eq!(finding.fingerprint, first.fingerprint);
    for other in [
        grown("struct b", 8, 32),
        grown("struct a", 8, 40),
        grown("struct a", 16, 32),
        on(&["x86_64"], grown("struct a", 8, 32)),
    ] {
        assert_ne!(one(other).fingerprint, first.fingerprint);
    }
    let mut elsewhere = grown("struct a", 8, 32);
    elsewhere.targets = vec!["x86_64".to_owned(), "i386".to_owned()];
    assert_eq!(
        one(elsewhere).fingerprint,
        first.fingerprint,
        "both are on all targets of the run"
    );
}

#[test]
fn a_break_whose_proof_fails_is_shown_for_review() {
    let mut finding = one(grown("struct a", 8, 32));
    settle(&mut finding, Proof::Confirmed);
    assert_eq!(finding.verdict, Verdict::Break);
    assert_eq!(finding.witness.as_ref().unwrap().confirmed, Some(true));
    settle(&mut finding, Proof::Refuted);
    assert_eq!(finding.verdict, Verdict::Review);
    assert_eq!(finding.witness.as_ref().unwrap().confirmed, Some(false));
    assert!(finding.evidence_wanted.unwrap().contains("proof"));
}

#[test]
fn a_break_whose_proof_was_not_tried_is_shown_for_review_and_blames_nobody() {
    let mut finding = one(grown("struct a", 8, 32));
    settle(&mut finding, Proof::Untried("the parser died"));
    assert_eq!(finding.verdict, Verdict::Review);
    assert_eq!(finding.witness.as_ref().unwrap().confirmed, None);
    let wanted = finding.evidence_wanted.unwrap();
    assert!(wanted.contains("could not be tried: the parser died"));
    assert!(!wanted.contains("report this"));
}

#[test]
fn a_catalogue_can_be_shared() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    shared(&catalogue());
}
