//! What all parts of the service share: settings, the store, the engine, and the clock.

use super::config::{ListSettings, MailWhen, Policy, RepositorySettings, Settings};
use super::courier::Courier;
use crate::judge::Catalogue;
use crate::pipeline::Engine;
use crate::store::Store;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Notify;

/// What all parts of the service share.
pub struct House {
    /// The configuration.
    pub settings: Settings,
    /// What outlives the process.
    pub store: Store,
    /// What reads headers.
    pub engine: Arc<Engine>,
    /// The rules.
    pub catalogue: Catalogue,
    /// Who delivers.
    pub courier: Courier,
    /// Something arrived that is to be looked at.
    pub arrived: Notify,
    /// Something is to be delivered.
    pub queued: Notify,
}

/// What the lists of a series ask for.
pub struct Wanted<'h> {
    /// Who is written to.
    pub policy: Policy,
    /// From which verdict on.
    pub when: MailWhen,
    /// Where it is examined.
    pub repository: &'h RepositorySettings,
}

impl House {
    /// What the lists that a series came by ask for. Where they differ, the one that wants least mail decides.
    pub fn wanted(&self, lists: &BTreeSet<String>) -> Option<Wanted<'_>> {
        let of = lists
            .iter()
            .filter_map(|list| self.settings.lists.get(list));
        let of: Vec<&ListSettings> = of.collect();
        let named = of.iter().find_map(|list| list.repository.as_ref());
        let repository = match named {
            Some(name) => self.settings.repositories.get(name),
            None => self.settings.repositories.values().next(),
        };
        Some(Wanted {
            policy: of.iter().map(|list| list.policy).min()?,
            when: of.iter().map(|list| list.mail).max()?,
            repository: repository?,
        })
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}
