//! A make expression becomes its text: variables and the functions that Kbuild lists are written with.
//!
//! `wildcard` asks the examined tree; `shell` and everything unknown is empty. Knows nothing of lines
//! and conditions: see [`super::kbuild`].

use crate::source::{Files, SourceError};
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

/// Longest text an expression or a variable may become, in bytes; beyond it is cut.
const MAX_LENGTH: usize = 1 << 16;
/// Deepest nesting of `$(...)`.
const MAX_DEPTH: usize = 32;
/// Bytes that may be looked at before the rest is taken for empty; the kernel's files need some thousand.
const MAX_WORK: usize = 1 << 22;

/// Variables, and the files that `wildcard` may find.
pub(super) struct Expander<'a> {
    pub files: &'a dyn Files,
    generated: &'a BTreeSet<String>,
    variables: HashMap<String, String>,
    /// Bytes looked at so far.
    work: Cell<usize>,
}

impl<'a> Expander<'a> {
    /// Knows no variable yet.
    pub fn new(files: &'a dyn Files, generated: &'a BTreeSet<String>) -> Self {
        Expander {
            files,
            generated,
            variables: HashMap::new(),
            work: Cell::new(0),
        }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables
            .insert(name.to_string(), cut(value).to_string());
    }

    /// Adds to a variable, a space between.
    pub fn append(&mut self, name: &str, value: &str) {
        let variable = self.variables.entry(name.to_string()).or_default();
        if variable.len() + value.len() < MAX_LENGTH {
            variable.push(' ');
            variable.push_str(value);
        }
    }

    /// A variable's text, empty where it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// Expands every `$(...)`.
    pub fn expand(&self, text: &str) -> Result<String, SourceError> {
        self.expand_with(
            text,
            &Local {
                name: "",
                value: "",
                outer: None,
            },
            0,
        )
    }

    fn expand_with(&self, text: &str, local: &Local, depth: usize) -> Result<String, SourceError> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            out.push_str(&rest[..dollar]);
            rest = &rest[dollar + 1..];
            let Some(open) = rest.chars().next() else {
                break;
            };
            if !matches!(open, '(' | '{') {
                // `$$` is a dollar, `$x` a variable with a short name: neither occurs in lists.
                rest = &rest[open.len_utf8()..];
                continue;
            }
            let Some(close) = closing(rest) else {
                return Ok(out);
            };
            if depth < MAX_DEPTH && out.len() < MAX_LENGTH {
                out.push_str(&self.reference(&rest[1..close], local, depth + 1)?);
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        Ok(cut(&out).to_string())
    }

    /// What stands between the parentheses: a function with its arguments, or a variable's name.
    fn reference(&self, inner: &str, local: &Local, depth: usize) -> Result<String, SourceError> {
        if self.work.get() > MAX_WORK {
            return Ok(String::new());
        }
        let (function, arguments) = inner.split_once([' ', '\t']).unwrap_or((inner, ""));
        let arguments = arguments.trim_start();
        self.work.set(self.work.get() + inner.len());
        let expand = |text: &str| self.expand_with(text, local, depth);
        Ok(match function {
            "if" | "or" | "and" => self.choose(function, arguments, local, depth)?,
            "foreach" => self.foreach(arguments, local, depth)?,
            "wildcard" => self.wildcard(&expand(arguments)?)?,
            "filter" | "filter-out" | "addprefix" | "addsuffix" | "sort" | "strip" | "subst"
            | "patsubst" => {
                let split = split_arguments(arguments, argument_count(function));
                let expanded: Result<Vec<String>, SourceError> =
                    split.iter().map(|a| expand(a)).collect();
                let expanded = expanded?;
                let argument = |i: usize| expanded.get(i).map_or("", String::as_str);
                apply(function, argument(0), argument(1), argument(2))
            }
            _ => {
                let name = expand(inner)?;
                let value = local.get(&name).unwrap_or(self.get(&name));
                self.work.set(self.work.get() + value.len());
                value.to_string()
            }
        })
    }

    /// `$(if c,yes,no)`, `$(or a,b)`, `$(and a,b)`.
    fn choose(
        &self,
        function: &str,
        arguments: &str,
        local: &Local,
        depth: usize,
    ) -> Result<String, SourceError> {
        let split = split_arguments(arguments, if function == "if" { 3 } else { usize::MAX });
        let expand = |i: usize| match split.get(i) {
            Some(text) => self.expand_with(text.trim(), local, depth),
            None => Ok(String::new()),
        };
        if function == "if" {
            let condition = expand(0)?;
            return expand(if condition.trim().is_empty() { 2 } else { 1 });
        }
        let mut last = String::new();
        for i in 0..split.len() {
            last = expand(i)?;
            if last.trim().is_empty() == (function == "and") {
                break;
            }
        }
        Ok(last)
    }

    /// `$(foreach name,words,text)`.
    fn foreach(&self, arguments: &str, local: &Local, depth: usize) -> Result<String, SourceError> {
        let split = split_arguments(arguments, 3);
        let [name, words, text] = split.as_slice() else {
            return Ok(String::new());
        };
        let mut out = String::new();
        for value in self.expand_with(words, local, depth)?.split_whitespace() {
            let inner = Local {
                name: name.trim(),
                value,
                outer: Some(local),
            };
            out.push_str(&self.expand_with(text, &inner, depth)?);
            out.push(' ');
            if out.len() > MAX_LENGTH {
                break;
            }
        }
        Ok(out.trim_end().to_string())
    }

    /// Those of the paths that are there. Patterns with `*` match nothing.
    fn wildcard(&self, paths: &str) -> Result<String, SourceError> {
        let mut found = Vec::new();
        for path in paths.split_whitespace() {
            let plain = path.trim_start_matches("./");
            if self.generated.contains(plain) || self.files.file(plain)?.is_some() {
                found.push(path);
            }
        }
        Ok(found.join(" "))
    }
}

/// The variables of the `foreach` loops at hand, innermost first.
struct Local<'l> {
    name: &'l str,
    value: &'l str,
    outer: Option<&'l Local<'l>>,
}

impl Local<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        if self.name == name && !name.is_empty() {
            return Some(self.value);
        }
        self.outer?.get(name)
    }
}

fn argument_count(function: &str) -> usize {
    match function {
        "sort" | "strip" => 1,
        "subst" | "patsubst" => 3,
        _ => 2,
    }
}

/// The functions that work on words or text alone.
fn apply(function: &str, a: &str, b: &str, c: &str) -> String {
    let words = |text: &str, f: &dyn Fn(&str) -> Option<String>| -> String {
        let mut out = String::new();
        for word in text.split_whitespace().filter_map(f) {
            if out.len() + word.len() > MAX_LENGTH {
                break;
            }
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(&word);
        }
        out
    };
    let any = |word: &str| {
        a.split_whitespace()
            .any(|pattern| stem(pattern, word).is_some())
    };
    match function {
        "filter" => words(b, &|word| any(word).then(|| word.to_string())),
        "filter-out" => words(b, &|word| (!any(word)).then(|| word.to_string())),
        "addprefix" => words(b, &|word| Some(format!("{a}{word}"))),
        "addsuffix" => words(b, &|word| Some(format!("{word}{a}"))),
        "sort" => a
            .split_whitespace()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(" "),
        "strip" => words(a, &|word| Some(word.to_string())),
        "subst" if !a.is_empty() && c.matches(a).count() * b.len() < MAX_LENGTH => c.replace(a, b),
        "patsubst" => words(c, &|word| {
            Some(stem(a, word).map_or_else(|| word.to_string(), |stem| b.replacen('%', stem, 1)))
        }),
        _ => c.to_string(),
    }
}

/// What the `%` of a pattern stands for in a word that matches.
fn stem<'w>(pattern: &str, word: &'w str) -> Option<&'w str> {
    match pattern.split_once('%') {
        Some((before, after)) => word.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == word).then_some(""),
    }
}

/// Position of the parenthesis that closes the one at the start.
fn closing(text: &str) -> Option<usize> {
    let mut level = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => level += 1,
            b')' | b'}' => level = level.saturating_sub(1),
            _ => continue,
        }
        if level == 0 {
            return Some(at);
        }
    }
    None
}

/// Splits at the commas that are in no parentheses, into at most `count` pieces.
pub(super) fn split_arguments(text: &str, count: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut level = 0usize;
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => level += 1,
            b')' | b'}' => level = level.saturating_sub(1),
            b',' if level == 0 && pieces.len() + 1 < count => {
                pieces.push(text[start..at].to_string());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text[start..].to_string());
    pieces
}

/// At most [`MAX_LENGTH`] bytes of a text.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_LENGTH)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::memory::MemoryFiles;

    #[test]
    fn functions_give_what_make_gives() {
        let files = MemoryFiles::from([("include/a.h", "")]);
        let generated = BTreeSet::new();
        let mut expander = Expander::new(&files, &generated);
        expander.set("list", "a.h b.h c.c");
        expander.set("dir", "include");
        for (text, expected) in [
            ("$(filter %.h,$(list))", "a.h b.h"),
            ("$(filter-out a.h %.c,$(list))", "b.h"),
            ("$(addprefix x/,$(list))", "x/a.h x/b.h x/c.c"),
            ("$(patsubst %.h,%.o,$(list))", "a.o b.o c.c"),
            ("$(subst .h,,$(list))", "a b c.c"),
            ("$(sort b a b)", "a b"),
            (
                "$(foreach f,$(list),$(if $(wildcard ./$(dir)/$(f)),$(f)))",
                "a.h",
            ),
            ("$(if $(none),x,$(or $(none),y))", "y"),
            ("$(and a,$(none),b)", ""),
            ("$(shell rm -rf /) ${list}", " a.h b.h c.c"),
            ("$(none) open $(", " open "),
        ] {
            assert_eq!(expander.expand(text).unwrap(), expected, "{text}");
        }
    }
}
