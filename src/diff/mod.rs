//! Two surfaces of a target become typed changes; then those of all targets are folded into one list.
//!
//! States facts and holds no opinion: additions are told in as much detail as changes. Start at
//! [`diff`]; the vocabulary is [`kinds`]. Next: [`crate::judge`].

pub mod change;
mod companion;
mod constant;
mod constant_pair;
mod content;
mod declaration;
mod derived;
mod enumeration;
mod few;
mod field;
mod field_type;
mod fold;
mod gaps;
mod header;
mod index;
pub mod kinds;
pub mod layout;
mod movement;
mod naming;
mod observe;
mod record;
mod release;
mod request;
mod reuse;
mod sentinel;
mod spelling;

pub use change::{Change, Fact, Facts, Release};
pub use gaps::gaps;
pub use kinds::{KINDS, Kind, Part};
pub use release::mark;

use crate::model::{HeaderSurface, Place, Side, Surface};
use index::Index;
use rayon::prelude::*;

/// Both sides of one target.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// The surface before.
    pub before: &'a Surface,
    /// The surface after.
    pub after: &'a Surface,
}

/// Both sides of one target, indexed.
struct Targets<'a> {
    before: &'a Index<'a>,
    after: &'a Index<'a>,
}

/// Every change between two sides, folded over the targets, in a fixed order. `companions` names pairs
/// of a 64-bit target and the 32-bit one whose programs the same kernel runs.
pub fn diff(sides: &[Sides<'_>], companions: &[(String, String)]) -> Vec<Change> {
    let indexes: Vec<(Index<'_>, Index<'_>)> = sides
        .par_iter()
        .map(|sides| rayon::join(|| Index::new(sides.before), || Index::new(sides.after)))
        .collect();
    let targets: Vec<Targets<'_>> = indexes
        .iter()
        .map(|(before, after)| Targets { before, after })
        .collect();
    // A few targets at a time: most of their changes are those of the ones before.
    let mut folded = fold::Folded::new(&targets);
    for some in targets.chunks(rayon::current_num_threads()) {
        let lists: Vec<Vec<Change>> = some.par_iter().map(one_target).collect();
        some.iter()
            .zip(lists)
            .for_each(|(target, list)| folded.add(target, list));
    }
    let mut changes = folded.all();
    for mut change in companion::compare(&targets, companions) {
        fold::everywhere(&targets, &mut change);
        changes.push(change);
    }
    content::mark(&targets, &mut changes);
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    changes
}

fn order(change: &Change) -> (&str, u32, &str, &str, kinds::Kind, &[String]) {
    let line = change.place().map_or(0, |place| place.line);
    (
        &change.header,
        line,
        &change.subject,
        &change.member,
        change.kind,
        &change.targets,
    )
}

fn one_target(target: &Targets<'_>) -> Vec<Change> {
    let (before, after) = (target.before, target.after);
    let kept = before.surface.headers.par_iter().map(|(path, old)| {
        let mut changes = Vec::new();
        match after.surface.headers.get(path) {
            Some(new) if !unseen(old) && !unseen(new) && old != new => {
                one_header(before, after, old, new, &mut changes);
            }
            Some(_) => {}
            None if !after.surface.exported.contains(path) => {
                changes.push(header::removed(after, old));
            }
            None => {}
        }
        changes
    });
    let mut changes: Vec<Change> = kept.collect::<Vec<_>>().into_iter().flatten().collect();
    for (path, new) in &after.surface.headers {
        if !before.surface.exported.contains(path) {
            header::additions(after, new, &mut changes);
            added_names(before, after, new, &mut changes);
        }
    }
    derived::attach(before, after, &mut changes);
    changes
}

/// Whether nothing of a header could be read: then there is nothing to compare, only a gap to report.
fn unseen(header: &HeaderSurface) -> bool {
    let empty =
        header.records.is_empty() && header.constants.is_empty() && header.enumerations.is_empty();
    empty && header.unread.iter().any(|unread| unread.item.is_empty())
}

fn one_header(
    before: &Index<'_>,
    after: &Index<'_>,
    old: &HeaderSurface,
    new: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    record::compare(before, after, old, changes);
    enumeration::compare(before, after, old, changes);
    constant::compare(before, after, old, changes);
    declaration::compare(before, after, old, changes);
    header::compare(before, after, old, new, changes);
    record::additions(before, new, changes);
    declaration::additions(before, new, changes);
    observe::remarks(before, after, new, changes);
}

/// Everything that a new header declares and no header declared before.
fn added_names(
    before: &Index<'_>,
    after: &Index<'_>,
    new: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    record::additions(before, new, changes);
    declaration::additions(before, new, changes);
    for (name, named) in constant::own_constants(new) {
        if !before.constants.contains_key(name) {
            changes.push(constant::added(new, named));
        }
    }
    for item in new.enumerations.iter().filter(|item| !item.name.is_empty()) {
        if !before.enumerations.contains_key(item.name.as_str()) {
            changes.push(enumeration::added(new, item));
        }
    }
    observe::remarks(before, after, new, changes);
}

/// A place in a header; line 0 is the header as a whole.
fn place_of(header: &HeaderSurface, line: u32, side: Side) -> Option<Place> {
    Some(Place {
        header: header.path.clone(),
        line,
        side,
    })
}
