//! Texts become as long as GitHub takes them, to the byte or to the character.
//!
//! What is cut says so, and where the whole of it is. A text is never cut within a character, and a block of code that
//! is cut is closed, so that what follows is not drawn as a part of it.

use std::borrow::Cow;

/// Annotations in one request at most; more go with further requests.
pub const ANNOTATIONS: usize = 50;
/// Bytes of the summary, and of the text, of a check at most. GitHub counts bytes here.
pub const OUTPUT_BYTES: usize = 65_535;
/// Characters of a comment at most.
pub const COMMENT_CHARS: usize = 65_536;
/// Characters of a title at most: of an annotation, and of a check.
pub const TITLE_CHARS: usize = 255;
/// Bytes of the message, and of the details, of an annotation at most.
pub const MESSAGE_BYTES: usize = 64 << 10;
/// Characters of the description of a commit status at most.
pub const STATUS_CHARS: usize = 140;
/// Buttons below a check at most.
pub const ACTIONS: usize = 3;
/// Characters of a button's label, and of its identifier, at most.
pub const LABEL_CHARS: usize = 20;
/// Characters of what a button does at most.
pub const DESCRIPTION_CHARS: usize = 40;
/// How a line begins that opens or closes a block of code.
const FENCE: &str = "```";

/// Markdown of so many bytes at most. What is cut ends with `ending`, such as a link to the whole.
#[must_use]
pub fn fit_bytes<'t>(text: &'t str, limit: usize, ending: &str) -> Cow<'t, str> {
    fit(text, limit, ending, str::len, |text, room| {
        text.floor_char_boundary(room)
    })
}

/// Markdown of so many characters at most. What is cut ends with `ending`.
#[must_use]
pub fn fit_chars<'t>(text: &'t str, limit: usize, ending: &str) -> Cow<'t, str> {
    fit(text, limit, ending, chars, |text, room| {
        text.char_indices()
            .nth(room)
            .map_or(text.len(), |(at, _)| at)
    })
}

/// One line of so many characters at most; what is cut ends in an ellipsis.
#[must_use]
pub fn fit_line(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if chars(&line) <= limit {
        return line;
    }
    let kept = line.chars().take(limit.saturating_sub(1));
    kept.chain(['…']).take(limit).collect()
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// `end` gives where a text ends that has so many units at most.
fn fit<'t>(
    text: &'t str,
    limit: usize,
    ending: &str,
    length: fn(&str) -> usize,
    end: fn(&str, usize) -> usize,
) -> Cow<'t, str> {
    if length(text) <= limit {
        return Cow::Borrowed(text);
    }
    let ending = format!("\n\n{ending}");
    let closing = format!("\n{FENCE}");
    // Room for closing a block is kept always, so that whether one is open does not change where the text is cut.
    let taken = length(&ending) + length(&closing);
    let room = limit.saturating_sub(taken);
    let kept = &text[..end(text, room)];
    // The last line is dropped, half a link or half a tag being worse than none, but for one that is most of the text.
    let line = kept.rfind('\n').filter(|at| *at >= kept.len() / 2);
    let kept = line.map_or(kept, |at| &kept[..at]);
    let open = kept
        .lines()
        .filter(|line| line.trim_start().starts_with(FENCE))
        .count()
        % 2
        == 1;
    let closing = if open { closing.as_str() } else { "" };
    let whole = format!("{kept}{closing}{ending}");
    let within = end(&whole, limit);
    Cow::Owned(whole[..within].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays() {
        let whole = "ä".repeat(10);
        assert_eq!(fit_bytes(&whole, 20, "cut"), whole);
        assert_eq!(fit_chars(&whole, 10, "cut"), whole);
        assert_ne!(fit_bytes(&whole, 19, "cut"), whole);
        assert_ne!(fit_chars(&whole, 9, "cut"), whole);
    }

    #[test]
    fn bytes_are_counted_and_no_character_is_cut() {
        for char in ["a", "ä", "€", "𝄞"] {
            let text = char.repeat(OUTPUT_BYTES + 1);
            let cut = fit_bytes(&text, OUTPUT_BYTES, "[the whole](https://example.org)");
            assert!(cut.len() <= OUTPUT_BYTES, "{}", cut.len());
            assert!(cut.len() > OUTPUT_BYTES - 10 - char.len(), "{}", cut.len());
            assert!(cut.ends_with("\n\n[the whole](https://example.org)"));
            assert!(cut.starts_with(&char.repeat(1000)));
        }
    }

    #[test]
    fn characters_are_counted_where_github_counts_characters() {
        let text = "€".repeat(COMMENT_CHARS + 1);
        let cut = fit_chars(&text, COMMENT_CHARS, "cut");
        let length = cut.chars().count();
        assert!(
            (COMMENT_CHARS - 10..=COMMENT_CHARS).contains(&length),
            "{length}"
        );
        assert!(cut.len() > COMMENT_CHARS);
    }

    #[test]
    fn a_line_that_is_cut_is_dropped_unless_it_is_most_of_the_text() {
        let short = format!("{}[a link](https://example.org)", "line\n".repeat(20));
        assert_eq!(
            fit_bytes(&short, 120, "cut"),
            format!("{}\n\ncut", "line\n".repeat(20).trim_end())
        );
        let long = format!("head\n{}", "x".repeat(200));
        let cut = fit_bytes(&long, 120, "cut");
        assert!(cut.starts_with("head\nxxxx") && cut.len() > 100, "{cut}");
    }

    #[test]
    fn a_block_of_code_is_closed_where_it_is_cut() {
        let open = format!("text\n```c\n{}", "int a;\n".repeat(100));
        let cut = fit_bytes(&open, 200, "cut");
        assert!(cut.ends_with("int a;\n```\n\ncut"), "{cut}");
        let closed = format!("```c\nint a;\n```\n{}", "text\n".repeat(100));
        let cut = fit_bytes(&closed, 200, "cut");
        assert!(cut.ends_with("text\n\ncut"), "{cut}");
    }

    #[test]
    fn the_smallest_limits_hold() {
        for limit in 0..40 {
            let cut = fit_bytes("€uro\n```\nmore and more and more and more\n", limit, "cut");
            assert!(cut.len() <= limit);
            assert!(chars(&fit_line("€ € € €  €\n€ € €", limit)) <= limit);
        }
    }

    #[test]
    fn a_line_is_one() {
        assert_eq!(fit_line(" a\n b\t c ", 5), "a b c");
        assert_eq!(fit_line("a b cd", 5), "a b …");
    }
}
