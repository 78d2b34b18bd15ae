//! What could not be read. A gap is never `ok`: the report lists every one.

use serde::{Deserialize, Serialize};

/// One declaration (or the rest of a header) that extraction did not believe, on one target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// Name of the item as a subject (`struct foo`), or empty for the header as a whole.
    pub item: String,
    /// Line of the header; 0 for the header as a whole.
    pub line: u32,
    /// What stood in the way, one line, without paths of this machine.
    pub reason: String,
    /// The item's own source text, white space folded; empty for the header as a whole. Lets `diff`
    /// tell a change in something unread from something that was unread all along.
    pub text: String,
}

/// Which sides a gap is on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum GapSide {
    /// Only before.
    Before,
    /// Only after.
    After,
    /// On both.
    Both,
}

/// Something that could not be read, folded over sides and targets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// Installed path of the header.
    pub header: String,
    /// Name of the item, or empty for the header as a whole.
    pub item: String,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// On which sides.
    pub side: GapSide,
    /// What stood in the way.
    pub reason: String,
    /// True where the unread thing differs between the sides, so that the change as a whole can't be
    /// called examined; false where it was unreadable before and is the same text after.
    pub in_change: bool,
}
