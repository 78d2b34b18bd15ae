//! A mail with a diff becomes a [`Patch`]: what `git am` would make a commit of.
//!
//! Knows nothing of what the diff says: whoever applies it reads it. `draft` takes mails apart, `series`
//! puts patches into order.

use super::head::Head;
use crate::model::Person;

/// A moment, as a mail's `Date:` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct When {
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// How far the clock of the writer is from UTC, in minutes; positive in the east.
    pub offset_minutes: i32,
}

/// One patch of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Who wrote it: the `From:` at the top of the mail's text, or else that of its header. Name and
    /// address are empty where neither is there, as in a diff without a mail around it.
    pub author: Person,
    /// When it was written. A mail without a date that can be read counts as of 1970.
    pub when: When,
    /// The commit message as `git am` writes it: the title without `[...]` and `Re:`, an empty line, the
    /// text above `---`, and a line break at the end. Empty where the mail has neither.
    pub message: String,
    /// The rest of the mail's text, from the `---` or the first line of the diff on, as `git mailinfo`
    /// gives it: notes, diffstat, diff and signature, with the bytes of the mail and without its CRs. What
    /// applies it has to skip what is no diff.
    pub diff: Vec<u8>,
    /// The mail's Message-ID without `<>`; empty where it has none.
    pub message_id: String,
    /// What an answer to the mail needs.
    pub head: Head,
    /// Its place in the series, from 1.
    pub position: u32,
    /// How many patches the series says that it has.
    pub of: u32,
}
