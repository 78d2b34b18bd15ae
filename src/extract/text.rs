//! A header's text in a worker, with what is found out about it once, however many units take it in.
//!
//! Everything here is told from the bytes alone and leans to the safe side: a "no" only costs time.
//! [`super::unit`] and [`super::language`] leave out work by it.

use super::alike::Traits;
use super::predefined::{Predefined, Spelled, Words};
use super::stubs::{PRELUDE, STUBS};
use memchr::memmem::find;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// The text of a header.
pub struct Text {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Stubs that it may include, a bit for each of [`STUBS`].
    stubs: u32,
    same_in_c90: OnceCell<bool>,
    traits: OnceCell<Traits>,
    words: OnceCell<Words>,
    /// What it spells of the compiler's own macros, by kind of unit.
    spelled: RefCell<HashMap<usize, Spelled>>,
}

impl Text {
    /// Looks through a text.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            stubs: stubs_named(&bytes),
            bytes,
            same_in_c90: OnceCell::new(),
            traits: OnceCell::new(),
            words: OnceCell::new(),
            spelled: RefCell::default(),
        }
    }

    /// Adds what it spells of the compiler's own macros for a kind of units.
    pub fn spell(&self, kind: usize, own: &Predefined, to: &mut Spelled) {
        let mut spelled = self.spelled.borrow_mut();
        let of_kind = spelled.entry(kind).or_insert_with(|| {
            let words = self.words.get_or_init(|| Words::of(&self.bytes));
            own.spelled(words)
        });
        to.join(of_kind);
    }

    /// Whether it may take back the definition of a macro.
    pub fn may_undefine(&self, name: &str) -> bool {
        holds(&self.bytes, b"undef") && holds(&self.bytes, name.as_bytes())
    }

    /// Whether C90, with its warnings about comments made errors, reads it as GNU C11 does.
    pub fn is_same_in_c90(&self) -> bool {
        *self.same_in_c90.get_or_init(|| same_in_c90(&self.bytes))
    }

    /// What tells whether C++ reads it as C does.
    pub fn traits(&self) -> &Traits {
        self.traits.get_or_init(|| Traits::of(&self.bytes))
    }
}

/// Whether the prelude and all stubs read the same in C90; see [`Text::is_same_in_c90`].
pub fn stubs_are_same_in_c90() -> bool {
    static SAME: OnceLock<bool> = OnceLock::new();
    *SAME.get_or_init(|| STUBS.iter().all(|(_, text)| same_in_c90(text.as_bytes())))
}

/// Names and texts of the stubs that a unit of these texts may ask for, those of the prelude included.
pub fn stubs_for<'t>(texts: impl Iterator<Item = &'t Text>) -> Vec<(&'static str, &'static str)> {
    let prelude = STUBS.iter().position(|(name, _)| *name == PRELUDE);
    let mut wanted = texts.fold(prelude.map_or(u32::MAX, |bit| 1 << bit), |all, text| {
        all | text.stubs
    });
    let is_wanted = |set: u32, bit: usize| set & (1 << bit) != 0;
    loop {
        let more = named_by_stubs()
            .iter()
            .enumerate()
            .filter(|(bit, _)| is_wanted(wanted, *bit))
            .fold(wanted, |all, (_, named)| all | named);
        if more == wanted {
            break;
        }
        wanted = more;
    }
    let chosen = STUBS.iter().enumerate();
    chosen
        .filter(|(bit, _)| is_wanted(wanted, *bit))
        .map(|(_, stub)| *stub)
        .collect()
}

/// The traits of a stub.
pub fn stub_traits(name: &str) -> Option<&'static Traits> {
    static TRAITS: LazyLock<HashMap<&str, Traits>> = LazyLock::new(|| {
        let each = STUBS.iter();
        each.map(|(name, text)| (*name, Traits::of(text.as_bytes())))
            .collect()
    });
    TRAITS.get(name)
}

/// What each stub names.
fn named_by_stubs() -> &'static [u32] {
    static NAMED: OnceLock<Vec<u32>> = OnceLock::new();
    NAMED.get_or_init(|| {
        let texts = STUBS.iter();
        texts
            .map(|(_, text)| stubs_named(text.as_bytes()))
            .collect()
    })
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    find(text, part).is_some()
}

/// The stubs whose names stand in the text; all of them where it includes what a macro says.
fn stubs_named(text: &[u8]) -> u32 {
    const { assert!(STUBS.len() <= 32, "a bit for each stub") };
    let mut named = 0;
    for (index, byte) in text.iter().enumerate() {
        let (before, rest) = text.split_at(index);
        if *byte == b'.' && rest.starts_with(b".h") {
            for (bit, (name, _)) in STUBS.iter().enumerate() {
                if text[..index + 2].ends_with(name.as_bytes()) {
                    named |= 1 << bit;
                }
            }
        } else if *byte == b'i' && rest.starts_with(b"include") && is_directive(before) {
            let after = rest["include".len()..].trim_ascii_start();
            if !after.starts_with(b"<") && !after.starts_with(b"\"") {
                return u32::MAX;
            }
        }
    }
    named
}

/// Whether the text ends with what can start a directive: `#`, or a digraph or trigraph for it.
fn is_directive(before: &[u8]) -> bool {
    matches!(
        before.trim_ascii_end().last(),
        Some(b'#' | b':' | b'=' | b'/')
    )
}

/// Words that C90 takes for plain names, or that tell the two languages apart.
const TELLTALE: &[&str] = &[
    "__GNUC_GNU_INLINE__",
    "__GNUC_STDC_INLINE__",
    "__STDC_VERSION__",
    "__STRICT_ANSI__",
    "asm",
    "inline",
    "restrict",
    "typeof",
    // Defined by the compiler in GNU C, on one target or the other.
    "MIPSEB",
    "MIPSEL",
    "PPC",
    "arm",
    "csky",
    "i386",
    "linux",
    "mips",
    "sparc",
    "unix",
];

/// See [`Text::is_same_in_c90`].
fn same_in_c90(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(length) = same_step(text, rest) {
        if length == 0 {
            return true;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Length of a piece at the start of `rest` that both languages read alike; 0 at the end, `None` where
/// they may differ.
fn same_step(text: &[u8], rest: &[u8]) -> Option<usize> {
    let Some(first) = rest.first() else {
        return Some(0);
    };
    let before = &text[..text.len() - rest.len()];
    match first {
        b'/' if rest.starts_with(b"/*") => comment_length(rest),
        b'/' if rest.starts_with(b"//") => None,
        b'"' | b'\'' => literal_length(rest, *first),
        b'0'..=b'9' => number_length(rest),
        b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z' => word_length(rest, before),
        // A line that goes on: not in the middle of anything that the next one may complete.
        b'\\' if rest.starts_with(b"\\\n") => {
            let apart = matches!(
                before.last()?,
                b' ' | b'\t'
                    | b')'
                    | b','
                    | b'('
                    | b'{'
                    | b'}'
                    | b';'
                    | b'|'
                    | b'&'
                    | b'+'
                    | b'-'
                    | b'='
            );
            apart.then_some(2)
        }
        b'\\' | 0x80.. => None,
        _ if ["<:", "<%", "%:", ":>", "%>", "??"]
            .iter()
            .any(|odd| rest.starts_with(odd.as_bytes())) =>
        {
            None
        }
        _ => Some(1),
    }
}

fn comment_length(rest: &[u8]) -> Option<usize> {
    let end = find(&rest[2..], b"*/")?;
    let inside = &rest[2..2 + end];
    // Of the trigraphs only a backslash can end a comment elsewhere.
    let odd = ["/*", "\\\n", "??/"]
        .iter()
        .any(|odd| holds(inside, odd.as_bytes()));
    (!odd).then_some(end + 4)
}

/// A literal, to its end or to the end of the line: an apostrophe may also stand in an `#error`.
fn literal_length(rest: &[u8], quote: u8) -> Option<usize> {
    let mut escaped = false;
    for (index, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            b'\n' if escaped => return None,
            b'\n' => return Some(index),
            b'u' | b'U' if escaped => return None,
            b'?' | 0x80.. => return None,
            _ if *byte == quote && !escaped => return Some(index + 1),
            _ => escaped = *byte == b'\\' && !escaped,
        }
    }
    None
}

/// Numbers whose type or extent is the same: no binary exponent, no decimal that may outgrow `long`.
fn number_length(rest: &[u8]) -> Option<usize> {
    let end = rest
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.'))?;
    let number = &rest[..end];
    let digits = number
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let long = digits >= 10 && number[0] != b'0';
    let odd = long || number.iter().any(|byte| matches!(byte, b'p' | b'P'));
    (!odd).then_some(end)
}

fn word_length(rest: &[u8], before: &[u8]) -> Option<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let end = rest.iter().position(|byte| !is_word(byte))?;
    let word = &rest[..end];
    if TELLTALE.iter().any(|telltale| telltale.as_bytes() == word) || word.starts_with(b"__has_") {
        return None;
    }
    if word != b"include" || !is_directive(before) {
        return Some(end);
    }
    // What stands between the brackets are no words.
    let line = rest.iter().position(|byte| *byte == b'\n')?;
    let close = rest[..line].iter().position(|byte| *byte == b'>');
    Some(close.map_or(end, |close| close + 1))
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
