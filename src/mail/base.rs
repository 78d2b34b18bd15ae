//! What a cover or a first patch says of what the series builds on. Whether that is known is for those who
//! have a repository.

/// What a series says that it builds on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// The commit, 7 to 64 hex digits, of `base-commit:` or `based on`.
    pub commit: Option<String>,
    /// The patches before it, as `git patch-id --stable` names them, in their order.
    pub patches: Vec<String>,
    /// The mails of the series before it, by Message-ID.
    pub messages: Vec<String>,
    /// The series before it, by change-id and, where one is said, revision.
    pub changes: Vec<(String, Option<u32>)>,
    /// What the revisions of this series have in common.
    pub change_id: Option<String>,
}

/// Prerequisites of a kind at most; the rest is not read.
const LIMIT: usize = 500;

impl Base {
    /// Adds what a text says. What an earlier text said stays.
    pub(super) fn read(&mut self, text: &str) {
        let mut related = None;
        for line in text.lines() {
            if let Some((name, value)) = line.split_once(':') {
                self.field(&name.to_ascii_lowercase(), value.trim());
            }
            related = related.or_else(|| based_on(line));
        }
        self.commit = self.commit.take().or(related);
    }

    fn field(&mut self, name: &str, value: &str) {
        let first = value.split_whitespace().next();
        match name {
            "base-commit" if self.commit.is_none() => self.commit = hex(value, 7),
            "change-id" if self.change_id.is_none() => self.change_id = first.map(str::to_owned),
            "prerequisite-patch-id" => push(&mut self.patches, hex(value, 40)),
            "prerequisite-message-id" | "depends-on" => push(&mut self.messages, message_id(value)),
            "prerequisite-change-id" => push(&mut self.changes, first.map(change)),
            _ => {}
        }
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, new: Option<T>) {
    if list.len() < LIMIT {
        list.extend(new.filter(|new| !list.contains(new)));
    }
}

/// The first run of at least so many hex digits.
fn hex(text: &str, least: usize) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut runs = text.split(|c| !digit(c));
    let run = runs.find(|run| (least..=64).contains(&run.len()))?;
    Some(run.to_owned())
}

/// The commit of a line such as `This is based on v6.12 (<40 hex digits>)`.
fn based_on(line: &str) -> Option<String> {
    let at = line.to_ascii_lowercase().find("based on ")?;
    (!line.starts_with('>')).then(|| hex(&line[at..], 40))?
}

/// A Message-ID, in `<>`, bare, or at the end of an archive's address.
fn message_id(value: &str) -> Option<String> {
    let first = value.split_whitespace().next()?;
    let bare = first.trim_start_matches('<').trim_end_matches('>');
    let mut parts = bare.split('/').rev();
    let id = parts.find(|part| part.contains('@'))?;
    Some(id.to_owned())
}

/// `<id>:v2`, or an id alone.
fn change(text: &str) -> (String, Option<u32>) {
    let revision = |(id, version): (&str, &str)| {
        let number = version.strip_prefix('v')?.parse().ok()?;
        Some((id.to_owned(), Some(number)))
    };
    let found = text.rsplit_once(':').and_then(revision);
    found.unwrap_or_else(|| (text.to_owned(), None))
}

#[cfg(test)]
#[path = "base_tests.rs"]
mod tests;
