//! Approvals and waivers become words.

use super::{clean, count, list};
use crate::approve::{self, Evidence, Given, Says, Standing};
use crate::judge::Finding;
use crate::report::Report;
use std::cmp::Reverse;

/// Why a finding is taken as it is, or nothing.
pub fn waived(report: &Report, finding: &Finding) -> String {
    let Some(waived) = report.waived.get(&finding.fingerprint) else {
        return String::new();
    };
    let until = match &waived.expires {
        Some(day) => format!(" (until {day})"),
        None => String::new(),
    };
    clean(&format!("counts for nothing: {}{until}", waived.reason))
}

/// The section, or what stands in its place.
pub fn standing_title(standing: &Standing) -> String {
    match standing.section.as_str() {
        "" => "No section of MAINTAINERS".to_owned(),
        section => clean(section),
    }
}

/// How a demand stands, in a word or two.
pub fn standing_word(state: approve::State) -> &'static str {
    match state {
        approve::State::Blocked => "blocked",
        approve::State::Missing => "missing",
        approve::State::UnknownOwner => "nobody known",
        approve::State::Satisfied => "satisfied",
    }
}

/// What somebody said, when and where, and what that is worth.
pub fn given(given: &Given) -> String {
    let says = match given.says {
        Says::Yes => "agrees",
        Says::No => "objects",
        Says::Nothing => "takes back what was said",
    };
    let mut told = vec![match &given.evidence {
        Evidence::Commit(id) => format!("commit {}", id.get(..12).unwrap_or(id)),
        Evidence::Message(id) => format!("mail {id}"),
        Evidence::Review(id) => format!("review {id}"),
    }];
    told.extend(given.when.clone());
    let mut text = told.join(", ");
    text.push_str(match (given.lapsed, given.claimed, given.says) {
        (true, _, _) => "; of what has changed since, so it does not count",
        (_, true, Says::No) => "; as the commit says",
        (_, true, _) => "; only claimed, so it does not count",
        (_, false, _) => "",
    });
    clean(&format!("{} <{}> {says} ({text})", given.name, given.email))
}

/// One demand in a sentence: who must agree with what.
pub fn standing(standing: &Standing) -> String {
    let names = standing.who.iter();
    let names: Vec<String> = names.map(|person| person.name.clone()).collect();
    let who = match names.as_slice() {
        [] => String::new(),
        names => format!(" ({})", list(names, 4)),
    };
    // What stands in the way first, what does not count last.
    let mut words: Vec<&Given> = standing.by.iter().collect();
    words.sort_by_key(|word| (word.lapsed, Reverse(word.says), word.claimed));
    let said: Vec<String> = words.into_iter().map(given).collect();
    let said = match said.as_slice() {
        [] => String::new(),
        said => format!("; {}", list(said, 3)),
    };
    format!(
        "{}: {}: {}{who}, for {}{said}",
        standing_word(standing.state),
        standing_title(standing),
        clean(&standing.need),
        list(&standing.paths, 3)
    )
}

/// `3 of 4 approvals missing, 1 of them blocked`.
pub fn standings(standings: &[Standing]) -> String {
    let such = |fits: &dyn Fn(approve::State) -> bool| {
        let states = standings.iter().map(|standing| standing.state);
        states.filter(|state| fits(*state)).count()
    };
    let open = such(&|state| state != approve::State::Satisfied);
    let blocked = such(&|state| state == approve::State::Blocked);
    let all = count(standings.len(), "approval");
    match (open, blocked) {
        (0, _) => format!("{all}, none missing"),
        (open, 0) => format!("{open} of {all} missing"),
        (open, blocked) => format!("{open} of {all} missing, {blocked} of them blocked"),
    }
}
