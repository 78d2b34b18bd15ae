//! What stands under the subject of a change, on both sides, becomes hashes: the part of a fingerprint that
//! facts alone don't tell, such as the fields of a new record.
//!
//! Who agrees with a finding agrees with all of that. Lines, comments and the way in which a value is
//! written are no part of it. Next: `judge::fingerprint`.

use super::Targets;
use super::change::{Change, Fact};
use super::few::Few;
use super::index::{Found, Index};
use super::layout::leaves;
use crate::model::{Enumeration, Function, FunctionMacro, Place, Record};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Hexadecimal digits of a hash.
const DIGITS: usize = 32;
/// Facts that are a compiler's words, which another version of it says otherwise.
const WORDING: [&str; 2] = ["error", "reason"];

/// Fills in [`Change::content`]: a hash for each way in which it is on some target.
pub(super) fn mark(targets: &[Targets<'_>], changes: &mut [Change]) {
    let declared = Declared::of(targets, changes);
    let content: Vec<BTreeSet<String>> = changes
        .par_iter()
        .map(|change| {
            let facts = facts(change);
            let on = targets.iter().enumerate().filter(|(_, target)| {
                let name = &target.after.surface.target;
                change.targets.contains(name)
            });
            on.filter_map(|(at, _)| content(declared.get(at, change), &facts))
                .collect()
        })
        .collect();
    for (change, content) in changes.iter_mut().zip(content) {
        change.content = content;
    }
}

/// The hash of all of it, for one target; `None` where values tell it all.
fn content(declared: Option<&blake3::Hash>, facts: &str) -> Option<String> {
    if declared.is_none() && facts.is_empty() {
        return None;
    }
    let mut hash = blake3::Hasher::new();
    // No hash is the empty text, and a hash has a fixed length.
    hash.update(declared.map_or(&[][..], |declared| declared.as_bytes()));
    hash.update(&[u8::from(declared.is_some())]);
    hash.update(facts.as_bytes());
    Some(hash.finalize().to_hex()[..DIGITS].to_owned())
}

/// What a change says besides values.
fn facts(change: &Change) -> String {
    let mut text = String::new();
    for (name, fact) in &change.facts {
        match fact {
            _ if WORDING.contains(&name.as_str()) => {}
            Fact::List(names) => put(&mut text, format_args!("{name} {names:?}\n")),
            Fact::Text(value) => put(&mut text, format_args!("{name} {value:?}\n")),
            // What else there is follows from the rest, or from which targets were examined.
            Fact::Flag(_) | Fact::Integer(_) => {}
        }
    }
    text
}

/// A subject, and the headers that a change is about: the one where it belongs, and where it stands on either
/// side.
type Subject<'c> = (&'c str, [&'c str; 3]);

/// What stands under each subject, by the place of the target: there are more changes than subjects, and a
/// subject may be long.
struct Declared<'c>(HashMap<Subject<'c>, Vec<Option<blake3::Hash>>>);

impl<'c> Declared<'c> {
    fn of(targets: &[Targets<'_>], changes: &'c [Change]) -> Self {
        let subjects: HashSet<Subject<'c>> = changes.iter().filter_map(subject).collect();
        let subjects: Vec<Subject<'c>> = subjects.into_iter().collect();
        let each = subjects.into_par_iter().map(|subject| {
            let on = |target: &Targets<'_>| {
                let [before, after] =
                    [target.before, target.after].map(|side| declared(side, subject));
                let told = !before.is_empty() || !after.is_empty();
                told.then(|| blake3::hash(format!("{before}|{after}").as_bytes()))
            };
            (subject, targets.iter().map(on).collect())
        });
        Self(each.collect::<Vec<_>>().into_iter().collect())
    }

    fn get(&self, target: usize, change: &'c Change) -> Option<&blake3::Hash> {
        self.0.get(&subject(change)?)?.get(target)?.as_ref()
    }
}

/// `None` for a remark about a part of something new, which comes beside the change that has all of it.
fn subject(change: &Change) -> Option<Subject<'_>> {
    fn header(place: Option<&Place>) -> &str {
        place.map_or("", |place| &place.header)
    }
    let headers = [
        change.header.as_str(),
        header(change.before_place.as_ref()),
        header(change.after_place.as_ref()),
    ];
    (!change.kind.spec().observation).then_some((&change.subject, headers))
}

fn declared(side: &Index<'_>, subject: Subject<'_>) -> String {
    let mut declared = String::new();
    let text = &mut declared;
    each(&side.records, subject, |item| record(item, text));
    each(&side.enumerations, subject, |item| enumeration(item, text));
    each(&side.macros, subject, |item| function_macro(item, text));
    each(&side.functions, subject, |item| function(item, text));
    declared
}

/// The declarations of a name in the headers that a change is about.
fn each<'a, T>(
    names: &HashMap<&'a str, Few<Found<'a, &'a T>>>,
    (name, headers): Subject<'_>,
    mut take: impl FnMut(&'a T),
) {
    let found = names.get(name).into_iter().flatten();
    for found in found.filter(|found| headers.contains(&found.header.path.as_str())) {
        take(found.item);
    }
}

fn record(item: &Record, text: &mut String) {
    let Record {
        kind,
        size,
        align,
        packed,
        ..
    } = item;
    put(text, format_args!("{kind:?} {size} {align} {packed}\n"));
    for leaf in leaves(item) {
        let field = leaf.field;
        put(
            text,
            format_args!(
                "{} {} {} {} {:?} {:?} {}\n",
                leaf.path,
                field.offset_bits,
                field.size_bits,
                field.bitfield,
                field.flexible,
                leaf.container,
                field.ty.spelling
            ),
        );
    }
}

fn enumeration(item: &Enumeration, text: &mut String) {
    put(text, format_args!("enum {} {}\n", item.size, item.signed));
    for one in &item.enumerators {
        put(text, format_args!("{} {}\n", one.name, one.value));
    }
}

fn function_macro(item: &FunctionMacro, text: &mut String) {
    put(
        text,
        format_args!("macro {:?} {}\n", item.parameters, item.body),
    );
}

fn function(item: &Function, text: &mut String) {
    let Function {
        kind,
        signature,
        body,
        ..
    } = item;
    put(text, format_args!("{kind:?} {signature} {body}\n"));
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    // A text takes whatever is written to it.
    let _ = text.write_fmt(what);
}
