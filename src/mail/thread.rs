//! The mails of a thread become versions of a series: which mail is which patch, cover or answer.
//!
//! Where b4 and the subjects leave a choice, the earlier mail wins, and a second one that says something
//! else is told. Next: `series`.

use super::message::Message;
use super::refused::PATCH_LIMIT;
use super::series::Series;
use super::trailers::trailers;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Mails that belong together.
#[derive(Debug)]
pub struct Thread {
    /// Oldest first.
    pub(super) messages: Vec<Message>,
    /// The mail that each one answers.
    pub(super) parents: Vec<Option<usize>>,
    /// Whether each is an answer.
    pub(super) answers: Vec<bool>,
    pub(super) versions: BTreeMap<u32, Version>,
}

/// The mails of one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Version {
    /// How many patches it says that it has.
    pub expected: u32,
    /// By position.
    pub patches: BTreeMap<u32, usize>,
    /// Every mail that introduces it; more than one where it was sent again.
    pub covers: Vec<usize>,
    /// Positions for which there are mails with different diffs.
    pub doubled: BTreeSet<u32>,
}

/// Why a thread has no series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSeries {
    /// It has no patch.
    #[error("there is no patch in the thread")]
    NoPatch,
    /// There is no such version of it.
    #[error("there is no version {asked} in the thread: it has {there:?}")]
    NoVersion {
        /// The version that was asked for.
        asked: u32,
        /// Those that it has.
        there: Vec<u32>,
    },
    /// The series is larger than is read.
    #[error("a series of {patches} patches is not examined: {PATCH_LIMIT} are the most")]
    TooLong {
        /// How many it has.
        patches: u32,
    },
}

impl Thread {
    /// Puts mails into order.
    pub(super) fn new(mut messages: Vec<Message>) -> Self {
        messages.sort_by_key(|message| message.when.map(|when| when.seconds));
        let by_id: HashMap<&str, usize> = messages
            .iter()
            .enumerate()
            .filter(|(_, message)| !message.id.is_empty())
            .map(|(at, message)| (message.id.as_str(), at))
            .collect();
        let parent = |message: &Message| {
            let near = message.references.iter().rev();
            let mut ids = message.in_reply_to.iter().chain(near);
            ids.find_map(|id| by_id.get(id.as_str()).copied())
        };
        let mut thread = Self {
            parents: messages.iter().map(parent).collect(),
            answers: messages.iter().map(is_answer).collect(),
            versions: BTreeMap::new(),
            messages,
        };
        for at in 0..thread.messages.len() {
            thread.place(at);
        }
        thread
            .versions
            .retain(|_, version| !version.patches.is_empty());
        thread
    }

    /// The versions that there are patches of.
    #[must_use]
    pub fn versions(&self) -> Vec<u32> {
        self.versions.keys().copied().collect()
    }

    /// The series in a version, or in the highest.
    ///
    /// # Errors
    ///
    /// Where there is no such version, or it is over the bound.
    pub fn series(&self, version: Option<u32>) -> Result<Series, NoSeries> {
        let highest = *self.versions.keys().next_back().ok_or(NoSeries::NoPatch)?;
        let wanted = version.unwrap_or(highest);
        let Some(found) = self.versions.get(&wanted) else {
            return Err(NoSeries::NoVersion {
                asked: wanted,
                there: self.versions(),
            });
        };
        if found.expected > PATCH_LIMIT {
            return Err(NoSeries::TooLong {
                patches: found.expected,
            });
        }
        Ok(Series::of(self, wanted))
    }

    /// Finds the place of a mail.
    fn place(&mut self, at: usize) {
        let message = &self.messages[at];
        if self.answers[at] {
            return;
        }
        let counted = message.subject.counter.is_some();
        let is_cover = message.subject.position() == 0 && (counted || message.sums_up);
        let number = self.revision(at);
        if is_cover {
            self.versions.entry(number).or_default().covers.push(at);
        } else if message.draft.is_some() {
            let number = self.next_revision(at, number).unwrap_or(number);
            self.add(at, number);
        }
    }

    fn add(&mut self, at: usize, number: u32) {
        let message = &self.messages[at];
        let version = self.versions.entry(number).or_default();
        version.expected = version.expected.max(message.subject.expected());
        let position = message.subject.position();
        let Some(other) = version.patches.get_mut(&position) else {
            version.patches.insert(position, at);
            return;
        };
        // A subject that says its number knows better than one that doesn't.
        let counted = |at: usize| self.messages[at].subject.counter.is_some();
        if self.messages[*other]
            .draft
            .as_ref()
            .map(|draft| &draft.diff)
            != message.draft.as_ref().map(|draft| &draft.diff)
            && counted(*other) == counted(at)
        {
            version.doubled.insert(position);
        } else if !counted(*other) && counted(at) {
            *other = at;
        }
    }

    /// The revision that a mail says, or else that of the cover or first patch that it answers.
    fn revision(&self, at: usize) -> u32 {
        let message = &self.messages[at];
        let of_parent = || {
            let parent = self.parents[at].filter(|parent| !self.answers[*parent])?;
            let parent = &self.messages[parent];
            let first = parent.draft.is_some() && parent.subject.position() == 1;
            (is_coverlike(parent) || first && message.subject.counter.is_some())
                .then(|| parent.subject.revision())
        };
        let own = message.subject.revision;
        own.or_else(of_parent).unwrap_or(1)
    }

    /// The next revision, where the author of a single patch sends another and gives neither a number.
    fn next_revision(&self, at: usize, number: u32) -> Option<u32> {
        let message = &self.messages[at];
        let other = *self.versions.get(&number)?.patches.get(&1)?;
        let other = &self.messages[other];
        let plain = |message: &Message| {
            let subject = &message.subject;
            subject.counter.is_none() && subject.revision.is_none() && !subject.resend
        };
        let author = message.from.as_ref()?.key();
        let same = other.from.as_ref().is_some_and(|from| from.key() == author);
        let again = same && message.subject.patch && plain(message) && plain(other);
        let highest = *self.versions.keys().next_back()?;
        (again && other.when < message.when).then(|| highest.saturating_add(1))
    }

    /// What an answer is about: the patch or cover that its chain of answers leads to.
    pub(super) fn subject_of(&self, at: usize) -> Option<usize> {
        let mut parent = self.parents[at]?;
        // Mails can claim to answer each other in a circle.
        for _ in 0..self.messages.len() {
            if !self.answers[parent] {
                return Some(parent);
            }
            parent = self.parents[parent]?;
        }
        None
    }
}

/// Whether a mail answers another: it says so, or agrees to something without a diff of its own.
fn is_answer(message: &Message) -> bool {
    let agrees = || {
        message.in_reply_to.is_some()
            && message.draft.is_none()
            && message.subject.position() > 0
            && !trailers(&message.text).is_empty()
    };
    message.subject.reply || agrees()
}

/// Whether a mail looks like a cover: it sums changes up, and makes none.
pub(super) fn is_coverlike(message: &Message) -> bool {
    let counted = message.subject.counter.is_some() && message.subject.position() == 0;
    counted || message.draft.is_none() && message.sums_up
}
