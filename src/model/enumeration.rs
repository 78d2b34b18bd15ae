//! Enumerations and their enumerators.

use serde::{Deserialize, Serialize};

/// `enum foo { ... }`, tagged or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enumeration {
    /// `enum foo`, the typedef's name where it has no tag, or empty where it has neither.
    pub name: String,
    /// Line of the declaration's start.
    pub line: u32,
    /// Line of its closing brace.
    pub end_line: u32,
    /// Size of the underlying type in bytes.
    pub size: u64,
    /// True where the underlying type is signed.
    pub signed: bool,
    /// Constants in declaration order.
    pub enumerators: Vec<Enumerator>,
}

/// One constant of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// Line of the header.
    pub line: u32,
    /// Its value.
    pub value: i128,
    /// Tokens after `=`, single spaces between them; empty where the value is implicit.
    pub written: String,
}
