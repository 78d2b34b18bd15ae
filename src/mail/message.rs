//! The bytes of one mail become a [`Message`].
//!
//! Who it is from is what its header says, once and clearly, or nobody: whether that is true is for those
//! to tell who took it from the network. Next: `thread`.

use super::base::Base;
use super::draft::Draft;
use super::head::{Head, Marks};
use super::header::Header;
use super::parts::{Section, sections};
use super::patch::When;
use super::refused::{MAIL_LIMIT, Refused};
use super::subject::Subject;
use super::value;
use crate::model::Person;

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its Message-ID without `<>`; empty where it has none.
    pub id: String,
    /// Its subject.
    pub subject: Subject,
    /// The one that `From:` names; `None` where it names nobody or several, or stands there twice.
    pub from: Option<Person>,
    /// Its `Date:`, where that can be read.
    pub when: Option<When>,
    /// What it answers: a Message-ID without `<>`.
    pub in_reply_to: Option<String>,
    /// The mails before it in its thread, oldest first.
    pub references: Vec<String>,
    /// The list that it came by, without `<>`.
    pub list_id: Option<String>,
    /// All that it says, in UTF-8.
    pub text: String,
    /// What an answer to it needs of its header.
    pub head: Head,
    /// What tells whether a person sent it.
    pub marks: Marks,
    /// Whether it sums changes up, as a cover does.
    pub(super) sums_up: bool,
    /// What it proposes, where it has a diff.
    pub(super) draft: Option<Draft>,
}

impl Message {
    /// Reads a mail.
    ///
    /// # Errors
    ///
    /// Where it is over a bound, and no other: what is no mail is one without a header.
    pub fn read(raw: &[u8]) -> Result<Self, Refused> {
        if raw.len() > MAIL_LIMIT {
            return Err(Refused::Mail { bytes: raw.len() });
        }
        let (header, body) = Header::read(raw.trim_ascii_start())?;
        let sections = sections(&header, body)?;
        let ids = |name| header.get(name).map(value::ids).unwrap_or_default();
        let mut people = header.get("from").map(value::people).unwrap_or_default();
        let clear = people.len() == 1 && header.count("from") == 1;
        let text: String = sections.iter().map(Section::text).collect();
        let subject = Subject::read(&value::text(header.get("subject").unwrap_or_default()));
        let from = people.pop().filter(|_| clear);
        Ok(Self {
            id: ids("message-id").into_iter().next().unwrap_or_default(),
            head: Head::of(&header, &subject, from.as_ref()),
            marks: Marks::of(&header),
            subject,
            from,
            when: header.get("date").and_then(value::when),
            in_reply_to: ids("in-reply-to").into_iter().next(),
            references: ids("references"),
            list_id: ids("list-id").into_iter().next(),
            sums_up: has_diffstat(&text),
            text,
            draft: Draft::read(&header, &sections)?,
        })
    }

    /// What b4 gives all revisions of a series, where the mail says it.
    #[must_use]
    pub fn change_id(&self) -> Option<String> {
        let mut base = Base::default();
        base.read(&self.text);
        base.change_id
    }

    /// Whether it has a diff and says that it is no answer.
    #[must_use]
    pub fn is_patch(&self) -> bool {
        self.draft.is_some() && !self.subject.reply
    }
}

/// Whether there is a line such as ` 2 files changed, 3 insertions(+)`.
fn has_diffstat(text: &str) -> bool {
    let sums_up = |line: &str| {
        let line = line.trim_start();
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let counted = rest.len() < line.len() && rest.starts_with(" file");
        counted && (rest.contains(" insertion") || rest.contains(" deletion"))
    };
    text.lines().any(sums_up)
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
