//! Which release brought each commit of a range: the first tag `vX.Y` that has it.
//!
//! A tag inside the range is followed back over the parents that the walk found, so that nothing is read
//! twice. What no tag of the range has may be in a later one; else it is unreleased.

use std::collections::HashMap;

use git2::{Oid, Repository};

use super::SourceError;
use super::released::{CLOCK_SKEW, ReleaseChoice, ReleaseTag, find, release_tags};
use super::sides::Sides;
use super::walk::{CommitId, Step};

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Name of its tag: `v6.12`.
    pub name: String,
    /// The commit that the tag names.
    pub id: CommitId,
}

/// The releases of a range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Releases {
    /// The last one before the range.
    base: Option<Release>,
    /// Those inside the range, lowest version first.
    inside: Vec<Release>,
    /// The first one that has the whole range, where the range does not end at a release.
    later: Option<Release>,
    /// For each commit that is in one of `inside`, in which it is first.
    first: HashMap<CommitId, usize>,
}

impl Releases {
    /// The first release that has a commit of the range.
    pub fn first_with(&self, id: CommitId) -> Option<&Release> {
        match self.first.get(&id) {
            Some(at) => self.inside.get(*at),
            None => self.later.as_ref(),
        }
    }

    /// The last release before that one: what users had when the commit came.
    pub fn last_before(&self, id: CommitId) -> Option<&Release> {
        let count = self.first.get(&id).copied().unwrap_or(self.inside.len());
        match count.checked_sub(1) {
            Some(at) => self.inside.get(at),
            None => self.base.as_ref(),
        }
    }
}

impl Sides {
    /// The releases of the range that these steps are of.
    ///
    /// # Errors
    /// Tags or commits that cannot be read.
    pub fn releases(&self, steps: &[Step]) -> Result<Releases, SourceError> {
        let (before, Some(after)) = self.range else {
            return Ok(Releases::default());
        };
        self.repository()?.with(|repository| {
            let base = find(repository, &ReleaseChoice::LastTag, before)?;
            let parents: HashMap<CommitId, &[CommitId]> = steps
                .iter()
                .map(|step| (step.id, &step.parents[..]))
                .collect();
            let mut tags: Vec<(Oid, ReleaseTag)> = release_tags(repository)?.into_iter().collect();
            tags.sort_by(|(_, one), (_, other)| one.version.cmp(&other.version));
            let is_inside = |(id, _): &(Oid, ReleaseTag)| parents.contains_key(&CommitId(*id));
            let (inside, outside): (Vec<_>, Vec<_>) = tags.into_iter().partition(is_inside);
            let inside: Vec<Release> = inside.into_iter().map(release).collect();
            let first = first(&inside, &parents);
            let later = match first.len() < steps.len() {
                true => later(repository, after, outside)?,
                false => None,
            };
            Ok(Releases {
                base: base.map(|(name, id)| Release {
                    name,
                    id: CommitId(id),
                }),
                inside,
                later,
                first,
            })
        })
    }
}

fn release((id, tag): (Oid, ReleaseTag)) -> Release {
    Release {
        name: tag.name,
        id: CommitId(id),
    }
}

/// Follows each release back to what the ones before it have.
fn first(inside: &[Release], parents: &HashMap<CommitId, &[CommitId]>) -> HashMap<CommitId, usize> {
    let mut first = HashMap::new();
    for (at, release) in inside.iter().enumerate() {
        let mut to_visit = vec![release.id];
        while let Some(id) = to_visit.pop() {
            let Some(parents) = parents.get(&id) else {
                continue;
            };
            if first.contains_key(&id) {
                continue;
            }
            first.insert(id, at);
            to_visit.extend(parents.iter());
        }
    }
    first
}

/// The lowest of these releases that has a commit. The highest is asked first: where it has not got it,
/// the others need no walk through history.
fn later(
    repository: &Repository,
    commit: Oid,
    releases: Vec<(Oid, ReleaseTag)>,
) -> Result<Option<Release>, SourceError> {
    let has = |id: Oid| repository.graph_descendant_of(id, commit);
    let since = repository.find_commit(commit)?.time().seconds();
    let newer: Vec<(Oid, ReleaseTag)> = releases
        .into_iter()
        .filter(|(_, tag)| tag.time.saturating_add(CLOCK_SKEW) >= since)
        .collect();
    match newer.last() {
        Some((highest, _)) if has(*highest)? => {}
        _ => return Ok(None),
    }
    for tag in newer {
        if has(tag.0)? {
            return Ok(Some(release(tag)));
        }
    }
    Ok(None)
}
