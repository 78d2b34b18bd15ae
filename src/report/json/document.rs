//! The types of the JSON document: its keys, in their order, and what each of them means.
//!
//! The comments here become the descriptions of the JSON Schema.

use crate::approve::{self, Given, Person, Waived};
use crate::diff::{Facts, Release};
use crate::judge::{Breaks, Verdict};
use crate::model::{GapSide, Side};
use crate::report::{
    BaseRule, Commit, Conclusion, Counts, Layouts, PatchVerdict, Revision, Sandbox,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Version of the document; it changes when a key is renamed, taken away or given another meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that a run of uapi-check found out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Version of this document's form: 1.
    pub schema_version: u32,
    /// What made the report.
    pub tool: Tool,
    /// What programs were built against.
    pub base: Base,
    /// What the change leads to.
    pub head: State,
    /// The last release before the base, where there is one.
    pub released: Option<State>,
    /// The outcome.
    pub conclusion: Conclusion,
    /// Number of findings by verdict, those that are not listed included.
    pub summary: Counts,
    /// The findings, gravest first.
    pub findings: Vec<Entry>,
    /// What the commits of the range did; null where the run did not go commit by commit.
    pub commits: Option<Commits>,
    /// The patches that were examined; null where the run was over none.
    pub series: Option<Series>,
    /// Who has to agree, by section of MAINTAINERS; empty where nobody has, and where the base has no
    /// MAINTAINERS.
    pub approvals: Vec<ApprovalEntry>,
    /// Mailing lists that the change is to be sent to.
    pub copy_to: Vec<String>,
    /// What was looked at.
    pub examined: Examined,
    /// What could not be read.
    pub gaps: Vec<GapEntry>,
    /// Kinds of breakage that no header shows.
    pub not_examined: Vec<NotExamined>,
    /// Remarks about the run as a whole.
    pub notes: Vec<String>,
    /// Layouts of the records that findings other than `ok` are about, by their subject and header; the first
    /// 200 of them.
    #[serde(default)]
    pub records: Vec<Layouts>,
    /// Milliseconds spent; the only part that differs between two runs over the same states.
    pub timing_ms: Timing,
}

/// What made the report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Version of uapi-check.
    pub version: String,
    /// Version of libclang; empty where no header had to be read.
    pub libclang: String,
    /// What kept hostile headers away from the machine while they were read.
    pub sandbox: Sandbox,
}

impl Tool {
    /// This version of uapi-check, with what it read headers with.
    pub fn new(libclang: &str, sandbox: &Sandbox) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            libclang: libclang.to_owned(),
            sandbox: sandbox.clone(),
        }
    }
}

/// What programs were built against.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Base {
    /// Its name and commit.
    #[serde(flatten)]
    pub state: State,
    /// What chose it, of a series of patches; null where the user named both sides, or none fits.
    pub chosen_by: Option<BaseRule>,
}

/// A series of patches.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Its version, from 1.
    pub version: u32,
    /// Its patches, in order; those that are missing are not among them.
    pub patches: Vec<PatchVerdict>,
    /// What of it was not examined, and why. Empty, or the conclusion is no `pass`.
    pub problems: Vec<String>,
}

/// One of the compared states.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct State {
    /// Its name, as given or found.
    pub rev: String,
    /// Commit id, 40 hexadecimal digits; null for the work tree, for a directory, for patches, and for what
    /// was before the first commit.
    pub commit: Option<String>,
}

impl From<&Revision> for State {
    fn from(revision: &Revision) -> Self {
        Self {
            rev: revision.name.clone(),
            commit: revision.commit.clone(),
        }
    }
}

/// One finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Hash of rule, subject, values and targets; the same for the same finding in another version of
    /// a patch.
    pub fingerprint: String,
    /// Id of the rule.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Which programs are hurt; null for compatible changes.
    pub breaks: Option<Breaks>,
    /// True for a rule on trial, which never fails a run.
    pub preview: bool,
    /// About what, as C programmers write it.
    pub subject: String,
    /// Path of the field in the subject, or empty.
    pub member: String,
    /// Installed path of the header.
    pub header: String,
    /// Path of the file in the examined tree, where it is known.
    pub path: Option<String>,
    /// Line in that file, from 1; null for the header as a whole.
    pub line: Option<u32>,
    /// The state that path and line are of.
    pub side: Option<Side>,
    /// Targets on which it is so; `all` alone for all that export the header.
    pub targets: Vec<String>,
    /// Facts of the state before.
    pub before: Facts,
    /// Facts of the state after.
    pub after: Facts,
    /// Targets on which the facts are others.
    pub variants: Vec<Variant>,
    /// Title of the rule.
    pub title: String,
    /// What happened.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// Documentation to read.
    pub see: Option<String>,
    /// What would settle a review.
    pub evidence_wanted: Option<String>,
    /// Subjects that this drags along.
    pub affects: Vec<String>,
    /// How the state before stands to the last release.
    pub release: Standing,
    /// The commit that made it, where the run went commit by commit and one did.
    pub commit: Option<Commit>,
    /// Why it is taken as it is and counts for nothing; null where it is not.
    pub waived: Option<Waived>,
    /// Places in the kernel's source that speak for or against it.
    pub evidence: Vec<Evidence>,
    /// The proof of a break.
    pub witness: Option<Witness>,
}

/// How the state before a change stands to the last release.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Released so, or nothing to compare with.
    Released,
    /// Never released so.
    Unreleased,
    /// Never released so, and the state after is again the released one.
    Restored,
}

impl From<Release> for Standing {
    fn from(release: Release) -> Self {
        match release {
            Release::Released => Self::Released,
            Release::Unreleased => Self::Unreleased,
            Release::Restored => Self::Restored,
        }
    }
}

/// The facts of a finding on targets where they are others.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// Those targets.
    pub targets: Vec<String>,
    /// Facts of the state before.
    pub before: Facts,
    /// Facts of the state after.
    pub after: Facts,
}

/// A place in the kernel's source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Path from the top of the tree.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What it says.
    pub says: String,
}

/// C lines that compile before and not after.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Witness {
    /// The lines, to stand after the inclusion of the header.
    pub code: String,
    /// Whether it behaved so; null where it was not tried.
    pub confirmed: Option<bool>,
}

/// Who has to agree.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalEntry {
    /// Section of MAINTAINERS; several where one of them is enough; empty where none has the files.
    pub section: String,
    /// Files of the change that it covers.
    pub paths: Vec<String>,
    /// How it stands.
    pub state: approve::State,
    /// What is needed.
    pub need: String,
    /// Who can give it.
    pub who: Vec<Person>,
    /// Who said what.
    pub by: Vec<Given>,
    /// Fingerprints of the findings that it is about. An approval of others does not count.
    pub fingerprints: BTreeSet<String>,
}

/// What was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Examined {
    /// Names of the targets.
    pub targets: Vec<String>,
    /// Targets that were left out.
    pub targets_left_out: Vec<LeftOut>,
    /// Exported headers after, over all targets.
    pub headers: usize,
    /// Headers whose text, or that of something they include, changed.
    pub affected: usize,
    /// Rules held against the changes.
    pub rules: usize,
    /// How the headers lie in the examined tree (`kernel`, `installed`, ...); empty where none had to be
    /// read.
    pub layout: String,
    /// Targets whose asm/ headers are stubs of uapi-check's own, because the examined tree has none.
    pub asm_stubs: Vec<String>,
}

/// A target that was left out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Its name.
    pub target: String,
    /// Why.
    pub reason: String,
}

/// Something that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GapEntry {
    /// Installed path of the header.
    pub header: String,
    /// Name of the declaration, or empty for the header as a whole.
    pub item: String,
    /// Targets on which it is so; `all` alone for all of the run.
    pub targets: Vec<String>,
    /// On which sides.
    pub side: GapSide,
    /// What stood in the way.
    pub reason: String,
    /// True where it differs between the sides, so that part of the change was not examined.
    pub in_change: bool,
}

/// What the commits of the range did.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Commits {
    /// Number of commits in the range.
    pub passed: usize,
    /// Those that touch what exported headers are made from, oldest first; only these were judged.
    pub examined: Vec<Commit>,
    /// What a commit made and a later one took back. No finding of the range, and counted nowhere;
    /// whoever bisects will meet it.
    pub taken_back: Vec<TakenBack>,
}

/// What a commit of the range made and a later one took back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TakenBack {
    /// The finding, with the commit that made it; path and line are as of that commit.
    pub finding: Entry,
    /// The first later commit without it.
    pub taken_back_by: Commit,
}

/// A kind of breakage that no header shows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct NotExamined {
    /// Stable name.
    pub id: String,
    /// What it covers.
    pub what: String,
}

/// Milliseconds spent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// From start to report.
    pub total: u64,
    /// Reading git and rebuilding the header trees.
    pub tree: u64,
    /// Reading the headers.
    pub extract: u64,
    /// Comparing.
    pub diff: u64,
    /// Judging.
    pub judge: u64,
    /// Finding out who must agree.
    pub approve: u64,
    /// What the cache gave.
    pub cache: CacheUse,
}

/// How often something was looked for in the cache: a header on a target, or a whole comparison.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CacheUse {
    /// How often it was there.
    pub hits: u64,
    /// How often it was not.
    pub misses: u64,
}
