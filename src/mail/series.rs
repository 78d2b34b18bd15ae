//! A version of a thread becomes a [`Series`]: its patches in order, what is missing, what it builds on,
//! and what was said of it.
//!
//! A version whose mails each answer the same patch of the one before is a partial one, as b4 has it: what
//! it does not send again is taken from there. Next: whoever applies it.

use super::base::Base;
use super::head::Head;
use super::message::Message;
use super::patch::Patch;
use super::reply::{Reply, replies};
use super::thread::{Thread, Version, is_coverlike};

/// A series of patches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its version, from 1.
    pub version: u32,
    /// How many patches it says that it has.
    pub expected: u32,
    /// Those that there are, in order.
    pub patches: Vec<Patch>,
    /// Positions that there is no patch for.
    pub missing: Vec<u32>,
    /// Positions whose patch is that of an earlier version.
    pub carried: Vec<u32>,
    /// Positions that two mails with different diffs claim; the earlier one was taken.
    pub doubled: Vec<u32>,
    /// What introduces it.
    pub cover: Option<Cover>,
    /// Words in the brackets of its subjects, such as the name of a tree, each once.
    pub tags: Vec<String>,
    /// What it builds on.
    pub base: Base,
    /// What was said of it, oldest first.
    pub replies: Vec<Reply>,
}

/// The mail that introduces a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// What an answer to it needs.
    pub head: Head,
    /// Its subject without what stands in brackets before it.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// The mails that a series is made of.
pub(super) struct Members<'t> {
    pub thread: &'t Thread,
    /// The version, what it lacks taken from earlier ones.
    pub version: Version,
    /// The mail that introduces it.
    cover: Option<usize>,
}

impl Series {
    /// The series in a version that is there.
    pub(super) fn of(thread: &Thread, number: u32) -> Self {
        let own = thread.versions.get(&number).cloned().unwrap_or_default();
        let mut whole = completed(thread, number);
        let cover = cover(thread, &whole);
        whole.covers.extend(cover);
        let members = Members {
            thread,
            version: whole,
            cover,
        };
        let version = &members.version;
        let carried = version.patches.iter();
        let carried = carried.filter(|(position, at)| own.patches.get(position) != Some(at));
        let position = |(position, _): (&u32, &usize)| *position;
        let there = |position: &u32| version.patches.contains_key(position);
        Self {
            version: number,
            expected: version.expected,
            missing: (1..=version.expected).filter(|at| !there(at)).collect(),
            carried: carried.map(position).collect(),
            doubled: version.doubled.iter().copied().collect(),
            patches: members.patches(),
            cover: members.cover(),
            tags: members.tags(),
            base: members.base(),
            replies: replies(&members),
        }
    }
}

impl Members<'_> {
    /// The mails that lead it: the cover, and the first patch.
    fn leaders(&self) -> impl Iterator<Item = &Message> {
        let first = self.version.patches.get(&1);
        let leaders = self.cover.iter().chain(first);
        leaders.map(|at| &self.thread.messages[*at])
    }

    fn patches(&self) -> Vec<Patch> {
        let patch = |(position, at): (&u32, &usize)| {
            let message = &self.thread.messages[*at];
            let draft = message.draft.clone()?;
            Some(Patch {
                author: draft.author,
                when: draft.when,
                message: draft.message,
                diff: draft.diff,
                message_id: message.id.clone(),
                head: message.head.clone(),
                position: *position,
                of: self.version.expected,
            })
        };
        self.version.patches.iter().filter_map(patch).collect()
    }

    fn cover(&self) -> Option<Cover> {
        let message = &self.thread.messages[self.cover?];
        Some(Cover {
            message_id: message.id.clone(),
            head: message.head.clone(),
            title: message.subject.title.clone(),
            text: message.text.clone(),
        })
    }

    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for message in self.leaders() {
            for tag in &message.subject.tags {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
        }
        tags
    }

    fn base(&self) -> Base {
        let mut base = Base::default();
        self.leaders().for_each(|message| base.read(&message.text));
        base
    }
}

/// A version with what it lacks from those before it, where it is a partial one.
fn completed(thread: &Thread, number: u32) -> Version {
    // From the oldest on: each may build on the one before.
    let mut before: Option<(u32, Version)> = None;
    for (of, version) in thread.versions.range(..=number) {
        let mut version = version.clone();
        let one_before = before.filter(|(earlier, _)| earlier.checked_add(1) == Some(*of));
        if let Some((_, earlier)) = one_before {
            let lacks = (1..=version.expected).any(|at| !version.patches.contains_key(&at));
            if lacks && is_partial(thread, &version) {
                for (position, at) in earlier.patches {
                    version.patches.entry(position).or_insert(at);
                }
            }
        }
        before = Some((*of, version));
    }
    before.map(|(_, version)| version).unwrap_or_default()
}

/// Whether every patch of a version answers, directly or not, the patch of the same number of an earlier
/// one.
fn is_partial(thread: &Thread, version: &Version) -> bool {
    version.patches.values().all(|at| {
        let subject = &thread.messages[*at].subject;
        let mut parent = thread.parents[*at];
        for _ in 0..thread.messages.len() {
            let Some(above) = parent else { return false };
            let other = &thread.messages[above];
            let same = other.subject.counter.is_some() && other.subject.counter == subject.counter;
            if !thread.answers[above] && other.draft.is_some() && same {
                return other.subject.revision() < subject.revision();
            }
            parent = thread.parents[above];
        }
        false
    })
}

/// The cover that was found, or else what a patch answers and looks like one.
fn cover(thread: &Thread, version: &Version) -> Option<usize> {
    let answered = |at: &usize| {
        let parent = thread.parents[*at].filter(|parent| !thread.answers[*parent])?;
        is_coverlike(&thread.messages[parent]).then_some(parent)
    };
    let mut members = version.patches.values();
    let last = version.covers.last().copied();
    last.or_else(|| members.find_map(answered))
}
