//! The outbox is emptied: one entry at a time is taken, delivered, and marked.

use super::house::{self, House};
use crate::store::{After, StoreError};

/// Seconds for which an entry is taken; no delivery lasts longer.
const LEASE: i64 = 10 * 60;
/// Seconds after which what can't be delivered is given up.
const PATIENCE: i64 = 24 * 60 * 60;
/// Seconds between two tries at most.
const LONGEST: i64 = 2 * 60 * 60;

/// What came of emptying the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Entries that arrived.
    pub sent: usize,
    /// Entries that are tried again later, or given up.
    pub failed: usize,
}

impl House {
    /// Puts what a process that died had taken in order: tried again where that is safe, or given up and told.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn recover(&self) -> Result<(), StoreError> {
        // Nobody else has the database open.
        for item in self.store.left_sending(i64::MAX).await? {
            let name = &item.what.name;
            let after = if self.courier.may_repeat(&item) {
                tracing::info!("tried again, for it may not have arrived: {name}");
                After::Again {
                    due: 0,
                    why: String::new(),
                }
            } else {
                tracing::error!(
                    "this process died while it was sent, so it may have arrived or not: {name}"
                );
                After::Failed("it may have been sent or not: the process died meanwhile".to_owned())
            };
            self.store.sent(item.id, &after).await?;
        }
        Ok(())
    }

    /// Delivers everything that is due.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn deliver(&self) -> Result<Delivered, StoreError> {
        let mut delivered = Delivered::default();
        while let Some(item) = self.store.take(house::now(), LEASE).await? {
            let mut after = self.courier.deliver(&item).await;
            let name = &item.what.name;
            if let After::Again { due, why } = &mut after {
                let now = house::now();
                let wait = LONGEST.min(30 << item.attempts.clamp(0, 12));
                *due = now.saturating_add(wait).max(*due);
                if now.saturating_sub(item.queued) > PATIENCE {
                    after = After::Failed(format!("tried for a day: {why}"));
                }
            }
            match &after {
                After::Sent => {
                    tracing::info!("sent: {name}");
                    delivered.sent += 1;
                }
                After::Again { due, why } => {
                    let wait = due.saturating_sub(house::now());
                    tracing::warn!("not sent, again in {wait} s: {name}: {why}");
                    delivered.failed += 1;
                }
                After::Failed(why) => {
                    tracing::error!("not sent, and given up: {name}: {why}");
                    delivered.failed += 1;
                }
            }
            self.store.sent(item.id, &after).await?;
        }
        Ok(delivered)
    }
}
