//! The fields of one record on both sides: what was added, taken away, renamed, moved, given a meaning.
//!
//! Each byte that moved has one cause, and the cause is the finding: an inserted field tells all that
//! it pushed aside. How a single field's type changed is [`super::field_type`]'s part.

use super::change::Change;
use super::field_type;
use super::kinds::{Kind, Part};
use super::layout::{Leaf, holes, leaves, shape};
use super::record::{Pair, field_facts};
use crate::model::{Flexible, TypeClass};
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
    /// The other changes already say why the size differs.
    pub tells_size: bool,
    old: Vec<Leaf<'a>>,
    new: Vec<Leaf<'a>>,
    /// Positions in `old` and `new` of the fields that both sides name.
    common: Vec<(usize, usize)>,
    /// Positions in `old` of names that are gone, less what another finding explains.
    gone: BTreeSet<usize>,
    /// Positions in `new` of new names, less what another finding explains.
    added: BTreeSet<usize>,
    /// Positions in `common` of fields, not pads, that stand elsewhere.
    shifted: Vec<usize>,
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
        let shifted = common.iter().enumerate().filter(|(_, (o, n))| {
            let (old, new): (&Leaf<'_>, &Leaf<'_>) = (&old[*o], &new[*n]);
            !old.is_group()
                && !old.is_pad()
                && !new.is_group()
                && old.start() != new.start()
                && (!old.field.bitfield || old.start() / 8 != new.start() / 8)
        });
        let shifted: Vec<usize> = shifted.map(|(at, _)| at).collect();
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
            let within = |leaf: &Leaf<'_>| {
                leaf.start() >= pad.start() && leaf.end() <= pad.end() && leaf.end() > leaf.start()
            };
            let into: Vec<usize> = self
                .added
                .iter()
                .copied()
                .filter(|n| within(&self.new[*n]) && !self.new[*n].is_pad())
                .collect();
            self.gone.remove(&at);
            let Some(first) = into.first().filter(|_| !self.shifted_from(pad)) else {
                continue;
            };
            let left: u64 = self
                .new
                .iter()
                .filter(|leaf| within(leaf) && leaf.is_pad())
                .map(Leaf::size)
                .sum();
            let names = into
                .iter()
                .map(|n| self.new[*n].path.clone())
                .collect::<Vec<_>>();
            let mut change = pair
                .change(
                    Kind::ReservedConsumed,
                    Some(pad.field.line),
                    Some(self.new[*first].field.line),
                )
                .member(if pad.path.is_empty() {
                    "(unnamed)"
                } else {
                    &pad.path
                })
                .with(Part::After, "offset", self.new[*first].offset())
                .with(Part::After, "size", left)
                .with(Part::Whole, "into", names);
            change.before = field_facts(pad);
            changes.push(change);
            for n in into {
                self.added.remove(&n);
            }
        }
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

    /// Sorts the new fields by where they lie; gives those that pushed others aside.
    fn place_added(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) -> Vec<usize> {
        let old_end = self.old.iter().map(Leaf::end).max().unwrap_or(0);
        let old_bits = pair.old.size * 8;
        let gaps = holes(pair.old);
        let mut inserted = Vec::new();
        for n in self.added.clone() {
            let new = &self.new[n];
            let grown_into = new.end() > old_bits;
            if grown_into && !new.is_pad() {
                self.appended.push(new.path.clone());
            }
            if self.pushes(new) {
                inserted.push(n);
            } else if let Some(shares) = self.shares(new) {
                changes.push(self.arm(pair, new, shares));
            } else if new.field.flexible.is_some() {
                changes.push(flexible_added(pair, new));
            } else if !grown_into
                && !new.is_pad()
                && gaps
                    .iter()
                    .any(|(start, end)| *start <= new.start() && new.end() <= *end)
            {
                let mut change = pair
                    .change(Kind::FieldInHole, None, Some(new.field.line))
                    .member(&new.path);
                change.after = field_facts(new);
                changes.push(change.with(Part::Whole, "tail", new.start() >= old_end));
            }
        }
        inserted
    }

    /// Whether fields behind a new one, in the same container, moved.
    fn pushes(&self, new: &Leaf<'_>) -> bool {
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
    fn shares(&self, new: &Leaf<'_>) -> Option<&Leaf<'a>> {
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

    fn arm(&self, pair: &Pair<'_>, new: &Leaf<'_>, shares: &Leaf<'_>) -> Change {
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
    }

    /// Position in `common` of the first field whose own size change can push others.
    fn resized(&self) -> Option<usize> {
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

    fn cause_of_moves(
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
            return;
        };
        self.tells_size = true;
        let (o, n) = self.common[first];
        let (old, new) = (&self.old[o], &self.new[n]);
        let moved = self.shifted_names();
        if let Some(reordered) = self.reordered().filter(|_| inserted.is_empty()) {
            let change = pair
                .change(
                    Kind::FieldsReordered,
                    Some(old.field.line),
                    Some(new.field.line),
                )
                .member(&old.path);
            let change = change.with(Part::Before, "offset", old.offset()).with(
                Part::After,
                "offset",
                new.offset(),
            );
            changes.push(
                change
                    .with(Part::Whole, "fields", reordered)
                    .affects(pair.moved_holders()),
            );
        } else if let Some(at) = inserted.first() {
            let leaf = &self.new[*at];
            let mut change = pair
                .change(
                    Kind::FieldInserted,
                    Some(old.field.line),
                    Some(leaf.field.line),
                )
                .member(&leaf.path);
            change.after = field_facts(leaf);
            changes.push(
                change
                    .with(Part::Before, "offset", old.offset())
                    .with(Part::Whole, "first_moved", old.path.clone())
                    .with(Part::Whole, "first_moved_after", new.offset())
                    .with(Part::Whole, "moved", moved)
                    .with(Part::Whole, "ioctls", pair.requests())
                    .affects(pair.moved_holders()),
            );
        } else if resized.is_some_and(|at| {
            !field_type::embedded(&self.old[self.common[at].0], &self.new[self.common[at].1])
        }) {
            // The resized field's own finding tells what it pushed.
        } else if !self.only_alignment(pair) {
            let cause = self.cause(old, resized);
            changes.push(
                moved_field(pair, old, new)
                    .with(Part::Whole, "cause", cause)
                    .affects([&moved[1..], &pair.moved_holders()].concat()),
            );
        }
    }

    /// Whether nothing but the record's alignment or packing explains the moves.
    fn only_alignment(&self, pair: &Pair<'_>) -> bool {
        let (old, new) = (pair.old, pair.new.item);
        (old.align != new.align || old.packed != new.packed)
            && self.gone.is_empty()
            && self.added.is_empty()
    }

    fn cause(&self, moved: &Leaf<'_>, resized: Option<usize>) -> String {
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

    fn shifted_names(&self) -> Vec<String> {
        self.shifted
            .iter()
            .map(|at| self.old[self.common[*at].0].path.clone())
            .collect()
    }

    /// Names of fields that overtook one another, if any did.
    fn reordered(&self) -> Option<Vec<String>> {
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

    fn types(&self, pair: &Pair<'_>, resized: Option<usize>, changes: &mut Vec<Change>) {
        for (at, (o, n)) in self.common.iter().enumerate() {
            let (old, new) = (&self.old[*o], &self.new[*n]);
            let moved = if resized == Some(at) {
                self.shifted_names()
            } else {
                Vec::new()
            };
            let moves_along = self.shifted.contains(&at);
            field_type::compare(pair, old, new, moved, moves_along, &self.new, changes);
        }
    }

    /// Fields whose name is gone for good.
    fn lost(&mut self, pair: &Pair<'_>, changes: &mut Vec<Change>) {
        for at in &self.gone {
            let old = &self.old[*at];
            if old.is_pad() {
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
                    .with(Part::Whole, "pad", false)
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
        if told || !self.gone.is_empty() || shape(&pair.old.fields) == shape(&pair.new.item.fields)
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
    for (old, new) in old.iter().zip(&new) {
        field_type::compare(pair, old, new, Vec::new(), false, &[], changes);
    }
}

/// Whether the old name still reaches the field: a macro of that name, as in `#define old new`.
fn alias(pair: &Pair<'_>, old: &Leaf<'_>) -> bool {
    pair.after.macro_named(&pair.header.path, &old.field.name)
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
