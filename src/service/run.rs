//! The loops of the service: every source is asked, what arrived is looked at, and the outbox is emptied.
//!
//! One task for each source, one that looks, one that delivers. They share nothing but the store and two bells.
//! Where the store fails, all end: whoever started this starts it again, and nothing is lost. Next: `crate::cli`.

use super::arrivals::Sorter;
use super::config::SourceSettings;
use super::house::{self, House};
use super::look::Looked;
use super::sources::Source;
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The longest rest of a loop: clocks are set, and bells missed.
const REST: Duration = Duration::from_secs(60);
/// How long a source that fails is left alone at most.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How often what is old is forgotten.
const PRUNE: Duration = Duration::from_secs(60 * 60);
const DAY: i64 = 24 * 60 * 60;

/// What one run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Mails that were new.
    pub mails: usize,
    /// Series and ranges that were judged.
    pub judged: usize,
    /// Checks and mails that were delivered.
    pub sent: usize,
    /// Sources that could not be asked, series that could not be judged and entries that could not be delivered.
    pub failed: usize,
    /// Entries that wait to be tried again.
    pub waiting: usize,
}

/// Asks every source until nothing is left, judges, delivers, and ends.
///
/// # Errors
///
/// Where the store fails.
pub async fn once(house: &Arc<House>, sources: &[Source]) -> Result<Summary, StoreError> {
    let mut summary = Summary::default();
    for (source, settings) in sources.iter().zip(&house.settings.sources) {
        loop {
            match ask(house, source, settings).await? {
                Asked::Batch { mails, more } => {
                    summary.mails += mails;
                    if !more {
                        break;
                    }
                }
                Asked::Failed(_) => {
                    summary.failed += 1;
                    break;
                }
            }
        }
    }
    while let Some(looked) = look(house).await? {
        summary.judged += looked.judged;
        summary.failed += looked.failed;
    }
    let delivered = house.deliver().await?;
    summary.sent = delivered.sent;
    summary.failed += delivered.failed;
    let (_, waiting) = house.store.waiting().await?;
    summary.waiting = usize::try_from(waiting).unwrap_or_default();
    forget(house).await?;
    Ok(summary)
}

/// Follows until `end` says so.
///
/// # Errors
///
/// Where the store fails.
pub async fn follow(
    house: Arc<House>,
    sources: Vec<Source>,
    end: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut tasks = JoinSet::new();
    for (at, source) in sources.into_iter().enumerate() {
        let (house, end) = (Arc::clone(&house), end.clone());
        tasks.spawn(async move { follow_source(&house, &source, at, end).await });
    }
    let (looking, ending) = (Arc::clone(&house), end.clone());
    tasks.spawn(async move { look_on(&looking, ending).await });
    tasks.spawn(async move { deliver_on(&house, end).await });
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(result) => result?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    Ok(())
}

enum Asked {
    Batch { mails: usize, more: bool },
    Failed(Option<Duration>),
}

/// Asks a source once, and keeps what it found.
async fn ask(
    house: &House,
    source: &Source,
    settings: &SourceSettings,
) -> Result<Asked, StoreError> {
    let name = settings.name.as_str();
    let cursor = house.store.cursor(name).await?;
    let batch = match source.poll(cursor.as_deref()).await {
        Ok(batch) => batch,
        Err(error) => {
            match error.mistake {
                true => tracing::error!(source = name, "not asked: {error}"),
                false => tracing::warn!(source = name, "not asked: {error}"),
            }
            return Ok(Asked::Failed(error.again));
        }
    };
    let more = batch.more;
    if batch.arrivals.is_empty() && cursor.as_ref() == Some(&batch.cursor) {
        return Ok(Asked::Batch { mails: 0, more });
    }
    let now = house::now();
    let sorter = Sorter {
        settings: &house.settings,
        source: settings,
        own: &house.own,
        now,
    };
    let sorted = sorter.sort(batch.arrivals, batch.cursor);
    for (why, number) in &sorted.aside {
        tracing::debug!(source = name, number, "left aside: {why}");
    }
    let taken = house.store.take_in(name, &sorted.incoming, now).await?;
    if taken.mails + taken.ranges > 0 {
        tracing::info!(
            source = name,
            "{} new mails, {} new ranges",
            taken.mails,
            taken.ranges
        );
        house.arrived.notify_one();
    }
    if taken.left_out > 0 {
        tracing::warn!(
            source = name,
            "{} mails of threads that are full were left out",
            taken.left_out
        );
    }
    let mails = taken.mails;
    Ok(Asked::Batch { mails, more })
}

async fn follow_source(
    house: &House,
    source: &Source,
    at: usize,
    mut end: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let settings = &house.settings.sources[at];
    let mut failures = 0;
    while !*end.borrow() {
        let rest = match ask(house, source, settings).await? {
            Asked::Batch { more: true, .. } => {
                failures = 0;
                continue;
            }
            Asked::Batch { .. } => {
                failures = 0;
                settings.every
            }
            Asked::Failed(after) => {
                failures += 1;
                let doubled = settings.every.saturating_mul(1 << failures.min(10));
                after.unwrap_or_default().max(doubled).min(LONGEST)
            }
        };
        sleep(jittered(rest, &settings.name), &mut end).await;
    }
    Ok(())
}

async fn look_on(house: &Arc<House>, mut end: watch::Receiver<bool>) -> Result<(), StoreError> {
    let mut pruned: Option<tokio::time::Instant> = None;
    while !*end.borrow() {
        if pruned.is_none_or(|at| at.elapsed() > PRUNE) {
            forget(house).await?;
            pruned = Some(tokio::time::Instant::now());
        }
        if look(house).await?.is_some() {
            continue;
        }
        let next = house.store.next_look().await?;
        tokio::select! {
            () = house.arrived.notified() => {}
            () = sleep(until(next), &mut end) => {}
        }
    }
    Ok(())
}

async fn deliver_on(house: &House, mut end: watch::Receiver<bool>) -> Result<(), StoreError> {
    while !*end.borrow() {
        house.deliver().await?;
        let (next, _) = house.store.waiting().await?;
        tokio::select! {
            () = house.queued.notified() => {}
            () = sleep(until(next), &mut end) => {}
        }
    }
    Ok(())
}

/// Looks at one thing that is due: a thread, or new commits.
async fn look(house: &Arc<House>) -> Result<Option<Looked>, StoreError> {
    match house.look().await? {
        Some(looked) => Ok(Some(looked)),
        None => house.look_at_range().await,
    }
}

async fn forget(house: &House) -> Result<(), StoreError> {
    let days = i64::from(house.settings.forget_after_days) * DAY;
    let now = house::now();
    let pruned = house.store.prune(now - days, now - 2 * days).await?;
    if pruned.threads > 0 {
        tracing::info!("{} threads were forgotten", pruned.threads);
    }
    Ok(())
}

/// Rests, unless the end comes.
async fn sleep(rest: Duration, end: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(rest) => {}
        // Whoever could say so is gone: that is an end, too.
        _ = end.wait_for(|end| *end) => {}
    }
}

/// How long until a moment, and not too long.
fn until(moment: Option<i64>) -> Duration {
    let seconds = moment.map(|moment| moment.saturating_sub(house::now()).max(0));
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let wait = seconds.map_or(REST, Duration::from_secs);
    // What is due and could not be taken is in use: not at once.
    wait.clamp(Duration::from_millis(50), REST)
}

/// Up to a tenth longer, so that not all of a server's followers come at the same second.
fn jittered(rest: Duration, name: &str) -> Duration {
    let text = format!("{name} {}", jiff::Timestamp::now().as_nanosecond());
    let share = u32::from(blake3::hash(text.as_bytes()).as_bytes()[0]);
    rest + rest / 10 * share / 255
}
