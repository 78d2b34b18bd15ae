//! The cache of several machines: a directory that all of them see, or a bucket of an S3, behind `crate::cache`.
//!
//! An entry is looked for there when it is not here, for a short time, and handed over behind the back of whoever made
//! it, as far as there is room in the queue. Where the place does not answer, it is left alone for a while: nobody
//! waits for it again and again. Whoever may write there is believed as somebody with this user's rights is.

use crate::cache::Shared;
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use url::Url;

/// How long one entry is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long handing over one may take.
const PUTTING: Duration = Duration::from_secs(60);
/// For how long a place that failed is left alone, in milliseconds.
const ALONE: u64 = 60_000;
/// Entries that wait to be handed over at most.
const WAITING: usize = 1_000;
/// Bytes of them at most.
const WAITING_BYTES: usize = 64 << 20;

/// A place that other machines use, too.
#[derive(Debug)]
pub struct Shelf {
    place: Arc<dyn ObjectStore>,
    prefix: Path,
    runtime: Handle,
    queue: mpsc::Sender<(Path, Vec<u8>)>,
    room: Arc<Semaphore>,
    health: Arc<Health>,
}

/// Until when the place is left alone.
#[derive(Debug)]
struct Health {
    begun: Instant,
    until: AtomicU64,
}

impl Health {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_left_alone(&self) -> bool {
        self.now() < self.until.load(Ordering::Relaxed)
    }

    fn failed(&self, why: &str) {
        if !self.is_left_alone() {
            tracing::warn!("the shared cache is left alone for a minute: {why}");
        }
        self.until.store(self.now() + ALONE, Ordering::Relaxed);
    }
}

impl Shelf {
    /// Opens a place: `file:///directory`, or `s3://bucket/prefix` with keys, region and endpoint from the environment
    /// (`AWS_ACCESS_KEY_ID` and so on). To be called within a runtime; nothing is asked yet.
    ///
    /// # Errors
    ///
    /// Where the address is of another kind, or does not fit.
    pub fn open(url: &Url) -> Result<Self, String> {
        if !matches!(url.scheme(), "file" | "s3") || url.password().is_some() {
            return Err(
                "cache.url: give file:///directory or s3://bucket/prefix, without a password"
                    .to_owned(),
            );
        }
        let keys = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        let keys = keys.map(|(name, value)| (name.to_lowercase(), value));
        let (place, prefix) = object_store::parse_url_opts(url, keys)
            .map_err(|error| format!("cache.url: {url} can't be used: {error}"))?;
        let place: Arc<dyn ObjectStore> = Arc::from(place);
        let (queue, waiting) = mpsc::channel(WAITING);
        let health = Arc::new(Health {
            begun: Instant::now(),
            until: AtomicU64::new(0),
        });
        let room = Arc::new(Semaphore::new(WAITING_BYTES));
        let (to, of) = (Arc::clone(&place), Arc::clone(&health));
        tokio::spawn(hand_over(to, waiting, Arc::clone(&room), of));
        Ok(Self {
            place,
            prefix,
            runtime: Handle::current(),
            queue,
            room,
            health,
        })
    }

    fn path(&self, name: &str) -> Path {
        let parts = self.prefix.parts();
        let path: Path = parts.collect();
        name.split('/').fold(path, |path, part| path.join(part))
    }
}

impl Shared for Shelf {
    fn get(&self, name: &str, longest: u64) -> Option<Vec<u8>> {
        if self.health.is_left_alone() {
            return None;
        }
        let path = self.path(name);
        let place = Arc::clone(&self.place);
        // On the runtime, and not on this thread: it may be one of the runtime's own, which must not wait for itself.
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let found = tokio::time::timeout(PATIENCE, read(&*place, &path, longest)).await;
            // Nobody may be waiting any more.
            let _ = answer.send(found);
        });
        match answered.recv_timeout(PATIENCE + Duration::from_secs(1)) {
            Ok(Ok(Ok(bytes))) => Some(bytes),
            Ok(Ok(Err(object_store::Error::NotFound { .. }))) => None,
            Ok(Ok(Err(error))) => {
                self.health.failed(&error.to_string());
                None
            }
            Ok(Err(_)) | Err(_) => {
                self.health.failed("it does not answer");
                None
            }
        }
    }

    fn put(&self, name: &str, entry: Vec<u8>) {
        let bytes = u32::try_from(entry.len()).unwrap_or(u32::MAX);
        if self.health.is_left_alone() {
            return;
        }
        // What finds no room is made again by another machine.
        let Ok(room) = self.room.try_acquire_many(bytes) else {
            return;
        };
        if self.queue.try_send((self.path(name), entry)).is_ok() {
            room.forget();
        }
    }
}

/// Reads an entry, unless it is longer than one may be.
async fn read(
    place: &dyn ObjectStore,
    path: &Path,
    longest: u64,
) -> Result<Vec<u8>, object_store::Error> {
    let absent = || object_store::Error::NotFound {
        path: path.to_string(),
        source: "it is longer than an entry".into(),
    };
    let found = place.get(path).await?;
    if found.meta.size > longest {
        return Err(absent());
    }
    let mut bytes = Vec::new();
    let mut stream = found.into_stream();
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part?);
        if bytes.len() as u64 > longest {
            return Err(absent());
        }
    }
    Ok(bytes)
}

/// Hands over what waits, one after the other.
async fn hand_over(
    place: Arc<dyn ObjectStore>,
    mut waiting: mpsc::Receiver<(Path, Vec<u8>)>,
    room: Arc<Semaphore>,
    health: Arc<Health>,
) {
    while let Some((path, entry)) = waiting.recv().await {
        let bytes = entry.len();
        if !health.is_left_alone() {
            let put = place.put(&path, PutPayload::from(entry));
            match tokio::time::timeout(PUTTING, put).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => health.failed(&error.to_string()),
                Err(_) => health.failed("it takes nothing"),
            }
        }
        room.add_permits(bytes);
    }
}

#[cfg(test)]
#[path = "shelf_tests.rs"]
mod tests;
