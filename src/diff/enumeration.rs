//! Enumerations as a whole: one insertion or removal that gives many enumerators another number is one
//! change; tags and underlying types.

use super::change::Change;
use super::constant::Pair;
use super::index::{Fate, Index, Named};
use super::kinds::{Kind, Part};
use super::place_of;
use super::sentinel::trails;
use crate::model::{Enumeration, HeaderSurface, Side};
use std::collections::{BTreeMap, BTreeSet};

/// The enumerators of a header that took other numbers because of a neighbour.
#[derive(Default)]
pub(super) struct Shifts<'a> {
    runs: Vec<Run<'a>>,
    covered: BTreeSet<&'a str>,
}

struct Run<'a> {
    shifted: Vec<Pair<'a>>,
    inserted: Vec<String>,
    removed: Vec<String>,
}

impl<'a> Shifts<'a> {
    /// Finds them, enumeration by enumeration.
    pub fn find(
        pairs: &[Pair<'a>],
        gone: &[(Named<'a>, &str)],
        fresh: &BTreeMap<&str, Named<'_>>,
    ) -> Self {
        let mut by_enumeration: BTreeMap<u32, Vec<Pair<'a>>> = BTreeMap::new();
        for pair in pairs {
            if let (Named::Enumerator(enumeration, _), Named::Enumerator(..)) =
                (pair.old, pair.new.item)
            {
                by_enumeration
                    .entry(enumeration.line)
                    .or_default()
                    .push(*pair);
            }
        }
        let mut shifts = Self::default();
        for mut members in by_enumeration.into_values() {
            members.sort_by_key(|pair| pair.old.line());
            if let Some(run) = run(&members, gone, fresh) {
                shifts
                    .covered
                    .extend(run.shifted.iter().map(|pair| pair.old.name()));
                shifts.runs.push(run);
            }
        }
        shifts
    }

    /// Whether a name's new value is told by one of the runs.
    pub fn covers(&self, name: &str) -> bool {
        self.covered.contains(name)
    }

    /// One change a run, on its first shifted enumerator.
    pub fn tell(&self, header: &HeaderSurface, changes: &mut Vec<Change>) {
        for run in &self.runs {
            let Some(first) = run.shifted.first() else {
                continue;
            };
            let Named::Enumerator(enumeration, _) = first.old else {
                continue;
            };
            let rest = run
                .shifted
                .iter()
                .skip(1)
                .map(|pair| pair.old.name().to_owned())
                .collect();
            let change = Change::new(Kind::EnumeratorsShifted, first.old.name(), &header.path)
                .places(
                    place_of(header, first.old.line(), Side::Before),
                    place_of(first.new.header, first.new.item.line(), Side::After),
                );
            changes.push(
                change
                    .with(Part::Before, "value", first.old.value().unwrap_or_default())
                    .with(
                        Part::After,
                        "value",
                        first.new.item.value().unwrap_or_default(),
                    )
                    .with(Part::Whole, "inserted", run.inserted.clone())
                    .with(Part::Whole, "removed", run.removed.clone())
                    .with(Part::Whole, "shifted", run.shifted.len() as u64)
                    .with(Part::Whole, "enumeration", enumeration.name.clone())
                    .affects(rest),
            );
        }
    }
}

/// The enumerators of one enumeration that count on from a neighbour and stand at another value, with
/// the neighbours that came or went before the last of them.
fn run<'a>(
    members: &[Pair<'a>],
    gone: &[(Named<'a>, &str)],
    fresh: &BTreeMap<&str, Named<'_>>,
) -> Option<Run<'a>> {
    let shifted: Vec<Pair<'a>> = members
        .iter()
        .filter(|pair| pair.old.value() != pair.new.item.value())
        .filter(|pair| implicit(pair.new.item) && implicit(pair.old))
        .filter(|pair| !matches!(pair.new.item, Named::Enumerator(enumeration, item) if trails(enumeration, item)))
        .copied()
        .collect();
    let (first, last) = (shifted.first()?, shifted.last()?);
    let Named::Enumerator(was, _) = first.old else {
        return None;
    };
    let Named::Enumerator(is, _) = first.new.item else {
        return None;
    };
    let position = |enumeration: &Enumeration, name: &str| {
        enumeration
            .enumerators
            .iter()
            .position(|item| item.name == name)
    };
    let end_after = position(is, last.new.item.name())?;
    let end_before = position(was, last.old.name())?;
    let inserted: Vec<String> = is.enumerators[..end_after]
        .iter()
        .filter(|item| fresh.contains_key(item.name.as_str()))
        .map(|item| item.name.clone())
        .collect();
    let removed: Vec<String> = was.enumerators[..end_before]
        .iter()
        .filter(|item| gone.iter().any(|(named, _)| named.name() == item.name))
        .map(|item| item.name.clone())
        .collect();
    (!inserted.is_empty() || !removed.is_empty()).then_some(Run {
        shifted,
        inserted,
        removed,
    })
}

/// Counts on from the enumerator before it, or is written as another name.
fn implicit(named: Named<'_>) -> bool {
    let written = named.written();
    written.is_empty() || written.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Tags and underlying types of one header's enumerations.
pub fn compare(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for enumeration in header
        .enumerations
        .iter()
        .filter(|enumeration| !enumeration.name.is_empty())
    {
        let fate = after.fate(
            &after.enumerations,
            &header.path,
            &enumeration.name,
            &enumeration.name,
        );
        let now_in = match fate {
            Fate::Visible(found) => {
                changes.extend(underlying(header, enumeration, found.header, found.item));
                continue;
            }
            Fate::Unread => continue,
            Fate::Elsewhere(now) => now.path.as_str(),
            Fate::Gone => "",
        };
        let remain = enumeration
            .enumerators
            .iter()
            .all(|item| after.constant(&header.path, &item.name).is_some());
        changes.push(
            Change::new(Kind::EnumerationRemoved, &enumeration.name, &header.path)
                .places(place_of(header, enumeration.line, Side::Before), None)
                .with(Part::Whole, "values_remain", remain)
                .with(Part::Whole, "now_in", now_in)
                .with(Part::Whole, "elsewhere", false),
        );
    }
    let now = after.surface.headers.get(&header.path);
    for enumeration in now.into_iter().flat_map(|now| &now.enumerations) {
        if !enumeration.name.is_empty()
            && !before.enumerations.contains_key(enumeration.name.as_str())
        {
            changes.push(added(header, enumeration));
        }
    }
}

/// A tag that no header had before.
pub(super) fn added(header: &HeaderSurface, enumeration: &Enumeration) -> Change {
    Change::new(Kind::EnumerationAdded, &enumeration.name, &header.path)
        .places(None, place_of(header, enumeration.line, Side::After))
}

fn underlying(
    header: &HeaderSurface,
    old: &Enumeration,
    now: &HeaderSurface,
    new: &Enumeration,
) -> Option<Change> {
    if old.size == new.size && old.signed == new.signed {
        return None;
    }
    Some(
        Change::new(Kind::EnumerationTypeChanged, &old.name, &header.path)
            .places(
                place_of(header, old.line, Side::Before),
                place_of(now, new.line, Side::After),
            )
            .with(Part::Before, "size", old.size)
            .with(Part::Before, "signed", old.signed)
            .with(Part::After, "size", new.size)
            .with(Part::After, "signed", new.signed),
    )
}
