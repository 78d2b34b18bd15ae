//! How far the events of a Patchwork were read, as a text that outlives the process.
//!
//! The date of the last event, as the server wrote it, tells where to ask on; the numbers of those that were read tell
//! which of the answers are new. Both are needed: the server gives events from a date on, that date included; its dates
//! are local time, which goes back an hour in autumn; and an event may become visible after a later one did.

use crate::patchwork::{Error, Event};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Numbers of events that are remembered one by one.
const IDS_LIMIT: usize = 1_000;
/// Series that are watched for comments at most.
const WATCHED_LIMIT: usize = 200;
/// Seconds for which a series is watched.
const WATCHED_SECONDS: i64 = 30 * 24 * 60 * 60;
/// How far behind the last event is asked each time: for events that became visible late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// How far now and then, by night: for the hour that comes twice.
const WIDE: SignedDuration = SignedDuration::from_mins(70);
/// The hours of the server's day in which clocks are set back, all over the world.
const NIGHT: std::ops::Range<i8> = 0..5;
/// How many seconds lie between two wide questions.
const WIDE_SECONDS: i64 = 30 * 60;

/// How far the events were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The date of the event with the highest number, or where to begin; the server's local time.
    date: Option<String>,
    /// Every event up to this number was read.
    floor: u64,
    /// Those above it that were.
    ids: BTreeSet<u64>,
    /// When it was last asked widely, in seconds since 1970.
    #[serde(default)]
    wide: i64,
    /// Series that may get comments, where no event tells that.
    #[serde(default)]
    watched: Vec<Watched>,
}

/// A series whose comments are looked up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watched {
    /// The server's number of it.
    series: u64,
    /// The highest numbers of its comments.
    newest: Newest,
    /// Since when, in seconds since 1970.
    since: i64,
    /// When it was last looked at, in seconds since 1970.
    looked: i64,
}

/// The highest numbers of comments, which are counted apart: those of patches, and those of covers.
pub(super) type Newest = (u64, u64);

impl Cursor {
    /// One that begins some time before an event; with the first event ever where there is none.
    pub fn before(event: Option<&Event>, by: SignedDuration) -> Self {
        Self {
            date: event.map(|event| earlier(&event.date, by)),
            ..Self::default()
        }
    }

    /// Reads what [`Cursor::text`] wrote.
    pub fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Garbled {
            what: "the cursor of Patchwork's events".to_owned(),
            why: error.to_string(),
        })
    }

    /// As a text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a struct of texts and numbers can be written as JSON")
    }

    /// From where to ask, `now` being in seconds since 1970.
    pub fn since(&mut self, now: i64) -> Option<String> {
        let recent = (self.wide..self.wide.saturating_add(WIDE_SECONDS)).contains(&now);
        let by = match recent || !self.is_night() {
            true => OVERLAP,
            false => {
                self.wide = now;
                WIDE
            }
        };
        self.date.as_deref().map(|date| earlier(date, by))
    }

    /// Whether the last event was by night, where the server is.
    fn is_night(&self) -> bool {
        let date = self.date.as_deref().unwrap_or_default();
        date.parse()
            .is_ok_and(|date: DateTime| NIGHT.contains(&date.hour()))
    }

    /// Whether an event was not read yet.
    pub fn is_new(&self, event: &Event) -> bool {
        event.id > self.floor && !self.ids.contains(&event.id)
    }

    /// Takes an event for read.
    pub fn pass(&mut self, event: &Event) {
        let last = self.ids.last().is_none_or(|last| event.id > *last);
        if last && event.id > self.floor {
            self.date = Some(event.date.clone());
        }
        self.ids.insert(event.id);
        while self.ids.len() > IDS_LIMIT {
            self.floor = self
                .ids
                .pop_first()
                .map_or(self.floor, |id| id.max(self.floor));
        }
    }

    /// Watches a series, or remembers that it was looked at. Whether its comments are others than the last time.
    pub fn watch(&mut self, series: u64, newest: Newest, now: i64) -> bool {
        if let Some(known) = self.watched.iter_mut().find(|known| known.series == series) {
            let changed = known.newest != newest;
            (known.newest, known.looked) = (newest, now);
            return changed;
        }
        self.watched.push(Watched {
            series,
            newest,
            since: now,
            looked: now,
        });
        if self.watched.len() > WATCHED_LIMIT {
            self.watched.remove(0);
        }
        true
    }

    /// The series that were not looked at for so many seconds, the longest first. Those that were watched long enough
    /// are no longer.
    pub fn due(&mut self, now: i64, seconds: i64) -> Vec<u64> {
        self.watched
            .retain(|known| now.saturating_sub(known.since) < WATCHED_SECONDS);
        let mut due: Vec<_> = self.watched.iter().collect();
        due.retain(|known| now.saturating_sub(known.looked) >= seconds);
        due.sort_by_key(|known| known.looked);
        due.into_iter().map(|known| known.series).collect()
    }
}

/// A moment before a date of the server, in its own time. One that can't be read stays what it is.
fn earlier(date: &str, by: SignedDuration) -> String {
    let found: Result<DateTime, _> = date.parse();
    let moment = found.and_then(|moment| moment.checked_sub(by));
    match moment {
        Ok(moment) => format!("{moment:.6}"),
        Err(_) => date.to_owned(),
    }
}

#[cfg(test)]
#[path = "cursor_tests.rs"]
mod tests;
