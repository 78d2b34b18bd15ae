//! The text of a diff becomes file patches with their hunks, as `git apply` reads it.
//!
//! Text only: whether a name is allowed, and what the files have, is for others. `header` reads what
//! stands above the hunks. What is no diff (notes, diffstat, a signature) is passed over. Next: `files`.

use super::header;
use super::refusal::{Name, Refusal};

/// The largest diff that is read, in bytes.
pub(super) const DIFF_LIMIT: usize = 2 << 20;

/// What a diff does to one file. Modes are as in git's trees; 0 where the diff does not say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FilePatch<'d> {
    /// Line of its header, from 1.
    pub line: usize,
    pub old: Option<Name>,
    pub new: Option<Name>,
    pub old_mode: u32,
    pub new_mode: u32,
    /// `None` where the diff leaves that open.
    pub is_new: Option<bool>,
    pub is_delete: Option<bool>,
    pub is_rename: bool,
    pub is_copy: bool,
    /// Id of the blob before, in hexadecimal digits, as far as the diff has it.
    pub old_id: &'d [u8],
    pub hunks: Vec<Hunk<'d>>,
    /// Whether it has no text that could be applied.
    pub is_binary: bool,
}

/// Some lines, and what becomes of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hunk<'d> {
    /// Line of its `@@`, from 1.
    pub line: usize,
    /// Line of the file that it begins at before, and how many lines it has there.
    pub old: (u64, u64),
    /// The same after.
    pub new: (u64, u64),
    /// Whether lines of context stand behind the last change.
    pub trailing: bool,
    pub lines: Vec<Line<'d>>,
}

/// A line of a hunk, with its line break where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'d> {
    Kept(&'d [u8]),
    Gone(&'d [u8]),
    Come(&'d [u8]),
}

impl FilePatch<'_> {
    /// The name by which people know it.
    pub fn name(&self) -> &[u8] {
        self.new
            .as_deref()
            .or(self.old.as_deref())
            .unwrap_or_default()
    }

    /// Whether it does something although it has no hunk.
    fn changes_metadata(&self) -> bool {
        let modes = self.old_mode != 0 && self.new_mode != 0 && self.old_mode != self.new_mode;
        let is = |flag: Option<bool>| flag == Some(true);
        self.is_rename || self.is_copy || is(self.is_new) || is(self.is_delete) || modes
    }
}

/// The text without the CR that mail servers put before each LF, as `git am --quoted-cr=strip` has it.
pub(super) fn without_cr(diff: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(diff.len());
    for line in diff.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => text.extend_from_slice(&[line, b"\n"].concat()),
            None => text.extend_from_slice(line),
        }
    }
    text
}

/// Reads a diff, which has at least one file in it.
pub(super) fn parse(diff: &[u8]) -> Result<Vec<FilePatch<'_>>, Refusal> {
    if diff.len() > DIFF_LIMIT {
        return Err(Refusal::TooLarge {
            what: format!("the diff has {} bytes", diff.len()),
            limit: format!("{DIFF_LIMIT} bytes are read"),
        });
    }
    let mut text = Text::new(diff);
    let mut patches = Vec::new();
    while let Some(patch) = next(&mut text)? {
        patches.push(patch);
    }
    match patches.is_empty() {
        true => Err(Refusal::Malformed {
            line: 1,
            what: "there is no diff in it",
        }),
        false => Ok(patches),
    }
}

/// The lines of a diff, and how far they were read.
pub(super) struct Text<'d> {
    lines: Vec<&'d [u8]>,
    at: usize,
}

impl<'d> Text<'d> {
    fn new(diff: &'d [u8]) -> Self {
        let lines = diff.split_inclusive(|byte| *byte == b'\n').collect();
        Self { lines, at: 0 }
    }

    /// Number of the next line, from 1.
    pub fn number(&self) -> usize {
        self.at + 1
    }

    /// The next line with its line break; nothing behind the last one.
    pub fn peek(&self) -> Option<&'d [u8]> {
        self.ahead(0)
    }

    pub fn ahead(&self, lines: usize) -> Option<&'d [u8]> {
        self.lines.get(self.at + lines).copied()
    }

    pub fn skip(&mut self, lines: usize) {
        self.at += lines;
    }

    fn fault(&self, what: &'static str) -> Refusal {
        let line = self.number();
        Refusal::Malformed { line, what }
    }
}

fn next<'d>(text: &mut Text<'d>) -> Result<Option<FilePatch<'d>>, Refusal> {
    let Some(mut patch) = header::find(text)? else {
        return Ok(None);
    };
    hunks(text, &mut patch)?;
    if patch.hunks.is_empty() {
        patch.is_binary = skip_binary(text)?;
        if !patch.is_binary && !patch.changes_metadata() {
            return Err(Refusal::Malformed {
                line: patch.line,
                what: "a header without any change below it",
            });
        }
    }
    Ok(Some(patch))
}

fn hunks<'d>(text: &mut Text<'d>, patch: &mut FilePatch<'d>) -> Result<(), Refusal> {
    while text.peek().is_some_and(|line| line.starts_with(b"@@ -")) {
        patch.hunks.push(hunk(text)?);
    }
    let (mut before, mut after) = (0, 0);
    for hunk in &patch.hunks {
        before += hunk.old.1;
        after += hunk.new.1;
    }
    // A diff that is not git's may leave open what it is; lines on a side tell that the side has the file.
    let several = patch.hunks.len() > 1;
    if patch.is_new.is_none() && (before > 0 || several) {
        patch.is_new = Some(false);
    }
    if patch.is_delete.is_none() && (after > 0 || several) {
        patch.is_delete = Some(false);
    }
    let line = patch.line;
    let fault = |what| Err(Refusal::Malformed { line, what });
    match (patch.is_new, patch.is_delete) {
        (Some(true), _) if before > 0 => fault("a new file that depends on old lines"),
        (_, Some(true)) if after > 0 => fault("a deleted file that still has lines"),
        _ => Ok(()),
    }
}

fn hunk<'d>(text: &mut Text<'d>) -> Result<Hunk<'d>, Refusal> {
    let head = text.peek().unwrap_or_default();
    let Some((old, new)) = ranges(head) else {
        return Err(text.fault("a hunk without line numbers"));
    };
    let mut hunk = Hunk {
        line: text.number(),
        old,
        new,
        ..Hunk::default()
    };
    text.skip(1);
    let (mut before, mut after) = (old.1, new.1);
    let mut changed = false;
    while before > 0 || after > 0 {
        let line = text.peek().filter(|line| line.ends_with(b"\n"));
        let Some(line) = line else {
            return Err(text.fault("a hunk ends before it has all its lines"));
        };
        let kind = line.first().copied().unwrap_or_default();
        let (gone, come) = match kind {
            b' ' | b'\n' => (1, 1),
            b'-' => (1, 0),
            b'+' => (0, 1),
            b'\\' if is_incomplete(line) => (0, 0),
            _ => return Err(text.fault("a line that no hunk can have")),
        };
        let (Some(left), Some(right)) = (before.checked_sub(gone), after.checked_sub(come)) else {
            return Err(text.fault("a hunk has other lines than it says"));
        };
        (before, after) = (left, right);
        changed |= gone != come;
        hunk.trailing = match kind {
            b'-' | b'+' => false,
            b'\\' => hunk.trailing,
            _ => true,
        };
        hunk.lines.extend(line_of(text, line));
        text.skip(1);
    }
    if text.peek().is_some_and(is_incomplete) {
        text.skip(1);
    }
    match changed {
        true => Ok(hunk),
        false => Err(Refusal::Malformed {
            line: hunk.line,
            what: "a hunk that changes nothing",
        }),
    }
}

/// The next line of a hunk as the file has it: `\ No newline at end of file` below it takes its line break
/// away.
fn line_of<'d>(text: &Text<'d>, line: &'d [u8]) -> Option<Line<'d>> {
    let incomplete = text.ahead(1).is_some_and(|next| next.starts_with(b"\\"));
    let (first, rest) = line.split_first()?;
    let cut = |rest: &'d [u8]| match incomplete {
        true => rest.strip_suffix(b"\n").unwrap_or(rest),
        false => rest,
    };
    match first {
        b' ' => Some(Line::Kept(cut(rest))),
        b'-' => Some(Line::Gone(cut(rest))),
        b'+' => Some(Line::Come(cut(rest))),
        // Some tools take the blank of an empty line away.
        b'\n' if !incomplete => Some(Line::Kept(line)),
        _ => None,
    }
}

/// Whether it is `\ No newline at end of file`, in whatever language.
fn is_incomplete(line: &[u8]) -> bool {
    line.len() >= 12 && line.starts_with(b"\\ ")
}

/// Reads `@@ -1,2 +3,4 @@`: start and number of lines, before and after.
pub(super) fn ranges(line: &[u8]) -> Option<((u64, u64), (u64, u64))> {
    let line = line.strip_suffix(b"\n")?.strip_prefix(b"@@ -")?;
    let (old, rest) = range(line)?;
    let (new, rest) = range(rest.strip_prefix(b" +")?)?;
    rest.starts_with(b" @@").then_some((old, new))
}

fn range(text: &[u8]) -> Option<((u64, u64), &[u8])> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => {
            let (count, rest) = number(rest)?;
            Some(((start, count), rest))
        }
        None => Some(((start, 1), rest)),
    }
}

fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let digits = std::str::from_utf8(digits).ok()?;
    // No file has more lines than that.
    let number = digits.parse::<u32>().ok()?;
    Some((number.into(), rest))
}

/// Passes over what stands for the content of a binary file; false where there is none.
fn skip_binary(text: &mut Text<'_>) -> Result<bool, Refusal> {
    let Some(line) = text.peek() else {
        return Ok(false);
    };
    if line.ends_with(b" differ\n")
        && (line.starts_with(b"Binary files ") || line.starts_with(b"Files "))
    {
        text.skip(1);
        return Ok(true);
    }
    if line != b"GIT binary patch\n" {
        return Ok(false);
    }
    text.skip(1);
    let is_part = |line: &[u8]| line.starts_with(b"literal ") || line.starts_with(b"delta ");
    if !text.peek().is_some_and(is_part) {
        return Err(text.fault("a binary patch that is none of git's"));
    }
    // There and back.
    for _ in 0..2 {
        if text.peek().is_some_and(is_part) {
            while text.peek().is_some_and(|line| line != b"\n") {
                text.skip(1);
            }
            text.skip(1);
        }
    }
    Ok(true)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
