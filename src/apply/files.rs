//! File patches and a tree become edits of that tree, in the order and with the checks of `git apply --index`.
//!
//! A diff may touch a file twice, take a name away and give it anew, or move files in a circle: what each
//! part builds on is decided here, before anything is written. Next: `tree` writes the edits.

use super::budget::Budget;
use super::error::Fault;
use super::hunk;
use super::parse::FilePatch;
use super::path;
use super::refusal::{Name, Refusal, shown};
use super::scratch::Scratch;
use super::tree::{self, Edits, Entry, FILE, KIND, LINK, MODULE};
use git2::{ObjectType, Oid};
use std::collections::HashMap;

/// The edits that a diff means for a tree. Binary files are left as they are.
pub(super) fn edits(
    scratch: &Scratch,
    tree: Oid,
    patches: &[FilePatch<'_>],
    budget: &Budget,
) -> Result<Edits, Fault> {
    let patches = || patches.iter().filter(|patch| !patch.is_binary);
    let mut bench = Bench {
        scratch,
        tree,
        budget,
        table: HashMap::new(),
    };
    for patch in patches().filter(|patch| removes_old(patch)) {
        bench.note(patch.old.as_deref(), Standing::WillGo);
    }
    let mut made = Vec::new();
    for patch in patches() {
        made.push((patch, bench.take(patch)?));
    }
    // First whatever goes, then whatever comes: files may change places.
    let mut edits = Edits::new();
    for (patch, _) in &made {
        let stays = patch.is_copy || patch.is_new == Some(true);
        if let Some(old) = patch.old.as_ref().filter(|_| !stays) {
            edits.insert(old.clone(), None);
        }
    }
    for (patch, entry) in made {
        if let (Some(new), Some(entry)) = (&patch.new, entry) {
            edits.insert(new.clone(), Some(entry));
        }
    }
    Ok(edits)
}

fn removes_old(patch: &FilePatch<'_>) -> bool {
    patch.new.is_none() || patch.is_rename
}

/// How a name stands after a part of the diff.
#[derive(Clone, Copy)]
enum Standing {
    /// A later part takes it away.
    WillGo,
    /// It was taken away.
    Gone,
    /// It was made.
    Made(Entry),
}

struct Bench<'b> {
    scratch: &'b Scratch,
    tree: Oid,
    budget: &'b Budget,
    table: HashMap<Name, Standing>,
}

impl Bench<'_> {
    fn note(&mut self, name: Option<&[u8]>, standing: Standing) {
        if let Some(name) = name {
            self.table.insert(name.to_vec(), standing);
        }
    }

    /// Checks a file patch and makes its file; `None` where it takes one away.
    fn take(&mut self, patch: &FilePatch<'_>) -> Result<Option<Entry>, Fault> {
        for name in [&patch.old, &patch.new].into_iter().flatten() {
            path::check(name, patch.line)?;
        }
        let before = self.before(patch)?;
        let mode = self.mode(patch, before)?;
        let content = self.content(patch, before)?;
        let made = match (&patch.new, content) {
            (Some(_), Some(id)) => Some(Entry { mode, id }),
            (Some(_), None) => Some(Entry {
                mode,
                id: self.scratch.put(ObjectType::Blob, b"")?,
            }),
            (None, _) => None,
        };
        if let (Some(name), Some(entry)) = (patch.new.as_deref(), made) {
            self.note(Some(name), Standing::Made(entry));
        }
        if removes_old(patch) {
            self.note(patch.old.as_deref(), Standing::Gone);
        }
        Ok(made)
    }

    /// The file that the patch builds on; `None` for a new one.
    fn before(&self, patch: &FilePatch<'_>) -> Result<Option<Entry>, Fault> {
        let Some(old) = patch.old.as_deref().filter(|_| patch.is_new != Some(true)) else {
            return Ok(None);
        };
        // What is moved or copied is taken as it was before the whole diff.
        let moves = patch.is_rename || patch.is_copy;
        let before = match self.table.get(old).filter(|_| !moves) {
            Some(Standing::Gone) => {
                return Err(Refusal::file(old, "was taken away by the same patch before").into());
            }
            Some(Standing::Made(entry)) => Some(*entry),
            Some(Standing::WillGo) | None => tree::entry(self.scratch, self.tree, old)?,
        };
        match before {
            // Without a word of git, lines that come to nothing make a new file.
            None if patch.is_new.is_none() => Ok(None),
            None => Err(Refusal::file(old, "is not there").into()),
            Some(entry) => Ok(Some(entry)),
        }
    }

    /// The mode of the file after; checks what kinds of file there are.
    fn mode(&self, patch: &FilePatch<'_>, before: Option<Entry>) -> Result<u32, Fault> {
        let was = before.map(|entry| entry.mode);
        if let Some(was) =
            was.filter(|was| patch.old_mode != 0 && (was ^ patch.old_mode) & KIND != 0)
        {
            let why = match was & KIND {
                LINK => "is a symbolic link here",
                MODULE => "is a submodule here",
                _ => "is a plain file here",
            };
            return Err(Refusal::file(patch.name(), why).into());
        }
        let Some(new) = patch.new.as_deref() else {
            return self.removal(patch, was);
        };
        let comes = before.is_none() || patch.is_rename || patch.is_copy;
        let freed = matches!(self.table.get(new), Some(Standing::WillGo | Standing::Gone));
        if comes && !freed && tree::entry(self.scratch, self.tree, new)?.is_some() {
            return Err(Refusal::file(new, "is there already").into());
        }
        let mode = match (patch.new_mode, was) {
            (0, Some(was)) => was,
            (0, None) => FILE | 0o644,
            (mode, _) => mode,
        };
        if let Some(why) = refused(mode) {
            return Err(forbidden(patch, why));
        }
        if was.is_some_and(|was| (was ^ mode) & KIND != 0) {
            return Err(Refusal::file(new, "would change its kind").into());
        }
        // Like git, only whether it can be run.
        Ok(match mode & 0o100 {
            0 => FILE | 0o644,
            _ => FILE | 0o755,
        })
    }

    fn removal(&self, patch: &FilePatch<'_>, was: Option<u32>) -> Result<u32, Fault> {
        match was.map(|was| was & KIND) {
            Some(MODULE) => Err(forbidden(patch, "submodules are not changed")),
            _ => Ok(0),
        }
    }

    /// The content of the file after; `None` for an empty one that was not there, and for one taken away.
    fn content(&self, patch: &FilePatch<'_>, before: Option<Entry>) -> Result<Option<Oid>, Fault> {
        if patch.hunks.is_empty() && patch.is_delete != Some(true) {
            return Ok(before.map(|entry| entry.id));
        }
        let text = match before {
            Some(entry) => self.scratch.blob(entry.id, patch.name())?,
            None => Vec::new(),
        };
        let text = hunk::apply(&text, patch, self.budget)?;
        if patch.is_delete == Some(true) {
            return match text.is_empty() {
                true => Ok(None),
                false => Err(Refusal::file(
                    patch.name(),
                    "would keep lines that the patch does not take away",
                )
                .into()),
            };
        }
        Ok(Some(self.scratch.put(ObjectType::Blob, &text)?))
    }
}

fn forbidden(patch: &FilePatch<'_>, why: &'static str) -> Fault {
    let refusal = Refusal::Forbidden {
        file: shown(patch.name()),
        line: patch.line,
        why,
    };
    refusal.into()
}

/// Why no file of a mode is made.
fn refused(mode: u32) -> Option<&'static str> {
    match mode & KIND {
        FILE => None,
        LINK => Some("symbolic links are not made or changed"),
        MODULE => Some("submodules are not changed"),
        _ => Some("a file of that mode can't be in git"),
    }
}
