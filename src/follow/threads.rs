//! Threads of an archive that answers may still come to: which of their mails were given, and which are new.
//!
//! The archive gives a thread in the order in which its mails came, so that a number and a digest say enough. Asks nobody.
//! Next: `search`.

use super::{Arrival, cursor};
use crate::mail::{self, Message};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Threads that are fetched in one poll at most.
const THREADS: usize = 20;
/// Bytes of mails after which a batch ends.
const BYTES: usize = 16 << 20;

/// A thread that answers may still come to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Open {
    /// The Message-ID of one of its mails.
    pub id: String,
    /// How many of its mails were given.
    pub given: usize,
    /// A digest of these.
    pub digest: String,
    /// When one was given last.
    pub changed: i64,
    /// When it was looked at last.
    pub looked: i64,
}

/// What a poll has found so far.
#[derive(Default)]
pub(super) struct Found {
    pub arrivals: Vec<Arrival>,
    pub bytes: usize,
    /// Threads that were fetched.
    pub threads: usize,
    /// Message-IDs of the mails in them.
    pub ids: HashSet<String>,
}

impl Found {
    pub(super) fn is_full(&self) -> bool {
        self.threads >= THREADS || self.bytes >= BYTES
    }
}

impl Open {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            given: 0,
            digest: digest(&[]),
            changed: 0,
            looked: 0,
        }
    }
}

/// Gives the mails of a thread that were not given yet.
pub(super) fn give(mut open: Open, mails: Vec<Vec<u8>>, found: &mut Found, now: i64) -> Open {
    open.looked = now;
    if mails.is_empty() {
        // It is gone, or the archive has a bad moment.
        return open;
    }
    let before = mails.get(..open.given).map(digest);
    let from = match before {
        Some(digest) if digest == open.digest => open.given,
        _ => 0,
    };
    open.digest = digest(&mails);
    if from < mails.len() || open.given != mails.len() {
        open.changed = now;
    }
    open.given = mails.len();
    for mail in mails.into_iter().skip(from) {
        found.bytes += mail.len();
        found.arrivals.push(Arrival::Mail(mail));
    }
    open
}

fn digest(mails: &[Vec<u8>]) -> String {
    let lines: Vec<String> = mails.iter().map(|mail| cursor::short(mail)).collect();
    cursor::short(lines.join("\n").as_bytes())
}

/// The mails of an mbox, each as it was sent.
pub(super) fn mails(text: &[u8]) -> Vec<Vec<u8>> {
    let split = mail::split(text)
        .into_iter()
        .map(std::borrow::Cow::into_owned);
    split.filter(|mail| !mail.is_empty()).collect()
}

/// The Message-ID of a mail, where it has one.
pub(super) fn id(mail: &[u8]) -> Option<String> {
    let message = Message::read(mail).ok()?;
    Some(message.id).filter(|id| !id.is_empty())
}
