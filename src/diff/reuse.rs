//! New names with a number that another name has, or had: silent misinterpretation.
//!
//! An alias says so in its text (`X = Y`, `#define X Y`); two independent numbers that meet do not.

use super::change::Change;
use super::index::Named;
use super::kinds::{Kind, Part};
use super::naming::{family, is_sentinel};
use super::place_of;
use crate::model::{HeaderSurface, Side};
use std::collections::{BTreeMap, BTreeSet};

/// New constants of a header that meet the number of another.
#[expect(
    clippy::too_many_arguments,
    reason = "names of both sides, and the header that they are in"
)]
pub(super) fn compare(
    own: &BTreeMap<&str, Named<'_>>,
    gone: &[(Named<'_>, &str)],
    fresh: &BTreeMap<&str, Named<'_>>,
    renamed: &BTreeSet<String>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for (name, new) in fresh {
        if renamed.contains(*name) || is_sentinel(name) || is_alias(*new) {
            continue;
        }
        let Some(value) = new.value().filter(|value| *value > 0) else {
            continue;
        };
        if let Some(other) = collision((own, fresh), gone, name, *new, value) {
            changes.push(told(
                header,
                *new,
                value,
                other,
                true,
                value.count_ones() == 1,
            ));
        } else if let Some(other) = reuse(gone, *new, value) {
            changes.push(told(header, *new, value, other, false, false));
        }
    }
}

fn is_alias(named: Named<'_>) -> bool {
    super::naming::identifiers(named.written())
        .any(|word| !matches!(word, "U" | "UL" | "ULL" | "BIT" | "_BITUL" | "_BITULL"))
}

/// A name that remains, of the same family of distinct values, with the same number.
fn collision<'a>(
    (own, fresh): (&BTreeMap<&str, Named<'a>>, &BTreeMap<&str, Named<'_>>),
    gone: &[(Named<'_>, &str)],
    name: &str,
    new: Named<'_>,
    value: i128,
) -> Option<&'a str> {
    let mut members: Vec<Named<'a>> = match new {
        Named::Enumerator(enumeration, _) => own
            .values()
            .filter(|named| matches!(named, Named::Enumerator(other, _) if !other.name.is_empty() && other.name == enumeration.name))
            .copied()
            .collect(),
        Named::Macro(_) => {
            let prefix = family_prefix(own, fresh, name)?;
            let same = own.values().filter(|named| matches!(named, Named::Macro(_)) && named.name().starts_with(prefix));
            same.copied().collect()
        }
    };
    members.retain(|named| {
        !is_sentinel(named.name())
            && !named.name().starts_with("__")
            && !is_alias(*named)
            && named.value().is_some()
    });
    let mut values: Vec<i128> = members.iter().filter_map(|named| named.value()).collect();
    let single_bits = values.iter().all(|value| value.count_ones() <= 1);
    values.sort_unstable();
    let distinct = values.windows(2).all(|pair| pair[0] != pair[1]);
    let flags = matches!(new, Named::Enumerator(..)) || (single_bits && value.count_ones() == 1);
    if members.len() < 3 || !distinct || !flags {
        return None;
    }
    let other = members.iter().find(|named| named.value() == Some(value))?;
    let remains = !gone.iter().any(|(named, _)| named.name() == other.name());
    remains.then_some(other.name())
}

/// The family of a new name: the longest prefix that it shares with another name of the header, new or
/// old. Names that are new together are a family of their own and start where they like.
fn family_prefix<'n>(
    own: &BTreeMap<&str, Named<'_>>,
    fresh: &BTreeMap<&str, Named<'_>>,
    name: &'n str,
) -> Option<&'n str> {
    let mut prefix = family(name);
    while prefix.contains('_') {
        let with_bar = &name[..=prefix.len()];
        let shares = |other: &&&str| **other != name && other.starts_with(with_bar);
        if own.keys().chain(fresh.keys()).any(|other| shares(&other)) {
            return Some(with_bar);
        }
        prefix = family(prefix);
    }
    None
}

/// A name that is gone from the same enumeration and had the number.
fn reuse<'a>(gone: &[(Named<'a>, &str)], new: Named<'_>, value: i128) -> Option<&'a str> {
    let Named::Enumerator(enumeration, _) = new else {
        return None;
    };
    gone.iter()
        .filter(|(old, _)| !is_sentinel(old.name()))
        .find(|(old, _)| {
            matches!(old, Named::Enumerator(was, item) if was.name == enumeration.name && item.value == value
                && (!was.name.is_empty() || family(&item.name) == family(new.name())))
        })
        .map(|(old, _)| old.name())
}

#[expect(clippy::too_many_arguments, reason = "the facts of one change")]
fn told(
    header: &HeaderSurface,
    new: Named<'_>,
    value: i128,
    other: &str,
    remains: bool,
    flag: bool,
) -> Change {
    Change::new(Kind::ValueReused, new.name(), &header.path)
        .places(None, place_of(header, new.line(), Side::After))
        .with(Part::After, "value", value)
        .with(Part::Whole, "other", other)
        .with(Part::Whole, "other_remains", remains)
        .with(Part::Whole, "flag", flag)
}
