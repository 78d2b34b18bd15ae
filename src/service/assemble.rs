//! The mails of a stored thread become the versions of series that may be judged.
//!
//! Pure. Whether one is judged now, later or not again is told by what is known of it: see `look`.

use crate::mail::{Mailbox, Series, Thread};
use crate::store::StoredMail;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A version of a series.
#[derive(Debug)]
pub struct Candidate {
    /// What it is called in the store: its version and its first mail.
    pub name: String,
    /// The patches.
    pub series: Series,
    /// Whether there is no later version.
    pub newest: bool,
    /// Whether every mail of it is there.
    pub complete: bool,
    /// When its first mail came, in seconds since 1970.
    pub begun: i64,
    /// A hash of the mails that decide about it.
    pub mails: String,
    /// The lists that it came by.
    pub lists: BTreeSet<String>,
    /// Where the checks of its patches are posted: by Message-ID the number on each server.
    pub places: BTreeMap<String, BTreeMap<String, i64>>,
    /// The address that its first mail is from, in lower case; empty where that is not clear.
    pub sender: String,
}

/// The versions in a thread's mails, earlier ones first. One that is over a bound is left out and told.
pub fn candidates(mails: &[StoredMail]) -> (Vec<Candidate>, Vec<String>) {
    let stored: HashMap<&str, &StoredMail> = mails
        .iter()
        .map(|mail| (mail.message_id.as_str(), mail))
        .collect();
    let mailbox = Mailbox::read(mails.iter().map(|mail| &mail.bytes));
    let senders: HashMap<String, String> = mailbox
        .messages
        .iter()
        .filter_map(|message| Some((message.id.clone(), message.from.as_ref()?.key())))
        .collect();
    let known = Known { stored, senders };
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for thread in mailbox.threads() {
        known.versions(&thread, &mut found, &mut refused);
    }
    (found, refused)
}

struct Known<'m> {
    stored: HashMap<&'m str, &'m StoredMail>,
    senders: HashMap<String, String>,
}

impl Known<'_> {
    fn versions(&self, thread: &Thread, found: &mut Vec<Candidate>, refused: &mut Vec<String>) {
        let versions = thread.versions();
        let newest = versions.last().copied();
        for version in versions {
            match thread.series(Some(version)) {
                Ok(series) => found.extend(self.candidate(series, newest == Some(version))),
                Err(why) => refused.push(why.to_string()),
            }
        }
    }

    fn candidate(&self, series: Series, newest: bool) -> Option<Candidate> {
        let own = series.patches.iter();
        let mut own = own.filter(|patch| !series.carried.contains(&patch.position));
        let first = own.next()?;
        let name = format!("v{} {}", series.version, first.message_id);
        let leader = series.cover.as_ref().map(|cover| &cover.message_id);
        let leader = leader.unwrap_or(&first.message_id);
        let sender = self.senders.get(leader).cloned().unwrap_or_default();
        let ids: Vec<&str> = members(&series).collect();
        let mails: Vec<&&StoredMail> = ids.iter().filter_map(|id| self.stored.get(id)).collect();
        let patches = series.patches.iter().map(|patch| patch.message_id.as_str());
        let places = patches.filter_map(|id| {
            let places = &self.stored.get(id)?.places;
            (!places.is_empty()).then(|| (id.to_owned(), places.clone()))
        });
        let places = places.collect();
        let lists = mails.iter().flat_map(|mail| mail.lists.clone()).collect();
        Some(Candidate {
            mails: hash(&series, &places, &lists),
            begun: mails.iter().map(|mail| mail.arrived).min()?,
            complete: series.missing.is_empty(),
            name,
            newest,
            lists,
            places,
            sender,
            series,
        })
    }
}

/// The mails that a series is made of, what was said of it left out.
fn members(series: &Series) -> impl Iterator<Item = &str> {
    let cover = series.cover.iter().map(|cover| cover.message_id.as_str());
    let own = series.patches.iter();
    let own = own.filter(|patch| !series.carried.contains(&patch.position));
    cover.chain(own.map(|patch| patch.message_id.as_str()))
}

/// What decides about a series: its mails, and words of others. A mail is what its Message-ID names: the first one
/// that came with it.
fn hash(
    series: &Series,
    places: &BTreeMap<String, BTreeMap<String, i64>>,
    lists: &BTreeSet<String>,
) -> String {
    let patches: Vec<_> = series
        .patches
        .iter()
        .map(|patch| (patch.position, &patch.message_id))
        .collect();
    let mut words: Vec<String> = series
        .replies
        .iter()
        .map(|reply| format!("{} {:?} {:?}", reply.message_id, reply.to, reply.says))
        .collect();
    words.sort();
    let cover = series.cover.as_ref().map(|cover| &cover.message_id);
    let text = format!(
        "{cover:?} {} {} {patches:?} {:?} {words:?} {places:?} {lists:?}",
        series.version, series.expected, series.doubled
    );
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
