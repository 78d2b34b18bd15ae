//! The commits of a change become what they say of agreement: who wrote it, and which findings each commit
//! makes by itself, so that what was said of a commit is said of these and of no others.
//!
//! Decides nothing; see [`crate::approve`].

use super::commits::Judged;
use crate::approve::{self, About, Approval, Made, Person, Waiver};
use crate::report::Report;
use crate::source::{Commit, Sides, SourceError};
use std::collections::{BTreeMap, BTreeSet};

/// Longest series whose authors are taken for those of the change. Of a release everybody is an author,
/// which says nothing.
const LIMIT: usize = 64;

/// What a change's commits say.
pub(super) struct Series {
    /// Who wrote the change; `None` where that is not known.
    pub authors: Option<Vec<Person>>,
    /// What was said, each word of a finding.
    pub said: Vec<Approval>,
    /// Waivers that the commits ask for.
    pub asked: Vec<Waiver>,
}

/// What to say where it is not known who wrote a change.
pub(super) const NOBODY_KNOWN: &str = "Who wrote the change is not known: it is no series of commits (at most 64, without a merge), or one has \
     no author with a mail address. So nobody's agreement counts, for it could be the author's own.";

/// Reads what the commits say, and adds what else was `said`. `judged` are the commits that touch headers,
/// where the run went commit by commit.
pub(super) fn read(
    sides: &Sides,
    report: &Report,
    said: &[Approval],
    judged: Option<&[Judged]>,
) -> Result<Series, SourceError> {
    let line = sides.series(LIMIT)?;
    let authors = line.as_deref().and_then(authors);
    let commits = match judged {
        Some(judged) => judged.iter().map(|made| made.commit.clone()).collect(),
        None => line.unwrap_or_default(),
    };
    let claims = |commit: &Commit| approve::claims(&commit.id, &commit.message);
    let mut words: Vec<Approval> = commits.iter().flat_map(claims).collect();
    words.extend_from_slice(said);
    let of_commits = words
        .iter()
        .any(|word| matches!(word.about, About::Commit(_)));
    let made = match judged {
        _ if !of_commits => Made::new(),
        Some(judged) => made_as_judged(judged),
        None => made_by_files(sides, report, &commits)?,
    };
    Ok(Series {
        authors,
        said: approve::resolve(&words, &made, &fingerprints(report)),
        asked: commits
            .iter()
            .flat_map(|commit| approve::asked(&commit.message))
            .collect(),
    })
}

/// Who wrote the commits, alone or together; `None` where one of them has no mail address for an author.
fn authors(commits: &[Commit]) -> Option<Vec<Person>> {
    let mut authors = Vec::new();
    for commit in commits {
        authors.push(Person::parse(&commit.author)?);
        authors.extend(approve::co_authors(&commit.message));
    }
    Some(authors)
}

fn fingerprints(report: &Report) -> BTreeSet<String> {
    let findings = report.findings.iter();
    findings
        .map(|finding| finding.fingerprint.clone())
        .collect()
}

/// A commit makes what it was found to make: what has the same values in the change as a whole has the same
/// fingerprint there.
fn made_as_judged(judged: &[Judged]) -> Made {
    let each = judged.iter().map(|made| {
        let findings = made.findings.iter();
        let fingerprints = findings.map(|finding| finding.fingerprint.clone());
        (made.commit.id.clone(), fingerprints.collect())
    });
    each.collect()
}

/// A commit makes the findings in files that no other commit of the series touches.
fn made_by_files(sides: &Sides, report: &Report, commits: &[Commit]) -> Result<Made, SourceError> {
    if let [commit] = commits {
        return Ok(Made::from([(commit.id.clone(), fingerprints(report))]));
    }
    let touching = touching(sides, report)?;
    let mut made = Made::new();
    for finding in &report.findings {
        let files = report.files.get(&finding.fingerprint).into_iter().flatten();
        let by = files.filter_map(|file| touching.get(file.as_str()));
        let by: BTreeSet<&String> = by.flatten().collect();
        if let [commit] = by.into_iter().collect::<Vec<_>>()[..] {
            let of_commit = made.entry(commit.clone()).or_default();
            of_commit.insert(finding.fingerprint.clone());
        }
    }
    Ok(made)
}

/// The commits of a series that touch each file in which something was found.
fn touching<'r>(
    sides: &Sides,
    report: &'r Report,
) -> Result<BTreeMap<&'r str, BTreeSet<String>>, SourceError> {
    let files: BTreeSet<&str> = report
        .files
        .values()
        .flatten()
        .map(String::as_str)
        .collect();
    let mut touching: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut before = sides.before.clone();
    for step in sides.walk()? {
        let after = sides.state(Some(step.id))?;
        for file in &files {
            if before.files.id(file)? != after.files.id(file)? {
                let by = touching.entry(file).or_default();
                by.insert(step.id.to_string());
            }
        }
        before = after;
    }
    Ok(touching)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(author: &str, message: &str) -> Commit {
        Commit {
            id: "0".repeat(40),
            subject: String::new(),
            author: author.to_owned(),
            date: String::new(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn an_author_without_address_may_be_anybody() {
        let together = commit(
            "Ann <ann@x.org>",
            "a: b\n\nCo-developed-by: Bob <bob@x.org>\n",
        );
        let found = authors(std::slice::from_ref(&together)).expect("both are known");
        let emails: Vec<&str> = found.iter().map(|author| author.email.as_str()).collect();
        assert_eq!(emails, ["ann@x.org", "bob@x.org"]);
        for author in ["Ann <>", "Ann <ann>", "Ann"] {
            assert_eq!(
                authors(&[together.clone(), commit(author, "")]),
                None,
                "{author}"
            );
        }
    }
}
