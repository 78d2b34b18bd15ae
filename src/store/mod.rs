//! What has to outlive the process: cursors, mails of threads that are open, series and their state, and what is to be posted.
//!
//! One database; each step is one transaction. Knows nothing of what the texts in it mean. SQL is written so that
//! PostgreSQL takes it as SQLite does: one pool of `Any` runs the same text on both. `inbox` takes in what
//! arrived, `threads` gives out what is to be looked at and keeps what came of it, `outbox` what is to be sent.
//! Next: `crate::service`.

mod error;
mod inbox;
mod open;
mod outbox;
mod prune;
mod ranges;
mod threads;

pub use error::StoreError;
pub use inbox::{Incoming, NewMail, NewRange, TakenIn};
pub use outbox::{After, Item, Queued, State};
pub use prune::Pruned;
pub use ranges::DueRange;
pub use threads::{Due, Judged, Outcome, SeriesState, StoredMail};

use sqlx::{Any, AnyPool, Transaction};
use std::fs::File;

/// Mails of a thread at most. More of one thread are not kept.
pub const THREAD_MAILS: i64 = 2_000;
/// Bytes of all mails of a thread at most.
pub const THREAD_BYTES: i64 = 64 << 20;

/// An open database.
#[derive(Debug)]
pub struct Store {
    pool: AnyPool,
    /// How a transaction that writes begins.
    begin: &'static str,
    /// Held as long as the store is: of a file, one process is the owner.
    _owner: Option<File>,
}

/// A transaction that writes.
type Writing = Transaction<'static, Any>;

impl Store {
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

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
