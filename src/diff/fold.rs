//! The changes of every target become one list: what is the same on several targets is one change.

use super::Targets;
use super::change::{Change, Fact, Facts};
use super::header::declaring;
use super::kinds::Kind;
use crate::model::Surface;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// What makes two changes one.
type Key<'c> = (Kind, [&'c str; 3], [&'c Facts; 3]);

/// Folds per-target lists; `targets` stands in the order of the run.
pub(super) fn fold(targets: &[Targets<'_>], lists: Vec<Vec<Change>>) -> Vec<Change> {
    let mut folded: Vec<Change> = Vec::new();
    // Places of changes by the hash of what makes them one.
    let state = RandomState::default();
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (target, list) in targets.iter().zip(lists) {
        for mut change in list {
            elsewhere(targets, target, &mut change);
            let name = target.after.surface.target.clone();
            let alike = places.entry(state.hash_one(key(&change))).or_default();
            let known = alike.iter().find(|at| key(&folded[**at]) == key(&change));
            if let Some(at) = known {
                add(&mut folded[*at], name, change.affects);
            } else {
                alike.push(folded.len());
                change.targets = vec![name];
                folded.push(change);
            }
        }
    }
    for change in &mut folded {
        everywhere(targets, change);
    }
    folded
}

/// Sets whether every target that exports the header on either side shows the change.
pub(super) fn everywhere(targets: &[Targets<'_>], change: &mut Change) {
    let exports = |surface: &Surface| surface.exported.contains(&change.header);
    let all = targets
        .iter()
        .filter(|target| exports(target.before.surface) || exports(target.after.surface))
        .count();
    change.everywhere = change.targets.len() >= all;
}

fn key(change: &Change) -> Key<'_> {
    (
        change.kind,
        [&change.subject, &change.member, &change.header],
        [&change.before, &change.after, &change.facts],
    )
}

/// Notes that another target shows a change, too.
fn add(known: &mut Change, target: String, affects: Vec<String>) {
    if known.targets.last() != Some(&target) {
        known.targets.push(target);
    }
    for item in affects {
        if !known.affects.contains(&item) {
            known.affects.push(item);
        }
    }
}

/// Fills in, for a name that is gone, whether its header still provides it on another target.
fn elsewhere(targets: &[Targets<'_>], here: &Targets<'_>, change: &mut Change) {
    if !change.facts.contains_key("elsewhere") {
        return;
    }
    let visible = |index: &super::index::Index<'_>| {
        let declared = declaring(index, &change.subject);
        declared
            .iter()
            .any(|path| *path == change.header || index.sees(&change.header, path))
    };
    if visible(here.after) {
        return;
    }
    let others = targets
        .iter()
        .filter(|other| other.after.surface.target != here.after.surface.target);
    let provided = others.into_iter().any(|other| {
        if change.kind == Kind::HeaderRemoved {
            return other.after.surface.exported.contains(&change.header);
        }
        visible(other.after)
    });
    change
        .facts
        .insert("elsewhere".to_owned(), Fact::Flag(provided));
}
