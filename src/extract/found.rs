//! What a parsed unit holds, by where it stands: in the header, behind it, or in what it takes in.
//!
//! Knows no errors and no meaning; [`super::unit`] goes on from here.

use super::clang::{Cursor, Unit};
use super::stubs::INCLUDE_ROOT;
use clang_sys::*;
use std::collections::{BTreeSet, HashMap};

/// The unit's cursors by where they stand.
pub struct Found<'u> {
    /// Declarations of the header.
    pub of_header: Vec<Cursor<'u>>,
    /// Declarations behind it.
    pub of_main: Vec<Cursor<'u>>,
    /// Macros of the header by name, with the line of the last definition.
    pub defined: HashMap<String, u32>,
    /// Lines of the header's `#include`s that were reached.
    pub included: BTreeSet<u32>,
}

/// Sorts the unit's cursors. `main` is the name of its own file.
pub fn sort<'u>(unit: &'u Unit<'_>, header: &str, main: &str) -> Found<'u> {
    let path = format!("{INCLUDE_ROOT}{header}");
    let mut found = Found {
        of_header: Vec::new(),
        of_main: Vec::new(),
        defined: HashMap::new(),
        included: BTreeSet::new(),
    };
    for cursor in unit.root().children() {
        let location = cursor.location();
        let in_header = *location.file == *path;
        match cursor.kind() {
            CXCursor_MacroDefinition if in_header => {
                found.defined.insert(cursor.spelling(), location.line);
            }
            CXCursor_InclusionDirective if in_header => {
                found.included.insert(location.line);
            }
            CXCursor_MacroDefinition | CXCursor_InclusionDirective | CXCursor_MacroExpansion => {}
            _ if in_header => found.of_header.push(cursor),
            _ if &*location.file == main => found.of_main.push(cursor),
            _ => {}
        }
    }
    found
}

/// Installed paths of the files that were taken in through the header, sorted, without itself.
pub fn closure(unit: &Unit<'_>, header: &str) -> Vec<String> {
    let path = format!("{INCLUDE_ROOT}{header}");
    let inside: BTreeSet<String> = unit
        .inclusions()
        .into_iter()
        .filter(|inclusion| inclusion.through.iter().any(|file| **file == *path))
        .filter_map(|inclusion| Some(inclusion.file.strip_prefix(INCLUDE_ROOT)?.to_owned()))
        .filter(|file| file != header)
        .collect();
    inside.into_iter().collect()
}
