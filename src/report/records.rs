//! The layouts of a record on both sides, as a report keeps them to be drawn.
//!
//! Only what a picture needs: names, types, places. Offsets and sizes are in bits, those of a whole record
//! in bytes. Made from the model and bounded, for the headers are anyone's. Next: `html` draws them.

use crate::diff::layout::{holes, leaves};
use crate::model::{Record, RecordKind};
use crate::report::phrases::cut;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most fields of a record that are kept; the rest is counted.
pub const MOST_FIELDS: usize = 400;

/// Most characters of a name or a type, which macros can make long at little cost.
const LONGEST: usize = 300;

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
            type_name: cut(&leaf.field.ty.spelling, LONGEST),
            name: cut(&leaf.path, LONGEST),
            offset_bits: leaf.field.offset_bits,
            size_bits: leaf.field.size_bits,
            bitfield: leaf.field.bitfield,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, TypeClass, TypeRef};

    fn field(name: &str, offset_bits: u64, bounds: &[u64], inner: Vec<Field>) -> Field {
        Field {
            name: name.to_owned(),
            line: 1,
            offset_bits,
            size_bits: 32,
            bitfield: false,
            ty: TypeRef {
                spelling: "__u32".to_owned(),
                canonical: "unsigned int".to_owned(),
                class: TypeClass::Integer { signed: false },
                bounds: bounds.to_vec(),
                size: 4,
                align: 4,
                holds: String::new(),
                typedefs: Vec::new(),
            },
            flexible: None,
            inline: (!inner.is_empty()).then_some(RecordKind::Struct),
            fields: inner,
        }
    }

    fn record(fields: Vec<Field>) -> Layout {
        Layout::from(&Record {
            name: "struct foo".to_owned(),
            kind: RecordKind::Struct,
            line: 1,
            end_line: 2,
            size: 8,
            align: 4,
            packed: false,
            fields,
        })
    }

    fn names(layout: &Layout) -> Vec<&str> {
        let names = layout.fields.iter().map(|field| field.name.as_str());
        names.collect()
    }

    #[test]
    fn members_declared_in_place_give_their_fields_and_arrays_of_them_stay_whole() {
        let pair = || {
            vec![
                field("x", 0, &[], Vec::new()),
                field("y", 32, &[], Vec::new()),
            ]
        };
        let inner = record(vec![field("a", 0, &[], pair())]);
        assert_eq!(names(&inner), ["a.x", "a.y"]);
        let array = record(vec![
            field("a", 0, &[3], pair()),
            field("ab", 96, &[], Vec::new()),
        ]);
        assert_eq!(names(&array), ["a", "ab"]);
        let anonymous = record(vec![field("", 0, &[], pair())]);
        assert_eq!(names(&anonymous), ["x", "y"]);
    }

    #[test]
    fn fields_beyond_the_most_are_counted() {
        let many = |number| {
            let fields = (0..number).map(|at| field(&format!("f{at}"), 0, &[], Vec::new()));
            record(fields.collect())
        };
        assert_eq!(many(MOST_FIELDS).fields_left_out, 0);
        let more = many(MOST_FIELDS + 7);
        assert_eq!((more.fields.len(), more.fields_left_out), (MOST_FIELDS, 7));
    }
}
