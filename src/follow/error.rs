//! Why a source could not be asked, in one line each: what, why, and the mend; and when to ask again.
//!
//! No text in it has a secret: places are shown without user names and passwords. Next: [`super`].

use crate::git::GitError;
use crate::http::one_line;
use std::time::Duration;
use url::Url;

/// How long to wait where nobody says how long.
const SOON: Duration = Duration::from_secs(60);
/// The same after an answer that was refused for being one of too many, or made no sense.
const LATER: Duration = Duration::from_secs(5 * 60);
/// No server's word is waited for longer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a source could not be asked. The cursor from before stays good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// Nobody answered: no such host, no connection, cut off, or too slow.
    #[error("{place} can't be reached: {why}")]
    Unreachable {
        /// What was asked.
        place: String,
        /// What went wrong.
        why: String,
    },
    /// The server answered, and said no.
    #[error("{place} refused with status {status}: {why}")]
    Refused {
        /// What was asked.
        place: String,
        /// The status: of HTTP, or of NNTP.
        status: u16,
        /// What it says about it.
        why: String,
        /// When it wants to be asked again (`Retry-After`).
        after: Option<Duration>,
    },
    /// The server answered, and the answer makes no sense.
    #[error("{place} gave an answer that can't be read: {why}")]
    Garbled {
        /// What was asked.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// More than is taken.
    #[error("{place} is over a bound: {what}")]
    TooLarge {
        /// What was asked.
        place: String,
        /// The bound, with its unit.
        what: String,
    },
    /// The configuration is wrong, or a cursor is not of this source: what, why and the mend.
    #[error("{0}")]
    Mistake(String),
    /// The machine or the program failed: disk, memory, a program that is missing.
    #[error("{0}")]
    Ours(String),
}

impl FollowError {
    /// When asking again may help; `None` where somebody has to mend something first.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { .. } | Self::Ours(_) => Some(SOON),
            Self::Garbled { .. } => Some(LATER),
            Self::Refused { status, after, .. } => match (status, after) {
                (_, Some(after)) => Some((*after).min(LONGEST)),
                (400 | 408 | 425 | 429 | 500.., None) => Some(LATER),
                _ => None,
            },
            Self::TooLarge { .. } | Self::Mistake(_) => None,
        }
    }

    /// Whether whoever runs it has to change the configuration.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        matches!(self, Self::Mistake(_))
    }

    pub(super) fn unreachable(place: &str, why: impl std::fmt::Display) -> Self {
        let (place, why) = (place.to_owned(), one_line(&why.to_string()));
        Self::Unreachable { place, why }
    }

    pub(super) fn garbled(place: &str, why: impl std::fmt::Display) -> Self {
        let (place, why) = (place.to_owned(), one_line(&why.to_string()));
        Self::Garbled { place, why }
    }

    pub(super) fn too_large(place: &str, what: impl std::fmt::Display) -> Self {
        let (place, what) = (place.to_owned(), what.to_string());
        Self::TooLarge { place, what }
    }

    /// A cursor that this source did not write.
    pub(super) fn cursor(place: &str, why: impl std::fmt::Display) -> Self {
        Self::Mistake(format!(
            "the cursor kept for {place} is not one of it ({why}): give the source a name of its own, or \
             delete its cursor to begin anew"
        ))
    }
}

impl From<GitError> for FollowError {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Unreachable { place, why } => Self::Unreachable { place, why },
            GitError::Refused { place, status, why } => Self::Refused {
                place,
                status,
                why,
                after: None,
            },
            GitError::TooLarge { place, what } => Self::TooLarge { place, what },
            GitError::Mistake(what) => Self::Mistake(what),
            GitError::Ours(what) => Self::Ours(what),
        }
    }
}

/// A step on this machine that failed.
pub(super) fn ours(what: &str, error: &std::io::Error) -> FollowError {
    FollowError::Ours(format!("{what}: {error}"))
}

/// An address as it may be shown: without user name, password and query.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // These fail for addresses that have no host, and then have no secret either.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.to_string()
}
