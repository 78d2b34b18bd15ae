//! The header trees of both sides for every architecture, and which headers have to be read.

use crate::source::State;
use crate::tree::affected::{Affected, affected, affected_at_all};
use crate::tree::include::Graph;
use crate::tree::{self, HeaderTree, Rewrites, TreeError};
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
}

impl Trees {
    /// Rebuilds those that either side has. What `memo` knows is not read again. Where `thorough`, a
    /// header with another comment counts as changed.
    pub fn build(
        before: &State,
        after: &State,
        wanted: &BTreeSet<&str>,
        memo: &Arc<Rewrites>,
        thorough: bool,
    ) -> Result<Self, TreeError> {
        let mut names: BTreeSet<String> =
            tree::architectures(&*before.files)?.into_iter().collect();
        names.extend(tree::architectures(&*after.files)?);
        names.retain(|name| wanted.contains(name.as_str()));
        let build = |arch: String| {
            let before = tree::build(&*before.files, &arch, memo)?;
            let after = tree::build(&*after.files, &arch, memo)?;
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
