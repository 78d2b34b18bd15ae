//! What a run over patches adds to a report: which base they stand on, what each did, and what of the series
//! was not examined.

use super::{Conclusion, Counts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What chose the commit that a series stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BaseRule {
    /// Whoever ran it named it.
    Named,
    /// The series says it.
    BaseCommit,
    /// A guess: a word in the brackets of its subjects, such as `net-next`, stands for a tree.
    Tag,
    /// A guess: MAINTAINERS names the tree for the files of the series.
    Tree,
    /// A guess: its files are those that the patches were made from, or most like them.
    Blobs,
    /// A guess: the series applies there.
    Applies,
}

/// How a patch came onto its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HowApplied {
    /// Its lines were there.
    AsIs,
    /// By a three-way merge with the files that it was made from.
    Merged,
    /// All of it was there already.
    AlreadyThere,
}

/// A series of patches, as far as it could be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its version, from 1.
    pub version: u32,
    /// What chose the base; `None` where there is none that it applies to.
    pub base: Option<BaseRule>,
    /// Its patches, in order.
    pub patches: Vec<PatchVerdict>,
    /// What of it was not examined, and why; one sentence each without a full stop.
    pub problems: Vec<String>,
}

/// What one patch did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PatchVerdict {
    /// Its place in the series, from 1.
    pub position: u32,
    /// How many patches the series says that it has.
    pub of: u32,
    /// First line of its message.
    pub subject: String,
    /// Message-ID of its mail without `<>`; empty where it has none.
    pub message_id: String,
    /// Id of the commit that it was examined as, which no repository has; null where it was not applied.
    pub commit: Option<String>,
    /// How it was applied; null where it was not.
    pub applied: Option<HowApplied>,
    /// What it comes to by itself, against the patch before it.
    pub conclusion: Conclusion,
    /// Number of its own findings by verdict.
    pub summary: Counts,
}
