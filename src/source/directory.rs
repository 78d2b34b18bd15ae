//! A plain directory as [`Files`]: no git, only what lies on disk.
//!
//! Ids are git's own hashes of the content, so that they can be held against any other state. A symbolic
//! link counts as what it leads to as long as that lies in the directory, too (Debian has such links in
//! `/usr/include`); one that leads out of it is not followed, as if it were not there, and told by
//! [`Files::not_followed`]. Each file is read once: what is examined is one state, even while somebody
//! writes there.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use git2::{ObjectType, Oid};

use super::objects::{LISTING_LIMIT, check_size, clean, content_id, join};
use super::{ContentId, File, Files, SourceError};

/// The deepest that directories may lie in each other: a path of Linux has 4096 bytes at most, and no
/// tree of headers is a tenth as deep as this.
const DEPTH_LIMIT: usize = 256;

/// Id and bytes of a file.
type Content = (ContentId, Arc<[u8]>);

/// The files below a directory.
pub(super) struct Directory {
    /// Its canonical path.
    root: PathBuf,
    /// What was read, by canonical path.
    contents: Mutex<HashMap<PathBuf, Content>>,
    /// Paths that were asked for and lead out of the directory.
    outside: Mutex<BTreeSet<String>>,
}

impl Directory {
    /// The directory at a path.
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let unusable = |why: &str| SourceError::NoDirectory {
            path: path.to_owned(),
            why: why.to_owned(),
        };
        let root = fs::canonicalize(path).map_err(|error| unusable(&error.to_string()))?;
        fs::read_dir(&root).map_err(|error| unusable(&error.to_string()))?;
        Ok(Self {
            root,
            contents: Mutex::default(),
            outside: Mutex::default(),
        })
    }

    /// Where a path leads to, every link followed; `None` where that is nowhere, or out of the directory.
    fn resolve(&self, path: &str) -> Option<PathBuf> {
        let relative = Path::new(path);
        let downwards = relative
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        let found = fs::canonicalize(self.root.join(relative)).ok()?;
        if !downwards {
            return None;
        }
        let inside = found.starts_with(&self.root);
        if !inside {
            lock(&self.outside).insert(path.to_owned());
        }
        inside.then_some(found)
    }

    /// Id and bytes of a file by its canonical path; `path` is what to call it.
    fn content(&self, on_disk: &Path, path: &str) -> Result<Content, SourceError> {
        let mut contents = lock(&self.contents);
        if let Some(known) = contents.get(on_disk) {
            return Ok(known.clone());
        }
        let unreadable = |error: std::io::Error| SourceError::File {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let found = fs::symlink_metadata(on_disk).map_err(unreadable)?;
        check_size(path, usize::try_from(found.len()).unwrap_or(usize::MAX))?;
        let bytes = fs::read(on_disk).map_err(unreadable)?;
        let id = content_id(Oid::hash_object(ObjectType::Blob, &bytes)?);
        let content = (id, Arc::from(bytes));
        contents.insert(on_disk.to_owned(), content.clone());
        Ok(content)
    }

    /// Adds the files below a directory to `files`. `above` are the canonical paths of the directories
    /// that lead here, itself last: a link to one of them would never end.
    fn list(
        &self,
        path: &str,
        above: &mut Vec<PathBuf>,
        files: &mut Vec<File>,
        visited: &mut usize,
    ) -> Result<(), SourceError> {
        for name in names(above.last().unwrap_or(&self.root), path)? {
            *visited += 1;
            if *visited > LISTING_LIMIT || above.len() > DEPTH_LIMIT {
                return Err(SourceError::TooLarge {
                    path: path.to_owned(),
                    what: format!(
                        "more than {LISTING_LIMIT} files, or {DEPTH_LIMIT} directories in each other"
                    ),
                });
            }
            let child = join(path, &name);
            match self.resolve(&child) {
                Some(found) if found.is_file() => {
                    let (id, _) = self.content(&found, &child)?;
                    files.push(File { path: child, id });
                }
                Some(found) if found.is_dir() && !above.contains(&found) => {
                    above.push(found);
                    self.list(&child, above, files, visited)?;
                    above.pop();
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is inside stays whole when a thread panics between two calls: entries are only ever added.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names in a directory that are UTF-8, sorted.
fn names(on_disk: &Path, path: &str) -> Result<Vec<String>, SourceError> {
    let unreadable = |error: std::io::Error| SourceError::File {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let entries = fs::read_dir(on_disk).map_err(unreadable)?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(unreadable)?.file_name();
        names.extend(name.into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

impl Files for Directory {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        let top = clean(directory);
        let mut files = Vec::new();
        if let Some(found) = self.resolve(&top).filter(|found| found.is_dir()) {
            self.list(&top, &mut vec![found], &mut files, &mut 0)?;
        }
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        let top = clean(directory);
        let Some(found) = self.resolve(&top).filter(|found| found.is_dir()) else {
            return Ok(Vec::new());
        };
        let mut names = names(&found, &top)?;
        names.retain(|name| {
            let child = self.resolve(&join(&top, name));
            child.is_some_and(|child| child.is_dir())
        });
        Ok(names)
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        let path = clean(path);
        let Some(found) = self.resolve(&path).filter(|found| found.is_file()) else {
            return Ok(None);
        };
        let (id, _) = self.content(&found, &path)?;
        Ok(Some(File { path, id }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        let gone = || SourceError::File {
            path: file.path.clone(),
            why: "it is no longer there".to_owned(),
        };
        let found = self.resolve(&file.path).filter(|found| found.is_file());
        let (_, bytes) = self.content(&found.ok_or_else(gone)?, &file.path)?;
        Ok(bytes)
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        let path = clean(path);
        if let Some(file) = self.file(&path)? {
            return Ok(Some(file.id));
        }
        let files = self.below(&path)?;
        if files.is_empty() {
            return Ok(None);
        }
        let listing: String = files
            .iter()
            .map(|file| format!("{:?} {:?}\n", &file.path[path.len()..], file.id))
            .collect();
        // Hashed as a tree, so that no file can have the same id.
        let id = Oid::hash_object(ObjectType::Tree, listing.as_bytes())?;
        Ok(Some(content_id(id)))
    }

    fn not_followed(&self) -> Vec<String> {
        lock(&self.outside).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn directory() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        for (path, text) in [
            ("top/linux/a.h", "int a;\n"),
            ("top/linux/sub/b.h", "int b;\n"),
            ("top/x86_64-linux-gnu/asm/c.h", "int c;\n"),
            ("secret/d.h", "int d;\n"),
        ] {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        symlink("x86_64-linux-gnu/asm", top.join("asm")).unwrap();
        symlink("../secret", top.join("out")).unwrap();
        symlink("../../secret/d.h", top.join("linux/d.h")).unwrap();
        symlink("..", top.join("linux/loop")).unwrap();
        symlink("nowhere", top.join("linux/dead.h")).unwrap();
        let opened = Directory::open(&top).unwrap();
        (folder, opened)
    }

    fn paths(files: &Directory, below: &str) -> Vec<String> {
        let found = files.below(below).unwrap();
        found.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn links_are_followed_inside_and_never_out_or_in_a_circle() {
        let (_folder, files) = directory();
        assert_eq!(paths(&files, "asm"), ["asm/c.h"]);
        assert_eq!(paths(&files, "out"), Vec::<String>::new());
        assert_eq!(paths(&files, "../secret"), Vec::<String>::new());
        assert_eq!(paths(&files, "linux/sub/../sub"), Vec::<String>::new());
        let linux = paths(&files, "linux");
        assert!(linux.iter().all(|path| !path.ends_with("d.h")), "{linux:?}");
        assert_eq!(linux[0], "linux/a.h");
        assert!(linux.contains(&"linux/sub/b.h".to_owned()), "{linux:?}");
        assert!(linux.iter().all(|path| !path.contains("loop/linux/loop")));
        for path in ["out/d.h", "linux/d.h", "linux/dead.h", "../secret/d.h", "/"] {
            assert!(files.file(path).unwrap().is_none(), "{path}");
        }
        let names = files.directories("").unwrap();
        assert_eq!(names, ["asm", "linux", "x86_64-linux-gnu"]);
    }

    #[test]
    fn links_that_lead_out_are_told_and_no_others() {
        let (_folder, files) = directory();
        assert_eq!(files.not_followed(), Vec::<String>::new());
        paths(&files, "");
        files.file("../secret/d.h").unwrap();
        assert_eq!(files.not_followed(), ["linux/d.h", "out"]);
    }

    #[test]
    fn ids_are_those_of_git_and_equal_for_equal_content() {
        let (_folder, files) = directory();
        let file = files.file("linux/a.h").unwrap().unwrap();
        // `printf 'int a;\n' | git hash-object --stdin`
        let hex: String = file.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "4e610c04d58371663d95ca8237eea260b08f090c");
        assert_eq!(&*files.read(&file).unwrap(), b"int a;\n");
        let (_other, same) = directory();
        assert_eq!(files.id("linux").unwrap(), same.id("linux").unwrap());
        assert_eq!(
            files.id("asm").unwrap(),
            files.id("x86_64-linux-gnu/asm").unwrap()
        );
        assert_ne!(files.id("linux").unwrap(), files.id("asm").unwrap());
        assert_eq!(files.id("none").unwrap(), None);
    }

    #[test]
    fn what_is_no_directory_is_a_mistake() {
        let (folder, _) = directory();
        for path in ["nowhere", "secret/d.h"] {
            let error = Directory::open(&folder.path().join(path)).err().unwrap();
            assert!(error.is_mistake(), "{error}");
        }
    }
}
