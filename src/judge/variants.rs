//! One cause with other values on other targets is one finding: the others become its variants.

use super::finding::{Finding, Variant};
use crate::diff::kinds::Kind;
use std::collections::HashMap;

/// A finding with what it came from, before merging.
pub(super) struct Judged {
    /// Kind of the change.
    pub(super) kind: Kind,
    /// Id of the rule that matched, which a general entry may have taken the place of.
    pub(super) matched: String,
    /// The finding.
    pub(super) finding: Finding,
}

/// Merges findings of one rule about one thing whose targets have nothing in common. Two findings on
/// the same target are two, however alike: a header that includes two C library headers, say.
pub(super) fn merge(judged: Vec<Judged>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut places: HashMap<(Kind, String, String, String, String), Vec<usize>> = HashMap::new();
    for Judged {
        kind,
        matched,
        finding,
    } in judged
    {
        let key = (
            kind,
            matched,
            finding.subject.clone(),
            finding.member.clone(),
            finding.header.clone(),
        );
        let places = places.entry(key).or_default();
        let fitting = places.iter().find(|&&at| fits(&merged[at], &finding));
        match fitting {
            Some(&at) => absorb(&mut merged[at], finding),
            None => {
                places.push(merged.len());
                merged.push(finding);
            }
        }
    }
    merged
}

fn fits(first: &Finding, other: &Finding) -> bool {
    first.release == other.release
        && !other
            .targets
            .iter()
            .any(|target| first.targets.contains(target))
}

fn absorb(first: &mut Finding, other: Finding) {
    for affected in other.affects {
        if !first.affects.contains(&affected) {
            first.affects.push(affected);
        }
    }
    first.targets.extend(other.targets.iter().cloned());
    first.content.extend(other.content);
    let same = |before: &_, after: &_| *before == other.before && *after == other.after;
    if same(&first.before, &first.after) {
        return;
    }
    match first
        .variants
        .iter_mut()
        .find(|known| same(&known.before, &known.after))
    {
        Some(variant) => variant.targets.extend(other.targets),
        None => first.variants.push(Variant {
            targets: other.targets,
            before: other.before,
            after: other.after,
        }),
    }
}
