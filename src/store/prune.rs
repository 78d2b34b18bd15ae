//! What nothing came to for long is forgotten, so that the database does not grow for ever.

use super::{Store, StoreError};

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Threads, with all that is known of them.
    pub threads: u64,
}

/// Threads that are forgotten in one transaction.
const AT_ONCE: i64 = 500;

/// In this order: what points to something goes before it. What was sent is kept as long again, for its name keeps
/// it from being sent twice.
const STEPS: [&str; 6] = [
    "DELETE FROM mail_lists WHERE message_id IN (SELECT message_id FROM mails WHERE thread = $1)",
    "DELETE FROM places WHERE message_id IN (SELECT message_id FROM mails WHERE thread = $1)",
    "DELETE FROM mails WHERE thread = $1",
    "DELETE FROM runs WHERE series IN (SELECT name FROM series WHERE thread = $1)",
    "DELETE FROM series WHERE thread = $1",
    "DELETE FROM links WHERE thread = $1",
];

impl Store {
    /// Forgets threads that nothing came to since `before`, and what was sent twice as long ago. Both moments are
    /// in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn prune(&self, before: i64, sent_before: i64) -> Result<Pruned, StoreError> {
        let mut writing = self.write().await?;
        let old: Vec<(i64,)> = sqlx::query_as(
            "SELECT id FROM threads WHERE touched < $1 AND due IS NULL ORDER BY touched LIMIT $2",
        )
        .bind(before)
        .bind(AT_ONCE)
        .fetch_all(&mut *writing)
        .await?;
        for (thread,) in &old {
            for step in STEPS {
                sqlx::query(step)
                    .bind(*thread)
                    .execute(&mut *writing)
                    .await?;
            }
            sqlx::query("DELETE FROM threads WHERE id = $1")
                .bind(*thread)
                .execute(&mut *writing)
                .await?;
        }
        sqlx::query(
            "DELETE FROM outbox WHERE queued < $1 AND state IN ('sent', 'failed', 'dropped')",
        )
        .bind(sent_before)
        .execute(&mut *writing)
        .await?;
        writing.commit().await?;
        Ok(Pruned {
            threads: old.len() as u64,
        })
    }
}
