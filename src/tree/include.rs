//! Which installed header includes which, and what a header's closure is.
//!
//! A scan of the `#include` lines, conditions not looked at: a superset of what a compiler reads, so
//! nothing that matters is left out. Knows nothing of libclang. Next: [`super::affected`].

use super::lines::Lines;
use super::rewrite::Rewrites;
use super::{Header, HeaderTree, TextId};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// A name in an `#include` line or a `__has_include`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The name between the quotes or brackets.
    pub name: String,
    /// `"x.h"`: looked for beside the including header first.
    pub quoted: bool,
}

/// The names a text includes, in order.
pub fn scan(text: &[u8]) -> Vec<Include> {
    let mut found = Vec::new();
    for line in Lines::new(text) {
        match line.word() {
            b"include" | b"include_next" => found.extend(name(&line.argument())),
            b"if" | b"elif" => found.extend(asked_for(&line.argument())),
            _ => {}
        }
    }
    found
}

/// The names after each `__has_include` of a condition.
fn asked_for(condition: &[u8]) -> Vec<Include> {
    const ASK: &[u8] = b"__has_include";
    let asks = condition
        .windows(ASK.len())
        .enumerate()
        .filter(|(_, window)| *window == ASK);
    let after = asks.filter_map(|(at, _)| {
        let rest = &condition[at + ASK.len()..];
        let open = rest.iter().position(|&b| b == b'(')?;
        name(&rest[open + 1..])
    });
    after.collect()
}

/// The name at the start of an argument; a name that a macro spells is not seen.
fn name(argument: &[u8]) -> Option<Include> {
    let argument = argument.trim_ascii_start();
    let (quoted, close) = match argument.first()? {
        b'"' => (true, b'"'),
        b'<' => (false, b'>'),
        _ => return None,
    };
    let end = argument[1..].iter().position(|&b| b == close)? + 1;
    let name = std::str::from_utf8(argument[1..end].trim_ascii()).ok()?;
    Some(Include {
        name: name.to_string(),
        quoted,
    })
}

/// For each header of a tree, in the order of their paths, the places of those it includes.
pub(super) type Edges = Vec<Vec<usize>>;

/// The include graph of a tree.
pub struct Graph<'a> {
    paths: Vec<&'a str>,
    ids: Vec<TextId>,
    edges: Arc<Edges>,
}

impl<'a> Graph<'a> {
    /// Scans every header of a tree.
    pub fn new(tree: &'a HeaderTree) -> Self {
        Graph::remembered(tree, &Rewrites::default())
    }

    /// Scans every header of a tree that was not scanned before.
    pub fn remembered(tree: &'a HeaderTree, memo: &Rewrites) -> Self {
        let mut headers: Vec<(&str, &Header)> = tree
            .headers
            .iter()
            .chain(
                tree.support
                    .iter()
                    .filter(|(path, _)| !tree.headers.contains_key(*path)),
            )
            .map(|(path, header)| (path.as_str(), header))
            .collect();
        headers.sort_unstable_by_key(|(path, _)| *path);
        let paths: Vec<&str> = headers.iter().map(|(path, _)| *path).collect();
        let ids: Vec<TextId> = headers.iter().map(|(_, header)| header.id).collect();
        let everything = hash(paths.iter().copied().zip(ids.iter()));
        let edges = memo.edges(everything, || {
            let index = paths.iter().enumerate().map(|(i, &path)| (path, i));
            let index: HashMap<&str, usize> = index.collect();
            let edges = headers.par_iter().map(|(path, header)| {
                let includes = memo.includes(header);
                let includes = includes.iter();
                let mut to: Vec<usize> = includes
                    .filter_map(|include| resolve(path, include, &index))
                    .collect();
                to.sort_unstable();
                to.dedup();
                to
            });
            edges.collect()
        });
        Graph { paths, ids, edges }
    }

    /// Every header that a header may include, directly or not, itself included, sorted by path. Empty
    /// where the tree has no such header.
    pub fn closure(&self, header: &str) -> Vec<&'a str> {
        let reached = self.reach([header].iter().copied(), &self.edges);
        reached.into_iter().map(|i| self.paths[i]).collect()
    }

    /// Hash of the paths and texts of a header's closure: equal ids mean that a compiler sees the same.
    pub fn closure_id(&self, header: &str) -> blake3::Hash {
        let reached = self.reach([header].into_iter(), &self.edges);
        hash(reached.into_iter().map(|i| (self.paths[i], &self.ids[i])))
    }

    /// Every header whose closure holds one of `headers`, sorted by path.
    pub fn includers<'h>(&self, headers: impl Iterator<Item = &'h str>) -> Vec<&'a str> {
        let mut back = vec![Vec::new(); self.edges.len()];
        for (from, to) in self.edges.iter().enumerate() {
            for &to in to {
                back[to].push(from);
            }
        }
        self.reach(headers, &back)
            .into_iter()
            .map(|i| self.paths[i])
            .collect()
    }

    /// The sorted indices that can be reached, the starting points included.
    fn reach<'h>(&self, from: impl Iterator<Item = &'h str>, edges: &[Vec<usize>]) -> Vec<usize> {
        let mut seen = vec![false; edges.len()];
        let mut open: Vec<usize> = from
            .filter_map(|path| self.paths.binary_search(&path).ok())
            .collect();
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut seen[next], true) {
                open.extend(edges[next].iter().filter(|&&to| !seen[to]));
            }
        }
        seen.iter()
            .enumerate()
            .filter_map(|(i, &seen)| seen.then_some(i))
            .collect()
    }
}

/// Hash of paths and texts.
fn hash<'h>(headers: impl Iterator<Item = (&'h str, &'h TextId)>) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (path, id) in headers {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&id.0);
    }
    hasher.finalize()
}

/// The header that a name stands for, where the tree has it.
fn resolve(from: &str, include: &Include, index: &HashMap<&str, usize>) -> Option<usize> {
    let beside = || {
        let directory = from.rsplit_once('/').map_or("", |(directory, _)| directory);
        index
            .get(normal(directory, &include.name)?.as_str())
            .copied()
    };
    let from_root = || index.get(normal("", &include.name)?.as_str()).copied();
    if include.quoted {
        beside().or_else(from_root)
    } else {
        from_root()
    }
}

/// A name below a directory without `.` and `..`; `None` where it leaves the tree.
fn normal(directory: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::affected::tests::tree;

    fn names(text: &str) -> Vec<String> {
        scan(text.as_bytes())
            .into_iter()
            .map(|include| include.name)
            .collect()
    }

    #[test]
    fn both_forms_are_found_and_comments_are_not() {
        let text = "#include <a.h>\n # include /* x */ \"b.h\"\n/*\n#include <no.h>\n*/\n// #include <no.h>\n\
                    #define X \"#include <no.h>\"\n#if __has_include(<c.h>) && __has_include(\"d.h\")\n#include M\n";
        assert_eq!(names(text), ["a.h", "b.h", "c.h", "d.h"]);
    }

    #[test]
    fn a_closure_follows_quotes_brackets_and_cycles() {
        let tree = tree(&[
            (
                "drm/a.h",
                "#include \"b.h\"\n#include <linux/c.h>\n#include <stdint.h>\n",
            ),
            (
                "drm/b.h",
                "#include \"../linux/c.h\"\n#include \"../../../etc/passwd\"\n",
            ),
            ("linux/b.h", ""),
            ("linux/c.h", "#include <drm/a.h>\n"),
            ("linux/d.h", "#include \"linux/b.h\"\n"),
        ]);
        let graph = Graph::new(&tree);
        assert_eq!(
            graph.closure("drm/b.h"),
            ["drm/a.h", "drm/b.h", "linux/c.h"]
        );
        assert_eq!(graph.closure("linux/d.h"), ["linux/b.h", "linux/d.h"]);
        assert_eq!(graph.closure("linux/none.h"), Vec::<&str>::new());
        assert_eq!(
            graph.includers(["linux/b.h"].into_iter()),
            ["linux/b.h", "linux/d.h"]
        );
    }

    #[test]
    fn the_closure_id_follows_the_texts_of_the_closure_only() {
        let with = |c: &str, other: &str| {
            let tree = tree(&[("a.h", "#include <c.h>\n"), ("c.h", c), ("other.h", other)]);
            Graph::new(&tree).closure_id("a.h")
        };
        assert_eq!(with("1", "x"), with("1", "y"));
        assert_ne!(with("1", "x"), with("2", "x"));
    }
}
