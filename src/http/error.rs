//! Why a server gave no answer. What was asked for is not in it: whoever asked names that, without what is secret.

use reqwest::StatusCode;
use std::time::Duration;

/// Characters of what a server says at most, where it is shown.
const SHOWN: usize = 300;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody answered, or the answer was cut off or too slow: what went wrong, in one line.
    #[error("{0}")]
    Unreachable(String),
    /// The server answered, and said no.
    #[error("the server answers {}", .0.status.as_u16())]
    Refused(Refusal),
    /// The answer has more bytes than this, packed or unpacked.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// The configuration is wrong: one line with the mend.
    #[error("{0}")]
    Mistake(String),
    /// There is no HTTP on this machine.
    #[error("{0}")]
    Ours(String),
}

/// How a server said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// Where it sends whoever asks (`Location`), or nothing.
    pub location: String,
    /// How long it wants not to be asked (`Retry-After`).
    pub after: Option<Duration>,
    /// What it says about it, as much of it as is read.
    pub body: Vec<u8>,
}

impl Error {
    /// Whether the same may be answered later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(refusal) => may_pass(refusal.status.as_u16()),
            Self::TooLarge(_) | Self::Mistake(_) | Self::Ours(_) => false,
        }
    }

    /// How long the server wants not to be asked.
    #[must_use]
    pub fn after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.after,
            _ => None,
        }
    }
}

/// An error with what caused it: the outermost alone often says no more than "error sending request". The address is
/// left out: whoever shows this has named the place, and the query may be long.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let mut why = match () {
            () if error.is_timeout() => "it took too long",
            () if error.is_body() || error.is_decode() => "the answer is not whole",
            () => "the connection failed",
        }
        .to_owned();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            why = format!("{why}: {error}");
            cause = error.source();
        }
        Self::Unreachable(one_line(&why))
    }
}

/// Whether a server that answers with this status may give another answer later: it is busy, or broken.
#[must_use]
pub fn may_pass(status: u16) -> bool {
    status == 429 || status >= 500
}

/// What a server or a program says, on one line of 300 characters at most, none of them a control character.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = words.join(" ");
    let plain = plain.chars().filter(|char| !char.is_control());
    plain.take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_busy_or_broken_may_pass() {
        for (status, passes) in [
            (301, false),
            (401, false),
            (404, false),
            (428, false),
            (429, true),
            (499, false),
            (500, true),
            (503, true),
        ] {
            assert_eq!(may_pass(status), passes, "{status}");
        }
    }

    #[test]
    fn what_a_server_says_stays_on_its_line() {
        assert_eq!(one_line("  a\r\nb:\tc \u{1b}[31m"), "a b: c [31m");
        assert_eq!(one_line(&"ä".repeat(301)), "ä".repeat(300));
        assert_eq!(one_line(&"ä".repeat(299)), "ä".repeat(299));
    }
}
