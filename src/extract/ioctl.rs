//! Request codes: which macros are built by `_IO`, `_IOR`, `_IOW`, `_IOWR` or `_IOC`, and of what.
//!
//! Behind the evaluation of values these macros are defined anew, so that each yields an object of a
//! marker type: its only field tells the direction by its name and the argument by its type. Wrappers
//! such as `DRM_IOWR` are seen through, because the compiler expands them.

use super::clang::{Cursor, Type};
use super::evaluate::{Answer, Answers, Question};
use super::lexical::{self, Scan};
use super::typeref;
use crate::model::{Constant, ConstantValue, Direction, RequestCode, TypeRef};
use clang_sys::*;
use std::collections::{BTreeSet, HashMap};

/// The marker definitions.
pub const MARKERS: &str = "\
#undef _IO
#undef _IOR
#undef _IOW
#undef _IOWR
#undef _IOC
#undef _IOR_BAD
#undef _IOW_BAD
#undef _IOWR_BAD
#define _IO(t, n) (*(struct { int __io_bare; } *)0)
#define _IOC(d, t, n, s) (*(struct { int __io_bare; } *)0)
#define _IOR(t, n, a) (*(struct { __typeof__(a) *__io_argument; } *)0)
#define _IOW(t, n, a) _IOR(t, n, a)
#define _IOWR(t, n, a) _IOR(t, n, a)
#define _IOR_BAD(t, n, a) _IOR(t, n, a)
#define _IOW_BAD(t, n, a) _IOR(t, n, a)
#define _IOWR_BAD(t, n, a) _IOR(t, n, a)
";

/// The macros of include/uapi/asm-generic/ioctl.h that tell how a code is put together.
const LAYOUT: [&str; 11] = [
    "_IOC_NRSHIFT",
    "_IOC_TYPESHIFT",
    "_IOC_SIZESHIFT",
    "_IOC_DIRSHIFT",
    "_IOC_NRMASK",
    "_IOC_TYPEMASK",
    "_IOC_SIZEMASK",
    "_IOC_DIRMASK",
    "_IOC_NONE",
    "_IOC_READ",
    "_IOC_WRITE",
];

/// On sparc a size has one bit more where user space reads or writes: the lowest of the direction's, which
/// else says that it does neither (arch/sparc/include/uapi/asm/ioctl.h).
const WIDE_SIZE_MASK: &str = "_IOC_XSIZEMASK";

/// Values of [`LAYOUT`], in its order, and the mask of the size of a code that reads or writes.
pub struct Layout([u32; 11], u32);

/// What is asked about request codes; nothing where the header can't have any.
pub fn questions(scan: &Scan) -> Vec<Question> {
    let mut asked: Vec<Question> = Vec::new();
    let mut known = BTreeSet::new();
    for define in &scan.defines {
        let calls = define
            .body
            .windows(2)
            .any(|pair| pair[1] == "(" && lexical::is_identifier(&pair[0]) && pair[0] != "sizeof");
        let alias = define.body.len() == 1
            && define.body[0] != define.name
            && lexical::is_identifier(&define.body[0]);
        if define.parameters.is_none() && (calls || alias) && known.insert(&define.name) {
            asked.push(Question::Request(define.name.clone()));
        }
    }
    if !asked.is_empty() {
        let own = |name: &str| scan.defines.iter().any(|define| define.name == name);
        let names = LAYOUT.iter().chain([&WIDE_SIZE_MASK]);
        let layout = names.filter(|name| !own(name));
        asked.extend(layout.map(|name| Question::Value((*name).to_owned())));
    }
    asked
}

/// How codes are put together on the target, where the unit knows it.
pub fn layout(answers: &Answers) -> Option<Layout> {
    let mut values = [0; 11];
    for (value, name) in values.iter_mut().zip(LAYOUT) {
        *value = match answers.get(&Question::Value(name.to_owned())) {
            Answer::Integer { value, .. } => u32::try_from(*value).ok()?,
            _ => return None,
        };
    }
    let shifts_fit = values[..4].iter().all(|shift| *shift < 32);
    let wide = match answers.get(&Question::Value(WIDE_SIZE_MASK.to_owned())) {
        Answer::Integer { value, .. } => u32::try_from(*value).ok()?,
        _ => values[6],
    };
    shifts_fit.then_some(Layout(values, wide))
}

/// The request code that a constant is, if it is one.
pub fn request(
    constant: &Constant,
    answers: &Answers,
    layout: Option<&Layout>,
) -> Option<RequestCode> {
    let ConstantValue::Integer(value) = constant.value else {
        return None;
    };
    // Codes are 32 bits wide; a few macros make them negative by a cast to int.
    let code = u32::try_from(value & 0xffff_ffff).ok()?;
    let argument = match answers.get(&Question::Request(constant.name.clone())) {
        Answer::Request(argument) => argument.clone(),
        _ if written_as_code(&constant.body) => None,
        _ => return None,
    };
    let Layout(
        [
            nr,
            ty,
            size,
            dir,
            nr_mask,
            ty_mask,
            size_mask,
            dir_mask,
            none,
            read,
            write,
        ],
        wide_size_mask,
    ) = layout?;
    let bits = (code >> dir) & dir_mask;
    let direction = if bits == *none {
        Direction::None
    } else {
        match (bits & read != 0, bits & write != 0) {
            (true, true) => Direction::ReadWrite,
            (true, false) => Direction::Read,
            (false, true) => Direction::Write,
            (false, false) => Direction::None,
        }
    };
    let size_mask = match direction {
        Direction::None => size_mask,
        Direction::Read | Direction::Write | Direction::ReadWrite => wide_size_mask,
    };
    Some(RequestCode {
        direction,
        type_code: u8::try_from((code >> ty) & ty_mask).ok()?,
        number: u8::try_from((code >> nr) & nr_mask).ok()?,
        size: (code >> size) & size_mask,
        argument,
    })
}

/// Whether the body itself calls one of the kernel's macros, in a way that the markers could not type.
fn written_as_code(body: &str) -> bool {
    let mut tokens = body.split(' ').peekable();
    while let Some(token) = tokens.next() {
        let builder = matches!(token, "_IO" | "_IOR" | "_IOW" | "_IOWR" | "_IOC");
        if builder && tokens.peek() == Some(&"(") {
            return true;
        }
    }
    false
}

/// Reads the answer to a [`Question::Request`]: a variable that points to a marker, or to something
/// else. `typedefs` has every typedef of the unit by name.
pub fn marker(
    variable: Cursor<'_>,
    typedefs: &HashMap<String, Cursor<'_>>,
) -> Option<Option<TypeRef>> {
    let object = variable.ty().pointee().canonical();
    if object.kind() != CXType_Record {
        return None;
    }
    let fields = object.fields();
    let field = fields.first()?;
    match field.spelling().as_str() {
        "__io_bare" => Some(None),
        "__io_argument" => Some(Some(argument(field.ty().pointee(), typedefs))),
        _ => None,
    }
}

/// libclang can't look into `typeof(T)`, only spell it: the name in its text leads back to a typedef.
fn argument(written: Type<'_>, typedefs: &HashMap<String, Cursor<'_>>) -> TypeRef {
    let mut argument = typeref::resolve(written.canonical()).ty;
    let spelling = typeref::tidy(&written.spelling());
    let inner = ["typeof(", "__typeof__(", "__typeof("]
        .iter()
        .find_map(|start| spelling.strip_prefix(start)?.strip_suffix(')'));
    let Some(inner) = inner else {
        return argument;
    };
    let words = lexical::tokens(inner);
    let head = words
        .iter()
        .find(|word| !matches!(**word, "const" | "volatile"));
    let points = words.contains(&"*");
    if let Some(typedef) = head
        .and_then(|name| typedefs.get(*name))
        .filter(|_| !points)
    {
        let resolved = typeref::resolve(typedef.ty()).ty;
        argument.typedefs = resolved.typedefs;
    }
    argument.spelling = inner.to_owned();
    argument
}
