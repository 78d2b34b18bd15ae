//! The tokens of C by what C++ may take otherwise: a closed list, and everything else is a plain word.

use super::super::lexical::tokens;
use crate::model::CXX_KEYWORDS;
use foldhash::quality::RandomState;
use rustc_hash::FxHashSet;
use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// Words by their hashes. The hash differs from run to run, so that no header can aim at a collision.
pub type Words = FxHashSet<u64>;

/// A token and what is known of it wherever it stands.
#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    /// As it is spelled.
    pub text: &'t str,
    /// What kind of token.
    pub kind: Kind,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Punctuation, a number: means the same in both languages.
    Mark,
    /// A string or character literal.
    Literal,
    /// A word that both languages know, and know alike where no odd one stands next to it.
    Shared,
    /// A name, by its hash.
    Name(u64),
    /// May mean something else in C++.
    Odd,
}

impl Token<'_> {
    /// The hash of a name.
    pub fn name(self) -> Option<u64> {
        match self.kind {
            Kind::Name(hash) => Some(hash),
            _ => None,
        }
    }

    /// Whether it is a word of any kind.
    pub fn is_word(self) -> bool {
        starts_word(self.text)
    }
}

/// The tokens of a text without comments.
pub fn lexed(text: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(text).into_iter().map(|text| Token {
        text,
        kind: kind(text),
    })
}

/// The hash of a word.
pub fn hash(word: &str) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    STATE.hash_one(word)
}

fn starts_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
}

fn kind(token: &str) -> Kind {
    let first = token.as_bytes().first().copied().unwrap_or(b' ');
    match first {
        b'"' | b'\'' => Kind::Literal,
        b'0'..=b'9' if is_odd_number(token) => Kind::Odd,
        b'.' | b'#' | b'\\' | b'@' | b'`' | 0x80.. => Kind::Odd,
        b'%' if token.len() > 1 && token != "%=" => Kind::Odd,
        _ if token == "->" => Kind::Odd,
        _ if starts_word(token) => word(token),
        _ => Kind::Mark,
    }
}

fn word(word: &str) -> Kind {
    static KNOWN: LazyLock<[HashSet<&str, RandomState>; 2]> = LazyLock::new(|| {
        let odd = ODD.iter().chain(&CXX_KEYWORDS);
        [SHARED.iter().copied().collect(), odd.copied().collect()]
    });
    let reserved = |word: &str| ODD_BEGINNINGS.iter().any(|odd| word.starts_with(odd));
    if KNOWN[0].contains(word) {
        Kind::Shared
    } else if KNOWN[1].contains(word) || word.starts_with('_') && reserved(word) {
        Kind::Odd
    } else {
        Kind::Name(hash(word))
    }
}

/// Numbers whose type or extent may differ; see [`super::super::text::Text::is_same_in_c90`].
fn is_odd_number(number: &str) -> bool {
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let long = digits >= 10 && !number.starts_with('0');
    long || number.contains(['.', 'p', 'P']) || number.starts_with("0b")
}

const SHARED: &[&str] = &[
    "__aligned__",
    "__attribute__",
    "__const",
    "__const__",
    "__extension__",
    "__packed__",
    "__signed",
    "__signed__",
    "__volatile",
    "__volatile__",
    "aligned",
    "char",
    "const",
    "defined",
    "double",
    "enum",
    "float",
    "int",
    "long",
    "packed",
    "short",
    "signed",
    "sizeof",
    "struct",
    "typedef",
    "union",
    "unsigned",
    "void",
    "volatile",
];

/// Words of C that have no place in plain declarations, further words of C++, and names that a compiler
/// defines for one of the two languages only (clang 14 to 22, `-dM -E`, `-std=gnu11` against
/// `-std=c++98`, on every target of ours).
const ODD: &[&str] = &[
    "MIPSEB",
    "MIPSEL",
    "PPC",
    "_GNU_SOURCE",
    "arm",
    "auto",
    "break",
    "case",
    "continue",
    "csky",
    "default",
    "do",
    "else",
    "extern",
    "final",
    "for",
    "goto",
    "i386",
    "if",
    "import",
    "inline",
    "linux",
    "mips",
    "module",
    "offsetof",
    "override",
    "register",
    "restrict",
    "return",
    "sparc",
    "static",
    "switch",
    "typeof",
    "unix",
    "while",
];

/// Beginnings of such words; the compiler's own ones all start with an underscore.
const ODD_BEGINNINGS: &[&str] = &[
    "_Align",
    "_Atomic",
    "_Bit",
    "_Bool",
    "_Complex",
    "_Decimal",
    "_Float",
    "_Generic",
    "_Imaginary",
    "_Nonnull",
    "_Noreturn",
    "_Null",
    "_Pragma",
    "_Static_",
    "_Thread_",
    "__DEPRECATED",
    "__EXCEPTIONS",
    "__FUNCTION__",
    "__GCC_HAVE_DWARF2",
    "__GNUC_GNU_INLINE",
    "__GNUC_STDC_INLINE",
    "__GNUG",
    "__GXX_",
    "__OBJC",
    "__PRETTY_",
    "__STDC",
    "__STRICT_ANSI__",
    "__add_",
    "__alignof",
    "__array_",
    "__asm",
    "__atomic_",
    "__auto_type",
    "__builtin_",
    "__can_pass_",
    "__complex",
    "__cplusplus",
    "__cpp_",
    "__decay",
    "__decltype",
    "__fp16",
    "__func__",
    "__has_",
    "__imag",
    "__inline",
    "__is_",
    "__label__",
    "__make_",
    "__null",
    "__private_extern",
    "__real",
    "__reference_",
    "__remove_",
    "__restrict",
    "__sync_",
    "__thread",
    "__typeof",
    "__underlying_type",
    "__wchar_t",
];
