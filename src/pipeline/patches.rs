//! A series of patches becomes a range in a place of its own, which is gone through commit by commit.
//!
//! What can't be applied or was not there to be read is told, and makes the run undecided: a pass speaks of
//! all of a series. Knows no mail and no diff: see [`crate::apply`].

use super::commits;
use super::{Engine, PipelineError, Progress, Request, answers, assemble, bases};
use crate::apply::{self, Applied, Done, Hints, NotApplied, Rule, Tried};
use crate::approve::State;
use crate::mail::{Patch, Series};
use crate::report::phrases;
use crate::report::{self, BaseRule, Conclusion, HowApplied, PatchVerdict, Report, Revision};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Instant;

/// Bases that are named where a series applies to none.
const TRIED_SHOWN: usize = 6;
/// Directories whose files headers are made from. A binary file has no place there.
const HEADERS: [&str; 3] = ["include/", "arch/", "scripts/"];

/// The patches to check.
pub struct PatchSet {
    /// The series.
    pub series: Series,
    /// The commit that it stands on, where the user says so.
    pub base: Option<String>,
    /// Words of subjects, and the revision that each stands for; these stand over those of the repository.
    pub trees: Vec<(String, String)>,
    /// What else was there and could not be read, one sentence each without a full stop.
    pub unread: Vec<String>,
}

/// Checks a series of patches: the whole, and each by itself. `repository` of the request is that of the base;
/// its `range` is not looked at.
///
/// # Errors
/// As [`super::check`]. A series that does not apply is no error: the report is undecided and says why.
pub fn check_patches(
    request: Request,
    set: &PatchSet,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, PipelineError> {
    let start = Instant::now();
    progress(Progress::Stage("applying patches"));
    let series = &set.series;
    let trees = bases::hints(&request.repository, set)?;
    let hints = Hints {
        named: set.base.as_deref(),
        base_commit: series.base.commit.as_deref(),
        trees: &trees,
    };
    let mut problems = problems(set);
    let mut report = match apply::apply(&request.repository, &series.patches, hints)? {
        Done::Applied(applied) => {
            problems.extend(binary(&applied));
            let mut report = check_applied(request, &applied, series, engine, progress)?;
            report.notes.extend(notes(&applied, series));
            report
        }
        Done::Nowhere { tried, fault } => {
            problems.push(nowhere(&tried, fault.as_ref()));
            not_applied(&request, series)
        }
    };
    report.timing.total = super::clock::milliseconds(start);
    if let Some(told) = &mut report.series {
        told.problems = problems;
        if !told.problems.is_empty() && report.conclusion != Conclusion::Fail {
            report.conclusion = Conclusion::Undecided;
        }
    }
    Ok(report)
}

fn check_applied(
    request: Request,
    applied: &Applied,
    series: &Series,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, PipelineError> {
    let request = Request {
        repository: applied.scratch.path().to_owned(),
        range: Some(format!("{}..{}", applied.base.commit, applied.tip)),
        said: answers::words(series, &applied.commits, Timestamp::now().as_second()),
        ..request
    };
    let name = |sides: &mut crate::source::Sides| {
        sides.before.name.clone_from(&applied.base.name);
        sides.after.name = patches(series);
    };
    let mut report = commits::check_sides(&request, engine, progress, name)?;
    let given = report
        .approvals
        .iter()
        .flatten()
        .flat_map(|standing| &standing.by);
    if given.into_iter().any(|given| !given.claimed) {
        report.notes.push(answers::BY_ADDRESS.to_owned());
    }
    // No repository has it.
    report.head.commit = None;
    let commits = series.patches.iter().zip(&applied.commits);
    let verdicts = commits.map(|(patch, commit)| verdict(&report, patch, commit));
    report.series = Some(report::Series {
        version: series.version,
        base: Some(rule(applied.base.rule)),
        patches: verdicts.collect(),
        problems: Vec::new(),
    });
    Ok(report)
}

/// The report of a series that nothing could be compared of.
fn not_applied(request: &Request, series: &Series) -> Report {
    let revision = |name: String| Revision { name, commit: None };
    let unapplied = |patch: &Patch| PatchVerdict {
        commit: None,
        applied: None,
        conclusion: Conclusion::Undecided,
        ..plain(patch)
    };
    let base = revision("no base".to_owned());
    let mut report = assemble::nothing(base, revision(patches(series)), request);
    report.series = Some(report::Series {
        version: series.version,
        base: None,
        patches: series.patches.iter().map(unapplied).collect(),
        problems: Vec::new(),
    });
    report
}

/// The series as the report names it.
fn patches(series: &Series) -> String {
    match series.patches.len() {
        1 => "1 patch".to_owned(),
        number => format!("{number} patches"),
    }
}

fn plain(patch: &Patch) -> PatchVerdict {
    PatchVerdict {
        position: patch.position,
        of: patch.of,
        subject: patch.message.lines().next().unwrap_or_default().to_owned(),
        message_id: patch.message_id.clone(),
        commit: None,
        applied: None,
        conclusion: Conclusion::Pass,
        summary: report::Counts::default(),
    }
}

/// What a patch comes to by itself. Where somebody has still to agree with something of it, it does not pass.
fn verdict(report: &Report, patch: &Patch, commit: &apply::Commit) -> PatchVerdict {
    let walk = report.walk.as_ref();
    let judgement = walk.and_then(|walk| walk.judgements.get(&commit.id));
    let open = report.approvals.iter().flatten();
    let open = open.filter(|standing| standing.state != State::Satisfied);
    let open: BTreeSet<&String> = open.flat_map(|standing| &standing.fingerprints).collect();
    let made_here = |fingerprint: &&String| {
        let origin = walk.and_then(|walk| walk.origins.get(*fingerprint));
        origin.is_some_and(|origin| origin.id == commit.id)
    };
    let conclusion = judgement.map_or(Conclusion::Pass, |judgement| judgement.conclusion);
    PatchVerdict {
        commit: Some(commit.id.clone()),
        applied: Some(match commit {
            apply::Commit { is_empty: true, .. } => HowApplied::AlreadyThere,
            apply::Commit { merged: true, .. } => HowApplied::Merged,
            _ => HowApplied::AsIs,
        }),
        conclusion: match conclusion {
            Conclusion::Pass if open.iter().copied().any(|one| made_here(&one)) => {
                Conclusion::NeedsApproval
            }
            conclusion => conclusion,
        },
        summary: judgement
            .map(|judgement| judgement.counts)
            .unwrap_or_default(),
        ..plain(patch)
    }
}

fn rule(rule: Rule) -> BaseRule {
    match rule {
        Rule::Named => BaseRule::Named,
        Rule::BaseCommit => BaseRule::BaseCommit,
        Rule::Tag => BaseRule::Tag,
        Rule::Tree => BaseRule::Tree,
        Rule::Blobs => BaseRule::Blobs,
        Rule::Applies => BaseRule::Applies,
    }
}

/// What of a series was not there to be applied.
fn problems(set: &PatchSet) -> Vec<String> {
    let series = &set.series;
    let of = series.expected;
    let missing = series.missing.iter();
    let missing = missing.map(|position| format!("patch {position}/{of} is missing"));
    let doubled = series.doubled.iter().map(|position| {
        format!(
            "two mails with different diffs are patch {position}/{of}; the earlier one was taken"
        )
    });
    let unread = set.unread.iter().cloned();
    missing.chain(doubled).chain(unread).collect()
}

/// Binary files, which are not applied. Where headers lie, that leaves something unseen.
fn binary(applied: &Applied) -> Vec<String> {
    let concerns = |name: &str| {
        name.ends_with(".h") || HEADERS.iter().any(|directory| name.starts_with(directory))
    };
    let told = |commit: &apply::Commit| {
        let names: Vec<String> = commit
            .binary
            .iter()
            .filter(|name| concerns(name))
            .cloned()
            .collect();
        let list = phrases::list(&names, TRIED_SHOWN);
        let position = commit.position;
        (!names.is_empty())
            .then(|| format!("patch {position} has binary changes, which are not applied: {list}"))
    };
    applied.commits.iter().filter_map(told).collect()
}

/// Why a series could not be examined at all.
fn nowhere(tried: &[Tried], fault: Option<&NotApplied>) -> String {
    if let Some(fault) = fault {
        return format!("it can't be applied anywhere: {fault}");
    }
    if tried.is_empty() {
        return "the repository has no commit to apply it to: name one with --base REV".to_owned();
    }
    let shown = tried.iter().take(TRIED_SHOWN).map(attempt);
    let shown: Vec<String> = shown.collect();
    let more = match tried.len().saturating_sub(TRIED_SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!(
        "it applies to none of the bases that were tried (--base REV names another): {}{more}",
        shown.join("; ")
    )
}

fn attempt(tried: &Tried) -> String {
    let Tried { base, why } = tried;
    let id: String = base.commit.chars().take(12).collect();
    match base.name == id {
        true => format!("on {id}, {why}"),
        false => format!("on {} ({id}), {why}", base.name),
    }
}

fn notes(applied: &Applied, series: &Series) -> Vec<String> {
    let mut notes = Vec::new();
    let base = &applied.base;
    let told = series.base.commit.as_deref();
    let known = |id: &&str| {
        let mut bases = applied.tried.iter().map(|tried| &tried.base).chain([base]);
        bases.any(|base| base.commit.starts_with(*id))
    };
    if let Some(id) = told.filter(|id| base.rule != Rule::Named && !known(id)) {
        notes.push(format!(
            "The series says that it stands on {id:.12}, which this repository does not have."
        ));
    }
    notes.extend(
        applied
            .tried
            .iter()
            .take(TRIED_SHOWN)
            .map(|tried| format!("The series was tried elsewhere before: {}.", attempt(tried))),
    );
    let needs = &series.base;
    if !(needs.patches.is_empty() && needs.messages.is_empty() && needs.changes.is_empty()) {
        notes.push(
            "The series names patches that it needs; where the base lacks them, it was examined without."
                .to_owned(),
        );
    }
    if !series.carried.is_empty() {
        let positions: Vec<String> = series.carried.iter().map(u32::to_string).collect();
        notes.push(format!(
            "Not in this version and taken from an earlier one: patch {}.",
            phrases::list(&positions, 12)
        ));
    }
    for commit in applied
        .commits
        .iter()
        .filter(|commit| !commit.binary.is_empty())
    {
        notes.push(format!(
            "Patch {} has binary changes, which were left out: {}.",
            commit.position,
            phrases::list(&commit.binary, TRIED_SHOWN)
        ));
    }
    notes
}
