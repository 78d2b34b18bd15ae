//! What is said of a patch in one line, and the check that says it on a server.

use serde::{Deserialize, Serialize};

/// Characters of a check's text at most: servers show it in one cell of a table.
const TEXT: usize = 140;

/// How a check stands, as Patchwork knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// Not decided yet.
    Pending,
    /// Good.
    Success,
    /// Somebody should look.
    Warning,
    /// Bad.
    Fail,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Said {
    /// How it stands.
    pub state: CheckState,
    /// Why, on one line.
    pub text: String,
}

impl Said {
    /// Cuts the text to what can be shown.
    #[must_use]
    pub fn new(state: CheckState, text: String) -> Self {
        let line = crate::report::phrases::clean(&text);
        let text = match line.chars().count() > TEXT {
            true => line.chars().take(TEXT - 3).chain("...".chars()).collect(),
            false => line,
        };
        Self { state, text }
    }
}

/// A check to post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The source that has the server's address.
    pub server: String,
    /// The patch's number there.
    pub patch: i64,
    /// What the check is called.
    pub context: String,
    /// What it says.
    pub said: Said,
}

impl Check {
    /// What it takes the place of.
    #[must_use]
    pub fn slot(&self) -> String {
        format!("check {} {} {}", self.server, self.patch, self.context)
    }
}
