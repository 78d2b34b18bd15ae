//! What is known of a pull request, and what was said before, become what is to be said now.
//!
//! Pure: the same facts give the same actions, and facts that were told give none. Two check runs always stand at the
//! head; the comment is begun only where there is something to say, and edited from then on, until it says that all is
//! settled; answers are given once each. Next: `outgoing`.

use super::annotate::annotations;
use super::conclude::{self, Said};
use super::texts;
use crate::approve::State;
use crate::judge::Verdict;
use crate::post::github::{CheckRun, Comment, Ending, Reply, Sarif};
use crate::report::{Conclusion, Report};
use crate::service::verdict::counted;
use std::collections::{BTreeMap, BTreeSet};

/// The check run that says whether a change breaks programs. Branch protection knows it by this name.
pub const VERDICT: &str = "uapi/verdict";
/// The check run that says whether those who must have agreed.
pub const APPROVALS: &str = "uapi/approvals";

/// What a site wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How the check runs end where something was not examined; never [`Ending::Success`].
    pub not_examined: Ending,
    /// How the verdict ends where somebody has to judge a finding. The approvals block anyway.
    pub review: Ending,
    /// Whether comments are written.
    pub comments: bool,
    /// Whether findings go to code scanning, too.
    pub sarif: bool,
}

/// What was found out.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'f> {
    /// This.
    Report(&'f Report),
    /// Nothing, and why.
    Not(&'f str),
}

/// What is known now.
#[derive(Debug, Clone)]
pub struct Facts<'f> {
    /// `owner/name`.
    pub repository: &'f str,
    /// Number of the pull request; `None` for a group of a merge queue, where nobody can be written to.
    pub number: Option<u64>,
    /// Its head, 40 hexadecimal digits.
    pub head: &'f str,
    /// Whether its author says that it is no more than a draft.
    pub draft: bool,
    /// What was found out about it.
    pub seen: Seen<'f>,
    /// The same for code scanning, where it is wanted.
    pub sarif: Option<&'f str>,
    /// Where the whole report can be read.
    pub page: Option<&'f str>,
    /// What asked for new check runs.
    pub asked: &'f BTreeSet<String>,
    /// Answers to commands.
    pub answers: &'f [Reply],
    /// What the site wants.
    pub policy: Policy,
}

/// What was said before, or is about to be.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// The last check run of each slot, and how many there were.
    pub checks: BTreeMap<String, (CheckRun, usize)>,
    /// What the comment says.
    pub comment: Option<Comment>,
    /// How many times it was to be written or edited.
    pub comments: usize,
    /// The last document for code scanning, by slot, and how many there were.
    pub sarif: BTreeMap<String, (Sarif, usize)>,
    /// Comments that were answered.
    pub answered: BTreeSet<u64>,
}

/// Something to say. The numbers count what was said in the same slot before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A check run shall stand at a commit.
    Check(CheckRun, usize),
    /// The comment shall say this.
    Comment(Comment, usize),
    /// A command is answered.
    Reply(Reply),
    /// Findings go to code scanning.
    Sarif(Sarif, usize),
}

/// Decides what to say.
pub fn decide(facts: &Facts<'_>, before: &Before) -> Vec<Action> {
    let mut actions: Vec<Action> = [VERDICT, APPROVALS]
        .into_iter()
        .filter_map(|name| check(name, facts, before))
        .collect();
    actions.extend(stale(facts, before));
    actions.extend(comment(facts, before));
    actions.extend(sarif(facts, before));
    let new = |reply: &&Reply| facts.number.is_some() && !before.answered.contains(&reply.to);
    let answers = facts.answers.iter().filter(new).cloned();
    actions.extend(answers.map(Action::Reply));
    actions
}

/// A check run of the head, where it says something new or was asked for again.
fn check(name: &str, facts: &Facts<'_>, before: &Before) -> Option<Action> {
    let mut run = CheckRun {
        repository: facts.repository.to_owned(),
        head: facts.head.to_owned(),
        name: name.to_owned(),
        page: facts.page.map(str::to_owned),
        asked: facts.asked.clone(),
        ..said(name, facts)
    };
    let Some((last, times)) = before.checks.get(&run.slot()) else {
        return Some(Action::Check(run, 0));
    };
    let again = !facts.asked.is_subset(&last.asked);
    run.round = last.round + u64::from(again);
    run.asked.extend(last.asked.iter().cloned());
    (run != *last).then_some(Action::Check(run, *times))
}

/// What a check run says; where it stands is for the caller.
fn said(name: &str, facts: &Facts<'_>) -> CheckRun {
    let (seen, policy, page) = (&facts.seen, &facts.policy, facts.page);
    let (said, summary, text, annotations): (Said, _, _, _) = match name {
        VERDICT => {
            let said = conclude::verdict(seen, policy);
            let summary = texts::verdict_summary(seen, &said, page);
            let remarks = match seen {
                Seen::Report(report) => annotations(report),
                Seen::Not(_) => Vec::new(),
            };
            (said, summary, texts::verdict_text(seen, page), remarks)
        }
        _ => {
            let said = conclude::approvals(seen, policy);
            let summary = texts::approvals_summary(seen, &said, page);
            (said, summary, String::new(), Vec::new())
        }
    };
    CheckRun {
        repository: String::new(),
        head: String::new(),
        name: String::new(),
        ending: said.ending,
        title: said.title,
        summary,
        text,
        page: None,
        annotations,
        round: 0,
        asked: BTreeSet::new(),
    }
}

/// Heads that were left behind and still ask somebody to do something: nobody has to any more.
fn stale(facts: &Facts<'_>, before: &Before) -> Vec<Action> {
    let waits = |run: &CheckRun| {
        let of_this = run.repository == facts.repository && run.head != facts.head;
        of_this && run.ending == Ending::ActionRequired
    };
    let left = before.checks.values().filter(|(run, _)| waits(run));
    let cancelled = left.map(|(run, times)| {
        let title = format!("superseded by {:.12}", facts.head);
        let ended = CheckRun {
            ending: Ending::Cancelled,
            summary: format!("{title}.\n"),
            text: String::new(),
            title,
            ..run.clone()
        };
        Action::Check(ended, *times)
    });
    cancelled.collect()
}

fn comment(facts: &Facts<'_>, before: &Before) -> Option<Action> {
    let number = facts.number.filter(|_| facts.policy.comments)?;
    let body = match facts.seen {
        Seen::Report(report) if is_worth_telling(report) => texts::comment(&facts.seen, facts.page),
        Seen::Report(report) => texts::settled(report, facts.page),
        Seen::Not(_) => texts::comment(&facts.seen, facts.page),
    };
    let begins = match facts.seen {
        Seen::Report(report) => is_worth_telling(report) && !facts.draft,
        Seen::Not(_) => false,
    };
    if before.comment.is_none() && !begins {
        return None;
    }
    let comment = Comment {
        repository: facts.repository.to_owned(),
        number,
        body,
    };
    let same = before.comment.as_ref() == Some(&comment);
    (!same).then_some(Action::Comment(comment, before.comments))
}

/// Whether anybody has to read it: something breaks, is to be judged or was not examined, somebody has to agree, or a
/// break is taken as it is.
fn is_worth_telling(report: &Report) -> bool {
    let standings = report.approvals.iter().flatten();
    let mut open = standings.filter(|standing| standing.state != State::Satisfied);
    let counts = counted(report);
    counts.iter().any(|finding| finding.verdict != Verdict::Ok)
        || !report.waived.is_empty()
        || report.conclusion == Conclusion::Undecided
        || open.next().is_some()
}

fn sarif(facts: &Facts<'_>, before: &Before) -> Option<Action> {
    let number = facts.number.filter(|_| facts.policy.sarif)?;
    let sarif = Sarif {
        repository: facts.repository.to_owned(),
        head: facts.head.to_owned(),
        reference: format!("refs/pull/{number}/head"),
        document: facts.sarif?.to_owned(),
    };
    match before.sarif.get(&sarif.slot()) {
        Some((last, _)) if *last == sarif => None,
        Some((_, times)) => Some(Action::Sarif(sarif, *times)),
        None => Some(Action::Sarif(sarif, 0)),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
