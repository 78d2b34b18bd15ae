//! A small tree of files in memory, for tests.

use crate::source::{ContentId, File, Files, SourceError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Files by path.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl<const N: usize> From<[(&str, &str); N]> for MemoryFiles {
    fn from(files: [(&str, &str); N]) -> Self {
        let mut tree = MemoryFiles::default();
        for (path, text) in files {
            tree.put(path, text);
        }
        tree
    }
}

impl MemoryFiles {
    /// Adds or replaces a file.
    pub fn put(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_string(), text.as_bytes().into());
    }
}

/// How the paths below a directory begin; the empty path is the top.
fn below(directory: &str) -> String {
    match directory {
        "" => String::new(),
        directory => format!("{directory}/"),
    }
}

fn content_id(bytes: &[u8]) -> ContentId {
    let mut id = [0; 20];
    id.copy_from_slice(&blake3::hash(bytes).as_bytes()[..20]);
    ContentId(id)
}

impl Files for MemoryFiles {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        let prefix = below(directory);
        let found = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with(&prefix));
        Ok(found
            .map(|(path, text)| File {
                path: path.clone(),
                id: content_id(text),
            })
            .collect())
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        let prefix = below(directory);
        let below = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix));
        let names: BTreeSet<&str> = below.filter_map(|p| Some(p.split_once('/')?.0)).collect();
        Ok(names.into_iter().map(String::from).collect())
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        let found = self.files.get(path);
        Ok(found.map(|text| File {
            path: path.to_string(),
            id: content_id(text),
        }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        Ok(self.files[&file.path].clone())
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        if let Some(file) = self.file(path)? {
            return Ok(Some(file.id));
        }
        let listing: Vec<u8> = self
            .below(path)?
            .iter()
            .flat_map(|f| [f.path.as_bytes(), &f.id.0[..]].concat())
            .collect();
        Ok((!listing.is_empty()).then(|| content_id(&listing)))
    }
}
