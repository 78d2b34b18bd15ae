//! Request codes whose number follows a struct: named by the struct's change as what it drags along.

use super::change::{Change, Fact};
use super::index::{Index, Named};
use super::kinds::Kind;
use crate::model::ConstantValue;
use std::collections::BTreeMap;

/// Adds to each record's first change the request codes whose number its size changed. Codes whose
/// record has no change of its own are added to the change that its layout follows.
pub(super) fn attach(before: &Index<'_>, after: &Index<'_>, changes: &mut [Change]) {
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
