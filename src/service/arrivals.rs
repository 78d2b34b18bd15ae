//! What a source found becomes what the store keeps of it, and why the rest is left aside.
//!
//! Pure: no clock, no store. What a program sent is never acted on, and mails of lists that nobody configured
//! neither. Next: `crate::store`, which puts mails together by their links.

use super::config::{Settings, SourceSettings};
use crate::follow::{Arrival, PatchworkSeries};
use crate::mail::Message;
use crate::reply::{self, Own, Why};
use crate::store::{Incoming, NewMail, NewRange};
use std::collections::BTreeMap;

/// Message-IDs of a mail's history that are looked at: the first ones, which are the thread's, and the last.
const FIRST: usize = 20;
const LAST: usize = 180;
const DAY: i64 = 24 * 60 * 60;

/// What of a batch is kept, and what is not.
#[derive(Debug, Default)]
pub struct Sorted {
    /// For the store.
    pub incoming: Incoming,
    /// How many mails were left aside, by the reason.
    pub aside: BTreeMap<&'static str, usize>,
}

/// What decides which mails are taken in.
pub struct Sorter<'s> {
    /// The configuration.
    pub settings: &'s Settings,
    /// The source that they are from.
    pub source: &'s SourceSettings,
    /// Who we are, so that nobody answers himself.
    pub own: &'s Own,
    /// Seconds since 1970.
    pub now: i64,
}

impl Sorter<'_> {
    /// Sorts what arrived.
    pub fn sort(&self, arrivals: Vec<Arrival>, cursor: String) -> Sorted {
        let mut sorted = Sorted::default();
        sorted.incoming.cursor = cursor;
        for arrival in arrivals {
            match arrival {
                Arrival::Mail(bytes) => self.mail(bytes, &mut sorted, |_| Extra::default()),
                Arrival::Patchwork(series) => self.series(series, &mut sorted),
                Arrival::Commits(commits) => sorted.incoming.ranges.push(NewRange {
                    reference: commits.reference,
                    before: commits.before,
                    after: commits.after,
                }),
            }
        }
        sorted
    }

    fn series(&self, series: PatchworkSeries, sorted: &mut Sorted) {
        let server = &self.source.name;
        let link = format!("patchwork:{server}:{}", series.id);
        let patches: BTreeMap<String, u64> = series.patches.into_iter().collect();
        for bytes in series.mails {
            self.mail(bytes, sorted, |message| {
                let patch = patches.get(&message.id);
                let number = patch.and_then(|patch| i64::try_from(*patch).ok());
                Extra {
                    link: Some(link.clone()),
                    place: number.map(|number| (server.clone(), number)),
                }
            });
        }
    }

    fn mail(&self, bytes: Vec<u8>, sorted: &mut Sorted, extra: impl FnOnce(&Message) -> Extra) {
        let kept = self.read(&bytes).map(|(message, list)| {
            let extra = extra(&message);
            let names = names(&message);
            let mut links = links(&message);
            links.extend(extra.link);
            // A first version is a series of its own, even where another one was called the same.
            if message.subject.revision() > 1 {
                links.extend(names.iter().cloned());
            }
            NewMail {
                links,
                names,
                list: Some(list),
                place: extra.place,
                message_id: message.id,
                bytes,
            }
        });
        match kept {
            Ok(mail) => sorted.incoming.mails.push(mail),
            Err(why) => *sorted.aside.entry(why).or_default() += 1,
        }
    }

    /// The mail and its list, or why it is left aside.
    fn read(&self, bytes: &[u8]) -> Result<(Message, String), &'static str> {
        let message = Message::read(bytes).map_err(|_| "over a bound")?;
        if message.id.is_empty() {
            return Err("without a Message-ID");
        }
        if let Some(why) = reply::ignored(&message, self.own) {
            return Err(reason(why));
        }
        let oldest = self.now - i64::from(self.settings.forget_after_days) * DAY;
        if message.when.is_some_and(|when| when.seconds < oldest) {
            return Err("older than is looked at");
        }
        let known = |list: &String| self.settings.lists.contains_key(list);
        let named = message.list_id.clone().map(|list| list.to_lowercase());
        let list = named.filter(known).or_else(|| self.source.list.clone());
        let list = list.ok_or("of a list that is not configured")?;
        Ok((message, list))
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::OwnAddress | Why::OwnMark | Why::OwnId => "ours",
        Why::AutoSubmitted | Why::Precedence | Why::NoReturn | Why::Ignored => "of a program",
        Why::OtherList => "of a list that is not configured",
    }
}

/// What a source knows of a mail besides.
#[derive(Default)]
struct Extra {
    link: Option<String>,
    place: Option<(String, i64)>,
}

/// The mails that a mail names.
fn links(message: &Message) -> Vec<String> {
    let references = &message.references;
    let mut links: Vec<String> = message.in_reply_to.iter().cloned().collect();
    let last = references.len().saturating_sub(LAST).max(FIRST);
    links.extend(references.iter().take(FIRST).cloned());
    links.extend(references.iter().skip(last).cloned());
    links
}

/// What the mail that leads a series is known by. A later version need not answer the one before: author and title, or
/// the id that b4 gives both, tell.
fn names(message: &Message) -> Vec<String> {
    if message.subject.reply || message.subject.position() > 1 {
        return Vec::new();
    }
    let change = message.change_id().map(|id| format!("change:{id}"));
    let title = message.subject.title.to_lowercase();
    let from = message.from.as_ref();
    let title = from.map(|from| format!("title:{}:{title}", from.key()));
    change.into_iter().chain(title).collect()
}

#[cfg(test)]
#[path = "arrivals_tests.rs"]
mod tests;
