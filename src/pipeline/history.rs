//! A range becomes the life of every name in it: added, changed, broken, restored, removed.
//!
//! The commits are those that `commits` judges. Here each is measured against the last release before the
//! one that first has it, so that a long range is told as its users met it; the base of the range stands
//! in where there is no release. An event is a name that a finding of a commit is about, or that it drags
//! along to another value, or that went with its header. What the event is:
//!
//! | event | the name |
//! |---|---|
//! | removed | is not declared after |
//! | restored | is after what it was before an earlier event, or what the last release has |
//! | added | was not declared before |
//! | broken | changed, and the gravest finding is a break |
//! | changed | all else |
//!
//! "What it is" is its shape (`shapes`): a value or a layout, whatever the spelling. A name that was left
//! at 40 by release v5.15 and goes back to 38 restores the value of release v5.14: that is a break once
//! more for whoever built in between, and the verdict says so.

use super::assemble::{revision, sandbox};
use super::commits::{Judged, named, touching};
use super::layouts::{self, Layouts};
use super::shapes::{Shape, names_of, shapes};
use super::{Clock, Engine, Examined, PipelineError, Progress, Request, Workbench};
use crate::diff::Release as Standing;
use crate::judge::{Finding, Verdict};
use crate::report::{Event, History, Life, NotRead, Restored, What};
use crate::source::{CommitId, Release, ReleaseChoice, Releases};
use std::collections::{BTreeMap, BTreeSet};

/// Tells the life of every name over a range, or of the one that is asked for: `foo` finds `struct foo`
/// too.
///
/// # Errors
/// As [`super::check`].
pub fn history(
    request: &Request,
    asked: Option<&str>,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<History, PipelineError> {
    let bench = Workbench::new(request, engine, &|_| {})?;
    let sides = layouts::sides(request)?;
    progress(Progress::Stage("looking for commits that touch headers"));
    let steps = sides.walk()?;
    let layouts = Layouts::find(&sides, &bench.choice)?;
    layouts.require(&bench.arches)?;
    let concerned = touching(&layouts, &sides, &steps)?;
    let mut book = Book {
        releases: sides.releases(&steps)?,
        base: sides.before.commit.clone(),
        asked,
        lives: BTreeMap::new(),
        not_read: Vec::new(),
    };
    let mut targets: Vec<String> = Vec::new();
    for (done, step) in concerned.iter().enumerate() {
        let all = concerned.len();
        progress(Progress::Commits { done, all });
        let release = book.measure(step.id);
        let (judged, found) = bench.judge(&sides, step, &release, &mut Clock::start())?;
        if let Some(found) = found.first() {
            // The same for every commit: what was asked for and libclang can do.
            targets = found.targets.iter().map(|t| t.name.to_owned()).collect();
            book.enter(&judged, found);
        }
    }
    let (libclang, sandbox) = match targets.is_empty() {
        true => Default::default(),
        false => {
            let extractor = engine.extractor()?;
            (extractor.libclang().version.clone(), sandbox(extractor))
        }
    };
    Ok(History {
        libclang,
        sandbox,
        base: revision(&sides.before),
        head: revision(&sides.after),
        asked: asked.map(str::to_owned),
        targets,
        passed: steps.len(),
        examined: concerned.len(),
        lives: book.lives(),
        not_read: book.not_read,
    })
}

/// The lives that have been told so far.
struct Book<'a> {
    releases: Releases,
    /// Stands in for a release where there is none.
    base: Option<String>,
    asked: Option<&'a str>,
    lives: BTreeMap<String, Vec<Entry>>,
    not_read: Vec<NotRead>,
}

/// An event, and what later ones may go back to.
struct Entry {
    event: Event,
    header: String,
    before: Shape,
    /// The release that has the state before, where one has.
    released_in: Option<String>,
}

/// How a finding of a commit concerns a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// It is about the name.
    Own,
    /// It drags the name along, perhaps to another value.
    Dragged,
    /// It is about the header that declared the name.
    Header,
}

impl Book<'_> {
    /// What a commit is measured against.
    fn measure(&self, id: CommitId) -> ReleaseChoice {
        let release = self.releases.last_before(id);
        let release = release.map(|release| release.id.to_string());
        release
            .or_else(|| self.base.clone())
            .map_or(ReleaseChoice::None, ReleaseChoice::Revision)
    }

    /// Enters the events of a commit.
    fn enter(&mut self, judged: &Judged, found: &Examined) {
        let hides = |item: &str| {
            let asked = self.asked.filter(|_| !item.is_empty());
            asked.is_none_or(|asked| is_called(item, asked))
        };
        for (header, item, reason) in judged.unread.iter().filter(|(_, item, _)| hides(item)) {
            self.not_read.push(NotRead {
                commit: named(&judged.commit),
                header: header.clone(),
                item: item.clone(),
                reason: reason.clone(),
            });
        }
        let mut ties = ties(&judged.findings, found);
        ties.retain(|name, _| self.asked.is_none_or(|asked| is_called(name, asked)));
        let names: BTreeSet<String> = ties.keys().cloned().collect();
        for (name, (before, after)) in shapes(&found.surfaces, &names) {
            let Some((finding, tie)) = ties.get(&name) else {
                continue;
            };
            let concerned = match tie {
                Tie::Own => true,
                Tie::Dragged => before != after,
                Tie::Header => !before.is_absent() && after.is_absent(),
            };
            if concerned {
                self.add(name, judged, (finding, *tie), [before, after]);
            }
        }
    }

    fn add(
        &mut self,
        name: String,
        judged: &Judged,
        (finding, tie): (&Finding, Tie),
        [before, after]: [Shape; 2],
    ) {
        let last = self.releases.last_before(judged.id);
        let last = last.map(|release| release.name.clone());
        let life = self.lives.entry(name).or_default();
        let restores = restored(life, finding, [&before, &after], last.as_deref());
        let first = self.releases.first_with(judged.id);
        let event = Event {
            what: what(finding, [&before, &after], restores.is_some()),
            commit: named(&judged.commit),
            release: first.map(|Release { name, .. }| name.clone()),
            verdict: finding.verdict,
            breaks: finding.breaks,
            rule: finding.rule.clone(),
            message: finding.message.clone(),
            before: before.shown().map(str::to_owned),
            after: after.shown().map(str::to_owned),
            targets: match finding.everywhere {
                true => vec!["all".to_owned()],
                false => finding.targets.clone(),
            },
            dragged_by: (tie != Tie::Own).then(|| finding.subject.clone()),
            restores,
        };
        life.push(Entry {
            event,
            header: finding.header.clone(),
            before,
            released_in: last.filter(|_| finding.release == Standing::Released),
        });
    }

    /// All lives, by header and name.
    fn lives(&mut self) -> Vec<Life> {
        let lives = std::mem::take(&mut self.lives).into_iter();
        let mut lives: Vec<Life> = lives
            .map(|(subject, entries)| Life {
                subject,
                header: entries
                    .last()
                    .map_or_else(String::new, |e| e.header.clone()),
                events: entries.into_iter().map(|entry| entry.event).collect(),
            })
            .collect();
        lives.sort_by(|a, b| (&a.header, &a.subject).cmp(&(&b.header, &b.subject)));
        lives
    }
}

/// `foo` means `struct foo`, `enum foo` and `foo`.
fn is_called(name: &str, asked: &str) -> bool {
    name == asked || name.rsplit(' ').next() == Some(asked)
}

/// Every name that a commit concerns, each with the gravest of the findings that are closest to it.
fn ties<'f>(findings: &'f [Finding], found: &Examined) -> BTreeMap<String, (&'f Finding, Tie)> {
    let mut ties: BTreeMap<String, (&Finding, Tie)> = BTreeMap::new();
    let mut tie = |name: &String, finding: &'f Finding, tie: Tie| {
        let known = ties.entry(name.clone()).or_insert((finding, tie));
        if known.1 == tie && known.0.verdict < finding.verdict {
            known.0 = finding;
        }
    };
    for finding in findings {
        tie(&finding.subject, finding, Tie::Own);
    }
    for finding in findings {
        for name in &finding.affects {
            tie(name, finding, Tie::Dragged);
        }
    }
    for finding in findings {
        let header = &finding.subject;
        let gone = found.surfaces.iter().any(|both| {
            both.before.exported.contains(header) && !both.after.exported.contains(header)
        });
        if gone {
            for name in &names_of(&found.surfaces, header) {
                tie(name, finding, Tie::Header);
            }
        }
    }
    ties
}

fn what(finding: &Finding, [before, after]: [&Shape; 2], restored: bool) -> What {
    match (before.is_absent(), after.is_absent()) {
        (false, true) => What::Removed,
        _ if restored => What::Restored,
        (true, false) => What::Added,
        _ if finding.verdict == Verdict::Break => What::Broken,
        _ => What::Changed,
    }
}

/// What the name went back to: the state before an earlier event, the last such, or that of the release.
fn restored(
    life: &[Entry],
    finding: &Finding,
    [before, after]: [&Shape; 2],
    last_release: Option<&str>,
) -> Option<Restored> {
    if after.is_absent() || before == after {
        return None;
    }
    if let Some(undone) = life.iter().rev().find(|entry| entry.before == *after) {
        return Some(Restored {
            release: undone.released_in.clone(),
            undone: Some(undone.event.commit.id.clone()),
        });
    }
    (finding.release == Standing::Restored).then(|| Restored {
        release: last_release.map(str::to_owned),
        undone: None,
    })
}
