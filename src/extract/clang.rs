//! libclang behind safe types: units, cursors, types, diagnostics. The only `unsafe` of the package.
//!
//! Nothing here knows what a surface is; [`super::unit`] and its neighbours read meaning into cursors.
//! clang-sys keeps the loaded library per thread, and every type here stays on the thread that made it
//! (they hold raw pointers, so they are not `Send`).
#![allow(unsafe_code)]

use super::location::{Diagnostic, Inclusion, Location};
use clang_sys::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_void};
use std::ptr;
use std::rc::Rc;

/// Methods that lead from a cursor or type to a type.
macro_rules! types {
    ($($(#[$doc:meta])* $name:ident = $call:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Type<'u> {
            // SAFETY: `self` belongs to a living unit.
            let raw = unsafe { $call(self.raw) };
            Type { raw, unit: self.unit }
        }
    )*};
}

/// Takes the text out of a libclang string and frees it.
fn text(raw: CXString) -> String {
    // SAFETY: `raw` came from libclang and is disposed of exactly once, here.
    unsafe {
        let start = clang_getCString(raw);
        let owned = if start.is_null() {
            String::new()
        } else {
            CStr::from_ptr(start).to_string_lossy().into_owned()
        };
        clang_disposeString(raw);
        owned
    }
}

/// Loads the library that `LIBCLANG_PATH` names for the calling thread and gives its version text.
///
/// # Errors
/// One line that says why the library could not be opened.
pub fn load() -> Result<String, String> {
    clang_sys::load()?;
    if !clang_getClangVersion::is_loaded() {
        return Err("the library lacks clang_getClangVersion".to_owned());
    }
    // SAFETY: the function was found in the library that was just loaded on this thread.
    Ok(text(unsafe { clang_getClangVersion() }))
}

/// Arguments of a unit and whether it has the preprocessing record.
type Setup = (Vec<String>, bool);

/// Most units that are kept for the next parse with the same arguments; each holds a few megabytes.
const MOST_IDLE: usize = 8;

/// A libclang index; units are parsed in it.
///
/// Half of the time for a header goes into making sense of the arguments. A unit that is parsed again
/// with other files skips that and shares nothing else with what it was before.
pub struct Index {
    raw: CXIndex,
    idle: RefCell<HashMap<Setup, CXTranslationUnit>>,
}

impl Index {
    /// Makes one. [`load`] must have succeeded on this thread.
    pub fn new() -> Self {
        Self {
            // SAFETY: plain constructor; diagnostics are not printed.
            raw: unsafe { clang_createIndex(0, 0) },
            idle: RefCell::default(),
        }
    }

    /// Parses the first of `files` with the given arguments and the others in memory. With `record` the
    /// unit also has cursors for macro definitions and inclusions. `None` where libclang gave up.
    /// Every call names the same first file.
    pub fn parse(
        &self,
        files: &[(CString, &[u8])],
        arguments: Vec<String>,
        record: bool,
    ) -> Option<Unit<'_>> {
        let (main, _) = files.first()?;
        let mut unsaved: Vec<_> = files
            .iter()
            .map(|(name, text)| CXUnsavedFile {
                Filename: name.as_ptr(),
                Contents: text.as_ptr().cast(),
                Length: text.len() as _,
            })
            .collect();
        let setup = (arguments, record);
        let idle = self.idle.borrow_mut().remove(&setup);
        let raw = idle
            .and_then(|raw| again(raw, &mut unsaved))
            .or_else(|| self.first(main, &mut unsaved, &setup))?;
        Some(Unit {
            raw,
            setup,
            names: RefCell::default(),
            index: self,
        })
    }

    fn first(
        &self,
        main: &CStr,
        unsaved: &mut [CXUnsavedFile],
        (arguments, record): &Setup,
    ) -> Option<CXTranslationUnit> {
        let arguments = arguments
            .iter()
            .map(|text| CString::new(text.as_str()))
            .collect::<Result<Vec<_>, _>>()
            .ok()?;
        let pointers: Vec<_> = arguments.iter().map(|text| text.as_ptr()).collect();
        let recorded = CXTranslationUnit_DetailedPreprocessingRecord * i32::from(*record);
        let mut raw = ptr::null_mut();
        // SAFETY: every pointer is into something that outlives the call; libclang copies the buffers.
        let status = unsafe {
            clang_parseTranslationUnit2(
                self.raw,
                main.as_ptr(),
                pointers.as_ptr(),
                pointers.len() as _,
                unsaved.as_mut_ptr(),
                unsaved.len() as _,
                CXTranslationUnit_KeepGoing | recorded,
                &mut raw,
            )
        };
        (status == CXError_Success && !raw.is_null()).then_some(raw)
    }

    fn keep(&self, setup: Setup, raw: CXTranslationUnit) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() >= MOST_IDLE {
            idle.drain().for_each(|(_, old)| dispose(old));
        }
        if let Some(old) = idle.insert(setup, raw) {
            dispose(old);
        }
    }
}

/// Parses a unit that nobody uses any more with other files.
fn again(raw: CXTranslationUnit, unsaved: &mut [CXUnsavedFile]) -> Option<CXTranslationUnit> {
    // SAFETY: as for the first parse; the unit came out of the index and no cursor of it is left.
    let status = unsafe {
        clang_reparseTranslationUnit(
            raw,
            unsaved.len() as _,
            unsaved.as_mut_ptr(),
            CXReparse_None,
        )
    };
    if status == CXError_Success {
        return Some(raw);
    }
    dispose(raw);
    None
}

fn dispose(raw: CXTranslationUnit) {
    // SAFETY: every caller gives up the only pointer to a unit.
    unsafe { clang_disposeTranslationUnit(raw) }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.idle
            .get_mut()
            .drain()
            .for_each(|(_, raw)| dispose(raw));
        // SAFETY: made by `clang_createIndex`, dropped once; units borrow it and are gone by now.
        unsafe { clang_disposeIndex(self.raw) }
    }
}

/// A parsed unit.
pub struct Unit<'i> {
    raw: CXTranslationUnit,
    setup: Setup,
    /// File names by libclang's pointer: asking for a name copies it, and the pointers themselves
    /// can't be compared with `clang_File_isEqual` (every file in memory is equal to it).
    names: RefCell<HashMap<CXFile, Rc<str>>>,
    index: &'i Index,
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        // Cursors borrow the unit, so none is left.
        self.index.keep(std::mem::take(&mut self.setup), self.raw);
    }
}

impl Unit<'_> {
    /// The cursor of the whole unit.
    pub fn root(&self) -> Cursor<'_> {
        // SAFETY: `raw` is alive as long as `self`.
        self.cursor(unsafe { clang_getTranslationUnitCursor(self.raw) })
    }

    /// Every diagnostic of severity error or fatal error, in order.
    pub fn errors(&self) -> Vec<Diagnostic> {
        // SAFETY: indices are below the count; each diagnostic is disposed of once.
        unsafe {
            (0..clang_getNumDiagnostics(self.raw))
                .filter_map(|index| {
                    let raw = clang_getDiagnostic(self.raw, index);
                    let said = if clang_getDiagnosticSeverity(raw) >= CXDiagnostic_Error {
                        Some(text(clang_getDiagnosticSpelling(raw)))
                    } else {
                        bad_shift(raw)
                    };
                    let found = said.map(|text| Diagnostic {
                        location: self.location(clang_getDiagnosticLocation(raw)),
                        text,
                    });
                    clang_disposeDiagnostic(raw);
                    found
                })
                .collect()
        }
    }

    /// Every file that was entered, once for each time that it was.
    pub fn inclusions(&self) -> Vec<Inclusion> {
        extern "C" fn visit(
            file: CXFile,
            stack: *mut CXSourceLocation,
            depth: u32,
            data: CXClientData,
        ) {
            // SAFETY: `data` is the pair below, alive during the call; libclang gives `depth` places.
            unsafe {
                let (unit, found) = &mut *data.cast::<(&Unit<'_>, Vec<Inclusion>)>();
                let through = (0..depth as usize)
                    .map(|step| unit.location(*stack.add(step)).file)
                    .collect();
                found.push(Inclusion {
                    file: unit.name(file),
                    through,
                });
            }
        }
        let mut data: (&Unit<'_>, Vec<Inclusion>) = (self, Vec::new());
        // SAFETY: the callback only runs during the call.
        unsafe { clang_getInclusions(self.raw, visit, (&raw mut data).cast::<c_void>()) };
        data.1
    }

    fn cursor(&self, raw: CXCursor) -> Cursor<'_> {
        Cursor { raw, unit: self }
    }

    fn name(&self, file: CXFile) -> Rc<str> {
        let mut names = self.names.borrow_mut();
        // SAFETY: a file of this unit, or none, which has an empty name.
        let name = || text(unsafe { clang_getFileName(file) }).into();
        names.entry(file).or_insert_with(name).clone()
    }

    fn location(&self, raw: CXSourceLocation) -> Location {
        let (mut file, mut line, mut column, mut offset) = (ptr::null_mut(), 0, 0, 0);
        // SAFETY: four valid places to write to.
        unsafe { clang_getExpansionLocation(raw, &mut file, &mut line, &mut column, &mut offset) };
        Location {
            file: self.name(file),
            line,
            offset: offset as usize,
        }
    }
}

/// The note to a warning that says that its expression shifts by more than there is.
fn bad_shift(warning: CXDiagnostic) -> Option<String> {
    // SAFETY: the set belongs to the living warning; each of its members is disposed of once.
    unsafe {
        let notes = clang_getChildDiagnostics(warning);
        let mut texts = (0..clang_getNumDiagnosticsInSet(notes)).map(|index| {
            let note = clang_getDiagnosticInSet(notes, index);
            let said = text(clang_getDiagnosticSpelling(note));
            clang_disposeDiagnostic(note);
            said
        });
        texts.find(|text| text.contains("shift count"))
    }
}

/// A declaration, expression or preprocessing event of a unit.
#[derive(Clone, Copy)]
pub struct Cursor<'u> {
    raw: CXCursor,
    unit: &'u Unit<'u>,
}

impl<'u> Cursor<'u> {
    types! {
        /// Its type.
        ty = clang_getCursorType;
        /// What a typedef stands for.
        typedef_target = clang_getTypedefDeclUnderlyingType;
        /// The integer type that an enumeration is kept in.
        enumeration_type = clang_getEnumDeclIntegerType;
    }

    /// One of the `CXCursor_*` constants.
    pub fn kind(self) -> CXCursorKind {
        // SAFETY: a cursor of a living unit, here and in every method below.
        unsafe { clang_getCursorKind(self.raw) }
    }

    /// Its name; for things without one this differs between libclang versions.
    pub fn spelling(self) -> String {
        text(unsafe { clang_getCursorSpelling(self.raw) })
    }

    /// Direct children in order of the text.
    pub fn children(self) -> Vec<Cursor<'u>> {
        extern "C" fn visit(
            child: CXCursor,
            _: CXCursor,
            data: CXClientData,
        ) -> CXChildVisitResult {
            // SAFETY: `data` is the vector below, alive during the call.
            unsafe { (*data.cast::<Vec<CXCursor>>()).push(child) };
            CXChildVisit_Continue
        }
        let mut found: Vec<CXCursor> = Vec::new();
        // SAFETY: the callback only runs during the call.
        unsafe { clang_visitChildren(self.raw, visit, (&raw mut found).cast()) };
        found.into_iter().map(|raw| self.unit.cursor(raw)).collect()
    }

    /// The first of its children.
    pub fn first_child(self) -> Option<Cursor<'u>> {
        extern "C" fn visit(
            child: CXCursor,
            _: CXCursor,
            data: CXClientData,
        ) -> CXChildVisitResult {
            // SAFETY: `data` is the option below, alive during the call.
            unsafe { *data.cast::<Option<CXCursor>>() = Some(child) };
            CXChildVisit_Break
        }
        let mut found: Option<CXCursor> = None;
        // SAFETY: the callback only runs during the call.
        unsafe { clang_visitChildren(self.raw, visit, (&raw mut found).cast()) };
        found.map(|raw| self.unit.cursor(raw))
    }

    /// Where it is named.
    pub fn location(self) -> Location {
        self.unit
            .location(unsafe { clang_getCursorLocation(self.raw) })
    }

    /// Its first and last place in the text; the last is just behind it.
    pub fn extent(self) -> (Location, Location) {
        // SAFETY: as above.
        unsafe {
            let range = clang_getCursorExtent(self.raw);
            (
                self.unit.location(clang_getRangeStart(range)),
                self.unit.location(clang_getRangeEnd(range)),
            )
        }
    }

    /// Whether it defines what it declares.
    pub fn is_definition(self) -> bool {
        unsafe { clang_isCursorDefinition(self.raw) != 0 }
    }

    /// The declaration that a reference or use refers to.
    pub fn referenced(self) -> Option<Cursor<'u>> {
        // SAFETY: as above.
        unsafe {
            let raw = clang_getCursorReferenced(self.raw);
            (clang_Cursor_isNull(raw) == 0).then(|| self.unit.cursor(raw))
        }
    }

    /// Value of an enumerator, read as the enumeration's integer type says.
    pub fn enumerator_value(self, signed: bool) -> i128 {
        if signed {
            unsafe { clang_getEnumConstantDeclValue(self.raw).into() }
        } else {
            unsafe { clang_getEnumConstantDeclUnsignedValue(self.raw).into() }
        }
    }

    /// Width in bits where it is a bit-field.
    pub fn bit_width(self) -> Option<u64> {
        // SAFETY: as above.
        unsafe {
            (clang_Cursor_isBitField(self.raw) != 0)
                .then(|| u64::try_from(clang_getFieldDeclBitWidth(self.raw)).unwrap_or(0))
        }
    }

    /// Offset in bits from the start of the record that directly holds this field.
    pub fn field_offset_bits(self) -> Option<u64> {
        u64::try_from(unsafe { clang_Cursor_getOffsetOfField(self.raw) }).ok()
    }

    /// The string that the initialiser of a variable is, up to its first NUL. A byte that is no UTF-8
    /// reads `\x80`, so that different strings stay different.
    pub fn string_value(self) -> Option<String> {
        // SAFETY: the result is disposed of once; the string belongs to it and is copied first.
        unsafe {
            let result = clang_Cursor_Evaluate(self.raw);
            if result.is_null() {
                return None;
            }
            let found = (clang_EvalResult_getKind(result) == CXEval_StrLiteral)
                .then(|| clang_EvalResult_getAsStr(result))
                .filter(|start| !start.is_null())
                .map(|start| super::message::readable(CStr::from_ptr(start).to_bytes()));
            clang_EvalResult_dispose(result);
            found
        }
    }
}

/// A C type of a unit.
#[derive(Clone, Copy)]
pub struct Type<'u> {
    raw: CXType,
    unit: &'u Unit<'u>,
}

impl<'u> Type<'u> {
    types! {
        /// With typedefs resolved.
        canonical = clang_getCanonicalType;
        /// What a pointer points to.
        pointee = clang_getPointeeType;
        /// Element type of an array.
        element = clang_getArrayElementType;
        /// What `struct foo` as written names.
        named = clang_Type_getNamedType;
    }

    /// One of the `CXType_*` constants.
    pub fn kind(self) -> CXTypeKind {
        self.raw.kind
    }

    /// As the compiler writes it.
    pub fn spelling(self) -> String {
        // SAFETY: a type of a living unit, here and in every method below.
        text(unsafe { clang_getTypeSpelling(self.raw) })
    }

    /// The declaration of a record, enumeration or typedef.
    pub fn declaration(self) -> Cursor<'u> {
        self.unit
            .cursor(unsafe { clang_getTypeDeclaration(self.raw) })
    }

    /// Number of elements of an array of fixed length.
    pub fn bound(self) -> u64 {
        u64::try_from(unsafe { clang_getArraySize(self.raw) }).unwrap_or(0)
    }

    /// Size in bytes; `None` where the type is incomplete.
    pub fn size(self) -> Option<u64> {
        u64::try_from(unsafe { clang_Type_getSizeOf(self.raw) }).ok()
    }

    /// Alignment in bytes; `None` where unknown.
    pub fn align(self) -> Option<u64> {
        u64::try_from(unsafe { clang_Type_getAlignOf(self.raw) }).ok()
    }

    /// Every direct field of a record, nameless ones included.
    pub fn fields(self) -> Vec<Cursor<'u>> {
        extern "C" fn visit(field: CXCursor, data: CXClientData) -> CXVisitorResult {
            // SAFETY: `data` is the vector below, alive during the call.
            unsafe { (*data.cast::<Vec<CXCursor>>()).push(field) };
            CXVisit_Continue
        }
        let mut found: Vec<CXCursor> = Vec::new();
        // SAFETY: the callback only runs during the call.
        unsafe { clang_Type_visitFields(self.raw, visit, (&raw mut found).cast()) };
        found.into_iter().map(|raw| self.unit.cursor(raw)).collect()
    }
}
