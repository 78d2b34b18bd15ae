//! Changed files and the sections that own them become demands: who must agree with what, and how that
//! stands. Decides nothing about findings. Next: [`crate::report`].

use super::approval::{About, Approval, Electorate, Given, State};
use super::identity;
use super::mailmap::Mailmap;
use super::maintainers::{Maintainers, Section};
use super::person::Person;
use super::policy::{Policy, Require};
use crate::judge::Verdict;
use std::collections::{BTreeMap, BTreeSet};

/// A finding, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The file of the kernel's tree that the change is in.
    pub path: String,
    /// Fingerprint of the finding.
    pub fingerprint: String,
    /// Its verdict.
    pub verdict: Verdict,
}

/// What the commit before the change says, and who wrote the change.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// MAINTAINERS.
    pub maintainers: &'a Maintainers,
    /// .mailmap.
    pub mailmap: &'a Mailmap,
    /// The policy, with the repository's own settings.
    pub policy: &'a Policy,
    /// Who wrote the change: they can't agree with themselves. `None` where that is not known, so that
    /// whoever agrees may be one of them.
    pub authors: Option<&'a [Person]>,
}

/// What one section has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its title; several where one of them is enough; empty where no section owns the files.
    pub section: String,
    /// Files of the change that it covers, sorted.
    pub paths: Vec<String>,
    /// How it stands.
    pub state: State,
    /// What is needed, in one sentence.
    pub need: String,
    /// Who can give it.
    pub who: Vec<Person>,
    /// Who said what.
    pub by: Vec<Given>,
    /// The findings that it is about.
    pub fingerprints: BTreeSet<String>,
}

/// What belongs together: the owners of files, and what is needed of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// These sections (places in MAINTAINERS), and how many of their people.
    Sections(Vec<usize>, usize),
    /// The people whom the policy names.
    Fallback,
    /// Nobody: the section that would own the files but for the reason, where there is one.
    Nobody(Option<String>),
}

/// Files and findings of one owner.
#[derive(Debug, Default)]
struct Share {
    paths: BTreeSet<String>,
    fingerprints: BTreeSet<String>,
}

/// Who must agree, and how it stands: what is blocked first, then what is missing, then by section.
pub fn standings(touched: &[Touched], ground: &Ground<'_>, said: &[Approval]) -> Vec<Standing> {
    // Where the people differ, so does the demand: who helps out for one file does not for another.
    let mut shares: BTreeMap<(Owner, Vec<Person>), Share> = BTreeMap::new();
    let mut owners: BTreeMap<&str, Vec<(Owner, Vec<Person>)>> = BTreeMap::new();
    let wanted = |touched: &&Touched| ground.policy.verdicts.contains(&touched.verdict);
    for touched in touched.iter().filter(wanted) {
        let path = touched.path.as_str();
        for owner in owners.entry(path).or_insert_with(|| ground.owners(path)) {
            let share = shares.entry(owner.clone()).or_default();
            share.paths.insert(touched.path.clone());
            share.fingerprints.insert(touched.fingerprint.clone());
        }
    }
    let spoken = Spoken::new(touched, said);
    let mut standings: Vec<Standing> = shares
        .into_iter()
        .map(|((owner, who), share)| ground.standing(&owner, who, share, &spoken))
        .collect();
    standings.sort_by(|a, b| (a.state, &a.section, &a.paths).cmp(&(b.state, &b.section, &b.paths)));
    standings
}

/// What was said, by finding: of a release, there are too many of both to hold each against each.
struct Spoken<'s> {
    /// All findings of the change.
    all: BTreeSet<String>,
    of: BTreeMap<&'s str, Vec<&'s Approval>>,
    /// Of findings that the change no longer has.
    lapsed: Vec<&'s Approval>,
}

impl<'s> Spoken<'s> {
    fn new(touched: &[Touched], said: &'s [Approval]) -> Self {
        let all = touched.iter().map(|touched| touched.fingerprint.clone());
        let mut spoken = Self {
            all: all.collect(),
            of: BTreeMap::new(),
            lapsed: Vec::new(),
        };
        for word in said {
            match &word.about {
                About::Finding(fingerprint) if spoken.all.contains(fingerprint) => {
                    spoken.of.entry(fingerprint).or_default().push(word);
                }
                _ => spoken.lapsed.push(word),
            }
        }
        spoken
    }

    /// What matters for these findings.
    fn about(&self, fingerprints: &BTreeSet<String>) -> Vec<Approval> {
        let of = fingerprints.iter().filter_map(|f| self.of.get(f.as_str()));
        let words = of.flatten().chain(&self.lapsed);
        words.map(|word| (*word).clone()).collect()
    }
}

impl Ground<'_> {
    /// The owners of a file, each with the people who can agree for it.
    fn owners(&self, path: &str) -> Vec<(Owner, Vec<Person>)> {
        let found = self.sections(path);
        let all: Vec<usize> = found.iter().map(|(at, _)| *at).collect();
        let helpers = || self.helpers(path, &found);
        let people = |sections: &[(usize, &Section)]| {
            let named = sections
                .iter()
                .flat_map(|(_, section)| self.voters(section));
            self.others(named)
        };
        if found.is_empty() {
            return vec![self.without_section(path)];
        }
        // Where the authors are all that a section has, the people next to it agree.
        let or_helpers = |who: Vec<Person>, needed: usize| match identity::count(&who) < needed {
            true => self.others(who.iter().chain(helpers().iter())),
            false => who,
        };
        match self.policy.require {
            Require::EachSection => found
                .iter()
                .map(|one| {
                    let who = or_helpers(people(&[*one]), 1);
                    (Owner::Sections(vec![one.0], 1), who)
                })
                .collect(),
            Require::AnySection => {
                vec![(Owner::Sections(all, 1), or_helpers(people(&found), 1))]
            }
            Require::KOf => {
                let who = or_helpers(people(&found), self.policy.k);
                // More than there are can't agree.
                let needed = self.policy.k.min(identity::count(&who)).max(1);
                vec![(Owner::Sections(all, needed), who)]
            }
        }
    }

    /// The sections that somebody looks after and that have a person to speak for them.
    fn sections(&self, path: &str) -> Vec<(usize, &Section)> {
        let matches = self.maintainers.of_file(path);
        let matches = matches.into_iter().filter(|found| {
            let section = found.section;
            self.owns(section)
                && self.policy.is_active(section.status)
                && self.voters(section).next().is_some()
        });
        let matches: Vec<_> = matches.collect();
        let deepest = matches.first().map_or(0, |found| found.depth);
        let deep_enough = |depth: i32| match self.policy.min_depth_gap {
            Some(gap) => depth + i32::from(gap) > deepest,
            None => true,
        };
        let kept = matches.iter().filter(|found| deep_enough(found.depth));
        let mut kept: Vec<(usize, &Section)> = kept
            .map(|found| (found.section.line, found.section))
            .collect();
        kept.sort_by_key(|(line, _)| *line);
        kept
    }

    fn owns(&self, section: &Section) -> bool {
        !self.policy.not_sections.contains(&section.title)
    }

    /// The people who speak for a section.
    fn voters<'s>(&'s self, section: &'s Section) -> impl Iterator<Item = &'s Person> {
        let reviewers = section.reviewers.iter();
        let reviewers = reviewers.filter(|_| self.policy.reviewers_count);
        let people = section.maintainers.iter().chain(reviewers);
        people.filter(|person| self.policy.is_person(person))
    }

    /// The people next to the owners: reviewers of the sections, maintainers of the others, and those whom
    /// the policy names.
    fn helpers(&self, path: &str, sections: &[(usize, &Section)]) -> Vec<Person> {
        let people = sections
            .iter()
            .flat_map(|(_, section)| section.maintainers.iter().chain(&section.reviewers));
        let people = people.filter(|person| self.policy.is_person(person));
        self.others(people.chain(self.policy.fallback(path)))
    }

    /// The people under their proper names, each once, without the authors.
    fn others<'p>(&self, people: impl Iterator<Item = &'p Person>) -> Vec<Person> {
        let authors = self.authors.unwrap_or_default();
        let is_author = |person: &Person| {
            let mut authors = authors.iter();
            authors.any(|author| {
                identity::may_be_one(author, person)
                    || identity::may_be_one(&self.mailmap.person(author), person)
            })
        };
        let mut seen = BTreeSet::new();
        let proper = people.map(|person| self.mailmap.person(person));
        proper
            .filter(|person| !is_author(person) && seen.insert(person.key()))
            .collect()
    }

    fn without_section(&self, path: &str) -> (Owner, Vec<Person>) {
        let named = self.policy.fallback(path);
        if !named.is_empty() {
            return (Owner::Fallback, self.others(named.iter()));
        }
        let matches = self.maintainers.of_file(path);
        let nearest = matches.iter().find(|found| self.owns(found.section));
        let nearest = nearest.map(|found| found.section.title.clone());
        (Owner::Nobody(nearest), Vec::new())
    }

    fn standing(
        &self,
        owner: &Owner,
        who: Vec<Person>,
        share: Share,
        spoken: &Spoken<'_>,
    ) -> Standing {
        let needed = match owner {
            Owner::Sections(_, needed) => *needed,
            Owner::Fallback | Owner::Nobody(_) => 1,
        };
        let electorate = Electorate {
            mailmap: self.mailmap,
            heads: identity::heads(&who),
            who: &who,
            needed,
            fingerprints: &share.fingerprints,
            all: &spoken.all,
            authors_known: self.authors.is_some(),
        };
        let said = spoken.about(&share.fingerprints);
        let (state, by) = (electorate.state(&said), electorate.given(&said));
        Standing {
            section: self.title(owner),
            need: self.need(owner, &who, &share),
            paths: share.paths.into_iter().collect(),
            state,
            who,
            by,
            fingerprints: share.fingerprints,
        }
    }

    fn title(&self, owner: &Owner) -> String {
        match owner {
            Owner::Sections(lines, _) => {
                let sections = self.maintainers.sections.iter();
                let titles = sections
                    .filter(|section| lines.contains(&section.line))
                    .map(|section| section.title.as_str());
                titles.collect::<Vec<_>>().join(" / ")
            }
            Owner::Nobody(nearest) => nearest.clone().unwrap_or_default(),
            Owner::Fallback => String::new(),
        }
    }

    /// What is needed, in one sentence.
    fn need(&self, owner: &Owner, who: &[Person], share: &Share) -> String {
        let several = |lines: &[usize]| lines.len() > 1;
        match owner {
            Owner::Sections(..) | Owner::Fallback if who.is_empty() => {
                "somebody besides the author, and nobody is named: name one under fallback in \
             .uapi-check.yaml"
                    .to_owned()
            }
            Owner::Sections(_, needed)
                if self.policy.require == Require::KOf && *needed < self.policy.k =>
            {
                format!(
                    "{needed} of these people, for there are no {}",
                    self.policy.k
                )
            }
            Owner::Sections(lines, 1) if several(lines) => {
                "one maintainer of one of these sections".to_owned()
            }
            Owner::Sections(_, 1) => "one of its maintainers".to_owned(),
            Owner::Sections(_, needed) => format!("{needed} of these people"),
            Owner::Fallback => {
                "one of those named in .uapi-check.yaml, for MAINTAINERS names nobody".to_owned()
            }
            Owner::Nobody(Some(_)) => {
                "a maintainer, whom this section has not: add M: to it, or name somebody under \
             fallback in .uapi-check.yaml"
                    .to_owned()
            }
            Owner::Nobody(None) => {
                let first = share.paths.first().map_or("", String::as_str);
                format!(
                    "an owner, whom MAINTAINERS does not name: add a line such as `F: {first}` to the section of \
                 its maintainers, or name somebody under fallback in .uapi-check.yaml"
                )
            }
        }
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "gate_properties.rs"]
mod properties;
