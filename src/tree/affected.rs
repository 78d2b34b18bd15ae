//! Two trees become the headers that have to be read again.
//!
//! Works on texts and the include graph alone: what really changed is told after extraction. Knows
//! nothing of libclang. Next: [`crate::extract`].

use super::comments::same_code;
use super::include::Graph;
use super::rewrite::Rewrites;
use super::{HeaderTree, Origin, words};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Which headers a change reaches. A header of either side may be named; each set is sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// Added, removed, or with another text, comments and blanks aside. Never linux/version.h, which
    /// differs in every release.
    pub changed: BTreeSet<String>,
    /// Headers whose include closure differs, the changed ones included.
    pub affected: BTreeSet<String>,
    /// Headers that are not affected but may hold a name that a changed header lost: they are in its
    /// closure and spell an identifier that it spells less often than before.
    pub consulted: BTreeSet<String>,
}

/// Compares two trees of one architecture.
pub fn affected(before: &HeaderTree, after: &HeaderTree, memo: &Rewrites) -> Affected {
    reach(before, after, memo, changed(before, after, same_code))
}

/// The same without a look into the texts: one that differs in a comment alone counts as changed.
pub fn affected_at_all(before: &HeaderTree, after: &HeaderTree, memo: &Rewrites) -> Affected {
    reach(before, after, memo, changed(before, after, |_, _| false))
}

fn reach(
    before: &HeaderTree,
    after: &HeaderTree,
    memo: &Rewrites,
    changed: BTreeSet<String>,
) -> Affected {
    if changed.is_empty() {
        return Affected::default();
    }
    let graphs = [
        Graph::remembered(before, memo),
        Graph::remembered(after, memo),
    ];
    let mut affected = BTreeSet::new();
    for graph in &graphs {
        let includers = graph.includers(changed.iter().map(String::as_str));
        affected.extend(includers.into_iter().map(String::from));
    }
    // What completes a tree may take in a header of it, but is not what is judged.
    affected.retain(|path| before.headers.contains_key(path) || after.headers.contains_key(path));
    let consulted = consulted([before, after], &graphs, &changed, &affected);
    Affected {
        changed,
        affected,
        consulted,
    }
}

fn changed(
    before: &HeaderTree,
    after: &HeaderTree,
    same_code: impl Fn(&[u8], &[u8]) -> bool + Sync,
) -> BTreeSet<String> {
    let paths: BTreeSet<&String> = before.headers.keys().chain(after.headers.keys()).collect();
    let differs = |path: &&String| {
        let sides = [before.headers.get(*path), after.headers.get(*path)];
        let version = sides
            .iter()
            .flatten()
            .all(|header| header.origin == Origin::Version);
        let same = match sides {
            [Some(old), Some(new)] => old.id == new.id || same_code(&old.text, &new.text),
            _ => false,
        };
        !same && !version
    };
    paths.into_par_iter().filter(differs).cloned().collect()
}

fn consulted(
    trees: [&HeaderTree; 2],
    graphs: &[Graph; 2],
    changed: &BTreeSet<String>,
    affected: &BTreeSet<String>,
) -> BTreeSet<String> {
    let [before, after] = trees;
    let losses = changed.par_iter().filter_map(|path| {
        let [old, new] = trees.map(|tree| tree.headers.get(path));
        let [old, new] = [old, new].map(|header| header.map_or(&[][..], |header| &header.text));
        let lost = lost(old, new);
        let taken_in = graphs.iter().flat_map(|graph| graph.closure(path));
        let rest: BTreeSet<&str> = taken_in.filter(|path| !affected.contains(*path)).collect();
        (!lost.is_empty() && !rest.is_empty()).then_some((lost, rest))
    });
    let losses: Vec<(HashSet<&[u8]>, BTreeSet<&str>)> = losses.collect();
    let paths: BTreeSet<&str> = losses.iter().flat_map(|(_, rest)| rest).copied().collect();
    let may_hold = |path: &&str| {
        // A header that is not affected has the same text on both sides, or is on one side only.
        let Some(found) = after.header(path).or_else(|| before.header(path)) else {
            return false;
        };
        let words: HashSet<&[u8]> = identifiers(&found.text).collect();
        let mut losses = losses.iter().filter(|(_, rest)| rest.contains(*path));
        losses.any(|(lost, _)| !lost.is_disjoint(&words))
    };
    let found = paths.into_par_iter().filter(may_hold).map(str::to_owned);
    found.collect()
}

/// The identifiers that `new` spells less often than `old`.
fn lost<'a>(old: &'a [u8], new: &'a [u8]) -> HashSet<&'a [u8]> {
    let mut balance: HashMap<&[u8], i64> = HashMap::default();
    for word in identifiers(old) {
        *balance.entry(word).or_default() += 1;
    }
    for word in identifiers(new) {
        *balance.entry(word).or_default() -= 1;
    }
    balance
        .into_iter()
        .filter_map(|(word, left)| (left > 0).then_some(word))
        .collect()
}

/// Words of the language and the preprocessor, which no header can lose.
const RESERVED: [&[u8]; 31] = [
    b"char",
    b"const",
    b"define",
    b"defined",
    b"double",
    b"elif",
    b"else",
    b"endif",
    b"enum",
    b"error",
    b"extern",
    b"float",
    b"h",
    b"if",
    b"ifdef",
    b"ifndef",
    b"include",
    b"inline",
    b"int",
    b"long",
    b"return",
    b"short",
    b"signed",
    b"sizeof",
    b"static",
    b"struct",
    b"typedef",
    b"undef",
    b"union",
    b"unsigned",
    b"void",
];

/// The identifiers of a text in order, those in comments too.
fn identifiers(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    words::identifiers(text).filter(|word| RESERVED.binary_search(word).is_err())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::tree::Header;
    use crate::tree::rewrite::text_id;

    /// A tree of headers with these texts.
    pub(crate) fn tree(headers: &[(&str, &str)]) -> HeaderTree {
        let header = |path: &str, text: &str| Header {
            text: text.as_bytes().into(),
            id: text_id(text.as_bytes()),
            origin: match path {
                "linux/version.h" => Origin::Version,
                _ => Origin::File {
                    path: format!("include/uapi/{path}"),
                },
            },
        };
        let headers = headers
            .iter()
            .map(|(p, t)| (p.to_string(), header(p, t)))
            .collect();
        HeaderTree {
            arch: "x86".into(),
            headers,
            ..HeaderTree::default()
        }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|n| n.to_string()).collect()
    }

    #[test]
    fn a_changed_header_reaches_those_that_include_it() {
        let with = |b: &str, version: &str| {
            tree(&[
                ("a.h", "#include <b.h>\n"),
                ("b.h", b),
                ("c.h", "int c;\n"),
                ("linux/version.h", version),
            ])
        };
        let found = affected(
            &with("int x;", "1"),
            &with("int y;", "2"),
            &Rewrites::default(),
        );
        assert_eq!(found.changed, names(&["b.h"]));
        assert_eq!(found.affected, names(&["a.h", "b.h"]));
        assert_eq!(found.consulted, names(&[]));
        let same = affected(
            &with("int x;", "1"),
            &with("int x;", "2"),
            &Rewrites::default(),
        );
        assert_eq!(same, Affected::default());
    }

    #[test]
    fn a_header_that_is_there_on_one_side_only_is_changed() {
        let before = tree(&[("a.h", "#include <b.h>\n"), ("b.h", "")]);
        let after = tree(&[("a.h", "#include <b.h>\n"), ("c.h", "")]);
        let found = affected(&before, &after, &Rewrites::default());
        assert_eq!(found.changed, names(&["b.h", "c.h"]));
        assert_eq!(found.affected, names(&["a.h", "b.h", "c.h"]));
    }

    #[test]
    fn a_header_that_may_hold_a_lost_name_is_consulted() {
        let with = |a: &str| {
            tree(&[
                ("a.h", a),
                ("has.h", "#define FOO 1\n"),
                ("has-not.h", "struct bar { int baz; };\n"),
                ("elsewhere.h", "#define FOO 1\n"),
            ])
        };
        let before = with("#define FOO 1\nstruct s { int i; };\n#include <has-not.h>\n");
        let after = with("#include <has.h>\n#include <has-not.h>\n");
        let found = affected(&before, &after, &Rewrites::default());
        assert_eq!(found.affected, names(&["a.h"]));
        assert_eq!(found.consulted, names(&["has.h"]));
        let moved = with("#define FOO 2\n#include <has.h>\n#include <has-not.h>\n");
        assert_eq!(
            affected(&moved, &moved, &Rewrites::default()),
            Affected::default()
        );
    }

    #[test]
    fn reserved_words_are_sorted() {
        assert!(RESERVED.is_sorted());
    }
}
