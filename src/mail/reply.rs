//! The answers to a series become what reviewers said of it, for the gate of approvals.
//!
//! Strict: a word counts for the address that the mail is from, and where a line names somebody else it is
//! nobody's. Quoted lines are never the writer's own. Who tested something agreed with nothing. Next:
//! `crate::approve`, which knows who is entitled.

use super::draft::Draft;
use super::patch::When;
use super::series::Members;
use super::thread::{Thread, Version};
use super::trailers::{Identity, identity, trailers};
use crate::model::Person;
use std::collections::{BTreeMap, HashMap};

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum To {
    /// The cover, and so every patch.
    Cover,
    /// The patch at this position.
    Patch(u32),
}

/// What a reviewer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// `Acked-by:`.
    Acked,
    /// `Reviewed-by:`.
    Reviewed,
    /// What was said before no longer holds.
    TakenBack,
    /// `Nacked-by:`, or a line that begins with `NAK`.
    Nak,
}

/// One word of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who the mail is from.
    pub who: Person,
    /// When it was sent. A mail without a date that can be read counts as of 1970.
    pub when: When,
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// What it is about.
    pub to: To,
    /// What it says.
    pub says: Word,
    /// Whether it is the sender's own word. Only [`Identity::Address`] approves.
    pub identity: Identity,
}

/// What was said of a series. What was said of an earlier version holds for a patch whose diff is the same.
pub(super) fn replies(members: &Members<'_>) -> Vec<Reply> {
    let thread = members.thread;
    let targets = targets(members);
    let mut found = Vec::new();
    for (at, message) in thread.messages.iter().enumerate() {
        let target = || targets.get(&thread.subject_of(at)?).copied();
        let (true, Some(who)) = (thread.answers[at], &message.from) else {
            continue;
        };
        let Some(to) = target() else {
            continue;
        };
        for (says, identity) in words(&message.text, who) {
            found.push(Reply {
                who: who.clone(),
                when: message.when.unwrap_or_default(),
                message_id: message.id.clone(),
                to,
                says,
                identity,
            });
        }
    }
    found
}

/// What answers to each mail are about. A patch with the same diff is the same one, wherever it was sent,
/// and so is a cover over the same patches.
fn targets(members: &Members<'_>) -> HashMap<usize, To> {
    let Members {
        thread, version, ..
    } = members;
    let essences: Vec<_> = (0..thread.messages.len())
        .map(|at| essence(thread, at))
        .collect();
    let of = |version: &Version| -> BTreeMap<Option<Essence>, u32> {
        let patches = version.patches.iter();
        patches
            .map(|(position, at)| (essences[*at], *position))
            .collect()
    };
    let own = of(version);
    let mut targets = HashMap::new();
    for (at, essence) in essences.iter().enumerate() {
        let same = essence.and(own.get(essence));
        targets.extend(same.map(|position| (at, To::Patch(*position))));
    }
    for (position, at) in &version.patches {
        targets.insert(*at, To::Patch(*position));
    }
    let same = thread
        .versions
        .values()
        .filter(|other| of(other).keys().eq(own.keys()));
    for cover in same.chain([version]).flat_map(|same| &same.covers) {
        targets.insert(*cover, To::Cover);
    }
    targets
}

/// A hash of what a diff changes.
type Essence = [u8; 32];

/// The hash of what a mail's diff changes: files, lines and their context, and not where they stand.
fn essence(thread: &Thread, at: usize) -> Option<Essence> {
    let Draft { diff, .. } = thread.messages[at].draft.as_ref()?;
    let mut hash = blake3::Hasher::new();
    let mut in_diff = false;
    for line in diff.split(|byte| *byte == b'\n') {
        if line == b"-- " {
            break;
        }
        in_diff = in_diff || line.starts_with(b"diff --git ") || line.starts_with(b"--- ");
        let counts = line.strip_prefix(b"@@ ").map(|_| b"@@".as_slice());
        let kept = matches!(line.first(), Some(b'+' | b'-' | b' '));
        if let Some(part) = counts.or(kept.then_some(line)).filter(|_| in_diff) {
            hash.update(part);
            hash.update(b"\n");
        }
    }
    Some(*hash.finalize().as_bytes())
}

/// What the writer says in a text, each word once.
fn words(text: &str, from: &Person) -> BTreeMap<Word, Identity> {
    let own = own_text(text);
    let mut said = BTreeMap::new();
    for trailer in trailers(&own) {
        let word = match trailer.name.as_str() {
            "acked-by" => Word::Acked,
            "reviewed-by" => Word::Reviewed,
            "nacked-by" | "naked-by" => Word::Nak,
            _ => continue,
        };
        if let Some(found) = identity(&trailer.person, from) {
            let known = said.entry(word).or_insert(found);
            *known = found.min(*known);
        }
    }
    if own.lines().any(is_nak) {
        said.insert(Word::Nak, Identity::Address);
    }
    if own.lines().any(takes_back) {
        said.insert(Word::TakenBack, Identity::Address);
    }
    said
}

/// The lines that the writer wrote: not what is quoted, forwarded or signed with, and no diff.
fn own_text(text: &str) -> String {
    let ends = |line: &str| {
        line == "-- "
            || line.starts_with("diff --git ")
            || line.starts_with("-----Original Message")
            || line.starts_with("---------- Forwarded message")
            || line.starts_with("Begin forwarded message")
    };
    let quoted = |line: &str| line.trim_start().starts_with(['>', '|', '\u{bb}']);
    let lines = text.lines().take_while(|line| !ends(line));
    let own = lines.filter(|line| !quoted(line));
    own.collect::<Vec<_>>().join("\n")
}

/// Whether a line begins with NAK as a word of its own.
fn is_nak(line: &str) -> bool {
    let line = line.trim();
    let rest = line
        .strip_prefix("NACK")
        .or_else(|| line.strip_prefix("NAK"));
    // `NAK frames are lost` speaks of a protocol.
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(['.', ',', ':', ';', '!'])
            || rest.starts_with(" -")
            || rest.starts_with(" from me")
            || rest.starts_with(" to th")
            || rest.starts_with(" on th")
    })
}

/// Whether a line takes back what the writer said: `please drop my Acked-by`.
fn takes_back(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let parts = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let words: Vec<&str> = parts.filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let back = BACK.iter().any(|word| has(word)) || has("take") && has("back");
    let mut pairs = words.windows(2);
    back && pairs.any(|pair| pair[0] == "my" && GIVEN.contains(&pair[1]))
}

/// Words that take something back.
const BACK: [&str; 8] = [
    "withdraw",
    "withdrawn",
    "withdrawing",
    "retract",
    "revoke",
    "drop",
    "remove",
    "ignore",
];

/// What a reviewer gave.
const GIVEN: [&str; 9] = [
    "ack",
    "acked-by",
    "reviewed-by",
    "review",
    "r-b",
    "a-b",
    "nak",
    "nack",
    "nacked-by",
];

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
