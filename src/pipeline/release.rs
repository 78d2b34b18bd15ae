//! The third side: which of the changed names, in the state that `before` has them, were ever released?

use super::PipelineError;
use super::reading::Reader;
use super::trees::Trees;
use crate::diff::{self, Change, diff};
use crate::extract::target::Target;
use crate::report::Revision;
use crate::source::Sides;
use crate::tree::{self, HeaderTree};
use std::collections::{BTreeMap, BTreeSet};

/// Marks the changes and names the release; nothing is read where nothing that existed changed.
pub(super) fn mark(
    sides: &Sides,
    trees: &Trees,
    targets: &[&'static Target],
    reader: &Reader<'_>,
    changes: &mut [Change],
) -> Result<Option<Revision>, PipelineError> {
    let Some(state) = sides.released()? else {
        return Ok(None);
    };
    let revision = Revision {
        name: state.name.clone(),
        commit: state.commit.clone(),
    };
    let concerned: BTreeSet<String> = changes
        .iter()
        .filter(|change| !change.kind.spec().observation && change.before_place.is_some())
        .map(|change| change.header.clone())
        .collect();
    if state.commit == sides.before.commit || concerned.is_empty() {
        return Ok(Some(revision));
    }
    let target = targets
        .iter()
        .copied()
        .filter(|target| trees.by_arch.contains_key(target.kernel_arch));
    let target: Vec<&'static Target> = target.collect();
    let arches: BTreeSet<&str> = target.iter().map(|target| target.kernel_arch).collect();
    let exports = trees.layouts.of(&state)?;
    let released: BTreeMap<&str, HeaderTree> = arches
        .into_iter()
        .map(|arch| Ok((arch, exports.build(arch, &trees.memo)?)))
        .collect::<Result<_, PipelineError>>()?;
    let mut wanted = Vec::new();
    for target in &target {
        let (Some(old), Some(arch)) = (
            released.get(target.kernel_arch),
            trees.by_arch.get(target.kernel_arch),
        ) else {
            continue;
        };
        let needed = needed(trees, old, arch, &concerned);
        for tree in [old, &arch.before, &arch.after] {
            wanted.push((*target, tree, needed.clone()));
        }
    }
    let surfaces = reader.read_some(trees, &wanted)?;
    let compare = |other: usize| {
        let pairs: Vec<diff::Sides<'_>> = surfaces
            .chunks(3)
            .map(|three| diff::Sides {
                before: &three[0],
                after: &three[other],
            })
            .collect();
        diff(&pairs, &[])
    };
    diff::mark(changes, &compare(1), &compare(2));
    Ok(Some(revision))
}

/// The headers to read on all three sides: the changed ones and what they take in, because a name may
/// have stood in another of them at the release.
fn needed(
    trees: &Trees,
    released: &HeaderTree,
    arch: &super::trees::ArchTrees,
    concerned: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut needed = concerned.clone();
    for (tree, other) in [(released, &arch.before), (released, &arch.after)] {
        let affected = tree::affected::affected(tree, other, &trees.memo);
        let graph = trees.graph(other);
        for header in concerned {
            let closure = graph.closure(header);
            needed.extend(
                closure
                    .into_iter()
                    .filter(|path| affected.changed.contains(*path))
                    .map(str::to_owned),
            );
        }
        needed.extend(affected.consulted);
    }
    needed
}
