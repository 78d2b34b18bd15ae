//! What the server knows: mails, series, events, checks, and the clock that stamps them.

use super::faults::Fault;
use super::{STRANGER, TOKEN, USER};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::VecDeque;

/// A mail that was filed.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub id: u64,
    pub msgid: String,
    /// `(name, address)`.
    pub submitter: (String, String),
    /// When it was sent: microseconds of UTC since 1970.
    pub micros: i64,
    pub name: String,
    pub subject: String,
    pub prefixes: Vec<String>,
    pub headers: Vec<(String, String)>,
    pub content: String,
    pub diff: Option<String>,
    /// The series that it is in, and its number there.
    pub series: Option<(u64, u32)>,
    /// For a comment: what it is about.
    pub about: Option<About>,
    /// For a comment: whether somebody has to act.
    pub addressed: Option<bool>,
}

/// What a comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Patch(u64),
    Cover(u64),
}

/// A series.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub id: u64,
    pub version: u32,
    pub total: u32,
    pub submitter: (String, String),
    pub micros: i64,
    /// Message-IDs that mean it.
    pub references: Vec<String>,
    pub cover: Option<u64>,
    /// In the order of their arrival.
    pub patches: Vec<u64>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    pub id: u64,
    pub category: &'static str,
    /// The server's local time.
    pub date: DateTime,
    pub series: Option<u64>,
    pub patch: Option<u64>,
    pub cover: Option<u64>,
    pub comment: Option<u64>,
    pub check: Option<u64>,
}

/// A check that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub id: u64,
    pub patch: u64,
    pub user: String,
    pub state: String,
    pub context: String,
    pub target_url: Option<String>,
    pub description: Option<String>,
    pub date: DateTime,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub user_agent: String,
    pub authorization: String,
}

/// All of it.
pub struct World {
    pub origin: String,
    pub links_for: String,
    pub most_per_page: usize,
    pub micros: i64,
    pub zone_hours: i64,
    pub patches: Vec<Sent>,
    pub covers: Vec<Sent>,
    pub comments: Vec<Sent>,
    pub series: Vec<Group>,
    pub events: Vec<Happened>,
    pub checks: Vec<Posted>,
    pub faults: VecDeque<(String, Fault)>,
    pub seen: Vec<Seen>,
    pub open: usize,
    pub most_at_once: usize,
}

impl World {
    pub fn new(origin: &str) -> Self {
        let start: Timestamp = "2026-11-23T15:12:25.984046Z".parse().expect("a moment");
        Self {
            origin: origin.to_owned(),
            links_for: origin.to_owned(),
            most_per_page: 250,
            micros: start.as_microsecond(),
            // Australia/Canberra in November.
            zone_hours: 11,
            patches: Vec::new(),
            covers: Vec::new(),
            comments: Vec::new(),
            series: Vec::new(),
            events: Vec::new(),
            checks: Vec::new(),
            faults: VecDeque::new(),
            seen: Vec::new(),
            open: 0,
            most_at_once: 0,
        }
    }

    /// The server's local time.
    pub fn local(&self) -> DateTime {
        naive(self.micros + self.zone_hours * 3_600_000_000)
    }

    /// Notes what happened. What one mail sets off shares a moment.
    pub fn happen(&mut self, category: &'static str, fill: impl FnOnce(&mut Happened)) {
        let mut event = Happened {
            id: self.events.len() as u64 + 1,
            category,
            date: self.local(),
            series: None,
            patch: None,
            cover: None,
            comment: None,
            check: None,
        };
        fill(&mut event);
        self.events.push(event);
    }

    pub fn patch(&self, id: u64) -> Option<&Sent> {
        self.patches.iter().find(|patch| patch.id == id)
    }

    pub fn cover(&self, id: u64) -> Option<&Sent> {
        self.covers.iter().find(|cover| cover.id == id)
    }

    pub fn group(&self, id: u64) -> Option<&Group> {
        self.series.iter().find(|series| series.id == id)
    }
}

/// A moment without a zone.
pub fn naive(micros: i64) -> DateTime {
    let moment = Timestamp::from_microsecond(micros).expect("in range");
    TimeZone::UTC.to_datetime(moment)
}

/// Whose a token is.
pub fn user_of(token: &str) -> Option<&'static str> {
    match token {
        TOKEN => Some(USER),
        STRANGER => Some("stranger"),
        _ => None,
    }
}
