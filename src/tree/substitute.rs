//! Kernel-only words of a header's lines become what user space compiles.
//!
//! The substitutions of scripts/headers_install.sh, in its order, byte for byte: `__user`, `__force`
//! and `__iomem` go, `__packed`, `inline`, `asm` and `volatile` get the spelling that strict C accepts,
//! `_UAPI` guards lose their prefix. No line is added or taken out. Knows nothing of conditions.

use super::lines::is_word_byte;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Words without which no substitution can apply.
static TRACES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("__user|__force|__iomem|__attribute_const__|<linux/compiler|__packed|inline|asm|volatile|_UAPI")
        .expect("the pattern is a constant and is compiled by the tests")
});

/// The text after all substitutions, or `None` where nothing changes.
pub(super) fn substitute(text: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut copied = 0;
    for trace in TRACES.find_iter(text) {
        if trace.start() < copied {
            continue;
        }
        let start = text[..trace.start()]
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |n| n + 1);
        let length = text[start..].iter().position(|&b| b == b'\n');
        let end = length.map_or(text.len(), |n| start + n);
        out.extend_from_slice(&text[copied..start]);
        out.extend_from_slice(&substitute_line(&text[start..end]));
        copied = end;
    }
    out.extend_from_slice(&text[copied..]);
    (out != text).then_some(out)
}

/// One line, its newline not included.
fn substitute_line(line: &[u8]) -> Vec<u8> {
    let mut line = replace(line, &ANNOTATIONS);
    line = replace(&line, &ATTRIBUTE_CONST);
    line = without_compiler_include(&line);
    line = replace(&line, &PACKED);
    line = replace(&line, &KEYWORDS);
    without_guard_prefix(&line)
}

/// One substitution: a word between two bytes of certain kinds. The byte before it stays.
struct Substitution {
    words: &'static [(&'static str, &'static str)],
    /// Whether a match takes a byte before its word, which then must not belong to another match.
    takes_before: bool,
    /// The byte before the word; `None` for the start of the line.
    before: fn(Option<u8>) -> bool,
    /// The byte after the word; `None` for the end of the line.
    after: fn(Option<u8>) -> bool,
    /// Whether the byte after the word stays.
    keep_after: bool,
}

const ANNOTATIONS: Substitution = Substitution {
    words: &[("__user", ""), ("__force", ""), ("__iomem", "")],
    takes_before: true,
    before: |b| b.is_some_and(|b| is_space(b) || b == b'('),
    after: |b| b.is_some_and(is_space),
    keep_after: false,
};

const ATTRIBUTE_CONST: Substitution = Substitution {
    words: &[("__attribute_const__", "")],
    takes_before: false,
    before: |_| true,
    after: |b| b.is_none_or(is_space),
    keep_after: true,
};

const PACKED: Substitution = Substitution {
    words: &[("__packed", "__attribute__((packed))")],
    takes_before: true,
    // An underscore before the word does not make it another word here: so the script has it.
    before: |b| b.is_none_or(|b| !b.is_ascii_alphanumeric()),
    after: |b| b.is_none_or(|b| !is_word_byte(b)),
    keep_after: true,
};

const KEYWORDS: Substitution = Substitution {
    words: &[
        ("inline", "__inline__"),
        ("asm", "__asm__"),
        ("volatile", "__volatile__"),
    ],
    takes_before: true,
    before: |b| b.is_none_or(|b| is_space(b) || b == b'('),
    after: |b| b.is_none_or(|b| is_space(b) || b == b'('),
    keep_after: true,
};

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

/// Replaces every match, left to right. A byte taken as the end of one match cannot begin the next:
/// of two words with one space between, only the first is replaced, as sed does it.
fn replace(line: &[u8], substitution: &Substitution) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len() + 16);
    let mut at = 0;
    let mut free = 0;
    while at < line.len() {
        let Some((word, new)) = match_at(line, at, free, substitution) else {
            out.push(line[at]);
            at += 1;
            continue;
        };
        out.extend_from_slice(new.as_bytes());
        at += word.len();
        if let Some(&after) = line.get(at) {
            if substitution.keep_after {
                out.push(after);
            }
            at += 1;
        }
        free = at;
    }
    out
}

/// The word that matches at `at`, where the byte before it is not before `free`.
fn match_at<'s>(
    line: &[u8],
    at: usize,
    free: usize,
    substitution: &'s Substitution,
) -> Option<&'s (&'static str, &'static str)> {
    let found = substitution
        .words
        .iter()
        .find(|(w, _)| line[at..].starts_with(w.as_bytes()))?;
    let before = at.checked_sub(1).map(|i| line[i]);
    let before_is_free = at == 0 || at > free || !substitution.takes_before;
    let after = line.get(at + found.0.len()).copied();
    let fits = before_is_free && (substitution.before)(before) && (substitution.after)(after);
    fits.then_some(found)
}

fn without_compiler_include(line: &[u8]) -> Vec<u8> {
    for include in [
        &b"#include <linux/compiler.h>"[..],
        b"#include <linux/compiler_types.h>",
    ] {
        if let Some(rest) = line.strip_prefix(include) {
            return rest.to_vec();
        }
    }
    line.to_vec()
}

/// `#ifndef _UAPI_X` becomes `#ifndef _X`, likewise `#define` and the comment after `#endif`.
fn without_guard_prefix(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        match guard_at(&line[at..]) {
            Some((kept, taken)) => {
                out.extend_from_slice(&line[at..at + kept]);
                out.push(b' ');
                at += taken;
            }
            None => {
                out.push(line[at]);
                at += 1;
            }
        }
    }
    out
}

/// Where a guarded directive begins: the bytes that stay, and the bytes up to the end of `_UAPI`.
fn guard_at(bytes: &[u8]) -> Option<(usize, usize)> {
    let spaces = |from: usize| bytes[from..].iter().take_while(|b| is_space(**b)).count();
    let kept = if bytes.starts_with(b"#ifndef") || bytes.starts_with(b"#define") {
        b"#ifndef".len()
    } else if bytes.starts_with(b"#endif") {
        let comment = 6 + spaces(6);
        bytes[comment..].starts_with(b"/*").then_some(comment + 2)?
    } else {
        return None;
    };
    let word = kept + spaces(kept);
    bytes[word..]
        .starts_with(b"_UAPI")
        .then_some((kept, word + 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values come from GNU sed 4.9 with the expressions of scripts/headers_install.sh.
    #[test]
    fn lines_become_what_sed_makes_of_them() {
        for (line, expected) in [
            ("	void __user *p;", "	void *p;"),
            ("f(__user char *p, void __iomem *q)", "f(char *p, void *q)"),
            ("x __user __force y", "x __force y"),
            ("__u16 __attribute_const__ f(void)", "__u16  f(void)"),
            ("f(void) __attribute_const__", "f(void) "),
            ("#include <linux/compiler.h>", ""),
            ("#include <linux/compiler_types.h> /* a */", " /* a */"),
            ("} __packed;", "} __attribute__((packed));"),
            (
                "} ___packed __packed",
                "} ___attribute__((packed)) __packed",
            ),
            ("static inline int", "static __inline__ int"),
            ("asm volatile(\"\")", "__asm__ volatile(\"\")"),
            ("asm  volatile(\"\")", "__asm__  __volatile__(\"\")"),
            ("#ifndef _UAPI_LINUX_X_H", "#ifndef _LINUX_X_H"),
            ("#define  _UAPI__X", "#define __X"),
            ("#endif /* _UAPI_X */", "#endif /* _X */"),
        ] {
            let got = substitute(line.as_bytes()).expect("the line changes");
            assert_eq!(String::from_utf8_lossy(&got), expected, "{line}");
        }
    }

    #[test]
    fn look_alikes_stay() {
        for line in [
            "void *__user_ptr;",
            "int __user",
            "x__user y",
            "__attribute_const__x",
            " #include <linux/compiler.h>",
            "__packed_struct a__packed",
            "__inline__ x; char *asmX; asm:",
            "#undef _UAPI_X",
            "#ifdef _UAPI_X",
            "an inline.",
        ] {
            assert_eq!(substitute(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn every_line_keeps_its_number_and_bytes_need_not_be_text() {
        let got =
            substitute(b"a\xff\n#include <linux/compiler.h>\n\xfe\nint inline\n").expect("changes");
        assert_eq!(got, b"a\xff\n\n\xfe\nint __inline__\n");
    }
}
