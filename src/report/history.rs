//! The life of every name over a range, and its JSON document of `schema_version` 1.
//!
//! Keys are added, never renamed or taken away, without a new version. Next: `history/text.rs` for
//! people.

mod text;

use super::json::{State, Tool};
use super::{Commit, Revision, Sandbox};
use crate::judge::{Breaks, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
pub use text::render as text;

/// Version of the document; it changes when a key is renamed, taken away or given another meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// What happened to the names of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Version of libclang; empty where no header had to be read.
    pub libclang: String,
    /// What the parser was under; empty where no header had to be read.
    pub sandbox: Sandbox,
    /// Where the range begins.
    pub base: Revision,
    /// Where it ends.
    pub head: Revision,
    /// The only name asked for, where one was.
    pub asked: Option<String>,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// Number of commits in the range.
    pub passed: usize,
    /// Number of those that touch what exported headers are made from.
    pub examined: usize,
    /// Every name to which something happened, by header and name.
    pub lives: Vec<Life>,
    /// What could not be read of a commit's change.
    pub not_read: Vec<NotRead>,
}

/// What happened to one name.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Life {
    /// The name, as C programmers write it; a path for a header.
    pub subject: String,
    /// Installed path of the header that declares it, at the last event.
    pub header: String,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

/// What one commit did to a name.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// What happened.
    pub what: What,
    /// The commit that did it.
    pub commit: Commit,
    /// The first release that has the commit; null where none has.
    pub release: Option<String>,
    /// The verdict, as for a check of the commit alone, measured against the release before it.
    pub verdict: Verdict,
    /// Which programs are hurt; null for compatible changes.
    pub breaks: Option<Breaks>,
    /// Id of the rule that decided.
    pub rule: String,
    /// What happened, in one sentence.
    pub message: String,
    /// Value or size before, where the name has one; of the first target.
    pub before: Option<String>,
    /// Value or size after, where the name has one; of the first target.
    pub after: Option<String>,
    /// Targets on which it is so; `all` alone for all that export the header.
    pub targets: Vec<String>,
    /// The subject of the change that dragged this name along; null where the change is its own.
    pub dragged_by: Option<String>,
    /// Set where the name is again what it was before an earlier event.
    pub restores: Option<Restored>,
}

/// What happened to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is new.
    Added,
    /// It changed, and no program breaks for certain.
    Changed,
    /// It changed, and programs break.
    Broken,
    /// It is again what it was. The verdict tells whether programs that were built in between break.
    Restored,
    /// It is gone.
    Removed,
}

/// What a name went back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Restored {
    /// The last release that has the name as it is again; null where no release had it so.
    pub release: Option<String>,
    /// The commit whose change was undone; null where it lies before the range.
    pub undone: Option<String>,
}

/// Something of a commit's change that could not be read, so that an event may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotRead {
    /// The commit.
    pub commit: Commit,
    /// Installed path of the header.
    pub header: String,
    /// Name of the declaration, or empty for the header as a whole.
    pub item: String,
    /// What stood in the way.
    pub reason: String,
}

/// The life of every name over a range of commits.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "History")]
struct Document<'a> {
    /// Version of this document's form: 1.
    schema_version: u32,
    /// What made the history.
    tool: Tool,
    /// Where the range begins.
    base: State,
    /// Where it ends.
    head: State,
    /// The only name asked for; null for all.
    subject: Option<&'a str>,
    /// Names of the targets.
    targets: &'a [String],
    /// The commits.
    commits: Commits,
    /// Every name to which something happened, by header and name.
    lives: &'a [Life],
    /// What could not be read, so that events may be missing.
    not_read: &'a [NotRead],
}

/// How many commits there are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Commits {
    /// In the range.
    passed: usize,
    /// Of them, those that touch what exported headers are made from.
    examined: usize,
}

/// The history as JSON text, indented by two blanks, with a line break at its end.
///
/// # Errors
/// Where a value has no form in JSON.
pub fn json(history: &History) -> Result<String, serde_json::Error> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool::new(&history.libclang, &history.sandbox),
        base: (&history.base).into(),
        head: (&history.head).into(),
        subject: history.asked.as_deref(),
        targets: &history.targets,
        commits: Commits {
            passed: history.passed,
            examined: history.examined,
        },
        lives: &history.lives,
        not_read: &history.not_read,
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The JSON Schema of the document.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Document<'static>)
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
