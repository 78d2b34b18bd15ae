//! Texts from outside become ones that both databases keep and index.
//!
//! PostgreSQL refuses a zero in a text, and a key of more than some 2700 bytes in an index. Whoever sends such a
//! thing must not stop the service, nor behave differently on one of the two.

/// Bytes of a name at most: what mail allows in a line, and room for what is put before it.
const KEY: usize = 1_200;

/// A text with the sign for "something else stood here" for zeros.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{1a}")
}

/// A text that may stand in an index. One that is too long keeps its beginning, and has a hash for the rest.
pub(super) fn key(text: &str) -> String {
    if text.len() <= KEY {
        return plain(text);
    }
    let hash = blake3::hash(text.as_bytes()).to_hex();
    format!("{}{hash}", start(text, KEY - hash.len()))
}

/// The part of a text that fits into some bytes, without zeros.
pub(super) fn start(text: &str, bytes: usize) -> String {
    plain(&text[..text.floor_char_boundary(bytes)])
}

/// What `LIKE` finds a text by, wherever it stands, with `\` before what means something else.
pub(super) fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in plain(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
