//! Macros: object-like ones with their value, function-like ones, and ioctl request codes.

use super::types::TypeRef;
use serde::{Deserialize, Serialize};

/// What an object-like macro stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstantValue {
    /// An integer constant expression.
    Integer(i128),
    /// A string literal (concatenated), without quotes. A byte that is no UTF-8 reads `\x80`.
    Text(String),
    /// Nothing: `#define FOO`.
    Empty,
    /// Something that is no constant: a type, an attribute, a call, an undeclared name. The reason is
    /// one of the short fixed words of `extract`, such as `type` or `undeclared: BIT`.
    Unevaluated(String),
}

/// An object-like macro. Include guards are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Line of the active `#define`.
    pub line: u32,
    /// What it evaluates to on the target.
    pub value: ConstantValue,
    /// C type of the value (`int`, `unsigned long`); empty where it is no integer.
    pub c_type: String,
    /// Replacement list: tokens with single spaces, comments gone, continuation lines joined.
    pub body: String,
    /// The request code, where the value was built by `_IO`, `_IOR`, `_IOW`, `_IOWR` or `_IOC`.
    pub request: Option<Box<RequestCode>>,
}

/// Direction bits of a request code, from the point of view of user space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Direction {
    /// `_IO`
    None,
    /// `_IOR`: user space reads, the kernel writes.
    Read,
    /// `_IOW`
    Write,
    /// `_IOWR`
    ReadWrite,
}

/// An ioctl request code, taken apart with the bit widths of the target
/// (include/uapi/asm-generic/ioctl.h; alpha, mips, powerpc and sparc have their own).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCode {
    /// Direction bits.
    pub direction: Direction,
    /// The "magic" byte.
    pub type_code: u8,
    /// Sequence number.
    pub number: u8,
    /// Size of the argument in bytes, as encoded.
    pub size: u32,
    /// Third argument of `_IOR`/`_IOW`/`_IOWR`, where there is one.
    pub argument: Option<TypeRef>,
}

/// A function-like macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionMacro {
    /// Its name.
    pub name: String,
    /// Line of the active `#define`.
    pub line: u32,
    /// Parameter names; a variadic one is `...`.
    pub parameters: Vec<String>,
    /// Replacement list, written like [`Constant::body`].
    pub body: String,
    /// Its value when called with the probe arguments of `extract`, where that is an
    /// integer constant expression; `None` where it is not.
    pub probes: Vec<Option<i128>>,
}
