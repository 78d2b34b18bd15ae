//! Deliveries of GitHub become hints: what is to be looked at, and nothing more.
//!
//! Who sent a delivery is proved by its signature over the bytes as they came, before anything of it is read. A hint
//! names a pull request, a commit or a branch; what is true of it is read from GitHub when it is looked at, so nothing
//! here has to arrive in order, once, or at all. Next: [`super::client`].

use super::Secret;
use super::names::{Repository, is_branch, is_commit};
use hmac::{Hmac, KeyInit, Mac};
use octocrab::secrecy::ExposeSecret;
use serde::Deserialize;
use sha2::Sha256;

/// Bytes of a delivery at most: GitHub sends no more than 25 MiB.
pub const BODY_LIMIT: usize = 25 << 20;
/// What a comment begins with that is meant for this program.
pub const COMMAND: &str = "/uapi";
/// Bytes of a signature: HMAC-SHA256.
const SIGNATURE_LENGTH: usize = 32;

/// The signature is missing, of another kind, or not one of ours. Which of these is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery is not signed with the secret of this service")]
pub struct Forged;

/// A delivery that is signed, and of a kind that is known, and can't be read: why, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery `{event}` can't be read: {why}")]
pub struct Unreadable {
    /// Which kind.
    pub event: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// What a delivery says is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// Something about a pull request changed, or somebody said something there.
    Pull {
        /// Where.
        repository: Repository,
        /// Which.
        number: u64,
    },
    /// Several pull requests wait in a merge queue as one.
    Group {
        /// Where.
        repository: Repository,
        /// The commit to be checked, in hex.
        head: String,
        /// What it is to be merged into, in hex.
        base: String,
        /// The branch that has the head, without `refs/heads/`. It goes when the queue is done with it.
        branch: String,
        /// The branch that it is to be merged into, without `refs/heads/`.
        into: String,
    },
    /// Somebody asked for the checks of a commit anew.
    Heads {
        /// Where.
        repository: Repository,
        /// The commit, in hex.
        sha: String,
    },
    /// A branch moved.
    Branch {
        /// Where.
        repository: Repository,
        /// Which, without `refs/heads/`.
        branch: String,
    },
    /// What the App is installed for changed.
    Installation {
        /// Which installation.
        id: u64,
    },
    /// GitHub tries whether somebody is there.
    Ping,
    /// Nothing that matters here.
    Nothing,
}

/// Proves that a delivery is from somebody who knows one of the secrets. `header` is `X-Hub-Signature-256`, and `body`
/// the bytes as they came. Takes as long for a wrong signature as for a right one.
///
/// # Errors
///
/// One and the same, whatever is wrong with the signature.
pub fn verify(secrets: &[Secret], header: Option<&str>, body: &[u8]) -> Result<(), Forged> {
    let said = header.and_then(|header| header.strip_prefix("sha256="));
    let said = said.and_then(unhex).ok_or(Forged)?;
    let mut good = false;
    // All of them are tried: which one fits is not to be seen from the time it takes.
    for secret in secrets {
        let secret = secret.expose_secret();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        let fits = mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(&said).is_ok());
        // With an empty secret anybody could sign.
        good |= fits && !secret.is_empty();
    }
    good.then_some(()).ok_or(Forged)
}

fn unhex(text: &str) -> Option<[u8; SIGNATURE_LENGTH]> {
    let mut bytes = [0; SIGNATURE_LENGTH];
    let digits = text.as_bytes();
    if digits.len() != 2 * SIGNATURE_LENGTH {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// What a delivery says is to be looked at; at least one hint. `event` is `X-GitHub-Event`. Deliveries of kinds that
/// don't matter are not read at all.
///
/// # Errors
///
/// Where a delivery of a kind that matters is no JSON, lacks what it must have, or has a name that can't be one.
pub fn hints(event: &str, body: &[u8]) -> Result<Vec<Hint>, Unreadable> {
    let hint = match event {
        "ping" => Ok(Hint::Ping),
        "pull_request" => read(body).and_then(pull_request),
        "pull_request_review" => read(body).and_then(review),
        "issue_comment" => read(body).and_then(comment),
        "check_run" => read(body).and_then(check_run),
        "check_suite" => read(body).and_then(check_suite),
        "merge_group" => read(body).and_then(merge_group),
        "push" => read(body).and_then(push),
        "installation" | "installation_repositories" => read(body).and_then(installation),
        _ => Ok(Hint::Nothing),
    };
    let event = KNOWN.iter().find(|known| **known == event);
    let event = event.copied().unwrap_or_default();
    let hint = hint.map_err(|why| Unreadable { event, why })?;
    Ok(vec![hint])
}

/// Kinds of deliveries that are read.
const KNOWN: [&str; 10] = [
    "ping",
    "pull_request",
    "pull_request_review",
    "issue_comment",
    "check_run",
    "check_suite",
    "merge_group",
    "push",
    "installation",
    "installation_repositories",
];

/// The few fields that say what to look at. Whatever else is there is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    action: String,
    repository: Option<Full>,
    pull_request: Option<Numbered>,
    issue: Option<Issue>,
    comment: Option<Comment>,
    sender: Option<Sender>,
    changes: Option<Changes>,
    check_run: Option<Headed>,
    check_suite: Option<Headed>,
    merge_group: Option<Group>,
    installation: Option<Identified>,
    #[serde(rename = "ref")]
    reference: String,
    deleted: bool,
}

#[derive(Deserialize)]
struct Full {
    full_name: String,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Comment {
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct Sender {
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Changes {
    base: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Headed {
    head_sha: String,
}

#[derive(Deserialize)]
struct Group {
    head_sha: String,
    head_ref: String,
    base_sha: String,
    base_ref: String,
}

#[derive(Deserialize)]
struct Identified {
    id: u64,
}

type Read<T> = Result<T, String>;

fn read(body: &[u8]) -> Read<Payload> {
    // What serde_json says names a field and a place, and may quote a value, which is somebody's.
    serde_json::from_slice(body).map_err(|error| crate::http::one_line(&error.to_string()))
}

fn pull_request(payload: Payload) -> Read<Hint> {
    match payload.action.as_str() {
        "opened" | "synchronize" | "reopened" | "ready_for_review" | "converted_to_draft"
        | "closed" => pull(&payload),
        "edited" if payload.changes.as_ref().is_some_and(|it| it.base.is_some()) => pull(&payload),
        _ => Ok(Hint::Nothing),
    }
}

fn review(payload: Payload) -> Read<Hint> {
    match payload.action.as_str() {
        "submitted" | "edited" | "dismissed" => pull(&payload),
        _ => Ok(Hint::Nothing),
    }
}

fn pull(payload: &Payload) -> Read<Hint> {
    let pull = payload.pull_request.as_ref();
    let number = pull.ok_or("it names no pull request")?.number;
    let (repository, number) = (repository(payload)?, checked(number)?);
    Ok(Hint::Pull { repository, number })
}

/// A comment below a pull request that is meant for this program, and not by a program.
fn comment(payload: Payload) -> Read<Hint> {
    let issue = payload.issue.as_ref().ok_or("it names no issue")?;
    let said = payload.comment.as_ref().and_then(|it| it.body.as_deref());
    let command = said.is_some_and(|said| said.trim_start().starts_with(COMMAND));
    let program = payload.sender.as_ref().is_some_and(|it| it.kind == "Bot");
    if payload.action != "created" || issue.pull_request.is_none() || !command || program {
        return Ok(Hint::Nothing);
    }
    let (repository, number) = (repository(&payload)?, checked(issue.number)?);
    Ok(Hint::Pull { repository, number })
}

fn check_run(payload: Payload) -> Read<Hint> {
    match payload.action.as_str() {
        "rerequested" | "requested_action" => heads(&payload, payload.check_run.as_ref()),
        _ => Ok(Hint::Nothing),
    }
}

fn check_suite(payload: Payload) -> Read<Hint> {
    match payload.action.as_str() {
        "rerequested" => heads(&payload, payload.check_suite.as_ref()),
        _ => Ok(Hint::Nothing),
    }
}

/// Which pull requests a check belongs to is not said where they come from forks, so only its commit counts.
fn heads(payload: &Payload, about: Option<&Headed>) -> Read<Hint> {
    let sha = &about.ok_or("it names no check")?.head_sha;
    let (repository, sha) = (repository(payload)?, commit(sha)?);
    Ok(Hint::Heads { repository, sha })
}

fn merge_group(payload: Payload) -> Read<Hint> {
    if payload.action != "checks_requested" {
        return Ok(Hint::Nothing);
    }
    let group = payload.merge_group.as_ref().ok_or("it names no group")?;
    Ok(Hint::Group {
        repository: repository(&payload)?,
        head: commit(&group.head_sha)?,
        base: commit(&group.base_sha)?,
        branch: branch(&group.head_ref)?.ok_or("its head is no branch")?,
        into: branch(&group.base_ref)?.ok_or("its base is no branch")?,
    })
}

fn push(payload: Payload) -> Read<Hint> {
    match branch(&payload.reference)? {
        Some(branch) if !payload.deleted => Ok(Hint::Branch {
            repository: repository(&payload)?,
            branch,
        }),
        _ => Ok(Hint::Nothing),
    }
}

fn installation(payload: Payload) -> Read<Hint> {
    let id = payload.installation.as_ref().map(|it| it.id);
    let id = checked(id.ok_or("it names no installation")?)?;
    Ok(Hint::Installation { id })
}

fn repository(payload: &Payload) -> Read<Repository> {
    let name = payload
        .repository
        .as_ref()
        .ok_or("it names no repository")?;
    Repository::parse(&name.full_name)
        .ok_or_else(|| "the name of its repository is none".to_owned())
}

/// A number that GitHub gives and every database takes.
fn checked(number: u64) -> Read<u64> {
    match i64::try_from(number) {
        Ok(1..) => Ok(number),
        _ => Err("its number is none".to_owned()),
    }
}

fn commit(text: &str) -> Read<String> {
    match is_commit(text) {
        true => Ok(text.to_owned()),
        false => Err("the id of its commit is none".to_owned()),
    }
}

/// The branch of a reference; `None` where it is a tag or something else.
fn branch(reference: &str) -> Read<Option<String>> {
    match reference.strip_prefix("refs/heads/") {
        Some(name) if is_branch(name) => Ok(Some(name.to_owned())),
        Some(_) => Err("the name of its branch is none".to_owned()),
        None => Ok(None),
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
