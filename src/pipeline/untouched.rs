//! Headers that take in a changed one and still can't have changed: nothing they spell did.
//!
//! The changed headers are read first. What differs between their two surfaces is a set of names; a
//! header that neither spells one of them itself nor takes in an unchanged file that does is compiled
//! from the same declarations as before. Where this can't be said, the header is read.

use crate::model::{Constant, Function, FunctionMacro, HeaderSurface, Record, Typedef};
use crate::tree::comments::without_comments;
use crate::tree::include::Graph;
use crate::tree::words::{defined, identifiers, settled};
use crate::tree::{HeaderTree, TextId};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What differs between the two sides of one changed header.
#[derive(Debug, Default)]
pub(super) struct Touched {
    names: HashSet<String>,
    /// What conditions ask that are there on one side only: who defines it decides what the header is.
    asked: HashSet<String>,
    /// Its includes, or something unread, differ: no name tells what else does.
    beyond_names: bool,
}

impl Touched {
    /// Compares both surfaces and texts of a header; a side that does not have it is `None`.
    pub fn between(sides: [Option<(&HeaderSurface, &[u8])>; 2]) -> Self {
        let [Some((old, was)), Some((new, is))] = sides else {
            return Self {
                beyond_names: true,
                ..Self::default()
            };
        };
        let bare = [old, new].map(|surface| surface.clone().without_lines());
        let [before, after] = [items(&bare[0]), items(&bare[1])];
        let differs = |name: &&&str| before.get(*name) != after.get(*name);
        let names = before.keys().chain(after.keys()).filter(differs);
        let mut touched = Self {
            names: names.map(|name| (*name).to_owned()).collect(),
            asked: HashSet::default(),
            beyond_names: includes(old) != includes(new) || unread(old) != unread(new),
        };
        let [was, is] = [was, is].map(without_comments);
        let (lines, now) = (directives(&was), directives(&is));
        for line in lines.symmetric_difference(&now) {
            touched.add_directive(line);
        }
        // What pastes names together may make one of those.
        let pasting = new
            .macros
            .iter()
            .chain(&old.macros)
            .filter(|item| item.body.contains("##"));
        touched.names.extend(pasting.map(|item| item.name.clone()));
        touched
    }

    /// Notes a directive that is there on one side only.
    fn add_directive(&mut self, line: &[u8]) {
        let owned = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
        if let Some(name) = defined(line) {
            // Of a definition only the name: what it stands for is compared as a value.
            self.names.insert(owned(name));
            return;
        }
        let mut words = identifiers(line);
        let set = match words.next() {
            Some(b"if" | b"ifdef" | b"ifndef" | b"elif") => &mut self.asked,
            _ => &mut self.names,
        };
        set.extend(words.filter(|word| *word != b"defined").map(owned));
    }
}

fn includes(surface: &HeaderSurface) -> Vec<&str> {
    let includes = surface.includes.iter();
    includes.map(|include| include.path.as_str()).collect()
}

fn unread(surface: &HeaderSurface) -> Vec<(&str, &str)> {
    let unread = surface.unread.iter();
    unread
        .map(|unread| (unread.item.as_str(), unread.text.as_str()))
        .collect()
}

/// Something that a header declares.
#[derive(Debug, PartialEq)]
enum Item<'s> {
    Record(&'s Record),
    Enumeration { size: u64, signed: bool },
    Enumerator(i128),
    Typedef(&'s Typedef),
    Constant(&'s Constant),
    Macro(&'s FunctionMacro),
    Function(&'s Function),
}

/// Everything that a header declares, by name.
fn items(surface: &HeaderSurface) -> BTreeMap<&str, Vec<Item<'_>>> {
    let enumerations = surface.enumerations.iter().flat_map(|item| {
        let whole = Item::Enumeration {
            size: item.size,
            signed: item.signed,
        };
        let each = item.enumerators.iter();
        let each = each.map(|one| (one.name.as_str(), Item::Enumerator(one.value)));
        std::iter::once((item.name.as_str(), whole)).chain(each)
    });
    let all = surface
        .records
        .iter()
        .map(|item| (item.name.as_str(), Item::Record(item)))
        .chain(enumerations)
        .chain(
            surface
                .typedefs
                .iter()
                .map(|item| (&*item.name, Item::Typedef(item))),
        )
        .chain(
            surface
                .constants
                .iter()
                .map(|item| (&*item.name, Item::Constant(item))),
        )
        .chain(
            surface
                .macros
                .iter()
                .map(|item| (&*item.name, Item::Macro(item))),
        )
        .chain(
            surface
                .functions
                .iter()
                .map(|item| (&*item.name, Item::Function(item))),
        );
    let mut items: BTreeMap<&str, Vec<Item<'_>>> = BTreeMap::new();
    for (name, item) in all {
        // `struct foo` is spelled by its last word.
        let word = name.rsplit(' ').next().unwrap_or(name);
        items.entry(word).or_default().push(item);
    }
    items
}

/// The preprocessor's lines but includes, which are compared as such.
fn directives(text: &[u8]) -> BTreeSet<&[u8]> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(|line| {
            line.starts_with(b"#") && !line[1..].trim_ascii_start().starts_with(b"include")
        })
        .collect()
}

/// What a text can name.
#[derive(Debug)]
struct Spelled<'t> {
    words: HashSet<&'t [u8]>,
    /// Macros that it defines or takes back.
    settled: HashSet<&'t [u8]>,
    /// What it pastes to other words: the neighbours of `##` that are no parameters.
    pasted: Vec<&'t [u8]>,
    /// Whether it pastes parameters to each other: any two words may be one.
    pastes_any: bool,
}

impl<'t> Spelled<'t> {
    fn of(text: &'t [u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n');
        let mut spelled = Self {
            words: identifiers(text).collect(),
            settled: lines.filter_map(settled).collect(),
            pasted: Vec::new(),
            pastes_any: false,
        };
        let marks = (0..text.len()).filter(|at| text[*at..].starts_with(b"##"));
        for mark in marks {
            let parameters = parameters(&text[..mark]);
            let beside = beside(text, mark);
            let own = |word: &&[u8]| !parameters.contains(word);
            spelled.pastes_any |= !beside.iter().any(own);
            spelled.pasted.extend(beside.into_iter().filter(own));
        }
        spelled
    }

    fn names(&self, name: &[u8]) -> bool {
        let made = |piece: &&[u8]| {
            piece.len() < name.len() && (name.starts_with(piece) || name.ends_with(piece))
        };
        self.words.contains(name) || self.pasted.iter().any(made)
    }
}

/// The words before and behind a `##`, empty where there is none.
fn beside(text: &[u8], mark: usize) -> [&[u8]; 2] {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = text[..mark].trim_ascii_end();
    let after = text[mark + 2..].trim_ascii_start();
    let start = before.iter().rposition(|byte| !is_word(byte));
    let end = after.iter().position(|byte| !is_word(byte));
    [
        &before[start.map_or(0, |at| at + 1)..],
        &after[..end.unwrap_or(after.len())],
    ]
}

/// The parameters of the macro whose definition is not yet at its end.
fn parameters(before: &[u8]) -> HashSet<&[u8]> {
    let mut lines = before.rsplit(|byte| *byte == b'\n').peekable();
    let mut start = lines.next();
    // A line that ends with a backslash goes on.
    while let Some(line) = lines.next_if(|line| line.trim_ascii_end().ends_with(b"\\")) {
        start = Some(line);
    }
    let line = start.unwrap_or_default();
    let Some(name) = defined(line) else {
        return HashSet::default();
    };
    let behind = line.windows(name.len()).position(|part| part == name);
    let rest = &line[behind.map_or(0, |at| at + name.len())..];
    let list = rest.strip_prefix(b"(").unwrap_or_default();
    let end = list.iter().position(|byte| *byte == b')');
    identifiers(&list[..end.unwrap_or(list.len())]).collect()
}

/// Whether a name is two words of these texts, one of which may paste them together.
fn is_pasted(name: &[u8], texts: &[&Spelled<'_>]) -> bool {
    let spelled = |part: &[u8]| {
        let digits = part.iter().all(u8::is_ascii_digit);
        digits || texts.iter().any(|text| text.words.contains(part))
    };
    let mut splits = (1..name.len()).map(|at| name.split_at(at));
    splits.any(|(first, second)| spelled(first) && spelled(second))
}

/// A tree and its include graph.
pub(super) type Side<'t> = (&'t HeaderTree, &'t Graph<'t>);

/// The texts that headers take in, each once and without its comments.
pub(super) struct Texts<'t> {
    known: HashMap<TextId, Cow<'t, [u8]>>,
}

impl<'t> Texts<'t> {
    /// Those of these headers on both sides.
    pub fn of(sides: &[Side<'t>; 2], headers: &[&str]) -> Self {
        let mut files: HashMap<TextId, &[u8]> = HashMap::default();
        for (tree, graph) in sides {
            let paths: BTreeSet<&str> = headers
                .iter()
                .flat_map(|path| graph.closure(path))
                .collect();
            let found = paths.into_iter().filter_map(|path| tree.headers.get(path));
            files.extend(found.map(|file| (file.id, &*file.text)));
        }
        let bare = |(id, text)| (id, without_comments(text));
        Self {
            known: files.into_par_iter().map(bare).collect(),
        }
    }
}

/// What these texts can name.
pub(super) struct Words<'t> {
    known: HashMap<TextId, Spelled<'t>>,
}

impl<'t> Words<'t> {
    /// Looks through each.
    pub fn of(texts: &'t Texts<'_>) -> Self {
        let each = texts.known.par_iter();
        Self {
            known: each.map(|(id, text)| (*id, Spelled::of(text))).collect(),
        }
    }

    /// Whether a header that takes in some changed ones can have changed on this side.
    pub fn reaches(
        &self,
        (tree, graph): &Side<'_>,
        header: &str,
        touched: &BTreeMap<&str, Touched>,
    ) -> bool {
        let closure = graph.closure(header);
        let changed: Vec<(&str, &Touched)> = closure
            .iter()
            .filter_map(|path| Some((*path, touched.get(path)?)))
            .collect();
        if changed.iter().any(|(_, touched)| touched.beyond_names) {
            return true;
        }
        let file = |path: &&'_ str| self.known.get(&tree.headers.get(*path)?.id);
        let may = |path: &&str| {
            file(path).is_some_and(|spelled| may_differ(path, spelled, &changed, touched))
        };
        if closure.iter().any(may) {
            return true;
        }
        let pastes_any = closure.iter().filter_map(file).any(|text| text.pastes_any);
        let same = closure.iter().filter(|path| !touched.contains_key(*path));
        let texts: Vec<&Spelled<'_>> = same.filter_map(file).collect();
        let mut names = changed.iter().flat_map(|(_, touched)| &touched.names);
        pastes_any && names.any(|name| is_pasted(name.as_bytes(), &texts))
    }
}

/// Whether a file, beside these changed ones, makes a header something else than before: it is the same
/// itself and names what differs, or it answers what one of them newly asks.
fn may_differ(
    path: &str,
    spelled: &Spelled<'_>,
    changed: &[(&str, &Touched)],
    touched: &BTreeMap<&str, Touched>,
) -> bool {
    let same = !touched.contains_key(path);
    changed.iter().any(|(other, touched)| {
        let mut names = touched.names.iter();
        let mut asked = touched.asked.iter();
        same && names.any(|name| spelled.names(name.as_bytes()))
            || *other != path && asked.any(|name| spelled.settled.contains(name.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::{HashSet, Spelled, Touched, is_pasted};

    #[test]
    fn a_pasted_name_is_spelled() {
        let text = b"#define M(name) A_FMT_ ## name = B_FMT_##name\nenum e { M(ONE), TWO };\n";
        let spelled = Spelled::of(text);
        for name in ["B_FMT_ONE", "A_FMT_ONE", "TWO", "M"] {
            assert!(spelled.names(name.as_bytes()), "{name}");
        }
        for name in ["C_FMT_ONE", "THREE", "B_FM"] {
            assert!(!spelled.names(name.as_bytes()), "{name}");
        }
        // The name of a parameter is no part of what is pasted.
        let text = b"#define G(NAME, OTHER) \\\n\tstruct OTHER { int A_ ## NAME; }\n";
        let spelled = Spelled::of(text);
        assert!(spelled.names(b"A_X") && !spelled.names(b"IFLA_NAME"));
        assert!(!spelled.pastes_any);
    }

    #[test]
    fn two_words_may_be_pasted_where_a_macro_pastes_its_parameters() {
        let text = b"#define P(x, y) x ## y\nint P(FOO_, BAR), P(v, 12);\n";
        let spelled = Spelled::of(text);
        assert!(spelled.pastes_any);
        for name in ["FOO_BAR", "v12"] {
            assert!(!spelled.names(name.as_bytes()), "{name}");
            assert!(is_pasted(name.as_bytes(), &[&spelled]), "{name}");
        }
        assert!(!is_pasted(b"FOO_BAZ", &[&spelled]));
    }

    #[test]
    fn what_a_condition_asks_is_no_name_that_differs() {
        let mut touched = Touched::default();
        for line in [
            "#ifndef ASKED",
            "#if defined(ALSO)",
            "# define NAME ASKED",
            "#undef GONE",
        ] {
            touched.add_directive(line.as_bytes());
        }
        let sorted = |set: &HashSet<String>| {
            let mut all: Vec<String> = set.iter().cloned().collect();
            all.sort_unstable();
            all
        };
        assert_eq!(sorted(&touched.asked), ["ALSO", "ASKED"]);
        assert_eq!(sorted(&touched.names), ["GONE", "NAME"]);
        let spelled = Spelled::of(b"#ifdef ASKED\n#define OTHER ALSO\n#endif\n");
        assert!(spelled.settled.contains(b"OTHER".as_slice()));
        assert!(!spelled.settled.contains(b"ASKED".as_slice()));
    }
}
