//! A directory of a state as a state of its own: paths begin there.

use std::sync::Arc;

use super::objects::{clean, join};
use super::{ContentId, File, Files, SourceError};

/// The files below a directory of other files.
pub(super) struct Subtree {
    files: Arc<dyn Files>,
    root: String,
}

impl Subtree {
    /// What lies below `root`, which may be missing: then there is no file.
    pub(super) fn new(files: Arc<dyn Files>, root: &str) -> Self {
        let root = clean(root);
        Self { files, root }
    }

    fn whole(&self, path: &str) -> String {
        clean(&join(&self.root, &clean(path)))
    }
}

impl Files for Subtree {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        let mut files = self.files.below(&self.whole(directory))?;
        for file in &mut files {
            let rest = file.path.strip_prefix(&self.root);
            file.path = clean(rest.unwrap_or(&file.path));
        }
        Ok(files)
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        self.files.directories(&self.whole(directory))
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        let found = self.files.file(&self.whole(path))?;
        Ok(found.map(|file| File {
            path: clean(path),
            id: file.id,
        }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        self.files.read(&File {
            path: self.whole(&file.path),
            id: file.id,
        })
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        self.files.id(&self.whole(path))
    }

    fn not_followed(&self) -> Vec<String> {
        self.files.not_followed()
    }
}
