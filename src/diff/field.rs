//! The fields of one record on both sides: what was added, taken away, renamed, moved, given a meaning.
//!
//! Where fields lie and what pushed them is [`super::movement`]'s part; how a single field's type changed
//! is [`super::field_type`]'s.

use super::change::Change;
use super::field_type::{self, Both};
use super::kinds::{Kind, Part};
use super::layout::{Leaf, leaves, shape};
use super::movement::shifted;
use super::record::{Pair, field_facts};
use crate::model::Flexible;
use std::collections::{BTreeSet, HashMap};

/// What the comparison of fields leaves for the record as a whole to tell.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    /// New fields at the end.
    pub appended: Vec<String>,
    /// Some field that both sides have stands elsewhere.
    pub moved: bool,
    /// Some field is gone.
    pub removed: bool,
    /// A trailing one-element array became flexible.
    pub from_one: bool,
    /// A flexible array is new at the end.
    pub(super) flexible_added: bool,
    /// The other changes already say why the size differs.
    pub tells_size: bool,
    /// The other changes already say why fields moved, or why the alignment differs.
    pub explained: bool,
    pub(super) old: Vec<Leaf<'a>>,
    pub(super) new: Vec<Leaf<'a>>,
    /// Positions in `old` and `new` of the fields that both sides name.
    pub(super) common: Vec<(usize, usize)>,
    /// Positions in `old` of names that are gone, less what another finding explains.
    pub(super) gone: BTreeSet<usize>,
    /// Positions in `new` of new names, less what another finding explains.
    pub(super) added: BTreeSet<usize>,
    /// Positions in `common` of fields, not pads, that stand elsewhere.
    pub(super) shifted: Vec<usize>,
}

impl<'a> Fields<'a> {
    /// Compares all fields of a record that differs.
    pub fn compare(pair: &Pair<'a>, changes: &mut Vec<Change>) -> Self {
        let mut fields = Self::pair_up(pair);
        fields.consumed(pair, changes);
        fields.renamed(pair, changes);
        fields.flexible(pair, changes);
        let inserted = fields.place_added(pair, changes);
        let resized = fields.resized();
        fields.cause_of_moves(pair, &inserted, resized, changes);
        fields.types(pair, resized, changes);
        fields.lost(pair, changes);
        fields.regrouped(pair, changes);
        fields
    }

    fn pair_up(pair: &Pair<'a>) -> Self {
        let (old, new) = (leaves(pair.old), leaves(pair.new.item));
        let by_path: HashMap<&str, usize> = new
            .iter()
            .enumerate()
            .filter(|(_, leaf)| !leaf.path.is_empty())
            .map(|(at, leaf)| (leaf.path.as_str(), at))
            .collect();
        let old_paths: BTreeSet<&str> = old.iter().map(|leaf| leaf.path.as_str()).collect();
        let common: Vec<(usize, usize)> = old
            .iter()
            .enumerate()
            .filter_map(|(at, leaf)| Some((at, *by_path.get(leaf.path.as_str())?)))
            .collect();
        let gone_paths: BTreeSet<&str> = old
            .iter()
            .map(|leaf| leaf.path.as_str())
            .filter(|path| !by_path.contains_key(path))
            .collect();
        let gone = old.iter().enumerate().filter(|(_, leaf)| {
            !leaf.path.is_empty()
                && gone_paths.contains(leaf.path.as_str())
                && !gone_paths.contains(leaf.parent())
        });
        let gone = gone.map(|(at, _)| at).collect();
        let added = new.iter().enumerate().filter(|(_, leaf)| {
            let is_new = |path: &str| !path.is_empty() && !old_paths.contains(path);
            is_new(&leaf.path) && !is_new(leaf.parent())
        });
        let added = added.map(|(at, _)| at).collect();
        let shifted = shifted(&old, &new, &common);
        Self {
            moved: !shifted.is_empty(),
            old,
            new,
            common,
            gone,
            added,
            shifted,
            ..Self::default()
        }
    }

    /// Reserved bytes that new fields took, wholly or in part.
    fn consumed(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        for (at, pad) in self
            .old
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.is_pad() && !leaf.is_group())
        {
            let partner = self
                .common
                .iter()
                .find(|(o, _)| *o == at)
                .map(|(_, n)| &self.new[*n]);
            if partner.is_some_and(|new| new.start() == pad.start() && new.end() == pad.end()) {
                continue;
            }
            if pad.field.bitfield && partner.is_some() {
                // Told as a changed bit-field.
                continue;
            }
            let (start, end) = pad_run(&self.old, at);
            let within = |leaf: &Leaf<'_>| {
                leaf.start() >= start && leaf.end() <= end && leaf.end() > leaf.start()
            };
            let into: Vec<usize> = self
                .added
                .iter()
                .copied()
                .filter(|n| within(&self.new[*n]) && !self.new[*n].is_pad())
                .collect();
            if !into.is_empty()
                || self
                    .new
                    .iter()
                    .any(|leaf| leaf.overlaps(pad.start(), pad.end()))
            {
                self.gone.remove(&at);
            }
            let Some(first) = into.first().filter(|_| !self.shifted_from(pad)) else {
                continue;
            };
            let left = self.new.iter().filter(|leaf| within(leaf) && leaf.is_pad());
            let change = self.consumption(pair, pad, (*first, &into));
            changes.push(change.with(Part::After, "size", left.map(Leaf::size).sum::<u64>()));
            for n in into {
                self.added.remove(&n);
            }
        }
    }

    /// A pad that new fields took, the first of them at `first`.
    fn consumption(
        &self,
        pair: &Pair<'_>,
        pad: &Leaf<'_>,
        (first, into): (usize, &[usize]),
    ) -> Change {
        let first = &self.new[first];
        let names = into
            .iter()
            .map(|n| self.new[*n].path.clone())
            .collect::<Vec<_>>();
        let lines = (Some(pad.field.line), Some(first.field.line));
        let name = if pad.path.is_empty() {
            "(unnamed)"
        } else {
            &pad.path
        };
        let mut change = pair
            .change(Kind::ReservedConsumed, lines.0, lines.1)
            .member(name);
        change.before = field_facts(pad);
        change
            .with(Part::After, "offset", first.offset())
            .with(Part::Whole, "into", names)
    }

    /// Whether a field behind `pad` moved: then the bytes were not taken out of the pad alone.
    fn shifted_from(&self, pad: &Leaf<'_>) -> bool {
        self.shifted.iter().any(|at| {
            let old = &self.old[self.common[*at].0];
            old.start() >= pad.end() && old.container == pad.container
        })
    }

    fn renamed(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        for at in self.gone.clone() {
            let old = &self.old[at];
            let twin = self.added.iter().copied().find(|n| {
                let new = &self.new[*n];
                new.start() == old.start()
                    && new.end() == old.end()
                    && new.field.bitfield == old.field.bitfield
                    && new.field.ty.canonical == old.field.ty.canonical
                    && new.parent() == old.parent()
                    && new.in_union == old.in_union
            });
            let Some(n) = twin else { continue };
            let new = &self.new[n];
            changes.push(
                pair.change(
                    Kind::FieldRenamed,
                    Some(old.field.line),
                    Some(new.field.line),
                )
                .member(&old.path)
                .with(Part::Before, "name", old.path.clone())
                .with(Part::Before, "type", old.field.ty.spelling.clone())
                .with(Part::After, "name", new.path.clone())
                .with(Part::After, "type", new.field.ty.spelling.clone())
                .with(Part::Whole, "pad", old.is_pad())
                .with(Part::Whole, "now_pad", new.is_pad())
                .with(Part::Whole, "alias", alias(pair, old)),
            );
            self.gone.remove(&at);
            self.added.remove(&n);
        }
    }

    /// Arrays without a fixed length that came, went or took another form.
    fn flexible(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        for (o, n) in &self.common {
            let (old, new) = (&self.old[*o], &self.new[*n]);
            let change = |kind| {
                pair.change(kind, Some(old.field.line), Some(new.field.line))
                    .member(&old.path)
            };
            match (old.field.flexible, new.field.flexible) {
                (Some(Flexible::Zero), Some(Flexible::Incomplete)) => changes.push(
                    change(Kind::FlexibleFromZero)
                        .with(Part::Before, "type", old.field.ty.spelling.clone())
                        .with(Part::After, "type", new.field.ty.spelling.clone())
                        .with(Part::Whole, "embedded_in", pair.holders())
                        .with(Part::Whole, "key_like", pair.old.name.ends_with("_key")),
                ),
                (None, Some(_)) if old.field.ty.bounds == [1] => {
                    self.from_one = true;
                    self.tells_size = true;
                    changes.push(
                        change(Kind::FlexibleFromOne)
                            .with(Part::Before, "size", pair.old.size)
                            .with(Part::After, "size", pair.new.item.size)
                            .with(Part::Whole, "ioctls", pair.requests()),
                    );
                }
                _ => {}
            }
        }
        let lost: Vec<usize> = self
            .gone
            .iter()
            .copied()
            .filter(|at| self.old[*at].field.flexible.is_some())
            .collect();
        for at in lost {
            self.gone.remove(&at);
            let old = &self.old[at];
            let change = pair.change(
                Kind::FlexibleRemoved,
                Some(old.field.line),
                Some(pair.new.item.line),
            );
            changes.push(change.member(&old.path).with(
                Part::Before,
                "type",
                old.field.ty.spelling.clone(),
            ));
        }
    }

    fn types(&self, pair: &Pair<'_>, resized: Option<usize>, changes: &mut Vec<Change>) {
        let shifted: BTreeSet<usize> = self.shifted.iter().copied().collect();
        for (at, (o, n)) in self.common.iter().enumerate() {
            let moved = if resized == Some(at) {
                self.shifted_names()
            } else {
                Vec::new()
            };
            let both = Both {
                pair,
                old: &self.old[*o],
                new: &self.new[*n],
                moved,
                moves_along: shifted.contains(&at),
                now: &self.new,
            };
            changes.extend(field_type::compare(&both));
        }
    }

    /// Fields whose name is gone for good.
    fn lost(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        for at in &self.gone {
            let old = &self.old[*at];
            if old.is_pad() && self.moved {
                // Told as the cause of the moves.
                continue;
            }
            self.removed = true;
            let covered = self.new.iter().any(|leaf| {
                leaf.overlaps(old.start(), old.end()) && !leaf.is_group() && !leaf.is_pad()
            });
            let mut change = pair
                .change(
                    Kind::FieldRemoved,
                    Some(old.field.line),
                    Some(pair.new.item.line),
                )
                .member(&old.path);
            change.before = field_facts(old);
            changes.push(
                change
                    .with(Part::Whole, "pad", old.is_pad())
                    .with(Part::Whole, "alias", alias(pair, old))
                    .with(Part::Whole, "covered", covered)
                    .with(Part::Whole, "cxx_only", false),
            );
        }
    }

    /// Another nesting of in-place records around the same fields.
    fn regrouped(&self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        let told = changes
            .iter()
            .any(|change| change.subject == pair.old.name && change.header == pair.header.path);
        let kept = self
            .common
            .iter()
            .map(|(o, _)| self.old[*o].field.name.as_str())
            .collect();
        if told
            || !self.gone.is_empty()
            || shape(&pair.old.fields, &kept) == shape(&pair.new.item.fields, &kept)
        {
            return;
        }
        let fields = self
            .old
            .iter()
            .filter(|leaf| !leaf.is_pad())
            .map(|leaf| leaf.path.clone())
            .collect::<Vec<_>>();
        changes.push(
            pair.whole(Kind::FieldRegrouped)
                .with(Part::Whole, "fields", fields)
                .with(Part::Whole, "group", ""),
        );
    }
}

/// Fields of a record whose layout is the same, written with other types.
pub(super) fn respelled(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (leaves(pair.old), leaves(pair.new.item));
    changes.extend(old.iter().zip(&new).filter_map(|(old, new)| {
        field_type::compare(&Both {
            pair,
            old,
            new,
            moved: Vec::new(),
            moves_along: false,
            now: &[],
        })
    }));
}

/// The stretch of reserved bits that begins with a field: pads that follow one another are one.
fn pad_run(old: &[Leaf<'_>], at: usize) -> (u64, u64) {
    let mut end = old[at].end();
    for next in &old[at + 1..] {
        if !next.is_pad() || next.start() != end {
            break;
        }
        end = next.end();
    }
    (old[at].start(), end)
}

/// Whether the old name still reaches the field: a macro of that name, as in `#define old new`.
fn alias(pair: &Pair<'_>, old: &Leaf<'_>) -> bool {
    pair.after.macro_named(&pair.header.path, &old.field.name)
}
