//! What one header itself declares on one target, and how it compiles.

use super::{Constant, Enumeration, Function, FunctionMacro, Record, Typedef, Unread};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// A direct `#include` of the header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Include {
    /// The name between the brackets or quotes; for an exported header its installed path.
    pub path: String,
    /// Line of the header.
    pub line: u32,
    /// True where the name is an exported header; false for a header of the C library or a missing one.
    pub exported: bool,
}

/// A `CONFIG_*` name in code or conditionals; no such name exists in user space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConfigUse {
    /// `CONFIG_FOO`
    pub name: String,
    /// Line of the header.
    pub line: u32,
}

/// The result of compiling the header one way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Build {
    /// Not tried (only changed headers are, and on one target).
    #[default]
    NotTried,
    /// No error.
    Clean,
    /// First error, one line, without paths of this machine.
    Fails(String),
}

/// Further ways in which a header is compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// As the only header of a unit, nothing included before it.
    pub alone: Build,
    /// Included twice.
    pub twice: Build,
    /// As C90 (`-std=c90`, extensions of GNU allowed as the kernel's own header test does).
    pub c90: Build,
    /// As C++ (`-x c++ -std=c++98`).
    pub cxx: Build,
    /// Names and sizes in bytes of records whose size in C++ differs from C.
    pub cxx_sizes: Vec<(String, u64)>,
}

/// A header as one target sees it. Nearly all declare the same on most targets, which is then held once;
/// what they take in on the way differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Installed paths of every exported header that the unit took in through this one, sorted.
    pub closure: Vec<String>,
    /// What it declares.
    pub declares: Arc<HeaderSurface>,
}

impl Deref for Header {
    type Target = HeaderSurface;

    fn deref(&self) -> &HeaderSurface {
        &self.declares
    }
}

/// A header that takes in no other.
impl From<HeaderSurface> for Header {
    fn from(declares: HeaderSurface) -> Self {
        Self {
            closure: Vec::new(),
            declares: Arc::new(declares),
        }
    }
}

/// What one header itself declares on one target; what it includes is in the others' surfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderSurface {
    /// Installed path.
    pub path: String,
    /// Direct includes, in order, only those that the target's preprocessor reached.
    pub includes: Vec<Include>,
    /// Structs and unions, in order of declaration.
    pub records: Vec<Record>,
    /// Enumerations.
    pub enumerations: Vec<Enumeration>,
    /// Typedefs.
    pub typedefs: Vec<Typedef>,
    /// Object-like macros.
    pub constants: Vec<Constant>,
    /// Function-like macros.
    pub macros: Vec<FunctionMacro>,
    /// Functions and variables.
    pub functions: Vec<Function>,
    /// Declarations that were not believed.
    pub unread: Vec<Unread>,
    /// How it compiles.
    pub language: Language,
    /// Text after `SPDX-License-Identifier:`, where there is one.
    pub license: Option<String>,
    /// `CONFIG_*` names outside comments.
    pub config_uses: Vec<ConfigUse>,
}

impl HeaderSurface {
    /// The same declarations without the lines that they stand on.
    pub fn without_lines(mut self) -> Self {
        fn fields(list: &mut [super::Field]) {
            for field in list {
                field.line = 0;
                fields(&mut field.fields);
            }
        }
        for item in &mut self.records {
            (item.line, item.end_line) = (0, 0);
            fields(&mut item.fields);
        }
        for item in &mut self.enumerations {
            (item.line, item.end_line) = (0, 0);
            item.enumerators.iter_mut().for_each(|item| item.line = 0);
        }
        self.includes.iter_mut().for_each(|item| item.line = 0);
        self.typedefs.iter_mut().for_each(|item| item.line = 0);
        self.constants.iter_mut().for_each(|item| item.line = 0);
        self.macros.iter_mut().for_each(|item| item.line = 0);
        self.functions.iter_mut().for_each(|item| item.line = 0);
        self.unread.iter_mut().for_each(|item| item.line = 0);
        self.config_uses.iter_mut().for_each(|item| item.line = 0);
        self
    }
}
