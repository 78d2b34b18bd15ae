//! C types as the model names them: no paths, no lines, the same spelling whatever libclang is in use.

use super::clang::{Cursor, Type};
use crate::model::{TypeClass, TypeRef};
use clang_sys::*;

/// Longest chain of typedefs and arrays that is followed; real ones have a handful of links.
const LONGEST_CHAIN: usize = 200;

/// A type and the declarations that its meaning depends on.
pub struct Resolved<'u> {
    /// The type.
    pub ty: TypeRef,
    /// Typedefs passed on the way and the record or enumeration held by value.
    pub depends: Vec<Cursor<'u>>,
    /// Canonical type of the innermost element.
    pub innermost: Type<'u>,
    /// Whether the outermost array has no bound at all (`[]`).
    pub unbounded: bool,
}

/// Resolves a type.
pub fn resolve(written: Type<'_>) -> Resolved<'_> {
    let mut current = written;
    let (mut bounds, mut typedefs, mut depends) = (Vec::new(), Vec::new(), Vec::new());
    let mut unbounded = false;
    for _ in 0..LONGEST_CHAIN {
        match current.kind() {
            CXType_Elaborated => current = current.named(),
            CXType_Typedef => {
                let declaration = current.declaration();
                typedefs.push(declaration.spelling());
                depends.push(declaration);
                current = declaration.typedef_target();
            }
            CXType_ConstantArray => {
                bounds.push(current.bound());
                current = current.element();
            }
            CXType_IncompleteArray | CXType_VariableArray => {
                unbounded |= bounds.is_empty();
                bounds.push(0);
                current = current.element();
            }
            CXType_Unexposed | CXType_Attributed => {
                let canonical = current.canonical();
                if canonical.kind() == current.kind() {
                    break;
                }
                current = canonical;
            }
            _ => break,
        }
    }
    let innermost = current.canonical();
    let class = class(innermost.kind());
    let mut holds = String::new();
    if matches!(class, TypeClass::Record | TypeClass::Enumeration) {
        let declaration = innermost.declaration();
        holds = name(declaration);
        depends.push(declaration);
    }
    let ty = TypeRef {
        spelling: tidy(&written.spelling()),
        canonical: tidy(&written.canonical().spelling()),
        class,
        bounds,
        size: written.size().unwrap_or(0),
        align: written.align().or_else(|| innermost.align()).unwrap_or(0),
        holds,
        typedefs,
    };
    Resolved {
        ty,
        depends,
        innermost,
        unbounded,
    }
}

fn class(kind: CXTypeKind) -> TypeClass {
    match kind {
        CXType_Bool => TypeClass::Bool,
        CXType_Char_S | CXType_Char_U => TypeClass::Char,
        CXType_Enum => TypeClass::Enumeration,
        CXType_Record => TypeClass::Record,
        CXType_Pointer => TypeClass::Pointer,
        CXType_Float | CXType_Double | CXType_LongDouble | CXType_Float128 | CXType_Half
        | CXType_Float16 => TypeClass::Float,
        CXType_SChar | CXType_Short | CXType_Int | CXType_Long | CXType_LongLong
        | CXType_Int128 | CXType_WChar => TypeClass::Integer { signed: true },
        kind if is_unsigned(kind) => TypeClass::Integer { signed: false },
        _ => TypeClass::Other,
    }
}

/// Whether it is one of C's unsigned integer types.
pub fn is_unsigned(kind: CXTypeKind) -> bool {
    matches!(
        kind,
        CXType_UChar
            | CXType_UShort
            | CXType_UInt
            | CXType_ULong
            | CXType_ULongLong
            | CXType_UInt128
            | CXType_Bool
            | CXType_Char_U
            | CXType_Char16
            | CXType_Char32
    )
}

/// Name of a record or enumeration: `struct foo`, a typedef's name, or empty.
pub fn name(declaration: Cursor<'_>) -> String {
    let spelling = tidy(&declaration.ty().spelling());
    if spelling.contains("{}") {
        String::new()
    } else {
        spelling
    }
}

/// A type's spelling without what differs between machines and versions of libclang: anonymous records
/// read `struct {}`, and a space stands before array bounds.
pub fn tidy(spelling: &str) -> String {
    if !spelling.contains(['(', '[']) {
        // Most are plain names, and there is nothing to do for them.
        return spelling.to_owned();
    }
    space_bounds(&mask(spelling))
}

fn space_bounds(spelling: &str) -> String {
    let mut tidied = String::with_capacity(spelling.len() + 1);
    for c in spelling.chars() {
        let glued = tidied
            .chars()
            .next_back()
            .is_some_and(|previous| previous.is_alphanumeric() || matches!(previous, '_' | '}'));
        if c == '[' && glued {
            tidied.push(' ');
        }
        tidied.push(c);
    }
    tidied
}

/// Replaces `struct (unnamed struct at /a/b.h:1:2)` and its relatives by `struct {}`.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = ["(unnamed", "(anonymous"]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
    {
        let inside = &rest[start..];
        let length = anonymous_length(inside);
        let head = strip_qualifiers(rest[..start].trim_end());
        let keyword = ["struct", "union", "enum"].into_iter().find(|keyword| {
            inside[..length].contains(&format!(" {keyword}")) || head.ends_with(keyword)
        });
        let head = keyword.map_or(head, |keyword| head.strip_suffix(keyword).unwrap_or(head));
        masked.push_str(head);
        masked.push_str(keyword.unwrap_or("struct"));
        masked.push_str(" {}");
        rest = &rest[start + length..];
    }
    masked.push_str(rest);
    masked
}

/// Length of `(unnamed struct at path:1:2)`; the path may hold parentheses of its own, so the end is
/// the first parenthesis behind a line and a column.
fn anonymous_length(inside: &str) -> usize {
    let closing = || inside.match_indices(')').map(|(index, _)| index);
    let placed = closing().find(|end| {
        let mut parts = inside[..*end].rsplitn(3, ':');
        let number = |text: Option<&str>| {
            text.is_some_and(|text| {
                !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        number(parts.next()) && number(parts.next())
    });
    let first = closing().next();
    let end = if first.is_some_and(|end| inside[..end].contains(" at ")) {
        placed
    } else {
        first
    };
    end.map_or(inside.len(), |end| end + 1)
}

/// Drops the `outer::` that C has no use for.
fn strip_qualifiers(head: &str) -> &str {
    let mut head = head;
    while let Some(outer) = head.strip_suffix("::") {
        head = outer.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        head = head.trim_end();
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anonymous_types_carry_no_place() {
        let cases = [
            ("struct (unnamed struct at /u/x.h:3:14)", "struct {}"),
            (
                "union foo::(anonymous union at /u/x(1).h:3:14)[4]",
                "union {} [4]",
            ),
            ("struct foo::(anonymous at /u/x.h:3:14) *", "struct {} *"),
            ("enum (unnamed enum at x.h:1:1)", "enum {}"),
            ("(unnamed union at x.h:1:1)", "union {}"),
        ];
        for (spelling, expected) in cases {
            assert_eq!(tidy(spelling), expected);
        }
    }

    #[test]
    fn named_types_stay_and_bounds_are_spaced() {
        assert_eq!(tidy("struct foo"), "struct foo");
        assert_eq!(tidy("struct foo[4][2]"), "struct foo [4][2]");
        assert_eq!(tidy("int *[3]"), "int *[3]");
        assert_eq!(tidy("int (*)[3]"), "int (*)[3]");
    }
}
