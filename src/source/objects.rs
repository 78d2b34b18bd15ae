//! A commit's tree as [`Files`], straight from git's object store: no checkout, no filter, no hook.
//!
//! A libgit2 handle serves one thread at a time, so the handles wait in a pool and each caller takes one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{ObjectType, Oid, Repository, TreeEntry};

use super::{ContentId, File, Files, SourceError};

/// The largest file that is read, in bytes. The largest of a kernel's headers has some 500 KiB, the
/// largest generated register list some 25 MiB.
const FILE_LIMIT: usize = 64 << 20;
/// The most files that are listed below one directory. A whole kernel has some 90 000.
pub(super) const LISTING_LIMIT: usize = 400_000;
/// The longest path, in bytes, as Linux has it (PATH_MAX).
const PATH_LIMIT: usize = 4096;

/// The object store of a repository, for any number of threads.
pub(super) struct Objects {
    git_dir: PathBuf,
    idle: Mutex<Vec<Repository>>,
}

impl Objects {
    pub(super) fn new(repository: Repository) -> Arc<Self> {
        // libgit2 hashes every object that it reads anew, which takes a tenth of the time in which trees
        // are rebuilt. git does not; what a disk spoiled shows when the object is unpacked.
        git2::opts::strict_hash_verification(false);
        Arc::new(Self {
            git_dir: repository.path().to_owned(),
            idle: Mutex::new(vec![repository]),
        })
    }

    /// Lends a handle of its own to `work`.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Repository) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let waiting = self.lock().pop();
        let repository = match waiting {
            Some(repository) => repository,
            None => open_exactly(&self.git_dir)?,
        };
        let result = work(&repository);
        self.lock().push(repository);
        result
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Repository>> {
        // Nothing can panic while the lock is held, and a list of handles cannot be half-changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_exactly(git_dir: &Path) -> Result<Repository, SourceError> {
    Repository::open(git_dir).map_err(|error| SourceError::opening(git_dir, &error))
}

/// The files of one tree object.
pub(super) struct GitTree {
    objects: Arc<Objects>,
    /// `None` is the empty tree, which no repository needs to hold.
    root: Option<Oid>,
}

impl GitTree {
    /// The tree of a commit.
    pub(super) fn of_commit(objects: &Arc<Objects>, commit: Oid) -> Result<Self, SourceError> {
        let root = objects.with(|repository| {
            let found = repository.find_commit(commit);
            let found = found.map_err(|error| SourceError::object("", commit, &error))?;
            Ok(found.tree_id())
        })?;
        Ok(Self {
            objects: Arc::clone(objects),
            root: Some(root),
        })
    }

    /// A tree without files: what was before the first commit.
    pub(super) fn empty(objects: &Arc<Objects>) -> Self {
        Self {
            objects: Arc::clone(objects),
            root: None,
        }
    }

    /// Id and kind of what is at a path; the empty path is the tree itself.
    fn entry(
        &self,
        repository: &Repository,
        path: &str,
    ) -> Result<Option<(Oid, Kind)>, SourceError> {
        let Some(mut id) = self.root else {
            return Ok(None);
        };
        let mut kind = Kind::Directory;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            // git2 panics on a name with a zero byte; no entry of a tree can have one.
            if kind != Kind::Directory || part.contains('\0') {
                return Ok(None);
            }
            let tree = repository.find_tree(id);
            let tree = tree.map_err(|error| SourceError::object(path, id, &error))?;
            match tree.get_name_bytes(part.as_bytes()) {
                Some(entry) => (id, kind) = (entry.id(), Kind::of(&entry)),
                None => return Ok(None),
            }
        }
        Ok(Some((id, kind)))
    }

    /// The directory at a path.
    fn directory(&self, repository: &Repository, path: &str) -> Result<Option<Oid>, SourceError> {
        let entry = self.entry(repository, path)?;
        Ok(entry.and_then(|(id, kind)| (kind == Kind::Directory).then_some(id)))
    }
}

impl Files for GitTree {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        self.objects.with(|repository| {
            let top = clean(directory);
            let start = self.directory(repository, &top)?;
            let mut files = Vec::new();
            let mut to_visit: Vec<(String, Oid)> = start.map(|id| (top, id)).into_iter().collect();
            // A list instead of recursion: a hostile tree may be deep, or one tree named many times.
            let mut visited = 0;
            while let Some((path, id)) = to_visit.pop() {
                visited += 1;
                list(repository, &path, id, &mut files, &mut to_visit)?;
                if files.len().max(visited) > LISTING_LIMIT {
                    return Err(SourceError::TooLarge {
                        path: directory.to_owned(),
                        what: format!("more than {LISTING_LIMIT} files"),
                    });
                }
            }
            files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
            Ok(files)
        })
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        self.objects.with(|repository| {
            let Some(id) = self.directory(repository, directory)? else {
                return Ok(Vec::new());
            };
            let tree = repository.find_tree(id);
            let tree = tree.map_err(|error| SourceError::object(directory, id, &error))?;
            let mut names: Vec<String> = tree
                .iter()
                .filter(|entry| Kind::of(entry) == Kind::Directory)
                .filter_map(|entry| usable_name(&entry).map(str::to_owned))
                .collect();
            names.sort_unstable();
            Ok(names)
        })
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        self.objects.with(|repository| {
            let path = clean(path);
            let entry = self.entry(repository, &path)?;
            Ok(entry.and_then(|(id, kind)| {
                let id = content_id(id);
                (kind == Kind::File).then_some(File { path, id })
            }))
        })
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        self.objects.with(|repository| read_blob(repository, file))
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        self.objects.with(|repository| {
            let entry = self.entry(repository, path)?;
            Ok(entry.and_then(|(id, kind)| (kind != Kind::Other).then(|| content_id(id))))
        })
    }
}

/// Adds the files directly in one directory to `files`, its directories to `to_visit`.
fn list(
    repository: &Repository,
    path: &str,
    id: Oid,
    files: &mut Vec<File>,
    to_visit: &mut Vec<(String, Oid)>,
) -> Result<(), SourceError> {
    let tree = repository.find_tree(id);
    let tree = tree.map_err(|error| SourceError::object(path, id, &error))?;
    for entry in &tree {
        let Some(name) = usable_name(&entry) else {
            continue;
        };
        let child = join(path, name);
        if child.len() > PATH_LIMIT {
            return Err(SourceError::TooLarge {
                path: path.chars().take(200).collect(),
                what: format!("a path of more than {PATH_LIMIT} bytes"),
            });
        }
        match Kind::of(&entry) {
            Kind::File => files.push(File {
                path: child,
                id: content_id(entry.id()),
            }),
            Kind::Directory => to_visit.push((child, entry.id())),
            Kind::Other => {}
        }
    }
    Ok(())
}

fn read_blob(repository: &Repository, file: &File) -> Result<Arc<[u8]>, SourceError> {
    let id = Oid::from_bytes(&file.id.0)?;
    let failed = |error: git2::Error| SourceError::object(&file.path, id, &error);
    let store = repository.odb()?;
    // The size first: a small pack can hold a blob that unpacks to more than the machine's memory.
    let (size, kind) = store.read_header(id).map_err(failed)?;
    if kind != ObjectType::Blob {
        return Err(failed(git2::Error::from_str("it is not a blob")));
    }
    check_size(&file.path, size)?;
    Ok(Arc::from(store.read(id).map_err(failed)?.data()))
}

/// Refuses a file that is too large to be a source file.
pub(super) fn check_size(path: &str, size: usize) -> Result<(), SourceError> {
    if size <= FILE_LIMIT {
        return Ok(());
    }
    Err(SourceError::TooLarge {
        path: path.to_owned(),
        what: format!("{size} bytes, at most {FILE_LIMIT} are read"),
    })
}

/// What an entry of a tree is to us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    /// A symbolic link or a submodule.
    Other,
}

impl Kind {
    fn of(entry: &TreeEntry<'_>) -> Self {
        // The bits of the mode are stat's: S_IFMT, S_IFREG, S_IFDIR.
        match entry.filemode_raw() & 0o170_000 {
            0o100_000 => Self::File,
            0o040_000 => Self::Directory,
            _ => Self::Other,
        }
    }
}

/// The name of an entry. Names that are not UTF-8 are no header's; the rest only a hostile tree has.
fn usable_name<'entry>(entry: &'entry TreeEntry<'_>) -> Option<&'entry str> {
    let name = std::str::from_utf8(entry.name_bytes()).ok()?;
    let odd = name.is_empty() || name == "." || name == ".." || name.contains('/');
    (!odd).then_some(name)
}

/// git's id as ours.
pub(super) fn content_id(id: Oid) -> ContentId {
    let mut bytes = [0; 20];
    for (to, from) in bytes.iter_mut().zip(id.as_bytes()) {
        *to = *from;
    }
    ContentId(bytes)
}

/// `directory/name`; the top directory is the empty path.
pub(super) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// A path as git has it: no slash at either end.
pub(super) fn clean(path: &str) -> String {
    path.trim_matches('/').to_owned()
}
