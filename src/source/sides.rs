//! The way in: a repository and a range, or two directories, become [`Sides`].

use std::path::Path;
use std::sync::{Arc, OnceLock};

use git2::{Oid, Repository, Sort};

use super::date;
use super::directory::Directory;
use super::objects::{GitTree, Objects, clean};
use super::range::Range;
use super::released::{self, ReleaseChoice};
use super::resolve::{self, At, End};
use super::subtree::Subtree;
use super::worktree::WorkTree;
use super::{Files, SourceError};

/// One state of a tree.
#[derive(Clone)]
pub struct State {
    /// As the report names it: what the user wrote, `work tree`, or a commit in twelve digits.
    pub name: String,
    /// The commit in 40 hexadecimal digits, `None` for the work tree and for what was before the first
    /// commit.
    pub commit: Option<String>,
    /// Its files.
    pub files: Arc<dyn Files>,
    /// The directory that the paths of `files` begin in, without slashes around it; mostly empty.
    pub root: String,
}

/// What is compared.
pub struct Sides {
    /// The state that programs were built against.
    pub before: State,
    /// The state that they are to work with.
    pub after: State,
    /// The repository, where there is one.
    pub(super) objects: Option<Arc<Objects>>,
    /// The commits of both sides, where they are commits.
    pub(super) range: (Option<Oid>, Option<Oid>),
    pub(super) release: ReleaseChoice,
    /// The state that counts as released, once it was looked for.
    pub(super) found: OnceLock<Option<State>>,
}

/// A commit of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// 40 hexadecimal digits.
    pub id: String,
    /// First line of the message.
    pub subject: String,
    /// `Name <mail address>`.
    pub author: String,
    /// When the author wrote it, in ISO 8601 with the author's own time zone.
    pub date: String,
    /// The whole message, with its trailers. Bytes that are not UTF-8 are replaced.
    pub message: String,
}

/// The commits between two sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// Oldest first.
    pub commits: Vec<Commit>,
    /// Whether older ones were left out.
    pub cut: bool,
}

/// Opens the repository at or above a path and finds what is to be compared.
///
/// `range` is `A..B`, `A...B` (from their merge base), a commit (against its parent), or nothing (the
/// work tree against HEAD; where nothing in it differs that exported headers come from, the last commit).
///
/// # Errors
/// A mistake of the user: no repository, a bad revision, an empty range. Or a failure: objects that cannot
/// be read. See [`SourceError::is_mistake`].
pub fn open(
    repository: &Path,
    range: Option<&str>,
    released: ReleaseChoice,
) -> Result<Sides, SourceError> {
    let opened = discover(repository)?;
    let (before, after) = resolve::ends(&opened, &Range::parse(range))?;
    let objects = Objects::new(opened);
    let range = (before.at.commit(), after.at.commit());
    Ok(Sides {
        before: state(&objects, before)?,
        after: state(&objects, after)?,
        objects: Some(objects),
        range,
        release: released,
        found: OnceLock::new(),
    })
}

/// Opens the repository at or above a path.
///
/// # Errors
/// A mistake of the user: there is none, or git does not trust it.
pub fn discover(repository: &Path) -> Result<Repository, SourceError> {
    Repository::discover(repository).map_err(|error| SourceError::opening(repository, &error))
}

/// The state at HEAD of the repository at or above a path; `None` where HEAD leads to no commit.
///
/// # Errors
/// As [`discover`], and failures to read it.
pub fn head(repository: &Path) -> Result<Option<State>, SourceError> {
    let opened = discover(repository)?;
    let commit = opened.head().and_then(|head| head.peel_to_commit());
    let Ok(commit) = commit.map(|commit| commit.id()) else {
        return Ok(None);
    };
    let end = End {
        name: "HEAD".to_owned(),
        at: At::Commit(commit),
    };
    state(&Objects::new(opened), end).map(Some)
}

/// Two directories as sides, without git: nothing tells what of them is released.
///
/// # Errors
/// A mistake of the user: what is named is no directory that can be read.
pub fn directories(before: &Path, after: &Path) -> Result<Sides, SourceError> {
    let state = |path: &Path| {
        Ok::<State, SourceError>(State {
            name: path.display().to_string(),
            commit: None,
            files: Arc::new(Directory::open(path)?),
            root: String::new(),
        })
    };
    Ok(Sides {
        before: state(before)?,
        after: state(after)?,
        objects: None,
        range: (None, None),
        release: ReleaseChoice::None,
        found: OnceLock::new(),
    })
}

impl Sides {
    /// The same sides, looked at from a directory inside them; the release later, too.
    ///
    /// # Errors
    /// A mistake of the user: no side has such a directory.
    pub fn below(mut self, root: &str) -> Result<Self, SourceError> {
        let root = clean(root.trim_start_matches("./"));
        let (parent, name) = root.rsplit_once('/').unwrap_or(("", &root));
        let mut there = matches!(name, "" | ".");
        for state in [&self.before, &self.after] {
            there |= state
                .files
                .directories(parent)?
                .iter()
                .any(|found| found == name);
        }
        let root = if name == "." {
            String::new()
        } else {
            root.clone()
        };
        if !there {
            return Err(SourceError::NoRoot {
                root,
                before: self.before.name,
                after: self.after.name,
            });
        }
        self.found = OnceLock::new();
        self.before = self.before.below(&root);
        self.after = self.after.below(&root);
        Ok(self)
    }

    /// The state that counts as released, looked for when asked: `None` where there is no such tag or
    /// where none is wanted.
    ///
    /// # Errors
    /// A revision that does not exist, or objects that cannot be read.
    pub fn released(&self) -> Result<Option<State>, SourceError> {
        if let Some(found) = self.found.get() {
            return Ok(found.clone());
        }
        let found = self.find_released()?;
        Ok(self.found.get_or_init(|| found).clone())
    }

    /// What [`Sides::released`] would have to look for, in one text: to the same question the answer is
    /// the same, in every repository. `None` where there is nothing to look for.
    ///
    /// # Errors
    /// Tags that cannot be read.
    pub fn release_question(&self) -> Result<Option<String>, SourceError> {
        let Some(objects) = &self.objects else {
            return Ok(None);
        };
        objects.with(|repository| released::question(repository, &self.release, self.range.0))
    }

    /// Takes the answer of an earlier run for that of this one: name and commit, which is not looked for
    /// any more. One that can't be is not taken.
    pub fn assume_released(&self, answer: Option<(String, String)>) {
        let found = match (answer, &self.objects) {
            (None, _) => None,
            (Some((name, id)), Some(objects)) => {
                let end = Oid::from_str(&id).map(At::Commit);
                let state = end
                    .ok()
                    .and_then(|at| state(objects, End { name, at }).ok());
                let Some(state) = state else { return };
                Some(state.below(&self.before.root))
            }
            (Some(_), None) => return,
        };
        // Where it was looked for already, that holds.
        let _ = self.found.set(found);
    }

    fn find_released(&self) -> Result<Option<State>, SourceError> {
        let Some(objects) = &self.objects else {
            return Ok(None);
        };
        let found =
            objects.with(|repository| released::find(repository, &self.release, self.range.0))?;
        let Some((name, id)) = found else {
            return Ok(None);
        };
        let at = At::Commit(id);
        Ok(Some(
            state(objects, End { name, at })?.below(&self.before.root),
        ))
    }

    /// The commits of a series: one on top of the other, without a merge, from `before` to `after`. `None`
    /// where it is no series, or has more than `limit`. Costs as much as it has commits, where
    /// [`Self::commits`] looks through all that was merged.
    ///
    /// # Errors
    /// Commits that cannot be read.
    pub fn series(&self, limit: usize) -> Result<Option<Vec<Commit>>, SourceError> {
        let ((before, Some(after)), Some(objects)) = (self.range, &self.objects) else {
            return Ok(None);
        };
        objects.with(|repository| straight_line(repository, before, after, limit))
    }

    /// The newest `limit` commits that are in `after` and not in `before`, oldest first; none for the
    /// work tree.
    ///
    /// # Errors
    /// Commits that cannot be read.
    pub fn commits(&self, limit: usize) -> Result<Commits, SourceError> {
        let ((before, Some(after)), Some(objects)) = (self.range, &self.objects) else {
            return Ok(Commits::default());
        };
        objects.with(|repository| commits_between(repository, before, after, limit))
    }
}

impl State {
    /// The same state, looked at from a directory inside it.
    pub(super) fn below(self, root: &str) -> Self {
        if root.is_empty() {
            return self;
        }
        Self {
            files: Arc::new(Subtree::new(self.files, root)),
            root: root.to_owned(),
            ..self
        }
    }
}

pub(super) fn state(objects: &Arc<Objects>, end: End) -> Result<State, SourceError> {
    let commit = end.at.commit().map(|id| id.to_string());
    let tree = |id: Option<Oid>| match id {
        Some(id) => GitTree::of_commit(objects, id),
        None => Ok(GitTree::empty(objects)),
    };
    let files: Arc<dyn Files> = match end.at {
        At::Commit(id) => Arc::new(tree(Some(id))?),
        At::Nothing => Arc::new(tree(None)?),
        At::WorkTree(changes, head) => Arc::new(WorkTree::new(tree(head)?, changes)),
    };
    Ok(State {
        name: end.name,
        commit,
        files,
        root: String::new(),
    })
}

fn straight_line(
    repository: &Repository,
    before: Option<Oid>,
    after: Oid,
    limit: usize,
) -> Result<Option<Vec<Commit>>, SourceError> {
    let mut commits = Vec::new();
    let mut at = Some(after);
    while at != before {
        let Some(id) = at.filter(|_| commits.len() < limit) else {
            return Ok(None);
        };
        let found = repository.find_commit(id);
        let found = found.map_err(|error| SourceError::object("the history", id, &error))?;
        if found.parent_count() > 1 {
            return Ok(None);
        }
        commits.push(described(&found));
        at = found.parent_ids().next();
    }
    commits.reverse();
    Ok(Some(commits))
}

fn commits_between(
    repository: &Repository,
    before: Option<Oid>,
    after: Oid,
    limit: usize,
) -> Result<Commits, SourceError> {
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    walk.push(after)?;
    if let Some(before) = before {
        walk.hide(before)?;
    }
    let mut commits = Vec::new();
    let mut cut = false;
    for id in walk {
        let id = id.map_err(|error| SourceError::object("the history", after, &error))?;
        if commits.len() == limit {
            cut = true;
            break;
        }
        let found = repository.find_commit(id);
        let found = found.map_err(|error| SourceError::object("the history", id, &error))?;
        commits.push(described(&found));
    }
    commits.reverse();
    Ok(Commits { commits, cut })
}

pub(super) fn described(commit: &git2::Commit<'_>) -> Commit {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let author = commit.author();
    Commit {
        id: commit.id().to_string(),
        subject: text(commit.summary_bytes().unwrap_or_default()),
        author: format!(
            "{} <{}>",
            text(author.name_bytes()),
            text(author.email_bytes())
        ),
        date: date::iso(author.when()),
        message: text(commit.message_bytes()),
    }
}
