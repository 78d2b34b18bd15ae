//! Templates: `{subject} moved from byte {before.offset}` becomes a sentence about one change.
//!
//! A brace before a letter begins a name; any other brace is itself, so that C needs no escapes. In a
//! message (not in C) `[, now in {now_in}]` stands there only where the values inside say something.

use super::vocabulary::{self, Said, Word};
use crate::diff::change::Change;
use crate::diff::kinds::{FactType, Kind};
use std::borrow::Cow;

/// Lists longer than this are cut.
const LIST_LIMIT: usize = 5;

/// A template whose names are all known.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Plain(String),
    Value { word: Word, hexadecimal: bool },
    Original(Original),
    Optional(Template),
}

/// Words about the rule that an entry with `on: "*"` stands in for.
#[derive(Debug, Clone, Copy)]
enum Original {
    Rule,
    Message,
}

impl Template {
    /// Reads a message. The error is a sentence about the first thing wrong with it.
    pub(super) fn parse(text: &str, kind: Option<Kind>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((always, optional)) = rest.split_once('[') {
            let (optional, behind) = optional
                .split_once(']')
                .ok_or_else(|| format!("`[{optional}` has no closing bracket"))?;
            pieces.extend(Self::parse_names(always, kind)?.0);
            pieces.push(Piece::Optional(Self::parse_names(optional, kind)?));
            rest = behind;
        }
        pieces.extend(Self::parse_names(rest, kind)?.0);
        Ok(Self(pieces))
    }

    /// Reads C lines: only single names and numbers can stand in them.
    pub(super) fn parse_c(text: &str, kind: Option<Kind>) -> Result<Self, String> {
        let template = Self::parse_names(text, kind)?;
        for piece in &template.0 {
            if let Piece::Value { word, .. } = piece
                && matches!(word.of(), FactType::List | FactType::Flag)
            {
                return Err("a list or a yes/no can't stand in a witness".to_owned());
            }
        }
        Ok(template)
    }

    fn parse_names(text: &str, kind: Option<Kind>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = next_name(rest) {
            let (plain, name) = rest.split_at(at);
            let (name, behind) = name[1..]
                .split_once('}')
                .ok_or_else(|| format!("`{name}` has no closing brace"))?;
            if !plain.is_empty() {
                pieces.push(Piece::Plain(plain.to_owned()));
            }
            pieces.push(Piece::parse(name, kind)?);
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Fills in the values of a change.
    pub(super) fn render(&self, change: &Change) -> String {
        self.render_about(change, "", "")
    }

    /// As [`Template::render`], with what `{rule}` and `{message}` stand for.
    pub(super) fn render_about(&self, change: &Change, rule: &str, message: &str) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(plain) => text += plain,
                Piece::Value { word, hexadecimal } => {
                    text += &show(word.of_change(change), *hexadecimal)
                }
                Piece::Original(Original::Rule) => text += rule,
                Piece::Original(Original::Message) => text += message,
                Piece::Optional(optional) if optional.says_something(change) => {
                    text += &optional.render(change)
                }
                Piece::Optional(_) => {}
            }
        }
        text
    }

    fn says_something(&self, change: &Change) -> bool {
        self.0.iter().all(|piece| match piece {
            Piece::Value { word, .. } => match word.of_change(change) {
                Said::Flag(flag) => flag,
                Said::Integer(_) => true,
                Said::Text(text) => !text.is_empty(),
                Said::List(names) => !names.is_empty(),
            },
            _ => true,
        })
    }
}

impl Piece {
    fn parse(name: &str, kind: Option<Kind>) -> Result<Self, String> {
        let (name, hexadecimal) = match name.strip_suffix(":x") {
            Some(name) => (name, true),
            None => (name, false),
        };
        match (kind, name) {
            (None, "rule") => return Ok(Self::Original(Original::Rule)),
            (None, "message") => return Ok(Self::Original(Original::Message)),
            _ => {}
        }
        let Some(word) = Word::dotted(kind, name) else {
            let known = vocabulary::known(kind);
            return Err(format!("unknown name `{name}`; known here: {known}"));
        };
        if hexadecimal && word.of() != FactType::Integer {
            return Err(format!("`{name}` is no number and can't be shown with :x"));
        }
        Ok(Self::Value { word, hexadecimal })
    }
}

fn next_name(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes
        .windows(2)
        .position(|pair| pair[0] == b'{' && pair[1].is_ascii_alphabetic())
}

fn show(said: Said<'_>, hexadecimal: bool) -> Cow<'_, str> {
    match said {
        Said::Flag(flag) => if flag { "yes" } else { "no" }.into(),
        Said::Integer(value) if hexadecimal && value < 0 => {
            format!("-0x{:x}", value.unsigned_abs()).into()
        }
        Said::Integer(value) if hexadecimal => format!("0x{value:x}").into(),
        Said::Integer(value) => value.to_string().into(),
        Said::Text(text) => text.into(),
        Said::List(names) if names.len() > LIST_LIMIT => {
            let more = names.len() - LIST_LIMIT;
            format!("{} and {more} more", names[..LIST_LIMIT].join(", ")).into()
        }
        Said::List(names) => names.join(", ").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::kinds::Part;

    fn render(template: &str, change: &Change) -> String {
        Template::parse(template, Some(change.kind))
            .unwrap()
            .render(change)
    }

    fn refusal(template: &str, kind: Kind) -> String {
        Template::parse(template, Some(kind)).unwrap_err()
    }

    #[test]
    fn names_become_values_and_other_braces_stay() {
        let moved = Change::new(Kind::FieldMoved, "struct foo", "linux/foo.h")
            .member("b")
            .with(Part::Before, "offset", 4i128)
            .with(Part::After, "offset", 8i128);
        assert_eq!(
            render(
                "{record}.{field}: {before.offset} -> {after.offset} in {header}",
                &moved
            ),
            "struct foo.b: 4 -> 8 in linux/foo.h"
        );
        assert_eq!(
            render("void w({subject} *p) { (void)p->{member}; }", &moved),
            "void w(struct foo *p) { (void)p->b; }"
        );
    }

    #[test]
    fn request_codes_are_hexadecimal_and_long_lists_are_cut() {
        let names = |count: usize| (0..count).map(|n| format!("f{n}")).collect::<Vec<_>>();
        let request =
            Change::new(Kind::RequestRemoved, "X", "h").with(Part::Before, "value", 0x1234i128);
        assert_eq!(
            render("{before.value:x} {before.value}", &request),
            "0x1234 4660"
        );
        let inserted = Change::new(Kind::FieldInserted, "struct s", "h");
        let five = inserted.clone().with(Part::Whole, "moved", names(5));
        let seven = inserted.with(Part::Whole, "moved", names(7));
        assert_eq!(render("{moved}", &five), "f0, f1, f2, f3, f4");
        assert_eq!(render("{moved}", &seven), "f0, f1, f2, f3, f4 and 2 more");
    }

    #[test]
    fn optional_pieces_stand_only_where_they_say_something() {
        let message = "{subject} is gone[, now in {now_in}][ (and {ioctls})].";
        let gone = Change::new(Kind::RecordRemoved, "struct s", "h");
        assert_eq!(render(message, &gone), "struct s is gone.");
        let moved = gone.with(Part::Whole, "now_in", "linux/other.h");
        assert_eq!(
            render(message, &moved),
            "struct s is gone, now in linux/other.h."
        );
        assert!(refusal("a [b", Kind::RecordRemoved).contains("bracket"));
        let c = Template::parse_c("int a[2];", Some(Kind::RecordRemoved)).unwrap();
        assert_eq!(c.render(&moved), "int a[2];");
    }

    #[test]
    fn a_fact_hides_a_common_word_of_the_same_name() {
        let change = Change::new(Kind::RecordAbiDependent, "struct s", "h")
            .member("m")
            .with(Part::Whole, "field", "f");
        assert_eq!(render("{field} {member}", &change), "f m");
    }

    #[test]
    fn unknown_names_are_refused() {
        assert!(refusal("{before.sise}", Kind::RecordGrown).contains("`before.sise`"));
        assert!(refusal("{rule}", Kind::RecordGrown).contains("`rule`"));
        assert!(refusal("{subject", Kind::RecordGrown).contains("closing brace"));
        assert!(refusal("{subject:x}", Kind::RecordGrown).contains(":x"));
        assert!(Template::parse_c("{appended}", Some(Kind::RecordGrown)).is_err());
        assert!(Template::parse_c("{before.size}", Some(Kind::RecordGrown)).is_ok());
    }
}
