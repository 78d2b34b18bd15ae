//! Enumerations and their enumerators.

use super::clang::Cursor;
use super::{lexical, typeref};
use crate::model::{Enumeration, Enumerator};
use clang_sys::*;

/// Reads the definition of an enumeration. `text` is the header's.
///
/// # Errors
/// Where its size is unknown, in words for the user.
pub fn read(cursor: Cursor<'_>, text: &[u8]) -> Result<Enumeration, String> {
    let (start, end) = cursor.extent();
    let kept_in = cursor.enumeration_type();
    let signed = !typeref::is_unsigned(kept_in.canonical().kind());
    let enumerators = cursor
        .children()
        .into_iter()
        .filter(|child| child.kind() == CXCursor_EnumConstantDecl)
        .map(|child| Enumerator {
            name: child.spelling(),
            line: child.location().line,
            value: child.enumerator_value(signed),
            written: written(child, text),
        })
        .collect();
    Ok(Enumeration {
        name: typeref::name(cursor),
        line: start.line,
        end_line: end.line,
        size: kept_in.size().ok_or("its size is unknown")?,
        signed,
        enumerators,
    })
}

/// Tokens behind the `=`; empty where the enumerator comes out of a macro and its text lies elsewhere.
fn written(enumerator: Cursor<'_>, text: &[u8]) -> String {
    let (start, end) = enumerator.extent();
    let source = text.get(start.offset..end.offset).unwrap_or_default();
    if !source.contains(&b'=') {
        return String::new();
    }
    let squeezed = lexical::squeeze(source);
    squeezed
        .split_once(" = ")
        .map_or(String::new(), |(_, value)| value.to_owned())
}
