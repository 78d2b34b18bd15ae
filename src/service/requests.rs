//! What somebody asks to look at becomes a job: a hint of a delivery, a range, or a patch that was sent along.
//!
//! A job is named by what is asked for, so that the same twice is one. What it has to know besides is JSON, which
//! whoever looks at it reads again with the types here.

use crate::github::webhook::Hint;
use crate::store::NewJob;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A range of a configured repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeRequest {
    /// Name of the repository in the configuration.
    pub repository: String,
    /// The commit before: its id, or a name.
    pub base: String,
    /// The commit after, likewise.
    pub head: String,
}

impl RangeRequest {
    /// The kind of its job.
    pub const KIND: &str = "range";

    /// What is to be looked at.
    #[must_use]
    pub fn job(&self) -> NewJob {
        let Self {
            repository,
            base,
            head,
        } = self;
        let name = format!("{} {repository} {base}..{head}", Self::KIND);
        job(name, Self::KIND, self)
    }
}

/// Mails with patches for a configured repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatchRequest {
    /// Name of the repository in the configuration.
    pub repository: String,
    /// The mails.
    pub mails: Vec<u8>,
}

impl PatchRequest {
    /// The kind of its job.
    pub const KIND: &str = "patch";

    /// What is to be looked at. It is named by a hash of the mails and the repository.
    #[must_use]
    pub fn job(&self) -> NewJob {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.repository.as_bytes());
        hasher.update(&[0]);
        hasher.update(&self.mails);
        let name = format!("{} {}", Self::KIND, hasher.finalize().to_hex());
        let name = name.get(..38).unwrap_or(&name).to_owned();
        let mut payload = self.repository.clone().into_bytes();
        payload.push(0);
        payload.extend_from_slice(&self.mails);
        NewJob {
            name,
            kind: Self::KIND.to_owned(),
            payload,
        }
    }

    /// Reads what a job of this kind has to know; `None` where it is none.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let end = payload.iter().position(|byte| *byte == 0)?;
        Some(Self {
            repository: String::from_utf8(payload[..end].to_vec()).ok()?,
            mails: payload[end + 1..].to_vec(),
        })
    }
}

/// What a hint of a delivery asks to look at; `None` where that is nothing.
#[must_use]
pub fn hinted(hint: &Hint) -> Option<NewJob> {
    let (kind, what, known) = match hint {
        Hint::Pull { repository, number } => (
            "pull",
            format!("{repository}#{number}"),
            json!({"repository": repository.as_str(), "number": number}),
        ),
        Hint::Group {
            repository,
            head,
            base,
            branch,
            into,
        } => (
            "group",
            format!("{repository} {head}"),
            json!({
                "repository": repository.as_str(), "head": head, "base": base, "branch": branch, "into": into,
            }),
        ),
        Hint::Heads { repository, sha } => (
            "heads",
            format!("{repository} {sha}"),
            json!({"repository": repository.as_str(), "sha": sha}),
        ),
        Hint::Branch { repository, branch } => (
            "branch",
            format!("{repository} {branch}"),
            json!({"repository": repository.as_str(), "branch": branch}),
        ),
        Hint::Installation { id } => ("installation", id.to_string(), json!({ "id": id })),
        Hint::Ping | Hint::Nothing => return None,
    };
    Some(job(format!("{kind} {what}"), kind, &known))
}

fn job(name: String, kind: &str, payload: &impl Serialize) -> NewJob {
    NewJob {
        name,
        kind: kind.to_owned(),
        // Texts and numbers have a form in JSON.
        payload: serde_json::to_vec(payload).unwrap_or_default(),
    }
}
