//! A record becomes its C declaration with offset and size of every field, and its holes.
//!
//! Arithmetic saturates: the numbers come out of headers that anyone may have written.

use crate::model::{Field, Flexible, Record, RecordKind, TypeRef};
use crate::report::phrases::clean;

/// Columns before the comment.
const COMMENT_COLUMN: usize = 48;

/// The declaration; ends with a line break.
pub fn record(record: &Record) -> String {
    let name = clean(&record.name);
    let mut text = format!("{name} {{\n");
    let end = record.size.saturating_mul(8);
    let holes = members(&record.fields, record.kind, (0, end), 1, &mut text);
    let packed = if record.packed {
        " __attribute__((packed))"
    } else {
        ""
    };
    let holes = match holes {
        0 => String::new(),
        bits => format!(", padding {}", amount(bits)),
    };
    text.push_str(&format!(
        "}}{packed}; /* size {}, align {}{holes} */\n",
        record.size, record.align
    ));
    text
}

/// Writes the members of a record that lies between two bits; returns how many bits are padding.
fn members(
    fields: &[Field],
    kind: RecordKind,
    (start, end): (u64, u64),
    depth: usize,
    text: &mut String,
) -> u64 {
    let mut padding = 0_u64;
    let mut next = start;
    for field in fields {
        if kind == RecordKind::Struct {
            padding = padding.saturating_add(hole(next, field.offset_bits, depth, text));
        }
        padding = padding.saturating_add(member(field, depth, text));
        next = next.max(field.offset_bits.saturating_add(field.size_bits));
    }
    let flexible = fields.last().is_some_and(|field| field.flexible.is_some());
    if kind == RecordKind::Struct && !flexible {
        padding = padding.saturating_add(hole(next, end, depth, text));
    }
    padding
}

fn hole(from: u64, to: u64, depth: usize, text: &mut String) -> u64 {
    let bits = to.saturating_sub(from);
    if bits > 0 {
        let indent = "\t".repeat(depth);
        let (bits, at) = (amount(bits), place(from));
        text.push_str(&format!("{indent}/* padding: {bits} at {at} */\n"));
    }
    bits
}

fn member(field: &Field, depth: usize, text: &mut String) -> u64 {
    let indent = "\t".repeat(depth);
    let name = clean(&field.name);
    let comment = format!("/* {:>6} {:>6} */", place(field.offset_bits), size(field));
    let Some(kind) = field.inline else {
        let mut declared = declare_member(field, &name);
        if field.bitfield {
            declared.push_str(&format!(":{}", field.size_bits));
        }
        text.push_str(&commented(&format!("{indent}{declared};"), &comment));
        return 0;
    };
    let keyword = match kind {
        RecordKind::Struct => "struct",
        RecordKind::Union => "union",
    };
    text.push_str(&format!("{indent}{keyword} {{\n"));
    let start = field.offset_bits;
    let count = field
        .ty
        .bounds
        .iter()
        .fold(1, |n: u64, bound| n.saturating_mul((*bound).max(1)));
    let end = start.saturating_add(field.size_bits / count.max(1));
    let padding = members(&field.fields, kind, (start, end), depth + 1, text);
    let bounds: String = field
        .ty
        .bounds
        .iter()
        .map(|bound| format!("[{bound}]"))
        .collect();
    let close = match name.as_str() {
        "" => format!("{indent}}};"),
        name => format!("{indent}}} {name}{bounds};"),
    };
    text.push_str(&commented(&close, &comment));
    padding
}

fn declare_member(field: &Field, name: &str) -> String {
    let TypeRef { spelling, .. } = &field.ty;
    match field.flexible {
        // Whatever way the type is spelled, this is what it says.
        Some(Flexible::Incomplete) if !spelling.contains('[') => {
            format!("{}[]", declare(spelling, name))
        }
        _ => declare(spelling, name),
    }
}

/// `type name` as C writes it: the name inside a function pointer, array bounds behind it.
pub fn declare(spelling: &str, name: &str) -> String {
    let (spelling, name) = (clean(spelling), clean(name));
    if let Some((before, after)) = spelling.split_once("(*") {
        return format!("{before}(*{name}{after}");
    }
    let (base, bounds) = match spelling.split_once('[') {
        Some((base, bounds)) => (base.trim_end(), format!("[{}", bounds.replace("] [", "]["))),
        None => (spelling.as_str(), String::new()),
    };
    let blank = if base.ends_with('*') || name.is_empty() {
        ""
    } else {
        " "
    };
    format!("{base}{blank}{name}{bounds}")
}

fn commented(line: &str, comment: &str) -> String {
    let columns = line.chars().map(|c| if c == '\t' { 8 } else { 1 }).sum();
    let blanks = " ".repeat(COMMENT_COLUMN.saturating_sub(columns).max(1));
    format!("{line}{blanks}{comment}\n")
}

/// Bytes from the start, and bits behind a colon where it is not on a byte.
fn place(bits: u64) -> String {
    match bits % 8 {
        0 => (bits / 8).to_string(),
        rest => format!("{}:{rest}", bits / 8),
    }
}

fn size(field: &Field) -> String {
    if field.bitfield {
        format!("0:{}", field.size_bits)
    } else {
        place(field.size_bits)
    }
}

fn amount(bits: u64) -> String {
    match (bits / 8, bits % 8) {
        (1, 0) => "1 byte".to_owned(),
        (bytes, 0) => format!("{bytes} bytes"),
        _ => format!("{bits} bits"),
    }
}
