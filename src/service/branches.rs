//! New commits of a branch are judged, and told to whoever runs this.

use super::house::{self, House};
use super::judge;
use super::look::Looked;
use crate::report::{Conclusion, Counts};
use crate::store::{DueRange, StoreError};

/// Tries after which a range is given up.
const TRIES: i64 = 10;

impl House {
    /// Looks at the next range that is due; `None` where none is.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn look_at_range(&self) -> Result<Option<Looked>, StoreError> {
        let Some(due) = self.store.due_range(house::now()).await? else {
            return Ok(None);
        };
        let mut looked = Looked::default();
        let Some(repository) = self.branches.get(&due.source) else {
            tracing::error!(
                source = due.source,
                "no such source any more: its commits are left out"
            );
            self.store.range_done(due.id).await?;
            return Ok(Some(looked));
        };
        match judge::range(self, &due, repository).await {
            Ok(report) => {
                let counts = Counts::of(&report.findings).sentence();
                let DueRange {
                    reference,
                    before_commit,
                    after_commit,
                    ..
                } = &due;
                let what = format!("{reference} {before_commit:.12}..{after_commit:.12}");
                match report.conclusion {
                    Conclusion::Fail => tracing::warn!("{what} breaks programs: {counts}"),
                    conclusion => tracing::info!("{what}: {conclusion:?}, {counts}"),
                }
                looked.judged = 1;
                self.store.range_done(due.id).await?;
            }
            Err(why) if due.attempts + 1 >= TRIES => {
                tracing::error!(
                    source = due.source,
                    "new commits were not judged, and are given up: {why}"
                );
                looked.failed = 1;
                self.store.range_done(due.id).await?;
            }
            Err(why) => {
                tracing::error!(source = due.source, "new commits were not judged: {why}");
                looked.failed = 1;
                let wait = 60 << due.attempts.clamp(0, 6);
                self.store.range_again(due.id, house::now() + wait).await?;
            }
        }
        Ok(Some(looked))
    }
}
