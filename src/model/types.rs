//! References to C types, reduced to what decides compatibility: size, alignment and class.

use serde::{Deserialize, Serialize};

/// What kind of value a type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TypeClass {
    /// Any integer type but those below; `signed` tells its sign.
    Integer {
        /// True for a signed type.
        signed: bool,
    },
    /// `_Bool`.
    Bool,
    /// Plain `char`, whose sign is the target's choice.
    Char,
    /// `float`, `double`, `long double`.
    Float,
    /// An enumeration.
    Enumeration,
    /// A pointer to data or to a function.
    Pointer,
    /// A struct or union by value.
    Record,
    /// `void`, a function, a vector or anything else that no field of a surface should hold.
    Other,
}

/// A type as a field, typedef or ioctl argument names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRef {
    /// As the header writes it, typedef names kept: `__u32`, `struct foo [4]`. Anonymous records read
    /// `struct {}` / `union {}` / `enum {}` and never carry a path or a line.
    pub spelling: String,
    /// With typedefs resolved down to C's own types: `unsigned int`. Anonymous ones masked likewise.
    pub canonical: String,
    /// Class of the innermost element: of `T` for `T [4][2]`.
    pub class: TypeClass,
    /// Array bounds, outermost first; empty for a scalar. A flexible or zero bound is 0.
    pub bounds: Vec<u64>,
    /// Size in bytes; 0 where the type is incomplete (a flexible array).
    pub size: u64,
    /// Alignment in bytes; 0 where unknown.
    pub align: u64,
    /// Name of the record or enumeration held by value, innermost element (`struct foo`), or empty.
    pub holds: String,
    /// Typedef names met on the way from the spelling to the canonical type, outermost first.
    pub typedefs: Vec<String>,
}

/// `typedef <type> <name>;`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typedef {
    /// The new name.
    pub name: String,
    /// Line of the header.
    pub line: u32,
    /// What it stands for, with the alignment that the new name has.
    pub target: TypeRef,
}
