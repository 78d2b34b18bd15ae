//! Why a run could not be done: the user's mistake or a failure of ours, one line either way.
//!
//! What could not be seen in a change is no failure; it is a gap, and part of the report.

use crate::report::phrases::clean;
use std::fmt;

/// Why a run could not be done, with the mend where there is one.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
    mistake: bool,
}

impl Failure {
    /// Something that the user can mend by asking for something else.
    pub fn mistake(message: impl fmt::Display) -> Self {
        let message = clean(&message.to_string());
        Self {
            message,
            mistake: true,
        }
    }

    /// A failure of this program or of the system.
    pub fn ours(message: impl fmt::Display) -> Self {
        let message = clean(&message.to_string());
        Self {
            message,
            mistake: false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.mistake { "" } else { "could not run: " };
        write!(f, "{prefix}{}", self.message)
    }
}
