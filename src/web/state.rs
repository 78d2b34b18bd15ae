//! What every request may need: the store, the rules, who may ask, and the bell for whoever works.

use super::bodies::Bodies;
use super::events::Watch;
use super::health::Counted;
use super::tokens::Tokens;
use crate::github::Secret;
use crate::judge::Catalogue;
use crate::service::config::Settings;
use crate::store::Store;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::{Notify, watch};
use url::Url;

/// What every request may need. A clone is the same.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

/// See [`Web`].
pub struct Shared {
    /// What outlives the process.
    pub(super) store: Arc<Store>,
    /// The rules.
    pub(super) catalogue: Catalogue,
    /// Who may ask for checks.
    pub(super) tokens: Tokens,
    /// What deliveries are signed with: any of these. None is taken where there is none.
    pub(super) secrets: Vec<Secret>,
    /// Where others reach us.
    pub(super) public: Option<Url>,
    /// The names of the repositories that ranges and patches may be of.
    pub(super) repositories: BTreeSet<String>,
    /// Rung where something is to be looked at.
    pub(super) arrived: Arc<Notify>,
    /// Says that the service ends.
    pub(super) end: watch::Receiver<bool>,
    pub(super) bodies: Bodies,
    pub(super) watch: Watch,
    pub(super) counted: Counted,
}

/// What the service gives to its web.
pub struct Parts {
    /// What outlives the process.
    pub store: Arc<Store>,
    /// The rules.
    pub catalogue: Catalogue,
    /// Rung where something is to be looked at.
    pub arrived: Arc<Notify>,
    /// Says that the service ends.
    pub end: watch::Receiver<bool>,
}

impl Web {
    /// Reads the secrets, and puts together what requests need.
    ///
    /// # Errors
    ///
    /// Where a secret is not there; the text says which, and never what it is.
    pub fn new(settings: &Settings, parts: Parts) -> Result<Self, String> {
        Ok(Self(Arc::new(Shared {
            store: parts.store,
            catalogue: parts.catalogue,
            tokens: Tokens::read(&settings.web.tokens)?,
            secrets: secrets(settings)?,
            public: settings.web.public_url.clone(),
            repositories: settings.repositories.keys().cloned().collect(),
            arrived: parts.arrived,
            end: parts.end,
            bodies: Bodies::default(),
            watch: Watch::default(),
            counted: Counted::default(),
        })))
    }

    /// The address of a page: in full where it is known how others reach us.
    pub(super) fn address(&self, path: &str) -> String {
        match &self.public {
            Some(base) => format!("{}{path}", base.as_str().trim_end_matches('/')),
            None => path.to_owned(),
        }
    }
}

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What deliveries may be signed with.
fn secrets(settings: &Settings) -> Result<Vec<Secret>, String> {
    let places = settings
        .github
        .iter()
        .flat_map(|github| &github.webhook_secrets);
    let read = places.enumerate().map(|(at, place)| {
        let secret = place.read();
        let secret = secret.map_err(|why| format!("github.webhook_secrets[{at}]: {why}"))?;
        Ok(Secret::from(secret))
    });
    read.collect()
}
