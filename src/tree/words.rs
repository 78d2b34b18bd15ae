//! The words of a header's text, those in comments too. Knows nothing of C but what a word is and which
//! line defines one. Next: [`super::affected`].

use super::lines::is_word_byte;

/// Every word that is no number, in order.
pub fn identifiers(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !is_word_byte(*byte))
        .filter(|word| word.first().is_some_and(|first| !first.is_ascii_digit()))
}

/// The name that a line defines as a macro.
pub fn defined(line: &[u8]) -> Option<&[u8]> {
    subject(line, b"define")
}

/// The name that a line makes a macro, or makes none.
pub fn settled(line: &[u8]) -> Option<&[u8]> {
    defined(line).or_else(|| subject(line, b"undef"))
}

fn subject<'l>(line: &'l [u8], directive: &[u8]) -> Option<&'l [u8]> {
    let mut words = identifiers(line.trim_ascii_start().strip_prefix(b"#")?);
    words.next().filter(|word| *word == directive)?;
    words.next()
}
