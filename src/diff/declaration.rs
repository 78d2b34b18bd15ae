//! Typedefs, function-like macros and functions.

use super::change::Change;
use super::index::{Fate, Index};
use super::kinds::{Kind, Part};
use super::layout::leaves;
use super::place_of;
use super::spelling::same_tokens;
use crate::model::{Function, FunctionKind, FunctionMacro, HeaderSurface, Side, TypeRef, Typedef};

/// Those of one header, compared.
pub fn compare(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for item in &header.typedefs {
        typedef(before, after, header, item, changes);
    }
    for item in &header.macros {
        function_macro(after, header, item, changes);
    }
    for item in &header.functions {
        function(after, header, item, changes);
    }
}

/// Those that no header had before.
pub fn additions(before: &Index<'_>, header: &HeaderSurface, changes: &mut Vec<Change>) {
    let at = |kind, name: &str, line| {
        Change::new(kind, name, &header.path).places(None, place_of(header, line, Side::After))
    };
    for item in &header.typedefs {
        if !before.typedefs.contains_key(item.name.as_str()) {
            let change = at(Kind::TypedefAdded, &item.name, item.line);
            changes.push(change.with(Part::After, "type", item.target.spelling.clone()));
        }
    }
    for item in &header.macros {
        if !before.macros.contains_key(item.name.as_str())
            && !before.constants.contains_key(item.name.as_str())
        {
            let change = at(Kind::MacroAdded, &item.name, item.line);
            changes.push(change.with(Part::After, "parameters", item.parameters.len() as u64));
        }
    }
    for item in &header.functions {
        if before.functions.contains_key(item.name.as_str()) {
            continue;
        }
        let kind = if item.kind == FunctionKind::Inline {
            Kind::FunctionAdded
        } else {
            Kind::FunctionDeclared
        };
        changes.push(at(kind, &item.name, item.line).with(
            Part::After,
            "signature",
            item.signature.clone(),
        ));
    }
}

fn typedef(
    before: &Index<'_>,
    after: &Index<'_>,
    header: &HeaderSurface,
    old: &Typedef,
    changes: &mut Vec<Change>,
) {
    let place = place_of(header, old.line, Side::Before);
    let now_in = match after.fate(&after.typedefs, &header.path, &old.name, &old.name) {
        Fate::Unread => return,
        Fate::Visible(new) => {
            let (was, is) = (&old.target, &new.item.target);
            if was.canonical != is.canonical && !follows(before, after, was, is) {
                let types = |change: Change, part, ty: &TypeRef| {
                    change
                        .with(part, "type", ty.spelling.clone())
                        .with(part, "size", ty.size)
                };
                let change = Change::new(Kind::TypedefChanged, &old.name, &header.path)
                    .places(place, place_of(new.header, new.item.line, Side::After));
                let change = types(types(change, Part::Before, was), Part::After, is);
                changes.push(change.with(
                    Part::Whole,
                    "compatible",
                    compatible(was, is) || same_record(before, after, was, is),
                ));
            }
            return;
        }
        Fate::Elsewhere(now) => now.path.as_str(),
        Fate::Gone => "",
    };
    changes.push(
        Change::new(Kind::TypedefRemoved, &old.name, &header.path)
            .places(place, None)
            .with(Part::Before, "type", old.target.spelling.clone())
            .with(Part::Whole, "now_in", now_in)
            .with(Part::Whole, "elsewhere", false)
            .with(
                Part::Whole,
                "macro",
                after.macro_named(&header.path, &old.name),
            ),
    );
}

/// Whether the typedef is written over another one that changed itself.
fn follows(before: &Index<'_>, after: &Index<'_>, was: &TypeRef, is: &TypeRef) -> bool {
    was.spelling == is.spelling
        && was.typedefs.iter().any(|name| {
            let old = before.typedefs.get(name.as_str()).and_then(|found| found.first());
            let new = after.typedefs.get(name.as_str()).and_then(|found| found.first());
            matches!((old, new), (Some(old), Some(new)) if old.item.target.canonical != new.item.target.canonical)
        })
}

/// Whether both are records, by whatever name, with the same fields at the same places.
fn same_record(before: &Index<'_>, after: &Index<'_>, was: &TypeRef, is: &TypeRef) -> bool {
    let old = before
        .records
        .get(was.holds.as_str())
        .and_then(|found| found.first());
    let new = after
        .records
        .get(is.holds.as_str())
        .and_then(|found| found.first());
    let (Some(old), Some(new)) = (old, new) else {
        return false;
    };
    let outline = |record| {
        leaves(record)
            .into_iter()
            .map(|leaf| (leaf.path.clone(), leaf.start(), leaf.end()))
            .collect::<Vec<_>>()
    };
    was.bounds == is.bounds
        && old.item.size == new.item.size
        && outline(old.item) == outline(new.item)
}

fn compatible(was: &TypeRef, is: &TypeRef) -> bool {
    was.size == is.size
        && was.align == is.align
        && was.class == is.class
        && was.bounds == is.bounds
        && was.holds == is.holds
}

fn function_macro(
    after: &Index<'_>,
    header: &HeaderSurface,
    old: &FunctionMacro,
    changes: &mut Vec<Change>,
) {
    let place = place_of(header, old.line, Side::Before);
    let now_in = match after.fate(&after.macros, &header.path, &old.name, &old.name) {
        Fate::Unread => return,
        Fate::Visible(new) => {
            let change = |kind| {
                Change::new(kind, &old.name, &header.path).places(
                    place.clone(),
                    place_of(new.header, new.item.line, Side::After),
                )
            };
            changes.extend(function_macro_pair(old, new.item, change));
            return;
        }
        Fate::Elsewhere(now) => now.path.as_str(),
        Fate::Gone
            if after.functions.contains_key(old.name.as_str())
                || after.macro_named(&header.path, &old.name) =>
        {
            return;
        }
        Fate::Gone => "",
    };
    changes.push(
        Change::new(Kind::MacroRemoved, &old.name, &header.path)
            .places(place, None)
            .with(Part::Before, "parameters", old.parameters.len() as u64)
            .with(Part::Whole, "now_in", now_in)
            .with(Part::Whole, "elsewhere", false),
    );
}

fn function_macro_pair(
    old: &FunctionMacro,
    new: &FunctionMacro,
    change: impl Fn(Kind) -> Change,
) -> Option<Change> {
    let variadic = |item: &FunctionMacro| {
        item.parameters
            .last()
            .is_some_and(|last| last.ends_with("..."))
    };
    if old.parameters.len() != new.parameters.len() || variadic(old) != variadic(new) {
        return Some(
            change(Kind::MacroArityChanged)
                .with(Part::Before, "parameters", old.parameters.len() as u64)
                .with(Part::After, "parameters", new.parameters.len() as u64),
        );
    }
    if same_tokens(&generic_body(old), &generic_body(new)) {
        return None;
    }
    let probed =
        !old.probes.is_empty() && old.probes.iter().chain(&new.probes).all(Option::is_some);
    Some(
        change(Kind::MacroBodyChanged)
            .with(Part::Before, "body", old.body.clone())
            .with(Part::After, "body", new.body.clone())
            .with(Part::Whole, "probed", probed)
            .with(Part::Whole, "agrees", probed && old.probes == new.probes),
    )
}

/// The body with parameters numbered, so that a renamed parameter is no difference.
fn generic_body(item: &FunctionMacro) -> String {
    let words = item.body.split(' ').map(|token| {
        match item.parameters.iter().position(|name| name == token) {
            Some(position) => format!("${position}"),
            None => token.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn function(after: &Index<'_>, header: &HeaderSurface, old: &Function, changes: &mut Vec<Change>) {
    let place = place_of(header, old.line, Side::Before);
    let inline = old.kind == FunctionKind::Inline;
    let now_in = match after.fate(&after.functions, &header.path, &old.name, &old.name) {
        Fate::Unread => return,
        Fate::Visible(new) => {
            let change = |kind| {
                Change::new(kind, &old.name, &header.path).places(
                    place.clone(),
                    place_of(new.header, new.item.line, Side::After),
                )
            };
            if old.signature != new.item.signature {
                changes.push(
                    change(Kind::FunctionSignatureChanged)
                        .with(Part::Before, "signature", old.signature.clone())
                        .with(Part::After, "signature", new.item.signature.clone())
                        .with(Part::Whole, "inline", inline),
                );
            } else if !same_tokens(&old.body, &new.item.body) {
                changes.push(change(Kind::FunctionBodyChanged));
            }
            return;
        }
        Fate::Elsewhere(now) => now.path.as_str(),
        Fate::Gone if after.macros.contains_key(old.name.as_str()) => return,
        Fate::Gone => "",
    };
    changes.push(
        Change::new(Kind::FunctionRemoved, &old.name, &header.path)
            .places(place, None)
            .with(Part::Before, "inline", inline)
            .with(Part::Before, "signature", old.signature.clone())
            .with(Part::Whole, "now_in", now_in)
            .with(Part::Whole, "elsewhere", false),
    );
}
