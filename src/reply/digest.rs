//! What a report tells, for holding it against what was told before: the same verdict is not told twice.

use crate::approve::State;
use crate::judge::{Finding, Verdict};
use crate::report::{Conclusion, Report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a report tells: fingerprints, each with a word for its verdict. Serialises, so that it can be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told(BTreeMap<String, String>);

impl Told {
    /// What there is to tell of a report: findings that break or are to be judged, and those that somebody has still
    /// to agree with.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let open = report.approvals.iter().flatten();
        let open = open.filter(|standing| standing.state != State::Satisfied);
        let open = open.flat_map(|standing| &standing.fingerprints);
        let mut told: BTreeMap<String, String> = open
            .map(|one| (one.clone(), "approval".to_owned()))
            .collect();
        let word = |verdict| match verdict {
            Verdict::Break => "break",
            _ => "review",
        };
        let shown = shown(report);
        told.extend(shown.map(|finding| {
            (
                finding.fingerprint.clone(),
                word(finding.verdict).to_owned(),
            )
        }));
        Self(told)
    }

    /// What was told in several mails, where the fingerprints are those and the words theirs.
    #[must_use]
    pub fn from_entries(entries: BTreeMap<String, String>) -> Self {
        Self(entries)
    }

    /// Fingerprints, each with a word for its verdict.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The digest of it, 64 hexadecimal digits: the same for the same findings with the same verdicts.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = blake3::Hasher::new();
        for (fingerprint, word) in &self.0 {
            hash.update(fingerprint.as_bytes());
            hash.update(b" ");
            hash.update(word.as_bytes());
            hash.update(b"\n");
        }
        hash.finalize().to_hex().to_string()
    }

    /// Whether it has anything that was not told before. What is mended since is no reason to write.
    #[must_use]
    pub fn adds_to(&self, before: &Self) -> bool {
        self.0
            .iter()
            .any(|(one, word)| before.0.get(one) != Some(word))
    }
}

/// The findings that a mail tells of, gravest first: those that count, and that more than an agreement is asked for.
pub(super) fn shown(report: &Report) -> impl Iterator<Item = &Finding> {
    let grave = |finding: &&Finding| finding.verdict >= Verdict::Review && !finding.preview;
    let waived = |finding: &&Finding| report.waived.contains_key(&finding.fingerprint);
    // What all who own it agreed with is settled.
    let open = |finding: &&Finding| {
        finding.verdict == Verdict::Break
            || !crate::approve::agreed(finding, report.approvals.as_deref().unwrap_or_default())
    };
    let decided = matches!(
        report.conclusion,
        Conclusion::Fail | Conclusion::NeedsApproval
    );
    let findings = report.findings.iter().filter(move |_| decided);
    findings
        .filter(grave)
        .filter(move |one| !waived(one))
        .filter(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{grown_constant, moved_field, report, standing};

    #[test]
    fn the_order_of_findings_is_no_part_of_it_and_their_values_are() {
        let other = Finding {
            fingerprint: "1".repeat(32),
            ..moved_field()
        };
        let one = Told::of(&report(vec![moved_field(), other.clone()], Vec::new()));
        let turned = Told::of(&report(vec![other.clone(), moved_field()], Vec::new()));
        assert_eq!((one.digest(), one.digest().len()), (turned.digest(), 64));
        let less = Told::of(&report(vec![other], Vec::new()));
        assert_ne!(one.digest(), less.digest());
        assert!(one.adds_to(&less) && !less.adds_to(&one) && !one.adds_to(&one));
        assert!(one.adds_to(&Told::default()));
    }

    #[test]
    fn what_does_not_count_is_not_told() {
        let preview = Finding {
            preview: true,
            ..moved_field()
        };
        let lint = Finding {
            verdict: Verdict::Lint,
            ..moved_field()
        };
        for finding in [preview, lint, grown_constant()] {
            let mut report = report(vec![finding], Vec::new());
            report.conclusion = Conclusion::Fail;
            assert_eq!(Told::of(&report), Told::default());
        }
        let mut waived = report(vec![moved_field()], Vec::new());
        let reason = crate::approve::Waived {
            reason: "none uses it".into(),
            expires: None,
        };
        waived.waived.insert(moved_field().fingerprint, reason);
        assert_eq!(Told::of(&waived), Told::default());
    }

    #[test]
    fn a_finding_that_somebody_agreed_with_since_is_nothing_new() {
        let mut open = report(vec![grown_constant()], Vec::new());
        let mut asked = standing("NET", "ann", "a.h");
        open.approvals = Some(vec![asked.clone()]);
        let before = Told::of(&open);
        assert_ne!(before, Told::default());
        asked.state = State::Satisfied;
        open.approvals = Some(vec![asked]);
        assert!(!Told::of(&open).adds_to(&before));
    }
}
