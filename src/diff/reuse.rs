//! New names with a number that another name has, or had: silent misinterpretation.
//!
//! An alias says so in its text (`X = Y`, `#define X Y`); two independent numbers that meet do not.

use super::change::Change;
use super::index::Named;
use super::kinds::{Kind, Part};
use super::naming::{family, is_sentinel, numbering};
use super::place_of;
use crate::model::{HeaderSurface, Side};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// New constants of a header that meet the number of another.
#[expect(
    clippy::too_many_arguments,
    reason = "names of both sides, and the header that they are in"
)]
pub(super) fn compare<'a>(
    now: &BTreeMap<&'a str, Named<'a>>,
    gone: &[(Named<'a>, &str)],
    fresh: &BTreeMap<&'a str, Named<'a>>,
    renamed: &BTreeSet<String>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    let mut families = Families::new(now, fresh);
    let gone = Gone::new(gone);
    for (name, new) in fresh {
        if renamed.contains(*name) || is_sentinel(name) || is_alias(*new) {
            continue;
        }
        let Some(value) = new.value().filter(|value| *value > 0) else {
            continue;
        };
        if let Some(other) = families.collision(*new, value) {
            let flag = value.count_ones() == 1 && numbering(name).is_none();
            changes.push(told(header, *new, value, other, true, flag));
        } else if let Some(other) = gone.with(*new, value) {
            changes.push(told(header, *new, value, other, false, false));
        }
    }
}

fn is_alias(named: Named<'_>) -> bool {
    super::naming::identifiers(named.written())
        .any(|word| !matches!(word, "U" | "UL" | "ULL" | "BIT" | "_BITUL" | "_BITULL"))
}

/// The families that new names may come into, each worked out once: there may be a million names.
struct Families<'a, 'm> {
    now: &'m BTreeMap<&'a str, Named<'a>>,
    fresh: &'m BTreeMap<&'a str, Named<'a>>,
    /// The enumerators that are not new, by the line of their enumeration.
    enumerations: HashMap<u32, Family<'a>>,
    /// Those of macros, by the prefix that they share; filled when asked for.
    macros: HashMap<&'a str, Family<'a>>,
}

/// The names of a family that are not new.
#[derive(Default)]
struct Family<'a> {
    members: usize,
    /// A number that two have does not stand for either.
    doubled: bool,
    /// There is a number that is not a single bit.
    many_bits: bool,
    by_value: HashMap<i128, &'a str>,
}

impl<'a> Family<'a> {
    fn add(&mut self, name: &'a str, value: i128) {
        self.members += 1;
        self.doubled |= self.by_value.insert(value, name).is_some();
        self.many_bits |= value.count_ones() > 1;
    }

    /// The member with a number, in a family of distinct numbers.
    fn with(&self, value: i128, numbers: bool) -> Option<&'a str> {
        let flags = !self.many_bits && value.count_ones() == 1;
        let tells = self.members >= 3 && !self.doubled && (numbers || flags);
        tells.then(|| self.by_value.get(&value).copied()).flatten()
    }
}

impl<'a, 'm> Families<'a, 'm> {
    fn new(now: &'m BTreeMap<&'a str, Named<'a>>, fresh: &'m BTreeMap<&'a str, Named<'a>>) -> Self {
        let mut enumerations: HashMap<u32, Family<'a>> = HashMap::new();
        for named in now.values() {
            if let (Named::Enumerator(of, _), Some(value)) = (named, member(fresh, *named)) {
                let family = enumerations.entry(of.line).or_default();
                family.add(named.name(), value);
            }
        }
        Self {
            now,
            fresh,
            enumerations,
            macros: HashMap::new(),
        }
    }

    /// A name that is not new, of the same family of distinct values, with the same number.
    fn collision(&mut self, new: Named<'a>, value: i128) -> Option<&'a str> {
        match new {
            Named::Enumerator(of, _) => self.enumerations.get(&of.line)?.with(value, true),
            Named::Macro(_) => {
                let numbers = numbering(new.name());
                let prefix = numbers.or_else(|| family_prefix(self.now, new.name()))?;
                let (now, fresh) = (self.now, self.fresh);
                let family = self.macros.entry(prefix);
                let family = family.or_insert_with(|| of_macros(now, fresh, prefix));
                family.with(value, numbers.is_some())
            }
        }
    }
}

fn of_macros<'a>(
    now: &BTreeMap<&'a str, Named<'a>>,
    fresh: &BTreeMap<&'a str, Named<'a>>,
    prefix: &'a str,
) -> Family<'a> {
    let mut family = Family::default();
    let named = now.range(prefix..).map(|(_, named)| *named);
    for named in named.take_while(|named| named.name().starts_with(prefix)) {
        if let (Named::Macro(_), Some(value)) = (named, member(fresh, named)) {
            family.add(named.name(), value);
        }
    }
    family
}

/// The number by which a name belongs to its family: it is not new, and has a number of its own.
fn member(fresh: &BTreeMap<&str, Named<'_>>, named: Named<'_>) -> Option<i128> {
    let name = named.name();
    let plain = !is_sentinel(name)
        && (!name.starts_with("__") || numbering(name).is_some())
        && !is_alias(named);
    named.value().filter(|_| plain && !fresh.contains_key(name))
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

/// The names that are gone, by what makes a new name take their place: where they stood, and the number.
#[derive(Default)]
struct Gone<'a> {
    numbered: HashMap<(&'static str, i128), &'a str>,
    enumerators: HashMap<(&'a str, &'a str, i128), &'a str>,
}

impl<'a> Gone<'a> {
    fn new(names: &[(Named<'a>, &str)]) -> Self {
        let mut gone = Self::default();
        for (old, _) in names {
            let name = old.name();
            if let (Some(prefix), Some(value)) = (numbering(name), old.value()) {
                gone.numbered.entry((prefix, value)).or_insert(name);
            }
            if let Named::Enumerator(of, item) = old
                && !is_sentinel(name)
            {
                let (of, kin) = kin(&of.name, name);
                let place = gone.enumerators.entry((of, kin, item.value));
                place.or_insert(name);
            }
        }
        gone
    }

    /// A name that is gone from the same enumeration and had the number.
    fn with(&self, new: Named<'_>, value: i128) -> Option<&'a str> {
        if let Some(prefix) = numbering(new.name()) {
            return self.numbered.get(&(prefix, value)).copied();
        }
        let Named::Enumerator(of, _) = new else {
            return None;
        };
        let (of, kin) = kin(&of.name, new.name());
        self.enumerators.get(&(of, kin, value)).copied()
    }
}

/// An enumeration is known by its name; one without by the family of its enumerators.
fn kin<'n>(enumeration: &'n str, name: &'n str) -> (&'n str, &'n str) {
    match enumeration {
        "" => ("", family(name)),
        named => (named, ""),
    }
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
