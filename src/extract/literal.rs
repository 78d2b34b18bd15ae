//! A macro that is spelled as a number: its value and type are told from the text.
//!
//! That it still is so behind the header is for the compiler to say: [`super::evaluate`] asks that of many at a time.
//! Only what has the same type on every target is one: `int` and `unsigned int` have 32 bits on all of them.

use super::lexical::{Define, Scan};
use std::collections::HashSet;

/// A macro that is spelled as a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// The macro.
    pub name: String,
    /// Its value.
    value: u32,
    /// Whether it is an `unsigned int`; else an `int`.
    unsigned: bool,
}

impl Literal {
    /// What holds for the preprocessor where the macro is defined and has its value.
    pub fn condition(&self) -> String {
        let Self { name, value, .. } = self;
        match value {
            // What is not defined is 0 there.
            0 => format!("defined {name} && {name} == 0"),
            _ => format!("{name} == {value}"),
        }
    }

    /// Its value.
    pub fn value(&self) -> u32 {
        self.value
    }

    /// Its type.
    pub fn c_type(&self) -> &'static str {
        if self.unsigned { "unsigned int" } else { "int" }
    }
}

/// The macros of a header that are spelled as numbers, whatever its conditionals say, and once. `alone` is whether no
/// other text may define a macro of that name.
pub fn of(scan: &Scan, alone: impl Fn(&str) -> bool) -> Vec<Literal> {
    // Behind the `#else` of an include guard stands what is not in force.
    if scan.guard.is_some() && !scan.guard_is_whole {
        return Vec::new();
    }
    let (mut seen, mut twice) = (HashSet::new(), HashSet::new());
    for define in &scan.defines {
        if !seen.insert(&define.name) {
            twice.insert(&define.name);
        }
    }
    let once = |define: &&Define| {
        !define.conditional
            && !twice.contains(&define.name)
            && !scan.undefined.contains(&define.name)
    };
    let literals = scan.defines.iter().filter(once).filter_map(literal);
    literals.filter(|literal| alone(&literal.name)).collect()
}

/// `#define NAME 1`, `(1)` or `(1 << 2)`, with or without a `U`.
fn literal(define: &Define) -> Option<Literal> {
    if define.parameters.is_some() {
        return None;
    }
    let body: Vec<&str> = define.body.iter().map(String::as_str).collect();
    let body = match body.as_slice() {
        ["(", inner @ .., ")"] => inner,
        all => all,
    };
    let (value, unsigned) = match body {
        [number] => number_of(number)?,
        [number, "<<", by] => {
            let (number, unsigned) = number_of(number)?;
            let by = number_of(by)?.0;
            let shifted = u64::from(number).checked_shl(by).filter(|_| by < 32)?;
            (u32::try_from(shifted).ok()?, unsigned)
        }
        _ => return None,
    };
    let fits = unsigned || i32::try_from(value).is_ok();
    fits.then(|| Literal {
        name: define.name.clone(),
        value,
        unsigned,
    })
}

/// Value of an integer literal, and whether it is unsigned.
fn number_of(text: &str) -> Option<(u32, bool)> {
    let (digits, unsigned) = match text.strip_suffix(['u', 'U']) {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let (digits, base) = match hexadecimal {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, base).ok()?;
    (unsigned || i32::try_from(value).is_ok()).then_some((value, unsigned))
}

#[cfg(test)]
#[path = "literal_tests.rs"]
mod tests;
