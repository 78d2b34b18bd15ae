//! A header's text becomes tokens with their places. The properties' own lexer: it shares no line with
//! the one of the product, so that one mistake can't hide in both.
//!
//! Next: [`super::outline`], which finds declarations among the tokens.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword.
    Word,
    /// A number, with its suffix.
    Number,
    /// A string or character literal.
    Literal,
    /// One character of punctuation, or `##`.
    Mark,
    /// A run of blanks, without a line end.
    Blank,
    /// A line end, also one behind a backslash.
    End,
    /// A comment.
    Comment,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Bytes of the text.
    pub at: Range<usize>,
    /// Whether it stands in a line of the preprocessor.
    pub directive: bool,
}

impl Token {
    /// Whether it is something to a compiler.
    pub fn is_code(&self) -> bool {
        !matches!(self.kind, Kind::Blank | Kind::End | Kind::Comment)
    }
}

/// The tokens of a text, which together are the whole text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let (mut directive, mut fresh) = (false, true);
    while at < text.len() {
        let (kind, length) = first(&text[at..]);
        let token = &text[at..at + length];
        if fresh && token == "#" {
            directive = true;
        }
        let ends_line = kind == Kind::End && !token.starts_with('\\');
        found.push(Token {
            kind,
            at: at..at + length,
            directive,
        });
        match kind {
            Kind::End if ends_line => (directive, fresh) = (false, true),
            Kind::Blank | Kind::Comment | Kind::End => {}
            _ => fresh = false,
        }
        at += length;
    }
    found
}

/// Kind and length of the first token of a text that is not empty.
fn first(text: &str) -> (Kind, usize) {
    let run = |holds: fn(char) -> bool| text.find(|c| !holds(c)).unwrap_or(text.len());
    let to = |end: &str, from: usize| {
        text[from..]
            .find(end)
            .map_or(text.len(), |found| found + from)
    };
    let start = text.chars().next().unwrap_or(' ');
    match start {
        '\n' => (Kind::End, 1),
        '\\' if text[1..].starts_with('\n') => (Kind::End, 2),
        ' ' | '\t' => (Kind::Blank, run(|c| c == ' ' || c == '\t')),
        '/' if text[1..].starts_with('*') => (Kind::Comment, (to("*/", 2) + 2).min(text.len())),
        '/' if text[1..].starts_with('/') => (Kind::Comment, to("\n", 2)),
        '"' | '\'' => (Kind::Literal, literal(text, start)),
        '#' if text[1..].starts_with('#') => (Kind::Mark, 2),
        c if c.is_ascii_digit() => (Kind::Number, run(|c| c.is_ascii_alphanumeric() || c == '.')),
        c if c.is_ascii_alphabetic() || c == '_' => {
            (Kind::Word, run(|c| c.is_ascii_alphanumeric() || c == '_'))
        }
        c => (Kind::Mark, c.len_utf8()),
    }
}

fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
