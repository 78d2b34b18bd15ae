//! Why a state of a tree could not be read, in one line each: what, why, and the mend.
//!
//! The user's mistakes and our own failures are told apart by [`SourceError::is_mistake`]. What git says
//! becomes one of them here, so that no other file of this stage looks at git's error codes.

use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode};

/// Why a state of a tree could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no repository at or above the path.
    #[error("no git repository at {}: run in one, or name one with --repo DIR", path.display())]
    NoRepository {
        /// The path that was given.
        path: PathBuf,
    },
    /// git refuses repositories of other users, since their configuration may be hostile.
    #[error(
        "{} belongs to another user, so git does not trust it: \
         `git config --global --add safe.directory {}` if you do", path.display(), path.display()
    )]
    Ownership {
        /// The path that was given.
        path: PathBuf,
    },
    /// The repository is of a kind that cannot be read.
    #[error("{} cannot be read, {why}: use a plain, full clone", path.display())]
    Unsupported {
        /// The path that was given.
        path: PathBuf,
        /// What is unusual about it.
        why: String,
    },
    /// A revision that git does not know, or that names no commit.
    #[error("bad revision `{revision}`: {why}")]
    BadRevision {
        /// As it was given.
        revision: String,
        /// What is wrong with it, and the mend.
        why: String,
    },
    /// A range with nothing in it.
    #[error("the range `{range}` is empty: {why}")]
    EmptyRange {
        /// As it was given.
        range: String,
        /// Why nothing lies in it, and the mend.
        why: String,
    },
    /// A shallow clone ends before what is asked for.
    #[error("{what} is not in this shallow clone: run `git fetch --unshallow` (or --deepen=N)")]
    Shallow {
        /// What is missing.
        what: String,
    },
    /// A directory that cannot be read.
    #[error("{} is no directory that can be read: {why}", path.display())]
    NoDirectory {
        /// The path that was given.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// `--root` names a directory that neither side has.
    #[error(
        "{root} is a directory neither of {before} nor of {after}: --root names one inside them"
    )]
    NoRoot {
        /// As it was given.
        root: String,
        /// Name of the state before.
        before: String,
        /// Name of the state after.
        after: String,
    },
    /// Two directories were to be gone through commit by commit.
    #[error(
        "{before} and {after} have no commits to go through: give a range of a git repository, or leave \
         that out"
    )]
    NoHistory {
        /// Name of the directory before.
        before: String,
        /// Name of the directory after.
        after: String,
    },
    /// The work tree is in the middle of a merge.
    #[error("{path} has unresolved conflicts: resolve them, or give a range of commits")]
    Conflict {
        /// The first such file.
        path: String,
    },
    /// An object that cannot be read: missing, damaged, or of the wrong kind.
    #[error("object {object} cannot be read ({why}): check the repository with `git fsck`")]
    Object {
        /// Its id, with its path where one is known.
        object: String,
        /// What git says.
        why: String,
    },
    /// A file or a directory that is far larger than any kernel's.
    #[error("{path} is too large to examine ({what})")]
    TooLarge {
        /// Its path.
        path: String,
        /// How large, and how much is allowed.
        what: String,
    },
    /// A file of the work tree that could not be read.
    #[error("{path} cannot be read: {why}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        why: String,
    },
    /// A place where mails or patches should lie, and don't.
    #[error("no patch in {place}: {why}")]
    NoPatch {
        /// As it was given; `standard input` for `-`.
        place: String,
        /// What is there instead, and the mend.
        why: String,
    },
    /// git said no.
    #[error("{0}")]
    Git(String),
}

impl SourceError {
    /// Whether the user can mend it by asking for something else. The rest are failures of ours, of
    /// the repository or of the system. Both end a run with status 2.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        !matches!(
            self,
            Self::Object { .. } | Self::TooLarge { .. } | Self::File { .. } | Self::Git(_)
        )
    }

    /// A repository that does not open.
    pub(super) fn opening(path: &Path, error: &git2::Error) -> Self {
        let path = path.to_owned();
        match (error.code(), error.class()) {
            (ErrorCode::Owner, _) => Self::Ownership { path },
            (ErrorCode::NotFound, _) => Self::NoRepository { path },
            (_, ErrorClass::Os) => Self::NoRepository { path },
            (_, ErrorClass::Repository) => Self::Unsupported {
                path,
                why: plain(error),
            },
            _ => Self::from(error),
        }
    }

    /// An object that cannot be read.
    pub(super) fn object(what: &str, id: git2::Oid, error: &git2::Error) -> Self {
        let object = match what {
            "" => id.to_string(),
            path => format!("{id} of {path}"),
        };
        Self::Object {
            object,
            why: plain(error),
        }
    }
}

impl From<&git2::Error> for SourceError {
    fn from(error: &git2::Error) -> Self {
        Self::Git(format!("git: {}", plain(error)))
    }
}

impl From<git2::Error> for SourceError {
    fn from(error: git2::Error) -> Self {
        Self::from(&error)
    }
}

/// What git says, on one line.
fn plain(error: &git2::Error) -> String {
    error
        .message()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
