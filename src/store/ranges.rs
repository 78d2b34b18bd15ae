//! New commits of branches that are to be checked. Next: `crate::service`.

use super::{Store, StoreError};

/// New commits to check.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Range {
    /// The source that found them.
    pub source: String,
    /// The full name of the branch.
    pub reference: String,
    /// Where it stood.
    pub before_commit: String,
    /// Where it stands.
    pub after_commit: String,
}

impl Store {
    /// The range with this number.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn range(&self, id: i64) -> Result<Option<Range>, StoreError> {
        let found =
            "SELECT source, reference, before_commit, after_commit FROM ranges WHERE id = $1";
        let found = sqlx::query_as(found).bind(id);
        Ok(found.fetch_optional(&self.pool).await?)
    }
}
