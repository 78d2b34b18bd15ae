//! What must not be believed: declarations with an error in their lines, or in the lines of a type that
//! they hold by value. The compiler goes on after an error with made-up sizes and values and does not
//! mark them.

use super::clang::Cursor;
use super::location::Diagnostic;
use super::typeref;
use clang_sys::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Deepest chain of types that is followed.
const DEEPEST: usize = 256;

/// File and byte offset of a declaration.
type Key = (Rc<str>, usize);

/// The errors of a unit's headers.
#[derive(Default)]
pub struct Taint {
    errors: HashMap<Rc<str>, Vec<(u32, String)>>,
    known: RefCell<HashMap<Key, Option<String>>>,
}

impl Taint {
    /// Collects the errors.
    pub fn new<'d>(errors: impl Iterator<Item = &'d Diagnostic>) -> Self {
        let mut by_file: HashMap<Rc<str>, Vec<(u32, String)>> = HashMap::new();
        for error in errors {
            by_file
                .entry(error.location.file.clone())
                .or_default()
                .push((error.location.line, super::message::tidy(&error.text)));
        }
        Self {
            errors: by_file,
            known: RefCell::default(),
        }
    }

    /// Errors of a file: lines and texts.
    pub fn of_file(&self, file: &str) -> &[(u32, String)] {
        self.errors.get(file).map_or(&[], Vec::as_slice)
    }

    /// The first error that a declaration's meaning rests on.
    pub fn of(&self, declaration: Cursor<'_>) -> Option<String> {
        if self.errors.is_empty() {
            return None;
        }
        self.search(declaration, 0)
    }

    /// The first error that anything an expression refers to rests on.
    pub fn of_use(&self, expression: Cursor<'_>) -> Option<String> {
        if self.errors.is_empty() {
            return None;
        }
        self.search_use(expression, 0)
    }

    fn search_use(&self, expression: Cursor<'_>, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        let own = expression
            .referenced()
            .and_then(|declaration| self.search(declaration, depth));
        own.or_else(|| {
            expression
                .children()
                .into_iter()
                .find_map(|child| self.search_use(child, depth + 1))
        })
    }

    fn search(&self, declaration: Cursor<'_>, depth: usize) -> Option<String> {
        let (start, end) = declaration.extent();
        let key = (start.file.clone(), start.offset);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        // Stands for "clean" while the search is on, so that a type that refers to itself ends it.
        self.known.borrow_mut().insert(key.clone(), None);
        let own = self
            .of_file(&start.file)
            .iter()
            .find(|(line, _)| (start.line..=end.line.max(start.line)).contains(line))
            .map(|(_, text)| text.clone());
        let found = own.or_else(|| {
            let held = if depth > DEEPEST {
                Vec::new()
            } else {
                held(declaration)
            };
            held.into_iter()
                .find_map(|part| self.search(part, depth + 1))
        });
        self.known.borrow_mut().insert(key, found.clone());
        found
    }
}

/// Declarations whose meaning this one's layout or value rests on.
fn held(declaration: Cursor<'_>) -> Vec<Cursor<'_>> {
    match declaration.kind() {
        // By its children: libclang lists no fields of a record that it found invalid.
        CXCursor_StructDecl | CXCursor_UnionDecl => declaration
            .children()
            .into_iter()
            .filter(|child| child.kind() == CXCursor_FieldDecl)
            .flat_map(|field| typeref::resolve(field.ty()).depends)
            .collect(),
        CXCursor_TypedefDecl => typeref::resolve(declaration.typedef_target()).depends,
        CXCursor_VarDecl => typeref::resolve(declaration.ty()).depends,
        CXCursor_EnumConstantDecl => vec![declaration.ty().declaration()],
        _ => Vec::new(),
    }
}
