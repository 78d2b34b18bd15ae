//! What a compiler brings to a target before any header: macros of its own, and how it lays things out.
//!
//! Measured in a worker, with the library that reads the headers. Next: [`super::twins`], which tells by it
//! where two targets must read the same.

use super::clang::Index;
use super::target::Target;
use super::text::Text;
use super::unit::{self, Form, Job};
use crate::model::HeaderSurface;
use clang_sys::CXCursor_MacroDefinition;
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
pub fn measure(index: &Index, target: &'static Target) -> Result<DataModel, String> {
    let text = Text::new(PROBES.as_bytes().to_vec());
    let job = Job {
        target,
        header: NAME,
        through: NAME,
        files: vec![(NAME, &text)],
    };
    let header = unit::read(index, &job, true, super::request::Languages::Untried)?;
    let probes = HeaderSurface::clone(&header.declares);
    match probes.unread.is_empty() && !probes.records.is_empty() {
        true => Ok(DataModel {
            macros: macros(index, &job)?,
            probes,
        }),
        false => Err("the probes can't be read".to_owned()),
    }
}

/// The compiler's own macros. Their names stand in the record of a unit that has nothing else; what they
/// expand to is made a string.
fn macros(index: &Index, job: &Job<'_>) -> Result<BTreeMap<String, String>, String> {
    let form = |record| Form {
        prelude_first: false,
        language: unit::GNU11,
        record,
    };
    let empty = unit::parse_text(index, job, &form(true), "int nothing;\n")?;
    let names: Vec<String> = empty
        .root()
        .children()
        .into_iter()
        .filter(|cursor| cursor.kind() == CXCursor_MacroDefinition)
        .map(|cursor| cursor.spelling())
        .collect();
    let mut asked =
        "#define TEXT_(...) #__VA_ARGS__\n#define TEXT(...) TEXT_(__VA_ARGS__)\n".to_owned();
    for (number, name) in names.iter().enumerate() {
        // One that takes an argument is shown with one.
        asked.push_str(&format!(
            "static const char own_{number}[] = TEXT({name}) TEXT({name}(1));\n"
        ));
    }
    let unit = unit::parse_text(index, job, &form(false), &asked)?;
    let texts = unit.root().children().into_iter().filter_map(|cursor| {
        let number: usize = cursor.spelling().strip_prefix("own_")?.parse().ok()?;
        Some((names.get(number)?.clone(), cursor.string_value()?))
    });
    let texts: BTreeMap<String, String> = texts.collect();
    let all = names.iter().all(|name| texts.contains_key(name));
    match all && !texts.is_empty() {
        true => Ok(texts),
        false => Err("the compiler's own macros can't be told".to_owned()),
    }
}
