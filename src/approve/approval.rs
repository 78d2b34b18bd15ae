//! What people said becomes the state of a demand: a fold over events whose order does not matter.
//!
//! An [`Approval`] is one utterance with its evidence. It counts for one fingerprint and no other: where
//! the values of a finding change, it lapses; where a comment does, it stays. Who a mail or review
//! really came from is for those who read them; here an address is what it says.

use super::mailmap::Mailmap;
use super::person::Person;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where it was said. The variants are in the order of trust.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
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
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
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

/// What one person said of one finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Approval {
    /// Seconds since 1970, UTC.
    pub when: i64,
    /// What was said.
    pub says: Says,
    /// Where.
    pub evidence: Evidence,
    /// Who said it.
    pub who: Person,
    /// Which finding it is for.
    pub fingerprint: String,
}

/// How a demand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Given {
    /// Full name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What was said.
    pub says: Says,
    /// Where it was said.
    pub evidence: Evidence,
    /// True where it is the author who says that the person agreed; that does not count.
    pub claimed: bool,
}

/// Who could agree to what.
#[derive(Debug)]
pub(super) struct Electorate<'a> {
    /// Who people are.
    pub mailmap: &'a Mailmap,
    /// Those whose word counts.
    pub entitled: BTreeSet<String>,
    /// How many of them must agree with each finding.
    pub needed: usize,
    /// The findings.
    pub fingerprints: &'a BTreeSet<String>,
}

impl Electorate<'_> {
    /// The state that everything said so far leads to, in whatever order and however often it came.
    pub fn state(&self, said: &[Approval]) -> State {
        if self.entitled.is_empty() {
            return State::UnknownOwner;
        }
        let mut last: BTreeMap<(&str, String), &Approval> = BTreeMap::new();
        for word in said.iter().filter(|word| word.evidence.is_own_word()) {
            let identity = self.mailmap.identity(&word.who);
            if !self.counts(word, &identity) {
                continue;
            }
            let place = last.entry((&word.fingerprint, identity)).or_insert(word);
            *place = (*place).max(word);
        }
        if last.values().any(|word| word.says == Says::No) {
            return State::Blocked;
        }
        let agreed = |fingerprint: &String| {
            let words = last.iter().filter(|((of, _), _)| of == fingerprint);
            words.filter(|(_, word)| word.says == Says::Yes).count() >= self.needed
        };
        match self.fingerprints.iter().all(agreed) {
            true => State::Satisfied,
            false => State::Missing,
        }
    }

    /// What is worth showing: all that entitled people said, and what others say that they said.
    pub fn given(&self, said: &[Approval]) -> Vec<Given> {
        let words = said
            .iter()
            .filter(|word| self.counts(word, &self.mailmap.identity(&word.who)));
        let given: BTreeSet<Given> = words
            .map(|word| {
                let person = self.mailmap.person(&word.who);
                Given {
                    name: person.name,
                    email: person.email,
                    says: word.says,
                    claimed: !word.evidence.is_own_word(),
                    evidence: word.evidence.clone(),
                }
            })
            .collect();
        given.into_iter().collect()
    }

    fn counts(&self, word: &Approval, identity: &str) -> bool {
        self.entitled.contains(identity) && self.fingerprints.contains(&word.fingerprint)
    }
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
