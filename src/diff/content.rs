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
use crate::model::{Enumeration, Function, FunctionMacro, Record};
use foldhash::HashMap;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Hexadecimal digits of a hash.
const DIGITS: usize = 32;
/// Facts that are a compiler's words, which another version of it says otherwise.
const WORDING: [&str; 2] = ["error", "reason"];

/// Fills in [`Change::content`]: a hash for each way in which it is on some target.
pub(super) fn mark(targets: &[Targets<'_>], changes: &mut [Change]) {
    changes.par_iter_mut().for_each(|change| {
        let on = |target: &&Targets<'_>| change.targets.contains(&target.after.surface.target);
        let texts = targets.iter().filter(on).map(|target| text(target, change));
        let texts: BTreeSet<String> = texts.filter(|text| !text.is_empty()).collect();
        let hash = |text: &String| blake3::hash(text.as_bytes()).to_hex()[..DIGITS].to_owned();
        change.content = texts.iter().map(hash).collect();
    });
}

/// All of it, for one target; empty where values tell it all.
fn text(target: &Targets<'_>, change: &Change) -> String {
    // A remark about a part of something new comes beside the change that has all of it.
    let declared = |side| match change.kind.spec().observation {
        true => String::new(),
        false => declared(side, change),
    };
    let [before, after] = [target.before, target.after].map(declared);
    let mut text = match (before.as_str(), after.as_str()) {
        ("", "") => String::new(),
        (before, after) => format!("{before}|{after}"),
    };
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

fn declared(side: &Index<'_>, change: &Change) -> String {
    let mut declared = String::new();
    let text = &mut declared;
    let subject = change.subject.as_str();
    each(&side.records, subject, change, |item| record(item, text));
    each(&side.enumerations, subject, change, |item| {
        enumeration(item, text)
    });
    each(&side.macros, subject, change, |item| {
        function_macro(item, text)
    });
    each(&side.functions, subject, change, |item| {
        function(item, text)
    });
    declared
}

/// The declarations of a name in the headers that a change is about.
fn each<'a, T>(
    names: &HashMap<&'a str, Few<Found<'a, &'a T>>>,
    subject: &str,
    change: &Change,
    mut take: impl FnMut(&'a T),
) {
    let places = [&change.before_place, &change.after_place];
    let about = |path: &str| {
        let mut places = places.into_iter().flatten();
        path == change.header || places.any(|place| place.header == path)
    };
    let found = names.get(subject).into_iter().flatten();
    for found in found.filter(|found| about(&found.header.path)) {
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
