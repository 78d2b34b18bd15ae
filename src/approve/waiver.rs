//! A maintainer's decision to take a finding as it is: from `.uapi-check.yaml` of the base, or asked for in a
//! commit's message.
//!
//! A waived finding stays in the report, marked, and counts for nothing. A waiver that a commit asks for is
//! in force once all who own the finding's files agreed. The day is passed in: there is no clock here.

use super::approval::State;
use super::gate::Standing;
use crate::judge::Finding;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The trailer that asks for one: `UAPI-Break: <rule> <subject>: <reason>`.
const TRAILER: &str = "uapi-break";

/// A finding that is taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Id of the rule; `None` where the fingerprint says it all.
    pub rule: Option<String>,
    /// Subject of the finding, as C programmers write it.
    pub subject: Option<String>,
    /// The finding itself, with its values.
    pub fingerprint: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; a commit's has none.
    pub expires: Option<Date>,
}

/// A waiver as `.uapi-check.yaml` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    rule: Option<String>,
    subject: Option<String>,
    fingerprint: Option<String>,
    reason: String,
    expires: String,
}

/// What the report says of a waived finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// The last day on which it holds, such as `2026-12-31`; null for that of a commit.
    pub expires: Option<String>,
}

impl Entry {
    /// Checks an entry.
    ///
    /// # Errors
    /// What is wrong with it, and the word in whose line it is.
    pub fn check(self) -> Result<Waiver, (String, String)> {
        let named = self.rule.is_some() && self.subject.is_some();
        if named == self.fingerprint.is_some() {
            let problem = "a waiver has a rule and a subject, or a fingerprint alone";
            return Err((self.reason, problem.to_owned()));
        }
        if self.reason.trim().is_empty() {
            return Err((self.expires, "a waiver needs a reason".to_owned()));
        }
        let expires = self.expires.parse::<Date>().map_err(|_| {
            let problem = format!("`{}` is no day such as 2026-12-31", self.expires);
            (self.expires.clone(), problem)
        })?;
        Ok(Waiver {
            rule: self.rule,
            subject: self.subject,
            fingerprint: self.fingerprint,
            reason: self.reason,
            expires: Some(expires),
        })
    }
}

impl Waiver {
    fn covers(&self, finding: &Finding) -> bool {
        match &self.fingerprint {
            Some(fingerprint) => *fingerprint == finding.fingerprint,
            None => {
                self.rule.as_ref() == Some(&finding.rule)
                    && self.subject.as_ref() == Some(&finding.subject)
            }
        }
    }

    fn expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// The waivers that a commit's message asks for.
pub fn asked(message: &str) -> Vec<Waiver> {
    let ask = |line: &str| {
        let (key, rest) = line.split_once(':')?;
        if !key.trim_end().eq_ignore_ascii_case(TRAILER) {
            return None;
        }
        let (what, reason) = rest.split_once(": ")?;
        let (rule, subject) = what.trim().split_once(' ')?;
        let reason = reason.trim();
        (!reason.is_empty()).then(|| Waiver {
            rule: Some(rule.to_owned()),
            subject: Some(subject.trim().to_owned()),
            fingerprint: None,
            reason: reason.to_owned(),
            expires: None,
        })
    };
    message.lines().filter_map(ask).collect()
}

/// What the waivers come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Waivers {
    /// The waived findings, by fingerprint.
    pub waived: BTreeMap<String, Waived>,
    /// Remarks for the report, one sentence each.
    pub notes: Vec<String>,
}

/// Holds waivers against findings: `settled` ones of the repository, and those that a commit asks for.
pub fn waive(
    findings: &[Finding],
    (settled, asked): (&[Waiver], &[Waiver]),
    standings: &[Standing],
    today: Date,
) -> Waivers {
    let mut found = Waivers::default();
    if settled.is_empty() && asked.is_empty() {
        return found;
    }
    for finding in findings {
        let about = |waiver: &&Waiver| waiver.covers(finding);
        let what = format!("{} of {}", finding.rule, finding.subject);
        let waiver = match settled
            .iter()
            .filter(about)
            .max_by_key(|waiver| waiver.expires)
        {
            Some(waiver) if waiver.expired(today) => {
                let note = format!(
                    "The waiver of {what} has expired ({}).",
                    day(waiver).unwrap_or_default()
                );
                found.note(note);
                continue;
            }
            Some(waiver) => waiver,
            None => match asked.iter().find(about) {
                Some(waiver) if agreed(finding, standings) => waiver,
                Some(_) => {
                    found.note(format!(
                        "The commit asks to take {what} as it is; that counts once those who must agree did."
                    ));
                    continue;
                }
                None => continue,
            },
        };
        let waived = Waived {
            reason: waiver.reason.clone(),
            expires: day(waiver),
        };
        found.waived.insert(finding.fingerprint.clone(), waived);
    }
    found
}

impl Waivers {
    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn day(waiver: &Waiver) -> Option<String> {
    waiver.expires.map(|day| day.to_string())
}

/// Whether everybody who owns files of the finding agreed with it, and there is somebody.
pub fn agreed(finding: &Finding, standings: &[Standing]) -> bool {
    let mut owners = standings
        .iter()
        .filter(|standing| standing.fingerprints.contains(&finding.fingerprint))
        .peekable();
    owners.peek().is_some() && owners.all(|standing| standing.state == State::Satisfied)
}

#[cfg(test)]
#[path = "waiver_tests.rs"]
mod tests;
