//! Ioctl request codes: their numbers, taken apart, and the type of their argument.
//!
//! A code whose size field follows a struct that changed is no change of its own: the struct's change
//! names it among what it affects.

use super::change::Change;
use super::constant::Pair;
use super::index::{Index, Named};
use super::kinds::{Kind, Part};
use super::layout::leaves;
use super::place_of;
use crate::model::{Constant, ConstantValue, Direction, HeaderSurface, RequestCode, Side, TypeRef};

/// `None` where this is no request code on both sides; else what its new number is told as, if it is
/// not told by the struct that is its argument.
pub(super) fn changed(pair: &Pair<'_>) -> Option<Option<Change>> {
    let (Named::Macro(old), Named::Macro(new)) = (pair.old, pair.new.item) else {
        return None;
    };
    let (was, is) = (old.request.as_ref()?, new.request.as_ref()?);
    let changed = differing(was, is);
    let same_argument = match (&was.argument, &is.argument) {
        (Some(was), Some(is)) => was.spelling == is.spelling,
        (None, None) => old.body == new.body,
        _ => false,
    };
    // A code that `_IOC` makes of a size names no type, so no struct's change tells it.
    if changed == ["size"] && same_argument && was.argument.is_some() {
        return Some(None);
    }
    if old.body == new.body && changed.is_empty() {
        return Some(None);
    }
    let kept = kept_under(pair.after, &pair.header.path, old);
    let change = state(
        state(pair.change(Kind::RequestChanged), Part::Before, old, was),
        Part::After,
        new,
        is,
    );
    Some(Some(
        change
            .with(Part::Whole, "changed", changed)
            .with(Part::Whole, "same_argument", same_argument)
            .with(Part::Whole, "old_value_kept", kept),
    ))
}

fn differing(was: &RequestCode, is: &RequestCode) -> Vec<String> {
    let parts = [
        ("direction", was.direction != is.direction),
        ("type", was.type_code != is.type_code),
        ("number", was.number != is.number),
        ("size", was.size != is.size),
    ];
    parts
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| (*name).to_owned())
        .collect()
}

/// Another name that has the same code after, visible from the header, or empty.
fn kept_under(after: &Index<'_>, header: &str, old: &Constant) -> String {
    let mut names: Vec<&str> = after
        .constants
        .iter()
        .filter(|(name, _)| **name != old.name)
        .filter(|(_, found)| {
            found.iter().any(|found| {
                matches!(found.item, Named::Macro(item) if item.value == old.value && item.request.is_some())
                    && (found.header.path == header || after.sees(header, &found.header.path))
            })
        })
        .map(|(name, _)| *name)
        .collect();
    names.sort_unstable();
    names
        .first()
        .map(|name| (*name).to_owned())
        .unwrap_or_default()
}

fn state(change: Change, part: Part, item: &Constant, request: &RequestCode) -> Change {
    let value = match item.value {
        ConstantValue::Integer(value) => value,
        _ => 0,
    };
    let argument = request
        .argument
        .as_ref()
        .map(|argument| argument.spelling.clone());
    change
        .with(part, "value", value)
        .with(part, "direction", direction(request.direction))
        .with(part, "type", u64::from(request.type_code))
        .with(part, "number", u64::from(request.number))
        .with(part, "size", u64::from(request.size))
        .with(part, "argument", argument.unwrap_or_default())
}

/// The word for a direction in facts.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::None => "none",
        Direction::Read => "read",
        Direction::Write => "write",
        Direction::ReadWrite => "read-write",
    }
}

/// The same number on both sides: only the argument's type may differ. Gives whether it does.
pub(super) fn same_code(
    pair: &Pair<'_>,
    old: &Constant,
    new: &Constant,
    changes: &mut Vec<Change>,
) -> bool {
    let argument = |item: &'_ Constant| {
        item.request
            .as_ref()
            .and_then(|request| request.argument.clone())
    };
    let (Some(was), Some(is)) = (argument(old), argument(new)) else {
        return false;
    };
    if was.spelling == is.spelling || was.canonical == is.canonical {
        return false;
    }
    changes.push(
        pair.change(Kind::RequestArgumentChanged)
            .with(Part::Before, "argument", was.spelling.clone())
            .with(Part::After, "argument", is.spelling.clone())
            .with(Part::Whole, "same_layout", same_layout(pair, &was, &is)),
    );
    true
}

fn same_layout(pair: &Pair<'_>, was: &TypeRef, is: &TypeRef) -> bool {
    let old = pair.before.record(&pair.header.path, &was.holds);
    let new = pair.after.record(&pair.header.path, &is.holds);
    let (Some(old), Some(new)) = (old, new) else {
        return was.class == is.class && was.size == is.size;
    };
    let outline = |record| {
        leaves(record)
            .iter()
            .map(|leaf| (leaf.start(), leaf.end()))
            .collect::<Vec<_>>()
    };
    old.size == new.size && outline(old) == outline(new)
}

/// A request code that its header no longer provides.
pub(super) fn removed(
    after: &Index<'_>,
    header: &HeaderSurface,
    old: &Constant,
    now_in: &str,
) -> Change {
    let value = match old.value {
        ConstantValue::Integer(value) => value,
        _ => 0,
    };
    Change::new(Kind::RequestRemoved, &old.name, &header.path)
        .places(place_of(header, old.line, Side::Before), None)
        .with(Part::Before, "value", value)
        .with(Part::Whole, "now_in", now_in)
        .with(Part::Whole, "elsewhere", false)
        .with(Part::Whole, "alias", kept_under(after, &header.path, old))
}

/// A new request code.
pub(super) fn added(header: &HeaderSurface, new: &Constant) -> Change {
    let change = Change::new(Kind::RequestAdded, &new.name, &header.path)
        .places(None, place_of(header, new.line, Side::After));
    match &new.request {
        Some(request) => state(change, Part::After, new, request),
        None => change,
    }
}
