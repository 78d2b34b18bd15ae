//! What a run that went commit by commit adds to a report: who made what, and what was taken back.

use super::Conclusion;
use super::Counts;
use crate::judge::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A commit, as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// Its id, 40 hexadecimal digits.
    pub id: String,
    /// First line of its message.
    pub subject: String,
    /// When its author wrote it, in ISO 8601.
    pub date: String,
}

/// What the commits of the range did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walk {
    /// Number of commits in the range.
    pub passed: usize,
    /// Those that touch what exported headers are made from, oldest first; only these were judged.
    pub examined: Vec<Commit>,
    /// What each of these comes to by itself, by its id.
    pub judgements: BTreeMap<String, Judgement>,
    /// The commit that made each finding of the report, by fingerprint.
    pub origins: BTreeMap<String, Commit>,
    /// What a commit of the range made and a later one of the range took back. It is no finding of the
    /// range, and counts for nothing: whoever bisects will meet it.
    pub taken_back: Vec<TakenBack>,
}

/// What a commit comes to by itself, against its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The outcome, as if there were no other commit.
    pub conclusion: Conclusion,
    /// Number of its findings.
    pub counts: Counts,
}

/// A finding that lasted for a part of the range.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenBack {
    /// The finding, its places those of the commit that made it.
    pub finding: Finding,
    /// The commit that made it.
    pub made_by: Commit,
    /// The first later commit without it.
    pub by: Commit,
}
