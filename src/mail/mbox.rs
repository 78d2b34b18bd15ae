//! The bytes of a file become mails: an mbox in any of its forms, or one mail alone.
//!
//! A mail of an mbox begins with a line `From <somebody> <date>`. How a line of text that looks like one
//! is kept apart differs: mboxrd puts a `>` before every line of `>*From `, mboxo before `From ` only, and
//! git's own files leave it as it is. Which form a mail has is told by the line it begins with. Next:
//! `message` reads each mail.

use super::header::is_field;
use std::borrow::Cow;

/// How lines that begin with `From ` are written in the text of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// git format-patch and b4 am: as they are.
    None,
    /// One `>` before `From `, and nothing else is touched.
    Mboxo,
    /// One more `>` before any number of them and `From `.
    Mboxrd,
}

/// The mails of a file, in its order, without the lines that begin them. What is no mbox is one mail.
pub fn split(bytes: &[u8]) -> Vec<Cow<'_, [u8]>> {
    if !bytes.starts_with(b"From ") {
        return vec![Cow::Borrowed(bytes)];
    }
    let mut mails = Vec::new();
    let mut begins = starts(bytes);
    begins.push(bytes.len());
    for pair in begins.windows(2) {
        let mail = &bytes[pair[0]..pair[1]];
        let first = mail.split_inclusive(|byte| *byte == b'\n').next();
        let first = first.unwrap_or_default();
        let text = without_last_line(&mail[first.len()..]);
        mails.push(unquoted(text, quoting(first)));
    }
    mails
}

/// Where mails begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    let mut after_empty = true;
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        if at == 0 || line.starts_with(b"From ") {
            let next = lines.peek().copied().unwrap_or_default();
            let begins = after_empty && is_dated(line) && begins_header(next);
            if at == 0 || begins || is_of_git(line) {
                starts.push(at);
            }
        }
        after_empty = matches!(line, b"\n" | b"\r\n");
        at += line.len();
    }
    starts
}

/// Whether a line has a time of day and a year, as every line that begins a mail has.
fn is_dated(line: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let mut words = line.split(u8::is_ascii_whitespace);
    let time = |word: &[u8]| word.len() >= 5 && digits(&word[..2]) && word[2] == b':';
    words.any(time) && words.any(|word| word.len() == 4 && digits(word))
}

/// Whether a mail can go on like this after its first line.
fn begins_header(line: &[u8]) -> bool {
    is_field(line) || line.starts_with(b">From ")
}

/// The line that git format-patch writes: it can't be a part of a diff, and may follow one directly.
pub(super) fn is_of_git(line: &[u8]) -> bool {
    let rest = line.strip_prefix(b"From ").unwrap_or_default();
    let hex = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let hex = hex.count();
    let rest = rest[hex..].trim_ascii_end();
    matches!(hex, 40 | 64) && rest == b" Mon Sep 17 00:00:00 2001"
}

fn quoting(first: &[u8]) -> Quoting {
    if first.starts_with(b"From mboxrd@z ") {
        Quoting::Mboxrd
    } else if is_of_git(first) || first.starts_with(b"From git@z ") {
        Quoting::None
    } else {
        Quoting::Mboxo
    }
}

/// The empty line that an mbox has after each mail is not the mail's.
fn without_last_line(text: &[u8]) -> &[u8] {
    let end = text.strip_suffix(b"\n").unwrap_or(text);
    let end = end.strip_suffix(b"\r").unwrap_or(end);
    match end.ends_with(b"\n") {
        true => end,
        false => text,
    }
}

fn unquoted(text: &[u8], quoting: Quoting) -> Cow<'_, [u8]> {
    let quoted = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        let counts = match quoting {
            Quoting::None => false,
            Quoting::Mboxo => marks == 1,
            Quoting::Mboxrd => marks > 0,
        };
        counts && line[marks..].starts_with(b"From ")
    };
    let lines = || text.split_inclusive(|byte| *byte == b'\n');
    if !lines().any(quoted) {
        return Cow::Borrowed(text);
    }
    let bare = |line| if quoted(line) { &line[1..] } else { line };
    Cow::Owned(lines().map(bare).collect::<Vec<_>>().concat())
}

#[cfg(test)]
#[path = "mbox_tests.rs"]
mod tests;
