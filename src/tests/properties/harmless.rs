//! Changes of a header's text that change nothing for any program.

use super::mutation::{Edit, Mutation, edited, take};
use super::outline::{Item, outline};
use super::text::{Kind, Token, tokens};
use std::collections::BTreeSet;

/// Where a choice is made: numbers that the strategy draws and shrinks.
pub struct Choice<'c> {
    numbers: &'c [u16],
    next: usize,
}

impl<'c> Choice<'c> {
    /// A choice by these numbers; when they are used up, the first of everything.
    pub fn new(numbers: &'c [u16]) -> Self {
        Self { numbers, next: 0 }
    }

    fn of(&mut self, count: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(number) % count.max(1)
    }

    fn left(&self) -> bool {
        self.next < self.numbers.len()
    }
}

/// Comments and blanks, more, fewer and others.
pub fn spacing(text: &str, choice: &mut Choice<'_>) -> Mutation {
    let all = tokens(text);
    let mut edits = Vec::new();
    while choice.left() {
        let at = choice.of(all.len());
        take(&mut edits, respaced(text, &all, at, choice.of(6)));
    }
    Mutation {
        what: "comments and blanks".to_owned(),
        subject: String::new(),
        text: edited(text, edits),
        beside: None,
    }
}

fn respaced(text: &str, all: &[Token], at: usize, how: usize) -> Option<Edit> {
    let token = all.get(at)?;
    let word = &text[token.at.clone()];
    let start = text[..token.at.start].rfind('\n').map_or(0, |end| end + 1);
    let line = &text[start..token.at.end];
    // The name of a header is no place for a comment. And headers_install knows no C: its rules see
    // these words only between blanks on one line.
    let told = |words: &[&str], line: &str| words.iter().any(|word| line.contains(word));
    let next = text[token.at.end..].lines().next().unwrap_or("");
    if told(&["include"], line) || told(INSTALLED, line) || told(INSTALLED, next) {
        return None;
    }
    let new = match (token.kind, how) {
        (Kind::Blank, 0) => "\t  \t".to_owned(),
        (Kind::Blank, 1) => " /* a comment */ ".to_owned(),
        (Kind::Blank, 2) if !token.directive => "\n\n".to_owned(),
        (Kind::Blank, 3) if token.directive => " \\\n ".to_owned(),
        (Kind::Blank, 4) if !token.directive => {
            " /* one\n * \"two\n * #define THREE 4\n */ ".to_owned()
        }
        (Kind::Blank, 5) => " /**/ ".to_owned(),
        (Kind::End, 0) if word == "\n" => "\n\n\n".to_owned(),
        (Kind::End, 1) if word == "\n" => " /* struct none { int a; }; */\n".to_owned(),
        (Kind::End, 2) if word == "\n" => "  \n".to_owned(),
        (Kind::End, 3) if word == "\n" && !token.directive => "\n/*\n * it's\n */\n".to_owned(),
        (Kind::Comment, _) if word.contains("SPDX") || !word.starts_with("/*") => return None,
        (Kind::Comment, 0) => " ".to_owned(),
        (Kind::Comment, 1) => word.replace(' ', "  "),
        (Kind::Comment, 2) => "/* else */".to_owned(),
        _ => return None,
    };
    Some((token.at.clone(), new))
}

/// What scripts/headers_install.sh looks for.
const INSTALLED: &[&str] = &[
    "_UAPI",
    "__user",
    "__force",
    "__iomem",
    "__packed",
    "__attribute_const__",
    "inline",
    "asm",
    "volatile",
    "__KERNEL__",
    "__EXPORTED_HEADERS__",
];

/// Numbers spelled otherwise, values in parentheses, neighbours that don't know each other swapped.
pub fn respelled(text: &str, choice: &mut Choice<'_>) -> Mutation {
    let all = tokens(text);
    let items = outline(text);
    let mut edits = Vec::new();
    while choice.left() {
        match choice.of(4) {
            0 => take(&mut edits, in_parentheses(text, &items, choice)),
            1 => take(&mut edits, swapped(text, &items, choice)),
            _ => {
                let numbers: Vec<usize> = (0..all.len())
                    .filter(|at| all[*at].kind == Kind::Number)
                    // A text with literals is compared as it stands.
                    .filter(|at| {
                        !all[*at].directive
                            || !line_of(text, all[*at].at.start).contains(['"', '\''])
                    })
                    .collect();
                let at = numbers.get(choice.of(numbers.len())).copied();
                let how = choice.of(4);
                let evaluated = at.is_some_and(|at| evaluated(text, &items, all[at].at.start));
                let how = if evaluated { how } else { how % 3 };
                take(&mut edits, at.and_then(|at| number(text, &all, at, how)));
            }
        }
    }
    Mutation {
        what: "numbers, parentheses, order".to_owned(),
        subject: String::new(),
        text: edited(text, edits),
        beside: None,
    }
}

/// Whether a number stands where its value is known: an expression in its place is the same then.
fn evaluated(text: &str, items: &[Item], at: usize) -> bool {
    items.iter().any(|item| match item {
        Item::Macro { body, .. } => {
            let words = tokens(&text[body.clone()]).into_iter();
            body.contains(&at) && words.into_iter().all(|token| token.kind != Kind::Word)
        }
        Item::Typedef { .. } => false,
        Item::Record { at: place, .. } | Item::Enumeration { at: place, .. } => place.contains(&at),
    })
}

fn line_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..].lines().next().unwrap_or("")
}

fn number(text: &str, all: &[Token], at: usize, how: usize) -> Option<Edit> {
    let token = &all[at];
    let pasted = |at: Option<usize>| {
        at.and_then(|at| all.get(at))
            .is_some_and(|t| &text[t.at.clone()] == "##")
    };
    if pasted(at.checked_sub(1))
        || pasted(Some(at + 1))
        || pasted(at.checked_sub(2))
        || pasted(Some(at + 2))
    {
        return None;
    }
    let word = &text[token.at.clone()];
    let value = match word.strip_prefix("0x").or(word.strip_prefix("0X")) {
        Some(digits) => i32::from_str_radix(digits, 16).ok()?,
        None if word.len() > 1 && word.starts_with('0') => i32::from_str_radix(word, 8).ok()?,
        None => word.parse().ok()?,
    };
    let new = match how {
        0 => format!("{value:#x}"),
        1 => format!("0{value:o}"),
        2 => format!("{value}"),
        _ if value > 0 && value < 1 << 30 && value.count_ones() == 1 => {
            format!("(1 << {})", value.trailing_zeros())
        }
        _ => format!("0x{value:08X}"),
    };
    Some((token.at.clone(), new))
}

fn in_parentheses(text: &str, items: &[Item], choice: &mut Choice<'_>) -> Option<Edit> {
    let mut values = Vec::new();
    for item in items {
        match item {
            Item::Macro { body, .. } => values.push(body.clone()),
            Item::Enumeration { enumerators, .. } => {
                values.extend(enumerators.iter().filter_map(|one| one.value.clone()));
            }
            _ => {}
        }
    }
    // Only of what is a value for sure: a name may stand for a field or a type, and what another header
    // has to define is compared as text.
    let known = |name: &str| text.contains(&format!("define {name} "));
    values.retain(|at| {
        let word = &text[at.clone()];
        let names = tokens(word).into_iter().filter(|t| t.kind == Kind::Word);
        let mut names = names.map(|t| word[t.at].to_owned());
        if !names.all(|name| known(&name)) {
            return false;
        }
        let end = |c: char| c.is_ascii_digit() || c == ')';
        word.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            && word.ends_with(end)
            && !word.contains('\\')
    });
    let at = values.get(choice.of(values.len()))?.clone();
    let new = format!("({})", &text[at.clone()]);
    Some((at, new))
}

/// Two declarations one behind the other, of which neither spells what the other defines.
fn swapped(text: &str, items: &[Item], choice: &mut Choice<'_>) -> Vec<Edit> {
    let words = |item: &Item| -> BTreeSet<&str> {
        let own = &text[item.at().clone()];
        let own = tokens(own)
            .into_iter()
            .filter(|t| t.kind == Kind::Word)
            .map(|t| &text[item.at().start + t.at.start..item.at().start + t.at.end]);
        own.filter(|word| !KEYWORDS.contains(word)).collect()
    };
    let apart = |pair: &&[Item]| match pair {
        [one, other] => {
            let between = text.get(one.at().end..other.at().start);
            // Only declarations that follow one another, with no condition between them.
            let alone = between.is_some_and(|between| between.trim().is_empty());
            alone
                && std::mem::discriminant(one) == std::mem::discriminant(other)
                && words(one).is_disjoint(&words(other))
        }
        _ => false,
    };
    let pairs: Vec<&[Item]> = items.windows(2).filter(apart).collect();
    match pairs.get(choice.of(pairs.len())) {
        Some([one, other]) => vec![
            (one.at().clone(), text[other.at().clone()].to_owned()),
            (other.at().clone(), text[one.at().clone()].to_owned()),
        ],
        _ => Vec::new(),
    }
}

/// Words that don't tie two declarations together.
const KEYWORDS: [&str; 16] = [
    "define", "struct", "union", "enum", "typedef", "unsigned", "int", "char", "short", "long",
    "__u8", "__u16", "__u32", "__u64", "__s32", "__s64",
];

/// A header that comes with every addition.
const NEW_HEADER: (&str, &str) = (
    "include/uapi/linux/added.h",
    "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
     #ifndef _UAPI_LINUX_ADDED_H\n#define _UAPI_LINUX_ADDED_H\n\
     struct added_in_header {\n\tint member;\n};\n#endif\n",
);

/// What can be added to a header, and the names it brings.
const ADDITIONS: [(&str, &[&str]); 5] = [
    (
        "struct added_record {\n\tunsigned int first;\n\tunsigned int second;\n};\n",
        &["struct added_record"],
    ),
    (
        "enum added_kind {\n\tADDED_ONE,\n\tADDED_TWO,\n};\n",
        &["enum added_kind", "ADDED_ONE", "ADDED_TWO"],
    ),
    ("#define ADDED_VALUE 0x77\n", &["ADDED_VALUE"]),
    ("#define ADDED_CALL(x) ((x) + 1)\n", &["ADDED_CALL"]),
    ("typedef unsigned int added_type;\n", &["added_type"]),
];

/// Whether a declaration may follow a text.
fn at_file_scope(before: &str) -> bool {
    let code = tokens(before)
        .into_iter()
        .filter(|t| t.is_code() && !t.directive);
    let marks: Vec<&str> = code.map(|t| &before[t.at]).collect();
    let count = |mark: &str| marks.iter().filter(|other| **other == mark).count();
    count("{") == count("}") && marks.last().is_none_or(|last| matches!(*last, ";" | "}"))
}

/// Declarations put in front of others or at the end.
pub fn added(text: &str, choice: &mut Choice<'_>) -> Mutation {
    let items = outline(text);
    // Without a guard, a new type is a break: the header can't be included twice any more.
    let guarded = text.contains("#ifndef");
    let additions = &ADDITIONS[if guarded { 0 } else { 2 }..if guarded { 5 } else { 4 }];
    let end = text.rfind("#endif").unwrap_or(text.len());
    let mut edits = Vec::new();
    let mut names = vec!["linux/added.h", "struct added_in_header"];
    while choice.left() {
        let (code, brings) = additions[choice.of(additions.len())];
        if names.contains(&brings[0]) {
            choice.next += 1;
            continue;
        }
        names.extend(brings);
        let places: Vec<usize> = items
            .iter()
            .map(|item| item.at().start)
            .filter(|at| text[..*at].ends_with('\n') && at_file_scope(&text[..*at]))
            .collect();
        // In front of what, or last of all.
        let at = match choice.of(places.len() + 1) {
            0 => end,
            place => places[place - 1],
        };
        let code = if at == end {
            code.to_owned()
        } else {
            format!("{code}\n")
        };
        edits.push((at..at, code));
    }
    Mutation {
        what: "additions".to_owned(),
        subject: names.join(" "),
        text: edited(text, edits),
        beside: Some(NEW_HEADER),
    }
}
