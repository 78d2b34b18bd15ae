//! One side and one kernel architecture become the installed header tree, in memory.
//!
//! The same files that `make headers_install` writes, by the same rules, with each line where the git
//! blob has it. Knows nothing of libclang. Next: [`crate::extract`].

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
    /// Made from a system call table.
    SystemCalls {
        /// Path of the table.
        path: String,
    },
    /// linux/version.h, made from the top Makefile.
    Version,
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
}
