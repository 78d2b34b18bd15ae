//! A report becomes what is said of each patch in a check, and the findings that a mail would be about.
//!
//! Each patch has its own verdict; the last one stands for the whole series, too. Pure. Next: `decide`.

use super::check::{CheckState, Said};
use crate::approve::{self, Standing, State};
use crate::judge::{self, Finding};
use crate::reply::Told;
use crate::report::{Conclusion, PatchVerdict, Report, Series};
use std::collections::{BTreeMap, BTreeSet};

/// Sections that a check names.
const SECTIONS_SHOWN: usize = 2;

/// What is said of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub conclusion: Conclusion,
    /// What is said of each patch, in order.
    pub patches: Vec<PatchSays>,
    /// What a mail would tell.
    pub told: Told,
    /// A hash of all that is said; the same for another version that comes to the same.
    pub digest: String,
}

/// What is said of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchSays {
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// Whether it breaks programs.
    pub verdict: Said,
    /// Whether those who must have agreed.
    pub approvals: Said,
}

/// Tells what is said of the series of a report; nothing of a report that is not of a series.
pub fn verdict(report: &Report) -> Verdict {
    let seen = Seen::of(report);
    let series = report.series.as_ref();
    let each = series.iter().flat_map(|series| &series.patches);
    let last = series.and_then(|series| series.patches.last());
    let says = |patch: &PatchVerdict| match series.filter(|_| last == Some(patch)) {
        Some(series) => PatchSays {
            message_id: patch.message_id.clone(),
            verdict: seen.whole(series),
            approvals: seen.agreed(None),
        },
        None => PatchSays {
            message_id: patch.message_id.clone(),
            verdict: seen.patch(patch),
            approvals: seen.agreed(Some(patch)),
        },
    };
    let patches: Vec<PatchSays> = each.map(says).collect();
    Verdict {
        conclusion: report.conclusion,
        told: Told::of(report),
        digest: digest(report, &seen, &patches),
        patches,
    }
}

/// What of a report counts.
struct Seen<'r> {
    report: &'r Report,
    standings: &'r [Standing],
    /// Findings that are neither waived, nor of a rule in preview, nor settled by those who own them.
    counted: Vec<&'r Finding>,
    /// The commit that made each finding, by fingerprint.
    origins: BTreeMap<&'r str, &'r str>,
}

impl<'r> Seen<'r> {
    fn of(report: &'r Report) -> Self {
        let standings = report.approvals.as_deref().unwrap_or_default();
        let origins = report.walk.iter().flat_map(|walk| &walk.origins);
        Self {
            report,
            standings,
            counted: counted(report),
            origins: origins
                .map(|(fingerprint, commit)| (fingerprint.as_str(), commit.id.as_str()))
                .collect(),
        }
    }

    fn is_of(&self, fingerprint: &str, patch: &PatchVerdict) -> bool {
        let origin = self.origins.get(fingerprint).copied();
        origin.is_some() && origin == patch.commit.as_deref()
    }

    /// What the series comes to.
    fn whole(&self, series: &Series) -> Said {
        if self.report.conclusion == Conclusion::Undecided {
            let why = series.problems.first().map(String::as_str);
            let why = why.unwrap_or("part of the change could not be read");
            return Said::new(CheckState::Warning, format!("not examined: {why}"));
        }
        said(&self.counted, "the series")
    }

    /// What a patch comes to by itself.
    fn patch(&self, patch: &PatchVerdict) -> Said {
        if patch.conclusion == Conclusion::Undecided {
            let text = "not examined: see the last patch".to_owned();
            return Said::new(CheckState::Warning, text);
        }
        let counted = self.counted.iter().copied();
        let own: Vec<&Finding> = counted
            .filter(|found| self.is_of(&found.fingerprint, patch))
            .collect();
        let own = said(&own, "the patch");
        let walk = self.report.walk.iter();
        let mut taken_back = walk.flat_map(|walk| &walk.taken_back);
        let broke = taken_back.any(|taken| {
            let grave = taken.finding.verdict == judge::Verdict::Break;
            grave && Some(&taken.made_by.id) == patch.commit.as_ref()
        });
        match broke && own.state != CheckState::Fail {
            true => Said::new(
                CheckState::Warning,
                "a break that a later patch takes back: whoever bisects will meet it".to_owned(),
            ),
            false => own,
        }
    }

    /// Whether those who must have agreed with a patch, or with all of it.
    fn agreed(&self, patch: Option<&PatchVerdict>) -> Said {
        let concerns = |standing: &&Standing| {
            patch.is_none_or(|patch| {
                let mut fingerprints = standing.fingerprints.iter();
                fingerprints.any(|fingerprint| self.is_of(fingerprint, patch))
            })
        };
        let standings: Vec<&Standing> = self.standings.iter().filter(concerns).collect();
        let named = |state: State| {
            let of = standings.iter().filter(|standing| standing.state == state);
            let names: Vec<String> = of.map(|standing| title(standing)).collect();
            (!names.is_empty()).then(|| crate::report::phrases::list(&names, SECTIONS_SHOWN))
        };
        if self.report.approvals.is_none() && !self.report.findings.is_empty() {
            let text = "nothing in the base says who must agree".to_owned();
            return Said::new(CheckState::Warning, text);
        }
        if let Some(names) = named(State::Blocked) {
            return Said::new(CheckState::Warning, format!("objection: {names}"));
        }
        if let Some(names) = named(State::Missing) {
            return Said::new(CheckState::Pending, format!("to agree: {names}"));
        }
        if let Some(names) = named(State::UnknownOwner) {
            return Said::new(CheckState::Warning, format!("nobody is known for {names}"));
        }
        match named(State::Satisfied) {
            Some(names) => Said::new(CheckState::Success, format!("agreed: {names}")),
            None => Said::new(CheckState::Success, "nobody has to agree".to_owned()),
        }
    }
}

/// The findings that count: neither waived, nor of a rule in preview, nor settled by those who own them.
pub fn counted(report: &Report) -> Vec<&Finding> {
    let standings = report.approvals.as_deref().unwrap_or_default();
    let counts = |finding: &&Finding| {
        let settled =
            finding.verdict == judge::Verdict::Review && approve::agreed(finding, standings);
        !finding.preview && !settled && !report.waived.contains_key(&finding.fingerprint)
    };
    report.findings.iter().filter(counts).collect()
}

/// A section, or the files that none has.
pub fn title(standing: &Standing) -> String {
    match standing.section.is_empty() {
        true => crate::report::phrases::list(&standing.paths, 1),
        false => standing.section.clone(),
    }
}

fn said(findings: &[&Finding], what: &str) -> Said {
    let number = |verdict| {
        let of = findings.iter().filter(|found| found.verdict == verdict);
        of.count()
    };
    let first = |verdict| {
        let mut of = findings.iter().filter(|found| found.verdict == verdict);
        of.next().map_or("", |found| found.message.as_str())
    };
    let (breaks, review) = (
        number(judge::Verdict::Break),
        number(judge::Verdict::Review),
    );
    match (breaks, review) {
        (0, 0) => Said::new(CheckState::Success, format!("{what} breaks nothing")),
        (0, number) => Said::new(
            CheckState::Warning,
            format!("{number} to review: {}", first(judge::Verdict::Review)),
        ),
        (number, _) => Said::new(
            CheckState::Fail,
            format!("{number} break: {}", first(judge::Verdict::Break)),
        ),
    }
}

/// No Message-ID is in it: another version may come to the same.
fn digest(report: &Report, seen: &Seen<'_>, patches: &[PatchSays]) -> String {
    let counted = seen.counted.iter();
    let counted: BTreeSet<_> = counted
        .map(|found| (&found.fingerprint, found.verdict))
        .collect();
    let standings = seen.standings.iter();
    let standings: BTreeSet<_> = standings
        .map(|standing| (title(standing), standing.state))
        .collect();
    let patches: Vec<_> = patches
        .iter()
        .map(|patch| (&patch.verdict, &patch.approvals))
        .collect();
    let text = format!(
        "{:?} {counted:?} {standings:?} {patches:?}",
        report.conclusion
    );
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
