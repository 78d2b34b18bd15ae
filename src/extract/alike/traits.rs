//! A text becomes the names in it, by the places they stand in, and whether C++ may take it otherwise.
//!
//! Every branch of every conditional is looked through. What the two languages may disagree on is in
//! [`super::words`] for single tokens and here for what they form.

use super::words::{Kind, Token, Words, hash, lexed};
use crate::extract::lexical::{self, logical_lines, tokens};

/// A logical line, and the number of its first.
type Line = (u32, String);

/// What matters of one text.
#[derive(Debug, Default)]
pub struct Traits {
    /// Whether C++ may take something in it otherwise.
    pub odd: bool,
    /// Whether it defines some macros otherwise for C++: those are poisoned.
    pub splits: bool,
    /// Every name in its code and its conditions.
    pub words: Words,
    /// The names in its code but those that only ever stand as a member.
    pub exposed: Words,
    /// Macros that it defines or takes back.
    pub defines: Words,
    /// Its macros with the names in their bodies, parameters left out.
    pub bodies: Vec<(u64, Vec<u64>)>,
    /// Macros whose bodies are odd.
    pub poisoned: Words,
    /// Names that typedefs declare.
    pub types: Words,
    /// Names that typedefs may declare.
    pub perhaps_types: Words,
    /// Every bare name in a typedef.
    pub aliases: Words,
    /// Names behind `struct`, `union` and `enum`.
    pub tags: Words,
    /// Names that may be those of members.
    pub members: Words,
}

impl Traits {
    /// Looks through a text.
    pub fn of(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let mut found = Self {
            // Trigraphs, which C++98 sees and GNU C does not, and other spellings of brackets and `#`.
            odd: ["??", "<:", "<%", "%:"]
                .iter()
                .any(|odd| text.contains(odd)),
            ..Self::default()
        };
        let mut lines = logical_lines(&text);
        lines.retain(|(_, line)| !line.trim_ascii().is_empty());
        let mut code: Vec<Token<'_>> = Vec::new();
        let mut rest = lines.as_slice();
        while let Some(((_, line), others)) = rest.split_first() {
            if let Some(behind) = without_linkage(rest) {
                rest = behind;
                continue;
            }
            if let Some((split, behind)) = split(rest) {
                split.iter().for_each(|name| found.split(name));
                rest = behind;
                continue;
            }
            rest = others;
            match line.trim_ascii_start().strip_prefix('#') {
                Some(directive) => found.directive(directive.trim_ascii_start()),
                None => code.extend(lexed(line)),
            }
        }
        found.code(&code);
        found
    }

    /// Whether it may define a macro of that name, or take it back.
    pub fn defines(&self, name: &str) -> bool {
        self.defines.contains(&hash(name))
    }

    fn directive(&mut self, directive: &str) {
        let end = directive.find(|c: char| !c.is_ascii_alphabetic());
        let (name, rest) = directive.split_at(end.unwrap_or(directive.len()));
        match name {
            "include" => self.odd |= !rest.trim_ascii_start().starts_with(['<', '"']),
            "define" => self.define(rest.trim_ascii_start()),
            "undef" => self.defines.extend(lexed(rest).filter_map(Token::name)),
            "if" | "ifdef" | "ifndef" | "elif" => {
                for token in lexed(rest) {
                    self.odd |= matches!(token.kind, Kind::Odd | Kind::Literal);
                    self.words.extend(token.name());
                }
            }
            "" | "else" | "endif" | "error" | "warning" => {}
            "pragma" if rest.trim_ascii() == "once" => {}
            _ => self.odd = true,
        }
    }

    /// A `#define` that is not in force in one of the two languages, or not the same.
    fn split(&mut self, rest: &str) {
        self.splits = true;
        self.define(rest);
        let name = lexical::define(0, rest, false).map(|define| hash(&define.name));
        self.poisoned.extend(name);
    }

    fn define(&mut self, rest: &str) {
        let Some(define) = lexical::define(0, rest, false) else {
            self.odd = true;
            return;
        };
        let body: Vec<Token<'_>> = define.body.iter().flat_map(|token| lexed(token)).collect();
        let name = hash(&define.name);
        self.odd |= lexed(&define.name).any(|name| name.kind == Kind::Odd);
        self.defines.insert(name);
        let opens =
            |token: &Token<'_>| matches!(token.text, "{" | "}" | ";" | "=" | "typedef" | "enum");
        let odd = |token: &Token<'_>| token.kind == Kind::Odd || opens(token);
        // A character is an int in C.
        let has = |text: &str| body.iter().any(|token| token.text.starts_with(text));
        if has_odd_pair(&body) || body.iter().any(odd) || has("'") && has("sizeof") {
            self.poisoned.insert(name);
        }
        let parameters = define.parameters.unwrap_or_default();
        let own = |token: &Token<'_>| !parameters.iter().any(|parameter| parameter == token.text);
        let names = body.into_iter().filter(own).filter_map(Token::name);
        self.bodies.push((name, names.collect()));
    }

    fn code(&mut self, code: &[Token<'_>]) {
        let odd = |token: &Token<'_>| matches!(token.kind, Kind::Odd | Kind::Literal);
        self.odd |= has_odd_pair(code) || code.iter().any(odd);
        self.words
            .extend(code.iter().filter_map(|token| token.name()));
        let mut place = Place::default();
        for (index, token) in code.iter().enumerate() {
            let (before, rest) = (&code[..index], &code[index + 1..]);
            match token.text {
                "{" => place.open.push(opened(before)),
                "}" => self.odd |= place.open.pop().is_none(),
                "(" => place.parentheses += 1,
                ")" => place.parentheses = place.parentheses.saturating_sub(1),
                "[" if rest.first().is_some_and(|next| next.text == "]") => {
                    self.odd |= place.open.last() != Some(&Scope::Struct { empty: false });
                }
                ";" => place.end_declaration(),
                "=" => self.odd |= place.open.last() != Some(&Scope::Enumeration),
                "typedef" => place.typedef = true,
                "struct" | "union" | "enum" => self.tagged(token.text, rest, place.open.len()),
                _ => {
                    if let Some(name) = token.name() {
                        self.named(name, before, rest, &place);
                    }
                }
            }
            self.odd |= place.open.last() == Some(&Scope::Other);
        }
        self.odd |= !place.open.is_empty();
    }

    /// What follows `struct`, `union` or `enum`.
    fn tagged(&mut self, keyword: &str, rest: &[Token<'_>], depth: usize) {
        let (tag, next) = match rest {
            [tag, next, ..] if tag.is_word() => (Some(tag), Some(next)),
            [next, ..] => (None, Some(next)),
            [] => (None, None),
        };
        self.tags.extend(tag.and_then(|tag| tag.name()));
        let follows = |text: &str| next.is_some_and(|next| next.text == text);
        // A scope of its own; an attribute in between; or a name that C++ wants to know by now, as C
        // does for a member.
        let nested =
            depth > 0 && (follows(";") || follows("{") && (tag.is_some() || keyword == "enum"));
        let decorated = tag.is_some_and(|tag| tag.name().is_none());
        let member = depth > 0 && next.is_some_and(|next| next.is_word());
        let unknown = keyword == "enum" && !follows("{") && !member;
        self.odd |= nested || decorated || unknown;
    }

    /// A name in the code.
    fn named(&mut self, name: u64, before: &[Token<'_>], rest: &[Token<'_>], place: &Place) {
        let before = before.last().map_or("", |token| token.text);
        let next = rest.first().map_or("", |token| token.text);
        let tag = matches!(before, "struct" | "union" | "enum");
        let direct = place.parentheses == 0 && matches!(next, ";" | "," | "[" | ":");
        let pointed = before == "*" && next == ")";
        if place.in_record() && !tag && (direct || pointed) {
            self.members.insert(name);
        } else {
            self.exposed.insert(name);
        }
        if place.typedef && place.open.is_empty() && !tag {
            self.aliases.insert(name);
            if next == ";" {
                self.types.insert(name);
            }
            if matches!(next, ";" | "," | ")" | "[" | "(") {
                self.perhaps_types.insert(name);
            }
        }
    }
}

/// What follows the three lines that say, to C++ alone, how functions are linked: that changes no type.
fn without_linkage(lines: &[Line]) -> Option<&[Line]> {
    let ([(_, condition), (_, code), (_, end)], rest) = lines.split_first_chunk()?;
    if !condition.contains("__cplusplus") {
        return None;
    }
    let is = |line: &str, expected: &[&str]| tokens(line) == expected;
    let asks = is(condition, &["#", "ifdef", "__cplusplus"])
        || is(condition, &["#", "if", "defined", "(", "__cplusplus", ")"]);
    let says = is(code, &["extern", "\"C\"", "{"]) || is(code, &["}"]);
    (asks && says && is(end, &["#", "endif"])).then_some(rest)
}

/// What stands behind each `#define` of a conditional on C++ that has nothing else in it, and what follows that.
fn split(lines: &[Line]) -> Option<(Vec<&str>, &[Line])> {
    let ((_, condition), rest) = lines.split_first()?;
    if !condition.contains("__cplusplus") {
        return None;
    }
    let asks = ["ifdef", "ifndef"].map(|word| ["#", word, "__cplusplus"]);
    if !asks.iter().any(|asks| tokens(condition) == asks) {
        return None;
    }
    let mut defines = Vec::new();
    for (at, (_, line)) in rest.iter().enumerate() {
        let directive = line
            .trim_ascii_start()
            .strip_prefix('#')?
            .trim_ascii_start();
        if let Some(define) = directive.strip_prefix("define") {
            defines.push(define.strip_prefix([' ', '\t'])?.trim_ascii_start());
        } else if tokens(directive) == ["endif"] {
            return Some((defines, &rest[at + 1..]));
        } else if tokens(directive) != ["else"] {
            return None;
        }
    }
    None
}

/// Whether two tokens that follow each other may mean something else in C++: an empty record, a cast to
/// a pointer.
fn has_odd_pair(code: &[Token<'_>]) -> bool {
    code.windows(2)
        .any(|pair| matches!((pair[0].text, pair[1].text), ("{", "}") | ("*", ")")))
}

/// Where a token stands.
#[derive(Debug, Default)]
struct Place {
    open: Vec<Scope>,
    parentheses: usize,
    typedef: bool,
}

impl Place {
    fn in_record(&self) -> bool {
        matches!(self.open.last(), Some(Scope::Struct { .. } | Scope::Union))
    }

    fn end_declaration(&mut self) {
        match self.open.last_mut() {
            Some(Scope::Struct { empty }) => *empty = false,
            Some(_) => {}
            None => self.typedef = false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// A struct, and whether it has no member yet.
    Struct {
        empty: bool,
    },
    Union,
    Enumeration,
    Other,
}

/// What a brace opens.
fn opened(before: &[Token<'_>]) -> Scope {
    let is_keyword = |token: &Token<'_>| matches!(token.text, "struct" | "union" | "enum");
    let keyword = match before {
        [.., keyword, tag] if tag.is_word() && !is_keyword(tag) => keyword.text,
        [.., keyword] => keyword.text,
        [] => "",
    };
    match keyword {
        "struct" => Scope::Struct { empty: true },
        "union" => Scope::Union,
        "enum" => Scope::Enumeration,
        _ => Scope::Other,
    }
}
