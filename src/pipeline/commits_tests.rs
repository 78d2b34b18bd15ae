//! What a merge made, and which finding is still there: on findings made by hand.

use super::*;
use crate::judge::Verdict::{Break, Ok, Review};

fn finding(subject: &str, verdict: Verdict) -> Finding {
    use crate::diff::{Change, Kind};
    let change = Change::new(Kind::HeaderAdded, subject, "linux/a.h");
    let catalogue = crate::judge::Catalogue::embedded().unwrap();
    let mut finding = crate::judge::judge(&[change], &catalogue).remove(0);
    finding.verdict = verdict;
    finding
}

fn told(lists: &[&[Finding]]) -> Vec<(String, Verdict)> {
    let found = own(lists).into_iter();
    found
        .map(|finding| (finding.subject, finding.verdict))
        .collect()
}

#[test]
fn of_a_merge_only_what_differs_from_every_parent_is_its_own() {
    let ours = [finding("A", Ok), finding("B", Ok)];
    let theirs = [finding("C", Break), finding("B", Review)];
    assert_eq!(told(&[&ours, &theirs]), [("B".to_owned(), Review)]);
    assert_eq!(told(&[&theirs, &ours]), [("B".to_owned(), Review)]);
    assert_eq!(told(&[&ours]).len(), 2);
    assert!(told(&[]).is_empty());
}

#[test]
fn a_name_that_one_side_only_drags_along_differs_from_both() {
    let mut drags = finding("A", Ok);
    drags.affects = vec!["B".to_owned()];
    assert_eq!(
        told(&[&[drags], &[finding("B", Break)]]),
        [("B".to_owned(), Break)]
    );
}

#[test]
fn a_finding_is_among_others_that_say_as_much_of_its_name() {
    let mut drags = finding("A", Break);
    drags.affects = vec!["B".to_owned()];
    assert!(is_among(&finding("B", Break), &[drags.clone()]));
    assert!(!is_among(&finding("C", Break), &[drags]));
    assert!(!is_among(&finding("B", Break), &[finding("B", Review)]));
}
