//! Names that are gone, or unknown, on the targets of the run: does another header provide them?
//!
//! Where an architecture is not among the targets, the words of its headers are the evidence: a header
//! whose names moved from linux/ to the asm/ of one architecture has lost them only for the others.

use super::PipelineError;
use super::trees::{ArchTrees, Trees};
use crate::diff::{Change, Fact, Kind};
use crate::tree::Exports;
use crate::tree::words::{defined, identifiers};
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

/// Sets the fact `elsewhere` where the headers of an architecture that is no target of the run still
/// spell the name. Nothing is read where no name is gone.
pub(super) fn mark(
    changes: &mut [Change],
    after: &Exports,
    arches: &HashSet<&str>,
) -> Result<(), PipelineError> {
    let gone = |change: &Change| change.facts.get("elsewhere") == Some(&Fact::Flag(false));
    let names: HashSet<&[u8]> = changes
        .iter()
        .filter(|change| gone(change))
        .map(name)
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let texts = texts(after, arches)?;
    let words = texts.par_iter().flat_map_iter(|text| identifiers(text));
    let spelled: HashSet<&[u8]> = words.filter(|word| names.contains(word)).collect();
    for change in changes.iter_mut().filter(|change| gone(change)) {
        if spelled.contains(name(change)) {
            change
                .facts
                .insert("elsewhere".to_owned(), Fact::Flag(true));
        }
    }
    Ok(())
}

/// The name of what a change is about, without `struct` and its like.
fn name(change: &Change) -> &[u8] {
    let name = change.subject.split(' ').next_back();
    name.unwrap_or_default().as_bytes()
}

/// Drops the remark that a new macro rests on a name of the kernel where an exported header defines that
/// name: whoever includes that header has it.
///
/// Likewise the remark that a header takes in one that is not there, in a tree with a part of the headers:
/// the rest is wherever its programs are built.
pub(super) fn drop_declared(changes: &mut Vec<Change>, trees: &Trees) {
    if trees.layouts.is_part() {
        changes.retain(|change| change.kind != Kind::IncludeNotExported);
    }
    let names: HashSet<&[u8]> = changes.iter().filter_map(unresolved).collect();
    if names.is_empty() {
        return;
    }
    let arches: Vec<&ArchTrees> = trees.by_arch.values().collect();
    let headers = arches
        .par_iter()
        .flat_map(|arch| arch.after.headers.par_iter());
    let lines = headers.flat_map_iter(|(_, header)| header.text.split(|byte| *byte == b'\n'));
    let defines = lines.filter_map(defined);
    let declared: HashSet<&[u8]> = defines.filter(|name| names.contains(name)).collect();
    changes.retain(|change| !unresolved(change).is_some_and(|name| declared.contains(name)));
}

/// The name that a new macro rests on and that its header does not bring.
fn unresolved(change: &Change) -> Option<&[u8]> {
    match change.facts.get("name") {
        Some(Fact::Text(name)) if change.kind == Kind::ConstantUnresolved => Some(name.as_bytes()),
        _ => None,
    }
}

/// The headers of every architecture that is no target of the run.
fn texts(after: &Exports, arches: &HashSet<&str>) -> Result<Vec<Arc<[u8]>>, PipelineError> {
    let others = after.architectures()?;
    let others = others.par_iter().filter(|arch| !arches.contains(&***arch));
    let texts = others.map(|arch| after.own_texts(arch));
    let texts: Vec<Vec<Arc<[u8]>>> = texts.collect::<Result<_, _>>()?;
    Ok(texts.into_iter().flatten().collect())
}
