//! A range is gone through commit by commit: each finding is laid to the commit that made it.
//!
//! # Which commits are judged
//!
//! All commits of `A..B` are passed, parents before children, and only ids of trees are looked at. A
//! commit is judged where a file that exported headers are made from differs from its parent's; so the
//! cost grows with the number of such commits and not with the length of the range. A merge is judged
//! where such a file differs from that of *every* parent: a merge that only joins makes nothing, and what
//! its branches made is laid to their own commits. Of a judged merge, only what differs from every parent
//! is its own; it is told as against the parent for which it is gravest.
//!
//! # What a commit is measured against
//!
//! Its parent. The release is that of the range, or the base of the range where there is none: a name
//! that came within the range may change again within it.
//!
//! # What decides
//!
//! The comparison of A with B, as ever: its findings are the report's, and they alone count. A finding of
//! a commit that the whole range does not have, for a later commit took it back, is told apart.

use super::layouts::{self, Layouts};
use super::{Clock, Engine, Examined, PipelineError, Progress, Request, Workbench, assemble};
use crate::diff::Release;
use crate::judge::{Finding, Verdict};
use crate::report::Counts;
use crate::report::{self, Judgement, Report, TakenBack, Walk};
use crate::source::{Commit, CommitId, ReleaseChoice, Sides, Step};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

/// Checks a range, and lays what it finds to the commits of the range.
///
/// # Errors
/// As [`super::check`].
pub fn check_per_commit(
    request: &Request,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, PipelineError> {
    check_sides(request, engine, progress, |_| {})
}

/// The same, with names of the sides that are not those of the range.
pub(super) fn check_sides(
    request: &Request,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
    name: impl FnOnce(&mut Sides),
) -> Result<Report, PipelineError> {
    let mut clock = Clock::start();
    // Of the headers of single commits no progress is shown, only of commits.
    let walking = AtomicBool::new(false);
    let quiet = |step| {
        if !walking.load(Ordering::Relaxed) {
            progress(step);
        }
    };
    let bench = Workbench::new(request, engine, &quiet)?;
    let mut sides = layouts::sides(request)?;
    name(&mut sides);
    let steps = sides.walk()?;
    let (mut report, owners) = bench.found(&sides, &mut clock)?;
    walking.store(true, Ordering::Relaxed);
    if steps.is_empty() {
        let note = "The work tree is no commit: nothing was gone through commit by commit.";
        report.notes.push(note.to_owned());
        bench.approve(&mut report, &sides, owners, (None, &mut clock))?;
        report.timing = clock.stop(&bench.kept);
        return Ok(report);
    }
    let base = match sides.released()? {
        Some(released) => released.commit,
        None => sides.before.commit.clone(),
    };
    let release = base.map_or(ReleaseChoice::None, ReleaseChoice::Revision);
    let layouts = Layouts::find(&sides, &bench.choice)?;
    let concerned = touching(&layouts, &sides, &steps)?;
    let mut judged = Vec::new();
    for (done, step) in concerned.iter().enumerate() {
        let all = concerned.len();
        progress(Progress::Commits { done, all });
        judged.push(bench.judge(&sides, step, &release, &mut clock)?.0);
    }
    let walk = Walk {
        passed: steps.len(),
        examined: judged.iter().map(|made| named(&made.commit)).collect(),
        judgements: judgements(&judged),
        origins: origins(&report.findings, &judged),
        taken_back: taken_back(&bench, &sides, &report.findings, &judged)?,
    };
    report.notes.extend(notes(&report, &walk, &judged));
    report.walk = Some(walk);
    bench.approve(&mut report, &sides, owners, (Some(&judged), &mut clock))?;
    report.timing = clock.stop(&bench.kept);
    Ok(report)
}

/// A commit that touches what exported headers are made from, and what it made.
pub(super) struct Judged {
    pub id: CommitId,
    /// The (first) parent; `None` for the first commit of all.
    pub parent: Option<CommitId>,
    pub commit: Commit,
    pub findings: Vec<Finding>,
    /// What it comes to by itself.
    pub judgement: Judgement,
    /// What could not be read of the commit's change: header, declaration and reason.
    pub unread: Vec<(String, String, String)>,
}

/// The steps that are to be judged, in their order.
pub(super) fn touching<'s>(
    layouts: &Layouts,
    sides: &Sides,
    steps: &'s [Step],
) -> Result<Vec<&'s Step>, PipelineError> {
    let touches = |step: &'s Step| Ok(touches(layouts, sides, step)?.then_some(step));
    let found: Result<Vec<Option<&Step>>, PipelineError> = steps.par_iter().map(touches).collect();
    Ok(found?.into_iter().flatten().collect())
}

fn touches(layouts: &Layouts, sides: &Sides, step: &Step) -> Result<bool, PipelineError> {
    let exports = |id: Option<CommitId>| layouts.between(&sides.state(id)?);
    let after = exports(Some(step.id))?;
    let [first, others @ ..] = &step.parents[..] else {
        return Ok(!exports(None)?.unchanged(&after)?);
    };
    let before = exports(Some(*first))?;
    if others.is_empty() {
        return Ok(!before.unchanged(&after)?);
    }
    let mut own = before.touched(&after)?;
    for parent in others {
        if own.is_empty() {
            break;
        }
        let other = exports(Some(*parent))?.touched(&after)?;
        own.retain(|path| other.contains(path));
    }
    Ok(!own.is_empty())
}

impl Workbench<'_> {
    /// Judges a commit against its parents, of which one that is the same in all that matters is left out.
    pub(super) fn judge(
        &self,
        sides: &Sides,
        step: &Step,
        release: &ReleaseChoice,
        clock: &mut Clock,
    ) -> Result<(Judged, Vec<Examined>), PipelineError> {
        let parents: Vec<Option<CommitId>> = match step.parents.as_slice() {
            [] => vec![None],
            parents => parents.iter().copied().map(Some).collect(),
        };
        let mut against = Vec::new();
        for parent in &parents {
            let pair = sides.between(*parent, step.id, release.clone())?;
            against.extend(self.examine(&pair, clock)?);
        }
        let gaps = against.iter().flat_map(|found| &found.gaps);
        let unread: BTreeSet<(String, String, String)> = gaps
            .filter(|gap| gap.in_change)
            .map(|gap| (gap.header.clone(), gap.item.clone(), gap.reason.clone()))
            .collect();
        let findings = own_findings(&against);
        let gaps: Vec<_> = against
            .iter()
            .flat_map(|found| found.gaps.clone())
            .collect();
        let judged = Judged {
            judgement: Judgement {
                conclusion: assemble::conclude(&findings, &gaps),
                counts: Counts::of(&findings),
            },
            id: step.id,
            parent: step.parents.first().copied(),
            commit: sides.describe(step.id)?,
            findings,
            unread: unread.into_iter().collect(),
        };
        Ok((judged, against))
    }
}

fn judgements(judged: &[Judged]) -> BTreeMap<String, Judgement> {
    let each = judged.iter();
    each.map(|made| (made.commit.id.clone(), made.judgement))
        .collect()
}

/// What commits made, that later commits of the range took back.
fn taken_back(
    bench: &Workbench<'_>,
    sides: &Sides,
    findings: &[Finding],
    judged: &[Judged],
) -> Result<Vec<TakenBack>, PipelineError> {
    let mut spans = Spans {
        bench,
        sides,
        known: HashMap::new(),
    };
    let mut taken_back = Vec::new();
    for (at, made) in judged.iter().enumerate() {
        let lost = |finding: &&Finding| is_grave(finding) && !is_among(finding, findings);
        for finding in made.findings.iter().filter(lost) {
            if let Some(by) = spans.first_without(finding, made, &judged[at + 1..])? {
                taken_back.push(TakenBack {
                    finding: finding.clone(),
                    made_by: named(&made.commit),
                    by: named(&by.commit),
                });
            }
        }
    }
    Ok(taken_back)
}

/// What the state before a commit and that after a later one differ in.
struct Spans<'b, 'r> {
    bench: &'b Workbench<'r>,
    sides: &'b Sides,
    /// Judged once for all findings of a commit.
    known: HashMap<(Option<CommitId>, CommitId), Vec<Finding>>,
}

impl Spans<'_, '_> {
    /// The first of the later commits after which a finding of `made` is no longer there. Only those that
    /// have to do with its names are looked at, and only where they build on it.
    fn first_without<'j>(
        &mut self,
        finding: &Finding,
        made: &Judged,
        later: &'j [Judged],
    ) -> Result<Option<&'j Judged>, PipelineError> {
        for other in later {
            let concerned = other.findings.iter().any(|found| share(finding, found));
            if concerned
                && self.sides.is_descendant(other.id, made.id)?
                && !is_among(finding, self.findings(made.parent, other.id)?)
            {
                return Ok(Some(other));
            }
        }
        Ok(None)
    }

    fn findings(
        &mut self,
        before: Option<CommitId>,
        after: CommitId,
    ) -> Result<&[Finding], PipelineError> {
        use std::collections::hash_map::Entry;
        let entry = match self.known.entry((before, after)) {
            Entry::Occupied(known) => return Ok(known.into_mut()),
            Entry::Vacant(entry) => entry,
        };
        let pair = self.sides.between(before, after, ReleaseChoice::None)?;
        let found = self.bench.examine(&pair, &mut Clock::start())?;
        Ok(entry.insert(found.map(|found| found.findings).unwrap_or_default()))
    }
}

/// The findings of a commit: all of them against its one parent, and of a merge those about names that
/// differ from every parent.
fn own_findings(against: &[Examined]) -> Vec<Finding> {
    let lists: Vec<&[Finding]> = against.iter().map(|found| &found.findings[..]).collect();
    own(&lists)
}

fn own(lists: &[&[Finding]]) -> Vec<Finding> {
    let [first, others @ ..] = lists else {
        return Vec::new();
    };
    if others.is_empty() {
        return first.to_vec();
    }
    let subjects = |list: &[Finding]| -> BTreeMap<String, Verdict> {
        let mut gravest = BTreeMap::new();
        for finding in list {
            let verdict = gravest
                .entry(finding.subject.clone())
                .or_insert(Verdict::Ok);
            *verdict = finding.verdict.max(*verdict);
        }
        gravest
    };
    let named = |list: &[Finding], name: &String| list.iter().any(|f| names(f, name));
    let mut made = Vec::new();
    for (name, _) in subjects(&lists.concat()) {
        if !lists.iter().all(|list| named(list, &name)) {
            continue;
        }
        let gravest = lists
            .iter()
            .rev()
            .max_by_key(|list| subjects(list).get(&name).copied());
        let of_name = gravest.into_iter().flat_map(|list| list.iter());
        made.extend(of_name.filter(|finding| finding.subject == name).cloned());
    }
    made
}

/// Whether a finding is about a name, by itself or by what it drags along.
fn names(finding: &Finding, name: &str) -> bool {
    finding.subject == name || finding.affects.iter().any(|affected| affected == name)
}

/// Whether two findings have a name in common.
fn share(one: &Finding, other: &Finding) -> bool {
    names(other, &one.subject) || one.affects.iter().any(|name| names(other, name))
}

/// Whether one of the findings says as much about the name, or more. Not by rule and field: two breaks in
/// a row may look like one of another kind from afar.
fn is_among(finding: &Finding, findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|other| other.verdict >= finding.verdict && names(other, &finding.subject))
}

/// Whether it would matter to somebody who stops at the commit.
fn is_grave(finding: &Finding) -> bool {
    let released = finding.release == Release::Released;
    finding.verdict >= Verdict::Review && released && !finding.preview
}

/// The commit that made each finding, by fingerprint.
fn origins(findings: &[Finding], judged: &[Judged]) -> BTreeMap<String, report::Commit> {
    let origin = |finding: &Finding| {
        let made = made_by(finding, judged)?;
        Some((finding.fingerprint.clone(), named(&made.commit)))
    };
    findings.iter().filter_map(origin).collect()
}

/// The last commit that had the finding's own part in it, as exactly as that can be said.
fn made_by<'j>(finding: &Finding, judged: &'j [Judged]) -> Option<&'j Judged> {
    let last = |fits: &dyn Fn(&Finding) -> bool| {
        let has = |made: &&Judged| made.findings.iter().any(fits);
        judged.iter().rev().find(has)
    };
    let place =
        |other: &Finding| other.subject == finding.subject && other.member == finding.member;
    let rule = |other: &Finding| place(other) && other.rule == finding.rule;
    // The same end by another rule: a second step of a change is not always judged as its first.
    let end = |other: &Finding| place(other) && other.after == finding.after;
    last(&|other| rule(other) && end(other))
        .or_else(|| last(&end))
        .or_else(|| last(&rule))
        .or_else(|| last(&place))
        .or_else(|| last(&|other| names(other, &finding.subject)))
}

/// A commit as reports name it.
pub(super) fn named(commit: &Commit) -> report::Commit {
    report::Commit {
        id: commit.id.clone(),
        subject: commit.subject.clone(),
        date: commit.date.clone(),
    }
}

fn notes(report: &Report, walk: &Walk, judged: &[Judged]) -> Vec<String> {
    let mut notes = Vec::new();
    let shown = report
        .findings
        .iter()
        .filter(|finding| finding.verdict > Verdict::Ok);
    let orphans = shown.filter(|finding| !walk.origins.contains_key(&finding.fingerprint));
    match orphans.count() {
        0 => {}
        number => notes.push(format!(
            "No commit of the range made {number} of the findings by itself: several did together, or \
             the base is no ancestor of the head and has what the head lacks."
        )),
    }
    for made in judged.iter().filter(|made| !made.unread.is_empty()) {
        let headers: BTreeSet<&str> = made.unread.iter().map(|(h, _, _)| h.as_str()).collect();
        let headers: Vec<&str> = headers.into_iter().take(5).collect();
        notes.push(format!(
            "In commit {:.12} not all could be read ({}): what it made may be laid to a later one.",
            made.commit.id,
            headers.join(", ")
        ));
    }
    notes
}

#[cfg(test)]
#[path = "commits_tests.rs"]
mod tests;
