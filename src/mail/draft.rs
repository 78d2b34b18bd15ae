//! The text of a mail with a diff becomes what `git am` would make of it: author, date, message, diff.
//!
//! Follows `git mailinfo`: fields at the top of the text stand over those of the header, the first line
//! that begins a diff, or a `---` alone, ends the message, and everything from there on is the diff's.
//! Scissors lines mean nothing, as in git's default. Next: `series`.

use super::header::Header;
use super::mbox::is_of_git;
use super::parts::Section;
use super::patch::When;
use super::refused::{FIELD_LIMIT, Refused, check_field};
use super::value;
use crate::model::Person;

/// What a mail proposes as a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub author: Person,
    pub when: When,
    pub message: String,
    pub diff: Vec<u8>,
}

impl Draft {
    /// Takes a mail's text apart; `None` where there is no diff in it.
    ///
    /// # Errors
    ///
    /// Where a field at the top of the text is over a bound.
    pub fn read(header: &Header, sections: &[Section]) -> Result<Option<Self>, Refused> {
        let mut taken = Taken::default();
        for section in sections {
            taken.section(section);
        }
        if !holds_diff(&taken.diff) {
            return Ok(None);
        }
        for (name, value) in &taken.fields.found {
            check_field(name, value.len(), FIELD_LIMIT)?;
        }
        let at_top = |name: &str| taken.fields.get(name).map(Vec::as_slice);
        let field = |name: &str| {
            at_top(name)
                .or_else(|| header.get(name))
                .unwrap_or_default()
        };
        let title = title(&value::text(field("subject")));
        Ok(Some(Self {
            author: author(field("from")),
            when: value::when(field("date")).unwrap_or_default(),
            message: tidied(&format!("{title}\n\n{}", taken.message)),
            diff: taken.diff,
        }))
    }
}

/// What was taken from a text so far.
#[derive(Default)]
struct Taken {
    /// Fields at the top of the text.
    fields: Fields,
    message: String,
    diff: Vec<u8>,
    in_diff: bool,
}

impl Taken {
    fn section(&mut self, section: &Section) {
        let mut message = Vec::new();
        for line in section.bytes.split_inclusive(|byte| *byte == b'\n') {
            self.in_diff = self.in_diff || (!self.fields.go_on(line) && ends_message(line));
            if self.in_diff {
                self.diff.extend_from_slice(line);
            } else if self.fields.over {
                message.extend_from_slice(line);
            }
        }
        let text = value::decoded(section.charset.as_deref(), &message);
        // No commit of git can have it.
        self.message.push_str(&text.replace('\0', "\u{fffd}"));
    }
}

/// The fields at the top of a text.
#[derive(Default)]
struct Fields {
    found: Vec<(&'static str, Vec<u8>)>,
    /// Whether the text proper has begun.
    over: bool,
    /// Whether a line that begins with a space goes on with the last field.
    open: bool,
}

impl Fields {
    /// Whether the line still belongs to the top.
    fn go_on(&mut self, line: &[u8]) -> bool {
        if self.over {
            return false;
        }
        if matches!(line, b"" | b"\n") {
            self.over = self.open;
            return true;
        }
        if self.is_left_out(line) {
            self.open = false;
            return true;
        }
        if matches!(line[0], b' ' | b'\t') && self.open {
            if let Some((_, value)) = self.found.last_mut() {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            return true;
        }
        self.open = self.add(line);
        self.over = !self.open;
        self.open
    }

    /// Whether a line is the first one of a patch file, quoted, or stands for a subject.
    fn is_left_out(&mut self, line: &[u8]) -> bool {
        let rest = line.strip_prefix(b"[PATCH]").and_then(<[u8]>::first);
        let titles = rest.is_some_and(u8::is_ascii_whitespace);
        if titles {
            self.found.retain(|(name, _)| *name != "subject");
            self.found.push(("subject", line.trim_ascii().to_vec()));
        }
        titles || line.strip_prefix(b">").is_some_and(is_of_git)
    }

    fn add(&mut self, line: &[u8]) -> bool {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let is = |name: &&&str| line[..colon].eq_ignore_ascii_case(name.as_bytes());
        let Some(name) = ["from", "subject", "date"].iter().find(is) else {
            return false;
        };
        let new = self.get(name).is_none();
        if new {
            let value = line[colon + 1..].trim_ascii().to_vec();
            self.found.push((name, value));
        }
        new
    }

    fn get(&self, name: &str) -> Option<&Vec<u8>> {
        let mut found = self.found.iter();
        found
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value)
    }
}

/// Whether a line is where the diff, or what is said about it, begins.
fn ends_message(line: &[u8]) -> bool {
    if line.starts_with(b"diff -") || line.starts_with(b"Index: ") {
        return true;
    }
    let Some(rest) = line.strip_prefix(b"---") else {
        return false;
    };
    let of_file =
        rest.first() == Some(&b' ') && rest.get(1).is_some_and(|c| !c.is_ascii_whitespace());
    of_file || rest.trim_ascii().is_empty()
}

/// Whether there is a diff in a text.
pub(super) fn holds_diff(text: &[u8]) -> bool {
    let mut before: &[u8] = b"";
    for line in text.split(|byte| *byte == b'\n') {
        let begins = line.starts_with(b"diff --git ") || line.starts_with(b"GIT binary patch");
        if begins || (before.starts_with(b"--- ") && line.starts_with(b"+++ ")) {
            return true;
        }
        before = line;
    }
    false
}

/// Who a patch is from. Without an address it is nobody: it has a name, and no mail can be his.
fn author(field: &[u8]) -> Person {
    let text = value::text(field);
    // git writes names with commas at the top of texts as they are.
    let plain = text.matches('<').count() == 1;
    let plain = plain.then(|| Person::parse(&text)).flatten();
    let Some(mut author) = plain.or_else(|| value::people(field).into_iter().next()) else {
        let email = String::new();
        return Person { name: text, email };
    };
    author.name = author.name.trim_matches(is_crud).to_owned();
    // What git does not take for a name.
    let odd = author.name.len() > 60 || author.name.contains(['@', '<', '>']);
    if odd || author.name.is_empty() {
        author.name.clone_from(&author.email);
    }
    author
}

/// What git takes away at the ends of names.
fn is_crud(c: char) -> bool {
    c <= ' ' || ",:;<>\"\\'".contains(c)
}

/// A subject without `Re:` and `[...]` before it.
pub(super) fn title(subject: &str) -> String {
    let mut rest = subject;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ':']);
        let reply = rest
            .get(..3)
            .filter(|word| word.eq_ignore_ascii_case("re:"));
        let bracketed = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        rest = match (reply, bracketed) {
            (Some(_), _) => &rest[3..],
            (_, Some((_, after))) => after,
            _ => return rest.trim_end().to_owned(),
        };
    }
}

/// A message as git keeps it: no white space at the ends of lines, no empty lines at its ends and never two
/// after each other, and a line break at the end.
fn tidied(text: &str) -> String {
    let mut message = String::with_capacity(text.len());
    let mut gap = false;
    for line in text.split('\n').map(|line| line.trim_end_matches(WHITE)) {
        if line.is_empty() {
            gap = !message.is_empty();
            continue;
        }
        if gap {
            message.push('\n');
        }
        gap = false;
        message.push_str(line);
        message.push('\n');
    }
    message
}

/// What git takes for white space.
const WHITE: [char; 6] = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];
