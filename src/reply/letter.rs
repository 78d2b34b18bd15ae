//! A mail that answers a series, as data: what `layout` writes, what an outbox keeps.

use super::layout;
use crate::model::Person;
use serde::{Deserialize, Serialize};

/// A mail that answers a series. Serialises, so that it can be kept until it is delivered; the bytes are the same
/// whenever they are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who sends it.
    pub from: Person,
    /// People who read answers to it.
    pub reply_to: Option<Person>,
    /// Who sent the series.
    pub to: Vec<Person>,
    /// Who gets a copy.
    pub cc: Vec<Person>,
    /// The subject, decoded, on one line; it begins with `Re: `.
    pub subject: String,
    /// Its Message-ID without `<>`: the same for the same verdict on the same version of a series, so that what is sent
    /// twice is one mail to whoever gets it.
    pub message_id: String,
    /// The Message-ID of the mail that it answers, without `<>`.
    pub in_reply_to: String,
    /// The mails before it in its thread, without `<>`, oldest first, the one that it answers last.
    pub references: Vec<String>,
    /// Other fields of its header, in their order: ASCII without line breaks.
    pub headers: Vec<(String, String)>,
    /// The text, with LF line breaks.
    pub body: String,
}

impl Letter {
    /// The mail as it is sent, with CR LF line breaks and never longer lines than 998 bytes. `sent` is its date, in
    /// seconds since 1970.
    #[must_use]
    pub fn bytes(&self, sent: i64) -> Vec<u8> {
        layout::bytes(self, sent)
    }

    /// Everybody who gets it.
    pub fn recipients(&self) -> impl Iterator<Item = &Person> {
        self.to.iter().chain(&self.cc)
    }
}
