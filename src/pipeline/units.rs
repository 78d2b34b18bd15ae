//! A header of a tree becomes the unit that has to be compiled to see it: worked out once for all targets of the tree.

use super::trees::{Trees, through};
use crate::extract::pool::SourceFile;
use crate::tree::HeaderTree;
use crate::tree::include::Graph;
use std::collections::HashMap;
use std::sync::Arc;

/// What has to be compiled to see a header.
#[derive(Clone)]
pub(super) struct Unit {
    pub through: String,
    pub id: blake3::Hash,
    pub files: Arc<Vec<SourceFile>>,
}

/// The units of every tree, worked out once for all its targets.
pub(super) struct Units<'t> {
    trees: &'t Trees,
    graphs: HashMap<*const HeaderTree, Graph<'t>>,
    units: HashMap<(*const HeaderTree, String), Option<Unit>>,
}

impl<'t> Units<'t> {
    pub fn new(trees: &'t Trees) -> Self {
        Self {
            trees,
            graphs: HashMap::new(),
            units: HashMap::new(),
        }
    }

    pub fn of(&mut self, tree: &'t HeaderTree, header: &'t str) -> Option<Unit> {
        let key = (std::ptr::from_ref(tree), header.to_owned());
        if let Some(unit) = self.units.get(&key) {
            return unit.clone();
        }
        let graph = self
            .graphs
            .entry(key.0)
            .or_insert_with(|| self.trees.graph(tree));
        let unit = through(graph, tree, header).map(|through| Unit {
            id: graph.closure_id(through),
            files: Arc::new(files(graph, tree, through)),
            through: through.to_owned(),
        });
        self.units.insert(key, unit.clone());
        unit
    }
}

/// The texts that a unit needs: the closure of the header, and of linux/ioctl.h, which the evaluation
/// of macros includes.
pub(super) fn files(graph: &Graph<'_>, tree: &HeaderTree, header: &str) -> Vec<SourceFile> {
    let mut paths = graph.closure(header);
    paths.extend(graph.closure("linux/ioctl.h"));
    paths.sort_unstable();
    paths.dedup();
    let file = |path: &str| {
        let header = tree.header(path)?;
        Some(SourceFile {
            path: path.to_owned(),
            id: header.id.0,
            text: Arc::clone(&header.text),
        })
    };
    paths.into_iter().filter_map(file).collect()
}
