//! Why GitHub did not do what it was asked: whether to try again and when, or who has to mend what.
//!
//! No text in it has a secret. What GitHub says is somebody's text: one line of it, without control characters.

use crate::http::one_line;
use axum::http::{HeaderMap, StatusCode};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long GitHub wants to be left alone where it does not say how long (its documentation: "at least one minute").
const MINUTE: Duration = Duration::from_secs(60);
/// No word of a server is waited for longer; its limits are by the hour.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);

/// Why something was not done on GitHub. `what` is what was asked for: a method and a path, without the query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It may be done later: GitHub is busy, broken or can't be reached, or has had too many requests. Whether it was
    /// done this time is not known.
    #[error("{what}: not now: {why}")]
    Later {
        /// What was asked for.
        what: String,
        /// Why not now.
        why: String,
        /// How long GitHub wants to be left alone, where it says so.
        after: Option<Duration>,
    },
    /// GitHub said no, and will again.
    #[error("{what}: refused with status {status}: {why}")]
    Refused {
        /// What was asked for.
        what: String,
        /// The status.
        status: u16,
        /// What GitHub says about it.
        why: String,
    },
    /// The answer makes no sense, or is over a bound, or what was to be sent is.
    #[error("{what}: {why}")]
    Garbled {
        /// What was asked for.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// Whoever runs this has to mend something: what, why and the mend.
    #[error("{0}")]
    Mistake(String),
    /// The machine or the program failed.
    #[error("{0}")]
    Ours(String),
}

impl Error {
    /// Whether the same may be done later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Later { .. } | Self::Ours(_))
    }

    /// How long GitHub wants to be left alone before that.
    #[must_use]
    pub fn after(&self) -> Option<Duration> {
        match self {
            Self::Later { after, .. } => *after,
            _ => None,
        }
    }

    /// Whether there is no such thing (any more).
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 404 | 410,
                ..
            }
        )
    }

    /// Whether whoever runs it has to mend something.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        matches!(self, Self::Mistake(_))
    }

    pub(super) fn later(what: &str, why: impl std::fmt::Display) -> Self {
        let (what, why) = (what.to_owned(), one_line(&why.to_string()));
        let after = None;
        Self::Later { what, why, after }
    }

    pub(super) fn garbled(what: &str, why: impl std::fmt::Display) -> Self {
        let (what, why) = (what.to_owned(), one_line(&why.to_string()));
        Self::Garbled { what, why }
    }
}

/// What an answer without success means. `message` is what GitHub says.
pub(super) fn refusal(
    what: &str,
    status: StatusCode,
    headers: &HeaderMap,
    message: &str,
    now: SystemTime,
) -> Error {
    let (what, why) = (what.to_owned(), one_line(message));
    let busy = matches!(status.as_u16(), 408 | 425 | 429) || status.is_server_error();
    if let Some(after) = limited(status, headers, message, now) {
        let after = Some(after.min(LONGEST));
        return Error::Later { what, why, after };
    }
    if busy {
        let why = format!("status {}: {why}", status.as_u16());
        let after = None;
        return Error::Later { what, why, after };
    }
    if status == StatusCode::UNAUTHORIZED {
        return Error::Mistake(format!(
            "GitHub does not know who asks ({what}: {why}): is the token or the key of the App still good, does the id \
             belong to the key, and is the clock right?"
        ));
    }
    let status = status.as_u16();
    Error::Refused { what, status, why }
}

/// How long to wait where GitHub was asked too often (its "Rate limits for the REST API"): what `Retry-After` says, or
/// until the moment of `x-ratelimit-reset`, or a minute.
fn limited(
    status: StatusCode,
    headers: &HeaderMap,
    message: &str,
    now: SystemTime,
) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let retry = number("retry-after").map(Duration::from_secs);
    if status.is_server_error() {
        return retry;
    }
    if !matches!(status.as_u16(), 403 | 429) {
        return None;
    }
    let reset = || {
        let reset = UNIX_EPOCH.checked_add(Duration::from_secs(number("x-ratelimit-reset")?))?;
        Some(reset.duration_since(now).unwrap_or_default())
    };
    let spent = number("x-ratelimit-remaining") == Some(0);
    let said = message.to_ascii_lowercase();
    let told = said.contains("rate limit") || said.contains("abuse detection");
    retry
        .or_else(|| reset().filter(|_| spent))
        .or((told || spent || status == StatusCode::TOO_MANY_REQUESTS).then_some(MINUTE))
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
