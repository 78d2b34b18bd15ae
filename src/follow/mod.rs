//! Places where patches arrive, followed: what is new since a cursor becomes [`Arrival`]s.
//!
//! Every source is asked again and again ([`Batch`]); what it found and the cursor behind it are kept together by
//! whoever asked, so that nothing is lost where either side dies: the same arrival may come twice, none is left out.
//! Knows nothing of what becomes of a patch, nor whether it is one. Next: `crate::service`.
//!
//! | source | what is asked | its cursor |
//! |---|---|---|
//! | [`Search`] | the search of a public-inbox, over HTTP | a time, and the threads that are open |
//! | [`Epochs`] | the git repositories of a public-inbox | a commit |
//! | [`Nntp`] | a newsgroup | a number |
//! | [`Maildir`] | a directory | a time and a name |
//! | [`Branches`] | the branches of a git repository | a commit for each |
//!
//! All of them share [`Http`], which is polite, and [`FollowError`], which says when to ask again. A cursor is the
//! source's own: one that is spoiled, or of another place, is a mistake that is told.

mod branches;
mod cursor;
mod epochs;
mod error;
mod feed;
mod http;
mod lines;
mod maildir;
mod mirror;
mod nntp;
mod search;
mod threads;

pub use branches::{BranchSettings, Branches};
pub use epochs::{Begin, EpochSettings, Epochs};
pub use error::FollowError;
pub use http::Http;
pub use maildir::Maildir;
pub use nntp::{Nntp, NntpSettings};
pub use search::{Search, SearchSettings};

mod patchwork;

pub use patchwork::PatchworkSource;

/// What a source found after a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What arrived, oldest first.
    pub arrivals: Vec<Arrival>,
    /// Where to go on; only the source that wrote it reads it.
    pub cursor: String,
    /// Whether there was more than one batch holds, so that asking again at once is worth it.
    pub more: bool,
}

/// Something that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// A mail, as it was sent: header and body, without the `From ` line of an mbox.
    Mail(Vec<u8>),
    /// A series that a Patchwork has, whole or as far as it came.
    Patchwork(PatchworkSeries),
    /// New commits of a branch.
    Commits(NewCommits),
}

/// A series in a Patchwork, as mails that carry what was sent and nothing that the server added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchworkSeries {
    /// The server's number of it.
    pub id: u64,
    /// Why it is not whole, in one line; nothing where it is. It comes again when the rest does, which may be never:
    /// how long to wait is for whoever asked.
    pub lacks: Option<String>,
    /// The numbers that its patches have there, by Message-ID without `<>`, in the order of the series: where checks
    /// are posted.
    pub patches: Vec<(String, u64)>,
    /// Its patches, its cover and what was answered to them.
    pub mails: Vec<Vec<u8>>,
}

/// Commits that were not on a branch before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommits {
    /// The full name of the branch or reference, such as `refs/heads/main`.
    pub reference: String,
    /// Where it stood before, a commit in 40 hex digits; the merge base where it was rewritten.
    pub before: String,
    /// Where it stands, a commit in 40 hex digits.
    pub after: String,
}
