//! The search of a public-inbox, over HTTP, becomes mails: those that a query finds, and all of their threads.
//!
//! Two things are asked in a poll. The search, sorted by time of arrival, for what came after the cursor: each mail found
//! brings its whole thread, for a patch is judged with its series. And the threads that were given before, since an
//! answer with an approval in it has no file in a diff, so that no query for files finds it: each thread stays open for
//! [`SearchSettings::watch`] after its last mail, and is looked at again, the more seldom the longer it was quiet. The
//! archive gives a thread in the order in which its mails came, so that the number of mails that were given, and a
//! digest of them, tell what is new; where earlier ones changed, all are given again.
//!
//! The archive may get a mail late. The search goes back a little behind the cursor, which remembers what it found
//! there. Next: `threads`, `feed`, `http`.

use super::error::{FollowError, shown};
use super::feed::{self, Entry};
use super::http::Http;
use super::threads::{Found, Open, give, id, mails};
use super::{Arrival, Batch, cursor};
use crate::mail::MAIL_LIMIT;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;
use url::Url;

/// What has to be encoded in an address besides what is not ASCII.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'/')
    .add(b'%')
    .add(b'?')
    .add(b'#')
    .add(b'&')
    .add(b'+');
/// Mails of one answer of the search: it has their texts, too.
const PAGE: usize = 20;
/// Bytes of one answer of the search at most.
const PAGE_LIMIT: usize = 64 << 20;
/// Answers of the search that are read in one poll at most; has to be more than `SEEN` / `PAGE`.
const PAGES: usize = 100;
/// Mails found that the cursor remembers at most.
const SEEN: usize = 1000;
/// Bytes of a thread at most, unpacked.
const THREAD_LIMIT: usize = 32 << 20;
/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchSettings {
    /// The address of the inbox, such as `https://lore.kernel.org/netdev/`.
    pub url: Url,
    /// What to search for, such as `dfn:include/uapi`.
    pub query: String,
    /// Where to begin at the first start: seconds since 1970.
    pub since: i64,
    /// How late the archive may get a mail.
    pub overlap: Duration,
    /// How long after its last mail a thread is looked at again.
    pub watch: Duration,
    /// A thread is not looked at again before this time has passed.
    pub again: Duration,
    /// Threads that are open at once at most; those that were quiet the longest are closed.
    pub threads: usize,
}

impl SearchSettings {
    /// Those for an inbox, from a time on (seconds since 1970), with what suits a busy list: two weeks for answers.
    #[must_use]
    pub fn new(url: Url, since: i64) -> Self {
        Self {
            url,
            query: "dfn:include/uapi".to_owned(),
            since,
            overlap: Duration::from_secs(6 * 60 * 60),
            watch: Duration::from_secs(14 * 24 * 60 * 60),
            again: Duration::from_secs(10 * 60),
            threads: 500,
        }
    }
}

/// A search that is followed.
#[derive(Debug)]
pub struct Search {
    http: Http,
    settings: SearchSettings,
    place: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// When the latest mail found was received.
    since: i64,
    /// What was found lately: when it was received, and a short name of its Message-ID.
    seen: Vec<(i64, String)>,
    open: Vec<Open>,
}

impl Search {
    /// A source of these settings; asks nobody yet.
    ///
    /// # Errors
    ///
    /// Where the address is none of HTTP.
    pub fn new(http: Http, mut settings: SearchSettings) -> Result<Self, FollowError> {
        let url = &mut settings.url;
        if !matches!(url.scheme(), "http" | "https") || settings.query.trim().is_empty() {
            let what = "a public-inbox is searched at an https:// address, and for something";
            return Err(FollowError::Mistake(what.to_owned()));
        }
        url.set_query(None);
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let place = format!("{}?q={}", shown(url), settings.query);
        Ok(Self {
            http,
            settings,
            place,
        })
    }

    /// What was found after a cursor, or since the time in the settings without one.
    ///
    /// # Errors
    ///
    /// Where nothing came before the archive failed, or the cursor is of another search.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, FollowError> {
        let mut state = match cursor {
            Some(text) => cursor::read("search", &self.place, text)?,
            None => self.begin().await?,
        };
        let now = jiff::Timestamp::now().as_second();
        let mut found = Found::default();
        let more = match self.go_on(&mut state, &mut found, now).await {
            Ok(more) => more,
            // What came before is not lost to it; the next poll meets the error again.
            Err(error) if !found.arrivals.is_empty() => {
                tracing::warn!(%error, "the poll ended early");
                false
            }
            Err(error) => return Err(error),
        };
        self.tidy(&mut state, now);
        Ok(Batch {
            arrivals: found.arrivals,
            cursor: cursor::write("search", &self.place, state)?,
            more,
        })
    }

    /// Where to begin, at an inbox that is there: a search that finds nothing and an inbox that is missing answer alike.
    async fn begin(&self) -> Result<State, FollowError> {
        let config = self.address("_/text/config/raw")?;
        if self.http.get(&config, 1 << 20).await?.is_none() {
            let place = shown(&self.settings.url);
            let what = format!("there is no public-inbox at {place}: is the address right?");
            return Err(FollowError::Mistake(what));
        }
        Ok(State {
            since: self.settings.since,
            seen: Vec::new(),
            open: Vec::new(),
        })
    }

    async fn go_on(
        &self,
        state: &mut State,
        found: &mut Found,
        now: i64,
    ) -> Result<bool, FollowError> {
        if self.search(state, found, now).await? {
            return Ok(true);
        }
        self.look_again(state, found, now).await
    }

    /// Asks the search for what came. Gives whether there is more than was taken.
    async fn search(
        &self,
        state: &mut State,
        found: &mut Found,
        now: i64,
    ) -> Result<bool, FollowError> {
        let from = self.from(state);
        let mut seen: HashSet<String> = state.seen.iter().map(|(_, id)| id.clone()).collect();
        for page in 0..PAGES {
            let entries = self.page(from, page * PAGE).await?;
            let last = entries.len() < PAGE;
            for entry in entries {
                let short = cursor::short(entry.id.as_bytes());
                if seen.contains(&short) {
                    continue;
                }
                if found.is_full() {
                    return Ok(true);
                }
                if !found.ids.contains(&entry.id) {
                    self.take(&entry, state, found, now).await?;
                }
                // A mail may claim to come from the future, which must not hide what comes until then.
                if entry.received <= now {
                    state.since = state.since.max(entry.received);
                }
                state.seen.push((entry.received, short.clone()));
                seen.insert(short);
            }
            if last {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The time from which on to search.
    fn from(&self, state: &State) -> i64 {
        let overlap = i64::try_from(self.settings.overlap.as_secs()).unwrap_or(i64::MAX);
        let from = state.since.saturating_sub(overlap).max(self.settings.since);
        match state.seen.len() < SEEN {
            true => from,
            // Not behind what is remembered: it would be taken for new.
            false => state
                .seen
                .iter()
                .map(|(at, _)| *at)
                .min()
                .map_or(from, |at| at.max(from)),
        }
    }

    /// Some entries of the search, those received first in front.
    async fn page(&self, from: i64, after: usize) -> Result<Vec<Entry>, FollowError> {
        let mut url = self.settings.url.clone();
        // `rt:` takes seconds of five digits and more as they are. A negative offset turns the order round: -1 is the
        // one received first.
        url.query_pairs_mut()
            .append_pair(
                "q",
                &format!("({}) AND rt:{}..", self.settings.query, from.max(10_000)),
            )
            .append_pair("x", "A")
            .append_pair("l", &PAGE.to_string())
            .append_pair("o", &format!("-{}", after + 1));
        let Some(text) = self.http.get(&url, PAGE_LIMIT).await? else {
            return Ok(Vec::new());
        };
        let entries = feed::read(&self.place, &text)?;
        let falls = match &entries[..] {
            [first, .., last] => first.received > last.received,
            _ => false,
        };
        match falls {
            true => Err(FollowError::garbled(
                &self.place,
                "the search does not sort by time",
            )),
            false => Ok(entries),
        }
    }

    /// Takes the thread of a mail that the search found.
    async fn take(
        &self,
        entry: &Entry,
        state: &mut State,
        found: &mut Found,
        now: i64,
    ) -> Result<(), FollowError> {
        found.threads += 1;
        match self.thread(&entry.id).await {
            Ok(mails) => {
                let ids: HashSet<String> = mails.iter().filter_map(|mail| id(mail)).collect();
                let known = state.open.iter().position(|open| ids.contains(&open.id));
                let open = known.map(|at| state.open.remove(at));
                let open = open.unwrap_or_else(|| Open::new(&entry.id));
                found.ids.extend(ids);
                state.open.push(give(open, mails, found, now));
                Ok(())
            }
            Err(error @ (FollowError::TooLarge { .. } | FollowError::Garbled { .. })) => {
                tracing::warn!(%error, "only the mail that was found is taken, not its thread");
                self.take_alone(&entry.id, found).await
            }
            Err(error) => Err(error),
        }
    }

    /// Takes a mail without its thread.
    async fn take_alone(&self, id: &str, found: &mut Found) -> Result<(), FollowError> {
        let raw = self.address(&format!("{}/raw", encode(id)))?;
        match self.http.get(&raw, 2 * MAIL_LIMIT).await {
            Ok(text) => {
                let text = text.unwrap_or_default();
                for mail in mails(&text) {
                    found.bytes += mail.len();
                    found.arrivals.push(Arrival::Mail(mail));
                }
                Ok(())
            }
            Err(error @ FollowError::TooLarge { .. }) => {
                tracing::warn!(%error, "a mail is left out");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Looks at open threads again. Gives whether there are more to look at.
    async fn look_again(
        &self,
        state: &mut State,
        found: &mut Found,
        now: i64,
    ) -> Result<bool, FollowError> {
        state.open.sort_by_key(|open| open.looked);
        let due = |open: &Open| now - open.looked >= self.pause(open, now);
        let due: Vec<String> = state
            .open
            .iter()
            .filter(|open| due(open))
            .map(|open| open.id.clone())
            .collect();
        for id in due {
            if found.is_full() {
                return Ok(true);
            }
            let Some(at) = state
                .open
                .iter()
                .position(|open| open.id == id && open.looked < now)
            else {
                continue;
            };
            found.threads += 1;
            match self.thread(&id).await {
                Ok(mails) => {
                    let open = state.open.remove(at);
                    state.open.push(give(open, mails, found, now));
                }
                Err(error @ (FollowError::TooLarge { .. } | FollowError::Garbled { .. })) => {
                    tracing::warn!(%error, "the thread is not looked at again");
                    state.open.remove(at);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Seconds between two looks at a thread: an eighth of the time that it was quiet for.
    fn pause(&self, open: &Open, now: i64) -> i64 {
        let least = i64::try_from(self.settings.again.as_secs()).unwrap_or(i64::MAX);
        least.max((now - open.changed) / 8)
    }

    /// The mails of a thread, in the order in which they came; none where it is gone.
    async fn thread(&self, id: &str) -> Result<Vec<Vec<u8>>, FollowError> {
        let url = self.address(&format!("{}/t.mbox.gz", encode(id)))?;
        let text = self.http.get(&url, THREAD_LIMIT).await?;
        Ok(mails(&text.unwrap_or_default()))
    }

    /// An address below that of the inbox.
    fn address(&self, path: &str) -> Result<Url, FollowError> {
        let joined = Url::parse(&format!("{}{path}", self.settings.url));
        joined.map_err(|error| FollowError::Ours(format!("an address can't be made: {error}")))
    }

    /// Forgets what need not be remembered.
    fn tidy(&self, state: &mut State, now: i64) {
        let watch = i64::try_from(self.settings.watch.as_secs()).unwrap_or(i64::MAX);
        state.open.retain(|open| now - open.changed <= watch);
        state.open.sort_by_key(|open| open.changed);
        let over = state.open.len().saturating_sub(self.settings.threads);
        if over > 0 {
            let place = &self.place;
            tracing::warn!(
                place,
                over,
                "more threads are open than are kept; the quietest are closed"
            );
            state.open.drain(..over);
        }
        let from = self.from(state);
        state.seen.retain(|(at, _)| *at >= from);
        state.seen.sort_by_key(|(at, _)| *at);
        let over = state.seen.len().saturating_sub(SEEN);
        state.seen.drain(..over);
    }
}

/// A Message-ID as a part of an address.
fn encode(id: &str) -> String {
    utf8_percent_encode(id, IN_PATH).to_string()
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
