//! Headers that take in a changed one and still can't have changed: nothing they spell did.
//!
//! The changed headers are read first. What differs between their two surfaces is a set of names; a
//! header that neither spells one of them itself nor takes in an unchanged file that does is compiled
//! from the same declarations as before. Where this can't be said, the header is read.

use super::words::{defined, identifiers, settled};
use crate::model::{Constant, Function, FunctionMacro, HeaderSurface, Record, Typedef};
use crate::tree::include::Graph;
use crate::tree::{HeaderTree, TextId};
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

/// The words of texts, each text looked at once.
#[derive(Debug, Default)]
pub(super) struct Words<'t> {
    known: HashMap<TextId, TextWords<'t>>,
}

#[derive(Debug)]
struct TextWords<'t> {
    all: HashSet<&'t [u8]>,
    defined: HashSet<&'t [u8]>,
}

impl<'t> Words<'t> {
    /// Whether a header that takes in some changed ones can have changed on this side.
    pub fn reaches(
        &mut self,
        tree: &'t HeaderTree,
        graph: &Graph<'t>,
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
        let files = closure
            .iter()
            .filter_map(|path| Some((*path, tree.headers.get(*path)?)));
        for (path, file) in files {
            let same = !touched.contains_key(path);
            let words = self.known.entry(file.id).or_insert_with(|| TextWords {
                all: identifiers(&file.text).collect(),
                defined: file
                    .text
                    .split(|byte| *byte == b'\n')
                    .filter_map(settled)
                    .collect(),
            });
            let spells = |set: &HashSet<&[u8]>, names: &HashSet<String>| {
                names.iter().any(|name| set.contains(name.as_bytes()))
            };
            let reaches = |(other, touched): &(&str, &Touched)| {
                same && spells(&words.all, &touched.names)
                    || *other != path && spells(&words.defined, &touched.asked)
            };
            if changed.iter().any(reaches) {
                return true;
            }
        }
        false
    }
}
