//! Mails become threads: those that answer each other, and the revisions of one series.
//!
//! What belongs together is told by `In-Reply-To:` and `References:`; by the change-id that b4 gives the
//! revisions of a series; by author and title where a revision is sent anew; and by the counter where
//! mails answer nothing, as those of `git format-patch`. Next: `thread`.

use super::message::Message;
use super::refused::Refused;
use super::thread::Thread;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What was in a place where mails lie.
#[derive(Debug, Default)]
pub struct Mailbox {
    /// The mails that were read, each once, in their order.
    pub messages: Vec<Message>,
    /// Those that were not, by their place in it from 1, and why.
    pub refused: Vec<(usize, Refused)>,
}

impl Mailbox {
    /// Reads mails. One that came by several lists is one.
    pub fn read<R: AsRef<[u8]>>(mails: impl IntoIterator<Item = R>) -> Self {
        let mut mailbox = Self::default();
        let mut known = HashSet::new();
        for (at, mail) in mails.into_iter().enumerate() {
            match Message::read(mail.as_ref()) {
                Ok(message) if message.id.is_empty() || known.insert(message.id.clone()) => {
                    mailbox.messages.push(message);
                }
                Ok(_) => {}
                Err(why) => mailbox.refused.push((at + 1, why)),
            }
        }
        mailbox
    }

    /// The threads that have a patch, in the order of their first mails.
    #[must_use]
    pub fn threads(self) -> Vec<Thread> {
        let mut groups = Groups::new(self.messages.len());
        groups.by_answers(&self.messages);
        groups.by_counter(&self.messages);
        groups.by_revision(&self.messages);
        let mut threads: BTreeMap<usize, Vec<Message>> = BTreeMap::new();
        for (at, message) in self.messages.into_iter().enumerate() {
            threads.entry(groups.of(at)).or_default().push(message);
        }
        threads.retain(|_, messages| messages.iter().any(Message::is_patch));
        threads.into_values().map(Thread::new).collect()
    }
}

/// Which mails are one thread: each points to an earlier one of its group, the first to itself.
struct Groups(Vec<usize>);

impl Groups {
    fn new(mails: usize) -> Self {
        Self((0..mails).collect())
    }

    /// The first mail of a mail's group.
    fn of(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other)] = one.min(other);
    }

    /// Joins all that have something in common.
    fn join_equal<K: Eq + std::hash::Hash>(&mut self, keys: impl Iterator<Item = (usize, K)>) {
        let mut first = HashMap::new();
        for (at, key) in keys {
            let one = *first.entry(key).or_insert(at);
            self.join(one, at);
        }
    }

    /// Mails that answer each other, or the same mail.
    fn by_answers(&mut self, messages: &[Message]) {
        let named = |(at, message): (usize, &Message)| {
            let own = Some(message.id.clone()).filter(|id| !id.is_empty());
            let others = message.in_reply_to.iter().chain(&message.references);
            let ids: Vec<String> = own.into_iter().chain(others.cloned()).collect();
            ids.into_iter().map(move |id| (at, id))
        };
        self.join_equal(messages.iter().enumerate().flat_map(named));
    }

    /// Mails that answer nothing and count each other: `1/3`, `2/3`, `3/3`.
    fn by_counter(&mut self, messages: &[Message]) {
        let mut counted: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (at, message) in messages.iter().enumerate() {
            let subject = &message.subject;
            let alone = message.in_reply_to.is_none() && message.references.is_empty();
            if alone && subject.counter.is_some() && !subject.reply {
                let key = (subject.revision(), subject.expected());
                counted.entry(key).or_default().push(at);
            }
        }
        for group in counted.into_values() {
            let position = |at: &usize| messages[*at].subject.position();
            let different: HashSet<u32> = group.iter().map(position).collect();
            let one_series = different.len() == group.len();
            // Where two count alike, they are series of their own, and of two people.
            let author = |at: usize| match &messages[at].from {
                Some(from) if !one_series => from.key(),
                _ => String::new(),
            };
            self.join_equal(group.iter().map(|at| (*at, author(*at))));
        }
    }

    /// Revisions of a series that were not sent as answers.
    fn by_revision(&mut self, messages: &[Message]) {
        let leads = |(_, message): &(usize, &Message)| {
            !message.subject.reply && message.subject.position() <= 1
        };
        let leaders: Vec<_> = messages.iter().enumerate().filter(leads).collect();
        let change = |(at, message): &(usize, &Message)| Some((*at, message.change_id()?));
        self.join_equal(leaders.iter().filter_map(change));
        let later = |message: &Message| message.subject.revision() > 1;
        let title = |message: &Message| {
            Some((
                message.from.as_ref()?.key(),
                message.subject.title.to_lowercase(),
            ))
        };
        let again = leaders.iter().filter(|(_, message)| later(message));
        let again: HashSet<_> = again.filter_map(|(_, message)| title(message)).collect();
        let titled = leaders.iter().filter_map(|(at, message)| {
            let title = title(message).filter(|title| again.contains(title))?;
            Some((*at, title))
        });
        self.join_equal(titled);
    }
}
