//! Where the fields of a record went: what is new lies somewhere, and what moved was pushed by something.
//!
//! Each byte that moved has one cause, and the cause is the finding: an inserted field tells all that it
//! pushed aside.

use super::change::Change;
use super::field::Fields;
use super::field_type;
use super::kinds::{Kind, Part};
use super::layout::{Leaf, holes};
use super::record::{Pair, field_facts};
use crate::model::TypeClass;
use std::collections::BTreeSet;

impl<'a> Fields<'a> {
    /// Sorts the new fields by where they lie; gives those that pushed others aside.
    pub(super) fn place_added(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) -> Vec<usize> {
        let old_end = self.old.iter().map(Leaf::end).max().unwrap_or(0);
        let old_bits = pair.old.size * 8;
        let gaps = holes(pair.old);
        let mut inserted = Vec::new();
        for n in self.added.clone() {
            let new = &self.new[n];
            let grown_into = new.end() > old_bits;
            if grown_into && !new.is_pad() && new.field.flexible.is_none() {
                self.appended.push(new.path.clone());
            }
            if self.pushes(new) {
                inserted.push(n);
            } else if let Some(shares) = self.shares(new) {
                changes.push(self.arm(pair, new, shares));
            } else if new.field.flexible.is_some() {
                self.flexible_added = true;
                changes.push(flexible_added(pair, new));
            } else if !grown_into && within_one(&gaps, new) {
                let mut change = pair
                    .change(Kind::FieldInHole, None, Some(new.field.line))
                    .member(&new.path);
                change.after = field_facts(new);
                changes.push(
                    change
                        .with(Part::Whole, "tail", new.start() >= old_end)
                        .with(Part::Whole, "pad", new.is_pad()),
                );
            }
        }
        inserted
    }

    /// Whether fields behind a new one, in the same container, moved.
    pub(super) fn pushes(&self, new: &Leaf<'_>) -> bool {
        self.shifted.iter().any(|at| {
            let (o, n) = self.common[*at];
            let moved = &self.new[n];
            moved.container.starts_with(&new.container)
                && moved.start() >= new.end()
                && moved.start() > self.old[o].start()
                && self.old[o].start() < new.end()
        })
    }

    /// A field of before that now shares its bytes with a new one.
    pub(super) fn shares(&self, new: &Leaf<'_>) -> Option<&Leaf<'a>> {
        let end = new
            .end()
            .max(new.start() + u64::from(new.field.flexible.is_some() && new.in_union));
        let mut kept = self
            .common
            .iter()
            .map(|(_, n)| &self.new[*n])
            .filter(|leaf| !leaf.is_group());
        kept.find(|leaf| {
            leaf.overlaps(new.start(), end) && !leaf.path.starts_with(&format!("{}.", new.path))
        })
    }

    pub(super) fn arm(&self, pair: &Pair<'_>, new: &Leaf<'_>, shares: &Leaf<'_>) -> Change {
        let covered: Vec<String> = self
            .common
            .iter()
            .map(|(_, n)| &self.new[*n])
            .filter(|leaf| {
                !leaf.is_group() && leaf.start() >= new.start() && leaf.end() <= new.end()
            })
            .map(|leaf| leaf.path.clone())
            .collect();
        if new.field.ty.class == TypeClass::Record
            && new.field.ty.bounds.is_empty()
            && covered.len() > 1
        {
            return pair
                .change(Kind::FieldRegrouped, None, Some(new.field.line))
                .member(&new.path)
                .with(Part::Whole, "fields", covered)
                .with(Part::Whole, "group", new.path.clone());
        }
        let mut change = pair
            .change(Kind::UnionArmAdded, None, Some(new.field.line))
            .member(&new.path);
        change.after = field_facts(new);
        change
            .with(Part::Whole, "flexible", new.field.flexible.is_some())
            .with(Part::Whole, "shares", shares.path.clone())
            .with(
                Part::Whole,
                "shares_elements",
                shares.field.ty.bounds.iter().product::<u64>(),
            )
    }

    /// Position in `common` of the first field whose own size change can push others.
    pub(super) fn resized(&self) -> Option<usize> {
        let first = self
            .shifted
            .first()
            .map(|at| self.old[self.common[*at].0].start())?;
        self.common.iter().position(|(o, n)| {
            let (old, new) = (&self.old[*o], &self.new[*n]);
            !old.is_group()
                && old.field.size_bits != new.field.size_bits
                && old.start() < first
                && old.field.flexible.is_none()
        })
    }

    pub(super) fn cause_of_moves(
        &mut self,
        pair: &Pair<'_>,
        inserted: &[usize],
        resized: Option<usize>,
        changes: &mut Vec<Change>,
    ) {
        let Some(first) = self.shifted.first().copied() else {
            self.tells_size |= self.common.iter().any(|(o, n)| {
                let (old, new) = (&self.old[*o], &self.new[*n]);
                !old.is_pad() && !old.is_group() && old.field.size_bits != new.field.size_bits
            });
            self.tells_size |= self.flexible_added;
            self.explained = self.tells_size || !self.appended.is_empty();
            return;
        };
        self.tells_size = true;
        self.explained = !self.only_alignment(pair);
        let (o, n) = self.common[first];
        let (old, new) = (&self.old[o], &self.new[n]);
        let pushed = |at: usize| {
            !field_type::embedded(&self.old[self.common[at].0], &self.new[self.common[at].1])
        };
        if let Some(reordered) = self.reordered().filter(|_| inserted.is_empty()) {
            changes.push(reordering(pair, old, new, reordered));
        } else if let Some(at) = inserted.first() {
            changes.push(self.insertion(pair, &self.new[*at], (old, new)));
        } else if resized.is_some_and(pushed) {
            // The resized field's own finding tells what it pushed.
        } else if self.explained {
            let rest = [&self.shifted_names()[1..], &pair.moved_holders()].concat();
            let change =
                moved_field(pair, old, new).with(Part::Whole, "cause", self.cause(old, resized));
            changes.push(change.affects(rest));
        }
    }

    /// A new field that pushed others aside, from the `first` of them on.
    pub(super) fn insertion(
        &self,
        pair: &Pair<'_>,
        leaf: &Leaf<'_>,
        (old, new): (&Leaf<'_>, &Leaf<'_>),
    ) -> Change {
        let lines = (Some(old.field.line), Some(leaf.field.line));
        let mut change = pair
            .change(Kind::FieldInserted, lines.0, lines.1)
            .member(&leaf.path);
        change.after = field_facts(leaf);
        change
            .with(Part::Before, "offset", old.offset())
            .with(Part::Whole, "first_moved", old.path.clone())
            .with(Part::Whole, "first_moved_after", new.offset())
            .with(Part::Whole, "moved", self.shifted_names())
            .with(Part::Whole, "ioctls", pair.requests())
            .affects(pair.moved_holders())
    }

    /// Whether nothing but the record's alignment or packing explains the moves.
    pub(super) fn only_alignment(&self, pair: &Pair<'_>) -> bool {
        let (old, new) = (pair.old, pair.new.item);
        let resized = self.common.iter().any(|(o, n)| {
            let (old, new) = (&self.old[*o], &self.new[*n]);
            !old.is_group() && !old.is_pad() && old.field.size_bits != new.field.size_bits
        });
        (old.align != new.align || old.packed != new.packed)
            && self.gone.is_empty()
            && self.added.is_empty()
            && !resized
    }

    pub(super) fn cause(&self, moved: &Leaf<'_>, resized: Option<usize>) -> String {
        if let Some(at) = resized {
            return self.old[self.common[at].0].field.ty.holds.clone();
        }
        let gone = self
            .gone
            .iter()
            .map(|at| &self.old[*at])
            .find(|leaf| leaf.start() < moved.start());
        gone.map(|leaf| leaf.path.clone()).unwrap_or_default()
    }

    pub(super) fn shifted_names(&self) -> Vec<String> {
        self.shifted
            .iter()
            .map(|at| self.old[self.common[*at].0].path.clone())
            .collect()
    }

    /// Names of fields that overtook one another, if any did.
    pub(super) fn reordered(&self) -> Option<Vec<String>> {
        let mut order: Vec<(u64, u64, &str)> = self
            .common
            .iter()
            .map(|(o, n)| (&self.old[*o], &self.new[*n]))
            .filter(|(old, _)| !old.is_group() && !old.is_pad())
            .map(|(old, new)| (old.start(), new.start(), old.path.as_str()))
            .collect();
        order.sort_unstable();
        let mut names = BTreeSet::new();
        // Forth, against the furthest of those that stood before; back, against the nearest of those
        // that stood behind. Comparing each with each would take for ever in a hostile struct.
        let mut furthest = None;
        for same in order.chunk_by(|one, other| one.0 == other.0) {
            let behind = same.iter().filter(|one| furthest > Some(one.1));
            names.extend(behind.map(|one| one.2.to_owned()));
            furthest = furthest.max(same.iter().map(|one| one.1).max());
        }
        let mut nearest = u64::MAX;
        for same in order.chunk_by(|one, other| one.0 == other.0).rev() {
            let before = same.iter().filter(|one| nearest < one.1);
            names.extend(before.map(|one| one.2.to_owned()));
            nearest = same
                .iter()
                .map(|one| one.1)
                .min()
                .map_or(nearest, |n| n.min(nearest));
        }
        (!names.is_empty()).then(|| names.into_iter().collect())
    }
}

/// Whether a field lies in one of the stretches of bits.
fn within_one(gaps: &[(u64, u64)], leaf: &Leaf<'_>) -> bool {
    gaps.iter()
        .any(|(start, end)| *start <= leaf.start() && leaf.end() <= *end)
}

fn moved_field(pair: &Pair<'_>, old: &Leaf<'_>, new: &Leaf<'_>) -> Change {
    pair.change(Kind::FieldMoved, Some(old.field.line), Some(new.field.line))
        .member(&old.path)
        .with(Part::Before, "offset", old.offset())
        .with(Part::Before, "type", old.field.ty.spelling.clone())
        .with(Part::After, "offset", new.offset())
        .with(Part::After, "type", new.field.ty.spelling.clone())
        .with(Part::Whole, "pad", old.is_pad())
}

fn flexible_added(pair: &Pair<'_>, new: &Leaf<'_>) -> Change {
    pair.change(
        Kind::FlexibleAdded,
        Some(pair.old.line),
        Some(new.field.line),
    )
    .member(&new.path)
    .with(Part::Before, "size", pair.old.size)
    .with(Part::After, "size", pair.new.item.size)
    .with(Part::After, "type", new.field.ty.spelling.clone())
}

/// Positions in `common` of fields, not pads, that stand elsewhere. A bit-field counts only where whole
/// fields moved too: by itself it is told as a changed bit-field.
pub(super) fn shifted(old: &[Leaf<'_>], new: &[Leaf<'_>], common: &[(usize, usize)]) -> Vec<usize> {
    let moved = |bits: bool| {
        common.iter().enumerate().filter(move |(_, (o, n))| {
            let (old, new) = (&old[*o], &new[*n]);
            let plain = !old.is_group() && !new.is_group() && !old.is_pad();
            plain && old.start() != new.start() && (bits || !old.field.bitfield)
        })
    };
    let whole = moved(false).next().is_some();
    if whole {
        moved(true).map(|(at, _)| at).collect()
    } else {
        Vec::new()
    }
}

fn reordering(pair: &Pair<'_>, old: &Leaf<'_>, new: &Leaf<'_>, fields: Vec<String>) -> Change {
    pair.change(
        Kind::FieldsReordered,
        Some(old.field.line),
        Some(new.field.line),
    )
    .member(&old.path)
    .with(Part::Before, "offset", old.offset())
    .with(Part::After, "offset", new.offset())
    .with(Part::Whole, "fields", fields)
    .affects(pair.moved_holders())
}
