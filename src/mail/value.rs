//! The value of a header field becomes text, people, a moment, ids or a type. The grammars are those of the
//! mail-parser crate; what is not ASCII and not encoded is read as UTF-8, or else as Latin-1, as git does.

use super::patch::When;
use crate::model::Person;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, ContentType, DateTime, HeaderValue};

/// A value as a reader sees it: encoded words decoded, one space where there were several or a line break.
pub(super) fn text(value: &[u8]) -> String {
    let line = line(value);
    let found = MessageStream::new(line.as_bytes()).parse_unstructured();
    spaced(found.as_text().unwrap_or_default())
}

/// The people of `From:`. Names never decide on an address: what is in quotes or encoded stays a name.
pub(super) fn people(value: &[u8]) -> Vec<Person> {
    let line = line(value);
    let found = MessageStream::new(line.as_bytes()).parse_address();
    let found = match found {
        HeaderValue::Address(Address::List(all)) => all,
        HeaderValue::Address(Address::Group(groups)) => groups
            .into_iter()
            .flat_map(|group| group.addresses)
            .collect(),
        _ => Vec::new(),
    };
    let person = |found: &mail_parser::Addr<'_>| {
        let mut person = Person::parse(&format!("<{}>", found.address.as_deref()?))?;
        person.name = spaced(found.name.as_deref().unwrap_or_default());
        Some(person)
    };
    found.iter().filter_map(person).collect()
}

/// The addresses of `To:` and its like, as they are written. What is no address in plain letters is left out.
pub(super) fn addresses(value: &[u8]) -> Vec<String> {
    let line = line(value);
    let (mut quoted, mut escaped) = (false, false);
    // Names in quotes may have commas and brackets in them.
    let outside = |c: &char| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        quoted ^= ends;
        !quoted && !ends
    };
    let bare: String = line.chars().filter(outside).collect();
    let parts = bare.split(',');
    let people = parts.filter_map(|part| Person::parse(part.trim().trim_end_matches(';')));
    let plain = |email: &String| email.bytes().all(|byte| byte.is_ascii_graphic());
    people.map(|person| person.email).filter(plain).collect()
}

/// A moment, written as mails have it, or as git shows it (`2026-11-23 16:08:26 +0000`).
pub(super) fn when(value: &[u8]) -> Option<When> {
    let line = line(value);
    if let Some(date) = DateTime::parse_rfc822(&line).filter(DateTime::is_valid) {
        let minutes = i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute);
        return Some(When {
            seconds: date.to_timestamp(),
            offset_minutes: if date.tz_before_gmt {
                -minutes
            } else {
                minutes
            },
        });
    }
    let moment = jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", line.trim()).ok()?;
    Some(When {
        seconds: moment.to_timestamp().ok()?.as_second(),
        offset_minutes: moment.offset()?.seconds() / 60,
    })
}

/// The ids in `<...>`, without these.
pub(super) fn ids(value: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(value);
    let inside = |part: &str| part.split_once('>').map(|(id, _)| id.trim().to_owned());
    let ids = text.split('<').skip(1).filter_map(inside);
    ids.filter(|id| !id.is_empty()).collect()
}

/// Looks at a type of content and its attributes; `None` where it is none.
pub(super) fn content_type<T>(value: &[u8], look: impl Fn(&ContentType<'_>) -> T) -> Option<T> {
    let line = line(value);
    let found = MessageStream::new(line.as_bytes()).parse_content_type();
    found.as_content_type().map(look)
}

/// Text in a charset as UTF-8. Where the charset is unknown, or is said to be ASCII and isn't, it is taken
/// for UTF-8, with marks for what is none.
pub(super) fn decoded(charset: Option<&str>, bytes: &[u8]) -> String {
    let named = charset.filter(|name| !name.eq_ignore_ascii_case("us-ascii"));
    match named.and_then(|name| charset_decoder(name.as_bytes())) {
        Some(decode) => decode(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A text with one space wherever it has white space, and none at its ends.
pub(super) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value with the line break that the parsers end at.
fn line(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.replace(['\r', '\n'], " ") + "\n"
}
