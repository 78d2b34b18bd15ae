//! What has to outlive the process: cursors, mails of threads that are open, what is to be looked at, what came of it,
//! and what is to be posted.
//!
//! One database; each step is one transaction. Knows nothing of what the texts in it mean. SQL is written so that
//! PostgreSQL takes it as SQLite does: pools of `Any` run the same text on both.
//!
//! | part | does |
//! |---|---|
//! | `database`, `open`, `lead` | a path or an address becomes an open database, and one process the one that asks |
//! | `inbox`, `threads`, `ranges` | what arrived, and what belongs together |
//! | `jobs`, `outcome` | what is to be looked at, by whom, and what came of it |
//! | `outbox`, `posted` | what is to be sent, and what is there |
//! | `runs`, `numbers` | what is shown |
//! | `prune` | what is forgotten |
//!
//! Next: `crate::service`.

mod database;
mod error;
mod inbox;
mod jobs;
mod lead;
mod numbers;
mod open;
mod outbox;
mod outcome;
mod posted;
mod prune;
mod ranges;
mod runs;
mod text;
mod threads;

pub use database::{Database, Server};
pub use error::StoreError;
pub use inbox::{COMMITS, Incoming, NewMail, NewRange, THREAD, TakenIn};
pub use jobs::{Job, NewDelivery, NewJob, Noted, Standing};
pub use lead::Lead;
pub use numbers::Numbers;
pub use outbox::{After, Item, Queued, State};
pub use outcome::Outcome;
pub use prune::{Before, Pruned};
pub use ranges::Range;
pub use runs::{NewRun, Run, RunApproval, RunFilter, RunFinding, RunRow};
pub use threads::{SeriesState, StoredMail};

use sqlx::{Any, AnyPool, Transaction};
use std::fs::File;

/// Mails of a thread at most. More of one thread are not kept.
pub const THREAD_MAILS: i64 = 2_000;
/// Bytes of all mails of a thread at most.
pub const THREAD_BYTES: i64 = 64 << 20;
/// Bytes of one mail or report at most, when it is unpacked.
const UNPACKED: u64 = 256 << 20;
/// What zstd is asked for: what is kept is small, and much.
const LEVEL: i32 = 3;

/// An open database.
#[derive(Debug)]
pub struct Store {
    pool: AnyPool,
    /// For what is shown: of a file, it does not wait for who writes.
    reading: AnyPool,
    /// How a transaction that writes begins.
    begin: &'static str,
    /// What makes a SELECT take rows that nobody else is about to take, where there may be somebody else.
    skip_locked: &'static str,
    /// The server, where it is one.
    server: Option<Server>,
    /// Held as long as the store is: of a file, one process is the owner.
    _owner: Option<File>,
}

/// A transaction that writes.
type Writing = Transaction<'static, Any>;

impl Store {
    /// Whether other processes may work with it, too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.server.is_some()
    }

    /// Begins a transaction that writes. SQLite is told so at its start: one that began with reading could be
    /// refused in the middle.
    async fn write(&self) -> Result<Writing, StoreError> {
        Ok(self.pool.begin_with(self.begin).await?)
    }
}

/// The next number of a kind. Counted in a row, which holds on every database and under any number of writers.
async fn next(writing: &mut Writing, name: &str) -> Result<i64, StoreError> {
    let counted = "INSERT INTO counters (name, value) VALUES ($1, 1) \
                   ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    let (number,): (i64,) = sqlx::query_as(counted)
        .bind(name)
        .fetch_one(&mut **writing)
        .await?;
    Ok(number)
}

/// Packs what is kept.
fn packed(bytes: &[u8], what: impl Fn() -> String) -> Result<Vec<u8>, StoreError> {
    let packed = zstd::encode_all(bytes, LEVEL);
    packed.map_err(|why| StoreError::Damaged { what: what(), why })
}

/// Unpacks what was packed here. What claims to be larger than anything that is kept is damaged.
fn unpacked(packed: &[u8], what: impl Fn() -> String) -> Result<Vec<u8>, StoreError> {
    use std::io::Read;
    let damaged = |why| StoreError::Damaged { what: what(), why };
    let mut bytes = Vec::new();
    let decoder = zstd::Decoder::new(packed).map_err(damaged)?;
    let read = decoder.take(UNPACKED).read_to_end(&mut bytes);
    read.map_err(damaged)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
