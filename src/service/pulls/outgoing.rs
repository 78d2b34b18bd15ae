//! Actions become entries of the outbox, and entries of the outbox what was said before.
//!
//! Entries that something newer took the place of count as said: what is decided later is held against them. Next:
//! `crate::service::courier`, which sends them.

use super::decide::{Action, Before};
use crate::post::github::{CheckRun, Comment, Reply, Sarif};
use crate::service::judge::Failed;
use crate::store::{Item, Queued};
use serde::Serialize;

/// The kind of entry that is a check run.
pub const CHECK_RUN: &str = "check-run";
/// The kind of entry that is the comment.
pub const COMMENT: &str = "comment";
/// The kind of entry that is an answer.
pub const REPLY: &str = "reply";
/// The kind of entry that is for code scanning.
pub const SARIF: &str = "sarif";

/// What an action sends.
///
/// # Errors
///
/// Where it can't be written.
pub fn queued(action: &Action) -> Result<Queued, Failed> {
    match action {
        Action::Check(run, times) => entry(CHECK_RUN, run.slot(), *times, run),
        Action::Comment(comment, times) => entry(COMMENT, comment.slot(), *times, comment),
        Action::Sarif(sarif, times) => entry(SARIF, sarif.slot(), *times, sarif),
        Action::Reply(reply) => entry(REPLY, reply.slot(), 0, reply),
    }
}

fn entry(
    kind: &str,
    slot: String,
    times: usize,
    payload: &impl Serialize,
) -> Result<Queued, Failed> {
    let payload = serde_json::to_vec(payload).map_err(Failed::ours)?;
    // Two pull requests may have the same head, and count for themselves.
    let name = match kind {
        REPLY => slot.clone(),
        _ => format!("{slot} {times} {:.12}", blake3::hash(&payload).to_hex()),
    };
    Ok(Queued {
        name,
        kind: kind.to_owned(),
        slot,
        about: String::new(),
        person: String::new(),
        payload,
        dropped: None,
    })
}

/// What was said before, by everything that was ever to be sent, oldest first. What another release wrote, and this one
/// can't read, counts as never said, but for its number.
pub fn before(items: &[Item]) -> Before {
    let mut before = Before::default();
    for item in items {
        let bytes = &item.what.payload;
        let slot = item.what.slot.clone();
        match item.what.kind.as_str() {
            CHECK_RUN => {
                let times = before.checks.get(&slot).map_or(0, |(_, times)| *times);
                if let Ok(run) = serde_json::from_slice::<CheckRun>(bytes) {
                    before.checks.insert(slot, (run, times + 1));
                }
            }
            COMMENT => {
                let times = before.comment.as_ref().map_or(0, |(_, times)| *times);
                if let Ok(comment) = serde_json::from_slice::<Comment>(bytes) {
                    before.comment = Some((comment, times + 1));
                }
            }
            SARIF => {
                let times = before.sarif.get(&slot).map_or(0, |(_, times)| *times);
                if let Ok(sarif) = serde_json::from_slice::<Sarif>(bytes) {
                    before.sarif.insert(slot, (sarif, times + 1));
                }
            }
            REPLY => {
                if let Ok(reply) = serde_json::from_slice::<Reply>(bytes) {
                    before.answered.insert(reply.to);
                }
            }
            _ => {}
        }
    }
    before
}
