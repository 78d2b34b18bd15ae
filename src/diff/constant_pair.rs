//! One constant on both sides: its value, its C type, its text, and whether it is a macro.
//!
//! Values are compared, not text. A macro that is written the same and only follows another constant is
//! no change of its own.

use super::change::Change;
use super::constant::Pair;
use super::enumeration::Shifts;
use super::index::Named;
use super::kinds::{Kind, Part};
use super::naming::identifiers;
use super::sentinel::{self, Growth};
use super::spelling::same_tokens;
use super::{derived, request};
use crate::model::{Constant, ConstantValue};
use std::collections::BTreeMap;

/// Compares one constant that both sides have.
pub(super) fn compare(
    pair: &Pair<'_>,
    shifts: &Shifts<'_>,
    fresh: &BTreeMap<&str, Named<'_>>,
    changes: &mut Vec<Change>,
) {
    kinds(pair, fresh, changes);
    match pair.values() {
        Some((old, new)) if old == new => spelling(pair, changes),
        Some((old, new)) => value(pair, (old, new), shifts, fresh, changes),
        None => without_value(pair, changes),
    }
}

/// Macro on one side and enumerator on the other.
fn kinds(pair: &Pair<'_>, fresh: &BTreeMap<&str, Named<'_>>, changes: &mut Vec<Change>) {
    let kind = |named| {
        if matches!(named, Named::Macro(_)) {
            "macro"
        } else {
            "enumerator"
        }
    };
    let (was, is) = (kind(pair.old), kind(pair.new.item));
    let name = pair.old.name();
    let (had_self, has_self) = (
        pair.before.self_macro(&pair.header.path, name),
        pair.after.self_macro(&pair.header.path, name),
    );
    if was != is {
        // Another value is told as such, and an alias of a new name as a renaming.
        let alias = pair.new.item.written().trim_matches(['(', ')', ' ']);
        if pair.values().is_some_and(|(old, new)| old != new) || fresh.contains_key(alias) {
            return;
        }
        changes.push(
            pair.change(Kind::ConstantKindChanged)
                .with(Part::Before, "kind", was)
                .with(Part::After, "kind", is)
                .with(Part::Whole, "self_macro", has_self),
        );
    } else if was == "enumerator" && had_self && !has_self {
        changes.push(pair.change(Kind::SelfMacroRemoved));
    }
}

fn value(
    pair: &Pair<'_>,
    (old, new): (i128, i128),
    shifts: &Shifts<'_>,
    fresh: &BTreeMap<&str, Named<'_>>,
    changes: &mut Vec<Change>,
) {
    if shifts.covers(pair.old.name()) {
        return;
    }
    if let Some(change) = request::changed(pair) {
        changes.extend(change);
        return;
    }
    let enumeration = match pair.old {
        Named::Enumerator(enumeration, _) => enumeration.name.clone(),
        Named::Macro(_) => String::new(),
    };
    if let Some(growth) = sentinel::growth(pair, (old, new), fresh) {
        changes.push(
            pair.change(Kind::SentinelChanged)
                .with(Part::Before, "value", old)
                .with(Part::After, "value", new)
                .with(Part::Whole, "grows", growth == Growth::Explained)
                .with(Part::Whole, "shrinks", growth == Growth::Shrunk)
                .with(Part::Whole, "enumeration", enumeration),
        );
    } else if follows(pair) {
        // Told where the constant that it is made of changed.
    } else if matches!(pair.old, Named::Enumerator(..)) {
        changes.push(
            pair.change(Kind::EnumeratorValueChanged)
                .with(Part::Before, "value", old)
                .with(Part::After, "value", new)
                .with(Part::Whole, "enumeration", enumeration)
                .with(
                    Part::Whole,
                    "kept_kind",
                    matches!(pair.new.item, Named::Enumerator(..)),
                ),
        );
    } else {
        changes.push(value_changed(
            pair,
            &old.to_string(),
            &new.to_string(),
            Some((old, new)),
        ));
    }
}

/// Whether a macro is written the same and is made of a constant that changed.
fn follows(pair: &Pair<'_>) -> bool {
    if pair.old.written() != pair.new.item.written() || matches!(pair.old, Named::Enumerator(..)) {
        return false;
    }
    let mut names = identifiers(pair.old.written()).filter(|name| *name != pair.old.name());
    names.any(|name| {
        let old = pair.before.constant(&pair.header.path, name);
        let new = pair.after.constant(&pair.new.header.path, name);
        matches!((old, new), (Some(old), Some(new)) if old.item.value() != new.item.value())
    })
}

fn value_changed(pair: &Pair<'_>, old: &str, new: &str, numbers: Option<(i128, i128)>) -> Change {
    let number = |test: fn(i128, i128) -> bool| numbers.is_some_and(|(old, new)| test(old, new));
    pair.change(Kind::ConstantValueChanged)
        .with(Part::Before, "value", old)
        .with(Part::After, "value", new)
        .with(Part::Whole, "string", numbers.is_none())
        .with(Part::Whole, "grows", number(|old, new| new > old))
        .with(Part::Whole, "superset", number(|old, new| new & old == old))
        .with(Part::Whole, "bound_of", bound_of(pair, numbers))
        .with(
            Part::Whole,
            "kept_kind",
            matches!(pair.new.item, Named::Macro(_)),
        )
}

/// Fields of the header whose array bound went from the old value to the new one.
fn bound_of(pair: &Pair<'_>, numbers: Option<(i128, i128)>) -> Vec<String> {
    let Some((old, new)) = numbers else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for record in &pair.header.records {
        let Some(now) = pair.after.record(&pair.header.path, &record.name) else {
            continue;
        };
        let after = super::layout::leaves(now);
        for leaf in super::layout::leaves(record) {
            let bounds = |leaf: &super::layout::Leaf<'_>| {
                leaf.field
                    .ty
                    .bounds
                    .iter()
                    .map(|bound| i128::from(*bound))
                    .collect::<Vec<_>>()
            };
            let is = after
                .iter()
                .find(|new| new.path == leaf.path && !leaf.path.is_empty());
            if bounds(&leaf).contains(&old) && is.is_some_and(|is| bounds(is).contains(&new)) {
                fields.push(format!("{}.{}", record.name, leaf.path));
            }
        }
    }
    fields
}

/// Same value: the C type, the text, or the use in `#if` may differ.
fn spelling(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (Named::Macro(old), Named::Macro(new)) = (pair.old, pair.new.item) else {
        return;
    };
    if request::same_code(pair, old, new, changes) {
        return;
    }
    if old.c_type != new.c_type {
        let follows_type = old.body == new.body;
        if !follows_type || identifiers(&old.body).next().is_none() {
            changes.push(
                pair.change(Kind::ConstantRetyped)
                    .with(Part::Before, "type", old.c_type.clone())
                    .with(Part::After, "type", new.c_type.clone())
                    .with(Part::Whole, "value", text(&old.value)),
            );
        }
    } else if old.body != new.body {
        let kind = if !uses_sizeof(&old.body) && uses_sizeof(&new.body) && old.request.is_none() {
            Kind::ConstantNotPreprocessor
        } else {
            Kind::ConstantRespelled
        };
        changes.push(bodies(pair, kind, old, new));
    }
}

fn uses_sizeof(body: &str) -> bool {
    identifiers(body).any(|name| matches!(name, "sizeof" | "__typeof__" | "__alignof__"))
}

fn bodies(pair: &Pair<'_>, kind: Kind, old: &Constant, new: &Constant) -> Change {
    pair.change(kind)
        .with(Part::Before, "body", old.body.clone())
        .with(Part::After, "body", new.body.clone())
}

/// At least one side is no integer.
fn without_value(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (Named::Macro(old), Named::Macro(new)) = (pair.old, pair.new.item) else {
        return;
    };
    match (&old.value, &new.value) {
        (ConstantValue::Text(was), ConstantValue::Text(is)) => {
            let changed = || value_changed(pair, &quoted(was), &quoted(is), None);
            changes.extend((was != is).then(changed));
        }
        (ConstantValue::Integer(_) | ConstantValue::Text(_), ConstantValue::Unevaluated(_))
            if old.body == new.body
                && derived::lost_name(pair.before, pair.after, old).is_some() => {}
        (
            ConstantValue::Integer(_) | ConstantValue::Text(_),
            ConstantValue::Unevaluated(reason),
        ) => changes.push(
            pair.change(Kind::ConstantBecameUnresolved)
                .with(Part::Before, "value", text(&old.value))
                .with(Part::After, "body", new.body.clone())
                .with(Part::Whole, "name", undeclared(reason))
                .with(Part::Whole, "reason", reason.clone()),
        ),
        (ConstantValue::Unevaluated(_), ConstantValue::Integer(_) | ConstantValue::Text(_)) => {
            let respelled = || bodies(pair, Kind::ConstantRespelled, old, new);
            changes.extend((old.body != new.body).then(respelled));
        }
        _ if old.body != new.body => {
            let kind = match same_tokens(&old.body, &new.body) {
                true => Kind::ConstantRespelled,
                false => Kind::ConstantTextChanged,
            };
            changes.push(bodies(pair, kind, old, new));
        }
        _ => {}
    }
}

fn undeclared(reason: &str) -> String {
    reason
        .strip_prefix("undeclared: ")
        .unwrap_or_default()
        .to_owned()
}

/// A string as C writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_graphic() || c == ' ' => quoted.push(c),
            c => c
                .to_string()
                .bytes()
                .for_each(|byte| quoted.push_str(&format!("\\{byte:03o}"))),
        }
    }
    quoted.push('"');
    quoted
}

/// A value as people write it: a string in quotes, nothing as nothing.
pub(super) fn text(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Text(text) => quoted(text),
        ConstantValue::Empty => String::new(),
        ConstantValue::Unevaluated(reason) => format!("({reason})"),
    }
}
