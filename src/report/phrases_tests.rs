//! The phrases that all forms of a report share.

use super::*;
use crate::report::samples;

#[test]
fn text_of_the_examined_tree_can_not_steer_a_terminal() {
    assert_eq!(clean("a\u{1b}[31mb\nc\u{202e}d"), "a\u{fffd}[31mb cd");
    assert_eq!(clean("struct größe"), "struct größe");
}

#[test]
fn only_what_differs_is_told() {
    let finding = samples::moved_field();
    let (before, after) = difference(&finding.before, &finding.after);
    assert_eq!((before.as_str(), after.as_str()), ("offset 4", "offset 8"));
}

#[test]
fn large_values_are_hexadecimal_and_small_ones_are_not() {
    let code = samples::facts(&[("value", 0xc018_6401_u64.into())]);
    let small = samples::facts(&[("value", 38u64.into())]);
    let (before, after) = difference(&code, &small);
    assert_eq!(before, "value 0xc0186401");
    assert_eq!(after, "value 38");
}

#[test]
fn lists_are_cut_with_the_number_of_what_is_missing() {
    let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    assert_eq!(list(&names, 2), "a, b and 1 more");
    assert_eq!(list(&names, 3), "a, b, c");
}

#[test]
fn findings_in_preview_are_counted_apart() {
    let mut preview = samples::moved_field();
    preview.preview = true;
    let counts = Counts::of(&[preview, samples::grown_constant()]);
    assert_eq!(
        counts.sentence(),
        "0 break, 0 review, 0 lint, 1 ok, 1 in preview"
    );
}

#[test]
fn a_commit_given_by_its_id_is_not_told_twice() {
    let commit = "830b3c68c1fb1e9176028d02ef86f3cf76aa2476";
    let named = |name: &str| Revision {
        name: name.to_owned(),
        commit: Some(commit.to_owned()),
    };
    assert_eq!(revision(&named("v6.1")), "v6.1 (830b3c68c1fb)");
    assert_eq!(revision(&named("830b3c68")), "830b3c68");
}

#[test]
fn a_gap_names_side_and_targets_only_where_they_say_something() {
    let mut gap = samples::gap(true);
    let all = gap.targets.clone();
    assert_eq!(
        super::gap(&gap, &all),
        "linux/sctp.h, struct sctp_demo: unknown type name 'demo_t' (only after)"
    );
    gap.side = GapSide::Both;
    gap.targets = vec!["i386".to_owned()];
    assert_eq!(
        super::gap(&gap, &all),
        "linux/sctp.h, struct sctp_demo: unknown type name 'demo_t' on i386"
    );
}

#[test]
fn the_reason_fits_the_conclusion() {
    let reason = |findings, gaps| conclusion_reason(&samples::report(findings, gaps));
    assert_eq!(
        reason(vec![samples::moved_field()], vec![]),
        "1 finding breaks programs"
    );
    assert_eq!(
        reason(vec![], vec![samples::gap(true)]),
        "1 part of the change could not be read"
    );
    assert_eq!(
        reason(vec![], vec![]),
        "nothing that a header shows breaks programs"
    );
    assert_eq!(
        reason(
            vec![samples::with_verdict(Verdict::Review)],
            vec![samples::gap(false)]
        ),
        "nothing breaks for certain; 1 finding needs a maintainer's judgement"
    );
}
