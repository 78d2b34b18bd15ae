//! A bare git repository in a temporary folder, with commits made from folders laid over a base.
//!
//! Nothing is checked out and no `git` command is run. All cases share one repository, so that the files
//! of the base are written once.

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Signature, Time};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Files of a commit: path from the top of the tree, and content.
///
/// An empty file takes a file of the base away.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The repository; the folder goes when it is dropped.
pub struct Repository {
    folder: tempfile::TempDir,
    git: Mutex<git2::Repository>,
    base: Oid,
}

impl Repository {
    /// One whose commits all have the files of the folder `base`.
    pub fn over(base: &Path) -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
        let git = git2::Repository::init_bare(folder.path()).expect("the folder is new and empty");
        let base = empty_tree(&git).and_then(|empty| tree(&git, empty, &files_below(base)));
        Self {
            folder,
            base: base.unwrap_or_else(|error| panic!("can't write the base: {error}")),
            git: Mutex::new(git),
        }
    }

    /// One whose commits have nothing but the files they are given.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
        Self::over(folder.path())
    }

    /// One over a commit of another repository, whose objects it borrows.
    pub fn borrowing(other: &Path, revision: &str) -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
        git2::Repository::init_bare(folder.path()).expect("the folder is new and empty");
        let theirs = git2::Repository::open(other).expect("the other repository can be opened");
        let objects = format!("{}\n", theirs.path().join("objects").display());
        fs::write(folder.path().join("objects/info/alternates"), objects)
            .expect("the folder is ours");
        let git = git2::Repository::open(folder.path()).expect("it was just made");
        let found = theirs
            .revparse_single(&format!("{revision}^{{tree}}"))
            .unwrap_or_else(|error| panic!("{revision}: {error}"));
        Self {
            folder,
            base: found.id(),
            git: Mutex::new(git),
        }
    }

    /// The files of the base below a folder.
    pub fn files_of_base(&self, below: &str) -> Files {
        let git = self.git.lock().unwrap_or_else(PoisonError::into_inner);
        let mut files = Files::new();
        let base = git.find_tree(self.base).expect("the base is a tree");
        let found = base.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            let path = format!("{folder}{}", entry.name().unwrap_or_default());
            let inside = path.starts_with(below) || below.starts_with(&path);
            match entry.kind() {
                Some(git2::ObjectType::Blob) if inside => {
                    let blob = git.find_blob(entry.id()).expect("the tree is whole");
                    files.insert(path, blob.content().to_vec());
                }
                Some(git2::ObjectType::Tree) if !inside => return git2::TreeWalkResult::Skip,
                _ => {}
            }
            git2::TreeWalkResult::Ok
        });
        found.expect("the base can be walked");
        files
    }

    /// Where it stands.
    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Makes a commit of the base with these files and gives its id, 40 hex digits.
    pub fn commit(&self, files: &Files, parent: Option<&str>) -> String {
        let parents: Vec<String> = parent.iter().map(|id| (*id).to_owned()).collect();
        self.commit_as(files, &parents, "fixture", 0)
    }

    /// The same with any number of parents, a first line of the message, and a day to come.
    pub fn commit_as(&self, files: &Files, parents: &[String], subject: &str, day: i64) -> String {
        let git = self.git.lock().unwrap_or_else(PoisonError::into_inner);
        commit(&git, self.base, files, (parents, subject, day))
            .unwrap_or_else(|error| panic!("can't make a commit: {error}"))
    }

    /// Gives a commit a name.
    pub fn tag(&self, name: &str, id: &str) {
        let git = self.git.lock().unwrap_or_else(PoisonError::into_inner);
        Oid::from_str(id)
            .and_then(|id| git.find_object(id, None))
            .and_then(|object| git.tag_lightweight(name, &object, false))
            .unwrap_or_else(|error| panic!("can't make a tag: {error}"));
    }

    /// Makes a branch at a commit.
    pub fn branch(&self, name: &str, id: &str) {
        let git = self.git.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("refs/heads/{name}");
        Oid::from_str(id)
            .and_then(|id| git.reference(&name, id, true, "made"))
            .unwrap_or_else(|error| panic!("can't make a branch: {error}"));
    }
}

fn empty_tree(git: &git2::Repository) -> Result<Oid, git2::Error> {
    git.treebuilder(None)?.write()
}

fn tree(git: &git2::Repository, base: Oid, files: &Files) -> Result<Oid, git2::Error> {
    let mut builder = TreeUpdateBuilder::new();
    for (path, text) in files {
        if text.is_empty() {
            builder.remove(path.as_str());
        } else {
            builder.upsert(path.as_str(), git.blob(text)?, FileMode::Blob);
        }
    }
    builder.create_updated(git, &git.find_tree(base)?)
}

fn commit(
    git: &git2::Repository,
    base: Oid,
    files: &Files,
    (parents, subject, day): (&[String], &str, i64),
) -> Result<String, git2::Error> {
    let tree = git.find_tree(tree(git, base, files)?)?;
    let parents = parents.iter();
    let parents: Vec<_> = parents
        .map(|id| git.find_commit(Oid::from_str(id)?))
        .collect::<Result<_, git2::Error>>()?;
    // A fixed author and time: the same files give the same commit id in every run.
    let time = Time::new(1_700_000_000 + day * 86_400, 0);
    let author = Signature::new("Fixture", "fixture@example.org", &time)?;
    let parents: Vec<_> = parents.iter().collect();
    let id = git.commit(None, &author, &author, subject, &tree, &parents)?;
    Ok(id.to_string())
}

/// All files below a folder.
pub fn files_below(top: &Path) -> Files {
    let mut files = Files::new();
    collect(top, top, &mut files);
    files
}

fn collect(top: &Path, folder: &Path, files: &mut Files) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry
            .expect("a folder that was opened can be listed")
            .path();
        if path.is_dir() {
            collect(top, &path, files);
        } else {
            let name = path
                .strip_prefix(top)
                .expect("the path was found below the top");
            let text = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
}
