//! A second place for entries, which other machines use, too: what is not here is looked for there, and what is new
//! here is handed over. What comes from there is believed no more than what lies here: an entry that is not as it
//! was written, or another's, is none. How it is reached, this module does not know.

use super::entry;
use super::{Key, Store};
use std::fmt::Debug;
use std::sync::Arc;

/// A place for entries that other machines use, too. Where it fails, nothing is known there: no run waits for it long.
pub trait Shared: Debug + Send + Sync {
    /// The entry of this name, of `longest` bytes at most; `None` where there is none, or none that comes in time.
    fn get(&self, name: &str, longest: u64) -> Option<Vec<u8>>;

    /// Hands an entry over; it is there later, or never.
    fn put(&self, name: &str, entry: Vec<u8>);
}

impl Store {
    /// Looks for what is not here there, and hands over what is new.
    #[must_use]
    pub fn sharing(mut self, shared: Arc<dyn Shared>) -> Self {
        self.shared = Some(shared);
        self
    }

    /// What the others have under a key; it is kept here from now on.
    pub(super) fn fetch(&self, key: &Key) -> Option<Vec<u8>> {
        let found = self.shared.as_ref()?.get(&name(key), entry::LONGEST)?;
        let bytes = entry::decode(key, &found)?;
        self.keep(key, &found);
        Some(bytes)
    }

    /// Lets the others have an entry.
    pub(super) fn hand_over(&self, key: &Key, entry: Vec<u8>) {
        if let Some(shared) = &self.shared {
            shared.put(&name(key), entry);
        }
    }
}

fn name(key: &Key) -> String {
    let (shard, rest) = key.names();
    format!("{shard}/{rest}")
}

#[cfg(test)]
mod tests {
    use super::super::{Draft, LIMIT};
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// Others' entries.
    #[derive(Debug, Default)]
    struct Shelf(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Shared for Shelf {
        fn get(&self, name: &str, _longest: u64) -> Option<Vec<u8>> {
            self.0.lock().unwrap().get(name).cloned()
        }

        fn put(&self, name: &str, entry: Vec<u8>) {
            self.0.lock().unwrap().insert(name.to_owned(), entry);
        }
    }

    /// A cache in a directory of its own, for its owner alone.
    fn cache(place: &tempfile::TempDir, shelf: &Arc<Shelf>) -> Store {
        let shared: Arc<dyn Shared> = Arc::clone(shelf) as Arc<dyn Shared>;
        let store = Store::open(&place.path().join("cache"), LIMIT).unwrap();
        store.sharing(shared)
    }

    #[test]
    fn what_one_found_out_another_has_and_keeps() {
        let (shelf, one, other) = (
            Arc::default(),
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
        );
        let key = Draft::new("a").key();
        cache(&one, &shelf).put(&key, b"bytes");
        let far = cache(&other, &shelf);
        assert_eq!(far.get(&key).as_deref(), Some(&b"bytes"[..]));
        assert_eq!(far.get(&Draft::new("b").key()), None);
        shelf.0.lock().unwrap().clear();
        assert_eq!(
            far.get(&key).as_deref(),
            Some(&b"bytes"[..]),
            "it lies here, too"
        );
    }

    #[test]
    fn what_is_damaged_or_of_another_is_not_believed() {
        let (shelf, one) = (Arc::<Shelf>::default(), tempfile::tempdir().unwrap());
        let (key, other) = (Draft::new("a").key(), Draft::new("b").key());
        cache(&one, &shelf).put(&key, b"bytes");
        let whole = shelf.get(&name(&key), u64::MAX).unwrap();
        let mut bent = whole.clone();
        *bent.last_mut().unwrap() ^= 1;
        for (of, entry) in [
            (&key, bent),
            (&key, Vec::new()),
            (&key, vec![0; 90]),
            (&other, whole.clone()),
        ] {
            shelf.put(&name(of), entry);
            let place = tempfile::tempdir().unwrap();
            assert_eq!(cache(&place, &shelf).get(of), None);
        }
        shelf.put(&name(&key), whole);
        let place = tempfile::tempdir().unwrap();
        assert!(cache(&place, &shelf).get(&key).is_some());
    }
}
