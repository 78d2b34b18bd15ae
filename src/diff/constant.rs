//! Constants as programs use them: enumerators and object-like macros share one space of names.
//!
//! Pairs the names of a header and tells which came, went or were renamed. A constant that both sides
//! have is [`super::constant_pair`]'s part, shifted enumerators are [`super::enumeration`]'s, request
//! codes [`super::request`]'s.

use super::change::Change;
use super::constant_pair::{self, text};
use super::enumeration::Shifts;
use super::index::{Fate, Found, Index, Named};
use super::kinds::{Kind, Part};
use super::naming::{alike, is_reserved, shared_prefix};
use super::sentinel;
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
        constant_pair::compare(pair, &shifts, &fresh, changes);
    }
    shifts.tell(header, changes);
    let renamed = renames(&pairs, &gone, &fresh, header, changes);
    for (old, now_in) in &gone {
        if !renamed.contains(old.name()) {
            changes.push(removed(after, header, *old, now_in));
        }
    }
    sentinel::fold_shrunk(&pairs, &gone, changes);
    let now = after
        .surface
        .headers
        .get(&header.path)
        .map(|now| own_constants(now));
    super::reuse::compare(
        &now.unwrap_or_default(),
        &gone,
        &fresh,
        &renamed,
        header,
        changes,
    );
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

/// Old names under new ones: names that are explained this way, old and new.
fn renames(
    pairs: &[Pair<'_>],
    gone: &[(Named<'_>, &str)],
    fresh: &BTreeMap<&str, Named<'_>>,
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
                && (alike(old.name(), new.name(), prefix) || is_reserved(old.name()))
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
            .with(Part::Before, "value", shown(item))
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
            let tag = Some(enumeration.name.clone()).filter(|name| !name.is_empty());
            Change::new(Kind::EnumeratorAdded, &item.name, &header.path)
                .places(None, place)
                .affects(tag.into_iter().collect())
                .with(Part::After, "value", item.value)
                .with(Part::Whole, "enumeration", enumeration.name.clone())
        }
        Named::Macro(item) if item.request.is_some() => request::added(header, item),
        Named::Macro(item) => Change::new(Kind::ConstantAdded, &item.name, &header.path)
            .places(None, place)
            .with(Part::After, "value", shown(item)),
    }
}

/// A macro's value, or its text where it has none.
fn shown(item: &Constant) -> String {
    match &item.value {
        ConstantValue::Unevaluated(_) => item.body.clone(),
        value => text(value),
    }
}
