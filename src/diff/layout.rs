//! The fields of a record, laid flat: every name that a program can write after the dot.
//!
//! Anonymous members are transparent, as in C: their fields belong to the record. A named member that
//! is declared in place is a leaf itself and the parent of others (`a`, `a.b`).

use crate::model::{Field, Record, RecordKind};
use std::collections::BTreeSet;

/// One nameable field, or an unnamed bit-field.
#[derive(Debug, Clone)]
pub struct Leaf<'a> {
    /// Access path (`a.b`); empty for an unnamed bit-field.
    pub path: String,
    /// The field.
    pub field: &'a Field,
    /// Positions of the in-place records around it, outermost first: which container it stands in.
    pub container: Vec<usize>,
    /// True where it stands, at any depth, in a union.
    pub in_union: bool,
}

impl Leaf<'_> {
    /// First bit.
    pub fn start(&self) -> u64 {
        self.field.offset_bits
    }

    /// The bit after its last one.
    pub fn end(&self) -> u64 {
        self.field.offset_bits + self.field.size_bits
    }

    /// Whether the two share a bit.
    pub fn overlaps(&self, start: u64, end: u64) -> bool {
        self.start() < end && start < self.end()
    }

    /// Offset in bytes (of the byte that holds its first bit).
    pub fn offset(&self) -> u64 {
        self.field.offset_bits / 8
    }

    /// Size in bytes, rounded up for a bit-field.
    pub fn size(&self) -> u64 {
        self.field.size_bits.div_ceil(8)
    }

    /// Whether its name says that its bytes are unused. An unnamed bit-field always does.
    pub fn is_pad(&self) -> bool {
        let name = &self.field.name;
        name.is_empty() || super::naming::is_pad(name)
    }

    /// Whether it is a record declared in place, whose own fields are leaves too.
    pub fn is_group(&self) -> bool {
        self.field.inline.is_some()
    }

    /// Access path of the named record around it, or empty.
    pub fn parent(&self) -> &str {
        self.path.rfind('.').map_or("", |end| &self.path[..end])
    }
}

/// Every nameable field of a record, in order of declaration.
pub fn leaves(record: &Record) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    let outer = Around {
        prefix: "",
        container: &[],
        union: record.kind == RecordKind::Union,
    };
    walk(&record.fields, &outer, &mut found);
    found
}

struct Around<'a> {
    prefix: &'a str,
    container: &'a [usize],
    union: bool,
}

fn walk<'a>(fields: &'a [Field], around: &Around<'_>, found: &mut Vec<Leaf<'a>>) {
    for (position, field) in fields.iter().enumerate() {
        let path = match (around.prefix, field.name.as_str()) {
            (_, "") => String::new(),
            ("", name) => name.to_owned(),
            (prefix, name) => format!("{prefix}.{name}"),
        };
        if !field.name.is_empty() || (field.bitfield && field.size_bits > 0) {
            found.push(Leaf {
                path: path.clone(),
                field,
                container: around.container.to_vec(),
                in_union: around.union,
            });
        }
        if let Some(kind) = field.inline {
            let prefix = if field.name.is_empty() {
                around.prefix
            } else {
                &path
            };
            let mut container = around.container.to_vec();
            container.push(position);
            let inner = Around {
                prefix,
                container: &container,
                union: around.union || kind == RecordKind::Union,
            };
            walk(&field.fields, &inner, found);
        }
    }
}

/// The nesting of in-place records around the fields that `kept` names: equal shapes group the same
/// fields the same way.
pub fn shape(fields: &[Field], kept: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    for field in fields {
        let inner = shape(&field.fields, kept);
        match field.inline {
            Some(_) if inner.is_empty() => {}
            Some(RecordKind::Struct) => text.push_str(&format!("s({inner})")),
            Some(RecordKind::Union) => text.push_str(&format!("u({inner})")),
            None if kept.contains(field.name.as_str()) => {
                text.push_str(&field.name);
                text.push(';');
            }
            None => {}
        }
    }
    text
}

/// Bits of a record that no field covers: (start, end), in order. Fields that share bits count once.
pub fn holes(record: &Record) -> Vec<(u64, u64)> {
    let mut covered: Vec<(u64, u64)> = leaves(record)
        .iter()
        .filter(|leaf| !leaf.is_group() || !leaf.field.ty.bounds.is_empty())
        .map(|leaf| (leaf.start(), leaf.end()))
        .collect();
    covered.sort_unstable();
    let mut holes = Vec::new();
    let mut next = 0;
    for (start, end) in covered {
        if start > next {
            holes.push((next, start));
        }
        next = next.max(end);
    }
    if next < record.size * 8 {
        holes.push((next, record.size * 8));
    }
    holes
}
