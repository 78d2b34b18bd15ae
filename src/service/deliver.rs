//! The outbox is emptied: one entry at a time is taken, delivered, and marked.
//!
//! What another process may take over because the database could not be told in time that it is still being sent, is
//! broken off before that: both would look whether it is there, and both would make it.

use super::house::{self, House};
use super::patience::patiently;
use crate::store::{After, Item, StoreError};
use tokio::time::{Instant, sleep, timeout_at};

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
    /// Where the store fails for good.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let seconds = self.lease();
        let left = || self.store.take_over(house::now(), seconds);
        while let Some(item) = patiently(left).await? {
            let name = &item.what.name;
            let after = if self.courier.may_repeat(&item) {
                tracing::info!("tried again, for it may not have arrived: {name}");
                After::Again {
                    due: 0,
                    why: String::new(),
                }
            } else {
                tracing::error!(
                    "a process died while it was sent, so it may have arrived or not: {name}"
                );
                After::Failed("it may have been sent or not: the process died meanwhile".to_owned())
            };
            patiently(|| self.store.sent(&item, &after)).await?;
        }
        Ok(())
    }

    /// Delivers everything that is due.
    ///
    /// # Errors
    ///
    /// Where the store fails for good.
    pub async fn deliver(&self) -> Result<Delivered, StoreError> {
        self.recover().await?;
        let mut delivered = Delivered::default();
        while let Some((item, taken)) = self.next().await? {
            let Some(after) = self.send(&item, taken).await else {
                tracing::warn!("broken off, for it can't be kept: {}", item.what.name);
                continue;
            };
            let after = judged(&item, after);
            delivered.count(&item.what.name, &after);
            // It left the house: the note of it is not to be lost.
            if !patiently(|| self.store.sent(&item, &after)).await? {
                tracing::warn!("another process took it meanwhile: {}", item.what.name);
            }
        }
        Ok(delivered)
    }

    /// The next entry that is due, and a moment before it was taken.
    async fn next(&self) -> Result<Option<(Item, Instant)>, StoreError> {
        let seconds = self.lease();
        let mut before = Instant::now();
        let taken = patiently(|| {
            before = Instant::now();
            self.store.take(house::now(), seconds)
        });
        let taken = taken.await?;
        Ok(taken.map(|item| (item, before)))
    }

    /// Sends an entry that was taken after a moment, and keeps it meanwhile; `None` where it was broken off.
    async fn send(&self, item: &Item, taken: Instant) -> Option<After> {
        let lease = self.settings.lease;
        let (mut sending, mut kept) = (std::pin::pin!(self.courier.deliver(item)), taken);
        loop {
            tokio::select! {
                after = &mut sending => return Some(after),
                () = sleep(lease / 3) => {}
            }
            let now = Instant::now();
            let renewing = self.store.renew(item, house::now(), self.lease());
            match timeout_at(kept + lease, renewing).await {
                Ok(Ok(true)) => kept = now,
                Ok(Ok(false)) => return self.alone(item, sending).await,
                _ if now >= kept + lease => return self.alone(item, sending).await,
                _ => tracing::warn!("not renewed while it is sent: {}", item.what.name),
            }
        }
    }

    /// What nobody else would send a second time is sent to its end, whoever has it.
    async fn alone(&self, item: &Item, sending: impl Future<Output = After>) -> Option<After> {
        match self.courier.may_repeat(item) {
            true => None,
            false => Some(sending.await),
        }
    }
}

/// What is tried for long enough is given up; the rest waits, each time longer.
fn judged(item: &Item, mut after: After) -> After {
    if let After::Again { due, why } = &mut after {
        let now = house::now();
        let wait = LONGEST.min(30 << item.attempts.clamp(0, 12));
        *due = now.saturating_add(wait).max(*due);
        if now.saturating_sub(item.queued) > PATIENCE {
            return After::Failed(format!("tried for a day: {why}"));
        }
    }
    after
}

impl Delivered {
    fn count(&mut self, name: &str, after: &After) {
        match after {
            After::Sent => {
                tracing::info!("sent: {name}");
                self.sent += 1;
            }
            After::Again { due, why } => {
                let wait = due.saturating_sub(house::now());
                tracing::warn!("not sent, again in {wait} s: {name}: {why}");
                self.failed += 1;
            }
            After::Failed(why) => {
                tracing::error!("not sent, and given up: {name}: {why}");
                self.failed += 1;
            }
        }
    }
}
