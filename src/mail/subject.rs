//! A subject becomes what it says of a series: `[PATCH net-next v2 1/3] net: do it`.
//!
//! The grammar is b4's: brackets in brackets are none, groups before the title are read word by word, and
//! what is not known is a tag. Next: `series`.

use super::value::spaced;

/// What a subject says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// All of it, with one space where there were several.
    pub full: String,
    /// What follows the brackets; of an answer, all of it.
    pub title: String,
    /// Whether it is an answer.
    pub reply: bool,
    /// The revision, where one is said.
    pub revision: Option<u32>,
    /// The position and the number of patches, where they are said. Position 0 is a cover.
    pub counter: Option<(u32, u32)>,
    /// Whether it says that it is a patch.
    pub patch: bool,
    /// Whether it asks for comments.
    pub rfc: bool,
    /// Whether it was sent before.
    pub resend: bool,
    /// The other words in the brackets, such as the name of a tree.
    pub tags: Vec<String>,
}

impl Subject {
    /// Reads a subject that is decoded and on one line.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let full = spaced(text);
        let mut subject = Self {
            reply: is_reply(&full),
            title: full.clone(),
            full,
            ..Self::default()
        };
        if subject.reply {
            return subject;
        }
        while let Some((group, rest)) = first_group(&subject.title) {
            subject.title = rest;
            for word in group.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
                subject.word(word);
            }
        }
        subject
    }

    /// Reads one word in brackets.
    fn word(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        if let Some((first, second)) = lower
            .split_once("patchv")
            .filter(|(_, rest)| is_number(rest))
        {
            self.patch = true;
            self.revision = second.parse().ok();
            if !first.is_empty() {
                self.tags.push(first.to_owned());
            }
        } else if let Some(counter) = counter(&lower) {
            self.counter = Some(counter);
        } else if let Some(number) = lower.strip_prefix('v').filter(|rest| is_number(rest)) {
            self.revision = number.parse().ok();
        } else if lower.starts_with("rfc") {
            self.rfc = true;
        } else if lower.starts_with("resend") {
            self.resend = true;
        } else if lower.starts_with("patch") {
            self.patch = true;
        } else {
            self.tags.push(word.to_owned());
        }
    }

    /// The revision; the first where none is said.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision.unwrap_or(1)
    }

    /// The position; 1 where none is said.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.counter.map_or(1, |(position, _)| position)
    }

    /// The number of patches. `6/5` has grown to 6.
    #[must_use]
    pub fn expected(&self) -> u32 {
        self.counter.map_or(1, |(position, of)| of.max(position))
    }
}

/// `Re:`, `Aw:` or `Fwd:`, or any such word of two or three letters before a `[`.
fn is_reply(subject: &str) -> bool {
    let Some((word, rest)) = subject.split_once(':') else {
        return false;
    };
    let known = ["re", "aw", "fwd"];
    let word_like = word.chars().all(|c| c.is_alphanumeric() || c == '_');
    known.iter().any(|name| word.eq_ignore_ascii_case(name))
        || word_like && matches!(word.chars().count(), 2 | 3) && rest.trim_start().starts_with('[')
}

/// What stands in the brackets that a title begins with, brackets inside left out, and the rest.
fn first_group(title: &str) -> Option<(String, String)> {
    let mut depth = 0_usize;
    for (at, c) in title.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            // The first character is a bracket, or this is where it ends.
            let group = title[..at].strip_prefix('[')?;
            let group = group.replace(['[', ']'], "");
            return Some((group, title[at + 1..].trim_start().to_owned()));
        }
    }
    None
}

fn counter(word: &str) -> Option<(u32, u32)> {
    let (position, of) = word.split_once('/')?;
    let short = |number: &str| is_number(number) && number.len() <= 4;
    (short(position) && short(of)).then_some(())?;
    Some((position.parse().ok()?, of.parse().ok()?))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[path = "subject_tests.rs"]
mod tests;
