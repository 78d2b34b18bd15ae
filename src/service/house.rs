//! What all parts of the service share: settings, the store, the engine, and the clock.

use super::config::{ListSettings, RepositorySettings, Settings};
use super::courier::Courier;
use super::pulls::Github;
use crate::judge::Catalogue;
use crate::pipeline::Engine;
use crate::reply::{Own, Voice};
use crate::store::Store;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Notify;

/// What all parts of the service share.
pub struct House {
    /// The configuration.
    pub settings: Settings,
    /// What outlives the process.
    pub store: Arc<Store>,
    /// What reads headers.
    pub engine: Arc<Engine>,
    /// The rules.
    pub catalogue: Catalogue,
    /// Who delivers.
    pub courier: Courier,
    /// GitHub, where it is looked after.
    pub github: Option<Github>,
    /// Who writes, where anybody does.
    pub voice: Option<Voice>,
    /// Who we are, so that nobody answers himself.
    pub own: Own,
    /// The repositories whose branches are followed, by source.
    pub branches: BTreeMap<String, RepositorySettings>,
    /// Something arrived that is to be looked at.
    pub arrived: Arc<Notify>,
    /// Something is to be delivered.
    pub queued: Notify,
}

impl House {
    /// Where the series of some lists are examined.
    pub fn repository(&self, lists: &BTreeSet<String>) -> Option<&RepositorySettings> {
        let of = lists
            .iter()
            .filter_map(|list| self.settings.lists.get(list));
        let of: Vec<&ListSettings> = of.collect();
        let named = of.iter().find_map(|list| list.repository.as_ref());
        match named {
            Some(name) => self.settings.repositories.get(name),
            None => self.settings.repositories.values().next(),
        }
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}
