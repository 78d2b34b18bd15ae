//! Why git did not do what it was run for, in one line each. No text in it has a secret.

use crate::http::one_line;

/// Why git failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// Nobody answered, or it took too long.
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
        /// The status of HTTP.
        status: u16,
        /// What git says about it.
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
    /// Whoever runs this has to mend something, or what was asked for is not there: what, why and the mend.
    #[error("{0}")]
    Mistake(String),
    /// The machine or the program failed: disk, memory, a program that is missing.
    #[error("{0}")]
    Ours(String),
}

impl GitError {
    pub(super) fn unreachable(place: &str, why: impl std::fmt::Display) -> Self {
        let (place, why) = (place.to_owned(), one_line(&why.to_string()));
        Self::Unreachable { place, why }
    }

    pub(super) fn too_large(place: &str, what: impl std::fmt::Display) -> Self {
        let (place, what) = (place.to_owned(), what.to_string());
        Self::TooLarge { place, what }
    }
}
