//! The lines of a file and the hunks for it become the lines after: where a hunk goes, as `git apply` finds it.
//!
//! A hunk goes to the line that it names, or to the nearest one where all of its old lines stand: below
//! first, then above, as far as the file goes. Its context must be whole; there is no fuzz, as `git apply`
//! has none without `-C`. Knows no git and no names.

use super::budget::Budget;
use super::parse::{FilePatch, Hunk, Line};
use super::refusal::{Refusal, shown};

/// The most lines of a file. The longest generated list of registers has some 250 000.
const LINES_LIMIT: usize = 4 << 20;

/// What the hunks of a file patch make of a file.
pub(super) fn apply(
    content: &[u8],
    patch: &FilePatch<'_>,
    budget: &Budget,
) -> Result<Vec<u8>, Refusal> {
    let mut image = Image::read(content, patch.name())?;
    for (at, hunk) in patch.hunks.iter().enumerate() {
        budget.work(image.lines.len() / 16)?;
        if !image.take(hunk, budget)? {
            return Err(Refusal::Hunk {
                file: shown(patch.name()),
                hunk: at + 1,
                line: hunk.line,
                wanted: hunk.old.0,
            });
        }
    }
    let size = image.lines.iter().map(|line| line.text.len()).sum();
    budget.bytes(size)?;
    let mut text = Vec::with_capacity(size);
    for line in &image.lines {
        text.extend_from_slice(line.text);
    }
    Ok(text)
}

/// A file under the hands of its hunks.
struct Image<'t> {
    lines: Vec<ImageLine<'t>>,
}

#[derive(Clone, Copy)]
struct ImageLine<'t> {
    /// With its line break.
    text: &'t [u8],
    /// Whether a hunk put or confirmed it: no other one may build on it.
    patched: bool,
}

/// What a hunk looks for.
struct Wanted<'t> {
    lines: Vec<&'t [u8]>,
    at_start: bool,
    at_end: bool,
}

impl<'t> Image<'t> {
    fn read(content: &'t [u8], name: &[u8]) -> Result<Self, Refusal> {
        let lines = content.split_inclusive(|byte| *byte == b'\n');
        let lines = lines.take(LINES_LIMIT + 1).map(|text| ImageLine {
            text,
            patched: false,
        });
        let lines: Vec<ImageLine<'t>> = lines.collect();
        match lines.len() > LINES_LIMIT {
            true => Err(Refusal::TooLarge {
                what: format!("{} has too many lines", shown(name)),
                limit: format!("{LINES_LIMIT} lines are read"),
            }),
            false => Ok(Self { lines }),
        }
    }

    /// Puts a hunk where it fits; false where it fits nowhere.
    fn take(&mut self, hunk: &Hunk<'t>, budget: &Budget) -> Result<bool, Refusal> {
        let mut old = Vec::new();
        let mut new = Vec::new();
        for line in &hunk.lines {
            if let Line::Kept(text) | Line::Gone(text) = line {
                old.push(*text);
            }
            if let Line::Kept(text) | Line::Come(text) = line {
                new.push(ImageLine {
                    text,
                    patched: true,
                });
            }
        }
        let wanted = Wanted {
            lines: old,
            // One that begins in the first line is held to the start of the file, and one without context
            // below its changes to the end.
            at_start: hunk.old.0 <= 1,
            at_end: !hunk.trailing,
        };
        let start = usize::try_from(hunk.new.0.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(at) = self.find(&wanted, start, budget)? else {
            return Ok(false);
        };
        self.lines.splice(at..at + wanted.lines.len(), new);
        Ok(true)
    }

    /// Looks for lines from `start` on, in growing distance.
    fn find(
        &self,
        wanted: &Wanted<'_>,
        start: usize,
        budget: &Budget,
    ) -> Result<Option<usize>, Refusal> {
        let Some(last) = self.lines.len().checked_sub(wanted.lines.len()) else {
            return Ok(None);
        };
        let start = match (wanted.at_start, wanted.at_end) {
            (true, true) if last > 0 => return Ok(None),
            (true, _) => return Ok(self.fits(wanted, 0, budget)?.then_some(0)),
            (_, true) => return Ok(self.fits(wanted, last, budget)?.then_some(last)),
            _ => start.min(self.lines.len()),
        };
        for distance in 0..=start.max(last.saturating_sub(start)) {
            let below = start.checked_add(distance).filter(|at| *at <= last);
            let above = start.checked_sub(distance).filter(|at| *at <= last);
            for at in [below, above].into_iter().flatten() {
                if self.fits(wanted, at, budget)? {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    fn fits(&self, wanted: &Wanted<'_>, at: usize, budget: &Budget) -> Result<bool, Refusal> {
        let count = wanted.lines.len();
        let Some(there) = self.lines.get(at..at + count) else {
            return Ok(false);
        };
        let pairs = there.iter().zip(&wanted.lines);
        let differs = pairs.enumerate().position(|(number, (line, wanted_line))| {
            let same = line.text == *wanted_line
                || (number + 1 == count && !wanted.at_end && without_end(line.text, wanted_line));
            line.patched || !same
        });
        budget.work(differs.unwrap_or(count) + 1)?;
        Ok(differs.is_none())
    }
}

/// Whether a line is the wanted one but for blanks and a line break that the patch says are not there. git
/// takes such a line where it does not end a hunk, and what it makes is what has to be judged.
fn without_end(line: &[u8], wanted: &[u8]) -> bool {
    let rest = line.strip_prefix(wanted);
    !wanted.ends_with(b"\n") && rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace))
}

#[cfg(test)]
#[path = "hunk_tests.rs"]
mod tests;
