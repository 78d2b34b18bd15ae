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
use super::rename;
use super::scratch::Scratch;
use super::tree::{self, Edits, Entry, FILE};
use git2::{ErrorCode, MergeFileInput, ObjectType, Oid};
use std::collections::{BTreeMap, BTreeSet};

/// Files that are compared with one that is not there any more, to find out where it went.
const CANDIDATES: usize = 500;
/// The fewest digits of an id that name an object, as git has it.
const SHORTEST_ID: usize = 4;

/// The edits that a diff means for `ours`, by way of the files that it was made from.
pub(super) fn edits(
    scratch: &Scratch,
    ours: Oid,
    patches: &[FilePatch<'_>],
    budget: &Budget,
) -> Result<Edits, Fault> {
    let base = blobs(scratch, ours, patches)?;
    let nothing = tree::empty(scratch)?;
    let start = tree::edited(scratch, nothing, &base)?;
    let mut theirs = base.clone();
    theirs.extend(files::edits(scratch, start, patches, budget)?);
    theirs.retain(|_, entry| entry.is_some());
    let here = |names: &BTreeSet<Name>| part(scratch, ours, names);
    let ours = Side::ours(
        scratch,
        ours,
        &base,
        here(&theirs.keys().chain(base.keys()).cloned().collect())?,
    )?;
    let theirs = Side::theirs(scratch, &base, theirs)?;
    let mut merge = Merge {
        scratch,
        budget,
        ours: &ours,
        theirs: &theirs,
        edits: Edits::new(),
    };
    for (name, entry) in &base {
        if let Some(entry) = entry {
            merge.file(name, *entry)?;
        }
    }
    merge.new_files(&base)?;
    Ok(merge.edits)
}

/// What one side made of the files that a diff was made from.
struct Side {
    /// The files with these names, and with those that they were given.
    files: Edits,
    /// New names by old ones.
    renamed: BTreeMap<Name, Name>,
}

impl Side {
    fn theirs(scratch: &Scratch, base: &Edits, files: Edits) -> Result<Self, Fault> {
        let (gone, came) = (without(base, &files), without(&files, base));
        let renamed = rename::renames(scratch, &gone, &came)?;
        Ok(Self { files, renamed })
    }

    fn ours(scratch: &Scratch, tree: Oid, base: &Edits, mut files: Edits) -> Result<Self, Fault> {
        let gone = without(base, &files);
        let mut renamed = BTreeMap::new();
        if !gone.is_empty() {
            let names = candidates(tree::files(scratch, tree)?, &gone);
            let came = without(&part(scratch, tree, &names)?, base);
            renamed = rename::renames(scratch, &gone, &came)?;
            for new in renamed.values() {
                files.insert(new.clone(), came.get(new).copied().flatten());
            }
        }
        Ok(Self { files, renamed })
    }

    /// Where a file of the base is now, and as what.
    fn now(&self, name: &Name) -> Option<(Name, Entry)> {
        let name = self.renamed.get(name).unwrap_or(name);
        Some((name.clone(), self.at(name)?))
    }

    fn at(&self, name: &Name) -> Option<Entry> {
        self.files.get(name).copied().flatten()
    }

    /// Whether what stands at a name was a file of the base under another one.
    fn is_target(&self, name: &Name) -> bool {
        self.renamed.values().any(|new| new == name)
    }
}

/// The files of one set whose names another has not.
fn without(files: &Edits, others: &Edits) -> Edits {
    let alone = files.iter().filter(|(name, _)| !others.contains_key(*name));
    alone.map(|(name, entry)| (name.clone(), *entry)).collect()
}

/// A merge of two sides into edits of ours.
struct Merge<'m> {
    scratch: &'m Scratch,
    budget: &'m Budget,
    ours: &'m Side,
    theirs: &'m Side,
    edits: Edits,
}

impl Merge<'_> {
    /// Merges what became of one file of the base.
    fn file(&mut self, name: &Name, base: Entry) -> Result<(), Fault> {
        let (ours, theirs) = match (self.ours.now(name), self.theirs.now(name)) {
            (None, None) => return Ok(()),
            (Some((here, entry)), None) if here == *name && entry == base => {
                self.edits.insert(here, None);
                return Ok(());
            }
            (None, Some((there, entry))) if there == *name && entry == base => return Ok(()),
            (None, Some(_)) | (Some(_), None) => return Err(conflict(name)),
            (Some(ours), Some(theirs)) => (ours, theirs),
        };
        let place = match (&ours.0, &theirs.0) {
            (here, there) if here == there || there == name => here,
            (here, there) if here == name => there,
            _ => return Err(conflict(name)),
        };
        // Something else may stand there.
        let elsewhere = place != name;
        let taken = (*place != ours.0 && self.ours.at(place).is_some())
            || (elsewhere && *place != theirs.0 && self.theirs.at(place).is_some());
        if taken {
            return Err(conflict(place));
        }
        let merged = Entry {
            mode: one_of(base.mode, ours.1.mode, theirs.1.mode).ok_or_else(|| conflict(place))?,
            id: match one_of(base.id, ours.1.id, theirs.1.id) {
                Some(id) => id,
                None => self.content(place, [base.id, ours.1.id, theirs.1.id])?,
            },
        };
        if *place != ours.0 {
            self.edits.entry(ours.0.clone()).or_insert(None);
        }
        if self.ours.at(place) != Some(merged) {
            self.edits.insert(place.clone(), Some(merged));
        }
        Ok(())
    }

    /// Merges the lines of a file.
    fn content(&self, name: &Name, sides: [Oid; 3]) -> Result<Oid, Fault> {
        let [base, ours, theirs] = sides.map(|id| self.scratch.blob(id, name));
        let (base, ours, theirs) = (base?, ours?, theirs?);
        self.budget.bytes(base.len() + ours.len() + theirs.len())?;
        let [mut before, mut here, mut there] = std::array::from_fn(|_| MergeFileInput::new());
        before.content(&base);
        here.content(&ours);
        there.content(&theirs);
        let is_binary = |text: &[u8]| text.iter().take(LOOKED_AT).any(|byte| *byte == 0);
        if [&base, &ours, &theirs]
            .into_iter()
            .any(|text| is_binary(text))
        {
            return Err(conflict(name));
        }
        let merged = git2::merge_file(&before, &here, &there, None)?;
        match merged.is_automergeable() {
            true => Ok(self.scratch.put(ObjectType::Blob, merged.content())?),
            false => Err(conflict(name)),
        }
    }

    /// Takes over the files that only the patch has.
    fn new_files(&mut self, base: &Edits) -> Result<(), Fault> {
        for (name, entry) in &self.theirs.files {
            if base.contains_key(name) || self.theirs.is_target(name) {
                continue;
            }
            let (Some(there), here) = (*entry, self.ours.at(name)) else {
                continue;
            };
            let merged = match here {
                None => there,
                Some(here) => self.both_new(name, here, there)?,
            };
            if here != Some(merged) {
                self.edits.insert(name.clone(), Some(merged));
            }
        }
        Ok(())
    }

    /// Merges two files of one name that both sides made: one may have no more than the other.
    fn both_new(&self, name: &Name, here: Entry, there: Entry) -> Result<Entry, Fault> {
        let nothing = self.scratch.put(ObjectType::Blob, b"")?;
        let mode = one_of(0, here.mode, there.mode).ok_or_else(|| conflict(name))?;
        let id = match here.id == there.id {
            true => here.id,
            false => self.content(name, [nothing, here.id, there.id])?,
        };
        Ok(Entry { mode, id })
    }
}

/// Bytes of a file that tell whether it is text.
const LOOKED_AT: usize = 8000;

/// What three sides come to, where at most one changed it, or both did likewise.
fn one_of<T: PartialEq>(base: T, ours: T, theirs: T) -> Option<T> {
    match (ours == base, theirs == base) {
        _ if ours == theirs => Some(ours),
        (true, _) => Some(theirs),
        (_, true) => Some(ours),
        _ => None,
    }
}

fn conflict(name: &[u8]) -> Fault {
    Refusal::Conflict { file: shown(name) }.into()
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

/// Files that gone ones may have become: of a small tree all, of another those of the same name or in the same
/// directory.
fn candidates(all: Vec<Name>, gone: &Edits) -> BTreeSet<Name> {
    if all.len() <= CANDIDATES {
        return all.into_iter().collect();
    }
    let split = |name: &Name| {
        let at = name
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |at| at + 1);
        (name[..at].to_vec(), name[at..].to_vec())
    };
    let gone: Vec<(Name, Name)> = gone.keys().map(split).collect();
    let near = all.into_iter().filter(|name| {
        let (place, own) = split(name);
        gone.iter().any(|(old, last)| *old == place || *last == own)
    });
    near.take(CANDIDATES).collect()
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
