//! A verdict on a series, and what was posted before, become what is to be posted now.
//!
//! Pure: the same facts give the same actions. Checks tell everything that changed. A mail is written only where
//! somebody wants mails, of a whole series, of its last version, and of what no mail told before; caps hold it
//! back where there are too many. Failures of this program never get here.

use super::check::{Check, CheckState, Said};
use super::config::CapSettings;
use super::verdict::{PatchSays, Verdict};
use crate::reply::Told;
use crate::report::Conclusion;
use std::collections::BTreeMap;

/// The check that says whether a patch breaks programs.
pub const VERDICT: &str = "uapi-verdict";
/// The check that says whether those who must have agreed.
pub const APPROVALS: &str = "uapi-approvals";

/// What is known of a series now.
#[derive(Debug, Clone)]
pub struct Facts<'f> {
    /// Its version.
    pub version: u32,
    /// Whether there is no later version.
    pub newest: bool,
    /// Whether every mail of it is there.
    pub complete: bool,
    /// Where the checks of its patches are posted: by Message-ID the number on each server.
    pub places: &'f BTreeMap<String, BTreeMap<String, i64>>,
    /// What is said of it.
    pub verdict: &'f Verdict,
    /// Whether there is a mail to write, by the rules of its lists and what was told before.
    pub writes: bool,
    /// How much is mailed at most.
    pub caps: CapSettings,
}

/// What was posted before.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// What each check says, by its slot, and how often one was posted there.
    pub checks: BTreeMap<String, (Said, usize)>,
    /// Mails about the series and its other versions, oldest first: the version, and what was told.
    pub mails: Vec<(u32, Told)>,
    /// What there was to tell of each version that was judged.
    pub judged: BTreeMap<u32, Told>,
    /// Mails to whoever sent it, in the last 24 hours.
    pub to_sender: i64,
    /// Mails to all, in the last 24 hours.
    pub to_all: i64,
    /// Series that failed in the last hour, this one not among them.
    pub failing: i64,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Post a check. The number makes it differ from those that said the same before.
    Check(Check, usize),
    /// Answer by mail; or only note that there would have been one, and why there is none.
    Mail {
        /// Why it is held back, where it is.
        held: Option<String>,
    },
    /// Tell whoever runs this, loudly.
    Alarm(String),
}

/// Decides what to do.
pub fn decide(facts: &Facts<'_>, before: &Before) -> Vec<Action> {
    // A series of which mails are missing was looked at for whoever runs this, and for nobody else.
    if !facts.complete {
        return Vec::new();
    }
    let each = facts.verdict.patches.iter();
    let mut actions: Vec<Action> = each.flat_map(|says| checks(says, facts, before)).collect();
    actions.extend(mail(facts, before));
    actions
}

/// The checks of a patch that say something new.
fn checks(says: &PatchSays, facts: &Facts<'_>, before: &Before) -> Vec<Action> {
    let places = facts.places.get(&says.message_id);
    let places = places.into_iter().flatten();
    let of_place = |(server, patch): (&String, &i64)| {
        let said = [(VERDICT, &says.verdict), (APPROVALS, &says.approvals)];
        said.map(|(context, said)| check((server, *patch), context, said, before))
    };
    places.flat_map(of_place).flatten().collect()
}

fn check(
    (server, patch): (&str, i64),
    context: &str,
    said: &Said,
    before: &Before,
) -> Option<Action> {
    let mut check = Check {
        server: server.to_owned(),
        patch,
        context: context.to_owned(),
        said: said.clone(),
    };
    let Some((last, times)) = before.checks.get(&check.slot()) else {
        return Some(Action::Check(check, 0));
    };
    // What was decided is not undecided again: whoever watches would wait for an answer that was given.
    if said.state == CheckState::Pending && last.state != CheckState::Pending {
        check.said.state = CheckState::Warning;
    }
    (*last != check.said).then_some(Action::Check(check, *times))
}

/// The mail, where there is one to write.
fn mail(facts: &Facts<'_>, before: &Before) -> Vec<Action> {
    if !facts.writes || !facts.newest {
        return Vec::new();
    }
    let failing = before.failing + i64::from(facts.verdict.conclusion == Conclusion::Fail);
    if failing > i64::from(facts.caps.failing_an_hour) {
        let why = format!(
            "{failing} series failed in the last hour: no mails are written until fewer do; see whether a base moved \
             or a rule is wrong"
        );
        return vec![Action::Alarm(why.clone()), Action::Mail { held: Some(why) }];
    }
    let held = if before.to_sender >= i64::from(facts.caps.author_a_day) {
        Some("whoever sent it got as many mails in the last 24 hours as one person may")
    } else if before.to_all >= i64::from(facts.caps.all_a_day) {
        Some("as many mails were written in the last 24 hours as may be")
    } else {
        None
    };
    vec![Action::Mail {
        held: held.map(str::to_owned),
    }]
}

/// What of a version was told before, as far as it is still known: what a mail told of an earlier version is known as
/// long as no version between was without it.
pub fn known(before: &Before, version: u32) -> Told {
    let mut known = BTreeMap::new();
    for (of, told) in before.mails.iter().filter(|(of, _)| *of <= version) {
        let since = before
            .judged
            .range(of..&version)
            .filter(|(at, _)| *at != of);
        let stayed = |finding: &String| {
            let mut since = since.clone();
            since.all(|(_, there)| there.entries().contains_key(finding))
        };
        let kept = told.entries().iter().filter(|(one, _)| stayed(one));
        known.extend(kept.map(|(one, word)| (one.clone(), word.clone())));
    }
    Told::from_entries(known)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
