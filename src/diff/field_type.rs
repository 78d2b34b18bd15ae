//! One field on both sides: another size, sign, type, or another place within its bits.

use super::change::Change;
use super::kinds::{Kind, Part};
use super::layout::{Leaf, leaves};
use super::record::Pair;
use crate::model::{TypeClass, TypeRef};

/// Compares the types of a field that both sides name. `moved` are the fields that its size pushed
/// aside; `moves_along` says that its own move is told elsewhere; `now` are all fields after.
#[expect(
    clippy::too_many_arguments,
    reason = "a field on both sides, and what moved with it"
)]
pub(super) fn compare(
    pair: &Pair<'_>,
    old: &Leaf<'_>,
    new: &Leaf<'_>,
    moved: Vec<String>,
    moves_along: bool,
    now: &[Leaf<'_>],
    changes: &mut Vec<Change>,
) {
    if old.path.is_empty() || old.is_group() || new.is_group() || embedded(old, new) {
        return;
    }
    if old.field.bitfield || new.field.bitfield {
        changes.extend(bitfield(pair, old, new, moves_along, now));
        return;
    }
    let (was, is) = (&old.field.ty, &new.field.ty);
    let lines = (Some(old.field.line), Some(new.field.line));
    let change = |kind| pair.change(kind, lines.0, lines.1).member(&old.path);
    let types = |change: Change| {
        change
            .with(Part::Before, "type", was.spelling.clone())
            .with(Part::After, "type", is.spelling.clone())
    };
    let pointers = (was.class == TypeClass::Pointer) as u8 + (is.class == TypeClass::Pointer) as u8;
    if old.field.flexible.is_none() && new.field.flexible.is_none() && was.size != is.size {
        if old.is_pad() && moved.is_empty() {
            return;
        }
        changes.push(
            types(change(Kind::FieldResized))
                .with(Part::Before, "size", was.size)
                .with(Part::Before, "elements", elements(was))
                .with(Part::After, "size", is.size)
                .with(Part::After, "elements", elements(is))
                .with(Part::Whole, "pad", old.is_pad())
                .with(Part::Whole, "pointer", pointers == 1)
                .with(Part::Whole, "bounded_by", bounded_by(pair, was, is))
                .with(Part::Whole, "moved", moved)
                .affects(pair.moved_holders()),
        );
    } else if old.field.flexible.is_some() != new.field.flexible.is_some() {
        // Told as a change of form.
    } else if pointers > 0 && was.canonical != is.canonical {
        changes.push(types(change(Kind::FieldPointerChanged)).with(
            Part::Whole,
            "pointee_only",
            pointers == 2,
        ));
    } else if let (TypeClass::Integer { signed: a }, TypeClass::Integer { signed: b }) =
        (was.class, is.class)
        && a != b
    {
        changes.push(types(change(Kind::FieldSignChanged)));
    } else if was.spelling != is.spelling
        && !(old.is_pad() && new.is_pad())
        && !same_but_bounds(old, new)
    {
        let element =
            old.field.flexible.is_some() && element_of(&was.canonical) != element_of(&is.canonical);
        changes.push(
            types(change(Kind::FieldTypeChanged))
                .with(Part::Before, "class", class(was))
                .with(Part::After, "class", class(is))
                .with(Part::Whole, "respelled", was.canonical == is.canonical)
                .with(Part::Whole, "element", element)
                .with(Part::Whole, "layout", other_layout(pair, was, is)),
        );
    }
}

/// Whether a field differs only because the record it holds by value does.
pub(super) fn embedded(old: &Leaf<'_>, new: &Leaf<'_>) -> bool {
    let (was, is) = (&old.field.ty, &new.field.ty);
    was.class == TypeClass::Record
        && was.spelling == is.spelling
        && was.canonical == is.canonical
        && was.bounds == is.bounds
}

/// `T a[0]` and `T a[]` are told as a change of form, not of type.
fn same_but_bounds(old: &Leaf<'_>, new: &Leaf<'_>) -> bool {
    old.field.flexible.is_some()
        && new.field.flexible.is_some()
        && element_of(&old.field.ty.canonical) == element_of(&new.field.ty.canonical)
}

fn element_of(canonical: &str) -> &str {
    canonical.split('[').next().unwrap_or_default().trim_end()
}

fn elements(ty: &TypeRef) -> u64 {
    ty.bounds.iter().product()
}

fn class(ty: &TypeRef) -> &'static str {
    match ty.class {
        TypeClass::Integer { .. } => "integer",
        TypeClass::Bool => "bool",
        TypeClass::Char => "char",
        TypeClass::Float => "float",
        TypeClass::Enumeration => "enum",
        TypeClass::Pointer => "pointer",
        TypeClass::Record => "record",
        TypeClass::Other => "other",
    }
}

/// Whether a record of another inner layout took the place of one of the same size.
fn other_layout(pair: &Pair<'_>, was: &TypeRef, is: &TypeRef) -> bool {
    if was.class != TypeClass::Record || is.class != TypeClass::Record {
        return was.class != is.class && [was.class, is.class].contains(&TypeClass::Record);
    }
    let old = pair.before.record(&pair.header.path, &was.holds);
    let new = pair.after.record(&pair.new.header.path, &is.holds);
    match (old, new) {
        (Some(old), Some(new)) => {
            let outline = |record| {
                leaves(record)
                    .iter()
                    .map(|leaf| (leaf.path.clone(), leaf.start(), leaf.end()))
                    .collect::<Vec<_>>()
            };
            outline(old) != outline(new)
        }
        _ => was.holds != is.holds,
    }
}

/// A constant that is the array bound on both sides and changed with it, or empty.
fn bounded_by(pair: &Pair<'_>, was: &TypeRef, is: &TypeRef) -> String {
    let (Some(old), Some(new)) = (was.bounds.first(), is.bounds.first()) else {
        return String::new();
    };
    let (old, new) = (i128::from(*old), i128::from(*new));
    if old == new {
        return String::new();
    }
    let own = pair
        .header
        .constants
        .iter()
        .map(|constant| constant.name.as_str());
    let own = own.chain(
        pair.header
            .enumerations
            .iter()
            .flat_map(|e| e.enumerators.iter().map(|e| e.name.as_str())),
    );
    let value = |index: &super::index::Index<'_>, header: &str, name: &str| {
        index
            .constant(header, name)
            .and_then(|found| found.item.value())
    };
    let mut bounds = own.filter(|name| {
        value(pair.before, &pair.header.path, name) == Some(old)
            && value(pair.after, &pair.new.header.path, name) == Some(new)
    });
    bounds.next().unwrap_or_default().to_owned()
}

fn bitfield(
    pair: &Pair<'_>,
    old: &Leaf<'_>,
    new: &Leaf<'_>,
    moves_along: bool,
    now: &[Leaf<'_>],
) -> Option<Change> {
    let same_place = old.start() == new.start() && old.end() == new.end();
    let same_type = old.field.bitfield == new.field.bitfield
        && old.field.ty.size == new.field.ty.size
        && sign(old) == sign(new);
    if (same_place && same_type) || (moves_along && old.field.size_bits == new.field.size_bits) {
        return None;
    }
    let within = new.start() >= old.start() && new.end() <= old.end();
    let taken = now.iter().any(|leaf| {
        leaf.path != new.path && leaf.overlaps(old.start(), old.end()) && !leaf.is_group()
    });
    let state = |change: Change, part, leaf: &Leaf<'_>| {
        change
            .with(part, "offset_bits", leaf.start())
            .with(part, "width", leaf.field.size_bits)
            .with(part, "type", leaf.field.ty.spelling.clone())
    };
    let change = pair
        .change(
            Kind::BitfieldChanged,
            Some(old.field.line),
            Some(new.field.line),
        )
        .member(&old.path);
    let change = state(state(change, Part::Before, old), Part::After, new);
    Some(change.with(Part::Whole, "pad", old.is_pad()).with(
        Part::Whole,
        "carved",
        within && taken && !same_place,
    ))
}

fn sign(leaf: &Leaf<'_>) -> Option<bool> {
    match leaf.field.ty.class {
        TypeClass::Integer { signed } => Some(signed),
        _ => None,
    }
}
