//! Bytes become an entry and back: a head that tells what it must be, and the bytes, compressed.
//!
//! ```text
//! magic 8 | key 32 | length of the bytes 8, little-endian | BLAKE3 of all the rest 32 | zstd
//! ```
//!
//! The key stands in it, so that a file under another's name is not taken for it. Anything may stand in
//! the file: what does not match in every byte is nothing.

use super::key::Key;
use std::io;

/// Longest entry, in bytes, and longest content: a comparison of two kernels has some 25 megabytes.
pub const LONGEST: u64 = 512 << 20;

const MAGIC: &[u8; 8] = b"uapich\x00\x01";
/// The fastest of zstd's levels that are worth it.
const LEVEL: i32 = 1;

const KEY: usize = 8;
const LENGTH: usize = KEY + 32;
const HASH: usize = LENGTH + 8;
const CONTENT: usize = HASH + 32;

/// The entry of these bytes.
///
/// # Errors
/// Where they can't be compressed.
pub fn encode(key: &Key, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let length = bytes.len() as u64;
    let content = zstd::bulk::compress(bytes, LEVEL)?;
    let mut entry = Vec::with_capacity(CONTENT + content.len());
    entry.extend_from_slice(MAGIC);
    entry.extend_from_slice(&key.0);
    entry.extend_from_slice(&length.to_le_bytes());
    let hash = hash(&entry, &content);
    entry.extend_from_slice(hash.as_bytes());
    entry.extend_from_slice(&content);
    Ok(entry)
}

/// The bytes of an entry; `None` where it is not that of the key, or not as it was written.
pub fn decode(key: &Key, entry: &[u8]) -> Option<Vec<u8>> {
    let (head, content) = entry.split_at_checked(CONTENT)?;
    let (fields, told) = head.split_at(HASH);
    let whole = hash(fields, content) == *<&[u8; 32]>::try_from(told).ok()?;
    if !whole || !fields.starts_with(MAGIC) || fields[KEY..LENGTH] != key.0 {
        return None;
    }
    let length = u64::from_le_bytes(fields[LENGTH..].try_into().ok()?);
    let length = usize::try_from(length.min(LONGEST)).ok()?;
    let bytes = zstd::bulk::decompress(content, length).ok()?;
    (bytes.len() == length).then_some(bytes)
}

fn hash(fields: &[u8], content: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(fields).update(content);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::super::Draft;
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let key = Draft::new("test").key();
        for bytes in [&b""[..], b"x", &[7; 100_000]] {
            let entry = encode(&key, bytes).unwrap();
            assert_eq!(decode(&key, &entry).as_deref(), Some(bytes));
            assert_eq!(decode(&Draft::new("other").key(), &entry), None);
        }
    }

    #[test]
    fn no_bit_may_be_another() {
        let key = Draft::new("test").key();
        let entry = encode(&key, b"some bytes, some bytes").unwrap();
        for at in 0..entry.len() {
            for bit in 0..8 {
                let mut wrong = entry.clone();
                wrong[at] ^= 1 << bit;
                assert_eq!(decode(&key, &wrong), None, "byte {at}, bit {bit}");
            }
            assert_eq!(decode(&key, &entry[..at]), None, "cut off at {at}");
        }
        assert_eq!(decode(&key, &[&entry[..], b"x"].concat()), None);
    }

    #[test]
    fn a_length_that_lies_is_not_believed() {
        let key = Draft::new("test").key();
        for lie in [0, 4, 6, u64::MAX] {
            // Whoever forges an entry gets the hash right.
            let content = zstd::bulk::compress(b"bytes", LEVEL).unwrap();
            let fields = [&MAGIC[..], &key.0, &u64::to_le_bytes(lie)].concat();
            let hash = hash(&fields, &content);
            let entry = [&fields[..], hash.as_bytes(), &content].concat();
            assert_eq!(decode(&key, &entry), None, "{lie}");
        }
    }
}
