//! What a compiler brings to a target before any header: macros of its own, and how it lays things out.
//!
//! Measured in a worker, with the library that reads the headers. Next: [`super::twins`], which tells by it
//! where two targets must read the same.

use super::parser::Parser;
use super::target::Target;
use super::text::Text;
use super::unit::{self, Evaluate, Job};
use crate::model::HeaderSurface;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sizes, alignments, signs and bit-fields of all that a header may be made of, as a header.
const PROBES: &str = "\
#define PROBE(name, type) struct name { char first; type value; }; \\
    enum { name##_size = sizeof(type), name##_align = _Alignof(type), name##_liked = __alignof__(type) }
PROBE(p_char, char); PROBE(p_short, short); PROBE(p_int, int); PROBE(p_long, long);
PROBE(p_longlong, long long); PROBE(p_pointer, void *); PROBE(p_bool, _Bool);
PROBE(p_float, float); PROBE(p_double, double); PROBE(p_longdouble, long double);
PROBE(p_size, __SIZE_TYPE__); PROBE(p_wchar, __WCHAR_TYPE__);
enum e_small { E_SMALL }; enum e_large { E_LARGE = 0x100000000LL }; enum e_sign { E_SIGN = -1 };
PROBE(p_e_small, enum e_small); PROBE(p_e_large, enum e_large); PROBE(p_e_sign, enum e_sign);
struct p_bits { char a : 3; int b : 7; unsigned long long c : 33; char d; };
struct p_bits_packed { char a : 3; int b : 7; unsigned long long c : 33; char d; } __attribute__((packed));
struct p_zero { char a : 3; int : 0; char b; }; struct p_unnamed { char a; int : 8; };
struct p_aligned { char a; int b __attribute__((aligned)); };
struct p_nested { char a; struct { char b; } c; }; struct p_of_char { char a; };
union p_union { char a; short b; };
enum { P_CHAR_SIGNED = (char)-1 < 0, P_WCHAR_SIGNED = (__WCHAR_TYPE__)-1 < 0, P_SIZE_SIGN = sizeof(0) - 10 > 0,
    P_SHIFT = (-1 >> 1) == -1, P_ORDER = '\\0\\1', P_EMPTY = sizeof(struct p_of_char) };
";

/// Name of the probes as a header.
const NAME: &str = "uapi-check-probes.h";

/// What a compiler makes of nothing on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataModel {
    /// Its own macros, with what they expand to.
    pub macros: BTreeMap<String, String>,
    /// What it makes of the probes.
    pub probes: HeaderSurface,
}

/// Measures the data model of a target.
///
/// # Errors
/// Where it can't be measured, in words for the user.
pub fn measure(parser: &Parser, target: &'static Target) -> Result<DataModel, String> {
    let text = Text::new(PROBES.as_bytes().to_vec());
    let job = Job {
        target,
        header: NAME,
        through: NAME,
        files: vec![(NAME, &text)],
    };
    let header = unit::read(
        parser,
        &job,
        Evaluate::Each,
        super::request::Languages::Untried,
    )?;
    let probes = HeaderSurface::clone(&header.declares);
    let own = parser.macros(target, unit::GNU11)?.into_iter();
    match probes.unread.is_empty() && !probes.records.is_empty() {
        true => Ok(DataModel {
            macros: own.map(|own| (own.name, own.alone + &own.called)).collect(),
            probes,
        }),
        false => Err("the probes can't be read".to_owned()),
    }
}
