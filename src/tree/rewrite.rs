//! A header of the kernel's sources becomes the text that is installed.
//!
//! Both halves keep every line where it is: [`super::substitute`] for words, then
//! [`super::conditional`] for branches, in the order of scripts/headers_install.sh. What was rewritten
//! once is remembered by content, for both sides and all architectures. Knows nothing of paths.

use super::conditional::drop_kernel_branches;
use super::include::{Edges, Include, scan};
use super::substitute::substitute;
use super::{Header, Origin, TextId};
use crate::source::{ContentId, File, Files, SourceError};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A rewritten text and its hash.
type Rewritten = (Arc<[u8]>, TextId);

/// Remembers rewritten headers by the content they came from, what a text includes, and what that makes
/// of a whole tree. Shared by both
/// sides and all architectures; several threads may use it at once.
#[derive(Default)]
pub struct Rewrites {
    texts: Mutex<HashMap<ContentId, Rewritten>>,
    /// Those that were installed already.
    plain: Mutex<HashMap<ContentId, Rewritten>>,
    includes: Mutex<HashMap<TextId, Arc<[Include]>>>,
    edges: Mutex<HashMap<blake3::Hash, Arc<Edges>>>,
}

impl Rewrites {
    /// The installed header that a file of the tree becomes.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn header(&self, files: &dyn Files, file: &File) -> Result<Header, SourceError> {
        let known = lock(&self.texts).get(&file.id).cloned();
        let (text, id) = match known {
            Some(known) => known,
            None => {
                let source = files.read(file)?;
                let text = match rewrite(&source) {
                    Cow::Borrowed(_) => source,
                    Cow::Owned(rewritten) => rewritten.into(),
                };
                let entry = (text.clone(), text_id(&text));
                lock(&self.texts).insert(file.id, entry.clone());
                entry
            }
        };
        Ok(from_file(text, id, file))
    }

    /// The installed header that a file is as it stands.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn as_it_is(&self, files: &dyn Files, file: &File) -> Result<Header, SourceError> {
        let known = lock(&self.plain).get(&file.id).cloned();
        let (text, id) = match known {
            Some(known) => known,
            None => {
                let text = files.read(file)?;
                let entry = (text.clone(), text_id(&text));
                lock(&self.plain).insert(file.id, entry.clone());
                entry
            }
        };
        Ok(from_file(text, id, file))
    }

    /// What a header names in its `#include` lines.
    pub(super) fn includes(&self, header: &Header) -> Arc<[Include]> {
        if let Some(known) = lock(&self.includes).get(&header.id) {
            return known.clone();
        }
        let scanned: Arc<[Include]> = scan(&header.text).into();
        lock(&self.includes).insert(header.id, scanned.clone());
        scanned
    }

    /// The edges of the tree of which this is the hash, worked out where they are not known.
    pub(super) fn edges(&self, tree: blake3::Hash, work_out: impl FnOnce() -> Edges) -> Arc<Edges> {
        if let Some(known) = lock(&self.edges).get(&tree) {
            return known.clone();
        }
        let edges = Arc::new(work_out());
        lock(&self.edges).insert(tree, edges.clone());
        edges
    }
}

fn from_file(text: Arc<[u8]>, id: TextId, file: &File) -> Header {
    let path = file.path.clone();
    Header {
        text,
        id,
        origin: Origin::File { path },
    }
}

/// What is inside stays whole when a thread panics between two calls: entries are only ever added.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hash of an installed header's text.
pub(super) fn text_id(text: &[u8]) -> TextId {
    let hash = blake3::hash(text);
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    TextId(id)
}

/// The text as installed, line by line.
fn rewrite(source: &[u8]) -> Cow<'_, [u8]> {
    let substituted = substitute(source).map_or(Cow::Borrowed(source), Cow::Owned);
    match drop_kernel_branches(&substituted) {
        Some(text) => Cow::Owned(text),
        None => substituted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::memory::MemoryFiles;

    #[test]
    fn a_header_is_rewritten_once_and_keeps_its_lines() {
        let files = MemoryFiles::from([(
            "include/uapi/linux/x.h",
            "#ifndef _UAPI_X\n#ifdef __KERNEL__\nint k;\n#endif\nvoid __user *p;\n#endif\n",
        )]);
        let file = files.file("include/uapi/linux/x.h").unwrap().unwrap();
        let memo = Rewrites::default();
        let first = memo.header(&files, &file).unwrap();
        assert_eq!(&*first.text, b"#ifndef _X\n\n\n\nvoid *p;\n#endif\n");
        let second = memo.header(&files, &file).unwrap();
        assert!(Arc::ptr_eq(&first.text, &second.text));
    }
}
