//! Text that anyone may have written becomes Markdown that says just that text.
//!
//! GitHub's own flavour is meant: tables, mentions, issue numbers and bare links are in it. Lengths
//! are in characters.

use crate::report::phrases::{clean, cut};

/// A blank of no width: breaks mentions, issue numbers and links, and is not seen.
const BREAK: &str = "&#8203;";

/// A code span; nothing where the text is empty. Its fence is longer than any run of backticks inside.
pub fn code(text: &str, most: usize) -> String {
    let text = cut(&clean(text), most);
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A blank on each side is dropped by the reader and keeps a backtick away from the fence.
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A sentence, with everything escaped that could be markup, mention or link.
pub fn prose(text: &str, most: usize) -> String {
    let text = cut(&clean(text), most);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '@' | '#' => {
                out.push(c);
                out.push_str(BREAK);
            }
            // `https://` and `GH-1` are links without any markup.
            ':' if characters.peek() == Some(&'/') => {
                out.push(c);
                out.push_str(BREAK);
            }
            '.' | '-' if characters.peek().is_some_and(|c| c.is_alphanumeric()) && links(&out) => {
                out.push(c);
                out.push_str(BREAK);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether what was written so far ends in a word that makes a link with what follows.
fn links(written: &str) -> bool {
    let word = written
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    word.eq_ignore_ascii_case("www") || word.eq_ignore_ascii_case("gh")
}

/// The text inside an HTML element, where Markdown is not read. GitHub makes no mention or link of what
/// stands in `code`.
pub fn html(text: &str, most: usize) -> String {
    let text = cut(&clean(text), most);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<code>{}</code>", text.replace('>', "&gt;"))
}

/// Bars with a backslash, as a cell of a table needs them; those that have one stay.
pub fn bars(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut backslashes = 0_usize;
    for c in cell.chars() {
        if c == '|' && backslashes.is_multiple_of(2) {
            out.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out
}

/// A block of C; its fence is longer than any run of backticks inside.
pub fn block(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .take(40)
        .map(|line| cut(&clean(line), 400))
        .collect();
    let text = lines.join("\n");
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}c\n{text}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_any_backticks() {
        assert_eq!(code("struct foo", 99), "`struct foo`");
        assert_eq!(code("a``b`", 99), "``` a``b` ```");
        assert_eq!(code("x\n</code> @root", 99), "`x </code> @root`");
        assert_eq!(code("", 99), "");
    }

    #[test]
    fn a_sentence_has_no_markup_mention_or_link() {
        assert_eq!(
            prose("<img> **a** [b](c)", 99),
            "&lt;img&gt; \\*\\*a\\*\\* \\[b\\](c)"
        );
        assert_eq!(
            prose("@torvalds fixes #1", 99),
            "@&#8203;torvalds fixes #&#8203;1"
        );
        assert_eq!(
            prose("http://x www.x GH-1", 99),
            "http:&#8203;//x www.&#8203;x GH-&#8203;1"
        );
        assert_eq!(prose("byte 4 - of foo.h", 99), "byte 4 - of foo.h");
    }

    #[test]
    fn bars_are_escaped_once() {
        assert_eq!(bars("`a|b`"), "`a\\|b`");
        assert_eq!(bars(&prose("a|b", 9)), "a\\|b");
        assert_eq!(bars("a\\\\|b"), "a\\\\\\|b");
    }

    #[test]
    fn a_block_can_not_be_closed_from_inside() {
        assert_eq!(block("int a;\n```\n"), "````c\nint a;\n```\n````\n");
    }
}
