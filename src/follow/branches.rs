//! The branches of a git repository, or the requests on a forge (`refs/pull/*/head`), become new commits.
//!
//! The cursor has the commit that each reference stood at. At the first start they are only noted. What is new on a
//! branch is what came after; where a branch was rewritten, or is new, it is what came after the place where it leaves
//! the base or, without one, the other branches. A request is always told from there: it is judged as a whole. Nothing is
//! checked out. Next: `git`.

use super::error::FollowError;
use super::http::failed;
use super::{Arrival, Batch, NewCommits, cursor};
use crate::git::{Git, check_place};
use crate::http::{Manners, one_line};
use git2::{ErrorCode, Oid, Repository};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// References at most.
const REFERENCES: usize = 10_000;
/// Arrivals of a batch at most.
const ARRIVALS: usize = 100;

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchSettings {
    /// The path of a repository, or the address of one.
    pub place: String,
    /// A directory of ours for what is fetched from an address. A repository at a path is read where it is.
    pub directory: PathBuf,
    /// Branches (`main`, `net-*`) and references (`refs/pull/*/head`); a `*` stands for anything, once in each.
    pub names: Vec<String>,
    /// The branch that others are held against where they are new, were rewritten, or are requests.
    pub base: Option<String>,
    /// Fetching takes no longer.
    pub limit: Duration,
}

/// Branches that are followed.
#[derive(Debug)]
pub struct Branches {
    git: Git,
    settings: BranchSettings,
    names: Vec<String>,
    base: Option<String>,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct State {
    /// Full name of a reference, and the commit that it stood at.
    references: BTreeMap<String, String>,
}

impl Branches {
    /// A source of these settings; asks nobody yet.
    ///
    /// # Errors
    ///
    /// Where there is no name or one that git would not take, or the place is neither a path nor an address.
    pub fn new(manners: &Manners, settings: BranchSettings) -> Result<Self, FollowError> {
        check_place(&settings.place)?;
        let names: Result<Vec<String>, _> = settings.names.iter().map(|name| full(name)).collect();
        let names = names?;
        if names.is_empty() {
            let what = format!(
                "no branch of {} is named: give one, or a pattern such as `*`",
                settings.place
            );
            return Err(FollowError::Mistake(what));
        }
        let git = Git {
            agent: manners
                .user_agent()
                .map_err(|error| failed(&settings.place, error))?,
            limit: settings.limit,
            login: None,
            room: None,
            lock: None,
        };
        let base = settings.base.as_deref().map(full).transpose()?;
        let requests = names.iter().any(|name| is_request(name));
        if base.as_ref().is_some_and(|base| base.contains('*')) || (requests && base.is_none()) {
            let what = format!(
                "{}: requests are held against one branch: name it as the base",
                settings.place
            );
            return Err(FollowError::Mistake(what));
        }
        Ok(Self {
            git,
            settings,
            names,
            base,
        })
    }

    /// Where the commits can be read.
    #[must_use]
    pub fn repository(&self) -> &Path {
        match self.is_local() {
            true => Path::new(&self.settings.place),
            false => &self.settings.directory,
        }
    }

    /// What is new since a cursor. Without one nothing is: where all stands is noted.
    ///
    /// # Errors
    ///
    /// Where the repository can't be fetched or read, or the cursor is of another one.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, FollowError> {
        let place = self.settings.place.clone();
        let known: Option<State> = cursor
            .map(|text| cursor::read("branches", &place, text))
            .transpose()?;
        if !self.is_local() {
            self.fetch().await?;
        }
        let (path, names, base) = (
            self.repository().to_owned(),
            self.names.clone(),
            self.base.clone(),
        );
        let compared = tokio::task::spawn_blocking(move || {
            let git = Repository::open(&path).map_err(|error| no_repository(&path, &error))?;
            compare(&git, &names, base.as_deref(), known)
        });
        let compared = compared
            .await
            .map_err(|error| FollowError::Ours(error.to_string()))?;
        let (commits, state, more) = compared?;
        Ok(Batch {
            arrivals: commits.into_iter().map(Arrival::Commits).collect(),
            cursor: cursor::write("branches", &place, state)?,
            more,
        })
    }

    fn is_local(&self) -> bool {
        self.settings.place.starts_with('/')
    }

    async fn fetch(&self) -> Result<(), FollowError> {
        self.git.init(&self.settings.directory).await?;
        let all = self.names.iter().chain(&self.base);
        let mut references: Vec<String> = all.map(|name| format!("+{name}:{name}")).collect();
        references.sort();
        references.dedup();
        let (directory, place) = (&self.settings.directory, &self.settings.place);
        Ok(self.git.fetch(directory, place, &[], &references).await?)
    }
}

/// The full name of a branch or a pattern.
fn full(name: &str) -> Result<String, FollowError> {
    let full = match name.starts_with("refs/") {
        true => name.to_owned(),
        false => format!("refs/heads/{name}"),
    };
    let one = full.replacen('*', "x", 1);
    if name.is_empty() || !git2::Reference::is_valid_name(&one) {
        let name = one_line(name);
        return Err(FollowError::Mistake(format!(
            "`{name}` is no name of a branch, nor a pattern with one `*`"
        )));
    }
    Ok(full)
}

fn is_request(name: &str) -> bool {
    name.starts_with("refs/pull/") || name.starts_with("refs/merge-requests/")
}

/// Whether a name is one that a pattern means. A `*` stands for anything, with slashes in it too, as it does for git.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let rest = name.strip_prefix(before);
            rest.is_some_and(|rest| rest.ends_with(after))
        }
    }
}

/// What is new on the references, the state after that, and whether there is more.
fn compare(
    git: &Repository,
    names: &[String],
    base: Option<&str>,
    known: Option<State>,
) -> Result<(Vec<NewCommits>, State, bool), FollowError> {
    let now = references(git, names)?;
    let Some(mut state) = known else {
        let place = git.path().display();
        tracing::info!(%place, references = now.len(), "noted where all stands");
        return Ok((Vec::new(), State { references: now }, false));
    };
    state.references.retain(|name, _| now.contains_key(name));
    let mut found = Vec::new();
    for (name, after) in &now {
        let before = state.references.get(name);
        if before == Some(after) {
            continue;
        }
        if found.len() >= ARRIVALS {
            return Ok((found, state, true));
        }
        let others = match base {
            Some(base) => vec![commit(git, base)?],
            None => oids(
                state
                    .references
                    .iter()
                    .filter(|(other, _)| *other != name)
                    .map(|(_, id)| id),
            ),
        };
        let left = left(git, name, (before, after), &others)?;
        found.extend(left.filter(|left| left != after).map(|before| NewCommits {
            reference: name.clone(),
            before,
            after: after.clone(),
        }));
        state.references.insert(name.clone(), after.clone());
    }
    Ok((found, state, false))
}

/// Where what is new on a reference begins.
fn left(
    git: &Repository,
    name: &str,
    (before, after): (Option<&String>, &str),
    others: &[Oid],
) -> Result<Option<String>, FollowError> {
    let tip = Oid::from_str(after).map_err(|error| unreadable(git, &error))?;
    // A commit that was rewritten away may be gone from here.
    let old = before.and_then(|id| Oid::from_str(id).ok());
    let old = old.filter(|old| git.find_commit(*old).is_ok());
    let others = match old {
        Some(old) if !is_request(name) => &[old][..],
        _ => others,
    };
    let mut all = vec![tip];
    all.extend(others.iter().filter(|other| **other != tip));
    if all.len() == 1 {
        // Another branch stands at the same commit: nothing of it is new. Without another there is nothing to tell from.
        return Ok(others.first().map(Oid::to_string));
    }
    match git.merge_base_many(&all) {
        Ok(base) => Ok(Some(base.to_string())),
        Err(error) if error.code() == ErrorCode::NotFound => {
            tracing::warn!(
                reference = name,
                commit = after,
                "has nothing in common with what it is held against"
            );
            Ok(None)
        }
        Err(error) => Err(unreadable(git, &error)),
    }
}

fn oids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<Oid> {
    ids.filter_map(|id| Oid::from_str(id).ok()).collect()
}

/// The references that are meant, with the commits that they stand at.
fn references(git: &Repository, names: &[String]) -> Result<BTreeMap<String, String>, FollowError> {
    let bad = |error: git2::Error| unreadable(git, &error);
    let mut found = BTreeMap::new();
    for reference in git.references().map_err(bad)? {
        let reference = reference.map_err(bad)?;
        let Ok(name) = reference.name() else {
            continue;
        };
        if !names.iter().any(|pattern| matches(pattern, name)) {
            continue;
        }
        // One that stands at no commit has nothing to check.
        if let Ok(commit) = reference.peel_to_commit() {
            found.insert(name.to_owned(), commit.id().to_string());
        }
        if found.len() > REFERENCES {
            let what = format!("more than {REFERENCES} references: name fewer");
            return Err(FollowError::too_large(
                &git.path().display().to_string(),
                what,
            ));
        }
    }
    let missing = names
        .iter()
        .find(|name| !name.contains('*') && !found.contains_key(*name));
    match missing {
        None => Ok(found),
        Some(name) => Err(FollowError::Mistake(format!(
            "{} has no {name}: is it spelt right?",
            git.path().display()
        ))),
    }
}

fn commit(git: &Repository, name: &str) -> Result<Oid, FollowError> {
    let found = git
        .find_reference(name)
        .and_then(|reference| reference.peel_to_commit());
    let found = found.map_err(|_| {
        FollowError::Mistake(format!(
            "{} has no base {name}: is it spelt right?",
            git.path().display()
        ))
    })?;
    Ok(found.id())
}

fn no_repository(path: &Path, error: &git2::Error) -> FollowError {
    FollowError::Mistake(format!(
        "{} can't be opened ({}): give the path of a git repository",
        path.display(),
        one_line(error.message())
    ))
}

fn unreadable(git: &Repository, error: &git2::Error) -> FollowError {
    FollowError::Ours(format!(
        "{} can't be read: {}",
        git.path().display(),
        one_line(error.message())
    ))
}

#[cfg(test)]
#[path = "branches_tests.rs"]
mod tests;
