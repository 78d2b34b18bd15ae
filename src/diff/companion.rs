//! New and changed records on a 64-bit target beside its 32-bit companion: the same bytes or not?
//!
//! A kernel that serves both needs a translation for every record that differs
//! (Documentation/driver-api/ioctl.rst, "32-bit compat mode").

use super::change::Change;
use super::index::Index;
use super::kinds::{Kind, Part};
use super::layout::leaves;
use super::{Targets, place_of};
use crate::model::{Record, Side};
use std::collections::BTreeSet;

/// Compares every pair of companions; each record is told once, for the first pair that differs.
pub(super) fn compare(targets: &[Targets<'_>], companions: &[(String, String)]) -> Vec<Change> {
    let mut told = BTreeSet::new();
    let mut changes = Vec::new();
    for (wide, narrow) in companions {
        let find = |name: &str| {
            targets
                .iter()
                .find(|target| target.after.surface.target == name)
        };
        if let (Some(wide), Some(narrow)) = (find(wide), find(narrow)) {
            records(wide, narrow, &mut told, &mut changes);
            requests(wide, narrow, &mut told, &mut changes);
        }
    }
    changes
}

fn records(
    wide: &Targets<'_>,
    narrow: &Targets<'_>,
    told: &mut BTreeSet<String>,
    changes: &mut Vec<Change>,
) {
    for header in wide.after.surface.headers.values() {
        for record in &header.records {
            let Some(small) = narrow.after.record(&header.path, &record.name) else {
                continue;
            };
            let Some(field) = first_difference(record, small) else {
                continue;
            };
            let old = (
                wide.before.record(&header.path, &record.name),
                narrow.before.record(&header.path, &record.name),
            );
            let (new_record, worsened) = match old {
                (Some(old), Some(old_small)) => (false, first_difference(old, old_small).is_none()),
                _ => (true, false),
            };
            if !(new_record || worsened) || !told.insert(record.name.clone()) {
                continue;
            }
            changes.push(
                Change::new(Kind::RecordAbiDependent, &record.name, &header.path)
                    .places(None, place_of(header, record.line, Side::After))
                    .with(Part::After, "wide_size", record.size)
                    .with(Part::After, "narrow_size", small.size)
                    .with(Part::Whole, "wide", wide.after.surface.target.clone())
                    .with(Part::Whole, "narrow", narrow.after.surface.target.clone())
                    .with(Part::Whole, "field", field)
                    .with(Part::Whole, "new_record", new_record)
                    .with(Part::Whole, "worsened", worsened)
                    .on(&narrow.after.surface.target),
            );
        }
    }
}

/// The first field that lies elsewhere or has another size; empty where only the whole differs.
fn first_difference(wide: &Record, narrow: &Record) -> Option<String> {
    let small = leaves(narrow);
    let differing = leaves(wide)
        .into_iter()
        .filter(|leaf| !leaf.path.is_empty())
        .find(|leaf| {
            let other = small.iter().find(|other| other.path == leaf.path);
            other.is_none_or(|other| (other.start(), other.end()) != (leaf.start(), leaf.end()))
        });
    differing
        .map(|leaf| leaf.path)
        .or_else(|| (wide.size != narrow.size).then(String::new))
}

fn requests(
    wide: &Targets<'_>,
    narrow: &Targets<'_>,
    told: &mut BTreeSet<String>,
    changes: &mut Vec<Change>,
) {
    let size = |index: &Index<'_>, header: &str, name: &str| {
        let header = index.surface.headers.get(header)?;
        let item = header.constants.iter().find(|item| item.name == name)?;
        item.request.as_ref().map(|request| request.size)
    };
    for header in wide.after.surface.headers.values() {
        for item in &header.constants {
            let Some(request) = &item.request else {
                continue;
            };
            let other = size(narrow.after, &header.path, &item.name);
            let new = !wide.before.constants.contains_key(item.name.as_str());
            if !new
                || other.is_none_or(|other| other == request.size)
                || !told.insert(item.name.clone())
            {
                continue;
            }
            let argument = request
                .argument
                .as_ref()
                .map(|argument| argument.spelling.clone())
                .unwrap_or_default();
            changes.push(
                Change::new(Kind::RequestAbiDependent, &item.name, &header.path)
                    .places(None, place_of(header, item.line, Side::After))
                    .with(Part::After, "argument", argument)
                    .with(Part::Whole, "wide", wide.after.surface.target.clone())
                    .with(Part::Whole, "narrow", narrow.after.surface.target.clone())
                    .on(&narrow.after.surface.target),
            );
        }
    }
}
