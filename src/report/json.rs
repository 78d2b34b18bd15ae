//! A report becomes the JSON document of `schema_version` 1, and that document's JSON Schema.
//!
//! The types here are the contract with other programs: keys are added, never renamed or taken away,
//! without a new version. The same report gives the same bytes, but for the timing. Knows no wording.

mod document;

use super::phrases;
use super::unseen::UNSEEN;
use super::{Counts, Report, Walk};
use crate::judge::{Finding, Verdict};
use crate::model::Gap;
use crate::report;
pub use document::{ApprovalEntry, Document, Entry, GapEntry, SCHEMA_VERSION, State};
use document::{
    Base, CacheUse, Commits, Examined, LeftOut, NotExamined, Series, TakenBack, Timing, Variant,
    Witness,
};
pub(super) use document::{Standing, Tool};

/// The document, as a value to serialise. `ok` findings are in it with `all`.
pub fn document(report: &Report, all: bool) -> Document {
    let findings = report.findings.iter();
    let shown = findings.filter(|finding| all || finding.verdict != Verdict::Ok);
    let targets = &report.examined.targets;
    Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool::new(&report.libclang, &report.sandbox),
        base: Base {
            state: (&report.base).into(),
            chosen_by: report.series.as_ref().and_then(|series| series.base),
        },
        head: (&report.head).into(),
        released: report.released.as_ref().map(State::from),
        conclusion: report.conclusion,
        summary: Counts::of(&report.findings),
        findings: shown.map(|finding| entry(report, finding)).collect(),
        commits: report.walk.as_ref().map(|walk| commits(report, walk)),
        series: report.series.as_ref().map(series),
        approvals: approval_entries(report),
        copy_to: report.copy_to.clone(),
        examined: examined(report),
        gaps: report
            .gaps
            .iter()
            .map(|gap| gap_entry(gap, targets))
            .collect(),
        not_examined: not_examined(),
        notes: report.notes.clone(),
        records: report.records.clone(),
        timing_ms: timing(report),
    }
}

/// The document as text, indented by two blanks, with a line break at its end.
///
/// # Errors
/// Where a value has no form in JSON.
pub fn render(report: &Report, all: bool) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&document(report, all))?;
    text.push('\n');
    Ok(text)
}

/// The JSON Schema of the document.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Document)
}

/// Who must agree, as the document has it.
pub(super) fn approval_entries(report: &Report) -> Vec<ApprovalEntry> {
    let standings = report.approvals.iter().flatten();
    let entries = standings.map(|standing| ApprovalEntry {
        section: standing.section.clone(),
        paths: standing.paths.clone(),
        state: standing.state,
        need: standing.need.clone(),
        who: standing.who.clone(),
        by: standing.by.clone(),
        fingerprints: standing.fingerprints.clone(),
    });
    entries.collect()
}

fn series(series: &report::Series) -> Series {
    Series {
        version: series.version,
        patches: series.patches.clone(),
        problems: series.problems.clone(),
    }
}

fn entry(report: &Report, finding: &Finding) -> Entry {
    let place = phrases::place(finding);
    let path = place.and_then(|place| phrases::path(report, place.side, &place.header));
    Entry {
        fingerprint: finding.fingerprint.clone(),
        rule: finding.rule.clone(),
        verdict: finding.verdict,
        breaks: finding.breaks,
        preview: finding.preview,
        subject: finding.subject.clone(),
        member: finding.member.clone(),
        header: finding.header.clone(),
        path: path.map(str::to_owned),
        line: place.map(|place| place.line).filter(|line| *line > 0),
        side: place.map(|place| place.side),
        targets: targets(&finding.targets, finding.everywhere),
        before: finding.before.clone(),
        after: finding.after.clone(),
        variants: finding.variants.iter().map(variant).collect(),
        title: finding.title.clone(),
        message: finding.message.clone(),
        why: finding.why.clone(),
        see: finding.see.clone(),
        evidence_wanted: finding.evidence_wanted.clone(),
        affects: finding.affects.clone(),
        release: finding.release.into(),
        commit: phrases::origin(report, finding).cloned(),
        waived: report.waived.get(&finding.fingerprint).cloned(),
        evidence: Vec::new(),
        witness: finding.witness.as_ref().map(|witness| Witness {
            code: witness.code.clone(),
            confirmed: witness.confirmed,
        }),
    }
}

fn commits(report: &Report, walk: &Walk) -> Commits {
    let taken_back = walk.taken_back.iter().map(|taken| TakenBack {
        finding: Entry {
            commit: Some(taken.made_by.clone()),
            ..entry(report, &taken.finding)
        },
        taken_back_by: taken.by.clone(),
    });
    Commits {
        passed: walk.passed,
        examined: walk.examined.clone(),
        taken_back: taken_back.collect(),
    }
}

fn variant(variant: &crate::judge::Variant) -> Variant {
    Variant {
        targets: variant.targets.clone(),
        before: variant.before.clone(),
        after: variant.after.clone(),
    }
}

fn targets(names: &[String], everywhere: bool) -> Vec<String> {
    if everywhere {
        vec!["all".to_owned()]
    } else {
        names.to_vec()
    }
}

fn gap_entry(gap: &Gap, all: &[String]) -> GapEntry {
    GapEntry {
        header: gap.header.clone(),
        item: gap.item.clone(),
        targets: targets(&gap.targets, phrases::covers_all(&gap.targets, all)),
        side: gap.side,
        reason: gap.reason.clone(),
        in_change: gap.in_change,
    }
}

fn examined(report: &Report) -> Examined {
    let examined = &report.examined;
    let left_out = examined.targets_left_out.iter();
    Examined {
        targets: examined.targets.clone(),
        targets_left_out: left_out
            .map(|(target, reason)| LeftOut {
                target: target.clone(),
                reason: reason.clone(),
            })
            .collect(),
        headers: examined.headers,
        affected: examined.affected,
        rules: examined.rules,
        layout: examined.layout.clone(),
        asm_stubs: examined.stubs.clone(),
    }
}

fn not_examined() -> Vec<NotExamined> {
    let entries = UNSEEN.iter().map(|entry| NotExamined {
        id: entry.id.to_owned(),
        what: entry.what.to_owned(),
    });
    entries.collect()
}

fn timing(report: &Report) -> Timing {
    let timing = report.timing;
    Timing {
        total: timing.total,
        tree: timing.tree,
        extract: timing.extract,
        diff: timing.diff,
        judge: timing.judge,
        approve: timing.approve,
        cache: CacheUse {
            hits: timing.cache.hits,
            misses: timing.cache.misses,
        },
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
