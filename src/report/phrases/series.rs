//! What a series adds to a report, in words: its base, and what each patch comes to.

use super::{clean, conclusion_word, cut, revision};
use crate::report::{BaseRule, Commit, Counts, HowApplied, PatchVerdict, Report, Series};

/// Longest subject, in characters.
const LONGEST: usize = 80;
/// Longest reason on the last line, in characters.
const LONGEST_PROBLEM: usize = 200;

/// What of a series was not examined, where not all of it was.
pub(super) fn incomplete(problems: &[String]) -> Option<String> {
    let first = cut(&clean(problems.first()?), LONGEST_PROBLEM);
    let more = match problems.len() {
        1 => String::new(),
        number => format!(", and {} more", number - 1),
    };
    Some(format!(
        "not all of the series could be examined ({first}{more})"
    ))
}

/// The patch that became a commit.
pub(super) fn patch_of<'r>(report: &'r Report, commit: &Commit) -> Option<&'r PatchVerdict> {
    let mut patches = report.series.as_ref()?.patches.iter();
    patches.find(|patch| patch.commit.as_ref() == Some(&commit.id))
}

/// The base that patches stand on, and what chose it.
pub fn base(report: &Report, series: &Series) -> String {
    let base = revision(&report.base);
    match series.base {
        None => "none that the series applies to".to_owned(),
        Some(BaseRule::Named) => format!("{base}, as asked"),
        Some(BaseRule::BaseCommit) => format!("{base}, as the series says (base-commit)"),
        Some(BaseRule::Tag) => {
            format!("{base}; guessed: the tree that a tag of the subject stands for")
        }
        Some(BaseRule::Tree) => {
            format!("{base}; guessed: the tree that MAINTAINERS names for its files")
        }
        Some(BaseRule::Blobs) => format!(
            "{base}; guessed: of HEAD, branches and tags, its files are most like those that the patches were \
             made from"
        ),
        Some(BaseRule::Applies) => format!("{base}; guessed: the series applies there"),
    }
}

/// What a patch comes to by itself: `2/3 net: add foo: fail (1 break, 0 review, ...)`.
pub fn patch_verdict(patch: &PatchVerdict) -> String {
    let subject = cut(&clean(&patch.subject), LONGEST);
    let conclusion = match patch.applied {
        None => "not applied",
        Some(_) => conclusion_word(patch.conclusion),
    };
    let counts = match (patch.applied, patch.summary) {
        (None, _) => String::new(),
        (_, counts) if counts == Counts::default() => String::new(),
        (_, counts) => format!(" ({})", counts.sentence()),
    };
    let how = match patch.applied {
        Some(HowApplied::Merged) => ", by a three-way merge",
        Some(HowApplied::AlreadyThere) => ", all of it is there already",
        _ => "",
    };
    format!(
        "{}/{} {subject}: {conclusion}{counts}{how}",
        patch.position, patch.of
    )
}
