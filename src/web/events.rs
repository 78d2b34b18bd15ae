//! What changes while somebody looks at the runs is sent to the page, by server-sent events.
//!
//! The store is asked once a second, however many look. There is a bound to those, and a stream ends with the service.

use super::pages::Trouble;
use super::state::Web;
use crate::store::StoreError;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// How many may look at a time; others load the page again.
const MOST: usize = 100;
/// How often the store is asked.
const EVERY: Duration = Duration::from_secs(1);
/// How often a silent stream shows that it lives.
const ALIVE: Duration = Duration::from_secs(20);

/// What the list of runs stands at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The number of the last run.
    pub latest: i64,
    /// What waits, in words.
    pub waiting: String,
}

/// Who looks, and what was seen last.
#[derive(Debug)]
pub struct Watch {
    room: Arc<Semaphore>,
    seen: Mutex<Option<(Instant, Progress)>>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(MOST)),
            seen: Mutex::new(None),
        }
    }
}

impl Web {
    /// How the runs stand, not older than a second.
    pub(super) async fn progress(&self) -> Result<Progress, StoreError> {
        let mut seen = self.watch.seen.lock().await;
        if let Some((at, progress)) = seen.as_ref()
            && at.elapsed() < EVERY
        {
            return Ok(progress.clone());
        }
        let numbers = self.store.numbers(super::health::now()).await?;
        let progress = Progress {
            latest: self.store.latest_run().await?,
            waiting: waiting(numbers.due + numbers.running),
        };
        *seen = Some((Instant::now(), progress.clone()));
        Ok(progress)
    }
}

fn waiting(jobs: i64) -> String {
    match jobs {
        0 => "Nothing waits to be examined.".to_owned(),
        1 => "1 change waits to be examined.".to_owned(),
        more => format!("{more} changes wait to be examined."),
    }
}

/// One who looks.
struct Looker {
    web: Web,
    told: Option<Progress>,
    _permit: OwnedSemaphorePermit,
}

/// A stream of what changes.
pub async fn events(
    State(web): State<Web>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    let permit = Arc::clone(&web.watch.room).try_acquire_owned();
    let looker = Looker {
        web,
        told: None,
        _permit: permit.map_err(|_| Trouble::Busy)?,
    };
    let stream = futures_util::stream::unfold(looker, next);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)))
}

async fn next(mut looker: Looker) -> Option<(Result<Event, Infallible>, Looker)> {
    let mut end = looker.web.end.clone();
    loop {
        if looker.told.is_some() {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = end.wait_for(|end| *end) => return None,
            }
        }
        // Where the store fails the page stays as it is; the browser asks again.
        let progress = looker.web.progress().await.ok()?;
        if looker.told.as_ref() != Some(&progress) {
            let event = Event::default().event("state").json_data(&progress).ok()?;
            looker.told = Some(progress);
            return Some((Ok(event), looker));
        }
    }
}
