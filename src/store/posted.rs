//! What was posted where it can be changed later, such as a comment: the number that the other side gave it.

use super::text::{key, plain};
use super::{Store, StoreError};

impl Store {
    /// The number of what was posted in a slot.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn posted(&self, slot: &str) -> Result<Option<String>, StoreError> {
        let found = sqlx::query_as("SELECT remote FROM posted WHERE slot = $1");
        let found: Option<(String,)> = found.bind(key(slot)).fetch_optional(&self.pool).await?;
        Ok(found.map(|(remote,)| remote))
    }

    /// Notes the number of what was posted in a slot. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn set_posted(&self, slot: &str, remote: &str, now: i64) -> Result<(), StoreError> {
        let kept = sqlx::query(
            "INSERT INTO posted (slot, remote, at) VALUES ($1, $2, $3) \
             ON CONFLICT (slot) DO UPDATE SET remote = excluded.remote, at = excluded.at",
        );
        let kept = kept.bind(key(slot)).bind(plain(remote)).bind(now);
        kept.execute(&self.pool).await?;
        Ok(())
    }
}
