//! Which commit a series stands on: what its author says, what the files say, or else what it applies to.
//!
//! 1. What the user named, and nothing else.
//! 2. The `base-commit:` of the series, where the repository has it.
//! 3. What the caller has reason to try: the trees that its subject tags stand for, then those that MAINTAINERS
//!    names for its files ([`Hint`]).
//! 4. The names whose files are most like those that the diffs were made from, by the ids in their `index`
//!    lines: HEAD, the branches, the tags, newest first.
//! 5. HEAD, and the branches `next`, `master` and `main`.
//!
//! The series is tried on each in this order; the first that it applies to is the base.

use super::error::ApplyError;
use super::refusal::Name;
use super::scratch::Scratch;
use super::series::Read;
use super::tree;
use crate::source::{self, SourceError};
use git2::{Oid, Repository};
use std::collections::{BTreeMap, BTreeSet};

/// Names whose files are looked at.
const NAMES_LIMIT: usize = 256;
/// Names that a series is tried on because of their files.
const LIKELY_LIMIT: usize = 4;
/// Branches that a series is tried on when nothing else tells.
const USUAL: [&str; 3] = ["next", "master", "main"];

/// What chose the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The user named it.
    Named,
    /// The series says it.
    BaseCommit,
    /// A word in the brackets of its subjects stands for a tree.
    Tag,
    /// MAINTAINERS names the tree for its files.
    Tree,
    /// Its files are those that the diffs were made from.
    Blobs,
    /// The series applies to it.
    Applies,
}

/// A commit that a series may stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// As people know it.
    pub name: String,
    pub commit: Oid,
    pub rule: Rule,
}

/// What the caller knows of the base.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'h> {
    /// A revision that the user named.
    pub named: Option<&'h str>,
    /// The `base-commit:` of the series.
    pub base_commit: Option<&'h str>,
    /// Revisions to try next, in this order. One that the repository does not have is passed over.
    pub trees: &'h [Hint],
}

/// A revision that there is reason to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// As git writes it, such as `refs/remotes/net-next/main`.
    pub revision: String,
    /// What names it.
    pub rule: Rule,
}

/// Revisions of hints that are tried at most.
const HINTS_LIMIT: usize = 16;

/// The candidates, likeliest first; each commit once.
pub(super) fn candidates(
    original: &Repository,
    scratch: &Scratch,
    hints: Hints<'_>,
    series: &[Read<'_>],
) -> Result<Vec<Candidate>, ApplyError> {
    if let Some(name) = hints.named {
        return Ok(vec![Candidate {
            name: name.to_owned(),
            commit: source::commit_of(original, name)?,
            rule: Rule::Named,
        }]);
    }
    let mut found = Vec::new();
    found.extend(hints.base_commit.and_then(|id| told(original, id)));
    let hinted = hints.trees.iter().take(HINTS_LIMIT);
    found.extend(hinted.filter_map(|hint| hinted_at(original, hint)));
    let names = names(original)?;
    found.extend(likely(scratch, &names, series)?);
    let usual = names.into_iter().filter(|name| {
        let branch = name.name.rsplit('/').next().unwrap_or_default();
        name.name == HEAD || (name.is_branch && USUAL.contains(&branch))
    });
    let mut usual: Vec<Named> = usual.collect();
    let rank = |named: &Named| {
        let usual = USUAL.iter().position(|usual| named.name.ends_with(usual));
        (named.name != HEAD, usual, named.name.contains('/'))
    };
    usual.sort_by_key(rank);
    found.extend(usual.into_iter().map(|named| Candidate {
        name: named.name,
        commit: named.commit,
        rule: Rule::Applies,
    }));
    let mut seen = BTreeSet::new();
    found.retain(|candidate| seen.insert(candidate.commit));
    Ok(found)
}

const HEAD: &str = "HEAD";

/// The commit that a series says it stands on, where the repository has it.
fn told(original: &Repository, id: &str) -> Option<Candidate> {
    let is_id = (7..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = source::commit_of(original, id).ok().filter(|_| is_id)?;
    Some(Candidate {
        name: id.chars().take(12).collect(),
        commit,
        rule: Rule::BaseCommit,
    })
}

/// The commit of a hint, where the repository has it.
fn hinted_at(original: &Repository, hint: &Hint) -> Option<Candidate> {
    let commit = source::commit_of(original, &hint.revision).ok()?;
    let kinds = ["refs/heads/", "refs/remotes/", "refs/tags/"];
    let mut short = kinds.iter();
    let short = short.find_map(|kind| hint.revision.strip_prefix(kind));
    Some(Candidate {
        name: short.unwrap_or(&hint.revision).to_owned(),
        commit,
        rule: hint.rule,
    })
}

struct Named {
    name: String,
    commit: Oid,
    is_branch: bool,
}

/// HEAD, then branches and tags, newest first.
fn names(original: &Repository) -> Result<Vec<Named>, ApplyError> {
    let mut found: Vec<(i64, Named)> = Vec::new();
    for reference in original.references().map_err(SourceError::from)?.flatten() {
        let Ok(full) = std::str::from_utf8(reference.name_bytes()) else {
            continue;
        };
        let kinds = ["refs/heads/", "refs/remotes/", "refs/tags/"];
        let Some(kind) = kinds.iter().position(|kind| full.starts_with(kind)) else {
            continue;
        };
        let name = full.get(kinds[kind].len()..).unwrap_or_default().to_owned();
        // A name that leads to no commit is none to stand on.
        let Ok(commit) = reference.peel_to_commit() else {
            continue;
        };
        let named = Named {
            name,
            commit: commit.id(),
            is_branch: kind < 2,
        };
        found.push((commit.time().seconds(), named));
    }
    found.sort_by(|(one_time, one), (other_time, other)| {
        let key = |named: &Named| (!named.is_branch, named.name.clone());
        other_time
            .cmp(one_time)
            .then_with(|| key(one).cmp(&key(other)))
    });
    let head = original.head().and_then(|head| head.peel_to_commit()).ok();
    let head = head.map(|commit| Named {
        name: HEAD.to_owned(),
        commit: commit.id(),
        is_branch: false,
    });
    let rest = found.into_iter().map(|(_, named)| named);
    Ok(head.into_iter().chain(rest).collect())
}

/// Those whose files are most like what the diffs were made from, and that have one such file at least.
fn likely(
    scratch: &Scratch,
    names: &[Named],
    series: &[Read<'_>],
) -> Result<Vec<Candidate>, ApplyError> {
    let wanted = first_blobs(series);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen = BTreeSet::new();
    let mut ranked: Vec<(usize, &Named)> = Vec::new();
    let each = names.iter().filter(|named| seen.insert(named.commit));
    for named in each.take(NAMES_LIMIT) {
        let misses = misses(scratch, named.commit, &wanted)?;
        if misses < wanted.len() {
            ranked.push((misses, named));
        }
        if misses == 0 {
            break;
        }
    }
    ranked.sort_by_key(|(misses, _)| *misses);
    let candidate = |(_, named): (usize, &Named)| Candidate {
        name: named.name.clone(),
        commit: named.commit,
        rule: Rule::Blobs,
    };
    Ok(ranked
        .into_iter()
        .take(LIKELY_LIMIT)
        .map(candidate)
        .collect())
}

/// The files that a series starts from, with the digits of their ids. What an earlier patch of it touched
/// tells nothing of the base.
fn first_blobs<'r>(series: &'r [Read<'_>]) -> BTreeMap<&'r Name, &'r [u8]> {
    let mut blobs = BTreeMap::new();
    let mut touched = BTreeSet::new();
    for file in series.iter().flat_map(|read| &read.files) {
        let digits = file.old_id;
        let is_id = digits.len() >= 7 && digits.iter().any(|digit| *digit != b'0');
        let old = file
            .old
            .as_ref()
            .filter(|old| is_id && !touched.contains(*old));
        if let Some(old) = old {
            blobs.entry(old).or_insert(digits);
        }
        touched.extend([&file.old, &file.new].into_iter().flatten());
    }
    blobs
}

/// How many of the files are others in a commit.
fn misses(
    scratch: &Scratch,
    commit: Oid,
    wanted: &BTreeMap<&Name, &[u8]>,
) -> Result<usize, ApplyError> {
    let tree = scratch.repository.find_commit(commit)?.tree_id();
    let mut misses = 0;
    for (name, digits) in wanted {
        let is_it = match super::path::check(name, 0) {
            Ok(()) => tree::entry(scratch, tree, name)?.is_some_and(|entry| {
                let id = entry.id.to_string();
                id.as_bytes().starts_with(&digits.to_ascii_lowercase())
            }),
            // No tree has it; what is wrong with it is told when it is applied.
            Err(_) => false,
        };
        misses += usize::from(!is_it);
    }
    Ok(misses)
}
