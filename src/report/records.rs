//! The layouts of a record on both sides, as a report keeps them to be drawn.
//!
//! Only what a picture needs: names, types, places. Offsets and sizes are in bits, those of a whole record
//! in bytes. Made from the model and bounded, for the headers are anyone's. Next: `html` draws them.

use crate::diff::layout::{holes, leaves};
use crate::model::{Record, RecordKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most fields of a record that are kept; the rest is counted.
pub const MOST_FIELDS: usize = 400;

/// A record on both sides, on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Layouts {
    /// The record, as a finding names it (`struct foo`).
    pub subject: String,
    /// Installed path of the header, as the finding names it.
    pub header: String,
    /// The target that this is so on.
    pub target: String,
    /// Its layout before; null where there was none.
    pub before: Option<Layout>,
    /// Its layout after; null where there is none.
    pub after: Option<Layout>,
}

/// The layout of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Layout {
    /// Size in bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// True for a union.
    pub union: bool,
    /// Its fields in order of declaration; those of anonymous members, and of members declared in place, are its
    /// own (`a.b`).
    pub fields: Vec<Member>,
    /// Bits that no field covers.
    pub padding: Vec<Padding>,
    /// Number of fields that are left out because there are too many.
    pub fields_left_out: usize,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Its access path; empty for an unnamed bit-field.
    pub name: String,
    /// Its type, as written.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Offset in bits.
    pub offset_bits: u64,
    /// Size in bits; 0 for an array without a fixed length.
    pub size_bits: u64,
    /// True for a bit-field.
    pub bitfield: bool,
}

/// Bits between fields, or behind the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Padding {
    /// Offset in bits.
    pub offset_bits: u64,
    /// Size in bits.
    pub size_bits: u64,
}

impl From<&Record> for Layout {
    fn from(record: &Record) -> Self {
        let mut fields = members(record);
        let fields_left_out = fields.len().saturating_sub(MOST_FIELDS);
        fields.truncate(MOST_FIELDS);
        let mut holes = holes(record);
        holes.truncate(MOST_FIELDS);
        let padding = holes.into_iter().map(|(start, end)| Padding {
            offset_bits: start,
            size_bits: end.saturating_sub(start),
        });
        Self {
            size: record.size,
            align: record.align,
            union: record.kind == RecordKind::Union,
            padding: padding.collect(),
            fields,
            fields_left_out,
        }
    }
}

/// The innermost fields. An array of records that are declared in place is one field: what lies inside stands
/// there several times.
fn members(record: &Record) -> Vec<Member> {
    let mut arrays: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for leaf in leaves(record) {
        let inside = |array: &String| leaf.path.starts_with(array.as_str());
        let is_array = !leaf.field.ty.bounds.is_empty();
        if arrays.iter().any(inside) || leaf.is_group() && !is_array {
            continue;
        }
        if leaf.is_group() {
            arrays.push(format!("{}.", leaf.path));
        }
        found.push(Member {
            name: leaf.path,
            type_name: leaf.field.ty.spelling.clone(),
            offset_bits: leaf.field.offset_bits,
            size_bits: leaf.field.size_bits,
            bitfield: leaf.field.bitfield,
        });
    }
    found
}
