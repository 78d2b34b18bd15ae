//! A letter becomes the bytes of a mail (RFC 5322): a folded header, and the text as it is. Neither quoted-printable
//! nor base64, which spoil quoting in archives: the text is 7bit where it is ASCII, else 8bit.
//!
//! Names and subjects are encoded (RFC 2047) and lines folded by lettre; what could break a line is taken out before.

use super::letter::Letter;
use super::policy::is_plain;
use super::prose::cut;
use crate::model::Person;
use crate::report::phrases::clean;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, Mailboxes};

/// Most bytes of a line without its end (RFC 5322, section 2.1.1).
const LINE: usize = 998;
/// Most bytes of a word in a header, which no folding can break.
const WORD: usize = 900;
/// Most bytes of a name.
const NAME: usize = 200;
/// Most bytes of a Message-ID that is named.
const ID: usize = 500;

/// The mail.
pub(super) fn bytes(letter: &Letter, sent: i64) -> Vec<u8> {
    let mut bytes = header(letter, sent).into_bytes();
    bytes.extend_from_slice(b"\r\n");
    for line in letter.body.lines() {
        let line = &line[..line.floor_char_boundary(LINE)];
        bytes.extend(line.bytes().filter(|byte| *byte != b'\r'));
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn header(letter: &Letter, sent: i64) -> String {
    let mut headers = Headers::new();
    headers.set(header::From::from(mailboxes([&letter.from])));
    if let Some(person) = &letter.reply_to {
        headers.set(header::ReplyTo::from(mailboxes([person])));
    }
    headers.set(header::To::from(mailboxes(&letter.to)));
    if !letter.cc.is_empty() {
        headers.set(header::Cc::from(mailboxes(&letter.cc)));
    }
    let mut add = |name: &str, value: &str| {
        // A name of ours, and none of those is refused.
        if let Ok(name) = HeaderName::new_from_ascii(name.to_owned()) {
            headers.insert_raw(HeaderValue::new(name, words(value)));
        }
    };
    add("Subject", &letter.subject);
    add("Date", &date(sent));
    add("Message-ID", &format!("<{}>", letter.message_id));
    add("In-Reply-To", &format!("<{}>", letter.in_reply_to));
    add("References", &references(&letter.references));
    for (name, value) in &letter.headers {
        add(name, value);
    }
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    let ascii = letter.body.is_ascii();
    add(
        "Content-Transfer-Encoding",
        if ascii { "7bit" } else { "8bit" },
    );
    headers.to_string()
}

/// People as a header has them. An address that could be anything else than itself is left out.
fn mailboxes<'p>(people: impl IntoIterator<Item = &'p Person>) -> Mailboxes {
    let plain = people.into_iter().filter(|person| is_plain(&person.email));
    let each = plain.filter_map(|person| {
        let name = cut(clean(&person.name).trim(), NAME);
        let name = Some(name).filter(|name| !name.is_empty());
        Some(Mailbox::new(name, person.email.parse().ok()?))
    });
    each.collect()
}

/// A value without anything that could end its line, or that a reader would decode once more.
fn words(value: &str) -> String {
    let text = clean(value).replace("=?", "= ?");
    let each = text.split_whitespace().map(|word| cut(word, WORD));
    each.collect::<Vec<_>>().join(" ")
}

/// A date as mails have it; that of 1970 where it is none that mails can have.
fn date(sent: i64) -> String {
    let moment = Timestamp::from_second(sent).unwrap_or_default();
    let text = DateTimePrinter::new().timestamp_to_string(&moment);
    let text = text.unwrap_or_else(|_| "Thu, 1 Jan 1970 00:00:00 +0000".to_owned());
    // `-0000` says that the zone of the writer is not known (RFC 5322, section 3.3).
    text.replace("-0000", "+0000")
}

/// Whether an id can be named in a header.
pub(super) fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"<>".contains(&byte);
    id.contains('@') && id.len() <= ID && id.bytes().all(plain)
}

/// The ids of a thread; of a long one, the first and the last ten, as some programs bear no longer line unfolded.
fn references(ids: &[String]) -> String {
    let each = ids
        .iter()
        .filter(|id| is_id(id))
        .map(|id| format!("<{id}>"));
    let mut each: Vec<String> = each.collect();
    let length =
        |each: &[String]| each.iter().map(|id| id.len() + 1).sum::<usize>() + "References:".len();
    if length(&each) > LINE && each.len() > 11 {
        each.drain(1..each.len() - 10);
    }
    // Long ids: the ones next to the answer are worth most.
    while length(&each) > LINE && each.len() > 1 {
        each.remove(1.min(each.len() - 2));
    }
    each.join(" ")
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
