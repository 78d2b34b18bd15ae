//! What the API answers, as far as it is looked at. Fields that are unknown are left out, those that are missing or
//! null are empty: versions and servers differ.

use super::headers::Headers;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Project {
    /// The server's number of it.
    pub id: u64,
    /// Its short name, as in addresses.
    #[serde(deserialize_with = "or_empty")]
    pub link_name: String,
    /// The list that its mails come by, as in `List-Id:`, without `<>`.
    #[serde(deserialize_with = "or_empty")]
    pub list_id: String,
}

/// Something that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Event {
    /// Grows with time.
    pub id: u64,
    /// What happened, such as `series-completed`.
    #[serde(deserialize_with = "or_empty")]
    pub category: String,
    /// When, in the server's own zone, which it doesn't tell: only to be handed back to it.
    #[serde(deserialize_with = "or_empty")]
    pub date: String,
    /// To what.
    #[serde(deserialize_with = "or_empty")]
    pub payload: Payload,
}

/// What an event is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Payload {
    /// A series.
    pub series: Option<Numbered>,
    /// A patch.
    pub patch: Option<Numbered>,
    /// A cover.
    pub cover: Option<Numbered>,
}

/// Something that has a number there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Numbered {
    /// The server's number of it.
    pub id: u64,
    /// What it is called: for a patch, its subject, with `[v2,1/3]` before it.
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// The Message-ID with `<>`, where it is a mail.
    #[serde(deserialize_with = "or_empty")]
    pub msgid: String,
}

/// A series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Series {
    /// The server's number of it.
    pub id: u64,
    /// How many patches it says that it has.
    #[serde(deserialize_with = "or_empty")]
    pub total: u64,
    /// How many of them came.
    #[serde(deserialize_with = "or_empty")]
    pub received_total: u64,
    /// Whether that is all.
    #[serde(deserialize_with = "or_empty")]
    pub received_all: bool,
    /// What introduces it.
    pub cover_letter: Option<Numbered>,
    /// Its patches, in the order in which they arrived.
    #[serde(deserialize_with = "or_empty")]
    pub patches: Vec<Numbered>,
}

/// A mail that the server has by a number; patches and covers are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mail {
    /// One with a diff.
    Patch(u64),
    /// One that introduces a series.
    Cover(u64),
}

impl Mail {
    /// The server's number of it.
    pub(super) fn id(self) -> u64 {
        match self {
            Self::Patch(id) | Self::Cover(id) => id,
        }
    }

    /// Where it is in the API.
    pub(super) fn address(self) -> (&'static str, String) {
        match self {
            Self::Patch(id) => ("patches", id.to_string()),
            Self::Cover(id) => ("covers", id.to_string()),
        }
    }
}

impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Patch(id) => write!(f, "patch {id}"),
            Self::Cover(id) => write!(f, "cover {id}"),
        }
    }
}

/// A patch or a cover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Patch {
    /// The server's number of it.
    pub id: u64,
    /// The Message-ID with `<>`.
    #[serde(deserialize_with = "or_empty")]
    pub msgid: String,
    /// Who sent it.
    #[serde(deserialize_with = "or_empty")]
    pub submitter: Person,
    /// The series that it is in; one at most.
    #[serde(deserialize_with = "or_empty")]
    pub series: Vec<Numbered>,
    /// The header of its mail.
    pub headers: Headers,
    /// What the mail says besides the diff.
    #[serde(deserialize_with = "or_empty")]
    pub content: String,
    /// The diff; a cover has none.
    #[serde(deserialize_with = "or_empty")]
    pub diff: String,
}

/// An answer to a patch or a cover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// The server's number of it; comments of patches and of covers are counted apart.
    pub id: u64,
    /// The Message-ID with `<>`.
    #[serde(deserialize_with = "or_empty")]
    pub msgid: String,
    /// Who sent it.
    #[serde(deserialize_with = "or_empty")]
    pub submitter: Person,
    /// The header of its mail.
    pub headers: Headers,
    /// What it says, without signature.
    #[serde(deserialize_with = "or_empty")]
    pub content: String,
}

/// Who sent a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The name that was last seen with the address.
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// The address.
    #[serde(deserialize_with = "or_empty")]
    pub email: String,
}

/// Who may sign in there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct User {
    /// The name.
    #[serde(deserialize_with = "or_empty")]
    pub username: String,
}

/// A check that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Check {
    /// The server's number of it.
    pub id: u64,
    /// Who posted it.
    #[serde(deserialize_with = "or_empty")]
    pub user: User,
    /// How it went, as the server writes it.
    #[serde(deserialize_with = "or_empty")]
    pub state: String,
    /// Where more is told, or empty.
    #[serde(deserialize_with = "or_empty")]
    pub target_url: String,
    /// What it is a check of.
    #[serde(deserialize_with = "or_empty")]
    pub context: String,
    /// One line.
    #[serde(deserialize_with = "or_empty")]
    pub description: String,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// Not yet known.
    Pending,
    /// Well.
    Success,
    /// Somebody should look.
    Warning,
    /// Badly.
    Fail,
}

impl CheckState {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Fail => "fail",
        }
    }
}

/// A check to be posted. Neither `user` nor `date`: the first is refused, the second left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCheck {
    /// How it went.
    pub state: CheckState,
    /// What it is a check of: letters, digits, `-` and `_`, 255 at most.
    pub context: String,
    /// Where more is told, or empty; 200 characters at most.
    pub target_url: String,
    /// One line.
    pub description: String,
}

/// Null is as good as nothing.
fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}
