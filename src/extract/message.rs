//! The compiler's messages in one line each, without the places that only exist in a worker; and the
//! strings of a header as text.

use super::location::Diagnostic;
use super::stubs::{INCLUDE_ROOT, STUB_ROOT};
use super::typeref;
use crate::model::Build;

/// Clean, or the first of the errors.
pub fn build(errors: &[Diagnostic]) -> Build {
    errors
        .first()
        .map_or(Build::Clean, |error| Build::Fails(describe(error)))
}

/// Refuses what the compiler did not read to its end: it drops all that stands behind brackets which are
/// nested too deep, and neither side would show it.
pub fn not_cut_off(errors: &[Diagnostic]) -> Result<(), String> {
    let cut = |error: &&Diagnostic| error.text.contains("bracket nesting level exceeded");
    match errors.iter().find(cut) {
        Some(error) => Err(describe(error)),
        None => Ok(()),
    }
}

/// An error in one line, without paths of this machine.
pub fn describe(error: &Diagnostic) -> String {
    let file = &*error.location.file;
    let text = tidy(&error.text);
    match file
        .strip_prefix(INCLUDE_ROOT)
        .or_else(|| file.strip_prefix(STUB_ROOT))
    {
        Some(header) => format!("{header}:{}: {text}", error.location.line),
        None => text,
    }
}

/// A compiler's message in one line, without the places of this process's own making.
pub fn tidy(text: &str) -> String {
    let masked = typeref::mask(text);
    let folded: Vec<&str> = masked.split_whitespace().collect();
    folded
        .join(" ")
        .replace(INCLUDE_ROOT, "")
        .replace(STUB_ROOT, "")
}

/// A string of a header, each byte that is no UTF-8 as `\x80`.
pub fn readable(string: &[u8]) -> String {
    let mut text = String::with_capacity(string.len());
    for chunk in string.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_are_no_utf8_stay_different() {
        assert_eq!(readable(b"\x80"), "\\x80");
        assert_eq!(readable(b"a\xffb\x81\x82"), "a\\xffb\\x81\\x82");
        assert_eq!(readable("a\u{e4}b".as_bytes()), "a\u{e4}b");
    }
}
