//! What the pool is asked and what it gives back: plain types, read by everybody who uses extraction.

use super::library::LibraryError;
use super::target::Target;
use super::wire::Id;
use crate::model::{Header, Unread};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How the pool works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program that is run as `program extract-worker`.
    pub program: PathBuf,
    /// Number of worker processes.
    pub jobs: usize,
    /// Longest time for one header.
    pub deadline: Duration,
    /// Address space of one worker in bytes.
    pub memory_bytes: u64,
}

/// A header of a closure.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Installed path.
    pub path: String,
    /// Hash of the text; equal ids mean equal texts.
    pub id: Id,
    /// The text.
    pub text: Arc<[u8]>,
}

/// Whether a header is compiled in other languages than GNU C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Languages {
    /// In none.
    Untried,
    /// Where its text leaves a doubt that they make the same of it. Errors of what it includes are not
    /// looked for.
    InDoubt,
    /// Whatever its text says.
    Always,
}

/// A header to read on a target.
#[derive(Debug, Clone)]
pub struct Request {
    /// The target.
    pub target: &'static Target,
    /// Installed path of the header.
    pub header: String,
    /// Installed path of the header to include in order to see it: itself, or, for an asm-generic
    /// header, the asm header that brings it in.
    pub through: String,
    /// The header, everything it may include, and linux/ioctl.h with what that includes.
    pub files: Arc<Vec<SourceFile>>,
    /// Whether to compile it in other languages too.
    pub languages: Languages,
}

impl Request {
    /// Hash of everything that the header is made of; the same on two sides only where no text differs.
    pub(super) fn text_id(&self) -> String {
        let mut hash = blake3::Hasher::new();
        for file in self.files.iter() {
            hash.update(file.path.as_bytes());
            hash.update(&[0]);
            hash.update(&file.id);
        }
        hash.finalize().to_hex().to_string()
    }
}

/// What became of a [`Request`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was read; what was not believed stands in [`Header::unread`].
    Read(Header),
    /// Nothing of it was read.
    Unread(Vec<Unread>),
}

/// A piece of code to try behind a header.
#[derive(Debug, Clone)]
pub struct Compile {
    /// The target.
    pub target: &'static Target,
    /// Installed path of the header.
    pub header: String,
    /// As in [`Request`].
    pub files: Arc<Vec<SourceFile>>,
    /// Pieces of file-scope C, each judged by itself; they share one unit, so their names must differ.
    pub codes: Vec<String>,
}

/// What became of a [`Compile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiled {
    /// The first error of each piece, one line; `None` for one that compiles.
    Tried(Vec<Option<String>>),
    /// The parser did not live to tell. That is no answer: the code is not known to be wrong.
    Lost(String),
}

/// Our own failure to extract anything.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// There is no libclang to use.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// A worker could not be started.
    #[error("the worker process {program} could not be started: {reason}")]
    Start {
        /// The program.
        program: PathBuf,
        /// What went wrong.
        reason: String,
    },
}
