//! One field on both sides: another size, sign, type, or another place within its bits.

use super::change::Change;
use super::kinds::{Kind, Part};
use super::layout::{Leaf, leaves};
use super::record::Pair;
use crate::model::{TypeClass, TypeRef};

/// One field on both sides.
pub(super) struct Both<'p> {
    /// The record it belongs to.
    pub pair: &'p Pair<'p>,
    /// The field before.
    pub old: &'p Leaf<'p>,
    /// The field after.
    pub new: &'p Leaf<'p>,
    /// Fields that its size pushed aside.
    pub moved: Vec<String>,
    /// Its own move is told elsewhere.
    pub moves_along: bool,
    /// All fields after.
    pub now: &'p [Leaf<'p>],
}

impl Both<'_> {
    fn change(&self, kind: Kind) -> Change {
        let (old, new) = (self.old, self.new);
        self.pair
            .change(kind, Some(old.field.line), Some(new.field.line))
            .member(&old.path)
    }

    /// Starts a change that tells both types.
    fn types(&self, kind: Kind) -> Change {
        self.change(kind)
            .with(Part::Before, "type", self.old.field.ty.spelling.clone())
            .with(Part::After, "type", self.new.field.ty.spelling.clone())
    }
}

/// What is different about the field itself, if anything is.
pub(super) fn compare(field: &Both<'_>) -> Option<Change> {
    let (old, new) = (field.old, field.new);
    if old.path.is_empty() || old.is_group() || new.is_group() || embedded(old, new) {
        return None;
    }
    if old.field.bitfield || new.field.bitfield {
        return bitfield(field);
    }
    let (was, is) = (&old.field.ty, &new.field.ty);
    let pointers = [was, is]
        .iter()
        .filter(|ty| ty.class == TypeClass::Pointer)
        .count();
    let flexible = (old.field.flexible.is_some(), new.field.flexible.is_some());
    if flexible == (false, false) && was.size != is.size {
        return resized(field, pointers == 1);
    }
    if flexible.0 != flexible.1 {
        // Told as a change of form.
        return None;
    }
    if pointers > 0 && was.canonical != is.canonical {
        return Some(field.types(Kind::FieldPointerChanged).with(
            Part::Whole,
            "pointee_only",
            pointers == 2,
        ));
    }
    match (was.class, is.class) {
        (TypeClass::Integer { signed: a }, TypeClass::Integer { signed: b }) if a != b => {
            Some(field.types(Kind::FieldSignChanged))
        }
        _ => respelled(field),
    }
}

fn resized(field: &Both<'_>, pointer: bool) -> Option<Change> {
    let (was, is) = (&field.old.field.ty, &field.new.field.ty);
    let pad = field.old.is_pad();
    if pad && field.moved.is_empty() && !gives_up_bytes(field) {
        return None;
    }
    Some(
        field
            .types(Kind::FieldResized)
            .with(Part::Before, "size", was.size)
            .with(Part::Before, "elements", elements(was))
            .with(Part::After, "size", is.size)
            .with(Part::After, "elements", elements(is))
            .with(Part::Whole, "pad", pad)
            .with(Part::Whole, "pointer", pointer)
            .with(Part::Whole, "bounded_by", bounded_by(field.pair, was, is))
            .with(Part::Whole, "moved", field.moved.clone())
            .affects(field.pair.moved_holders()),
    )
}

/// Whether reserved bytes within the record were given up, and no other field took one of them.
fn gives_up_bytes(field: &Both<'_>) -> bool {
    let (start, end) = (field.new.end(), field.old.end());
    let taken = |leaf: &Leaf<'_>| !leaf.is_group() && leaf.overlaps(start, end);
    start < end && end <= 8 * field.pair.new.item.size && !field.now.iter().any(taken)
}

/// Another type of the same size and sign.
fn respelled(field: &Both<'_>) -> Option<Change> {
    let (old, new) = (field.old, field.new);
    let (was, is) = (&old.field.ty, &new.field.ty);
    if was.spelling == is.spelling || (old.is_pad() && new.is_pad()) || same_but_bounds(old, new) {
        return None;
    }
    let element =
        old.field.flexible.is_some() && element_of(&was.canonical) != element_of(&is.canonical);
    Some(
        field
            .types(Kind::FieldTypeChanged)
            .with(Part::Before, "class", class(was))
            .with(Part::After, "class", class(is))
            .with(Part::Whole, "respelled", was.canonical == is.canonical)
            .with(Part::Whole, "element", element)
            .with(Part::Whole, "layout", other_layout(field.pair, was, is)),
    )
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

fn bitfield(field: &Both<'_>) -> Option<Change> {
    let (old, new) = (field.old, field.new);
    let same_place = old.start() == new.start() && old.end() == new.end();
    let same_type = old.field.bitfield == new.field.bitfield && sign(old) == sign(new);
    if same_place && same_type {
        // The type that its bits are a part of is seen in the record's size and alignment alone.
        return respelled(field);
    }
    if field.moves_along && old.field.size_bits == new.field.size_bits {
        return None;
    }
    let within = new.start() >= old.start() && new.end() <= old.end();
    let taken = field.now.iter().any(|leaf| {
        leaf.path != new.path && leaf.overlaps(old.start(), old.end()) && !leaf.is_group()
    });
    let state = |change: Change, part, leaf: &Leaf<'_>| {
        change
            .with(part, "offset_bits", leaf.start())
            .with(part, "width", leaf.field.size_bits)
            .with(part, "type", leaf.field.ty.spelling.clone())
    };
    let change = field.change(Kind::BitfieldChanged);
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
