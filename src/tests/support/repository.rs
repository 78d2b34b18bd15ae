//! A bare git repository in a temporary folder, with commits made from folders laid over one another.
//!
//! Nothing is checked out and no `git` command is run, so a commit costs about a millisecond.

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Signature, Time};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a commit: path from the top of the tree, and content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The repository; the folder goes when it is dropped.
pub struct Repository {
    folder: tempfile::TempDir,
    git: git2::Repository,
}

impl Repository {
    /// An empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
        let git = git2::Repository::init_bare(folder.path()).expect("the folder is new and empty");
        Self { folder, git }
    }

    /// Where it stands.
    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Makes a commit of exactly these files and gives its id, 40 hex digits.
    pub fn commit(&self, files: &Files, parent: Option<&str>) -> String {
        self.try_commit(files, parent)
            .unwrap_or_else(|error| panic!("can't make a commit: {error}"))
    }

    fn try_commit(&self, files: &Files, parent: Option<&str>) -> Result<String, git2::Error> {
        let mut builder = TreeUpdateBuilder::new();
        for (path, text) in files {
            builder.upsert(path.as_str(), self.git.blob(text)?, FileMode::Blob);
        }
        let empty = self.git.treebuilder(None)?.write()?;
        let tree = builder.create_updated(&self.git, &self.git.find_tree(empty)?)?;
        let tree = self.git.find_tree(tree)?;
        let parent = match parent {
            Some(id) => Some(self.git.find_commit(Oid::from_str(id)?)?),
            None => None,
        };
        // A fixed author and time: the same files give the same commit id in every run.
        let author = Signature::new(
            "Fixture",
            "fixture@example.org",
            &Time::new(1_700_000_000, 0),
        )?;
        let parents: Vec<_> = parent.iter().collect();
        let id = self
            .git
            .commit(None, &author, &author, "fixture", &tree, &parents)?;
        Ok(id.to_string())
    }
}

/// The files of the folders, those of later folders in place of those of earlier ones.
///
/// An empty file in a later folder takes the file away: that is how a case removes a file of `_base/`.
pub fn lay_over(folders: &[&Path]) -> Files {
    let mut files = Files::new();
    for folder in folders {
        collect(folder, folder, &mut files);
    }
    files.retain(|_, text| !text.is_empty());
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
