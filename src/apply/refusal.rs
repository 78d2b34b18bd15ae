//! Why a patch can't be applied, in one line each: which file, which hunk, which line, and what was tried.
//!
//! Some of it holds for this base only, some for every one: [`Refusal::holds_everywhere`]. Names of files
//! come out of hostile mail; whoever shows a refusal cleans it.

use std::fmt;

/// Name of a file as git has it: bytes, from the top of the tree.
pub(super) type Name = Vec<u8>;

/// A name for people.
pub(super) fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    text.chars().take(NAME_SHOWN).collect()
}

/// Characters of a name that are shown.
const NAME_SHOWN: usize = 200;

/// Why a patch can't be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is no diff that git would take.
    #[error("line {line} of the diff: {what}")]
    Malformed {
        /// Line of what stands below the commit message, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A name or a kind of file that is never written.
    #[error("`{file}` is refused (line {line} of the diff): {why}")]
    Forbidden {
        /// The file.
        file: String,
        /// Line of its header in the diff.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More than is taken from anybody.
    #[error("{what}: at most {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The bound, with its unit.
        limit: String,
    },
    /// The file as a whole does not fit: it is not there, or is there already.
    #[error("{file} {why}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A hunk that fits nowhere.
    #[error(
        "hunk {hunk} of {file} (line {line} of the diff) fits nowhere; it was looked for from line {wanted} on, \
         through all of the file, and without fuzz"
    )]
    Hunk {
        /// The file.
        file: String,
        /// Number of the hunk in its file, from 1.
        hunk: usize,
        /// Line of the hunk's `@@` in the diff.
        line: usize,
        /// Line of the file that the hunk names.
        wanted: u64,
    },
    /// A merge left a conflict.
    #[error("it conflicts in {file} with what was done there meanwhile")]
    Conflict {
        /// The first file with one.
        file: String,
    },
    /// A blob that a merge would start from is not in the repository.
    #[error("the repository has no blob {id} of {file}, which a merge would start from")]
    UnknownBlob {
        /// The file.
        file: String,
        /// The id, as the diff abbreviates it; empty where the diff names none.
        id: String,
    },
}

impl Refusal {
    /// Whether no base could mend it.
    #[must_use]
    pub fn holds_everywhere(&self) -> bool {
        matches!(
            self,
            Self::Malformed { .. } | Self::Forbidden { .. } | Self::TooLarge { .. }
        )
    }

    pub(super) fn file(file: &[u8], why: &'static str) -> Self {
        let file = shown(file);
        Self::File { file, why }
    }
}

/// A patch of a series that could not be applied, and what was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplied {
    /// Its place in the series.
    pub position: u32,
    /// What stood in the way.
    pub direct: Refusal,
    /// What stood in the way of a three-way merge, where one was tried.
    pub merged: Option<Refusal>,
}

impl fmt::Display for NotApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "patch {}: {}", self.position, self.direct)?;
        match &self.merged {
            Some(merged) => write!(f, "; a three-way merge was tried: {merged}"),
            None => Ok(()),
        }
    }
}
