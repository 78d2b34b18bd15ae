//! What people said becomes the state of a demand: a fold over events whose order does not matter.
//!
//! An [`Approval`] is one utterance with its evidence. It counts for one fingerprint and no other: where
//! the values of a finding change, it lapses; where a comment does, it stays. Who a mail or review
//! really came from is for those who read them; here an address is what it says, and a name is nothing.

use super::mailmap::Mailmap;
use super::person::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where it was said. The variants are in the order of trust.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(tag = "kind", content = "id", rename_all = "kebab-case")]
pub enum Evidence {
    /// In a commit's message, by this id. Whoever wrote the commit wrote it, so it is only claimed.
    Commit(String),
    /// In a mail of the person, by its message-id.
    Message(String),
    /// In a review on a forge, by its id.
    Review(String),
}

impl Evidence {
    /// Whether the person said it, and not somebody else for him or her.
    fn is_own_word(&self) -> bool {
        !matches!(self, Self::Commit(_))
    }
}

/// What was said. Of one moment the gravest counts, which is the last one here.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Says {
    /// I agree.
    Yes,
    /// What I said before no longer holds.
    Nothing,
    /// I object.
    No,
}

/// What was spoken of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// One finding, by its fingerprint.
    Finding(String),
    /// What one commit makes, by its id of 40 hexadecimal digits.
    Commit(String),
    /// All that is examined, as in an answer to the cover letter of just this version of a series.
    Series,
}

/// What one person said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Approval {
    /// Seconds since 1970, UTC. Of one person the latest word counts, so whoever reads it must not take a date in
    /// the future from a sender's clock.
    pub when: i64,
    /// What was said.
    pub says: Says,
    /// Where.
    pub evidence: Evidence,
    /// Who said it.
    pub who: Person,
    /// Of what.
    pub about: About,
}

/// The findings that each commit makes by itself, by its id.
pub type Made = BTreeMap<String, BTreeSet<String>>;

/// Says of each finding what was said of the commit that makes it, or of the series. What is about a commit
/// that is not examined, or that makes nothing by itself, is said of nothing.
pub fn resolve(said: &[Approval], made: &Made, all: &BTreeSet<String>) -> Vec<Approval> {
    let none = BTreeSet::new();
    let each = said.iter().flat_map(|word| {
        let fingerprints = match &word.about {
            About::Finding(_) => return vec![word.clone()],
            About::Commit(id) => made.get(id).unwrap_or(&none),
            About::Series => all,
        };
        let of = |fingerprint: &String| Approval {
            about: About::Finding(fingerprint.clone()),
            ..word.clone()
        };
        fingerprints.iter().map(of).collect()
    });
    each.collect()
}

/// How a demand stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Somebody who is entitled objects.
    Blocked,
    /// Somebody has still to agree.
    Missing,
    /// Nobody is known who could agree.
    UnknownOwner,
    /// All who must have agreed.
    Satisfied,
}

/// Somebody's word on a demand, for the report.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Given {
    /// Full name, as MAINTAINERS and .mailmap have it.
    pub name: String,
    /// Mail address, likewise.
    pub email: String,
    /// What was said.
    pub says: Says,
    /// When, in ISO 8601 and UTC; null for what is only claimed.
    pub when: Option<String>,
    /// Where it was said.
    pub evidence: Evidence,
    /// True where it is the author who says that the person said so. That somebody agreed does not count then;
    /// that somebody objects does, until that person says otherwise.
    pub claimed: bool,
    /// True where it was said of values that the change no longer has, so that it does not count.
    pub lapsed: bool,
    /// The findings that it is about.
    pub fingerprints: BTreeSet<String>,
}

/// Who could agree to what.
#[derive(Debug)]
pub(super) struct Electorate<'a> {
    /// Which addresses are one.
    pub mailmap: &'a Mailmap,
    /// Those whose word counts, under their proper addresses.
    pub who: &'a [Person],
    /// For each of them the first who may be the same person.
    pub heads: Vec<usize>,
    /// How many of them must agree with each finding.
    pub needed: usize,
    /// The findings.
    pub fingerprints: &'a BTreeSet<String>,
    /// All findings of the change.
    pub all: &'a BTreeSet<String>,
    /// Whether it is known who wrote the change. Where it is not, whoever agrees may be the author.
    pub authors_known: bool,
}

impl Electorate<'_> {
    /// The state that everything said so far leads to, in whatever order and however often it came.
    pub fn state(&self, said: &[Approval]) -> State {
        if self.who.is_empty() {
            return State::UnknownOwner;
        }
        let mut last: BTreeMap<(&str, usize), &Approval> = BTreeMap::new();
        for word in said {
            let Some((fingerprint, person)) = self.counted(word) else {
                continue;
            };
            // Nobody claims falsely that his own change was objected to.
            if !word.evidence.is_own_word() && word.says != Says::No {
                continue;
            }
            let place = last.entry((fingerprint, person)).or_insert(word);
            if weight(word) > weight(place) {
                *place = word;
            }
        }
        if last.values().any(|word| word.says == Says::No) {
            return State::Blocked;
        }
        let agreed = |fingerprint: &String| {
            let words = last.iter().filter(|((of, _), _)| of == fingerprint);
            let agreed = words.filter(|(_, word)| word.says == Says::Yes);
            // Only here may two be one: nobody takes back another's word.
            let people: BTreeSet<usize> = agreed.map(|((_, at), _)| self.heads[*at]).collect();
            people.len() >= self.needed
        };
        match self.authors_known && self.fingerprints.iter().all(agreed) {
            true => State::Satisfied,
            false => State::Missing,
        }
    }

    /// What is worth showing: all that entitled people said, and what others say that they said. In the order
    /// of time.
    pub fn given(&self, said: &[Approval]) -> Vec<Given> {
        let own = |word: &&Approval| word.evidence.is_own_word();
        let own: BTreeSet<_> = said
            .iter()
            .filter(own)
            .filter_map(|w| self.counted(w))
            .collect();
        type Utterance<'w> = (bool, i64, &'w Evidence, usize, Says);
        let mut words: BTreeMap<Utterance<'_>, BTreeSet<String>> = BTreeMap::new();
        for word in said {
            let (Some(person), About::Finding(fingerprint)) = (self.person(word), &word.about)
            else {
                continue;
            };
            let counted = self.counted(word);
            let is_own = word.evidence.is_own_word();
            let lapsed = is_own && !self.all.contains(fingerprint);
            // What somebody says needs nobody's claim.
            let backed = !is_own && counted.is_some_and(|key| own.contains(&key));
            if lapsed || (counted.is_some() && !backed) {
                let key = (lapsed, word.when, &word.evidence, person, word.says);
                words.entry(key).or_default().insert(fingerprint.clone());
            }
        }
        let given = words
            .into_iter()
            .map(|((lapsed, when, evidence, person, says), of)| Given {
                name: self.who[person].name.clone(),
                email: self.who[person].email.clone(),
                says,
                when: evidence.is_own_word().then(|| iso(when)).flatten(),
                claimed: !evidence.is_own_word(),
                evidence: evidence.clone(),
                lapsed,
                fingerprints: of,
            });
        given.collect()
    }

    /// Whose word it is, among those who are entitled.
    fn person(&self, word: &Approval) -> Option<usize> {
        let identity = self.mailmap.identity(&word.who.email);
        self.who.iter().position(|person| person.key() == identity)
    }

    /// Of which finding it is, and by whom, where both are of this demand.
    fn counted<'w>(&self, word: &'w Approval) -> Option<(&'w str, usize)> {
        let About::Finding(fingerprint) = &word.about else {
            return None;
        };
        let person = self.person(word)?;
        let ours = self.fingerprints.contains(fingerprint);
        ours.then_some((fingerprint.as_str(), person))
    }
}

/// The last word of a person is the one of most weight: no claim outweighs what the person says.
fn weight(word: &Approval) -> (bool, i64, Says) {
    (word.evidence.is_own_word(), word.when, word.says)
}

/// A moment for the report; `None` where no calendar has it.
fn iso(when: i64) -> Option<String> {
    let moment = Timestamp::from_second(when).ok()?;
    Some(moment.to_string())
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
