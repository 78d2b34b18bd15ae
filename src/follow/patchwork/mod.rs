//! The events of a Patchwork become series: each that was begun, was completed or was answered, with all its mails.
//!
//! `cursor` is how far the events were read, `mails` rebuilds what was sent, `kept` spares asking twice. A series comes
//! as it is when it is fetched, and again whenever something happened to it. What a server before version 1.3 tells no
//! event of, comments, is looked up: for 30 days, of the last 200 series, each at most once in [`LOOK_AGAIN`], at most
//! [`SERIES_AT_ONCE`] a poll. Knows nothing of verdicts; see `crate::service`.

mod cursor;
mod kept;
mod mails;

use super::{Arrival, Batch, PatchworkSeries};
use crate::mail::{PATCH_LIMIT, Subject};
use crate::patchwork::{Client, Error, Event, Mail, Numbered, Series};
use cursor::{Cursor, Newest};
use jiff::{SignedDuration, Timestamp};
use kept::{Kept, Sent};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// Series of a batch at most.
const SERIES_AT_ONCE: usize = 8;
/// Pages with something new on them of a batch at most.
const PAGES_AT_ONCE: usize = 8;
/// Pages that are gone through for a batch at most, whatever is on them.
const PAGES_LIMIT: usize = 400;
/// Bytes of all mails of a series at most: those of [`PATCH_LIMIT`] patches of 64 KiB.
const SERIES_BYTES: usize = 32 << 20;
/// Comments of a series at most.
const COMMENTS_LIMIT: usize = 5_000;
/// How far before the newest event a first poll begins.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);
/// How long comments are not looked up again.
const LOOK_AGAIN: Duration = Duration::from_secs(60 * 60);
/// How often the server may fail to show a series before it is told that it can't be seen.
const FAILURES: u32 = 5;

/// The events of a project, followed.
#[derive(Debug)]
pub struct PatchworkSource {
    client: Arc<Client>,
    look_back: SignedDuration,
    look_again: Duration,
    /// Set when the server was found to have the project.
    valid: OnceCell<()>,
    kept: Mutex<Kept>,
    /// How often each series could not be shown.
    failures: Mutex<HashMap<u64, u32>>,
}

/// A series that something happened to.
struct Touched {
    /// The server's number of it.
    id: u64,
    /// Whether it was only looked up: it is no news where no comment is new.
    looked_up: bool,
}

impl PatchworkSource {
    /// Follows a client's project. Nothing is asked yet.
    #[must_use]
    pub fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            look_back: LOOK_BACK,
            look_again: LOOK_AGAIN,
            valid: OnceCell::new(),
            kept: Mutex::default(),
            failures: Mutex::default(),
        }
    }

    /// Begins so long before the newest event, where there is no cursor.
    #[must_use]
    pub fn looking_back(mut self, by: Duration) -> Self {
        self.look_back = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self
    }

    /// Looks comments up again after so long, where the server tells no events of them.
    #[must_use]
    pub fn looking_again(mut self, after: Duration) -> Self {
        self.look_again = after;
        self
    }

    /// What happened since a cursor.
    ///
    /// # Errors
    ///
    /// Why the server could not be asked; the cursor holds on, and nothing is lost. A mistake where the server does not
    /// have the project.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, Error> {
        let validate = async || self.client.validate().await.map(|_| ());
        self.valid.get_or_try_init(validate).await?;
        let now = Timestamp::now().as_second();
        let mut cursor = match cursor {
            Some(text) => Cursor::read(text)?,
            None => Cursor::before(self.client.newest_event().await?.as_ref(), self.look_back),
        };
        let (mut touched, more) = self.events(&mut cursor, now).await?;
        if !self.client.version().tells_comments() {
            self.look_up(&mut cursor, &mut touched, now);
        }
        let mut arrivals = Vec::new();
        for Touched { id, looked_up } in touched {
            let Some((series, newest)) = self.fetch(id).await? else {
                continue;
            };
            let told = self.client.version().tells_comments();
            let changed = !told && cursor.watch(id, newest, now);
            if !looked_up || changed {
                arrivals.push(Arrival::Patchwork(series));
            }
        }
        Ok(Batch {
            arrivals,
            cursor: cursor.text(),
            more,
        })
    }

    /// The series that something happened to since the cursor, and whether there is more.
    async fn events(&self, cursor: &mut Cursor, now: i64) -> Result<(Vec<Touched>, bool), Error> {
        let since = cursor.since(now);
        let mut touched: Vec<Touched> = Vec::new();
        let mut page = self.client.events_since(since.as_deref()).await?;
        let mut fresh = 0;
        for _ in 0..PAGES_LIMIT {
            if page.items.iter().any(|event| cursor.is_new(event)) {
                fresh += 1;
            }
            if fresh > PAGES_AT_ONCE {
                return Ok((touched, true));
            }
            for event in &page.items {
                if !cursor.is_new(event) {
                    continue;
                }
                if touched.len() >= SERIES_AT_ONCE {
                    return Ok((touched, true));
                }
                let series = self.series_of(event).await?;
                cursor.pass(event);
                let known = |id: &u64| touched.iter().any(|other| other.id == *id);
                if let Some(id) = series.filter(|id| !known(id)) {
                    let looked_up = false;
                    touched.push(Touched { id, looked_up });
                }
            }
            page = match self.client.next_events(&page).await {
                Ok(Some(next)) => next,
                Ok(None) => return Ok((touched, false)),
                // Pages can go; the cursor tells where to ask on.
                Err(error) if error.is_absent() => return Ok((touched, true)),
                Err(error) => return Err(error),
            };
        }
        tracing::warn!("the events of Patchwork are more than {PAGES_LIMIT} pages");
        Ok((touched, fresh > 0))
    }

    /// The series that an event is about, where it is one that matters.
    async fn series_of(&self, event: &Event) -> Result<Option<u64>, Error> {
        let payload = &event.payload;
        let id = |found: &Option<Numbered>| found.as_ref().map(|found| found.id);
        let mail = match event.category.as_str() {
            "series-created" | "series-completed" => return Ok(id(&payload.series)),
            "patch-comment-created" => id(&payload.patch).map(Mail::Patch),
            "cover-comment-created" => id(&payload.cover).map(Mail::Cover),
            _ => None,
        };
        let Some(mail) = mail else {
            return Ok(None);
        };
        match self.sent(mail).await {
            Ok(sent) => Ok(sent.series),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds the series whose comments are to be looked up again, as far as there is room.
    fn look_up(&self, cursor: &mut Cursor, touched: &mut Vec<Touched>, now: i64) {
        let seconds = i64::try_from(self.look_again.as_secs()).unwrap_or(i64::MAX);
        for id in cursor.due(now, seconds) {
            let known = touched.iter().any(|other| other.id == id);
            if !known && touched.len() < SERIES_AT_ONCE {
                let looked_up = true;
                touched.push(Touched { id, looked_up });
            }
        }
    }

    /// A series with its mails, or what keeps it from being seen; `None` where it is gone.
    async fn fetch(&self, id: u64) -> Result<Option<(PatchworkSeries, Newest)>, Error> {
        let error = match self.whole(id).await {
            Ok(found) => {
                self.failures.lock().await.remove(&id);
                return Ok(Some(found));
            }
            Err(error) => error,
        };
        // What only this series is to blame for must not keep the others waiting for ever.
        let lacks = match &error {
            Error::Refused { status: 404, .. } => {
                tracing::warn!(series = id, %error, "a series of Patchwork is gone");
                return Ok(None);
            }
            Error::Limit { .. } => error.to_string(),
            Error::Refused { status: 500, .. } => {
                let mut failures = self.failures.lock().await;
                let failed = failures.entry(id).or_default();
                *failed += 1;
                if *failed < FAILURES {
                    return Err(error);
                }
                failures.remove(&id);
                error.to_string()
            }
            _ => return Err(error),
        };
        tracing::warn!(series = id, %error, "a series of Patchwork can't be seen");
        let series = PatchworkSeries {
            id,
            lacks: Some(lacks),
            patches: Vec::new(),
            mails: Vec::new(),
        };
        Ok(Some((series, Newest::default())))
    }

    async fn whole(&self, id: u64) -> Result<(PatchworkSeries, Newest), Error> {
        let found = self.client.series(id).await?;
        let limit = usize::try_from(PATCH_LIMIT).unwrap_or(usize::MAX);
        if found.patches.len() > limit {
            return Err(over(id, format!("{PATCH_LIMIT} patches are the most")));
        }
        let mut series = PatchworkSeries {
            id,
            lacks: lacks(&found),
            patches: Vec::new(),
            mails: Vec::new(),
        };
        let mut comments = Vec::new();
        let mut newest = Newest::default();
        let mut bytes = 0;
        for mail in mails_of(&found) {
            // Two at once, as many as are polite.
            let (sent, answers) = tokio::join!(self.sent(mail), self.client.comments(mail));
            let (sent, answers) = (sent?, answers?);
            if let Mail::Patch(number) = mail {
                series.patches.push((sent.id, number));
            }
            bytes += sent.mail.len();
            series.mails.push(sent.mail);
            for answer in &answers {
                let last = match mail {
                    Mail::Patch(_) => &mut newest.0,
                    Mail::Cover(_) => &mut newest.1,
                };
                *last = answer.id.max(*last);
                comments.push(mails::of_comment(answer));
                bytes += comments.last().map_or(0, Vec::len);
            }
            if bytes > SERIES_BYTES || comments.len() > COMMENTS_LIMIT {
                let bound =
                    format!("{SERIES_BYTES} bytes and {COMMENTS_LIMIT} comments are the most");
                return Err(over(id, bound));
            }
        }
        series.mails.extend(comments);
        Ok((series, newest))
    }

    /// What was sent, asked for once.
    async fn sent(&self, mail: Mail) -> Result<Sent, Error> {
        if let Some(sent) = self.kept.lock().await.get(mail) {
            return Ok(sent.clone());
        }
        let found = self.client.mail(mail).await?;
        let sent = Sent {
            id: mails::bare_id(&found.msgid),
            series: found.series.first().map(|series| series.id),
            mail: mails::of_patch(&found),
        };
        // One that no series has yet will have one.
        if sent.series.is_some() {
            self.kept.lock().await.put(mail, sent.clone());
        }
        Ok(sent)
    }
}

/// The cover and the patches of a series in their order; the server gives them as they arrived.
fn mails_of(series: &Series) -> Vec<Mail> {
    let mut patches: Vec<&Numbered> = series.patches.iter().collect();
    patches.sort_by_key(|patch| Subject::read(&patch.name).position());
    let cover = series
        .cover_letter
        .iter()
        .map(|cover| Mail::Cover(cover.id));
    let patches = patches.into_iter().map(|patch| Mail::Patch(patch.id));
    cover.chain(patches).collect()
}

/// Why a series is not whole.
fn lacks(series: &Series) -> Option<String> {
    let Series {
        total,
        received_total,
        ..
    } = series;
    (!series.received_all).then(|| format!("{received_total} of {total} patches arrived"))
}

fn over(id: u64, bound: String) -> Error {
    let what = format!("series {id}");
    Error::Limit { what, bound }
}
