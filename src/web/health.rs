//! Whether the service lives, whether it does its work, and what it counts.

use super::gauges;
use super::state::Web;
use crate::store::{Numbers, RunFilter, StoreError};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::Mutex;

/// Seconds that a job may wait before whoever watches is told: the longest check takes less.
const OLDEST: i64 = 30 * 60;
/// Runs that are counted at once at most.
const MOST: i64 = 200;
/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process answers.
pub async fn lives() -> &'static str {
    "ok\n"
}

/// The store answers, and the queue moves.
pub async fn ready(State(web): State<Web>) -> Response {
    let asked = tokio::time::timeout(PATIENCE, web.store.numbers(now())).await;
    let (status, text) = match asked {
        Ok(Ok(numbers)) if age(&numbers) > OLDEST => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the oldest job waits for {} s\n", age(&numbers)),
        ),
        Ok(Ok(_)) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(Err(error)) => {
            tracing::error!("not ready: {error}");
            let text = "the database does not work\n".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, text)
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer in time\n".to_owned(),
        ),
    };
    (status, text).into_response()
}

/// What is counted, for Prometheus.
pub async fn metrics(State(web): State<Web>) -> Response {
    let asked = tokio::time::timeout(PATIENCE, read(&web)).await;
    if !matches!(asked, Ok(Ok(()))) {
        // What was counted in this process is told all the same; a gauge would be that of some time ago.
        tracing::warn!("the store was not counted for Prometheus");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], gauges::render()).into_response()
}

async fn read(web: &Web) -> Result<(), StoreError> {
    let numbers = web.store.numbers(now()).await?;
    gauges::waiting(numbers.due, age(&numbers));
    for (state, number) in &numbers.outbox {
        gauges::outbox(state, *number);
    }
    web.count_runs().await
}

/// For how many seconds the oldest job waits.
fn age(numbers: &Numbers) -> i64 {
    let since = numbers.oldest.map(|since| now().saturating_sub(since));
    since.unwrap_or_default().max(0)
}

/// The last run that was counted; none before the first time.
#[derive(Debug, Default)]
pub struct Counted(Mutex<Option<i64>>);

impl Web {
    /// Counts the runs that came since the last time, whichever process made them. Of more than are listed at once,
    /// the newest are counted.
    async fn count_runs(&self) -> Result<(), StoreError> {
        let mut counted = self.counted.0.lock().await;
        let latest = self.store.latest_run().await?;
        let last = counted.replace(latest).unwrap_or(latest);
        if last >= latest {
            return Ok(());
        }
        let filter = RunFilter {
            limit: MOST,
            ..RunFilter::default()
        };
        let runs = self.store.runs(&filter).await?;
        let new = runs.iter().filter(|run| last < run.id && run.id <= latest);
        new.for_each(|run| gauges::run(&run.conclusion));
        Ok(())
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}
