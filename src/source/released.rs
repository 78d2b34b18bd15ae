//! Which release a change is measured against: names that no release has may still change.

use std::collections::HashMap;

use git2::{ObjectType, Oid, Repository, Sort};

use super::SourceError;
use super::resolve::commit_of;

/// What counts as released.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReleaseChoice {
    /// The last release tag (`vX.Y`, no `-rc`) reachable from the before side.
    #[default]
    LastTag,
    /// The last release tag reachable from a revision, such as the branch that a change is for.
    LastTagOf(String),
    /// The state of a revision.
    Revision(String),
    /// Nothing is known: every name of the before side counts as released.
    None,
}

/// How much older than a release a commit may say it is and still come after it, in seconds: clocks of
/// committers are off by hours.
pub(super) const CLOCK_SKEW: i64 = 86_400;

/// Name and commit of what counts as released.
pub(super) fn find(
    repository: &Repository,
    choice: &ReleaseChoice,
    before: Option<Oid>,
) -> Result<Option<(String, Oid)>, SourceError> {
    match (choice, before) {
        (ReleaseChoice::Revision(name), _) => {
            Ok(Some((name.clone(), commit_of(repository, name)?)))
        }
        (ReleaseChoice::LastTag, Some(before)) => last_tag(repository, before),
        (ReleaseChoice::LastTagOf(name), _) => last_tag(repository, commit_of(repository, name)?),
        (ReleaseChoice::LastTag, None) | (ReleaseChoice::None, _) => Ok(None),
    }
}

/// Everything that decides which release tag is the last of a history; `None` where none is looked
/// for, or where more than the ids of commits decides who their parents are.
pub(super) fn question(
    repository: &Repository,
    choice: &ReleaseChoice,
    before: Option<Oid>,
) -> Result<Option<String>, SourceError> {
    let from = match (choice, before) {
        (ReleaseChoice::LastTag, Some(before)) => before,
        (ReleaseChoice::LastTagOf(name), _) => commit_of(repository, name)?,
        _ => return Ok(None),
    };
    let has_grafts = repository.commondir().join("info/grafts").exists();
    if repository.is_shallow() || has_grafts {
        return Ok(None);
    }
    let tags = release_tags(repository)?;
    let tags = tags.iter().map(|(id, tag)| format!("{id} {}", tag.name));
    let mut parts: Vec<String> = tags.collect();
    parts.sort_unstable();
    parts.push(from.to_string());
    Ok(Some(parts.join("\n")))
}

/// Walks back from `before`, newest commits first, to the first one that a release tag names.
fn last_tag(repository: &Repository, before: Oid) -> Result<Option<(String, Oid)>, SourceError> {
    let tags = release_tags(repository)?;
    let Some(oldest) = tags.values().map(|tag| tag.time).min() else {
        return Ok(None);
    };
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TIME)?;
    walk.push(before)?;
    for id in walk {
        let id = id.map_err(|error| SourceError::object("the history", before, &error))?;
        if let Some(tag) = tags.get(&id) {
            return Ok(Some((tag.name.clone(), id)));
        }
        // No release lies further back: do not walk the other million commits.
        let time = repository.find_commit(id)?.time().seconds();
        if time < oldest.saturating_sub(CLOCK_SKEW) {
            break;
        }
    }
    Ok(None)
}

pub(super) struct ReleaseTag {
    pub(super) name: String,
    pub(super) version: Vec<u32>,
    pub(super) time: i64,
}

/// Every release tag by its commit; of two names for one commit the higher version.
pub(super) fn release_tags(
    repository: &Repository,
) -> Result<HashMap<Oid, ReleaseTag>, SourceError> {
    let mut found: HashMap<Oid, ReleaseTag> = HashMap::new();
    let names = repository.tag_names(Some("v*"))?;
    for name in names.iter().flatten().flatten() {
        let Some(version) = release_version(name) else {
            continue;
        };
        // A tag may name a tree or be damaged; such a one is no release.
        let object = repository
            .find_reference(&format!("refs/tags/{name}"))
            .and_then(|reference| reference.peel(ObjectType::Commit));
        let Some(commit) = object.ok().and_then(|object| object.into_commit().ok()) else {
            continue;
        };
        let tag = ReleaseTag {
            name: name.to_owned(),
            version,
            time: commit.time().seconds(),
        };
        let known = found.get(&commit.id());
        if known.is_none_or(|known| known.version < tag.version) {
            found.insert(commit.id(), tag);
        }
    }
    Ok(found)
}

/// The numbers of a release tag: `v6.12`, and `v2.6.39` from when there were three.
fn release_version(name: &str) -> Option<Vec<u32>> {
    let numbers: Option<Vec<u32>> = name
        .strip_prefix('v')?
        .split('.')
        .map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    let numbers = numbers?;
    match numbers.as_slice() {
        [2, 6, _] => Some(numbers),
        [major, _] if *major >= 3 => Some(numbers),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::release_version;

    #[test]
    fn reads_release_tags_only() {
        assert_eq!(release_version("v6.12"), Some(vec![6, 12]));
        assert_eq!(release_version("v2.6.39"), Some(vec![2, 6, 39]));
        for other in [
            "v6.12-rc1",
            "v6.12.3",
            "v6",
            "6.12",
            "v6.x",
            "v6.",
            "v6.+1",
            "v2.6",
            "v2.4.1",
            "v6.12-rt",
            "v99999999999.1",
            "",
        ] {
            assert_eq!(release_version(other), None, "{other}");
        }
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(release_version("v6.9") < release_version("v6.10"));
    }
}
