//! Everything that an entry depends on becomes its [`Key`].
//!
//! Each part is hashed with its length, so that no two lists of parts run together. What the parts must be
//! is the business of whoever stores something.

use std::fmt::Write;

/// Name of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(super) [u8; 32]);

/// A key in the making. A clone goes on from the parts so far.
#[derive(Debug, Clone)]
pub struct Draft(blake3::Hasher);

impl Draft {
    /// Starts a key; `domain` says what the entry is, and in which form it is written.
    pub fn new(domain: &str) -> Self {
        Self(blake3::Hasher::new()).with(domain)
    }

    /// Adds a part.
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        self.add(part);
        self
    }

    /// Adds a part.
    pub fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The key of all parts.
    pub fn key(&self) -> Key {
        Key(*self.0.finalize().as_bytes())
    }
}

impl Key {
    /// Names of its directory and its file.
    pub(super) fn names(&self) -> (String, String) {
        let hex = |bytes: &[u8]| {
            bytes.iter().fold(String::new(), |mut text, byte| {
                // Writing to a string does not fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
        };
        let (shard, rest) = self.0.split_at(1);
        (hex(shard), hex(rest))
    }
}

/// Whether a file could be an entry, by the names of its directory and itself.
pub(super) fn is_name(name: &str, digits: usize) -> bool {
    name.len() == digits
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let key = |parts: &[&str]| {
            let draft = Draft::new("test");
            parts
                .iter()
                .fold(draft, |draft, part| draft.with(part))
                .key()
        };
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["ab"]), key(&["ab", ""]));
        assert_ne!(Draft::new("a").with("b").key(), Draft::new("ab").key());
    }

    #[test]
    fn only_names_of_keys_are_names() {
        let (shard, name) = Draft::new("test").key().names();
        assert!(is_name(&shard, 2) && is_name(&name, 62), "{shard} {name}");
        for other in ["", "0", "000", "0A", "..", "a/"] {
            assert!(!is_name(other, 2), "{other}");
        }
    }
}
