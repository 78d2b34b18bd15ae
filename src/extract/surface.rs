//! The declarations of a header become records, enumerations, typedefs and functions; those that an
//! error touches become [`Unread`]. Also what the text alone tells: includes, licence, `CONFIG_` names.

use super::clang::Cursor;
use super::lexical::{self, Scan};
use super::stubs::INCLUDE_ROOT;
use super::taint::Taint;
use super::unit::Job;
use super::{enumeration, record, typedef, typeref};
use crate::model::{HeaderSurface, Include, Unread};
use clang_sys::*;
use std::collections::BTreeSet;

/// Deepest nesting of declarations that is followed; clang itself stops at 256 brackets.
const DEEPEST: usize = 256;

/// Most enumerators of one header: twenty times what any header of a kernel has. Each is compared and told
/// by itself, so a hostile header could ask for any amount of memory and time.
const MOST_ENUMERATORS: usize = 1 << 16;

struct Reader<'a> {
    text: &'a [u8],
    taint: &'a Taint,
    surface: HeaderSurface,
    /// Lines of the declarations that were looked at, believed or not.
    covered: Vec<(u32, u32)>,
    /// Number of enumerators so far.
    enumerators: usize,
}

/// Reads the declarations of a header.
pub fn read(header: &str, text: &[u8], cursors: &[Cursor<'_>], taint: &Taint) -> HeaderSurface {
    let mut reader = Reader {
        text,
        taint,
        surface: HeaderSurface {
            path: header.to_owned(),
            ..HeaderSurface::default()
        },
        covered: Vec::new(),
        enumerators: 0,
    };
    for cursor in cursors {
        reader.declaration(*cursor, 0);
    }
    reader.leftovers(header);
    reader.surface
}

impl Reader<'_> {
    fn declaration(&mut self, cursor: Cursor<'_>, depth: usize) {
        match cursor.kind() {
            CXCursor_StructDecl | CXCursor_UnionDecl if cursor.is_definition() => {
                self.record(cursor);
                self.nested(cursor, depth);
            }
            CXCursor_EnumDecl if cursor.is_definition() => self.enumeration(cursor),
            CXCursor_TypedefDecl => {
                let name = cursor.spelling();
                if self.believes(cursor, &name) {
                    self.surface.typedefs.push(typedef::typedef(cursor));
                }
            }
            CXCursor_FunctionDecl | CXCursor_VarDecl => {
                let name = cursor.spelling();
                if self.believes(cursor, &name) {
                    let function = typedef::function(cursor, self.text);
                    self.surface.functions.push(function);
                }
            }
            _ => {}
        }
    }

    /// Records and enumerations declared inside a record. C gives them file scope.
    fn nested(&mut self, cursor: Cursor<'_>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for child in cursor.children() {
            if matches!(
                child.kind(),
                CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_EnumDecl
            ) {
                self.declaration(child, depth + 1);
            }
        }
    }

    fn record(&mut self, cursor: Cursor<'_>) {
        let name = typeref::name(cursor);
        if name.is_empty() || !self.believes(cursor, &name) {
            return;
        }
        match record::read(cursor, name.clone()) {
            Ok(record) => self.surface.records.push(record),
            Err(reason) => self.disbelieve(cursor, &name, reason),
        }
    }

    fn enumeration(&mut self, cursor: Cursor<'_>) {
        let mut name = typeref::name(cursor);
        let children = cursor.children();
        if name.is_empty() {
            // Known by its first enumerator where it has to be named.
            name = children
                .first()
                .map(|first| first.spelling())
                .unwrap_or_default();
        }
        if !self.believes(cursor, &name) {
            return;
        }
        self.enumerators += children.len();
        if self.enumerators > MOST_ENUMERATORS {
            let reason = format!("the header has more than {MOST_ENUMERATORS} enumerators");
            return self.disbelieve(cursor, &name, reason);
        }
        match enumeration::read(cursor, self.text) {
            Ok(enumeration) => self.surface.enumerations.push(enumeration),
            Err(reason) => self.disbelieve(cursor, &name, reason),
        }
    }

    fn believes(&mut self, cursor: Cursor<'_>, name: &str) -> bool {
        let (start, end) = cursor.extent();
        self.covered.push((start.line, end.line.max(start.line)));
        match self.taint.of(cursor) {
            None => true,
            Some(reason) => {
                self.disbelieve(cursor, name, reason);
                false
            }
        }
    }

    fn disbelieve(&mut self, cursor: Cursor<'_>, name: &str, reason: String) {
        let (start, end) = cursor.extent();
        let mut source = self.text.get(start.offset..end.offset).unwrap_or_default();
        let braces = matches!(
            cursor.kind(),
            CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_EnumDecl
        );
        if braces && !source.contains(&b'}') {
            // It is never closed, and libclang says that it ends where it begins.
            source = self.text.get(start.offset..).unwrap_or_default();
        }
        self.surface.unread.push(Unread {
            item: name.to_owned(),
            line: start.line,
            reason,
            text: lexical::squeeze(source),
        });
    }

    /// Errors of the header outside every declaration.
    fn leftovers(&mut self, header: &str) {
        let path = format!("{INCLUDE_ROOT}{header}");
        let mut seen = BTreeSet::new();
        for (line, reason) in self.taint.of_file(&path) {
            let inside = self
                .covered
                .iter()
                .any(|(start, end)| (start..=end).contains(&line));
            if !inside && seen.insert(reason) {
                let text = self.beside();
                self.surface.unread.push(Unread {
                    item: String::new(),
                    line: 0,
                    reason: reason.clone(),
                    text,
                });
            }
        }
    }

    /// What stands outside every declaration and is no directive: nothing, in a header without errors.
    fn beside(&self) -> String {
        let source = String::from_utf8_lossy(self.text);
        let mut found = String::new();
        for (line, text) in lexical::logical_lines(&source) {
            let text = text.trim();
            let inside = |(start, end): &(u32, u32)| (*start..=*end).contains(&line);
            if !text.is_empty() && !text.starts_with('#') && !self.covered.iter().any(inside) {
                found.push_str(&lexical::squeeze(text.as_bytes()));
                found.push('\n');
            }
        }
        found
    }
}

/// Adds what the text alone tells. `reached` has the lines of the includes that the preprocessor
/// reached; without it all were.
pub fn add_text(
    surface: &mut HeaderSurface,
    scan: &Scan,
    job: &Job<'_>,
    reached: Option<&BTreeSet<u32>>,
) {
    surface.license.clone_from(&scan.license);
    surface.config_uses.clone_from(&scan.config_uses);
    surface.includes = scan
        .includes
        .iter()
        .filter(|include| reached.is_none_or(|lines| lines.contains(&include.line)))
        .map(|include| {
            let given = |path: &str| job.files.iter().any(|(known, _)| *known == path);
            let beside = job
                .header
                .rsplit_once('/')
                .map(|(directory, _)| format!("{directory}/{}", include.name))
                .filter(|path| include.quoted && given(path));
            let path = beside.unwrap_or_else(|| include.name.clone());
            Include {
                exported: given(&path),
                path,
                line: include.line,
            }
        })
        .collect();
}
