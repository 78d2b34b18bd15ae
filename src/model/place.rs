//! Where something stands: a header, the file of the examined tree it comes from, and a line.
//!
//! Line numbers are those of the examined file itself, because the rewriting of `tree` keeps lines.

use serde::{Deserialize, Serialize};

/// One of the sides of a comparison.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The state that programs were built against.
    Before,
    /// The state that the change leads to.
    After,
}

/// A line of a header on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Installed path of the header, such as `linux/if_link.h`.
    pub header: String,
    /// Line, counted from 1; 0 means the header as a whole.
    pub line: u32,
    /// Side on which the line stands.
    pub side: Side,
}
