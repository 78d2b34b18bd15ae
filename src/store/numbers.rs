//! Numbers for whoever watches the service. Next: `crate::web`.

use super::{Store, StoreError};
use std::collections::BTreeMap;

/// How much there is to do, and how old it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Jobs that are due and that nobody has.
    pub due: i64,
    /// Jobs that somebody has.
    pub running: i64,
    /// Jobs that were given up, and that nobody asked for since.
    pub given_up: i64,
    /// Since when the oldest job that nobody has is due, in seconds since 1970.
    pub oldest: Option<i64>,
    /// Entries of the outbox by state, such as `pending`.
    pub outbox: BTreeMap<String, i64>,
    /// Since when the oldest entry that was not sent yet waits, in seconds since 1970.
    pub oldest_queued: Option<i64>,
    /// Runs that are kept.
    pub runs: i64,
}

impl Store {
    /// Counts. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn numbers(&self, now: i64) -> Result<Numbers, StoreError> {
        let jobs = "SELECT COUNT(CASE WHEN due <= $1 AND lease <= $1 THEN 1 END), \
                    COUNT(CASE WHEN due IS NOT NULL AND lease > $1 THEN 1 END), \
                    COUNT(CASE WHEN due IS NULL AND reason <> '' THEN 1 END), \
                    MIN(CASE WHEN due <= $1 AND lease <= $1 THEN due END) FROM jobs";
        let (due, running, given_up, oldest): (i64, i64, i64, Option<i64>) = sqlx::query_as(jobs)
            .bind(now)
            .fetch_one(&self.reading)
            .await?;
        let states = "SELECT state, COUNT(*) FROM outbox GROUP BY state";
        let states: Vec<(String, i64)> = sqlx::query_as(states).fetch_all(&self.reading).await?;
        let waits = "SELECT MIN(queued) FROM outbox WHERE state IN ('pending', 'sending')";
        let (oldest_queued,): (Option<i64>,) =
            sqlx::query_as(waits).fetch_one(&self.reading).await?;
        let (runs,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM runs")
            .fetch_one(&self.reading)
            .await?;
        Ok(Numbers {
            due,
            running,
            given_up,
            oldest,
            outbox: states.into_iter().collect(),
            oldest_queued,
            runs,
        })
    }

    /// Asks the database for nothing: whether it answers.
    ///
    /// # Errors
    ///
    /// Where it does not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let asked = sqlx::query("SELECT name FROM counters LIMIT 1");
        asked.fetch_optional(&self.pool).await?;
        Ok(())
    }
}
