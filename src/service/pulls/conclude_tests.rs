//! Each row of the table from a report to an ending, with a look-alike that ends otherwise.

use super::*;
use crate::approve::{Evidence, Given, Waived};
use crate::report::samples;

const POLICY: Policy = Policy {
    not_examined: Ending::ActionRequired,
    review: Ending::Neutral,
    comments: true,
    sarif: false,
};

fn of(report: &Report) -> (Ending, Ending) {
    with(report, &POLICY)
}

fn with(report: &Report, policy: &Policy) -> (Ending, Ending) {
    let seen = Seen::Report(report);
    (
        verdict(&seen, policy).ending,
        approvals(&seen, policy).ending,
    )
}

fn report(verdicts: &[Verdict]) -> Report {
    let findings = verdicts.iter().map(|one| samples::with_verdict(*one));
    let mut report = samples::report(findings.collect(), vec![]);
    report.approvals = Some(vec![samples::standing("DEMO", "Ann", "a.h")]);
    report
}

fn standing(state: State) -> Report {
    let mut report = report(&[Verdict::Ok]);
    report.approvals.as_mut().expect("there are some")[0].state = state;
    report
}

fn waive(report: &mut Report) {
    for finding in &report.findings {
        let waived = Waived {
            reason: "for a test".to_owned(),
            expires: None,
        };
        report.waived.insert(finding.fingerprint.clone(), waived);
    }
    report.conclusion = Conclusion::NeedsApproval;
}

#[test]
fn what_breaks_fails_and_what_does_not_passes() {
    assert_eq!(of(&report(&[Verdict::Break])).0, Ending::Failure);
    assert_eq!(of(&report(&[Verdict::Ok])).0, Ending::Success);
    assert_eq!(of(&report(&[Verdict::Lint])).0, Ending::Success);
    let mut preview = report(&[Verdict::Break]);
    preview.findings[0].preview = true;
    preview.conclusion = Conclusion::Pass;
    assert_eq!(of(&preview).0, Ending::Success);
}

#[test]
fn nothing_but_what_is_waived_is_neutral() {
    let mut waived = report(&[Verdict::Break]);
    waive(&mut waived);
    assert_eq!(of(&waived).0, Ending::Neutral);
    // One that is not waived decides.
    let mut other = samples::moved_field();
    other.fingerprint = "f".repeat(32);
    waived.findings.push(other);
    waived.conclusion = Conclusion::Fail;
    assert_eq!(of(&waived).0, Ending::Failure);
    // What was good before needs no waiver.
    let mut good = report(&[Verdict::Ok]);
    waive(&mut good);
    assert_eq!(of(&good).0, Ending::Success);
}

#[test]
fn what_somebody_has_to_judge_ends_as_the_site_wants() {
    let open = report(&[Verdict::Review]);
    assert_eq!(of(&open).0, Ending::Neutral);
    let strict = Policy {
        review: Ending::ActionRequired,
        ..POLICY
    };
    assert_eq!(with(&open, &strict).0, Ending::ActionRequired);
    // Settled by all who own it.
    let mut settled = report(&[Verdict::Review]);
    settled.approvals.as_mut().expect("there are some")[0].state = State::Satisfied;
    assert_eq!(with(&settled, &strict), (Ending::Success, Ending::Success));
}

#[test]
fn what_was_not_examined_never_ends_well() {
    let gap = samples::report(vec![], vec![samples::gap(true)]);
    assert_eq!(of(&gap), (Ending::ActionRequired, Ending::ActionRequired));
    let soft = Policy {
        not_examined: Ending::Neutral,
        ..POLICY
    };
    assert_eq!(with(&gap, &soft), (Ending::Neutral, Ending::Neutral));
    let not = Seen::Not("no commit");
    assert_eq!(verdict(&not, &POLICY).ending, Ending::ActionRequired);
    assert_eq!(approvals(&not, &POLICY).ending, Ending::ActionRequired);
    assert_eq!(verdict(&not, &POLICY).title, "not examined: no commit");
    // A break is one, whatever else could not be read; and a gap elsewhere is none of the change.
    let mut both = report(&[Verdict::Break]);
    both.gaps.push(samples::gap(true));
    assert_eq!(of(&both).0, Ending::Failure);
    let elsewhere = samples::report(vec![], vec![samples::gap(false)]);
    assert_eq!(of(&elsewhere), (Ending::Success, Ending::Success));
    // Agreeing with all that was read is not agreeing with all.
    let mut agreed = standing(State::Satisfied);
    agreed.conclusion = Conclusion::Undecided;
    assert_eq!(of(&agreed).1, Ending::ActionRequired);
}

#[test]
fn a_change_that_touches_nothing_says_so() {
    let mut none = samples::report(vec![], vec![]);
    none.examined.affected = 0;
    let said = verdict(&Seen::Report(&none), &POLICY);
    assert_eq!(
        (said.ending, said.title.as_str()),
        (Ending::Success, "no UAPI change")
    );
    assert_eq!(of(&none).1, Ending::Success);
}

#[test]
fn people_decide_by_section() {
    for (state, ending) in [
        (State::Missing, Ending::ActionRequired),
        (State::UnknownOwner, Ending::ActionRequired),
        (State::Blocked, Ending::Failure),
        (State::Satisfied, Ending::Success),
    ] {
        assert_eq!(of(&standing(state)).1, ending, "{state:?}");
    }
    let mut unowned = report(&[Verdict::Ok]);
    unowned.approvals = None;
    assert_eq!(of(&unowned).1, Ending::Neutral);
}

#[test]
fn an_objection_is_named_and_a_lapsed_one_is_not() {
    let mut blocked = standing(State::Blocked);
    let no = |name: &str, lapsed| Given {
        name: name.to_owned(),
        email: "x@example.org".to_owned(),
        says: Says::No,
        when: None,
        evidence: Evidence::Review("1".to_owned()),
        claimed: false,
        lapsed,
        fingerprints: Default::default(),
    };
    blocked.approvals.as_mut().expect("there are some")[0].by =
        vec![no("Bob", false), no("Cid", true)];
    let said = approvals(&Seen::Report(&blocked), &POLICY);
    assert_eq!(said.title, "objection by Bob: DEMO");
}

#[test]
fn a_title_is_one_short_line() {
    let mut long = report(&[Verdict::Break]);
    long.findings[0].message = "x\n\u{202e}\u{1b}[31m".repeat(500);
    let title = verdict(&Seen::Report(&long), &POLICY).title;
    assert!(title.chars().count() <= TITLE + 3, "{title}");
    assert!(!title.contains(['\n', '\u{202e}', '\u{1b}']), "{title:?}");
}
