//! The commits of a range one by one: which there are, and the sides of each against a parent.
//!
//! Looks at ids and parents only, so that a range of thousands costs little; what a commit says is read
//! by [`Sides::describe`] where it is wanted. Knows nothing of headers. Next: `crate::pipeline::commits`.

use std::fmt;
use std::sync::{Arc, OnceLock};

use git2::{Commit as GitCommit, Oid, Sort};

use super::objects::Objects;
use super::released::ReleaseChoice;
use super::resolve::{At, End, commit_of, short};
use super::sides::{Commit, Sides, described, state};
use super::{SourceError, State};

/// Id of a commit; shown in 40 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(super) Oid);

impl fmt::Display for CommitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A commit of the range, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub id: CommitId,
    /// Its parents, which may lie outside of the range; several for a merge, none for the first commit of
    /// all.
    pub parents: Vec<CommitId>,
}

impl Sides {
    /// The repository that the sides are of.
    ///
    /// # Errors
    /// A mistake of the user: directories have no history.
    pub(super) fn repository(&self) -> Result<&Arc<Objects>, SourceError> {
        let no_history = || SourceError::NoHistory {
            before: self.before.name.clone(),
            after: self.after.name.clone(),
        };
        self.objects.as_ref().ok_or_else(no_history)
    }

    /// Every commit that is in `after` and not in `before`; parents stand before their children. None where
    /// `after` is the work tree.
    ///
    /// # Errors
    /// Commits that cannot be read, a shallow clone that ends within the range, and sides that are
    /// directories.
    pub fn walk(&self) -> Result<Vec<Step>, SourceError> {
        let objects = self.repository()?;
        let (before, Some(after)) = self.range else {
            return Ok(Vec::new());
        };
        objects.with(|repository| {
            let mut walk = repository.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE)?;
            walk.push(after)?;
            if let Some(before) = before {
                walk.hide(before)?;
            }
            let step = |id: Result<Oid, git2::Error>| {
                let id = id.map_err(|error| SourceError::object("the history", after, &error))?;
                let found = repository.find_commit(id);
                let found =
                    found.map_err(|error| SourceError::object("the history", id, &error))?;
                Ok(Step {
                    id: CommitId(id),
                    parents: parents(&found)?,
                })
            };
            walk.map(step).collect()
        })
    }

    /// What a commit says of itself.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn describe(&self, id: CommitId) -> Result<Commit, SourceError> {
        self.repository()?.with(|repository| {
            let found = repository.find_commit(id.0);
            let found = found.map_err(|error| SourceError::object("the history", id.0, &error))?;
            Ok(described(&found))
        })
    }

    /// The state of a commit of the same repository; `None` is what was before the first one.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn state(&self, id: Option<CommitId>) -> Result<State, SourceError> {
        let (name, at) = match id {
            Some(id) => (short(id.0), At::Commit(id.0)),
            None => ("the empty tree".to_owned(), At::Nothing),
        };
        Ok(state(self.repository()?, End { name, at })?.below(&self.before.root))
    }

    /// The state of a revision of the same repository, under a name of its own.
    ///
    /// # Errors
    /// A revision that does not exist, and sides that are directories.
    pub fn named(&self, revision: &str, name: &str) -> Result<State, SourceError> {
        let objects = self.repository()?;
        let id = objects.with(|repository| commit_of(repository, revision))?;
        let (name, at) = (name.to_owned(), At::Commit(id));
        Ok(state(objects, End { name, at })?.below(&self.before.root))
    }

    /// Two commits of the same repository as sides.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn between(
        &self,
        before: Option<CommitId>,
        after: CommitId,
        release: ReleaseChoice,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            before: self.state(before)?,
            after: self.state(Some(after))?,
            objects: self.objects.clone(),
            range: (before.map(|id| id.0), Some(after.0)),
            release,
            found: OnceLock::new(),
        })
    }

    /// Whether `older` lies in the past of `newer`.
    ///
    /// # Errors
    /// Commits that cannot be read.
    pub fn is_descendant(&self, newer: CommitId, older: CommitId) -> Result<bool, SourceError> {
        self.repository()?
            .with(|repository| Ok(repository.graph_descendant_of(newer.0, older.0)?))
    }
}

/// The parents of a commit. libgit2 hides those at the edge of a shallow clone; the commit itself still
/// names them.
fn parents(commit: &GitCommit<'_>) -> Result<Vec<CommitId>, SourceError> {
    let named = commit
        .raw_header_bytes()
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"parent "))
        .count();
    let parents: Vec<CommitId> = commit.parent_ids().map(CommitId).collect();
    if parents.len() < named {
        return Err(SourceError::Shallow {
            what: format!("the parent of {}", short(commit.id())),
        });
    }
    Ok(parents)
}
