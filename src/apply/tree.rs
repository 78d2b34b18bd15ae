//! git's trees, looked into and written anew where files change. Only objects: nothing is checked out.

use super::error::{ApplyError, Fault};
use super::refusal::{Name, Refusal};
use super::scratch::Scratch;
use git2::{ErrorCode, ObjectType, Oid};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The bits of a mode that tell the kind of file.
pub(super) const KIND: u32 = 0o170_000;
/// A plain file.
pub(super) const FILE: u32 = 0o100_000;
/// A symbolic link.
pub(super) const LINK: u32 = 0o120_000;
/// A submodule.
pub(super) const MODULE: u32 = 0o160_000;
const DIRECTORY: u32 = 0o040_000;

/// What a tree has at a name: mode and object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub mode: u32,
    pub id: Oid,
}

/// What becomes of some names; `None` takes one away.
pub(super) type Edits = BTreeMap<Name, Option<Entry>>;

/// The file, link or submodule at a name; a directory is none.
pub(super) fn entry(
    scratch: &Scratch,
    tree: Oid,
    name: &[u8],
) -> Result<Option<Entry>, ApplyError> {
    let tree = scratch.repository.find_tree(tree)?;
    let found = match tree.get_path(Path::new(OsStr::from_bytes(name))) {
        Ok(found) => found,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mode = u32::try_from(found.filemode_raw()).unwrap_or_default();
    let entry = Entry {
        mode,
        id: found.id(),
    };
    Ok((mode & KIND != DIRECTORY).then_some(entry))
}

/// The names of all files of a tree; of a monstrous one, the first few hundred thousand.
pub(super) fn files(scratch: &Scratch, tree: Oid) -> Result<Vec<Name>, ApplyError> {
    let mut found = Vec::new();
    // A list instead of recursion: a hostile tree may be deep, or one tree named many times.
    let mut to_visit = vec![(Name::new(), tree)];
    while let Some((place, id)) = to_visit.pop() {
        for (name, entry) in entries(scratch, id)? {
            let name = [&place[..], &name].concat();
            match entry.mode & KIND {
                DIRECTORY if name.len() < LONGEST => {
                    to_visit.push(([&name[..], b"/"].concat(), entry.id));
                }
                FILE => found.push(name),
                _ => {}
            }
        }
        if found.len().max(to_visit.len()) > LISTING_LIMIT {
            break;
        }
    }
    Ok(found)
}

/// The longest name of a directory that is looked into, in bytes.
const LONGEST: usize = 4096;
/// The most files that are listed. A whole kernel has some 90 000.
const LISTING_LIMIT: usize = 400_000;

/// Writes the tree that the edits make of another one, which is given back where nothing changes.
pub(super) fn edited(scratch: &Scratch, tree: Oid, edits: &Edits) -> Result<Oid, Fault> {
    let edits: Vec<Edit<'_>> = edits.iter().map(|(name, to)| (&name[..], *to)).collect();
    match directory(scratch, b"", Some(tree), &edits)? {
        Some(id) => Ok(id),
        None => empty(scratch),
    }
}

/// The tree without files.
pub(super) fn empty(scratch: &Scratch) -> Result<Oid, Fault> {
    Ok(scratch.put(ObjectType::Tree, b"")?)
}

/// A name below a directory, and what becomes of it.
type Edit<'e> = (&'e [u8], Option<Entry>);

/// What becomes of one entry of a directory.
#[derive(Default)]
struct Change<'e> {
    /// Of itself, where it is named.
    own: Option<Option<Entry>>,
    /// Of what lies below it.
    below: Vec<Edit<'e>>,
}

/// Writes a directory, whose name is `place`; `None` where nothing is left in it.
fn directory(
    scratch: &Scratch,
    place: &[u8],
    before: Option<Oid>,
    edits: &[Edit<'_>],
) -> Result<Option<Oid>, Fault> {
    let mut entries = match before {
        Some(id) => entries(scratch, id)?,
        None => BTreeMap::new(),
    };
    let mut changes: BTreeMap<&[u8], Change<'_>> = BTreeMap::new();
    for (name, to) in edits {
        match name.iter().position(|byte| *byte == b'/') {
            Some(slash) => {
                let change = changes.entry(&name[..slash]).or_default();
                change.below.push((&name[slash + 1..], *to));
            }
            None => changes.entry(name).or_default().own = Some(*to),
        }
    }
    for (name, change) in changes {
        let whole = match place {
            b"" => name.to_vec(),
            place => [place, b"/", name].concat(),
        };
        match after(scratch, &whole, entries.get(name).copied(), &change)? {
            Some(entry) => entries.insert(name.to_vec(), entry),
            None => entries.remove(name),
        };
    }
    match entries.is_empty() {
        true => Ok(None),
        false => Ok(Some(scratch.put(ObjectType::Tree, &serialised(&entries))?)),
    }
}

/// What the entry of that name becomes. A file can't stand where files of a directory are left, nor they below a file.
fn after(
    scratch: &Scratch,
    name: &[u8],
    before: Option<Entry>,
    change: &Change<'_>,
) -> Result<Option<Entry>, Fault> {
    let is_directory = before.is_some_and(|entry| entry.mode & KIND == DIRECTORY);
    let subtree = before.filter(|_| is_directory);
    let below = match (change.below.is_empty(), subtree) {
        (true, subtree) => subtree,
        (false, subtree) => {
            let id = directory(scratch, name, subtree.map(|entry| entry.id), &change.below)?;
            id.map(|id| Entry {
                mode: DIRECTORY,
                id,
            })
        }
    };
    let own = match change.own {
        Some(own) => own,
        None => before.filter(|_| !is_directory),
    };
    match (own, below) {
        (Some(_), Some(_)) => {
            Err(Refusal::file(name, "would be a file and a directory at once").into())
        }
        (own, below) => Ok(own.or(below)),
    }
}

fn entries(scratch: &Scratch, id: Oid) -> Result<BTreeMap<Name, Entry>, ApplyError> {
    let tree = scratch.repository.find_tree(id)?;
    let entries = tree.iter().map(|entry| {
        let mode = u32::try_from(entry.filemode_raw()).unwrap_or_default();
        let id = entry.id();
        (entry.name_bytes().to_vec(), Entry { mode, id })
    });
    Ok(entries.collect())
}

/// A tree as git stores it: sorted as if the names of directories ended in a slash.
fn serialised(entries: &BTreeMap<Name, Entry>) -> Vec<u8> {
    let mut sorted: Vec<(Name, &Name, &Entry)> = Vec::new();
    for (name, entry) in entries {
        let mut key = name.clone();
        if entry.mode & KIND == DIRECTORY {
            key.push(b'/');
        }
        sorted.push((key, name, entry));
    }
    sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let mut bytes = Vec::new();
    for (_, name, entry) in sorted {
        bytes.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    bytes
}
