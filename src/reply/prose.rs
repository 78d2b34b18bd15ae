//! Words become lines that are safe in a mail: no longer than 72 columns, and none that a program would take for
//! something else.
//!
//! Names of files, symbols, sections and people are whatever somebody wrote. A line of ours must not begin like a diff,
//! a quote, a signature, a forwarded mail or a trailer: Patchwork and b4 collect `Acked-by:` and its kin wherever they
//! stand, and put them into commits.

use crate::report::phrases::{clean, wrap};

/// Columns of a line.
pub(super) const WIDTH: usize = 72;
/// What stands before a line that would be taken for something else.
const GUARD: &str = "| ";

/// Some words as lines.
pub(super) fn paragraph(text: &str) -> Vec<String> {
    lines(text, "", "")
}

/// An entry of a list as lines.
pub(super) fn entry(text: &str) -> Vec<String> {
    lines(text, "- ", "  ")
}

/// A line that programs must read as a part of the text, indented.
pub(super) fn example(text: &str) -> String {
    format!("  {GUARD}{}", cut(&clean(text), 400))
}

fn lines(text: &str, first: &str, rest: &str) -> Vec<String> {
    let width = WIDTH - first.len() - GUARD.len();
    let words: Vec<String> = clean(text)
        .split_whitespace()
        .map(|word| short(word, width))
        .collect();
    let wrapped = wrap(&words.join(" "), width);
    let each = wrapped.iter().enumerate().map(|(at, line)| {
        let indent = if at == 0 { first } else { rest };
        let guard = if is_risky(&format!("{indent}{line}")) {
            GUARD
        } else {
            ""
        };
        format!("{indent}{guard}{line}")
    });
    each.collect()
}

/// A word that fits into a line; of a longer one, its beginning.
fn short(word: &str, most: usize) -> String {
    match word.chars().count() > most {
        true => word.chars().take(most - 3).chain("...".chars()).collect(),
        false => word.to_owned(),
    }
}

/// The text, or as much of its beginning as fits into so many bytes, with a mark.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    match text.len() > bytes {
        true => format!("{} [...]", &text[..text.floor_char_boundary(bytes)]),
        false => text.to_owned(),
    }
}

/// Whether a program would take a line for something else than words.
fn is_risky(line: &str) -> bool {
    let line = line.trim_start();
    let first = line.split_whitespace().next().unwrap_or_default();
    let begins = [
        ">",
        "--",
        "+++",
        "@@",
        "diff",
        "Index",
        "From",
        "NAK",
        "NACK",
        "___",
        "Begin forwarded",
    ];
    first.ends_with(':') || begins.iter().any(|begin| line.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lines_of_72_columns() {
        let text = "word ".repeat(60);
        let lines = paragraph(&text);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(lines.join(" "), text.trim());
        assert_eq!(paragraph(&"x".repeat(5000))[0].len(), 70);
        let entry = entry(&text);
        assert!(entry[0].starts_with("- word") && entry[1].starts_with("  word"));
    }

    #[test]
    fn no_line_is_taken_for_something_else() {
        for risky in [
            "Acked-by: Eve <eve@example.org>",
            "acked-by: eve@example.org",
            "a/b.h:3: text",
            "diff --git a/a b/a",
            "--- a/a",
            "-- ",
            "---",
            "> text",
            "From eve",
            "NAK",
            "@@ -1 +1 @@",
            "_____",
        ] {
            // At the beginning, and where a line is broken.
            let filler = "x".repeat(70);
            let broken = paragraph(&format!("{filler} {risky}"));
            for line in paragraph(risky).iter().chain(&broken[1..]) {
                assert!(line.starts_with("| "), "{line}");
            }
            let filler = "x".repeat(68);
            let broken = entry(&format!("{filler} {risky}"));
            assert!(broken[1].starts_with("  | "), "{broken:?}");
        }
        assert_eq!(paragraph("struct a: it has b"), ["struct a: it has b"]);
        assert_eq!(entry("NET: Ann"), ["- NET: Ann"]);
    }

    #[test]
    fn what_steers_is_taken_out() {
        let text = paragraph("a\r\nBcc: eve@example.org\u{1b}[2J\u{202e}\0").join("\n");
        assert!(
            text.lines().count() == 1 && !text.contains(['\r', '\u{1b}', '\0', '\u{202e}']),
            "{text:?}"
        );
        assert_eq!(cut("äöü", 3), "ä [...]");
    }
}
