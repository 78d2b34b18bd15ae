//! Everything that a run found out, and its forms: terminal, JSON, Markdown, HTML, and what other tools read.
//!
//! [`Report`] is the one value that every form renders; no form looks anything up. Pure. The forms share
//! their wording ([`phrases`]) and the list of what no header shows ([`unseen`]); [`dump`] shows a surface
//! instead of a report. Next: `cli` writes the text somewhere.

pub mod annotations;
pub mod approvals;
mod counts;
pub mod dump;
pub mod history;
#[cfg(test)]
mod hostile_tests;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod phrases;
mod records;
#[cfg(test)]
pub(crate) mod samples;
pub mod sarif;
mod series;
pub mod terminal;
pub mod unseen;
mod walk;

pub use counts::Counts;
pub use history::{Event, History, Life, NotRead, Restored, What};
pub use records::{Layout, Layouts, Member, Padding};
pub use series::{BaseRule, HowApplied, PatchVerdict, Series};
pub use walk::{Commit, Judgement, TakenBack, Walk};

use crate::approve::{Standing, Waived};
use crate::judge::Finding;
use crate::model::Gap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Nothing breaks and everything in the change was examined.
    Pass,
    /// Maintainers have to agree first.
    NeedsApproval,
    /// At least one `break`.
    Fail,
    /// Something in the change could not be examined.
    Undecided,
}

/// A side as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// As given or found: `HEAD~1`, `v6.12`, `work tree`.
    pub name: String,
    /// Commit id, 40 hex digits; `None` for the work tree.
    pub commit: Option<String>,
}

/// What the run looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// Names of the targets.
    pub targets: Vec<String>,
    /// Targets that were asked for, or are known, and not examined, each with its reason.
    pub targets_left_out: Vec<(String, String)>,
    /// Exported headers after, over all targets.
    pub headers: usize,
    /// Headers whose text, or that of something they include, changed.
    pub affected: usize,
    /// Number of rules held against the changes.
    pub rules: usize,
    /// How the headers lie in the examined tree; empty where none had to be read.
    pub layout: String,
    /// Targets whose `asm/` headers are stand-ins of our own.
    pub stubs: Vec<String>,
}

/// Milliseconds spent, by stage; and what decides about them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// From start to report.
    pub total: u64,
    /// Reading git and rebuilding the header trees.
    pub tree: u64,
    /// Reading the headers with libclang.
    pub extract: u64,
    /// Comparing.
    pub diff: u64,
    /// Judging, witnesses included.
    pub judge: u64,
    /// Finding out who must agree.
    pub approve: u64,
    /// What the cache gave.
    pub cache: CacheUse,
}

/// How often something was looked for in the cache: a header on a target, or a whole comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// How often it was there.
    pub hits: u64,
    /// How often it was not.
    pub misses: u64,
}

/// What the parser was under, to keep hostile headers away from the machine; empty where no header had to
/// be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sandbox {
    /// Protections in force, by the kernel's names.
    pub active: Vec<String>,
    /// Protections that the kernel does not give.
    pub missing: Vec<Missing>,
}

/// A protection that the kernel does not give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Missing {
    /// Its name.
    pub what: String,
    /// The reason.
    pub why: String,
}

/// Source of one header, for showing its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Path from the top of the examined tree (`include/uapi/linux/if_link.h`).
    pub path: String,
    /// The text of the examined file.
    pub text: Arc<str>,
}

/// Everything that a run found out.
#[derive(Debug, Clone)]
pub struct Report {
    /// Version of libclang, such as `19.1.7`; empty where no header had to be read.
    pub libclang: String,
    /// What the parser was under; empty where no header had to be read.
    pub sandbox: Sandbox,
    /// What programs were built against.
    pub base: Revision,
    /// What the change leads to.
    pub head: Revision,
    /// The last release before the base, where there is one.
    pub released: Option<Revision>,
    /// The outcome.
    pub conclusion: Conclusion,
    /// All findings, `ok` ones too; gravest first, then by header, line and rule.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The files of the examined tree that each finding is in, on both sides, by its fingerprint.
    pub files: BTreeMap<String, BTreeSet<String>>,
    /// Findings that are taken as they are and count for nothing, by fingerprint.
    pub waived: BTreeMap<String, Waived>,
    /// Who must agree; `None` where the base has nothing that says who owns what.
    pub approvals: Option<Vec<Standing>>,
    /// Mailing lists that the change is to be sent to.
    pub copy_to: Vec<String>,
    /// What was looked at.
    pub examined: Examined,
    /// Remarks about the run as a whole, one sentence each (no release tag found, ...).
    pub notes: Vec<String>,
    /// What the commits of the range did, where the run went commit by commit.
    pub walk: Option<Walk>,
    /// The patches that were examined, where the run was over such.
    pub series: Option<Series>,
    /// Time spent.
    pub timing: Timing,
    /// Sources of the headers that findings point into, by side and installed path.
    pub sources: BTreeMap<(crate::model::Side, String), Source>,
    /// Layouts of the records that findings other than `ok` are about.
    pub records: Vec<Layouts>,
}
