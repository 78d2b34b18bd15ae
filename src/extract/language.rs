//! The header compiled in other ways: twice in one unit, as C90, as C++. Only errors and the sizes
//! that C++ gives are kept.

use super::clang::Cursor;
use super::lexical::Scan;
use super::location::Diagnostic;
use super::parser::Parser;
use super::request::Languages;
use super::stubs::INCLUDE_ROOT;
use super::unit::{self, Form, Job};
use super::{alike, message, text};
use crate::model::{Build, Function, FunctionKind, HeaderSurface, Language, Record};
use clang_sys::*;
use std::collections::BTreeMap;

/// As the kernel's own header test has it (usr/include/Makefile: `-std=c90 -Wall -Werror` with gcc,
/// which refuses `//` comments there; clang has to be told so).
const C90: &[&str] = &[
    "-std=c90",
    "-Wcomment",
    "-Werror=comment",
    "-Werror=implicit-function-declaration",
];

/// The oldest C++ that programs are still built as.
const CXX98: &[&str] = &["-x", "c++", "-std=c++98", "-w"];

/// Tries them all. `surface` is what C made of the header, `clean` its text where it compiles alone
/// without an error anywhere: then what can be told from the text is compiled once more only where
/// `languages` wants that.
pub fn try_all(
    parser: &Parser,
    job: &Job<'_>,
    surface: &HeaderSurface,
    clean: Option<&Scan>,
    languages: Languages,
) -> Language {
    let once = format!("#include <{}>\n", job.through);
    let told = clean.filter(|_| languages == Languages::InDoubt);
    let (cxx, cxx_sizes) = if told.is_some() && is_same_in_cxx(job, surface) {
        (Build::Clean, Vec::new())
    } else {
        cxx(parser, job, &once, &surface.records)
    };
    Language {
        alone: Build::NotTried,
        twice: if told.is_some_and(|scan| is_guarded(job, surface, scan)) {
            Build::Clean
        } else {
            errors(parser, job, unit::GNU11, &once.repeat(2))
        },
        c90: if told.is_some() && is_same_in_c90(job) {
            Build::Clean
        } else {
            errors(parser, job, C90, &once)
        },
        cxx,
        cxx_sizes,
    }
}

/// Whether the second inclusion of the header must be empty, whatever it says.
fn is_guarded(job: &Job<'_>, surface: &HeaderSurface, scan: &Scan) -> bool {
    let Some(guard) = scan.guard.as_ref().filter(|_| scan.guard_is_whole) else {
        return false;
    };
    // The end of the unit completes a variable, and what follows the header may have done so instead.
    let variable = |function: &Function| function.kind == FunctionKind::Variable;
    let mut others = job.files.iter().filter(|(path, _)| *path != job.header);
    job.through == job.header
        && !surface.functions.iter().any(variable)
        && !scan.undefined.contains(guard)
        && !others.any(|(_, text)| text.may_undefine(guard))
}

/// Whether C90 sees what GNU C saw.
fn is_same_in_c90(job: &Job<'_>) -> bool {
    text::stubs_are_same_in_c90() && job.files.iter().all(|(_, text)| text.is_same_in_c90())
}

/// Whether C++ must find no error in the header and lay out its records as C does.
fn is_same_in_cxx(job: &Job<'_>, surface: &HeaderSurface) -> bool {
    let header = job.files.iter().find(|(path, _)| *path == job.header);
    let Some((_, header)) = header.filter(|_| job.through == job.header) else {
        return false;
    };
    let plain =
        surface.functions.is_empty() && surface.records.iter().all(|record| record.size > 0);
    let others = job.files.iter().filter(|(path, _)| *path != job.header);
    let stubs = text::stubs_for(job.files.iter().map(|(_, text)| *text));
    let stubs = stubs.iter().filter_map(|(name, _)| text::stub_traits(name));
    plain
        && alike::in_cxx(
            header.traits(),
            others.map(|(_, text)| text.traits()).chain(stubs),
        )
}

fn form<'a>(language: &'a [&'a str]) -> Form<'a> {
    Form {
        prelude_first: false,
        language,
        record: false,
    }
}

fn errors(parser: &Parser, job: &Job<'_>, language: &[&str], main: &str) -> Build {
    match parser.parse(job, &form(language), main) {
        Ok(unit) => own(job, unit.errors()),
        Err(reason) => Build::Fails(reason),
    }
}

/// The verdict on the header itself: an error of a header that it includes is told there, and leaves
/// this one unjudged.
fn own(job: &Job<'_>, mut errors: Vec<Diagnostic>) -> Build {
    let all = errors.len();
    let path = format!("{INCLUDE_ROOT}{}", job.header);
    errors.retain(|error| *error.location.file == *path);
    if errors.is_empty() && all > 0 {
        return Build::NotTried;
    }
    message::build(&errors)
}

fn cxx(
    parser: &Parser,
    job: &Job<'_>,
    main: &str,
    records: &[Record],
) -> (Build, Vec<(String, u64)>) {
    let unit = match parser.parse(job, &form(CXX98), main) {
        Ok(unit) => unit,
        Err(reason) => return (Build::Fails(reason), Vec::new()),
    };
    let errors = unit.errors();
    if !errors.is_empty() {
        // Sizes next to an error are made up.
        return (own(job, errors), Vec::new());
    }
    let path = format!("{INCLUDE_ROOT}{}", job.header);
    let mut sizes = BTreeMap::new();
    for cursor in unit.root().children() {
        if *cursor.location().file == *path {
            add_sizes(cursor, &mut sizes, 0);
        }
    }
    let differing = records
        .iter()
        .filter_map(|record| {
            let (_, bare) = record.name.rsplit_once(' ').unwrap_or(("", &record.name));
            let size = *sizes.get(bare)?;
            (size != record.size).then(|| (record.name.clone(), size))
        })
        .collect();
    (Build::Clean, differing)
}

/// Sizes of the records declared at a cursor and inside it, by their names in C++.
fn add_sizes(cursor: Cursor<'_>, sizes: &mut BTreeMap<String, u64>, depth: usize) {
    const DEEPEST: usize = 256;
    let record = matches!(
        cursor.kind(),
        CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_ClassDecl
    );
    if record
        && cursor.is_definition()
        && let Some(size) = cursor.ty().size()
    {
        let name = cursor.ty().spelling();
        let (_, bare) = name.rsplit_once("::").unwrap_or(("", &name));
        sizes.insert(bare.to_owned(), size);
    }
    let holds_records = matches!(cursor.kind(), CXCursor_LinkageSpec | CXCursor_UnexposedDecl);
    if (record || holds_records) && depth < DEEPEST {
        for child in cursor.children() {
            add_sizes(child, sizes, depth + 1);
        }
    }
}
