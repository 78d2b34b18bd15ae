//! Actions become entries of the outbox, and entries of the outbox what was said before.
//!
//! Entries that something newer took the place of count as said: what is decided later is held against them. Next:
//! `crate::service::courier`, which sends them.

use super::decide::{Action, Before};
use crate::post::github::{CheckRun, Comment, Reply, Sarif};
use crate::service::judge::Failed;
use crate::store::{Item, Queued, State};
use serde::Serialize;
use serde::de::DeserializeOwned;

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

/// What was said before, by everything that was ever to be sent, oldest first. What GitHub did not take was not said,
/// and is tried again by the next look; what another release wrote, and this one can't read, counts as never said.
pub fn before(items: &[Item]) -> Before {
    let mut before = Before::default();
    for item in items {
        before.add(item);
    }
    before
}

impl Before {
    fn add(&mut self, item: &Item) {
        let (bytes, slot) = (item.what.payload.as_slice(), &item.what.slot);
        let failed = item.state == State::Failed;
        match item.what.kind.as_str() {
            CHECK_RUN => {
                if let Some(mut run) = read::<CheckRun>(bytes) {
                    if failed {
                        run.title.clear();
                    }
                    let times = self.checks.get(slot).map_or(0, |(_, times)| *times);
                    self.checks.insert(slot.clone(), (run, times + 1));
                }
            }
            COMMENT => {
                self.comments += 1;
                if let Some(comment) = read::<Comment>(bytes).filter(|_| !failed) {
                    self.comment = Some(comment);
                }
            }
            SARIF => {
                if let Some(sarif) = read::<Sarif>(bytes) {
                    let times = self.sarif.get(slot).map_or(0, |(_, times)| *times);
                    self.sarif.insert(slot.clone(), (sarif, times + 1));
                }
            }
            REPLY => self
                .answered
                .extend(read::<Reply>(bytes).map(|reply| reply.to)),
            _ => {}
        }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: &str, slot: &str, state: State, payload: &impl Serialize) -> Item {
        let what = entry(kind, slot.to_owned(), 0, payload).expect("it can be written");
        Item {
            id: 1,
            what,
            state,
            reason: String::new(),
            attempts: 0,
            queued: 0,
        }
    }

    #[test]
    fn what_failed_was_not_said_and_counts_as_a_try() {
        let comment = Comment {
            repository: "octo/linux".to_owned(),
            number: 1,
            body: "x".to_owned(),
        };
        let of = |state| before(&[item(COMMENT, &comment.slot(), state, &comment)]);
        let sent = of(State::Sent);
        assert_eq!((sent.comment.as_ref(), sent.comments), (Some(&comment), 1));
        let failed = of(State::Failed);
        assert_eq!((failed.comment, failed.comments), (None, 1));
        // Entries of other kinds, and what can't be read, are nobody's business here.
        let other = before(&[
            item("mail", "mail x", State::Sent, &"x"),
            item(CHECK_RUN, "check-run x", State::Sent, &"x"),
        ]);
        assert_eq!((other.checks.len(), other.comments), (0, 0));
    }

    #[test]
    fn the_same_said_for_two_is_two_only_where_it_differs() {
        let reply = |body: &str| Reply {
            repository: "octo/linux".to_owned(),
            number: 1,
            to: 7,
            body: body.to_owned(),
        };
        let name = |reply: Reply| {
            queued(&Action::Reply(reply))
                .expect("it can be written")
                .name
        };
        assert_eq!(name(reply("a")), name(reply("b")));
        let comment = |body: &str| Comment {
            repository: "octo/linux".to_owned(),
            number: 1,
            body: body.to_owned(),
        };
        let name = |body: &str, times| {
            let action = Action::Comment(comment(body), times);
            queued(&action).expect("it can be written").name
        };
        assert_eq!(name("a", 1), name("a", 1));
        assert_ne!(name("a", 1), name("b", 1));
        assert_ne!(name("a", 1), name("a", 2));
    }
}
