//! New commits of branches that are to be checked. Next: `crate::service`.

use super::{Store, StoreError};

/// New commits to check.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRange {
    /// Its number.
    pub id: i64,
    /// The source that found them.
    pub source: String,
    /// The full name of the branch.
    pub reference: String,
    /// Where it stood.
    pub before_commit: String,
    /// Where it stands.
    pub after_commit: String,
    /// How often it was tried in vain.
    pub attempts: i64,
}

impl Store {
    /// The range that waits longest.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn due_range(&self, now: i64) -> Result<Option<DueRange>, StoreError> {
        let due = sqlx::query_as(
            "SELECT id, source, reference, before_commit, after_commit, attempts FROM ranges \
             WHERE due <= $1 ORDER BY due, id LIMIT 1",
        );
        Ok(due.bind(now).fetch_optional(&self.pool).await?)
    }

    /// A range was checked, or is given up.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn range_done(&self, id: i64) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM ranges WHERE id = $1").bind(id);
        done.execute(&self.pool).await?;
        Ok(())
    }

    /// Checking a range failed: it is tried again at a moment.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn range_again(&self, id: i64, due: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE ranges SET due = $2, attempts = attempts + 1 WHERE id = $1")
            .bind(id)
            .bind(due)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
