//! The header trees of both sides for every architecture, and which headers have to be read.

use super::layouts::Layouts;
use crate::tree::affected::{Affected, affected, affected_at_all};
use crate::tree::include::Graph;
use crate::tree::{HeaderTree, Rewrites, TreeError};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Both sides of one architecture.
#[derive(Debug)]
pub(super) struct ArchTrees {
    pub before: HeaderTree,
    pub after: HeaderTree,
    pub affected: Affected,
}

/// Both sides of each architecture that was asked for and is there, by the name of its directory below
/// `arch/`.
pub(super) struct Trees {
    pub by_arch: BTreeMap<String, ArchTrees>,
    pub memo: Arc<Rewrites>,
    pub layouts: Layouts,
}

impl Trees {
    /// Rebuilds those that either side has. What `memo` knows is not read again. Where `thorough`, a
    /// header with another comment counts as changed.
    ///
    /// # Errors
    /// Where a side cannot be read.
    pub fn build(
        layouts: Layouts,
        wanted: &BTreeSet<&str>,
        memo: &Arc<Rewrites>,
        thorough: bool,
    ) -> Result<Self, TreeError> {
        let mut names = layouts.architectures()?;
        names.retain(|name| wanted.contains(name.as_str()));
        let build = |arch: String| {
            let before = layouts.before.build(&arch, memo)?;
            let after = layouts.after.build(&arch, memo)?;
            let affected = match thorough {
                true => affected_at_all(&before, &after, memo),
                false => affected(&before, &after, memo),
            };
            Ok((
                arch,
                ArchTrees {
                    before,
                    after,
                    affected,
                },
            ))
        };
        let by_arch = names
            .into_par_iter()
            .map(build)
            .collect::<Result<_, TreeError>>()?;
        Ok(Self {
            by_arch,
            memo: Arc::clone(memo),
            layouts,
        })
    }

    /// The include graph of a tree, its scans remembered.
    pub fn graph<'a>(&self, tree: &'a HeaderTree) -> Graph<'a> {
        Graph::remembered(tree, &self.memo)
    }
}

/// Through which header another is to be compiled: itself, or, for an asm-generic one, the asm header
/// that brings it in on this architecture. `None` where nothing does: then no program sees it there.
pub fn through<'a>(graph: &Graph<'a>, tree: &'a HeaderTree, header: &'a str) -> Option<&'a str> {
    let Some(name) = header.strip_prefix("asm-generic/") else {
        return Some(header);
    };
    let same = format!("asm/{name}");
    let reaches = |path: &&'a str| graph.closure(path).contains(&header);
    if let Some((path, _)) = tree.headers.get_key_value(&same)
        && reaches(&path.as_str())
    {
        return Some(path);
    }
    tree.headers
        .keys()
        .map(String::as_str)
        .filter(|path| path.starts_with("asm/"))
        .find(reaches)
}
