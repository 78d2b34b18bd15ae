//! Who must agree, alone: as text, and as a JSON document of `schema_version` 1.
//!
//! What a check says in short ([`super::terminal`], [`super::markdown`]) is said here in full.

use super::json::{ApprovalEntry, State, Tool, approval_entries};
use super::{Report, phrases};
use crate::approve::{self, Standing};
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the document; it changes when a key is renamed, taken away or given another meaning.
const SCHEMA_VERSION: u32 = 1;

/// Who must agree with a change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    /// Version of this document's form: 1.
    pub schema_version: u32,
    /// What made it.
    pub tool: Tool,
    /// The state before the change, whose MAINTAINERS counts.
    pub base: State,
    /// What the change leads to.
    pub head: State,
    /// Who must agree, by section.
    pub approvals: Vec<ApprovalEntry>,
    /// Lists that the change is to be sent to.
    pub copy_to: Vec<String>,
    /// Remarks about the run as a whole.
    pub notes: Vec<String>,
}

/// The document as text, with a line break at its end.
///
/// # Errors
/// Where a value has no form in JSON.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool::new(&report.libclang, &report.sandbox),
        base: (&report.base).into(),
        head: (&report.head).into(),
        approvals: approval_entries(report),
        copy_to: report.copy_to.clone(),
        notes: report.notes.clone(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// A block for each section.
pub fn text(report: &Report) -> String {
    let standings = report.approvals.as_deref().unwrap_or_default();
    let mut text = String::new();
    if standings.is_empty() {
        text.push_str(
            "Nobody has to agree: nothing that needs it changed in an exported header.\n",
        );
    }
    for standing in standings {
        text.push_str(&block(standing));
        text.push('\n');
    }
    if !report.copy_to.is_empty() {
        text.push_str(&format!(
            "Send it to: {}\n",
            phrases::list(&report.copy_to, 20)
        ));
    }
    for note in &report.notes {
        text.push_str(&format!("Note: {}\n", phrases::clean(note)));
    }
    text
}

fn block(standing: &Standing) -> String {
    let mut text = format!(
        "{}: {}\n",
        phrases::standing_title(standing),
        phrases::standing_word(standing.state)
    );
    let mut line = |name: &str, value: &str| {
        text.push_str(&format!("  {name:<7} {}\n", phrases::clean(value)));
    };
    line("needs", &standing.need);
    for person in &standing.who {
        line("who", &person.to_string());
    }
    for given in &standing.by {
        line("said", &phrases::given(given));
    }
    for path in &standing.paths {
        match standing.section.as_str() {
            "" if standing.state == approve::State::UnknownOwner => {
                line("add", &format!("F: {path}"))
            }
            _ => line("file", path),
        }
    }
    text
}

/// The JSON Schema of the document.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Document)
}
