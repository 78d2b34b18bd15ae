//! Lines of a diff as they are quoted in an answer: as they were sent, `> ` before each, and only those above what is
//! spoken of.

use super::place::{Diff, Row};
use super::prose::cut;

/// Most bytes of a quoted line; the rest of it is left out.
const LONGEST: usize = 300;
/// What stands for lines that are left out.
const LEFT_OUT: &str = "> [...]";

/// Quotes the rows of a diff one after the other.
pub(super) struct Quote<'d> {
    diff: &'d Diff<'d>,
    /// Lines above a row that are quoted with it.
    above: usize,
    last: Option<Row>,
}

impl<'d> Quote<'d> {
    pub fn new(diff: &'d Diff<'d>, above: usize) -> Self {
        Self {
            diff,
            above,
            last: None,
        }
    }

    /// The lines that lead to a row, and itself, as far as they were not quoted yet. Rows are asked for in their order.
    pub fn up_to(&mut self, row: usize) -> Vec<String> {
        let Some(row) = self.diff.rows.get(row).copied() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let same_file = self.last.filter(|last| last.file_at == row.file_at);
        let same_hunk = self.last.filter(|last| last.hunk_at == row.hunk_at);
        if same_file.is_none() {
            lines.push(self.line(row.file_at));
        }
        let begins = match same_hunk {
            Some(last) => last.at + 1,
            None => {
                lines.push(self.line(row.hunk_at));
                row.hunk_at + 1
            }
        };
        let first = row.at.saturating_sub(self.above).max(begins);
        if first > begins {
            lines.push(LEFT_OUT.to_owned());
        }
        lines.extend((first..=row.at).map(|at| self.line(at)));
        self.last = Some(row);
        lines
    }

    fn line(&self, at: usize) -> String {
        let bytes = self.diff.lines.get(at).copied().unwrap_or_default();
        let bytes = &bytes[..bytes.len().min(2 * LONGEST)];
        format!("> {}", cut(&visible(bytes), LONGEST))
    }
}

/// The text without what could steer a terminal or break a line. Tabs stay.
fn visible(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let parts = text.split('\t').map(crate::report::phrases::clean);
    parts.collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &[u8] = b"---\n a.h | 2 +-\n\ndiff --git a/a.h b/a.h\nindex 1..2 100644\n--- a/a.h\n+++ b/a.h\n\
@@ -1,4 +1,4 @@ start\n one\n two\n-three\n+drei\n four\n@@ -10,2 +10,3 @@\n ten\n+elf\n\tx\n-- \n2.47\n";

    #[test]
    fn only_what_leads_to_a_row_is_quoted() {
        let diff = Diff::read(DIFF);
        let mut quote = Quote::new(&diff, 12);
        let hunk = [
            "> diff --git a/a.h b/a.h",
            "> @@ -1,4 +1,4 @@ start",
            ">  one",
            ">  two",
            "> -three",
        ];
        assert_eq!(quote.up_to(2), hunk);
        assert_eq!(quote.up_to(3), ["> +drei"]);
        assert_eq!(quote.up_to(6), ["> @@ -10,2 +10,3 @@", ">  ten", "> +elf"]);
        assert!(quote.up_to(99).is_empty());
        let mut short = Quote::new(&diff, 1);
        assert_eq!(short.up_to(3)[2..], ["> [...]", "> -three", "> +drei"]);
    }

    #[test]
    fn a_hostile_line_stays_one_line() {
        let long = [
            b"+++ b/a\n@@ -0,0 +1,2 @@\n+\r\xff\x1b[2J\ta\0".as_slice(),
            &[b'x'; 1 << 16],
            b"\n+b\n",
        ]
        .concat();
        let text = [b"--- a/a\n".as_slice(), &long].concat();
        let diff = Diff::read(&text);
        let lines = Quote::new(&diff, 3).up_to(1);
        assert_eq!(lines.len(), 4);
        assert!(
            lines
                .iter()
                .all(|line| line.len() < 400 && !line.contains(['\r', '\n', '\u{1b}', '\0']))
        );
        assert!(lines[2].contains('\t') && lines[3] == "> +b");
    }
}
