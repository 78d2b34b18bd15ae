//! What the text of a header says before any compiler sees it: its `#define`s, includes, include
//! guard, licence, and `CONFIG_` names. Every conditional branch is scanned; which ones the target
//! takes is for [`super::unit`] to find out. Knows no libclang.

use crate::model::ConfigUse;
use std::collections::BTreeSet;

/// A `#define`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Define {
    /// The macro's name.
    pub name: String,
    /// Line of the directive.
    pub line: u32,
    /// Parameter names of a function-like macro; a variadic one is `...`.
    pub parameters: Option<Vec<String>>,
    /// Tokens of the replacement list.
    pub body: Vec<String>,
    /// Whether it stands within a conditional other than the include guard.
    pub conditional: bool,
}

/// An `#include`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludeLine {
    /// The name between the brackets or quotes.
    pub name: String,
    /// Line of the directive.
    pub line: u32,
    /// Whether it is in quotes.
    pub quoted: bool,
    /// Whether it stands within a conditional other than the include guard.
    pub conditional: bool,
}

/// Everything that the scan finds.
#[derive(Debug, Default)]
pub struct Scan {
    /// Each `#define` but that of the include guard, in order.
    pub defines: Vec<Define>,
    /// Each `#include`, in order.
    pub includes: Vec<IncludeLine>,
    /// Names that the header takes back with `#undef`.
    pub undefined: BTreeSet<String>,
    /// Name of the include guard.
    pub guard: Option<String>,
    /// Whether nothing is left of the header once the guard is defined: its conditional has no `#else`.
    pub guard_is_whole: bool,
    /// Text after `SPDX-License-Identifier:`.
    pub license: Option<String>,
    /// `CONFIG_` names outside comments.
    pub config_uses: Vec<ConfigUse>,
}

impl Scan {
    /// Whether only the preprocessor can tell which of the directives are in force.
    pub fn is_ambiguous(&self) -> bool {
        let mut seen = BTreeSet::new();
        !self.undefined.is_empty()
            || self.includes.iter().any(|include| include.conditional)
            || self
                .defines
                .iter()
                .any(|define| define.conditional || !seen.insert(&define.name))
    }
}

/// Scans a header.
pub fn scan(text: &[u8]) -> Scan {
    let text = String::from_utf8_lossy(text);
    let lines = logical_lines(&text);
    let guard = guard(&lines);
    let mut found = Scan {
        license: license(&text),
        config_uses: config_uses(&lines),
        ..Scan::default()
    };
    let base = usize::from(guard.is_some());
    let mut depth = 0_usize;
    let mut otherwise = false;
    for (line, text) in &lines {
        let Some((directive, rest)) = directive(text) else {
            continue;
        };
        match directive {
            "if" | "ifdef" | "ifndef" => depth += 1,
            "endif" => depth = depth.saturating_sub(1),
            directive if directive.starts_with("el") => otherwise |= depth == 1,
            "define" => {
                if let Some(define) = define(*line, rest, depth > base)
                    && guard.as_ref() != Some(&define.name)
                {
                    found.defines.push(define);
                }
            }
            "undef" => {
                found
                    .undefined
                    .extend(tokens(rest).first().map(|name| (*name).to_owned()));
            }
            "include" => found.includes.extend(include(*line, rest, depth > base)),
            _ => {}
        }
    }
    found.guard_is_whole = guard.is_some() && !otherwise;
    found.guard = guard;
    found
}

/// Lines with comments replaced by a space and continuation lines joined to their first.
pub(super) fn logical_lines(text: &str) -> Vec<(u32, String)> {
    let mut lines = Vec::new();
    let mut current = String::new();
    let (mut number, mut start) = (1_u32, 1_u32);
    let mut rest = text;
    let mut quote: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = continuation(rest) {
            number += 1;
            rest = after;
        } else if first == '\n' {
            lines.push((start, std::mem::take(&mut current)));
            number += 1;
            start = number;
            quote = None;
            rest = &rest[1..];
        } else if quote.is_none() && rest.starts_with("/*") {
            let length = rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
            number += newlines(&rest[..length]);
            current.push(' ');
            rest = &rest[length..];
        } else if quote.is_none() && rest.starts_with("//") {
            let length = line_comment(rest);
            number += newlines(&rest[..length]);
            rest = &rest[length..];
        } else {
            let taken = plain_length(rest).unwrap_or_else(|| literal_step(rest, first, &mut quote));
            current.push_str(&rest[..taken]);
            rest = &rest[taken..];
        }
    }
    lines.push((start, current));
    lines
}

/// Bytes until one that could mean something to [`logical_lines`]; `None` where the first could.
fn plain_length(rest: &str) -> Option<usize> {
    let special = |byte: u8| matches!(byte, b'\\' | b'\n' | b'/' | b'"' | b'\'');
    let length = rest.bytes().position(special).unwrap_or(rest.len());
    (length > 0).then_some(length)
}

fn newlines(text: &str) -> u32 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

fn continuation(rest: &str) -> Option<&str> {
    rest.strip_prefix("\\\n")
        .or_else(|| rest.strip_prefix("\\\r\n"))
}

/// Length of a `//` comment, without the line end; a backslash carries it on to the next line.
fn line_comment(rest: &str) -> usize {
    let mut from = 0;
    while let Some(end) = rest[from..].find('\n') {
        let end = from + end;
        if !rest[..end].trim_end_matches('\r').ends_with('\\') {
            return end;
        }
        from = end + 1;
    }
    rest.len()
}

/// Bytes to take over at once, keeping track of string and character literals.
fn literal_step(rest: &str, first: char, quote: &mut Option<char>) -> usize {
    match *quote {
        Some(_) if first == '\\' => {
            let escaped = rest[1..].chars().next().filter(|c| *c != '\n');
            return 1 + escaped.map_or(0, char::len_utf8);
        }
        Some(open) if first == open => *quote = None,
        None if first == '"' || first == '\'' => *quote = Some(first),
        _ => {}
    }
    first.len_utf8()
}

/// Name and rest of a preprocessing directive.
fn directive(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    Some((&rest[..end], rest[end..].trim()))
}

/// The macro of `#ifndef X` / `#define X` around everything else.
fn guard(lines: &[(u32, String)]) -> Option<String> {
    let used: Vec<&str> = lines
        .iter()
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let (kind, condition) = directive(used.first()?)?;
    let name = match kind {
        "ifndef" => condition,
        "if" => condition
            .strip_prefix("!defined")?
            .trim_matches([' ', '(', ')']),
        _ => return None,
    };
    let (kind, defined) = directive(used.get(1)?)?;
    let defines = kind == "define" && defined.split_whitespace().next() == Some(name);
    let mut depth = 0_usize;
    for (index, text) in used.iter().enumerate() {
        match directive(text).map(|(name, _)| name) {
            Some("if" | "ifdef" | "ifndef") => depth += 1,
            Some("endif") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && index + 1 < used.len() {
            return None;
        }
    }
    (defines && is_identifier(name)).then(|| name.to_owned())
}

/// The macro that the rest of a `#define` line defines.
pub(super) fn define(line: u32, rest: &str, conditional: bool) -> Option<Define> {
    let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    let (name, mut after) = rest.split_at(end);
    if !is_identifier(name) {
        return None;
    }
    let mut parameters = None;
    if let Some(list) = after.strip_prefix('(') {
        let (inside, body) = list.split_once(')')?;
        parameters = Some(parameter_names(inside));
        after = body;
    }
    Some(Define {
        name: name.to_owned(),
        line,
        parameters,
        body: tokens(after).into_iter().map(str::to_owned).collect(),
        conditional,
    })
}

fn parameter_names(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| if name.ends_with("...") { "..." } else { name }.to_owned())
        .collect()
}

fn include(line: u32, rest: &str, conditional: bool) -> Option<IncludeLine> {
    let quoted = rest.starts_with('"');
    let inner = rest.strip_prefix(['"', '<'])?;
    let (name, _) = inner.split_once(if quoted { '"' } else { '>' })?;
    Some(IncludeLine {
        name: name.to_owned(),
        line,
        quoted,
        conditional,
    })
}

fn license(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("SPDX-License-Identifier:")?;
    let line = rest.lines().next()?;
    let line = line.split("*/").next().unwrap_or(line).trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn config_uses(lines: &[(u32, String)]) -> Vec<ConfigUse> {
    let mut found = Vec::new();
    for (line, text) in lines.iter().filter(|(_, text)| text.contains("CONFIG_")) {
        for token in tokens(text) {
            if token.len() > "CONFIG_".len() && token.starts_with("CONFIG_") {
                found.push(ConfigUse {
                    name: token.to_owned(),
                    line: *line,
                });
            }
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// Whether the text is one C identifier.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) && text.chars().all(is_word)
}

const PUNCTUATORS: &[&str] = &[
    "%:%:", "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
    "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "##",
];

/// The C tokens of a text without comments.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

fn token_length(rest: &str, first: char) -> usize {
    let number = first.is_ascii_digit()
        || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()));
    if number {
        return number_length(rest);
    }
    if is_word(first) {
        return rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    }
    if first == '"' || first == '\'' {
        return literal_length(rest, first);
    }
    PUNCTUATORS
        .iter()
        .find(|punctuator| rest.starts_with(**punctuator))
        .map_or(first.len_utf8(), |punctuator| punctuator.len())
}

/// A preprocessing number: digits, letters, dots, and signs behind an exponent.
fn number_length(rest: &str) -> usize {
    let mut previous = ' ';
    for (index, c) in rest.char_indices() {
        let sign = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E' | 'p' | 'P');
        // In `0x1e+2` the sign ends nothing either: that is what the standard says.
        if !(is_word(c) || c == '.' || sign) {
            return index;
        }
        previous = c;
    }
    rest.len()
}

fn literal_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return index + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

/// The tokens of C source with single spaces between them, comments gone.
pub fn squeeze(source: &[u8]) -> String {
    let source = String::from_utf8_lossy(source);
    let lines = logical_lines(&source);
    let all: Vec<&str> = lines.iter().flat_map(|(_, text)| tokens(text)).collect();
    all.join(" ")
}

#[cfg(test)]
#[path = "lexical_tests.rs"]
mod tests;
