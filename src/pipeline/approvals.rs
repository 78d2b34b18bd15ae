//! What a state says of owners becomes the approvals of the report of a change.
//!
//! MAINTAINERS, .mailmap and .uapi-check.yaml are read from the state **before**, or from the one that the request
//! names ([`super::Authority`]): what the change itself does to them counts for nothing, and is told in a note. Judges
//! nothing; see [`crate::approve`].

use super::commits::Judged;
use super::series::{self, Series};
use super::{PipelineError, assemble};
use crate::approve::{
    self, Approval, Ground, Mailmap, Maintainers, Policy, Standing, Touched, Waived, Waivers,
    Warning,
};
use crate::judge::{Finding, Verdict};
use crate::report::{Conclusion, Report};
use crate::source::{Sides, SourceError, State};
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

const MAINTAINERS: &str = "MAINTAINERS";
const MAILMAP: &str = ".mailmap";
pub(super) const SETTINGS: &str = ".uapi-check.yaml";
/// Warnings that a note names.
const WARNINGS_SHOWN: usize = 3;

/// Who owns what, as a state says.
#[derive(Default)]
pub(super) struct Owners {
    pub maintainers: Maintainers,
    mailmap: Mailmap,
}

impl Owners {
    /// `None` where the state does not say.
    pub(super) fn read(state: &State) -> Result<Option<Self>, SourceError> {
        let Some(maintainers) = readable(state, MAINTAINERS)? else {
            return Ok(None);
        };
        let files = &state.files;
        // A pattern that can't be looked up is one that names no directory.
        let is_directory = |path: &str| {
            matches!(files.file(path), Ok(None)) && matches!(files.id(path), Ok(Some(_)))
        };
        let mut owners = Self::default();
        match maintainers {
            Ok(text) => owners.maintainers = Maintainers::parse(&text, &is_directory),
            Err(warning) => owners.maintainers.warnings.push(warning),
        }
        match readable(state, MAILMAP)?.unwrap_or_else(|| Ok(Arc::default())) {
            Ok(text) => owners.mailmap = Mailmap::parse(&text),
            Err(warning) => owners.mailmap.warnings.push(warning),
        }
        Ok(Some(owners))
    }
}

/// A file's text, or what to say of one that is too large to be read: then it names nobody.
type Text = Result<Arc<[u8]>, Warning>;

fn readable(state: &State, path: &str) -> Result<Option<Text>, SourceError> {
    match read(state, path) {
        Err(SourceError::TooLarge { what, .. }) => Ok(Some(Err(Warning {
            line: 1,
            problem: format!("the file is too large to be read ({what})"),
        }))),
        text => Ok(text?.map(Ok)),
    }
}

/// Owners that are read while the headers are.
pub(super) struct Begun {
    /// What says who they are.
    state: State,
    reading: Option<JoinHandle<Result<Option<Owners>, SourceError>>>,
}

impl Begun {
    /// Begins to read those of a state.
    pub fn of(state: State) -> Self {
        let of = state.clone();
        // Where there is no thread to be had, they are read when they are wanted.
        let reading = Builder::new().spawn(move || Owners::read(&of)).ok();
        Self { state, reading }
    }

    fn end(self) -> Result<Option<Owners>, SourceError> {
        match self.reading {
            Some(thread) => thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            None => Owners::read(&self.state),
        }
    }
}

/// What is known of agreement besides what a state says.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// What people said, of findings, commits or the whole.
    pub said: &'k [Approval],
    /// What each commit made, where the run went commit by commit.
    pub judged: Option<&'k [Judged]>,
}

/// Adds to a report who must agree with what it found, and what that means for the whole.
pub(super) fn add(
    report: &mut Report,
    sides: &Sides,
    owners: Begun,
    known: Known<'_>,
) -> Result<(), PipelineError> {
    let policy = policy(&owners.state)?;
    let series = series::read(sides, report, known.said, known.judged)?;
    let name = &owners.state.name.clone();
    let owners = owners.end()?;
    // Without MAINTAINERS, there may still be those whom the repository's own settings name.
    let owners = owners.or_else(|| policy.names_people().then(Owners::default));
    if owners.is_none() {
        let note = format!("{name} has no {MAINTAINERS}: nothing says who must agree.");
        report.notes.push(note);
    }
    report.approvals = owners.map(|owners| standings(report, name, &owners, &policy, &series));
    waive(report, &policy, &series);
    report.conclusion = conclude(report);
    Ok(())
}

/// Takes more findings as they are, and tells what the report then comes to. What is waived already stays so.
pub fn settle(report: &mut Report, waived: BTreeMap<String, Waived>) {
    for (fingerprint, why) in waived {
        report.waived.entry(fingerprint).or_insert(why);
    }
    report.conclusion = conclude(report);
}

/// What the findings come to that still count, and whether somebody has still to agree.
fn conclude(report: &Report) -> Conclusion {
    let standings = report.approvals.as_deref().unwrap_or_default();
    let counted = |finding: &&Finding| {
        let waived = report.waived.contains_key(&finding.fingerprint);
        // What a maintainer has to judge is judged where all who own it agreed.
        let judged = finding.verdict == Verdict::Review && approve::agreed(finding, standings);
        !waived && !judged
    };
    let found = assemble::conclude(report.findings.iter().filter(counted), &report.gaps);
    let open = |standing: &Standing| standing.state != approve::State::Satisfied;
    match found {
        Conclusion::Pass if standings.iter().any(open) => Conclusion::NeedsApproval,
        found => found,
    }
}

/// Who must agree. `name` is that of the state that says who owns what.
fn standings(
    report: &mut Report,
    name: &str,
    Owners {
        maintainers,
        mailmap,
    }: &Owners,
    policy: &Policy,
    series: &Series,
) -> Vec<Standing> {
    report
        .notes
        .extend(unusable(name, MAINTAINERS, &maintainers.warnings));
    report
        .notes
        .extend(unusable(name, MAILMAP, &mailmap.warnings));
    let touched = touched(report);
    let lists = touched
        .iter()
        .flat_map(|touched| policy.copy_to(&touched.path));
    let lists: BTreeSet<&str> = lists.collect();
    report.copy_to = lists.into_iter().map(str::to_owned).collect();
    let ground = Ground {
        maintainers,
        mailmap,
        policy,
        authors: series.authors.as_deref(),
    };
    let standings = approve::standings(&touched, &ground, &series.said);
    if series.authors.is_none() && !standings.is_empty() {
        report.notes.push(series::NOBODY_KNOWN.to_owned());
    }
    standings
}

/// Marks the findings that the repository, or all who own them, take as they are.
fn waive(report: &mut Report, policy: &Policy, series: &Series) {
    let standings = report.approvals.as_deref().unwrap_or_default();
    let waivers = (policy.waivers.as_slice(), series.asked.as_slice());
    // The day is that of UTC, which is the same for everybody.
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    let Waivers { waived, notes } = approve::waive(&report.findings, waivers, standings, today);
    report.notes.extend(notes);
    report.waived = waived;
}

/// Each finding in each of its files.
fn touched(report: &Report) -> Vec<Touched> {
    let each = report.findings.iter().flat_map(|finding| {
        let paths = report.files.get(&finding.fingerprint).into_iter().flatten();
        paths.map(|path| Touched {
            path: path.clone(),
            fingerprint: finding.fingerprint.clone(),
            verdict: finding.verdict,
        })
    });
    each.collect()
}

pub(super) fn read(state: &State, path: &str) -> Result<Option<Arc<[u8]>>, SourceError> {
    let file = state.files.file(path)?;
    file.map(|file| state.files.read(&file)).transpose()
}

pub(super) fn policy(state: &State) -> Result<Policy, PipelineError> {
    let policy = Policy::embedded();
    let Some(text) = read(state, SETTINGS)? else {
        return Ok(policy);
    };
    let name = match state.commit {
        Some(_) => format!("{}:{SETTINGS}", state.name),
        None => SETTINGS.to_owned(),
    };
    Ok(policy.with_settings(&name, &text)?)
}

/// What to say where a change edits what tells who must agree with it.
pub(super) fn edited(sides: &Sides, authority: &State) -> Result<Option<String>, SourceError> {
    let mut edited = Vec::new();
    for path in [MAINTAINERS, MAILMAP, SETTINGS] {
        if sides.before.files.id(path)? != sides.after.files.id(path)? {
            edited.push(path);
        }
    }
    let names = edited.join(" and ");
    let there = match authority.commit == sides.before.commit {
        true => "what stood there before it".to_owned(),
        false => format!("what stands there in {}", authority.name),
    };
    Ok((!edited.is_empty())
        .then(|| format!("The change edits {names}; who must agree is told by {there}.")))
}

/// What to say of lines that could not be used.
fn unusable(name: &str, path: &str, warnings: &[Warning]) -> Option<String> {
    let shown = warnings.iter().take(WARNINGS_SHOWN);
    let shown = shown.map(|warning| format!("line {}: {}", warning.line, warning.problem));
    let mut lines: Vec<String> = shown.collect();
    if warnings.len() > WARNINGS_SHOWN {
        lines.push(format!("and {} more", warnings.len() - WARNINGS_SHOWN));
    }
    (!lines.is_empty()).then(|| {
        let lines = lines.join("; ");
        format!("Lines of {name}:{path} can't be used, and the rest of it is: {lines}.")
    })
}
