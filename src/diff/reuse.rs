//! New names with a number that another name has, or had: silent misinterpretation.
//!
//! An alias says so in its text (`X = Y`, `#define X Y`); two independent numbers that meet do not.

use super::change::Change;
use super::index::Named;
use super::kinds::{Kind, Part};
use super::naming::{family, is_sentinel, numbering};
use super::place_of;
use crate::model::{HeaderSurface, Side};
use std::collections::{BTreeMap, BTreeSet};

/// New constants of a header that meet the number of another.
#[expect(
    clippy::too_many_arguments,
    reason = "names of both sides, and the header that they are in"
)]
pub(super) fn compare(
    now: &BTreeMap<&str, Named<'_>>,
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
        if let Some(other) = collision(now, fresh, *new, value) {
            let flag = value.count_ones() == 1 && numbering(name).is_none();
            changes.push(told(header, *new, value, other, true, flag));
        } else if let Some(other) = reuse(gone, *new, value) {
            changes.push(told(header, *new, value, other, false, false));
        }
    }
}

fn is_alias(named: Named<'_>) -> bool {
    super::naming::identifiers(named.written())
        .any(|word| !matches!(word, "U" | "UL" | "ULL" | "BIT" | "_BITUL" | "_BITULL"))
}

/// A name that is not new, of the same family of distinct values, with the same number.
fn collision<'a>(
    now: &BTreeMap<&'a str, Named<'a>>,
    fresh: &BTreeMap<&str, Named<'_>>,
    new: Named<'_>,
    value: i128,
) -> Option<&'a str> {
    let mut members: Vec<Named<'a>> = match new {
        Named::Enumerator(mine, _) => now
            .values()
            .filter(|named| matches!(named, Named::Enumerator(other, _) if other.line == mine.line))
            .copied()
            .collect(),
        Named::Macro(_) => {
            let prefix = numbering(new.name()).or_else(|| family_prefix(now, new.name()))?;
            let family = now
                .range(prefix..)
                .take_while(|(name, _)| name.starts_with(prefix));
            family
                .map(|(_, named)| *named)
                .filter(|named| matches!(named, Named::Macro(_)))
                .collect()
        }
    };
    members.retain(|named| {
        let plain = !is_sentinel(named.name())
            && (!named.name().starts_with("__") || numbering(named.name()).is_some())
            && !is_alias(*named);
        plain && !fresh.contains_key(named.name()) && named.value().is_some()
    });
    let mut values: Vec<i128> = members.iter().filter_map(|named| named.value()).collect();
    let single_bits = values.iter().all(|value| value.count_ones() <= 1);
    values.sort_unstable();
    let distinct = values.windows(2).all(|pair| pair[0] != pair[1]);
    let numbers = matches!(new, Named::Enumerator(..)) || numbering(new.name()).is_some();
    let flags = single_bits && value.count_ones() == 1;
    if members.len() < 3 || !distinct || !(numbers || flags) {
        return None;
    }
    members
        .iter()
        .find(|named| named.value() == Some(value))
        .map(|named| named.name())
}

/// The family of a new name: the longest prefix that it shares with another name of the header, new or
/// old. Names that are new together are a family of their own and start where they like.
fn family_prefix<'n>(now: &BTreeMap<&str, Named<'_>>, name: &'n str) -> Option<&'n str> {
    let mut prefix = family(name);
    while prefix.contains('_') {
        let with_bar = &name[..=prefix.len()];
        let mut kin = now
            .range(with_bar..)
            .take_while(|(other, _)| other.starts_with(with_bar));
        if kin.any(|(other, _)| *other != name) {
            return Some(with_bar);
        }
        prefix = family(prefix);
    }
    None
}

/// A name that is gone from the same enumeration and had the number.
fn reuse<'a>(gone: &[(Named<'a>, &str)], new: Named<'_>, value: i128) -> Option<&'a str> {
    let numbered = numbering(new.name());
    if numbered.is_some() {
        let same =
            |old: &Named<'_>| old.value() == Some(value) && numbering(old.name()) == numbered;
        return gone.iter().map(|(old, _)| *old).find(same).map(Named::name);
    }
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
