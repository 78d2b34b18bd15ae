//! What all runs of a program share: the workers, started when they are first needed, and the cache.

use crate::cache::{Shared, Store};
use crate::extract::pool::{ExtractError, Extractor, Options};
use std::sync::{Arc, OnceLock};

/// The extraction engine, started when the first header has to be read and kept for later runs.
pub struct Engine {
    options: Options,
    extractor: OnceLock<Extractor>,
    cache: Option<Store>,
}

impl Engine {
    /// Prepares an engine; nothing is started yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            extractor: OnceLock::new(),
            cache: None,
        }
    }

    /// Lets it keep what it finds out, and believe what is kept there.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<Store>) -> Self {
        self.cache = cache;
        self
    }

    /// Shares what it keeps with other machines, where it keeps anything.
    #[must_use]
    pub fn sharing(mut self, shared: Arc<dyn Shared>) -> Self {
        self.cache = self.cache.map(|cache| cache.sharing(shared));
        self
    }

    /// What it keeps, where it keeps anything.
    pub fn cache(&self) -> Option<&Store> {
        self.cache.as_ref()
    }

    /// How often a worker gave no answer.
    pub(super) fn losses(&self) -> usize {
        self.extractor.get().map_or(0, Extractor::losses)
    }

    /// The extractor, started now if it was not yet.
    ///
    /// # Errors
    /// No usable libclang, or the worker processes can't be started.
    pub fn extractor(&self) -> Result<&Extractor, ExtractError> {
        if let Some(extractor) = self.extractor.get() {
            return Ok(extractor);
        }
        let started = Extractor::new(self.options.clone())?;
        Ok(self.extractor.get_or_init(|| started))
    }
}
