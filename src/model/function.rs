//! Functions and variables that a header declares.

use serde::{Deserialize, Serialize};

/// What sort of declaration it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FunctionKind {
    /// A function with a body (`static inline`).
    Inline,
    /// A function without one: user space cannot link it.
    Prototype,
    /// An `extern` variable.
    Variable,
}

/// A function or variable at file scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Line of the header.
    pub line: u32,
    /// What sort of declaration it is.
    pub kind: FunctionKind,
    /// Canonical type, such as `int (unsigned int)`.
    pub signature: String,
    /// Tokens of the body with single spaces, comments gone; empty without a body.
    pub body: String,
}
