//! What no delivery told is found: open pull requests that were never looked at, and, one after the other, all.
//!
//! Only hints come of it. Of each repository every open pull request is due once in twelve rounds; all of them at
//! once where GitHub says that deliveries failed. Next: `jobs`.

use super::forge::Pull;
use super::github::{Github, Known};
use super::look::{Looking, ours};
use crate::service::house::{self, House};
use crate::store::{RunFilter, StoreError};
use std::collections::BTreeSet;

/// Rounds in which each open pull request is due once.
const ROUNDS: u64 = 12;

impl House {
    /// Goes through the open pull requests of all repositories once; gives how many are due now.
    ///
    /// # Errors
    ///
    /// Where the store fails. What GitHub does not tell is logged, and asked again in the next round.
    pub(in crate::service) async fn reconcile(&self, github: &Github) -> Result<usize, StoreError> {
        let every = i64::try_from(github.every().as_secs())
            .unwrap_or(i64::MAX)
            .max(1);
        let now = house::now();
        let missed = match github.client.failed_deliveries(now - 2 * every).await {
            Ok(failed) => !failed.is_empty(),
            Err(error) => {
                tracing::warn!("failed deliveries are not known: {error}");
                false
            }
        };
        let round = u64::try_from(now / every).unwrap_or_default() % ROUNDS;
        let mut due = 0;
        for of in github.repositories() {
            match self.missed(github, &of, (missed, round)).await? {
                Ok(number) => due += number,
                Err(why) => tracing::warn!("{} is not gone through: {why}", of.name),
            }
        }
        Ok(due)
    }

    async fn missed(
        &self,
        github: &Github,
        of: &Known,
        (all, round): (bool, u64),
    ) -> Looking<usize> {
        let open = ours!(github.open_pulls(of).await);
        let mut unknown = BTreeSet::new();
        for pull in open.values() {
            if !self.is_known(of, pull).await? {
                unknown.insert(pull.number);
            }
        }
        let turn = |pull: &Pull| pull.number % ROUNDS == round;
        self.hint_all(github, of, |pull| {
            all || turn(pull) || unknown.contains(&pull.number)
        })
        .await
    }

    /// Whether this head of a pull request was looked at.
    async fn is_known(&self, of: &Known, pull: &Pull) -> Result<bool, StoreError> {
        let filter = RunFilter {
            subject: Some(format!("{}#{}", of.name, pull.number)),
            limit: 1,
            ..RunFilter::default()
        };
        let last = self.store.runs(&filter).await?;
        Ok(last.first().is_some_and(|last| last.head == pull.head))
    }
}
