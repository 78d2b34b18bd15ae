//! Headers that take in a changed one and still can't have changed: nothing they spell did.
//!
//! The changed headers are read first. What differs between their two surfaces is a set of names; a
//! header that neither spells one of them itself nor takes in an unchanged file that does is compiled
//! from the same declarations as before. Where this can't be said, the header is read.

use crate::model::HeaderSurface;
use crate::tree::include::Graph;
use crate::tree::{HeaderTree, TextId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What differs between the two sides of one changed header.
#[derive(Debug, Default)]
pub(super) struct Touched {
    names: HashSet<String>,
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
        let (before, after) = (items(old), items(new));
        let differs = |name: &&String| before.get(*name) != after.get(*name);
        let mut names: HashSet<String> = before
            .keys()
            .chain(after.keys())
            .filter(differs)
            .cloned()
            .collect();
        let (lines, now) = (directives(was), directives(is));
        for line in lines.symmetric_difference(&now) {
            let words = identifiers(line).map(|word| String::from_utf8_lossy(word).into_owned());
            // Of a definition only the name: what it stands for is compared as a value.
            let most = if line[1..].trim_ascii_start().starts_with(b"define") {
                1
            } else {
                usize::MAX
            };
            names.extend(words.take(most));
        }
        // What pastes names together may make one of those.
        let pasting = new
            .macros
            .iter()
            .chain(&old.macros)
            .filter(|item| item.body.contains("##"));
        names.extend(pasting.map(|item| item.name.clone()));
        let includes = |surface: &HeaderSurface| {
            surface
                .includes
                .iter()
                .map(|include| include.path.clone())
                .collect::<Vec<_>>()
        };
        let unread = |surface: &HeaderSurface| {
            surface
                .unread
                .iter()
                .map(|unread| (unread.item.clone(), unread.text.clone()))
                .collect::<Vec<_>>()
        };
        Self {
            names,
            beyond_names: includes(old) != includes(new) || unread(old) != unread(new),
        }
    }
}

/// Everything a header declares, by name, without the lines it stands on.
fn items(surface: &HeaderSurface) -> BTreeMap<String, String> {
    let surface = surface.clone().without_lines();
    let mut items: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |name: &str, item: String| {
        items
            .entry(name.rsplit(' ').next().unwrap_or(name).to_owned())
            .or_default()
            .push_str(&item)
    };
    surface
        .records
        .iter()
        .for_each(|item| add(&item.name, format!("{item:?}")));
    for item in &surface.enumerations {
        add(&item.name, format!("{} {}", item.size, item.signed));
        item.enumerators
            .iter()
            .for_each(|item| add(&item.name, item.value.to_string()));
    }
    surface
        .typedefs
        .iter()
        .for_each(|item| add(&item.name, format!("{item:?}")));
    surface
        .constants
        .iter()
        .for_each(|item| add(&item.name, format!("{item:?}")));
    surface
        .macros
        .iter()
        .for_each(|item| add(&item.name, format!("{item:?}")));
    surface
        .functions
        .iter()
        .for_each(|item| add(&item.name, format!("{item:?}")));
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

fn identifiers(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    const OWN: [&[u8]; 10] = [
        b"define", b"undef", b"if", b"ifdef", b"ifndef", b"elif", b"else", b"endif", b"defined",
        b"error",
    ];
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .filter(|word| {
            word.first().is_some_and(|first| !first.is_ascii_digit()) && !OWN.contains(word)
        })
}

/// The words of texts, each text looked at once.
#[derive(Debug, Default)]
pub(super) struct Words<'t> {
    known: HashMap<TextId, HashSet<&'t [u8]>>,
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
        let changed: Vec<&Touched> = closure
            .iter()
            .filter_map(|path| touched.get(path))
            .collect();
        if changed.iter().any(|touched| touched.beyond_names) {
            return true;
        }
        let same = closure
            .iter()
            .filter(|path| !touched.contains_key(*path))
            .filter_map(|path| tree.header(path));
        same.into_iter().any(|file| {
            let words = self
                .known
                .entry(file.id)
                .or_insert_with(|| identifiers(&file.text).collect());
            changed.iter().any(|touched| {
                touched
                    .names
                    .iter()
                    .any(|name| words.contains(name.as_bytes()))
            })
        })
    }
}
