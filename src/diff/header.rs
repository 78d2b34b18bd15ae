//! Headers as a whole: which came, went or moved, what they include, how they compile.

use super::change::Change;
use super::few::Few;
use super::index::{Found, Index};
use super::kinds::{Kind, Part};
use super::place_of;
use crate::model::{Build, HeaderSurface, Language, Side};
use std::collections::{BTreeMap, BTreeSet};

/// A header that is no longer exported, with what it provided.
pub fn removed(after: &Index<'_>, header: &HeaderSurface) -> Change {
    let names = provided(header);
    Change::new(Kind::HeaderRemoved, &header.path, &header.path)
        .places(place_of(header, 0, Side::Before), None)
        .with(Part::Whole, "names", names.len() as u64)
        .with(Part::Whole, "moved_to", moved_to(after, &names))
        .with(Part::Whole, "elsewhere", false)
        .affects(names.into_iter().map(str::to_owned).collect())
}

/// Every name that a header itself declares, tags with their keyword, in order.
pub(super) fn provided(header: &HeaderSurface) -> Vec<&str> {
    let types = header.records.iter().map(|item| &item.name);
    let enumerations = header
        .enumerations
        .iter()
        .map(|item| &item.name)
        .filter(|name| !name.is_empty());
    let typedefs = header.typedefs.iter().map(|item| &item.name);
    let enumerators = header
        .enumerations
        .iter()
        .flat_map(|item| &item.enumerators)
        .map(|item| &item.name);
    let constants = header.constants.iter().map(|item| &item.name);
    let macros = header.macros.iter().map(|item| &item.name);
    let functions = header.functions.iter().map(|item| &item.name);
    let all = types
        .chain(enumerations)
        .chain(typedefs)
        .chain(enumerators)
        .chain(constants)
        .chain(macros)
        .chain(functions);
    let mut seen = BTreeSet::new();
    all.map(String::as_str)
        .filter(|name| seen.insert(*name))
        .collect()
}

/// The headers that declare a name.
pub(super) fn declaring<'a>(index: &Index<'a>, name: &str) -> Vec<&'a str> {
    fn paths<'a, T>(found: Option<&Few<Found<'a, T>>>) -> impl Iterator<Item = &'a str> {
        found
            .into_iter()
            .flatten()
            .map(|found| found.header.path.as_str())
    }
    let mut headers: Vec<&str> = paths(index.records.get(name))
        .chain(paths(index.enumerations.get(name)))
        .chain(paths(index.typedefs.get(name)))
        .chain(paths(index.constants.get(name)))
        .chain(paths(index.macros.get(name)))
        .chain(paths(index.functions.get(name)))
        .collect();
    headers.sort_unstable();
    headers.dedup();
    headers
}

/// The header that now declares more than half of the names, or empty.
fn moved_to(after: &Index<'_>, names: &[&str]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        for path in declaring(after, name) {
            *counts.entry(path).or_default() += 1;
        }
    }
    let most = counts
        .into_iter()
        .max_by_key(|(path, count)| (*count, std::cmp::Reverse(*path)));
    most.filter(|(_, count)| *count * 2 > names.len())
        .map(|(path, _)| path.to_owned())
        .unwrap_or_default()
}

/// A header that both sides export: what it declares, includes, and how it compiles.
pub fn compare(
    before: &Index<'_>,
    after: &Index<'_>,
    old: &HeaderSurface,
    new: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    moved(after, old, new, changes);
    includes(before, after, old, new, changes);
    compiles(old, new, changes);
    licence(old, new, changes);
    for item in &new.config_uses {
        if !old.config_uses.iter().any(|other| other.name == item.name) {
            changes.push(config(new, &item.name, item.line));
        }
    }
}

/// What a new header is remarkable for.
pub fn additions(after: &Index<'_>, new: &HeaderSurface, changes: &mut Vec<Change>) {
    changes.push(about(Kind::HeaderAdded, new, 0));
    for include in &new.includes {
        changes.extend(included(
            after,
            new,
            &include.path,
            include.line,
            include.exported,
        ));
    }
    let ways = [
        (&new.language.alone, Kind::HeaderNotAloneNew),
        (&new.language.twice, Kind::HeaderNotTwiceNew),
        (&new.language.c90, Kind::HeaderNotC90New),
        (&new.language.cxx, Kind::HeaderNotCxxNew),
    ];
    // One that does not compile at all does not compile as anything else either.
    let first = ways.into_iter().find_map(|(build, kind)| match build {
        Build::Fails(error) => Some((kind, error)),
        _ => None,
    });
    if let Some((kind, error)) = first {
        changes.push(about(kind, new, 0).with(Part::Whole, "error", error.clone()));
    }
    changes.extend(without_note(new));
    changes.extend(
        new.config_uses
            .iter()
            .map(|item| config(new, &item.name, item.line)),
    );
    changes.extend(cxx_sizes(None, new));
}

fn about(kind: Kind, new: &HeaderSurface, line: u32) -> Change {
    Change::new(kind, &new.path, &new.path).places(None, place_of(new, line, Side::After))
}

fn config(new: &HeaderSurface, name: &str, line: u32) -> Change {
    about(Kind::ConfigLeaked, new, line).with(Part::After, "name", name)
}

/// Names that are declared elsewhere now and still visible from here, by their new header.
fn moved(after: &Index<'_>, old: &HeaderSurface, new: &HeaderSurface, changes: &mut Vec<Change>) {
    let now: BTreeSet<&str> = provided(new).into_iter().collect();
    let mut by_header: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in provided(old).into_iter().filter(|name| !now.contains(name)) {
        let target = declaring(after, name)
            .into_iter()
            .find(|path| after.sees(&old.path, path));
        if let Some(path) = target {
            by_header.entry(path).or_default().push(name.to_owned());
        }
    }
    for (path, names) in by_header {
        changes.push(
            about(Kind::DeclarationMoved, new, 0)
                .with(Part::Whole, "to", path)
                .with(Part::Whole, "names", names),
        );
    }
}

fn includes(
    before: &Index<'_>,
    after: &Index<'_>,
    old: &HeaderSurface,
    new: &HeaderSurface,
    changes: &mut Vec<Change>,
) {
    for include in &old.includes {
        let still = new.includes.iter().any(|other| other.path == include.path);
        if still || !include.exported || !after.surface.exported.contains(&include.path) {
            continue;
        }
        let lost = lost_through(before, after, old, &include.path);
        if !lost.is_empty() {
            changes.push(
                Change::new(Kind::IncludeRemoved, &old.path, &old.path)
                    .places(place_of(old, include.line, Side::Before), None)
                    .with(Part::Whole, "included", include.path.clone())
                    .with(Part::Whole, "lost", lost),
            );
        }
    }
    for include in &new.includes {
        if !old.includes.iter().any(|other| other.path == include.path) {
            changes.extend(included(
                after,
                new,
                &include.path,
                include.line,
                include.exported,
            ));
        }
    }
}

/// Names that a header gave its users by including another, and no longer gives them.
fn lost_through(
    before: &Index<'_>,
    after: &Index<'_>,
    old: &HeaderSurface,
    included: &str,
) -> Vec<String> {
    let Some(target) = before.surface.headers.get(included) else {
        return Vec::new();
    };
    let through = target
        .closure
        .iter()
        .filter_map(|path| before.surface.headers.get(path));
    let mut lost: Vec<String> = std::iter::once(target)
        .chain(through)
        .flat_map(|header| provided(header))
        .filter(|name| {
            let now = declaring(after, name);
            !now.is_empty()
                && !now
                    .iter()
                    .any(|path| *path == old.path || after.sees(&old.path, path))
        })
        .map(str::to_owned)
        .collect();
    lost.sort();
    lost.dedup();
    lost
}

/// A remark about a new include, if there is one to make.
fn included(
    after: &Index<'_>,
    new: &HeaderSurface,
    path: &str,
    line: u32,
    exported: bool,
) -> Option<Change> {
    if exported || after.surface.exported.contains(path) {
        return None;
    }
    const KERNEL: [&str; 12] = [
        "linux/",
        "asm/",
        "asm-generic/",
        "uapi/",
        "drm/",
        "sound/",
        "rdma/",
        "scsi/",
        "video/",
        "xen/",
        "misc/",
        "mtd/",
    ];
    let kind = if KERNEL.iter().any(|prefix| path.starts_with(prefix)) {
        Kind::IncludeNotExported
    } else {
        Kind::IncludeLibc
    };
    Some(about(kind, new, line).with(Part::Whole, "included", path))
}

fn compiles(old: &HeaderSurface, new: &HeaderSurface, changes: &mut Vec<Change>) {
    type Way = fn(&Language) -> &Build;
    let ways: [(Way, Kind); 4] = [
        (|language| &language.alone, Kind::HeaderNotAlone),
        (|language| &language.twice, Kind::HeaderNotTwice),
        (|language| &language.c90, Kind::HeaderNotC90),
        (|language| &language.cxx, Kind::HeaderNotCxx),
    ];
    let first =
        ways.into_iter().find_map(
            |(way, kind)| match (way(&old.language), way(&new.language)) {
                (Build::Clean, Build::Fails(error)) => Some((kind, error)),
                _ => None,
            },
        );
    if let Some((kind, error)) = first {
        let change = Change::new(kind, &new.path, &new.path).places(
            place_of(old, 0, Side::Before),
            place_of(new, 0, Side::After),
        );
        changes.push(change.with(Part::Whole, "error", error.clone()));
    }
    changes.extend(cxx_sizes(Some(old), new));
}

fn cxx_sizes(old: Option<&HeaderSurface>, new: &HeaderSurface) -> Vec<Change> {
    let known = |name: &str| {
        old.is_some_and(|old| {
            old.language
                .cxx_sizes
                .iter()
                .any(|(other, _)| other == name)
        })
    };
    let tried = old.is_none_or(|old| old.language.cxx == Build::Clean);
    let differing = new
        .language
        .cxx_sizes
        .iter()
        .filter(|(name, _)| tried && !known(name));
    differing
        .filter_map(|(name, cxx)| {
            let record = new.records.iter().find(|record| record.name == *name)?;
            let new_record =
                old.is_none_or(|old| !old.records.iter().any(|other| other.name == *name));
            let change = Change::new(Kind::RecordCxxSize, name, &new.path)
                .places(None, place_of(new, record.line, Side::After));
            let change = change
                .with(Part::After, "c", record.size)
                .with(Part::After, "cxx", *cxx);
            Some(change.with(Part::Whole, "new_record", new_record))
        })
        .collect()
}

fn licence(old: &HeaderSurface, new: &HeaderSurface, changes: &mut Vec<Change>) {
    if old.license == new.license {
        return;
    }
    let text = |header: &HeaderSurface| header.license.clone().unwrap_or_default();
    changes.push(
        Change::new(Kind::LicenseChanged, &new.path, &new.path)
            .places(
                place_of(old, 0, Side::Before),
                place_of(new, 0, Side::After),
            )
            .with(Part::Before, "license", text(old))
            .with(Part::After, "license", text(new)),
    );
    changes.extend(without_note(new));
}

/// A GPL expression in which some GPL part lacks the exception that lets programs include the header
/// (LICENSES/exceptions/Linux-syscall-note).
fn without_note(new: &HeaderSurface) -> Option<Change> {
    let license = new.license.as_ref()?;
    let gpl = license.contains("GPL-") && !license.contains("Linux-syscall-note");
    let choice = license.split(" OR ").any(|part| !part.contains("GPL-"));
    (gpl && !choice).then(|| {
        about(Kind::LicenseWithoutNote, new, 0).with(Part::After, "license", license.clone())
    })
}
