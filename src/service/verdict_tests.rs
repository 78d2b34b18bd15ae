//! What is said of each patch, by the reports of the samples.

use super::*;
use crate::report::samples::{grown_constant, moved_field, patched, report, standing};
use crate::report::{BaseRule, Series};

fn states(report: &Report) -> Vec<(CheckState, CheckState)> {
    let says = verdict(report).patches;
    says.iter()
        .map(|says| (says.verdict.state, says.approvals.state))
        .collect()
}

/// A report of a series of one patch with these findings, and this conclusion.
fn of_one(findings: Vec<Finding>, conclusion: Conclusion) -> Report {
    let patches = patched().series.expect("a series").patches;
    let mut report = report(findings, Vec::new());
    report.conclusion = conclusion;
    report.series = Some(Series {
        version: 1,
        base: Some(BaseRule::Named),
        patches: patches.into_iter().take(1).collect(),
        problems: Vec::new(),
    });
    report
}

fn review() -> Finding {
    Finding {
        verdict: judge::Verdict::Review,
        ..moved_field()
    }
}

#[test]
fn the_gravest_finding_decides() {
    for (findings, conclusion, state) in [
        (vec![], Conclusion::Pass, CheckState::Success),
        (
            vec![grown_constant()],
            Conclusion::Pass,
            CheckState::Success,
        ),
        (vec![review()], Conclusion::Pass, CheckState::Warning),
        (
            vec![review(), moved_field()],
            Conclusion::Fail,
            CheckState::Fail,
        ),
        (
            vec![moved_field()],
            Conclusion::Undecided,
            CheckState::Warning,
        ),
    ] {
        let report = of_one(findings, conclusion);
        assert_eq!(states(&report)[0].0, state, "{conclusion:?}");
    }
    let preview = Finding {
        preview: true,
        ..moved_field()
    };
    assert_eq!(
        states(&of_one(vec![preview], Conclusion::Pass))[0].0,
        CheckState::Success
    );
}

#[test]
fn agreement_is_told_by_how_the_sections_stand() {
    let mut report = of_one(vec![review()], Conclusion::NeedsApproval);
    // Nothing says who must agree.
    assert_eq!(states(&report)[0].1, CheckState::Warning);
    for (state, expected) in [
        (State::Missing, CheckState::Pending),
        (State::Blocked, CheckState::Warning),
        (State::UnknownOwner, CheckState::Warning),
        (State::Satisfied, CheckState::Success),
    ] {
        let mut demo = standing("DEMO", "Ann", "include/uapi/linux/demo.h");
        demo.state = state;
        demo.fingerprints = BTreeSet::from([review().fingerprint]);
        report.approvals = Some(vec![demo]);
        assert_eq!(states(&report)[0].1, expected, "{state:?}");
    }
    // What all who own it agreed with is settled.
    assert_eq!(states(&report)[0].0, CheckState::Success);
    report.approvals = Some(Vec::new());
    assert_eq!(states(&report)[0].1, CheckState::Success);
}

#[test]
fn the_same_for_another_version_has_the_same_digest() {
    let one = of_one(vec![moved_field()], Conclusion::Fail);
    let mut other = one.clone();
    let series = other.series.as_mut().expect("a series");
    series.version = 2;
    series.patches[0].message_id = "other@example.org".to_owned();
    assert_eq!(verdict(&one).digest, verdict(&other).digest);
    let less = of_one(vec![], Conclusion::Pass);
    assert_ne!(verdict(&one).digest, verdict(&less).digest);
}

#[test]
fn what_is_said_fits_on_one_short_line() {
    let long = Finding {
        message: "very\nlong ".repeat(50),
        ..moved_field()
    };
    let text = &verdict(&of_one(vec![long], Conclusion::Fail)).patches[0]
        .verdict
        .text;
    assert_eq!(text.chars().count(), 140);
    assert!(!text.contains('\n') && text.ends_with("..."), "{text}");
}
