//! What a series gives reason to try as its base: the trees that its tags stand for, and those that MAINTAINERS
//! names for its files.
//!
//! Tags are whole words: `net` is not `net-next`. Settings and MAINTAINERS are read at HEAD: a series can't say what
//! it is examined on by changing them. Whether it applies there is for [`crate::apply`].

use super::approvals::{self, Owners, SETTINGS};
use super::{PatchSet, PipelineError};
use crate::apply::{Hint, Rule};
use crate::approve::{self, Match, Policy};
use crate::mail::Series;
use crate::source::{self, Remote, State};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

/// Where exported headers lie; their owners go before those of other files.
const EXPORTED: &str = "include/uapi/";
/// Branches that stand for a tree where MAINTAINERS names none.
const USUAL: [&str; 3] = ["HEAD", "main", "master"];

/// The revisions to try, likeliest first.
pub(super) fn hints(repository: &Path, set: &PatchSet) -> Result<Vec<Hint>, PipelineError> {
    if set.base.is_some() {
        return Ok(Vec::new());
    }
    let head = source::head(repository)?;
    let mut map: Trees = set.trees.iter().map(one).collect();
    if let Some(text) = match &head {
        Some(head) => approvals::read(head, SETTINGS)?,
        None => None,
    } {
        let settings = approve::trees(&format!("HEAD:{SETTINGS}"), &text)?;
        map.extend(settings);
    }
    let tagged = tagged(&set.series.tags, map);
    let mut hints = Vec::from_iter(tagged.into_iter().map(|revision| Hint {
        revision,
        rule: Rule::Tag,
    }));
    let remotes = source::remotes(repository)?;
    if let Some(head) = head.filter(|_| !remotes.is_empty()) {
        hints.extend(named(&head, &set.series, &remotes)?);
    }
    Ok(hints)
}

/// Tags and the revisions that they stand for.
type Trees = Vec<(String, Vec<String>)>;

fn one((tag, revision): &(String, String)) -> (String, Vec<String>) {
    (tag.clone(), vec![revision.clone()])
}

/// The revisions of the tags that are there, those of the longest tag first.
fn tagged(tags: &[String], mut map: Trees) -> Vec<String> {
    map.retain(|(tag, _)| tags.iter().any(|there| there.eq_ignore_ascii_case(tag)));
    map.sort_by_key(|(tag, _)| Reverse(tag.len()));
    map.into_iter()
        .flat_map(|(_, revisions)| revisions)
        .collect()
}

/// The trees that MAINTAINERS names for the files of a series, as far as they are remotes of the repository.
fn named(head: &State, series: &Series, remotes: &[Remote]) -> Result<Vec<Hint>, PipelineError> {
    let Some(owners) = Owners::read(head)? else {
        return Ok(Vec::new());
    };
    let patches = series.patches.iter();
    let mut files = BTreeMap::new();
    files.extend(patches.flat_map(|patch| owners.maintainers.of_files(&patch.diff)));
    if files.keys().any(|path| path.contains(EXPORTED)) {
        files.retain(|path, _| path.contains(EXPORTED));
    }
    let policy = approvals::policy(head)?;
    let trees = trees(&files, &policy);
    let at = |tree: &String| revisions(tree, remotes);
    let hint = |revision| Hint {
        revision,
        rule: Rule::Tree,
    };
    Ok(trees.iter().flat_map(at).map(hint).collect())
}

/// T: of the sections that have these files, those of most files first, then of the deepest pattern.
fn trees(files: &BTreeMap<String, Vec<Match<'_>>>, policy: &Policy) -> Vec<String> {
    // By line in MAINTAINERS: in how many files, and how deep.
    let mut owners: BTreeMap<usize, (usize, i32, Match<'_>)> = BTreeMap::new();
    let owns = |found: &&Match<'_>| !policy.not_sections.contains(&found.section.title);
    for found in files.values().flatten().filter(owns) {
        let owner = owners.entry(found.section.line).or_insert((0, 0, *found));
        *owner = (owner.0 + 1, owner.1.max(found.depth), *found);
    }
    let mut owners: Vec<_> = owners.into_values().collect();
    owners.sort_by_key(|(files, depth, found)| {
        (Reverse(*files), Reverse(*depth), &found.section.title)
    });
    let links = owners.iter().flat_map(|(.., found)| &found.section.links);
    let trees = links.filter(|(letter, _)| *letter == 'T');
    trees.map(|(_, value)| value.clone()).collect()
}

/// The branches of remotes that a T: such as `git git://host/path.git branch` names.
fn revisions(tree: &str, remotes: &[Remote]) -> Vec<String> {
    let mut words = tree.split_whitespace();
    let (Some("git"), Some(url)) = (words.next(), words.next()) else {
        return Vec::new();
    };
    let branches = match words.next() {
        Some(branch) => vec![branch],
        None => USUAL.to_vec(),
    };
    let same = remotes
        .iter()
        .filter(|remote| source::same_place(&remote.url, url));
    same.flat_map(|remote| {
        let full = |branch: &&str| format!("refs/remotes/{}/{branch}", remote.name);
        branches.iter().map(full).collect::<Vec<_>>()
    })
    .collect()
}
