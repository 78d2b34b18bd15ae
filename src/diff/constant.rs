//! Constants as programs use them: enumerators and object-like macros share one space of names.
//!
//! Values are compared, not text. A macro that is written the same and only follows another constant is
//! no change of its own. Shifted enumerators are [`super::enumeration`]'s part, request codes
//! [`super::request`]'s.

use super::change::Change;
use super::enumeration::Shifts;
use super::index::{Fate, Found, Index, Named};
use super::kinds::{Kind, Part};
use super::naming::{alike, identifiers, shared_prefix};
use super::sentinel::{self, Growth};
use super::{place_of, request};
use crate::model::{Constant, ConstantValue, HeaderSurface, Side};
use std::collections::{BTreeMap, BTreeSet};

/// One constant that its header still provides.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub before: &'a Index<'a>,
    pub after: &'a Index<'a>,
    pub header: &'a HeaderSurface,
    pub old: Named<'a>,
    pub new: Found<'a, Named<'a>>,
}

impl Pair<'_> {
    /// Starts a change about this constant.
    pub fn change(&self, kind: Kind) -> Change {
        Change::new(kind, self.old.name(), &self.header.path).places(
            place_of(self.header, self.old.line(), Side::Before),
            place_of(self.new.header, self.new.item.line(), Side::After),
        )
    }

    /// Both values, where both are integers.
    pub fn values(&self) -> Option<(i128, i128)> {
        Some((self.old.value()?, self.new.item.value()?))
    }
}

/// The constants of one header, compared.
pub fn compare(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    let own = own_constants(header);
    let mut pairs = Vec::new();
    let mut gone = Vec::new();
    for (name, old) in &own {
        match after.fate(&after.constants, &header.path, name, name) {
            Fate::Visible(new) => pairs.push(Pair {
                before,
                after,
                header,
                old: *old,
                new,
            }),
            Fate::Elsewhere(now) => gone.push((*old, now.path.as_str())),
            Fate::Gone if after.self_macro(&header.path, name) => {}
            Fate::Gone => gone.push((*old, "")),
            Fate::Unread => {}
        }
    }
    let fresh = new_names(before, after, header);
    let shifts = Shifts::find(&pairs, &gone, &fresh);
    for pair in &pairs {
        compare_pair(pair, &shifts, &fresh, changes);
    }
    shifts.tell(header, changes);
    let renamed = renames(&pairs, &gone, &fresh, before, header, changes);
    for (old, now_in) in &gone {
        if !renamed.contains(old.name()) {
            changes.push(removed(after, header, *old, now_in));
        }
    }
    super::reuse::compare(&own, &gone, &fresh, &renamed, header, changes);
    additions(&fresh, &renamed, header, changes);
}

/// A header's own constants, each name once (an enumerator before a macro that repeats its name).
pub(super) fn own_constants(header: &HeaderSurface) -> BTreeMap<&str, Named<'_>> {
    let mut own = BTreeMap::new();
    for item in &header.constants {
        if item.body != item.name {
            own.insert(item.name.as_str(), Named::Macro(item));
        }
    }
    for enumeration in &header.enumerations {
        for item in &enumeration.enumerators {
            own.insert(item.name.as_str(), Named::Enumerator(enumeration, item));
        }
    }
    own
}

/// Constants that the header, or a header that took over its declarations, has after and that no
/// header had before.
pub(super) fn new_names<'a>(
    before: &Index<'_>,
    after: &Index<'a>,
    header: &HeaderSurface,
) -> BTreeMap<&'a str, Named<'a>> {
    let Some(now) = after.surface.headers.get(&header.path) else {
        return BTreeMap::new();
    };
    let mut names = own_constants(now);
    names.retain(|name, _| !before.constants.contains_key(name));
    names
}

fn compare_pair(
    pair: &Pair<'_>,
    shifts: &Shifts<'_>,
    fresh: &BTreeMap<&str, Named<'_>>,
    changes: &mut Vec<Change>,
) {
    kinds(pair, changes);
    match pair.values() {
        Some((old, new)) if old == new => spelling(pair, changes),
        Some((old, new)) => value(pair, (old, new), shifts, fresh, changes),
        None => without_value(pair, changes),
    }
}

/// Macro on one side and enumerator on the other.
fn kinds(pair: &Pair<'_>, changes: &mut Vec<Change>) {
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
    request::same_code(pair, old, new, changes);
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
        (ConstantValue::Text(was), ConstantValue::Text(is)) if was != is => {
            changes.push(value_changed(
                pair,
                &format!("\"{was}\""),
                &format!("\"{is}\""),
                None,
            ));
        }
        (ConstantValue::Text(_), ConstantValue::Text(_)) => {}
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
        (ConstantValue::Unevaluated(_), ConstantValue::Integer(_) | ConstantValue::Text(_))
            if old.body != new.body =>
        {
            changes.push(bodies(pair, Kind::ConstantRespelled, old, new));
        }
        _ if old.body != new.body => {
            changes.push(bodies(pair, Kind::ConstantTextChanged, old, new))
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

/// A value as people write it: a string in quotes, nothing as nothing.
pub(super) fn text(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Text(text) => format!("\"{text}\""),
        ConstantValue::Empty => String::new(),
        ConstantValue::Unevaluated(reason) => format!("({reason})"),
    }
}

/// Old names under new ones: names that are explained this way, old and new.
#[expect(
    clippy::too_many_arguments,
    reason = "both sides, and what each of them lacks"
)]
fn renames(
    pairs: &[Pair<'_>],
    gone: &[(Named<'_>, &str)],
    fresh: &BTreeMap<&str, Named<'_>>,
    before: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) -> BTreeSet<String> {
    let mut explained = BTreeSet::new();
    for pair in pairs {
        let new_name = pair.new.item.written().trim_matches(['(', ')', ' ']);
        let other = fresh
            .get(new_name)
            .filter(|other| other.value().is_some() && other.value() == pair.old.value());
        if let Some(other) = other.filter(|_| pair.old.written() != pair.new.item.written()) {
            changes.push(renamed(pair.old, *other, true, header));
            explained.insert(other.name().to_owned());
        }
    }
    for (old, now_in) in gone {
        let Named::Enumerator(enumeration, _) = old else {
            continue;
        };
        let prefix = shared_prefix(
            enumeration
                .enumerators
                .iter()
                .map(|item| item.name.as_str()),
        );
        let twin = fresh.values().find(|new| {
            matches!(new, Named::Enumerator(..))
                && new.value() == old.value()
                && !explained.contains(new.name())
                && alike(old.name(), new.name(), prefix)
                && !before.constants.contains_key(new.name())
        });
        if let Some(new) = twin.filter(|_| now_in.is_empty()) {
            changes.push(renamed(*old, *new, false, header));
            explained.extend([old.name().to_owned(), new.name().to_owned()]);
        }
    }
    explained
}

fn renamed(old: Named<'_>, new: Named<'_>, alias: bool, header: &HeaderSurface) -> Change {
    let enumeration = match old {
        Named::Enumerator(enumeration, _) => enumeration.name.clone(),
        Named::Macro(_) => String::new(),
    };
    Change::new(Kind::EnumeratorRenamed, old.name(), &header.path)
        .places(
            place_of(header, old.line(), Side::Before),
            place_of(header, new.line(), Side::After),
        )
        .with(Part::Before, "value", old.value().unwrap_or_default())
        .with(Part::After, "name", new.name())
        .with(Part::Whole, "alias", alias)
        .with(Part::Whole, "enumeration", enumeration)
}

fn removed(after: &Index<'_>, header: &HeaderSurface, old: Named<'_>, now_in: &str) -> Change {
    let place = place_of(header, old.line(), Side::Before);
    match old {
        Named::Enumerator(enumeration, item) => {
            Change::new(Kind::EnumeratorRemoved, &item.name, &header.path)
                .places(place, None)
                .with(Part::Before, "value", item.value)
                .with(Part::Whole, "enumeration", enumeration.name.clone())
                .with(Part::Whole, "now_in", now_in)
                .with(Part::Whole, "elsewhere", false)
                .with(Part::Whole, "sentinel", sentinel::trails(enumeration, item))
        }
        Named::Macro(item) if item.request.is_some() => {
            request::removed(after, header, item, now_in)
        }
        Named::Macro(item) => Change::new(Kind::ConstantRemoved, &item.name, &header.path)
            .places(place, None)
            .with(Part::Before, "value", text(&item.value))
            .with(Part::Whole, "now_in", now_in)
            .with(Part::Whole, "elsewhere", false)
            .with(
                Part::Whole,
                "constant",
                matches!(
                    item.value,
                    ConstantValue::Integer(_) | ConstantValue::Text(_)
                ),
            ),
    }
}

fn additions(
    fresh: &BTreeMap<&str, Named<'_>>,
    renamed: &BTreeSet<String>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for (name, new) in fresh {
        if !renamed.contains(*name) {
            changes.push(added(header, *new));
        }
    }
}

/// A constant that no header had before.
pub(super) fn added(header: &HeaderSurface, new: Named<'_>) -> Change {
    let place = place_of(header, new.line(), Side::After);
    match new {
        Named::Enumerator(enumeration, item) => {
            Change::new(Kind::EnumeratorAdded, &item.name, &header.path)
                .places(None, place)
                .with(Part::After, "value", item.value)
                .with(Part::Whole, "enumeration", enumeration.name.clone())
        }
        Named::Macro(item) if item.request.is_some() => request::added(header, item),
        Named::Macro(item) => Change::new(Kind::ConstantAdded, &item.name, &header.path)
            .places(None, place)
            .with(Part::After, "value", text(&item.value)),
    }
}
