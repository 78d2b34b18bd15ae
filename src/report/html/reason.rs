//! What the conclusion of a document rests on, in one sentence.

use crate::judge::Verdict;
use crate::report::json::{Document, Entry};
use crate::report::phrases::{Grounds, clean};

/// The sentence, without a full stop.
pub fn of(document: &Document) -> String {
    let count = |verdict: Verdict| {
        let counts =
            |entry: &&Entry| entry.verdict == verdict && !entry.preview && entry.waived.is_none();
        document.findings.iter().filter(counts).count()
    };
    let problems = document.series.iter().flat_map(|series| &series.problems);
    let waived = document
        .findings
        .iter()
        .filter(|entry| entry.waived.is_some());
    let grounds = Grounds {
        conclusion: document.conclusion,
        breaks: count(Verdict::Break),
        review: count(Verdict::Review),
        unread: document.gaps.iter().filter(|gap| gap.in_change).count(),
        affected: document.examined.affected,
        waived: waived.count(),
        problems: problems.map(|problem| clean(problem)).collect(),
    };
    grounds.sentence()
}
