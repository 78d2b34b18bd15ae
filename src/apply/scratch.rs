//! A place for the objects that patches make: a bare repository in a temporary directory that borrows all
//! objects of the user's, and goes when it is dropped. Nothing is ever written into the user's.

use super::error::{ApplyError, Fault};
use super::refusal::{Refusal, shown};
use git2::{ObjectType, Oid, Repository};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use tempfile::TempDir;

/// The largest file that a patch may change, in bytes; the same that `source` reads.
pub(super) const FILE_LIMIT: usize = 64 << 20;

/// A bare repository of our own over another one.
pub struct Scratch {
    pub(super) repository: Repository,
    // Dropped after the handle on what is in it.
    directory: TempDir,
}

impl Scratch {
    /// Makes one that has the objects, names, HEAD and shallow edge of a repository.
    pub(super) fn beside(original: &Repository) -> Result<Self, ApplyError> {
        let directory = tempfile::Builder::new().prefix("uapi-check-").tempdir()?;
        let place = directory.path();
        Repository::init_bare(place)?;
        let common = original.commondir();
        let mut objects = fs::canonicalize(common.join("objects"))?
            .as_os_str()
            .as_bytes()
            .to_vec();
        if objects.contains(&b'\n') {
            return Err(ApplyError::OddPlace);
        }
        objects.push(b'\n');
        fs::write(place.join("objects/info/alternates"), objects)?;
        for name in ["shallow", "info/grafts"] {
            if common.join(name).is_file() {
                fs::create_dir_all(place.join("info"))?;
                fs::copy(common.join(name), place.join(name))?;
            }
        }
        fs::write(place.join("packed-refs"), names(original)?)?;
        if let Some(head) = original.head().ok().and_then(|head| head.target()) {
            fs::write(place.join("HEAD"), format!("{head}\n"))?;
        }
        Ok(Self {
            repository: Repository::open_bare(place)?,
            directory,
        })
    }

    /// Where it is, while it is kept.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes an object, unless it is there already: git would touch the file that has it, which may be
    /// the user's.
    pub(super) fn put(&self, kind: ObjectType, bytes: &[u8]) -> Result<Oid, ApplyError> {
        let id = Oid::hash_object(kind, bytes)?;
        let store = self.repository.odb()?;
        match store.exists(id) {
            true => Ok(id),
            false => Ok(store.write(kind, bytes)?),
        }
    }

    /// The bytes of a file; `name` is for the error.
    pub(super) fn blob(&self, id: Oid, name: &[u8]) -> Result<Vec<u8>, Fault> {
        let store = self.repository.odb()?;
        let (size, kind) = store.read_header(id)?;
        if kind != ObjectType::Blob {
            return Err(Refusal::file(name, "is no file").into());
        }
        if size > FILE_LIMIT {
            let refusal = Refusal::TooLarge {
                what: format!("{} has {size} bytes", shown(name)),
                limit: format!("{FILE_LIMIT} bytes of a file are read"),
            };
            return Err(refusal.into());
        }
        Ok(store.read(id)?.data().to_vec())
    }
}

/// All names of a repository, in the form of its file `packed-refs`.
fn names(original: &Repository) -> Result<String, ApplyError> {
    let mut names = BTreeMap::new();
    for reference in original.references()? {
        // One that is broken, or no UTF-8, is no name of a release or a branch.
        let Ok(reference) = reference else { continue };
        let target = reference.resolve().ok().and_then(|found| found.target());
        let name = std::str::from_utf8(reference.name_bytes()).ok();
        let name =
            name.filter(|name| name.starts_with("refs/") && !name.contains(char::is_whitespace));
        if let (Some(name), Some(target)) = (name, target) {
            names.insert(name.to_owned(), target);
        }
    }
    let lines = names
        .iter()
        .map(|(name, target)| format!("{target} {name}\n"));
    Ok(lines.collect())
}
