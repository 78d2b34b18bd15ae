//! A regular expression of Perl, as MAINTAINERS has them in N: and K:, becomes one of the `regex` crate.
//!
//! That engine takes linear time whatever the expression is, and its size is limited here. What it does
//! not know (look-around, back references) is an error that the caller reports with its line.

use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled expression may take; all those of v6.12 stay below.
const SIZE_LIMIT: usize = 1 << 19;
/// Deepest nesting of groups.
const NEST_LIMIT: u32 = 50;
/// The end of a line, with its line break or without.
const LINE_END: &str = "(?:\\n?\\z)";

/// Compiles an expression. With `extended`, blanks and comments in it count for nothing (Perl's `/x`).
///
/// # Errors
/// Why it can't be used, in few words.
pub(super) fn compile(pattern: &str, extended: bool) -> Result<Regex, String> {
    let compiled = RegexBuilder::new(&translate(pattern, extended))
        .ignore_whitespace(extended)
        .size_limit(SIZE_LIMIT)
        .nest_limit(NEST_LIMIT)
        .build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    })
}

/// Rewrites what the two languages write differently.
fn translate(pattern: &str, extended: bool) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(rest.next(), &mut out),
            '[' => class(&mut rest, extended, &mut out),

            '$' => out.push_str(LINE_END),
            '{' if !is_repetition(&mut rest.clone()) => out.push_str("\\{"),
            '#' if extended => {
                // A comment, up to the end: the lines of MAINTAINERS hold no line break.
                break;
            }
            c => out.push(c),
        }
    }
    out
}

fn escape(c: Option<char>, out: &mut String) {
    match c {
        None => out.push('\\'),
        Some('Z') => out.push_str(LINE_END),
        Some('h') => out.push_str("[\\ \\t]"),
        // `\<` and `\>` are the ends of words there, and plain characters here.
        Some(c) if !c.is_alphanumeric() => literal(c, out),
        Some(c) => {
            out.push('\\');
            out.push(c);
        }
    }
}

/// A character that means itself, blanks and `#` too.
fn literal(c: char, out: &mut String) {
    match c {
        '_' => out.push(c),
        c if c.is_ascii() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        c => out.push(c),
    }
}

/// Copies a bracketed class; its `[` was taken already. Blanks in it count in Perl, with `/x` too, and
/// `[`, `&&`, `--` and `~~` have no meaning of their own there.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, extended: bool, out: &mut String) {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if rest.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    while let Some(c) = rest.next() {
        match c {
            ']' => {
                out.push(']');
                return;
            }
            '\\' => escape(rest.next(), out),
            '[' if rest.peek() == Some(&':') => out.push('['),
            '-' if rest.peek() == Some(&'-') => out.push_str("\\-"),
            '[' | '&' | '~' => literal(c, out),
            c if extended && (c.is_whitespace() || c == '#') => literal(c, out),
            ':' if rest.peek() == Some(&']') && out.contains("[:") => {
                rest.next();
                out.push_str(":]");
            }
            c => out.push(c),
        }
    }
}

/// Whether `{` begins `{n}`, `{n,}` or `{n,m}`; all else is the character itself.
fn is_repetition(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let inside: String = rest.take_while(|c| *c != '}').collect();
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && number(least) && number(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern, true).expect("it compiles").is_match(text)
    }

    /// Expected values: what `perl -e 'print "$text" =~ m/$pattern/x'` says.
    #[test]
    fn what_both_write_differently_means_the_same() {
        for (pattern, text, expected) in [
            (r"\b(?i:rust)\b", "a RUST b", true),
            (r"\b(?i:rust)\b", "rusty", false),
            ("foo bar", "foobar", true),
            ("foo bar", "foo bar", false),
            ("foo[ ]bar", "foo bar", true),
            (r"foo\ bar", "foo bar", true),
            ("end$", "the end\n", true),
            ("end$", "the end\nof it", false),
            (r"\<linux", "<linux", true),
            (r"\<linux", "linux", false),
            ("a{b", "a{b", true),
            ("a{2}", "aa", true),
            ("a{2}", "a{2}", false),
            ("[[]", "[", true),
            ("[]x]", "]", true),
            ("[^]x]", "]", false),
            ("[a&&b]", "&", true),
            ("[[:digit:]]x", "7x", true),
            ("foo # a comment", "foo", true),
            (r"foo\#", "foo#", true),
            (r"\_x", "_x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let why = |pattern: &str| compile(pattern, true).expect_err("refused");
        assert!(why("(?=x)y").contains("look"), "{}", why("(?=x)y"));
        assert!(why(r"(a)\1").contains("backreference"), "{}", why(r"(a)\1"));
        assert_eq!(why(r"(\w{500}){500}"), "it is too large");
        assert!(!why(&"(".repeat(5000)).is_empty());
        assert!(!why("*a").is_empty());
    }
}
