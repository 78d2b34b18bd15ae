//! Places in a unit's files, and what libclang says about them. Plain data.

use std::rc::Rc;

/// A line and byte offset of a file of the unit; for code out of a macro, where the macro is used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// Name of the file as it was opened; empty for what the compiler itself defines.
    pub file: Rc<str>,
    /// Line, counted from 1.
    pub line: u32,
    /// Bytes from the start of the file.
    pub offset: usize,
}

/// An error that the compiler reports.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Where.
    pub location: Location,
    /// Its text, without place or severity.
    pub text: String,
}

/// A file that the unit took in.
#[derive(Debug)]
pub struct Inclusion {
    /// Its name.
    pub file: Rc<str>,
    /// Names of the files whose `#include`s led to it, innermost first.
    pub through: Vec<Rc<str>>,
}
