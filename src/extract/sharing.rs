//! The bytes of a header become what it declares, once: that is the same on most targets.
//!
//! Equal bytes are equal declarations, so they are neither decoded nor held twice. Knows nothing of where
//! they come from: a worker ([`super::wire`]) or the cache.

use crate::model::{Header, HeaderSurface};
use foldhash::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What was decoded so far, by the hash of its bytes.
#[derive(Default)]
pub struct Sharing(Mutex<HashMap<blake3::Hash, Arc<HeaderSurface>>>);

impl Sharing {
    /// The header that some bytes tell of.
    ///
    /// # Errors
    /// Where they tell of none.
    pub fn header(&self, bytes: &[u8]) -> Result<Header, postcard::Error> {
        let (closure, declared) = postcard::take_from_bytes(bytes)?;
        let hash = blake3::hash(declared);
        let known = self.seen().get(&hash).map(Arc::clone);
        let declares = match known {
            Some(known) => known,
            None => {
                let decoded = Arc::new(postcard::from_bytes(declared)?);
                Arc::clone(self.seen().entry(hash).or_insert(decoded))
            }
        };
        Ok(Header { closure, declares })
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<blake3::Hash, Arc<HeaderSurface>>> {
        // A thread that panicked left the table whole: each change to it is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
