//! Commands in the comments of a pull request become answers, waivers and the wish to look again.
//!
//! All comments are read each time, as they are now, so none is lost and none counts twice; an answer is given once for
//! each comment, whatever becomes of it later. Anybody may ask to look again, or what a rule is about. A finding is
//! waived by a maintainer of a section that it is in, or by somebody who may write to the repository. Pure.
//! Next: `decide`.

use super::command::{Command, command};
use super::forge::{Comment, Identities, Pull};
use super::texts;
use crate::approve::{Mailmap, Standing, Waived};
use crate::judge::{Catalogue, Finding};
use crate::post::github::Reply;
use crate::report::Report;
use crate::report::markdown::{code, prose};
use std::collections::{BTreeMap, BTreeSet};

/// Answers on one pull request at most; who asks more gets none.
const ANSWERS: usize = 30;
/// People whose right to waive is asked for, at most: each is a request.
const WAIVERS: usize = 50;
/// Digits of a fingerprint that are enough to mean it.
const DIGITS: usize = 8;
/// Characters of a sentence.
const SENTENCE: usize = 600;

/// What was heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What asks for new check runs.
    pub asked: BTreeSet<String>,
    /// Findings that are taken as they are.
    pub waived: BTreeMap<String, Waived>,
    /// Answers, one to a comment.
    pub answers: Vec<Reply>,
}

/// What commands are held against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The pull request.
    pub pull: &'k Pull,
    /// What was found out; `None` where it could not be examined.
    pub report: Option<&'k Report>,
    /// The addresses behind logins.
    pub who: &'k Identities,
    /// Which addresses are one, by the base.
    pub mailmap: &'k Mailmap,
    /// Logins, in lower case, that may write to the repository.
    pub writers: &'k BTreeSet<String>,
    /// The rules.
    pub catalogue: &'k Catalogue,
}

/// The logins, in lower case, whose right to write has to be known.
pub fn waivers(comments: &[Comment]) -> BTreeSet<String> {
    let waives = |comment: &&Comment| {
        let command = command(&comment.body);
        !comment.by.robot && matches!(command, Some(Command::Waive { .. }))
    };
    let of = comments.iter().filter(waives);
    let all: BTreeSet<String> = of.map(|comment| comment.by.login.to_lowercase()).collect();
    all.into_iter().take(WAIVERS).collect()
}

/// Reads the comments.
pub fn heard(comments: &[Comment], known: Known<'_>) -> Heard {
    let mut heard = Heard::default();
    for comment in comments.iter().filter(|comment| !comment.by.robot) {
        let answer = match command(&comment.body) {
            None => continue,
            Some(Command::Recheck) => {
                heard.asked.insert(format!("comment {}", comment.id));
                continue;
            }
            Some(Command::Mistake(what)) => format!("That is no command: {what}.\n"),
            Some(Command::Explain(rule)) => explained(&rule, known.catalogue),
            Some(Command::Waive { id, reason }) => {
                let Some(report) = known.report else {
                    continue;
                };
                match waived(&id, &reason, comment, report, known) {
                    Ok((finding, waived)) => {
                        let told = told(finding);
                        heard.waived.insert(finding.fingerprint.clone(), waived);
                        format!("{told} is taken as it is, and counts for nothing.\n")
                    }
                    Err(why) => why,
                }
            }
        };
        if heard.answers.len() < ANSWERS {
            heard.answers.push(reply(comment, known.pull, &answer));
        }
    }
    heard
}

fn reply(comment: &Comment, pull: &Pull, answer: &str) -> Reply {
    let mut reply = Reply {
        repository: pull.repository.clone(),
        number: pull.number,
        to: comment.id,
        body: String::new(),
    };
    let text = format!("{}\n{answer}", reply.mark());
    reply.body = texts::fit(&text, None);
    reply
}

fn explained(id: &str, catalogue: &Catalogue) -> String {
    let rule = catalogue.rule(id);
    texts::rule(
        id,
        rule.map(|rule| (rule.title.as_str(), rule.why.as_str())),
    )
}

/// The finding that a comment may waive; or why it does not, as an answer.
fn waived<'r>(
    id: &str,
    reason: &str,
    comment: &Comment,
    report: &'r Report,
    known: Known<'_>,
) -> Result<(&'r Finding, Waived), String> {
    let meant = |finding: &&Finding| id.len() >= DIGITS && finding.fingerprint.starts_with(id);
    let mut found = report.findings.iter().filter(meant);
    let Some(finding) = found.next() else {
        return Err(format!(
            "There is no finding {} in this pull request: give at least {DIGITS} digits of the id that the report names.\n",
            code(id, 80)
        ));
    };
    if found.any(|other| other.fingerprint != finding.fingerprint) {
        return Err(format!(
            "Several findings begin with {}: give more of the id.\n",
            code(id, 80)
        ));
    }
    let login = &comment.by.login;
    if !known.writers.contains(&login.to_lowercase()) && !known.maintains(login, finding, report) {
        return Err(format!(
            "{} may not waive it: a maintainer of a section that has it may, whose mail address the operator of \
             uapi-check knows, and whoever may write to this repository.\n",
            code(login, 80)
        ));
    }
    let waived = Waived {
        reason: format!("{reason} (waived by {login})"),
        expires: None,
    };
    Ok((finding, waived))
}

fn told(finding: &Finding) -> String {
    format!(
        "{} ({})",
        code(&finding.rule, 100),
        prose(&finding.message, SENTENCE)
    )
}

impl Known<'_> {
    /// Whether somebody is a maintainer of a section that a finding is in. Whoever wrote the change is none of those.
    fn maintains(&self, login: &str, finding: &Finding, report: &Report) -> bool {
        if self.who.are_one(login, &self.pull.author.login) {
            return false;
        }
        let concerned = |standing: &&Standing| standing.fingerprints.contains(&finding.fingerprint);
        let standings = report.approvals.iter().flatten().filter(concerned);
        let people: BTreeSet<String> = standings
            .flat_map(|standing| &standing.who)
            .map(crate::approve::Person::key)
            .collect();
        let addresses = self.who.of(login).iter();
        let mut proper = addresses.map(|address| self.mailmap.identity(address));
        proper.any(|address| people.contains(&address))
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
