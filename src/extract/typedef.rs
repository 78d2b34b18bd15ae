//! Typedefs, functions and variables.

use super::clang::Cursor;
use super::{lexical, typeref};
use crate::model::{Function, FunctionKind, Typedef};
use clang_sys::*;

/// Reads a typedef.
pub fn typedef(cursor: Cursor<'_>) -> Typedef {
    let mut target = typeref::resolve(cursor.typedef_target()).ty;
    // `__attribute__((aligned))` stands on the new name, not on what it stands for.
    target.align = cursor.ty().align().unwrap_or(target.align);
    Typedef {
        name: cursor.spelling(),
        line: cursor.location().line,
        target,
    }
}

/// Reads a function or variable at file scope. `text` is the header's.
pub fn function(cursor: Cursor<'_>, text: &[u8]) -> Function {
    let is_function = cursor.kind() == CXCursor_FunctionDecl;
    let body = cursor
        .children()
        .into_iter()
        .find(|child| is_function && child.kind() == CXCursor_CompoundStmt)
        .map(Cursor::extent);
    let kind = match (is_function, &body) {
        (false, _) => FunctionKind::Variable,
        (true, Some(_)) => FunctionKind::Inline,
        (true, None) => FunctionKind::Prototype,
    };
    let source = body.and_then(|(start, end)| text.get(start.offset..end.offset));
    Function {
        name: cursor.spelling(),
        line: cursor.location().line,
        kind,
        signature: typeref::tidy(&cursor.ty().canonical().spelling()),
        body: source.map(lexical::squeeze).unwrap_or_default(),
    }
}
