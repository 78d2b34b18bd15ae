//! Names that are gone, or unknown, on the targets of the run: does another header provide them?
//!
//! Where an architecture is not among the targets, the words of its headers are the evidence: a header
//! whose names moved from linux/ to the asm/ of one architecture has lost them only for the others.

use super::PipelineError;
use super::trees::Trees;
use crate::diff::{Change, Fact, Kind};
use crate::tree::Exports;
use crate::tree::words::{defined, identifiers};
use std::collections::HashSet;
use std::sync::Arc;

/// Sets the fact `elsewhere` where the headers of an architecture that is no target of the run still
/// spell the name. Nothing is read where no name is gone.
pub(super) fn mark(
    changes: &mut [Change],
    after: &Exports,
    arches: &HashSet<&str>,
) -> Result<(), PipelineError> {
    let gone = |change: &&mut Change| change.facts.get("elsewhere") == Some(&Fact::Flag(false));
    let mut gone: Vec<&mut Change> = changes.iter_mut().filter(gone).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let texts = texts(after, arches)?;
    let words: HashSet<&[u8]> = texts.iter().flat_map(|text| identifiers(text)).collect();
    for change in &mut gone {
        let name = change.subject.split(' ').next_back().unwrap_or_default();
        if words.contains(name.as_bytes()) {
            change
                .facts
                .insert("elsewhere".to_owned(), Fact::Flag(true));
        }
    }
    Ok(())
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
    let remark = |change: &Change| change.kind == Kind::ConstantUnresolved;
    if !changes.iter().any(remark) {
        return;
    }
    let texts = trees
        .by_arch
        .values()
        .flat_map(|arch| arch.after.headers.values())
        .map(|header| &header.text);
    let names: HashSet<&[u8]> = texts
        .flat_map(|text| text.split(|byte| *byte == b'\n'))
        .filter_map(defined)
        .collect();
    changes.retain(|change| {
        let name = change.facts.get("name");
        !(remark(change)
            && matches!(name, Some(Fact::Text(name)) if names.contains(name.as_bytes())))
    });
}

/// The headers of every architecture that is no target of the run.
fn texts(after: &Exports, arches: &HashSet<&str>) -> Result<Vec<Arc<[u8]>>, PipelineError> {
    let mut texts = Vec::new();
    for arch in after.architectures()? {
        if !arches.contains(arch.as_str()) {
            texts.extend(after.own_texts(&arch)?);
        }
    }
    Ok(texts)
}
