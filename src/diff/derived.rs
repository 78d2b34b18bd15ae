//! Request codes whose number follows a struct: named by the struct's change as what it drags along.

use super::change::{Change, Fact};
use super::index::{Index, Named};
use super::kinds::Kind;
use super::naming::identifiers;
use crate::model::{Constant, ConstantValue};
use std::collections::BTreeMap;

/// Adds to each record's first change the request codes whose number its size changed. Codes whose
/// record has no change of its own are added to the change that its layout follows.
pub(super) fn attach(before: &Index<'_>, after: &Index<'_>, changes: &mut [Change]) {
    attach_lost(before, after, changes);
    let mut by_record: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, found) in &before.constants {
        for found in found {
            let Named::Macro(old) = found.item else {
                continue;
            };
            let argument = old
                .request
                .as_ref()
                .and_then(|request| request.argument.as_ref());
            let Some(argument) = argument.filter(|argument| !argument.holds.is_empty()) else {
                continue;
            };
            let new = after.constant(&found.header.path, name);
            let differs = matches!(new.map(|new| new.item), Some(Named::Macro(new))
                if new.value != old.value && matches!(new.value, ConstantValue::Integer(_)));
            if differs {
                by_record
                    .entry(argument.holds.clone())
                    .or_default()
                    .push((*name).to_owned());
            }
        }
    }
    for (record, mut names) in by_record {
        names.sort();
        names.dedup();
        let told = changes.iter_mut().find(|change| {
            tells_size(change.kind)
                && (change.subject == record || change.affects.contains(&record))
        });
        if let Some(change) = told {
            for name in names {
                if !change.affects.contains(&name) {
                    change.affects.push(name.clone());
                }
                if let Some(Fact::List(ioctls)) = change.facts.get_mut("ioctls")
                    && !ioctls.contains(&name)
                {
                    ioctls.push(name);
                }
            }
        }
    }
}

/// The name in a macro's text that is declared nowhere any more, where it was before: the macro itself is
/// written as ever, and lost its value with that name.
pub(super) fn lost_name(before: &Index<'_>, after: &Index<'_>, item: &Constant) -> Option<String> {
    let words: Vec<&str> = identifiers(&item.body).collect();
    let tags = words
        .windows(2)
        .filter(|pair| matches!(pair[0], "struct" | "union" | "enum"))
        .map(|pair| pair.join(" "));
    let names = words.iter().map(|word| (*word).to_owned());
    let known = |index: &Index<'_>, name: &str| {
        index.records.contains_key(name)
            || index.typedefs.contains_key(name)
            || index.constants.contains_key(name)
            || index.enumerations.contains_key(name)
    };
    tags.chain(names)
        .find(|name| *name != item.name && known(before, name) && !known(after, name))
}

/// Adds macros that lost their value with a name to what the removal of that name drags along.
fn attach_lost(before: &Index<'_>, after: &Index<'_>, changes: &mut [Change]) {
    let mut lost: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for header in after.surface.headers.values() {
        for item in &header.constants {
            if matches!(item.value, ConstantValue::Unevaluated(_))
                && before.constants.contains_key(item.name.as_str())
                && let Some(name) = lost_name(before, after, item)
            {
                lost.entry(name).or_default().push(item.name.clone());
            }
        }
    }
    for change in changes
        .iter_mut()
        .filter(|change| change.before_place.is_some() && change.after_place.is_none())
    {
        for name in lost.remove(&change.subject).into_iter().flatten() {
            if !change.affects.contains(&name) {
                change.affects.push(name);
            }
        }
    }
}

fn tells_size(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::RecordGrown
            | Kind::RecordShrunk
            | Kind::RecordRealigned
            | Kind::FieldInserted
            | Kind::FieldResized
            | Kind::FieldMoved
            | Kind::FieldRemoved
            | Kind::FlexibleFromOne
            | Kind::TypedefChanged
    )
}
