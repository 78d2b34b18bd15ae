//! Of a mail's header: what an answer to it needs ([`Head`]), and what tells whether a person sent it ([`Marks`]).
//!
//! Only read here; what follows of it is for others. Next: `message`.

use super::header::Header;
use super::subject::Subject;
use super::value;
use crate::model::Person;

/// What an answer to a mail needs of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Its subject, on one line and decoded.
    pub subject: String,
    /// Who sent it; `None` where that is not clear.
    pub from: Option<Person>,
    /// The mails before it in its thread, by Message-ID without `<>`, oldest first.
    pub references: Vec<String>,
    /// The addresses of `To:` and `Cc:`, as they are written.
    pub to: Vec<String>,
    /// The list that it came by, without `<>`.
    pub list_id: Option<String>,
}

impl Head {
    pub(super) fn of(header: &Header, subject: &Subject, from: Option<&Person>) -> Self {
        let ids = |name| header.get(name).map(value::ids).unwrap_or_default();
        let references = ids("references");
        let receivers = header.all("to").chain(header.all("cc"));
        Self {
            subject: subject.full.clone(),
            from: from.cloned(),
            // What answers without a history has that of what it answers.
            references: match references.is_empty() {
                true => ids("in-reply-to").into_iter().take(1).collect(),
                false => references,
            },
            to: receivers.flat_map(value::addresses).collect(),
            list_id: ids("list-id").into_iter().next(),
        }
    }
}

/// What tells whether a person sent a mail, and whether that was us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// The addresses of `From:` and `Sender:`.
    pub senders: Vec<String>,
    /// The values of `Auto-Submitted:` (RFC 3834), lower case, without what follows a semicolon.
    pub auto_submitted: Vec<String>,
    /// The values of `Precedence:`, lower case.
    pub precedence: Vec<String>,
    /// Whether `Return-Path:` is `<>`: nobody is to be told of what becomes of it.
    pub no_return: bool,
    /// Whether it has an `X-UAPI-Check:`, which this program gives its mails.
    pub is_ours: bool,
}

impl Marks {
    pub(super) fn of(header: &Header) -> Self {
        let words = |name| {
            let values = header.all(name).map(String::from_utf8_lossy);
            let word = |value: &str| {
                value
                    .split(';')
                    .next()
                    .map(str::trim)
                    .map(str::to_lowercase)
            };
            values.filter_map(|value| word(&value)).collect()
        };
        let from = header.all("from").flat_map(value::people);
        let from = from.map(|person| person.email);
        Self {
            senders: from
                .chain(header.all("sender").flat_map(value::addresses))
                .collect(),
            auto_submitted: words("auto-submitted"),
            precedence: words("precedence"),
            no_return: header.all("return-path").any(|path| path == b"<>"),
            is_ours: header.count("x-uapi-check") > 0,
        }
    }
}
