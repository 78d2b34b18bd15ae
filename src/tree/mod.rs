//! One side and one kernel architecture become the installed header tree, in memory.
//!
//! Of a kernel, the same files that `make headers_install` writes, by the same rules, with each line where
//! the git blob has it ([`build`]). Of another [`Layout`], the headers that are there ([`Exports`]).
//! Nothing of the examined tree is executed. Knows nothing of libclang. Next: [`crate::extract`].

pub mod affected;
mod arch;
pub mod comments;
mod conditional;
mod expand;
mod export;
mod exports;
mod expression;
pub mod include;
mod kbuild;
mod layout;
mod lines;
mod listing;
#[cfg(test)]
mod memory;
mod rewrite;
mod stubs;
mod substitute;
mod syscalls;
mod unchanged;
mod version;
pub mod words;

pub use exports::{Asm, Exports};
pub use layout::Layout;
pub use rewrite::Rewrites;
pub use unchanged::{touched, unchanged};

use crate::source::{Files, SourceError};
use export::Recipe;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Hash of an installed header's text (BLAKE3, first 16 bytes): equal ids mean equal text.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct TextId(pub [u8; 16]);

/// Where an installed header comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file of the examined tree; its lines are the header's lines.
    File {
        /// Path from the top of the tree.
        path: String,
    },
    /// `generic-y` or `mandatory-y`: one line that includes the asm-generic header. The path is the
    /// Kbuild file that asks for it.
    Wrapper {
        /// Path of the Kbuild file.
        path: String,
    },
    /// Made from a system call table; each number stands on the table's own line.
    SystemCalls {
        /// Path of the table.
        path: String,
    },
    /// linux/version.h, made from the top Makefile or, in other layouts than a kernel's, found as a file.
    Version,
    /// A header of the tree that completes this one. It is read through others and never judged.
    Base,
    /// A stand-in of our own for a header that the tree does not bring along, likewise.
    Stub,
}

/// One installed header.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its text as installed, the dropped lines blank instead of gone.
    pub text: Arc<[u8]>,
    /// Hash of the text.
    pub id: TextId,
    /// Where it comes from.
    pub origin: Origin,
}

/// The installed headers of one side for one kernel architecture (`arch/<name>`), by installed path
/// (`linux/if_link.h`, `asm/unistd_64.h`).
#[derive(Debug, Clone, Default)]
pub struct HeaderTree {
    /// The directory below `arch/` that was used: `x86`, `arm64`, ...
    pub arch: String,
    /// Every installed header.
    pub headers: BTreeMap<String, Header>,
    /// What these may take in besides, and the side does not export.
    pub support: BTreeMap<String, Header>,
}

impl HeaderTree {
    /// The text that an include of this path gives.
    pub fn header(&self, path: &str) -> Option<&Header> {
        self.headers.get(path).or_else(|| self.support.get(path))
    }
}

/// Why a header tree could not be built.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A side could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// User mode Linux has no headers of its own: `make headers_install` refuses it too.
    #[error("arch/{arch} installs no headers; name the architecture it runs on instead")]
    NoHeaders {
        /// The directory below `arch/`.
        arch: String,
    },
    /// The kernel is older than 3.7, where user space headers got directories of their own.
    #[error(
        "this kernel has no include/uapi (older than 3.7), so its exported headers are not known"
    )]
    TooOld,
    /// No known layout fits.
    #[error(
        "there is no user-space API in {name}: looked for {looked_for}; name the directory that holds \
         the headers with --root DIR, or how they lie with --layout NAME"
    )]
    NoHeadersFound {
        /// The states that were looked at.
        name: String,
        /// The layouts and what tells them.
        looked_for: String,
    },
    /// A layout that does not exist.
    #[error("no layout is called `{name}`: known are {known}")]
    UnknownLayout {
        /// As the user wrote it.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// None of the architectures that were asked for is there.
    #[error("{name} has no headers for any of the targets: {there}")]
    NoArchitecture {
        /// The states that were looked at.
        name: String,
        /// What is there.
        there: String,
    },
}

impl TreeError {
    /// Whether the user can mend it by asking for something else.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        match self {
            Self::Source(error) => error.is_mistake(),
            Self::NoHeaders { .. } | Self::TooOld => false,
            Self::NoHeadersFound { .. }
            | Self::UnknownLayout { .. }
            | Self::NoArchitecture { .. } => true,
        }
    }
}

/// User mode Linux.
const USER_MODE: &str = "um";

/// The architectures that install headers, sorted: the directories below `arch/` with an
/// `include/uapi`. Empty for a tree that has no `arch/`.
///
/// # Errors
/// Where the side cannot be read.
pub fn architectures(files: &dyn Files) -> Result<Vec<String>, TreeError> {
    let mut names = Vec::new();
    for name in files.directories("arch")? {
        if name != USER_MODE && files.id(&format!("arch/{name}/include/uapi"))?.is_some() {
            names.push(name);
        }
    }
    Ok(names)
}

/// The installed headers of one kernel architecture (`x86`, `arm64`). What is missing is absent and no
/// error: a tree without this architecture gives the headers that all share.
///
/// # Errors
/// Where the side cannot be read, where the architecture never installs headers, and where the kernel
/// is too old to tell which headers are exported.
pub fn build(files: &dyn Files, arch: &str, memo: &Rewrites) -> Result<HeaderTree, TreeError> {
    if arch == USER_MODE {
        return Err(TreeError::NoHeaders {
            arch: arch.to_string(),
        });
    }
    let recipes = export::recipes(files, arch)?;
    if recipes.is_empty() && files.file("include/linux/Kbuild")?.is_some() {
        return Err(TreeError::TooOld);
    }
    let made: Result<BTreeMap<String, Header>, SourceError> = recipes
        .into_par_iter()
        .map(|(path, recipe)| Ok((path.clone(), make(files, &path, recipe, memo)?)))
        .collect();
    let mut headers = made?;
    if let Some(makefile) = files.file("Makefile")?
        && let Some(text) = version::version_header(&files.read(&makefile)?)
    {
        headers.insert(
            "linux/version.h".to_string(),
            generated(&text, Origin::Version),
        );
    }
    Ok(HeaderTree {
        arch: arch.to_string(),
        headers,
        support: BTreeMap::new(),
    })
}

/// One header from what it is made from.
fn make(
    files: &dyn Files,
    path: &str,
    recipe: Recipe,
    memo: &Rewrites,
) -> Result<Header, SourceError> {
    match recipe {
        Recipe::File(file) => memo.header(files, &file),
        Recipe::Wrapper { kbuild } => {
            let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
            Ok(generated(
                &format!("#include <asm-generic/{name}>\n"),
                Origin::Wrapper { path: kbuild },
            ))
        }
        Recipe::SystemCalls(table) => {
            let mut text = String::new();
            let path = table.paths.first().cloned().unwrap_or_default();
            if let Some(file) = files.file(&path)? {
                text = syscalls::header(&table, &files.read(&file)?);
            }
            Ok(generated(&text, Origin::SystemCalls { path }))
        }
    }
}

fn generated(text: &str, origin: Origin) -> Header {
    Header {
        text: text.as_bytes().into(),
        id: rewrite::text_id(text.as_bytes()),
        origin,
    }
}

#[cfg(test)]
mod tests;
