//! What waits in the outbox to be said on GitHub, as it is kept there.
//!
//! Plain data: who decides writes it, who delivers reads it, and a later release reads what an earlier one wrote.
//! Next: `crate::service`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a check run ended, of the words that GitHub has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Good. A required check passes.
    Success,
    /// Nothing to say for or against it. A required check passes.
    Neutral,
    /// Somebody has to do something first. A required check blocks.
    ActionRequired,
    /// Bad. A required check blocks.
    Failure,
    /// It counts no more. A required check blocks.
    Cancelled,
}

/// How grave an annotation is, of the words that GitHub has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For whoever is curious.
    Notice,
    /// Somebody should look.
    Warning,
    /// Bad.
    Failure,
}

/// A remark at a line of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Path from the top of the tree.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// How grave it is.
    pub level: Level,
    /// In a few words; at most 255 bytes.
    pub title: String,
    /// In full; at most 64 KiB.
    pub message: String,
}

/// A check run that shall stand at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// `owner/name`.
    pub repository: String,
    /// The commit, 40 hexadecimal digits.
    pub head: String,
    /// What it is called.
    pub name: String,
    /// How it ended.
    pub ending: Ending,
    /// In one line.
    pub title: String,
    /// Markdown, at most 65535 bytes.
    pub summary: String,
    /// Markdown, at most 65535 bytes; empty where the summary says it all.
    pub text: String,
    /// Where the whole report is.
    pub page: Option<String>,
    /// Remarks at lines.
    pub annotations: Vec<Annotation>,
    /// How often it was asked for again: each time it becomes a new check run, which takes the place of the last.
    pub round: u64,
    /// What asked for it again.
    pub asked: BTreeSet<String>,
}

impl CheckRun {
    /// What it takes the place of.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("check-run {} {} {}", self.repository, self.head, self.name)
    }

    /// By what it is found again on GitHub: the same for what is one check run there. Remarks can be added to a check
    /// run and not taken away, so other remarks make another one.
    #[must_use]
    pub fn external_id(&self) -> String {
        let mut hash = blake3::Hasher::new();
        for remark in &self.annotations {
            let Annotation { path, line, .. } = remark;
            let text = format!(
                "{path}\0{line}\0{}\0{}\0{}\0",
                remark.level as u8, remark.title, remark.message
            );
            hash.update(text.as_bytes());
        }
        format!("uapi-check-{}-{:.16}", self.round, hash.finalize().to_hex())
    }
}

/// The one comment on a pull request, edited in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// `owner/name`.
    pub repository: String,
    /// Number of the pull request.
    pub number: u64,
    /// Markdown, less than 65535 bytes; the mark by which it is found again is added where it is sent.
    pub body: String,
}

impl Comment {
    /// What it takes the place of.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("comment {}#{}", self.repository, self.number)
    }
}

/// An answer to a command, written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// `owner/name`.
    pub repository: String,
    /// Number of the pull request.
    pub number: u64,
    /// Id of the comment that it answers.
    pub to: u64,
    /// Markdown, at most 65535 bytes.
    pub body: String,
}

impl Reply {
    /// What it takes the place of.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("reply {} {}", self.repository, self.to)
    }

    /// The mark that the answer begins with, by which it is found again.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("<!-- uapi-bot:answer {} -->", self.to)
    }
}

/// Findings for GitHub's code scanning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sarif {
    /// `owner/name`.
    pub repository: String,
    /// The commit, 40 hexadecimal digits.
    pub head: String,
    /// The reference that it is of, such as `refs/pull/12/head`.
    pub reference: String,
    /// The SARIF document.
    pub document: String,
}

impl Sarif {
    /// What it takes the place of.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("sarif {} {}", self.repository, self.head)
    }
}
