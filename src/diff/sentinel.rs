//! Constants that only count, bound or mask others: their value follows what was added or removed.
//!
//! A name alone never makes a sentinel: an enumerator must trail its enumeration at the distance it
//! always had, a macro must reach exactly the names that are new.

use super::change::{Change, Fact};
use super::constant::{Pair, new_names};
use super::index::Named;
use super::kinds::Kind;
use super::naming::{identifiers, is_mask, is_sentinel};
use crate::model::{Enumeration, Enumerator};
use std::collections::BTreeMap;

/// How a sentinel went from one value to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// By exactly what was added.
    Explained,
    /// To a smaller number.
    Shrunk,
    /// In a way that nothing new explains.
    Jumped,
}

/// `None` where the constant is no sentinel.
pub(super) fn growth(
    pair: &Pair<'_>,
    (old, new): (i128, i128),
    fresh: &BTreeMap<&str, Named<'_>>,
) -> Option<Growth> {
    let name = pair.old.name();
    if is_mask(name) && new & old == old && new & !old & !added_bits(fresh) == 0 {
        return Some(Growth::Explained);
    }
    match (pair.old, pair.new.item) {
        (Named::Enumerator(was, old_item), Named::Enumerator(is, new_item)) => {
            if !trails(is, new_item) || !trails(was, old_item) {
                return None;
            }
            let same_enumeration = if was.name.is_empty() {
                pair.header.path == pair.new.header.path
            } else {
                was.name == is.name
            };
            let same_distance = same_enumeration
                && steps(was, old_item)
                    .iter()
                    .any(|step| steps(is, new_item).contains(step));
            Some(match (same_distance, new > old) {
                (true, true) => Growth::Explained,
                (true, false) if lost_names(pair, was) => Growth::Shrunk,
                _ => Growth::Jumped,
            })
        }
        (Named::Macro(was), Named::Macro(is)) if was.body == is.body => through(pair, &was.body),
        _ if !is_sentinel(name) => None,
        _ if new > old && reaches(fresh, old, new) => Some(Growth::Explained),
        _ if name == "__NR_syscalls" => Some(if new > old {
            Growth::Explained
        } else {
            Growth::Shrunk
        }),
        _ => None,
    }
}

/// Whether an enumerator stands at the end of its enumeration, before nothing but others like it and
/// values given by number, and has the name of one that counts. Names in two underscores there are the
/// kernel's own (`__NFT_META_IIFTYPE`).
pub(super) fn trails(enumeration: &Enumeration, item: &Enumerator) -> bool {
    let named = |item: &Enumerator| is_sentinel(&item.name) || item.name.starts_with("__");
    let behind = enumeration
        .enumerators
        .iter()
        .skip_while(|other| other.name != item.name)
        .skip(1);
    let mut rest = behind.filter(|other| {
        !other
            .written
            .starts_with(|c: char| c.is_ascii_digit() || c == '(')
    });
    named(item) && rest.all(named)
}

/// How its value follows from that of the enumerator before it: by what number more, or as the next bit.
fn steps(enumeration: &Enumeration, item: &Enumerator) -> Vec<(&'static str, i128)> {
    let at = enumeration
        .enumerators
        .iter()
        .position(|other| other.name == item.name);
    let before = at.and_then(|at| enumeration.enumerators.get(at.checked_sub(1)?));
    let Some(before) = before else {
        return Vec::new();
    };
    let mut steps = vec![("more", item.value - before.value)];
    if before.value > 0 && before.value.checked_mul(2) == Some(item.value) {
        steps.push(("times", 2));
    }
    steps
}

/// Whether some of the enumeration's names are gone.
fn lost_names(pair: &Pair<'_>, was: &Enumeration) -> bool {
    let gone = |item: &Enumerator| pair.after.constant(&pair.header.path, &item.name).is_none();
    was.enumerators.iter().any(gone)
}

fn added_bits(fresh: &BTreeMap<&str, Named<'_>>) -> i128 {
    let values = fresh.values().filter_map(|named| named.value());
    values
        .filter(|value| *value > 0)
        .fold(0, |bits, value| bits | value)
}

/// Whether something new has a value, or a request code a number, between the two.
fn reaches(fresh: &BTreeMap<&str, Named<'_>>, old: i128, new: i128) -> bool {
    fresh.values().any(|named| {
        let number = match named {
            Named::Macro(item) => item
                .request
                .as_ref()
                .map(|request| i128::from(request.number)),
            Named::Enumerator(..) => None,
        };
        let value = number.or_else(|| named.value());
        value.is_some_and(|value| value >= old && value <= new + 1)
    })
}

/// A macro written the same over sentinels (`#define FOO_MAX (__FOO_MAX - 1)`) is one itself.
fn through(pair: &Pair<'_>, body: &str) -> Option<Growth> {
    let mut growth = None;
    for name in identifiers(body).filter(|name| *name != pair.old.name()) {
        let old = pair.before.constant(&pair.header.path, name);
        let new = pair.after.constant(&pair.new.header.path, name);
        let (Some(old), Some(new)) = (old, new) else {
            continue;
        };
        if old.item.value() == new.item.value() {
            continue;
        }
        let inner = Pair {
            old: old.item,
            new,
            header: old.header,
            ..*pair
        };
        let fresh = new_names(pair.before, pair.after, old.header);
        let one = self::growth(&inner, inner.values()?, &fresh)?;
        growth = Some(match growth {
            None | Some(Growth::Explained) => one,
            other => other.unwrap_or(one),
        });
    }
    growth
}

/// Sentinels that shrank because the last names of their enumeration are gone follow that removal: they
/// are named by it.
pub(super) fn fold_shrunk(
    pairs: &[Pair<'_>],
    gone: &[(Named<'_>, &str)],
    changes: &mut Vec<Change>,
) {
    for pair in pairs {
        let Some(line) = counted(pair) else { continue };
        let name = pair.old.name();
        let last = gone.iter().rev().map(|(old, _)| *old).find(
            |old| matches!(old, Named::Enumerator(enumeration, item) if enumeration.line == line && !trails(enumeration, item)),
        );
        let told = last.and_then(|last| {
            let removal = |change: &&mut Change| {
                change.subject == last.name() && change.after_place.is_none()
            };
            changes.iter_mut().find(removal)
        });
        let Some(removal) = told else { continue };
        removal.affects.push(name.to_owned());
        changes.retain(|change| change.subject != name || !shrank(change));
    }
}

fn shrank(change: &Change) -> bool {
    change.kind == Kind::SentinelChanged && change.facts.get("shrinks") == Some(&Fact::Flag(true))
}

/// Line of the enumeration whose names a smaller constant counts.
fn counted(pair: &Pair<'_>) -> Option<u32> {
    let (old, new) = pair.values()?;
    if new >= old {
        return None;
    }
    match pair.old {
        Named::Enumerator(enumeration, _) => Some(enumeration.line),
        Named::Macro(item) => identifiers(&item.body).find_map(|name| {
            match pair.before.constant(&pair.header.path, name)?.item {
                Named::Enumerator(enumeration, _) => Some(enumeration.line),
                Named::Macro(_) => None,
            }
        }),
    }
}
