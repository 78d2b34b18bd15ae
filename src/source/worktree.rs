//! The work tree as [`Files`]: the tree of HEAD, and over it what differs on disk.
//!
//! git's index says which files may differ; only those are read. No filter runs on them.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Delta, DiffDelta, DiffOptions, ObjectType, Oid, Repository};

use super::objects::{GitTree, check_size, clean, content_id, join};
use super::{ContentId, File, Files, SourceError};

/// What the exported headers of a kernel, their rules and their maintainers come from. Elsewhere in a kernel
/// the work tree is not looked at, and HEAD stands for it: 80 000 files would take longer than the check.
const PLACES: [&str; 6] = [
    "Documentation/netlink",
    "MAINTAINERS",
    "Makefile",
    "arch",
    "include/uapi",
    "scripts",
];

/// How the files on disk differ from a commit.
#[derive(Debug)]
pub(super) struct Changes {
    root: PathBuf,
    /// By path: whether there is a file now.
    paths: BTreeMap<String, bool>,
}

impl Changes {
    /// Compares the files on disk with a commit (`None`: with nothing). `None` where nothing differs that
    /// the exported headers come from, or where the repository is bare.
    pub(super) fn scan(
        repository: &Repository,
        commit: Option<Oid>,
    ) -> Result<Option<Self>, SourceError> {
        let Some(root) = repository.workdir() else {
            return Ok(None);
        };
        let tree = match commit {
            Some(id) => Some(repository.find_commit(id)?.tree()?),
            None => None,
        };
        let mut options = DiffOptions::new();
        if root.join("arch").is_dir() && root.join("include/uapi").is_dir() {
            options.disable_pathspec_match(true);
            for place in PLACES {
                options.pathspec(place);
            }
        }
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_typechange(true)
            .ignore_submodules(true)
            .ignore_filemode(true)
            .skip_binary_check(true);
        let diff = repository
            .diff_tree_to_workdir_with_index(tree.as_ref(), Some(&mut options))
            .map_err(|error| {
                SourceError::Git(format!("git: the work tree: {}", error.message()))
            })?;
        let mut paths = BTreeMap::new();
        for delta in diff.deltas() {
            if let Some((path, exists)) = change(root, &delta)? {
                paths.insert(path, exists);
            }
        }
        let root = root.to_owned();
        Ok((!paths.is_empty()).then_some(Self { root, paths }))
    }
}

/// The path of a difference and whether a file is there now, `None` where it is no matter to us.
fn change(root: &Path, delta: &DiffDelta<'_>) -> Result<Option<(String, bool)>, SourceError> {
    let bytes = delta
        .new_file()
        .path_bytes()
        .or(delta.old_file().path_bytes());
    let Some(path) = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return Ok(None);
    };
    match delta.status() {
        Delta::Conflicted => {
            return Err(SourceError::Conflict {
                path: path.to_owned(),
            });
        }
        // A repository inside this one ends with a slash; its files are not ours.
        Delta::Untracked if !untracked_counts(path) || path.ends_with('/') => return Ok(None),
        Delta::Unmodified | Delta::Ignored => return Ok(None),
        _ => {}
    }
    // The disk has the last word: a file may be staged as deleted and be there again.
    let exists = fs::symlink_metadata(root.join(path)).is_ok_and(|found| found.is_file());
    Ok(Some((path.to_owned(), exists)))
}

/// Whether a file that git does not track belongs to the state: a new header does before `git add`, a
/// stray patch or log does not, and must not make a clean work tree count as changed.
fn untracked_counts(path: &str) -> bool {
    const INSTALLED: [&str; 4] = ["linux/", "asm-generic/", "asm/", "linux-headers/"];
    path.split('/').any(|part| part == "uapi")
        || INSTALLED.iter().any(|place| path.starts_with(place))
}

/// Id and bytes of a file on disk.
type Content = (ContentId, Arc<[u8]>);

/// The files on disk.
pub(super) struct WorkTree {
    head: GitTree,
    changes: Changes,
    /// What was read, by path.
    contents: Mutex<HashMap<String, Content>>,
}

impl WorkTree {
    pub(super) fn new(head: GitTree, changes: Changes) -> Self {
        Self {
            head,
            changes,
            contents: Mutex::default(),
        }
    }

    /// What differs below a directory.
    fn changed_below(&self, directory: &str) -> impl Iterator<Item = (&str, bool)> {
        let prefix = join(directory, "");
        let start = prefix.clone();
        self.changes
            .paths
            .range(start..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, exists)| (path.as_str(), *exists))
    }

    /// Id and bytes of a file on disk, read once: what is examined is one state, even while the user types.
    fn content(&self, path: &str) -> Result<Content, SourceError> {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = contents.get(path) {
            return Ok(known.clone());
        }
        let on_disk = self.changes.root.join(path);
        let unreadable = |error: std::io::Error| SourceError::File {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let found = fs::symlink_metadata(&on_disk).map_err(unreadable)?;
        check_size(path, usize::try_from(found.len()).unwrap_or(usize::MAX))?;
        let bytes = fs::read(&on_disk).map_err(unreadable)?;
        let id = content_id(Oid::hash_object(ObjectType::Blob, &bytes)?);
        let content = (id, Arc::from(bytes));
        contents.insert(path.to_owned(), content.clone());
        Ok(content)
    }

    fn changed_file(&self, path: &str) -> Result<File, SourceError> {
        let (id, _) = self.content(path)?;
        Ok(File {
            path: path.to_owned(),
            id,
        })
    }
}

impl Files for WorkTree {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        let directory = clean(directory);
        let mut files = self.head.below(&directory)?;
        files.retain(|file| !self.changes.paths.contains_key(&file.path));
        for (path, exists) in self.changed_below(&directory) {
            if exists {
                files.push(self.changed_file(path)?);
            }
        }
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        let directory = clean(directory);
        let mut names = self.head.directories(&directory)?;
        let start = join(&directory, "").len();
        for (path, _) in self.changed_below(&directory) {
            if let Some((name, _)) = path[start..].split_once('/') {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        names.dedup();
        let mut present = Vec::with_capacity(names.len());
        for name in names {
            let path = join(&directory, &name);
            let untouched = self.changed_below(&path).next().is_none();
            if untouched || !self.below(&path)?.is_empty() {
                present.push(name);
            }
        }
        Ok(present)
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        let path = clean(path);
        match self.changes.paths.get(&path) {
            Some(true) => self.changed_file(&path).map(Some),
            Some(false) => Ok(None),
            None => self.head.file(&path),
        }
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        if self.changes.paths.get(&file.path) == Some(&true) {
            let (id, bytes) = self.content(&file.path)?;
            if id == file.id {
                return Ok(bytes);
            }
        }
        self.head.read(file)
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        let path = clean(path);
        if let Some(exists) = self.changes.paths.get(&path) {
            let content = exists.then(|| self.content(&path)).transpose()?;
            return Ok(content.map(|(id, _)| id));
        }
        if self.changed_below(&path).next().is_none() {
            return self.head.id(&path);
        }
        if self.below(&path)?.is_empty() {
            return Ok(None);
        }
        self.directory_id(&path).map(Some)
    }
}

impl WorkTree {
    /// An id for a directory that git has no tree of: from what HEAD has there and from what differs.
    fn directory_id(&self, path: &str) -> Result<ContentId, SourceError> {
        let mut text = format!("{:?}\n", self.head.id(path)?);
        for (changed, exists) in self.changed_below(path) {
            let content = exists.then(|| self.content(changed)).transpose()?;
            let id = content.map(|(id, _)| id);
            text.push_str(&format!("{changed:?} {id:?}\n"));
        }
        // Hashed as a tree, so that no file can have the same id.
        Ok(content_id(Oid::hash_object(
            ObjectType::Tree,
            text.as_bytes(),
        )?))
    }
}

#[cfg(test)]
mod tests {
    use super::untracked_counts;

    #[test]
    fn a_new_header_counts_and_a_stray_file_does_not() {
        for path in [
            "include/uapi/linux/new.h",
            "arch/x86/include/uapi/asm/new.h",
            "linux/new.h",
        ] {
            assert!(untracked_counts(path), "{path}");
        }
        for path in [
            "0001-fix.patch",
            "arch/x86/boot/log",
            "include/linux/new.h",
            "uapi.txt",
        ] {
            assert!(!untracked_counts(path), "{path}");
        }
    }
}
