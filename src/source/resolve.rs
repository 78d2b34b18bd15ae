//! A [`Range`] and a repository become two [`End`]s: commits, the work tree, or nothing. Next: `sides`.

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::SourceError;
use super::range::Range;
use super::worktree::Changes;

/// One end of what is compared.
#[derive(Debug)]
pub(super) struct End {
    /// As the report names it.
    pub(super) name: String,
    pub(super) at: At,
}

/// Where an end is.
#[derive(Debug)]
pub(super) enum At {
    Commit(Oid),
    /// Before the first commit.
    Nothing,
    /// The files on disk, as they differ from a commit (`None` where there is no commit yet).
    WorkTree(Changes, Option<Oid>),
}

impl At {
    pub(super) fn commit(&self) -> Option<Oid> {
        match self {
            Self::Commit(id) => Some(*id),
            Self::Nothing | Self::WorkTree(..) => None,
        }
    }
}

/// Before and after.
pub(super) fn ends(repository: &Repository, range: &Range) -> Result<(End, End), SourceError> {
    match range {
        Range::Default => by_default(repository),
        Range::Single(name) => single(repository, name),
        Range::Between(from, to) => between(repository, from, to),
        Range::SinceFork(from, to) => since_fork(repository, from, to),
    }
}

fn by_default(repository: &Repository) -> Result<(End, End), SourceError> {
    let head = head(repository)?;
    if let Some(changes) = Changes::scan(repository, head)? {
        let before = match head {
            Some(id) => at_commit("HEAD", id),
            None => nothing(),
        };
        let after = End {
            name: "work tree".to_owned(),
            at: At::WorkTree(changes, head),
        };
        return Ok((before, after));
    }
    match head {
        Some(_) => single(repository, "HEAD"),
        None => Err(SourceError::BadRevision {
            revision: "HEAD".to_owned(),
            why: "nothing was committed yet".to_owned(),
        }),
    }
}

/// The commit of HEAD, `None` where nothing was committed yet.
fn head(repository: &Repository) -> Result<Option<Oid>, SourceError> {
    match repository.head().and_then(|head| head.peel_to_commit()) {
        Ok(commit) => Ok(Some(commit.id())),
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
        Err(error) => Err(bad_revision(repository, "HEAD", &error)),
    }
}

fn single(repository: &Repository, name: &str) -> Result<(End, End), SourceError> {
    let id = commit_of(repository, name)?;
    let before = match parent_of(repository, name, id)? {
        Some(parent) => at_commit(&format!("{name}~1"), parent),
        None => nothing(),
    };
    Ok((before, at_commit(name, id)))
}

fn between(repository: &Repository, from: &str, to: &str) -> Result<(End, End), SourceError> {
    let (start, end) = (commit_of(repository, from)?, commit_of(repository, to)?);
    if start != end && is_ancestor(repository, end, start)? {
        return Err(SourceError::EmptyRange {
            range: format!("{from}..{to}"),
            why: format!("{to} is an ancestor of {from}; did you mean `{to}..{from}`?"),
        });
    }
    Ok((at_commit(from, start), at_commit(to, end)))
}

fn since_fork(repository: &Repository, from: &str, to: &str) -> Result<(End, End), SourceError> {
    let (start, end) = (commit_of(repository, from)?, commit_of(repository, to)?);
    let fork = match repository.merge_base(start, end) {
        Ok(fork) => fork,
        Err(_) if repository.is_shallow() => {
            return Err(SourceError::Shallow {
                what: format!("the merge base of {from} and {to}"),
            });
        }
        Err(error) if error.code() == ErrorCode::NotFound => {
            return Err(SourceError::BadRevision {
                revision: format!("{from}...{to}"),
                why: format!("they have no common ancestor; did you mean `{from}..{to}`?"),
            });
        }
        Err(error) => return Err(error.into()),
    };
    if fork == end {
        return Err(SourceError::EmptyRange {
            range: format!("{from}...{to}"),
            why: format!("{to} has no commit that {from} lacks; did you mean `{to}...{from}`?"),
        });
    }
    let fork_name = if fork == start {
        from.to_owned()
    } else {
        short(fork)
    };
    Ok((at_commit(&fork_name, fork), at_commit(to, end)))
}

/// Whether `older` lies in the past of `newer`. Dates first: a walk through history takes seconds.
fn is_ancestor(repository: &Repository, older: Oid, newer: Oid) -> Result<bool, SourceError> {
    let time = |id| {
        repository
            .find_commit(id)
            .map(|commit| commit.time().seconds())
    };
    if time(older)? > time(newer)? {
        return Ok(false);
    }
    Ok(repository.graph_descendant_of(newer, older)?)
}

/// The commit that a revision names; annotated tags are followed.
///
/// # Errors
/// A mistake of the user: there is no such revision, or it leads to no commit.
pub fn commit_of(repository: &Repository, name: &str) -> Result<Oid, SourceError> {
    if name.contains('\0') {
        let error = git2::Error::new(ErrorCode::InvalidSpec, git2::ErrorClass::Invalid, "");
        return Err(bad_revision(repository, name, &error));
    }
    let object = repository
        .revparse_single(name)
        .map_err(|error| bad_revision(repository, name, &error))?;
    let found = object.kind();
    match object.peel(ObjectType::Commit) {
        Ok(commit) => Ok(commit.id()),
        Err(error) if error.code() == ErrorCode::NotFound => {
            Err(SourceError::object(name, object.id(), &error))
        }
        Err(_) => Err(SourceError::BadRevision {
            revision: name.to_owned(),
            why: match found {
                Some(ObjectType::Tree) => "it names a tree, name a commit".to_owned(),
                Some(ObjectType::Blob) => "it names a file, name a commit".to_owned(),
                _ => "it leads to no commit".to_owned(),
            },
        }),
    }
}

fn bad_revision(repository: &Repository, name: &str, error: &git2::Error) -> SourceError {
    let why = match error.code() {
        ErrorCode::Ambiguous => "several objects begin so, give more digits",
        ErrorCode::InvalidSpec => "that is not how git writes a revision",
        ErrorCode::NotFound if repository.is_shallow() => {
            return SourceError::Shallow {
                what: format!("`{name}`"),
            };
        }
        ErrorCode::NotFound if name == "HEAD" => "HEAD leads to no commit",
        ErrorCode::NotFound => "there is none here; is the name right, or must it be fetched?",
        _ => return SourceError::from(error),
    };
    SourceError::BadRevision {
        revision: name.to_owned(),
        why: why.to_owned(),
    }
}

/// The first parent, `None` for the first commit of all.
fn parent_of(repository: &Repository, name: &str, id: Oid) -> Result<Option<Oid>, SourceError> {
    let failed = |error: git2::Error| SourceError::object(name, id, &error);
    let commit = repository.find_commit(id).map_err(failed)?;
    if let Some(parent) = commit.parent_ids().next() {
        return Ok(Some(parent));
    }
    // libgit2 hides the parents at the edge of a shallow clone; the commit itself still names them.
    let names_parent = commit
        .raw_header_bytes()
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"parent "));
    if names_parent {
        return Err(SourceError::Shallow {
            what: format!("the parent of `{name}`"),
        });
    }
    Ok(None)
}

fn at_commit(name: &str, id: Oid) -> End {
    End {
        name: name.to_owned(),
        at: At::Commit(id),
    }
}

fn nothing() -> End {
    End {
        name: "the empty tree".to_owned(),
        at: At::Nothing,
    }
}

/// Twelve digits, as kernel people cite commits.
pub(super) fn short(id: Oid) -> String {
    id.to_string().chars().take(12).collect()
}
