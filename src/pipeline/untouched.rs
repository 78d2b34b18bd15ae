//! Headers that take in a changed one and still can't have changed: nothing they spell did.
//!
//! The changed headers are read first. What differs between their two surfaces is a set of names; a
//! header that neither spells one of them itself nor takes in an unchanged file that does is compiled
//! from the same declarations as before. Where this can't be said, the header is read.

use super::words::{defined, identifiers, settled};
use crate::model::{Constant, Function, FunctionMacro, HeaderSurface, Record, Typedef};
use crate::tree::include::Graph;
use crate::tree::{HeaderTree, TextId};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
            asked: HashSet::new(),
            beyond_names: includes(old) != includes(new) || unread(old) != unread(new),
        };
        let (lines, now) = (directives(was), directives(is));
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
    /// What it pastes to other words: the neighbours of `##`. Single letters are names of parameters.
    pasted: Vec<&'t [u8]>,
}

impl<'t> Spelled<'t> {
    fn of(text: &'t [u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n');
        Self {
            words: identifiers(text).collect(),
            settled: lines.filter_map(settled).collect(),
            pasted: pasted(text),
        }
    }

    fn names(&self, name: &[u8]) -> bool {
        let made = |piece: &&[u8]| {
            piece.len() < name.len() && (name.starts_with(piece) || name.ends_with(piece))
        };
        self.words.contains(name) || self.pasted.iter().any(made)
    }
}

/// The words beside each `##` of a text.
fn pasted(text: &[u8]) -> Vec<&[u8]> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let marks = (0..text.len()).filter(|at| text[*at..].starts_with(b"##"));
    let beside = marks.flat_map(|at| {
        let before = text[..at].trim_ascii_end();
        let after = text[at + 2..].trim_ascii_start();
        let start = before.iter().rposition(|byte| !is_word(byte));
        let end = after.iter().position(|byte| !is_word(byte));
        [
            &before[start.map_or(0, |at| at + 1)..],
            &after[..end.unwrap_or(after.len())],
        ]
    });
    beside.filter(|word| word.len() > 1).collect()
}

/// What the texts of one tree can name, each text looked at once.
#[derive(Debug)]
pub(super) struct Words<'t> {
    tree: &'t HeaderTree,
    known: HashMap<TextId, Spelled<'t>>,
}

impl<'t> Words<'t> {
    /// Looks at what these headers take in.
    pub fn of(
        tree: &'t HeaderTree,
        graph: &Graph<'t>,
        headers: impl Iterator<Item = &'t String>,
    ) -> Self {
        let paths: BTreeSet<&str> = headers.flat_map(|path| graph.closure(path)).collect();
        let files = paths.into_iter().filter_map(|path| tree.headers.get(path));
        let files: HashMap<TextId, &[u8]> = files.map(|file| (file.id, &*file.text)).collect();
        let known = files.into_par_iter();
        Self {
            tree,
            known: known.map(|(id, text)| (id, Spelled::of(text))).collect(),
        }
    }

    /// Whether a header that takes in some changed ones can have changed on this side.
    pub fn reaches(
        &self,
        graph: &Graph<'t>,
        header: &str,
        touched: &BTreeMap<&str, Touched>,
    ) -> bool {
        let closure = graph.closure(header);
        let changed: Vec<(&str, &Touched)> = closure
            .iter()
            .filter_map(|path| Some((*path, touched.get(path)?)))
            .collect();
        let may = |path: &&str| {
            let file = self.tree.headers.get(*path);
            let spelled = file.and_then(|file| self.known.get(&file.id));
            spelled.is_some_and(|spelled| may_differ(path, spelled, &changed, touched))
        };
        changed.iter().any(|(_, touched)| touched.beyond_names) || closure.iter().any(may)
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
    use super::{Spelled, Touched};

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
        // What comes from the arguments alone is spelled where the macro is used.
        assert!(!Spelled::of(b"#define P(x, y) x ## y\n").names(b"xy"));
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
        let sorted = |set: &std::collections::HashSet<String>| {
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
