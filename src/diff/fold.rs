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

/// The changes of the targets so far.
pub(super) struct Folded<'t> {
    targets: &'t [Targets<'t>],
    changes: Vec<Change>,
    /// Places of changes by the hash of what makes them one.
    places: HashMap<u64, Vec<usize>>,
    state: RandomState,
}

impl<'t> Folded<'t> {
    /// None yet; `targets` are all of the run.
    pub fn new(targets: &'t [Targets<'t>]) -> Self {
        Self {
            targets,
            changes: Vec::new(),
            places: HashMap::new(),
            state: RandomState::default(),
        }
    }

    /// Adds what one target shows. Targets come in the order of the run.
    pub fn add(&mut self, target: &Targets<'_>, list: Vec<Change>) {
        for mut change in list {
            elsewhere(self.targets, target, &mut change);
            let name = target.after.surface.target.clone();
            let hash = self.state.hash_one(key(&change));
            let alike = self.places.entry(hash).or_default();
            let known = alike
                .iter()
                .find(|at| key(&self.changes[**at]) == key(&change));
            if let Some(at) = known {
                add(&mut self.changes[*at], name, change.affects);
            } else {
                alike.push(self.changes.len());
                change.targets = vec![name];
                self.changes.push(change);
            }
        }
    }

    /// All of them.
    pub fn all(mut self) -> Vec<Change> {
        for change in &mut self.changes {
            everywhere(self.targets, change);
        }
        self.changes
    }
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
