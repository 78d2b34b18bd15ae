//! Reviews become approvals: whose word it is by the operator's table, and of what by the head that was reviewed.
//!
//! Of one account the last word counts, as on the forge. A yes is for what was reviewed: for all of this head, or, given
//! to an earlier one, for those findings that it had with the same values. A no stands until it is taken back. Who
//! opened the pull request agrees with nothing in it, and no program does. Pure. Next: `crate::approve`.

use super::forge::{Identities, Opinion, Pull, Review};
use crate::approve::{About, Approval, Evidence, Person, Says};
use std::collections::{BTreeMap, BTreeSet};

/// Remarks on reviews that count for nothing, at most.
const REMARKS: usize = 10;

/// What the reviews come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// What was said.
    pub said: Vec<Approval>,
    /// Why what others said does not count, one sentence each.
    pub notes: Vec<String>,
}

/// The findings of earlier heads, by head; a head that is not among them is not known.
pub type Known = BTreeMap<String, BTreeSet<String>>;

/// The last review of each account that says yes, no, or that it takes back what it said.
pub fn last<'r>(reviews: &'r [Review], pull: &Pull, who: &Identities) -> Vec<&'r Review> {
    let mut last: BTreeMap<String, &Review> = BTreeMap::new();
    for review in reviews {
        let own = who.are_one(&review.by.login, &pull.author.login);
        if review.by.robot || own {
            continue;
        }
        let place = last.entry(review.by.login.to_lowercase()).or_insert(review);
        if (review.at, review.id) >= (place.at, place.id) {
            *place = review;
        }
    }
    last.into_values().collect()
}

/// Reads the last reviews of all.
pub fn spoken(last: &[&Review], pull: &Pull, who: &Identities, known: &Known) -> Spoken {
    let mut spoken = Spoken::default();
    for review in last {
        let says = match review.opinion {
            Opinion::Approved => Says::Yes,
            Opinion::ChangesRequested => Says::No,
            Opinion::Dismissed => continue,
        };
        let addresses = who.of(&review.by.login);
        if addresses.is_empty() {
            spoken.note(format!(
                "{} reviewed it, and nothing tells which mail address that account has: it counts for nothing.",
                review.by.login
            ));
            continue;
        }
        let about = match (says, known.get(&review.commit)) {
            _ if review.commit == pull.head => vec![About::Series],
            // Whoever objects to a change is not outvoted by a push.
            (Says::No, _) => vec![About::Series],
            (_, Some(findings)) => findings.iter().cloned().map(About::Finding).collect(),
            (_, None) => {
                spoken.note(format!(
                    "{} approved {:.12}, of which it is not known any more what it changed: it counts for nothing.",
                    review.by.login, review.commit
                ));
                continue;
            }
        };
        for (address, about) in addresses.iter().flat_map(|address| {
            let each = about.iter().cloned();
            each.map(move |about| (address, about))
        }) {
            spoken.said.push(Approval {
                when: review.at,
                says,
                evidence: Evidence::Review(review.id.to_string()),
                who: Person {
                    name: review.by.login.clone(),
                    email: address.clone(),
                },
                about,
            });
        }
    }
    spoken
}

impl Spoken {
    fn note(&mut self, note: String) {
        if self.notes.len() < REMARKS {
            self.notes.push(note);
        }
    }
}

#[cfg(test)]
#[path = "reviews_tests.rs"]
mod tests;
