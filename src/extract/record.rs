//! Structs and unions with their layout.

use super::clang::Cursor;
use super::typeref;
use crate::model::{Field, Flexible, Record, RecordKind};
use clang_sys::*;

/// Deepest nesting of untagged records that is followed; clang itself stops at 256 brackets.
const DEEPEST: usize = 256;

/// Reads the definition of a record.
///
/// # Errors
/// Where its layout is unknown, in words for the user.
pub fn read(cursor: Cursor<'_>, name: String) -> Result<Record, String> {
    let ty = cursor.ty();
    let (start, end) = cursor.extent();
    Ok(Record {
        name,
        kind: kind(cursor).ok_or("neither struct nor union")?,
        line: start.line,
        end_line: end.line,
        size: ty.size().ok_or("its size is unknown")?,
        align: ty.align().ok_or("its alignment is unknown")?,
        packed: cursor
            .children()
            .iter()
            .any(|child| child.kind() == CXCursor_PackedAttr),
        fields: fields(cursor, 0, 0)?,
    })
}

fn kind(cursor: Cursor<'_>) -> Option<RecordKind> {
    match cursor.kind() {
        CXCursor_StructDecl => Some(RecordKind::Struct),
        CXCursor_UnionDecl => Some(RecordKind::Union),
        _ => None,
    }
}

fn fields(record: Cursor<'_>, base_bits: u64, depth: usize) -> Result<Vec<Field>, String> {
    if depth > DEEPEST {
        return Err("records nest too deeply".to_owned());
    }
    let listed = record.ty().fields();
    let declares = |child: &Cursor<'_>| child.kind() == CXCursor_FieldDecl;
    if listed.is_empty() && record.children().iter().any(declares) {
        return Err("the compiler calls it invalid".to_owned());
    }
    let mut read = Vec::new();
    for cursor in listed {
        read.push(field(cursor, base_bits, depth)?);
    }
    Ok(read)
}

fn field(cursor: Cursor<'_>, base_bits: u64, depth: usize) -> Result<Field, String> {
    let resolved = typeref::resolve(cursor.ty());
    let name = written_name(cursor);
    let offset = cursor
        .field_offset_bits()
        .ok_or_else(|| format!("the offset of {name} is unknown"))?;
    let offset_bits = base_bits + offset;
    let width = cursor.bit_width();
    let holds_untagged = resolved.innermost.kind() == CXType_Record && resolved.ty.holds.is_empty();
    let (mut inline, mut inner) = (None, Vec::new());
    if holds_untagged {
        let declaration = resolved.innermost.declaration();
        inline = kind(declaration);
        inner = fields(declaration, offset_bits, depth + 1)?;
    }
    Ok(Field {
        name,
        line: cursor.location().line,
        offset_bits,
        size_bits: width.unwrap_or(resolved.ty.size.saturating_mul(8)),
        bitfield: width.is_some(),
        flexible: match resolved.ty.bounds.first() {
            Some(0) if resolved.unbounded => Some(Flexible::Incomplete),
            Some(0) => Some(Flexible::Zero),
            _ => None,
        },
        ty: resolved.ty,
        inline,
        fields: inner,
    })
}

/// The field's name; libclang makes up a text for nameless ones, and that is no identifier.
fn written_name(cursor: Cursor<'_>) -> String {
    Some(cursor.spelling())
        .filter(|name| super::lexical::is_identifier(name))
        .unwrap_or_default()
}
