//! Where in the diff of a patch a finding stands: the line that it names, on the side that has it, or else the nearest
//! line that the patch changed in that file.
//!
//! A finding's line is that of the whole series, and an earlier or later patch may have moved it; so the text of the
//! line decides, and its number only between equals. Next: `quote`.

use crate::judge::Finding;
use crate::model::{Place, Side};
use crate::report::Report;

/// A diff, and what each of its lines is.
pub(super) struct Diff<'d> {
    /// The lines without their line breaks.
    pub lines: Vec<&'d [u8]>,
    /// The lines of its hunks, in order.
    pub rows: Vec<Row>,
    names: Vec<[Vec<u8>; 2]>,
}

/// A line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Its place in the lines of the diff.
    pub at: usize,
    /// Line of the `diff --git`, or of the `---` where there is none.
    pub file_at: usize,
    /// Line of the `@@`.
    pub hunk_at: usize,
    file: usize,
    sign: u8,
    /// Its numbers before and after; that of a side on which it does not stand is of the next line there.
    numbers: [u64; 2],
}

impl Row {
    fn is_on(&self, side: Side) -> bool {
        match side {
            Side::Before => self.sign != b'+',
            Side::After => self.sign != b'-',
        }
    }

    fn number(&self, side: Side) -> u64 {
        self.numbers[usize::from(side == Side::After)]
    }
}

impl<'d> Diff<'d> {
    /// Reads a diff. What is none of its lines is passed over.
    pub fn read(diff: &'d [u8]) -> Self {
        let lines = diff.split(|byte| *byte == b'\n');
        let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let mut found = Self {
            lines: lines.collect(),
            rows: Vec::new(),
            names: Vec::new(),
        };
        let (mut at, mut file_at, mut git_at) = (0, 0, None);
        while let Some(line) = found.lines.get(at).copied() {
            let next = found.lines.get(at + 1).copied().unwrap_or_default();
            if line.starts_with(b"diff --git ") {
                git_at = Some(at);
            } else if let (Some(old), Some(new)) =
                (line.strip_prefix(b"--- "), next.strip_prefix(b"+++ "))
            {
                found.names.push([name(old), name(new)]);
                file_at = git_at.take().unwrap_or(at);
                at += 1;
            } else if let Some(ranges) = ranges(line).filter(|_| !found.names.is_empty()) {
                at = found.hunk(at, file_at, ranges);
                continue;
            }
            at += 1;
        }
        found
    }

    /// Takes the lines of a hunk, and gives the first line behind it.
    fn hunk(
        &mut self,
        hunk_at: usize,
        file_at: usize,
        [mut before, mut after]: [(u64, u64); 2],
    ) -> usize {
        let mut at = hunk_at + 1;
        while before.1 > 0 || after.1 > 0 {
            let Some(line) = self.lines.get(at) else {
                break;
            };
            let sign = line.first().copied().unwrap_or(b' ');
            let takes = match sign {
                b' ' => [1, 1],
                b'-' => [1, 0],
                b'+' => [0, 1],
                b'\\' => [0, 0],
                _ => break,
            };
            if sign != b'\\' {
                self.rows.push(Row {
                    at,
                    file_at,
                    hunk_at,
                    file: self.names.len() - 1,
                    sign,
                    numbers: [before.0, after.0],
                });
            }
            before = (
                before.0.saturating_add(takes[0]),
                before.1.saturating_sub(takes[0]),
            );
            after = (
                after.0.saturating_add(takes[1]),
                after.1.saturating_sub(takes[1]),
            );
            at += 1;
        }
        at
    }

    /// The row that a finding is best shown at; `None` where the diff does not touch its file.
    pub fn row_of(&self, report: &Report, finding: &Finding) -> Option<usize> {
        let places = [&finding.after_place, &finding.before_place];
        let mut known = places
            .into_iter()
            .flatten()
            .filter_map(|place| Sought::of(report, place));
        let known: [Option<Sought<'_>>; 2] = [known.next(), known.next()];
        let mut all = known.iter().flatten();
        let exact = all.clone().find_map(|sought| self.same_line(sought));
        exact.or_else(|| all.find_map(|sought| self.nearest_change(sought)))
    }

    fn rows_of<'s>(&'s self, sought: &'s Sought<'_>) -> impl Iterator<Item = (usize, &'s Row)> {
        let side = usize::from(sought.side == Side::After);
        let is_in = move |row: &Row| self.names[row.file][side] == sought.path.as_bytes();
        self.rows
            .iter()
            .enumerate()
            .filter(move |(_, row)| is_in(row))
    }

    fn same_line(&self, sought: &Sought<'_>) -> Option<usize> {
        let text = sought.text?;
        // A brace or an empty line is the same everywhere.
        let telling = text.iter().any(u8::is_ascii_alphanumeric);
        let distance = |row: &Row| row.number(sought.side).abs_diff(sought.line);
        let rows = self.rows_of(sought);
        let same = rows.filter(|(_, row)| {
            let line = self.lines[row.at].get(1..).unwrap_or_default();
            row.is_on(sought.side) && line == text && (telling || distance(row) == 0)
        });
        let best =
            same.min_by_key(|(_, row)| (distance(row) != 0, row.sign == b' ', distance(row)));
        best.map(|(at, _)| at)
    }

    /// What moves a line stands above it, mostly.
    fn nearest_change(&self, sought: &Sought<'_>) -> Option<usize> {
        let changes = self.rows_of(sought).filter(|(_, row)| row.sign != b' ');
        let nearest = changes.min_by_key(|(_, row)| {
            let number = row.number(sought.side);
            let below = number > sought.line;
            (below, !row.is_on(sought.side), number.abs_diff(sought.line))
        });
        nearest.map(|(at, _)| at)
    }
}

/// A line that is looked for.
struct Sought<'r> {
    path: &'r str,
    side: Side,
    line: u64,
    text: Option<&'r [u8]>,
}

impl<'r> Sought<'r> {
    fn of(report: &'r Report, place: &Place) -> Option<Self> {
        let source = report.sources.get(&(place.side, place.header.clone()))?;
        let above = usize::try_from(place.line).ok()?.checked_sub(1);
        let text = above.and_then(|above| source.text.lines().nth(above));
        Some(Self {
            path: &source.path,
            side: place.side,
            line: place.line.into(),
            text: text.map(str::as_bytes),
        })
    }
}

/// The name behind `--- ` or `+++ `, without its first component.
fn name(text: &[u8]) -> Vec<u8> {
    let name = text.split(|byte| *byte == b'\t').next().unwrap_or_default();
    let slash = name.iter().position(|byte| *byte == b'/');
    slash.map_or(&[][..], |slash| &name[slash + 1..]).to_vec()
}

/// Reads `@@ -1,2 +3,4 @@`: first line and number of lines, before and after.
fn ranges(line: &[u8]) -> Option<[(u64, u64); 2]> {
    let text = std::str::from_utf8(
        line.strip_prefix(b"@@ -")?
            .get(..)?
            .split(|byte| *byte == b'@')
            .next()?,
    )
    .ok()?;
    let (before, after) = text.trim_end().split_once(" +")?;
    let range = |text: &str| {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((
            u64::from(start.parse::<u32>().ok()?),
            u64::from(count.parse::<u32>().ok()?),
        ))
    };
    Some([range(before)?, range(after)?])
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
