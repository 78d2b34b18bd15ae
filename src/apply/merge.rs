//! A patch whose lines do not stand in a tree is put there by a three-way merge, as `git am -3` does it.
//!
//! The `index` lines of a diff name the blobs that it was made from. Where the repository has them, they make
//! a small tree that the patch applies to; what lies between that tree and ours is merged with what the patch
//! does. Only files that the patch names take part. Next: `tree` writes the edits.

use super::budget::Budget;
use super::error::{ApplyError, Fault};
use super::files;
use super::parse::{FilePatch, Line};
use super::path;
use super::refusal::{Name, Refusal, shown};
use super::scratch::Scratch;
use super::tree::{self, Edits, Entry, FILE};
use git2::{ErrorCode, MergeOptions, ObjectType, Oid};
use std::collections::BTreeSet;

/// Files that are compared with one that is not there any more, to find out where it went. libgit2 has the
/// same bound of itself.
const CANDIDATES: usize = 200;
/// The fewest digits of an id that name an object, as git has it.
const SHORTEST_ID: usize = 4;

/// The edits that a diff means for `ours`, by way of the files that it was made from.
pub(super) fn edits(
    scratch: &Scratch,
    ours: Oid,
    patches: &[FilePatch<'_>],
    budget: &Budget,
) -> Result<Edits, Fault> {
    let blobs = blobs(scratch, ours, patches)?;
    let nothing = tree::empty(scratch)?;
    let base = tree::edited(scratch, nothing, &blobs)?;
    let done = files::edits(scratch, base, patches, budget)?;
    let theirs = tree::edited(scratch, base, &done)?;
    let mut names: BTreeSet<Name> = blobs.keys().chain(done.keys()).cloned().collect();
    let lost = blobs.keys();
    let lost: Result<Vec<&Name>, ApplyError> = lost
        .filter_map(|name| match tree::entry(scratch, ours, name) {
            Ok(Some(_)) => None,
            Ok(None) => Some(Ok(name)),
            Err(error) => Some(Err(error)),
        })
        .collect();
    names.extend(moved(scratch, ours, &lost?)?);
    let part = part(scratch, ours, &names)?;
    let small = tree::edited(scratch, nothing, &part)?;
    merged(scratch, [base, small, theirs], &part)
}

/// The files that the diff was made from.
fn blobs(scratch: &Scratch, ours: Oid, patches: &[FilePatch<'_>]) -> Result<Edits, Fault> {
    let mut blobs = Edits::new();
    let concerned = patches.iter();
    for patch in concerned.filter(|patch| !patch.is_binary && patch.is_new != Some(true)) {
        let Some(name) = patch.old.as_deref().or(patch.new.as_deref()) else {
            continue;
        };
        path::check(name, patch.line)?;
        let id = match known(scratch, patch.old_id)? {
            Some(id) => id,
            None if !changes_lines(patch) => {
                let here = tree::entry(scratch, ours, name)?;
                here.ok_or_else(|| Refusal::file(name, "is not there"))?.id
            }
            None => {
                return Err(Refusal::UnknownBlob {
                    file: shown(name),
                    id: shown(patch.old_id),
                }
                .into());
            }
        };
        let mode = match patch.old_mode {
            0 => FILE | 0o644,
            mode => mode,
        };
        blobs.insert(name.to_vec(), Some(Entry { mode, id }));
    }
    Ok(blobs)
}

fn changes_lines(patch: &FilePatch<'_>) -> bool {
    let mut lines = patch.hunks.iter().flat_map(|hunk| &hunk.lines);
    lines.any(|line| !matches!(line, Line::Kept(_)))
}

/// The blob with this id, which may be abbreviated.
pub(super) fn known(scratch: &Scratch, digits: &[u8]) -> Result<Option<Oid>, ApplyError> {
    let is_nothing = digits.iter().all(|digit| *digit == b'0');
    let Ok(text) = std::str::from_utf8(digits) else {
        return Ok(None);
    };
    if text.len() < SHORTEST_ID || text.len() > 40 || is_nothing {
        return Ok(None);
    }
    let store = scratch.repository.odb()?;
    let Ok(short) = Oid::from_str(&format!("{text:0<40}")) else {
        return Ok(None);
    };
    let found = match store.exists_prefix(short, text.len()) {
        Ok(found) => found,
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::Ambiguous) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let (_, kind) = store.read_header(found)?;
    Ok((kind == ObjectType::Blob).then_some(found))
}

/// Files of a tree that lost ones may have become: of the same name, or in the same directory.
fn moved(scratch: &Scratch, ours: Oid, lost: &[&Name]) -> Result<Vec<Name>, ApplyError> {
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let split = |name: &[u8]| -> (Name, Name) {
        let at = name.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        (name[..at].to_vec(), name[at..].to_vec())
    };
    let lost: Vec<(Name, Name)> = lost.iter().map(|name| split(name)).collect();
    let all = tree::files(scratch, ours)?;
    // Of a small tree, every file may be it.
    if all.len() <= CANDIDATES {
        return Ok(all);
    }
    let near = all.into_iter().filter(|name| {
        let (place, own) = split(name);
        lost.iter().any(|(old, last)| *old == place || *last == own)
    });
    Ok(near.take(CANDIDATES).collect())
}

/// The files of a tree with these names, and nothing else.
fn part(scratch: &Scratch, tree: Oid, names: &BTreeSet<Name>) -> Result<Edits, ApplyError> {
    let mut part = Edits::new();
    for name in names {
        if let Some(entry) = tree::entry(scratch, tree, name)? {
            part.insert(name.clone(), Some(entry));
        }
    }
    Ok(part)
}

/// Merges two trees over their ancestor, and tells what that changes in ours, of which `part` has the files.
fn merged(
    scratch: &Scratch,
    [base, ours, theirs]: [Oid; 3],
    part: &Edits,
) -> Result<Edits, Fault> {
    let git = &scratch.repository;
    let tree = |id| git.find_tree(id);
    let mut options = MergeOptions::new();
    options.find_renames(true).target_limit(
        u32::try_from(CANDIDATES + part.len()).unwrap_or(u32::MAX),
    );
    let index = git.merge_trees(&tree(base)?, &tree(ours)?, &tree(theirs)?, Some(&options))?;
    if index.has_conflicts() {
        let mut files = BTreeSet::new();
        for conflict in index.conflicts()? {
            let conflict = conflict?;
            let sides = [conflict.our, conflict.their, conflict.ancestor];
            files.extend(sides.into_iter().flatten().next().map(|side| shown(&side.path)));
        }
        let files = files.into_iter().take(CONFLICTS_SHOWN).collect();
        return Err(Refusal::Conflict { files }.into());
    }
    let mut edits: Edits = part.keys().map(|name| (name.clone(), None)).collect();
    for entry in index.iter() {
        let after = Entry {
            mode: entry.mode,
            id: entry.id,
        };
        edits.insert(entry.path, Some(after));
    }
    edits.retain(|name, after| part.get(name).copied().flatten() != *after);
    Ok(edits)
}

/// Files with conflicts that are named.
const CONFLICTS_SHOWN: usize = 5;
