//! The text of MAINTAINERS becomes its sections, with a warning for each line that can't be used.
//!
//! The grammar is that of scripts/get_maintainer.pl: a line `X: value` is a field, any other line that is
//! neither blank nor a comment is a title and begins a section. Reads no file. Next: `matching`.

use super::pattern::FilePattern;
use super::perl;
use super::person::{Person, people};
use regex::Regex;

/// Longest line that is read, in bytes. The longest of v6.12 has 173.
const LINE_LIMIT: usize = 4096;
/// Most expressions that are compiled; v6.12 has some 200.
const EXPRESSION_LIMIT: usize = 1024;
/// Most bytes of the file that are read; v6.12 has less than a tenth of it.
const SIZE_LIMIT: usize = 8 << 20;
/// Most warnings that are kept.
const WARNING_LIMIT: usize = 100;

/// A line of a file that could not be used, and why; the rest of the file still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// From 1.
    pub line: usize,
    /// What is wrong, in few words.
    pub problem: String,
}

/// What S: says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Somebody is paid to look after it.
    Supported,
    /// Somebody looks after it.
    Maintained,
    /// Somebody takes a patch now and then.
    OddFixes,
    /// Nobody looks after it.
    Orphan,
    /// Old code that something better replaces.
    Obsolete,
    /// Anything else, as that of THE REST.
    Other,
}

impl Status {
    /// Reads a value: its beginning counts, whatever the case, and remarks behind it don't.
    fn parse(value: &str) -> Self {
        let value = value.to_ascii_lowercase();
        let known = [
            ("supported", Self::Supported),
            ("maintained", Self::Maintained),
            ("odd fixes", Self::OddFixes),
            ("orphan", Self::Orphan),
            ("obsolete", Self::Obsolete),
        ];
        let found = known.iter().find(|(word, _)| value.starts_with(word));
        found.map_or(Self::Other, |(_, status)| *status)
    }
}

/// A mailing list of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its address.
    pub address: String,
    /// What stands behind it, such as `(moderated for non-subscribers)`.
    pub remark: String,
}

/// A part of the kernel and the people who look after it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its title, such as `NETWORKING [GENERAL]`.
    pub title: String,
    /// Line of the title, from 1.
    pub line: usize,
    /// M: the maintainers.
    pub maintainers: Vec<Person>,
    /// R: people who want to see changes, without a say of their own.
    pub reviewers: Vec<Person>,
    /// L: the mailing lists.
    pub lists: Vec<List>,
    /// S: the last one, as the script takes it.
    pub status: Option<Status>,
    /// The fields that lead to places, by their letter: T (tree), W (page), Q (patches), B (bugs), C (chat),
    /// P (how to submit).
    pub links: Vec<(char, String)>,
    pub(super) paths: Vec<PathRule>,
    pub(super) excluded: Vec<FilePattern>,
    pub(super) keywords: Vec<Keyword>,
}

/// F: or N:, in the order of the file, of which the last one that matches decides the depth.
#[derive(Debug, Clone)]
pub(super) enum PathRule {
    File(FilePattern),
    Name(Regex),
}

/// K: an expression on the text of a patch.
#[derive(Debug, Clone)]
pub(super) struct Keyword {
    pub text: String,
    /// Before the first file of a patch: any line.
    pub anywhere: Regex,
    /// From there on. The script puts `^[+-].*` before the text of the expression, so that of `a|b` only
    /// `a` is held to the changed lines; so do we.
    pub changed: Regex,
}

/// What MAINTAINERS says.
#[derive(Debug, Default)]
pub struct Maintainers {
    /// The sections, in the order of the file.
    pub sections: Vec<Section>,
    /// What could not be used, by line.
    pub warnings: Vec<Warning>,
    pub(super) index: super::matching::Index,
}

impl Maintainers {
    /// Reads the text. `is_directory` tells whether a path of the same tree is a directory.
    pub fn parse(text: &[u8], is_directory: &dyn Fn(&str) -> bool) -> Self {
        let mut reader = Reader {
            is_directory,
            found: Self::default(),
            section: None,
            expressions: 0,
        };
        let (text, cut) = whole_lines(text, SIZE_LIMIT);
        if cut {
            reader.warn(
                1,
                format!("the file has more than {SIZE_LIMIT} bytes; the rest is left out"),
            );
        }
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            reader.line(at + 1, line);
        }
        reader.end_section();
        let mut found = reader.found;
        found.index = super::matching::Index::new(&found.sections);
        found
    }
}

/// As many lines as fit into so many bytes, and whether that leaves something out. A part of a line is none:
/// the beginning of a pattern would own more than the whole.
pub(super) fn whole_lines(text: &[u8], bytes: usize) -> (&[u8], bool) {
    if text.len() <= bytes {
        return (text, false);
    }
    let end = text[..bytes].iter().rposition(|byte| *byte == b'\n');
    (&text[..end.unwrap_or(0)], true)
}

struct Reader<'a> {
    is_directory: &'a dyn Fn(&str) -> bool,
    found: Maintainers,
    section: Option<Section>,
    expressions: usize,
}

impl Reader<'_> {
    fn warn(&mut self, line: usize, problem: impl Into<String>) {
        if self.found.warnings.len() < WARNING_LIMIT {
            let problem = problem.into();
            self.found.warnings.push(Warning { line, problem });
        }
    }

    fn line(&mut self, number: usize, bytes: &[u8]) {
        if bytes.len() > LINE_LIMIT {
            return self.warn(number, format!("longer than {LINE_LIMIT} bytes"));
        }
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.warn(number, "not UTF-8: the odd bytes are replaced");
        }
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return;
        }
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter @ 'A'..='Z'), Some(':')) => {
                self.field(number, letter, letters.as_str().trim_start());
            }
            _ => self.title(number, text.trim_end()),
        }
    }

    fn title(&mut self, number: usize, title: &str) {
        self.end_section();
        let mut letters = title.trim_start().chars();
        let like_field = matches!(
            (letters.next(), letters.next(), letters.next()),
            (Some('A'..='Z' | 'a'..='z'), Some(':'), Some(' ' | '\t'))
        );
        // The introduction explains the fields, each on such a line.
        if like_field && !self.found.sections.is_empty() {
            self.warn(number, "a field begins with a capital letter at the start of its line; this one is read as a title and ends its section");
        }
        self.section = Some(Section {
            title: title.to_owned(),
            line: number,
            maintainers: Vec::new(),
            reviewers: Vec::new(),
            lists: Vec::new(),
            status: None,
            links: Vec::new(),
            paths: Vec::new(),
            excluded: Vec::new(),
            keywords: Vec::new(),
        });
    }

    /// Keeps a section that has any field; text without fields is the introduction.
    fn end_section(&mut self) {
        let Some(section) = self.section.take() else {
            return;
        };
        let people = section.maintainers.len() + section.reviewers.len() + section.lists.len();
        let files = section.paths.len() + section.excluded.len() + section.keywords.len();
        if people + files + section.links.len() > 0 || section.status.is_some() {
            self.found.sections.push(section);
        }
    }

    fn field(&mut self, number: usize, letter: char, value: &str) {
        if self.section.is_none() {
            return self.warn(number, "a field before the first title");
        }
        let done = match letter {
            _ if value.is_empty() => Err("a field without a value".to_owned()),
            'F' | 'X' | 'N' | 'K' => self.pattern(letter, value),
            letter => self.entry(letter, value),
        };
        if let Err(problem) = done {
            self.warn(number, format!("{letter}: {problem}"));
        }
    }

    fn pattern(&mut self, letter: char, value: &str) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_-.,*?".contains(c);
        if matches!(letter, 'N' | 'K') || !value.chars().all(plain) {
            self.expressions += 1;
            if self.expressions > EXPRESSION_LIMIT {
                return Err(format!("more than {EXPRESSION_LIMIT} expressions"));
            }
        }
        let Some(section) = &mut self.section else {
            return Ok(());
        };
        match letter {
            'F' => {
                let pattern = FilePattern::parse(value, self.is_directory)?;
                section.paths.push(PathRule::File(pattern));
            }
            'X' => {
                let pattern = FilePattern::parse(value, self.is_directory)?;
                section.excluded.push(pattern);
            }
            'N' => section
                .paths
                .push(PathRule::Name(perl::compile(value, true)?)),
            _ => section.keywords.push(Keyword {
                text: value.to_owned(),
                anywhere: perl::compile(value, true)?,
                changed: perl::compile(&format!("^[+-].*{value}"), true)?,
            }),
        }
        Ok(())
    }

    fn entry(&mut self, letter: char, value: &str) -> Result<(), String> {
        let Some(section) = &mut self.section else {
            return Ok(());
        };
        match letter {
            'M' | 'R' => {
                let found = people(value);
                if found.is_empty() {
                    return Err("no mail address".to_owned());
                }
                match letter {
                    'M' => section.maintainers.extend(found),
                    _ => section.reviewers.extend(found),
                }
            }
            'L' => section.lists.push(list(value)),
            'S' => section.status = Some(Status::parse(value)),
            'T' | 'W' | 'Q' | 'B' | 'C' | 'P' => section.links.push((letter, value.to_owned())),
            _ => return Err("there is no such field".to_owned()),
        }
        Ok(())
    }
}

/// A list, mostly without a name. One with a name the script does not understand.
fn list(value: &str) -> List {
    if let Some(Person { email, .. }) = Person::parse(value).filter(|list| !list.name.is_empty()) {
        let remark = value.rsplit_once('>').map_or("", |(_, remark)| remark);
        return List {
            address: email,
            remark: remark.trim().to_owned(),
        };
    }
    let (address, remark) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    List {
        address: address.to_owned(),
        remark: remark.trim().to_owned(),
    }
}

#[cfg(test)]
#[path = "maintainers_tests.rs"]
mod tests;
