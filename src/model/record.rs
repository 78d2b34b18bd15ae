//! Structs and unions with the layout that the target's ABI gives them.

use super::types::TypeRef;
use serde::{Deserialize, Serialize};

/// Struct or union.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RecordKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
}

/// How the last array of a record has no fixed length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flexible {
    /// `T a[]`, the C99 flexible array.
    Incomplete,
    /// `T a[0]`, the GNU zero-length array.
    Zero,
}

/// A complete struct or union declared at file scope, or a tagged one declared inside another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// As C programmers write it: `struct foo`, `union foo`, or the typedef's name where it has no tag.
    pub name: String,
    /// Struct or union.
    pub kind: RecordKind,
    /// Line of the declaration's start.
    pub line: u32,
    /// Line of its closing brace.
    pub end_line: u32,
    /// Size in bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// True where `__attribute__((packed))` stands on it.
    pub packed: bool,
    /// Members in declaration order.
    pub fields: Vec<Field>,
}

/// A member of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name; empty for an anonymous record or an unnamed bit-field.
    pub name: String,
    /// Line of the header.
    pub line: u32,
    /// Offset in bits from the start of the outermost record (inner ones are already added up).
    pub offset_bits: u64,
    /// Size in bits: the width of a bit-field, else 8 times the type's size (0 for a flexible array).
    pub size_bits: u64,
    /// True for a bit-field.
    pub bitfield: bool,
    /// Its type. For an untagged inline record the spelling is `struct {}` or `union {}`.
    pub ty: TypeRef,
    /// Set where the member is an array without a fixed length.
    pub flexible: Option<Flexible>,
    /// Kind of the untagged record declared in place, if it is one.
    pub inline: Option<RecordKind>,
    /// Members of that untagged record; empty otherwise.
    pub fields: Vec<Field>,
}
