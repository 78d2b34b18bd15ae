//! Why a Patchwork could not be asked: it is out of reach, it refuses, its answer is over a bound or none, or the
//! configuration names what is not there. Holds no secret: addresses are written without what stands behind `?`.

use crate::http::may_pass;
use std::time::Duration;

/// Why something was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing came back, or not all of it, as often as it was tried.
    #[error("{what} is out of reach: {why}")]
    Unreachable {
        /// What was asked for.
        what: String,
        /// What the network says.
        why: String,
    },
    /// The server said no.
    #[error("{what}: the server answers {status}{}", said(.says))]
    Refused {
        /// What was asked for.
        what: String,
        /// The HTTP status.
        status: u16,
        /// What it says of it, at most 300 characters in one line.
        says: String,
        /// How long it wants not to be asked, where it says so.
        retry_after: Option<Duration>,
    },
    /// An answer is larger than is read.
    #[error("{what} is not read: {bound}")]
    Limit {
        /// What was asked for.
        what: String,
        /// The bound, with its unit.
        bound: String,
    },
    /// An answer is not what the API describes.
    #[error("{what}: the answer is none of a Patchwork: {why}")]
    Garbled {
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The configuration is wrong: one line with the mend.
    #[error("{0}")]
    Mistake(String),
}

impl Error {
    /// Whether only a change of the configuration helps.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        matches!(self, Self::Mistake(_))
    }

    /// Whether the same may be answered later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => may_pass(*status),
            Self::Limit { .. } | Self::Garbled { .. } | Self::Mistake(_) => false,
        }
    }

    /// How long the server wants not to be asked.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether what was asked for is not there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

fn said(says: &str) -> String {
    match says {
        "" => String::new(),
        says => format!(": {says}"),
    }
}
