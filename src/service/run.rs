//! The loops of the service: every source is asked, what arrived is looked at, and the outbox is emptied.
//!
//! One task for each source, one that looks, one that delivers. They share nothing but the store and two bells. Of
//! several processes with one database, one asks the sources, and all look and deliver. A database that restarts is
//! waited for; where the store fails for good, all end: whoever started this starts it again, and nothing is lost.
//! Next: `crate::cli`.

use super::arrivals::Sorter;
use super::config::SourceSettings;
use super::house::{self, House};
use super::patience::patiently;
use super::sources::Source;
use crate::store::{Before, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The longest rest of a loop: clocks are set, and bells missed.
const REST: Duration = Duration::from_secs(60);
/// The same where other processes put into the store what is to be done, and ring no bell here.
const SHARED_REST: Duration = Duration::from_secs(1);
/// How long a source that fails is left alone at most.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How often it is asked whether the lead is still ours, or free.
const LEAD: Duration = Duration::from_secs(5);
/// How often what is old is forgotten.
const PRUNE: Duration = Duration::from_secs(60 * 60);
const DAY: i64 = 24 * 60 * 60;
/// How long deliveries are known, in seconds. GitHub sends none again that is older than three days.
const DELIVERIES: i64 = 30 * DAY;

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
    let lead = patiently(|| house.store.lead()).await?;
    let lead = lead.ok_or(StoreError::Followed)?;
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
    if let Some(github) = &house.github {
        patiently(|| house.reconcile(github)).await?;
    }
    lead.resign().await;
    while let Some(looked) = house.look().await? {
        summary.judged += looked.judged;
        summary.failed += looked.failed;
    }
    let delivered = house.deliver().await?;
    summary.sent = delivered.sent;
    summary.failed += delivered.failed;
    let (_, waiting) = patiently(|| house.store.waiting()).await?;
    summary.waiting = usize::try_from(waiting).unwrap_or_default();
    forget(house).await?;
    Ok(summary)
}

/// Follows until `end` says so. `asks` is whether the sources, and GitHub for what was missed, are asked here.
///
/// # Errors
///
/// Where the store fails.
pub async fn follow(
    house: Arc<House>,
    (sources, asks): (Vec<Source>, bool),
    end: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut tasks = JoinSet::new();
    if asks {
        let (asking, ending) = (Arc::clone(&house), end.clone());
        tasks.spawn(async move { follow_sources(&asking, Arc::new(sources), ending).await });
    }
    let (looking, ending) = (Arc::clone(&house), end.clone());
    tasks.spawn(async move { look_on(&looking, ending).await });
    tasks.spawn(async move { deliver_on(&house, end).await });
    all(tasks).await
}

/// Waits for all tasks, or the first that fails.
async fn all(mut tasks: JoinSet<Result<(), StoreError>>) -> Result<(), StoreError> {
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(result) => result?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    Ok(())
}

/// Asks the sources as long as this process has the lead.
async fn follow_sources(
    house: &Arc<House>,
    sources: Arc<Vec<Source>>,
    mut end: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut waits = false;
    while !*end.borrow() {
        let Some(mut lead) = patiently(|| house.store.lead()).await? else {
            if !waits {
                tracing::info!("another process asks the sources, as long as it lives");
            }
            waits = true;
            sleep(LEAD, &mut end).await;
            continue;
        };
        waits = false;
        let (stop, stopped) = watch::channel(false);
        let mut asking = JoinSet::new();
        for at in 0..sources.len() {
            let (house, sources) = (Arc::clone(house), Arc::clone(&sources));
            let stopped = stopped.clone();
            asking.spawn(async move { follow_source(&house, &sources[at], at, stopped).await });
        }
        let (reconciling, stopped) = (Arc::clone(house), stopped.clone());
        asking.spawn(async move { reconcile_on(&reconciling, stopped).await });
        let mut asking = std::pin::pin!(all(asking));
        loop {
            tokio::select! {
                ended = &mut asking => { ended?; break; }
                () = sleep(LEAD, &mut end) => {}
            }
            if *end.borrow() || !lead.holds().await {
                // Nobody listens where all have ended.
                let _ = stop.send(true);
                asking.await?;
                break;
            }
        }
        lead.resign().await;
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
    let cursor = patiently(|| house.store.cursor(name)).await?;
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
    let keep = || house.store.take_in(name, &sorted.incoming, now);
    let taken = patiently(keep).await?;
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

/// Finds what no delivery of GitHub told, until there is an end.
async fn reconcile_on(house: &House, mut end: watch::Receiver<bool>) -> Result<(), StoreError> {
    let Some(github) = &house.github else {
        let _ = end.wait_for(|end| *end).await;
        return Ok(());
    };
    while !*end.borrow() {
        let due = patiently(|| house.reconcile(github)).await?;
        tracing::debug!(due, "open pull requests were gone through");
        sleep(jittered(github.every(), "github"), &mut end).await;
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
        if house.look().await?.is_some() {
            continue;
        }
        let next = patiently(|| house.store.next_job()).await?;
        tokio::select! {
            () = house.arrived.notified() => {}
            () = sleep(until(house, next), &mut end) => {}
        }
    }
    Ok(())
}

async fn deliver_on(house: &House, mut end: watch::Receiver<bool>) -> Result<(), StoreError> {
    while !*end.borrow() {
        house.deliver().await?;
        let (next, _) = patiently(|| house.store.waiting()).await?;
        tokio::select! {
            () = house.queued.notified() => {}
            () = sleep(until(house, next), &mut end) => {}
        }
    }
    Ok(())
}

async fn forget(house: &House) -> Result<(), StoreError> {
    let days = i64::from(house.settings.forget_after_days) * DAY;
    let now = house::now();
    let before = Before {
        threads: now - days,
        runs: now - days,
        sent: now - 2 * days,
        deliveries: now - days.min(DELIVERIES),
    };
    let pruned = patiently(|| house.store.prune(&before)).await?;
    if pruned.threads + pruned.runs > 0 {
        let (threads, runs) = (pruned.threads, pruned.runs);
        tracing::info!("{threads} threads and {runs} other runs were forgotten");
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
fn until(house: &House, moment: Option<i64>) -> Duration {
    let rest = match house.store.is_shared() {
        true => SHARED_REST,
        false => REST,
    };
    let seconds = moment.map(|moment| moment.saturating_sub(house::now()).max(0));
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let wait = seconds.map_or(rest, Duration::from_secs);
    // What is due and could not be taken is in use: not at once.
    wait.clamp(Duration::from_millis(50), rest)
}

/// Up to a tenth longer, so that not all of a server's followers come at the same second.
fn jittered(rest: Duration, name: &str) -> Duration {
    let text = format!("{name} {}", jiff::Timestamp::now().as_nanosecond());
    let share = u32::from(blake3::hash(text.as_bytes()).as_bytes()[0]);
    rest + rest / 10 * share / 255
}
