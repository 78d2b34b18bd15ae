//! Names that are gone on the targets of the run: does another architecture still provide them?
//!
//! Where an architecture is not among the targets, the words of its headers are the evidence: a header
//! whose names moved from linux/ to the asm/ of one architecture has lost them only for the others.

use super::PipelineError;
use crate::diff::{Change, Fact};
use crate::source::Files;
use crate::tree;
use std::collections::HashSet;
use std::sync::Arc;

/// Sets the fact `elsewhere` where the headers of an architecture that is no target of the run still
/// spell the name. Nothing is read where no name is gone.
pub(super) fn mark(
    changes: &mut [Change],
    after: &dyn Files,
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

/// The headers of every architecture that is no target of the run.
fn texts(after: &dyn Files, arches: &HashSet<&str>) -> Result<Vec<Arc<[u8]>>, PipelineError> {
    let mut texts = Vec::new();
    for arch in tree::architectures(after)? {
        if !arches.contains(arch.as_str()) {
            for file in after.below(&format!("arch/{arch}/include/uapi"))? {
                texts.push(after.read(&file)?);
            }
        }
    }
    Ok(texts)
}

fn identifiers(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .filter(|word| word.first().is_some_and(|first| !first.is_ascii_digit()))
}
