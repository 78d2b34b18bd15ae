//! The plain data of a surface: everything one side exports to user space on one target.
//!
//! `extract` writes these types and `diff` reads them. They serialise to the same bytes for the same
//! headers on every machine: no absolute paths, no hash order, no clock. This module imports nothing
//! of ours and knows no parser. Next: [`crate::diff`].

pub mod constant;
mod cxx;
pub mod enumeration;
pub mod function;
pub mod gap;
pub mod header;
mod person;
pub mod place;
pub mod record;
pub mod types;

pub use constant::{Constant, ConstantValue, Direction, FunctionMacro, RequestCode};
pub use cxx::CXX_KEYWORDS;
pub use enumeration::{Enumeration, Enumerator};
pub use function::{Function, FunctionKind};
pub use gap::{Gap, GapSide, Unread};
pub use header::{Build, ConfigUse, Header, HeaderSurface, Include, Language};
pub use person::{Person, address_key};
pub use place::{Place, Side};
pub use record::{Field, Flexible, Record, RecordKind};
pub use types::{TypeClass, TypeRef, Typedef};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that one side exports on one target, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surface {
    /// Name of the target, such as `x86_64`.
    pub target: String,
    /// The headers that were read, by installed path (`linux/if_link.h`).
    pub headers: BTreeMap<String, Arc<Header>>,
    /// Every exported header of the side, read or not, by installed path.
    pub exported: BTreeSet<String>,
}
