//! What is compared: a range, a commit, the work tree or two directories become two sides of files.
//!
//! Gives `tree` the files of each side by path and content, and knows nothing of headers or C. Objects
//! are read with libgit2 and nothing of the repository is ever checked out or run. [`open`] is the way
//! in: `range` reads what the user wrote, `resolve` finds the commits, `objects` and `worktree` are the
//! two kinds of files, `released` finds the last release. `walk` goes through the commits of a range, and
//! `releases` tells which release brought each, `remotes` which
//! other repositories this one knows. [`directories`] needs no git: its files are those of
//! `directory`. [`mails`] reads patches from files. Next: [`crate::tree`].

mod date;
mod directory;
mod error;
mod mailbox;
mod objects;
mod range;
mod released;
mod releases;
mod remotes;
mod resolve;
mod sides;
mod subtree;
mod walk;
mod worktree;

use std::sync::Arc;

pub use self::error::SourceError;
pub use self::mailbox::mails;
pub use self::released::ReleaseChoice;
pub use self::releases::{Release, Releases};
pub use self::remotes::{Remote, remotes, same_place};
pub use self::resolve::commit_of;
pub use self::sides::{Commit, Commits, Sides, State, directories, discover, head, open};
pub use self::walk::{CommitId, Step};

/// Hash of a file's content: equal ids mean equal bytes, on both sides and in the work tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 20]);

/// One file of a side.
#[derive(Debug, Clone)]
pub struct File {
    /// Path from the top of the tree, `/` between parts.
    pub path: String,
    /// git's blob id of the content.
    pub id: ContentId,
}

/// Reads the files of one state of a tree.
pub trait Files: Send + Sync {
    /// Every file below a directory (`include/uapi`), sorted by path; empty where there is none.
    /// Symbolic links and submodules are left out.
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError>;
    /// The names of the directories directly in `directory`, sorted.
    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError>;
    /// The file at a path, where there is one.
    fn file(&self, path: &str) -> Result<Option<File>, SourceError>;
    /// The bytes of a file.
    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError>;
    /// Id of the file or directory at a path, `None` where there is none. Equal ids mean equal content; a
    /// state that is not all in git may answer with an id of its own.
    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError>;
    /// Symbolic links that were met so far and not followed, because they lead out of what is examined;
    /// sorted. In git there are none: a tree of it has no way out.
    fn not_followed(&self) -> Vec<String> {
        Vec::new()
    }
}
