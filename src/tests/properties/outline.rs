//! Tokens become declarations, as far as mutations and gcc's questions need them: what can't be told
//! apart simply is left out, and then nothing is changed there.

use super::text::{Kind, Token, tokens};
use std::ops::Range;

/// A member of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// From its type to the semicolon.
    pub at: Range<usize>,
    /// Its type.
    pub ty: Range<usize>,
    /// What stands in its first brackets, where that is something.
    pub bound: Option<Range<usize>>,
    /// Its width in bits, where it has one.
    pub bits: Option<Range<usize>>,
}

/// An enumerator.
#[derive(Debug, Clone)]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// Name and value, without the comma.
    pub at: Range<usize>,
    /// With the comma, where there is one.
    pub whole: Range<usize>,
    /// The value's expression.
    pub value: Option<Range<usize>>,
}

/// A declaration at file scope, or a macro.
#[derive(Debug, Clone)]
pub enum Item {
    /// A struct or union with a body and a tag.
    Record {
        /// `struct foo`
        name: String,
        /// The declaration.
        at: Range<usize>,
        /// Its members; those that can't be told apart are left out.
        fields: Vec<Field>,
    },
    /// An enum with a body.
    Enumeration {
        /// The declaration.
        at: Range<usize>,
        /// Its constants.
        enumerators: Vec<Enumerator>,
    },
    /// A typedef without a body.
    Typedef {
        /// The new name.
        name: String,
        /// The declaration.
        at: Range<usize>,
        /// What it stands for.
        ty: Range<usize>,
    },
    /// A macro that takes no arguments.
    Macro {
        /// Its name.
        name: String,
        /// The line, or lines, with the line end.
        at: Range<usize>,
        /// What it stands for; empty for nothing.
        body: Range<usize>,
    },
}

impl Item {
    /// The declaration's place.
    pub fn at(&self) -> &Range<usize> {
        match self {
            Self::Record { at, .. }
            | Self::Enumeration { at, .. }
            | Self::Typedef { at, .. }
            | Self::Macro { at, .. } => at,
        }
    }
}

/// The declarations of a header in their order.
pub fn outline(text: &str) -> Vec<Item> {
    let all = tokens(text);
    let mut items = macros(text, &all);
    let code: Vec<&Token> = all.iter().filter(|t| t.is_code() && !t.directive).collect();
    for part in statements(text, &code) {
        items.extend(declaration(text, part));
    }
    items.sort_by_key(|item| item.at().start);
    items
}

fn macros(text: &str, all: &[Token]) -> Vec<Item> {
    let mut found = Vec::new();
    let is_end = |t: &Token| t.kind == Kind::End && text[t.at.clone()].starts_with('\n');
    for line in all.split_inclusive(is_end) {
        let code: Vec<&Token> = line.iter().filter(|t| t.is_code()).collect();
        let [hash, define, name, rest @ ..] = &code[..] else {
            continue;
        };
        let word = |t: &Token| &text[t.at.clone()];
        if word(hash) != "#" || word(define) != "define" || name.kind != Kind::Word {
            continue;
        }
        if text[name.at.end..].starts_with('(') {
            continue;
        }
        let body = match rest {
            [] => name.at.end..name.at.end,
            [first, ..] => first.at.start..rest[rest.len() - 1].at.end,
        };
        found.push(Item::Macro {
            name: word(name).to_owned(),
            at: hash.at.start..line.last().map_or(name.at.end, |t| t.at.end),
            body,
        });
    }
    found
}

/// Splits at semicolons outside of braces; each part has its semicolon.
fn statements<'t>(text: &str, code: &'t [&'t Token]) -> Vec<&'t [&'t Token]> {
    let mut depth = 0i32;
    code.split_inclusive(|token| {
        match &text[token.at.clone()] {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        depth == 0 && &text[token.at.clone()] == ";"
    })
    .collect()
}

fn declaration(text: &str, part: &[&Token]) -> Option<Item> {
    let word = |at: usize| part.get(at).map_or("", |t| &text[t.at.clone()]);
    let at = part.first()?.at.start..part.last()?.at.end;
    let open = part.iter().position(|t| &text[t.at.clone()] == "{");
    match (word(0), open) {
        ("struct" | "union", Some(2)) => {
            let close = part.iter().rposition(|t| &text[t.at.clone()] == "}")?;
            let body = part.get(3..close)?;
            Some(Item::Record {
                name: format!("{} {}", word(0), word(1)),
                at,
                fields: statements(text, body)
                    .into_iter()
                    .filter_map(|part| field(text, part))
                    .collect(),
            })
        }
        ("enum", Some(open @ (1 | 2))) => {
            let close = part.iter().rposition(|t| &text[t.at.clone()] == "}")?;
            Some(Item::Enumeration {
                at,
                enumerators: enumerators(text, part.get(open + 1..close)?),
            })
        }
        ("typedef", None) => {
            let [first, .., name, _] = part else {
                return None;
            };
            let plain = part.iter().all(|t| !"([".contains(&text[t.at.clone()]));
            (plain && part.len() > 3).then(|| Item::Typedef {
                name: text[name.at.clone()].to_owned(),
                ty: part[1].at.start..part[part.len() - 3].at.end,
                at: first.at.start..at.end,
            })
        }
        _ => None,
    }
}

fn field(text: &str, part: &[&Token]) -> Option<Field> {
    let word = |t: &Token| text[t.at.clone()].to_owned();
    let marks: Vec<String> = part.iter().map(|t| word(t)).collect();
    let odd = ["{", "(", ",", "__attribute__", "*"];
    if marks.iter().any(|mark| odd.contains(&mark.as_str())) {
        return None;
    }
    let end = marks
        .iter()
        .position(|mark| matches!(mark.as_str(), "[" | ":" | ";"))?;
    let name = part.get(end.checked_sub(1)?)?;
    let ty = part.get(end.checked_sub(2)?)?;
    if name.kind != Kind::Word || ty.kind != Kind::Word {
        return None;
    }
    let bound = (marks[end] == "[").then(|| {
        let close = marks.iter().position(|mark| mark == "]")?;
        let inner = part.get(end + 1..close)?;
        Some(inner.first()?.at.start..inner.last()?.at.end)
    });
    Some(Field {
        name: word(name),
        at: part.first()?.at.start..part.last()?.at.end,
        ty: part.first()?.at.start..ty.at.end,
        bound: bound.flatten(),
        bits: (marks[end] == ":")
            .then(|| Some(part.get(end + 1)?.at.start..part.get(part.len() - 2)?.at.end))
            .flatten(),
    })
}

fn enumerators(text: &str, body: &[&Token]) -> Vec<Enumerator> {
    let mut depth = 0i32;
    let parts = body.split_inclusive(|token| {
        match &text[token.at.clone()] {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && &text[token.at.clone()] == ","
    });
    let one = |part: &[&Token]| {
        let whole = part.first()?.at.start..part.last()?.at.end;
        let own = match part.split_last()? {
            (comma, rest) if &text[comma.at.clone()] == "," => rest,
            _ => part,
        };
        let value = match own {
            [_, equals, value @ ..] if &text[equals.at.clone()] == "=" => {
                Some(value.first()?.at.start..value.last()?.at.end)
            }
            [_] => None,
            _ => return None,
        };
        Some(Enumerator {
            name: text[own.first()?.at.clone()].to_owned(),
            at: own.first()?.at.start..own.last()?.at.end,
            whole,
            value,
        })
    };
    parts.filter_map(one).collect()
}
