//! Two texts of a header become the answer whether only comments and blanks differ.
//!
//! Such a header exports the same and is not read again. Whatever could be lexed in two ways (splices,
//! trigraphs, literals that don't close, a slash pair behind `<`) counts as different: that costs time
//! and nothing else. What a comment can change is kept: the licence, and that there is a `//` at all,
//! which C90 refuses. Next: [`super::affected`].

use memchr::memmem::find;
use std::borrow::Cow;

const LICENSE: &[u8] = b"SPDX-License-Identifier";

/// Whether a compiler sees the same tokens in both.
pub(super) fn same_code(old: &[u8], new: &[u8]) -> bool {
    match (reduced(old), reduced(new)) {
        (Some(old), Some(new)) => old == new,
        _ => false,
    }
}

/// The text without its comments, as far as that is certain: else as it is.
pub fn without_comments(text: &[u8]) -> Cow<'_, [u8]> {
    reduced(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The text without its comments, blank lines and runs of blanks; `None` where that is not certain.
fn reduced(text: &[u8]) -> Option<Vec<u8>> {
    let odd = |part: &[u8]| find(text, part).is_some();
    if text.contains(&b'\r')
        || [&b"??"[..], b"__LINE__", b"__COUNTER__"]
            .into_iter()
            .any(odd)
    {
        return None;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        at += match &text[at..] {
            rest @ [b'/', b'*', ..] => block_comment(rest, &mut kept)?,
            rest @ [b'/', b'/', ..] => line_comment(rest, &mut kept)?,
            [b'/', b'\\', ..] => return None,
            rest @ [quote @ (b'"' | b'\''), ..] => {
                let end = literal_end(rest, *quote)?;
                kept.extend_from_slice(&rest[..end]);
                end
            }
            [byte, ..] => {
                add(&mut kept, *byte);
                1
            }
            [] => break,
        };
    }
    while matches!(kept.last(), Some(b' ' | b'\n')) {
        kept.pop();
    }
    Some(kept)
}

/// Adds a byte, of blanks and line ends only the first.
fn add(kept: &mut Vec<u8>, byte: u8) {
    let last = kept.last().copied().unwrap_or(b'\n');
    match byte {
        b' ' | b'\t' if !matches!(last, b' ' | b'\n') => kept.push(b' '),
        b' ' | b'\t' => {}
        b'\n' => {
            if last == b' ' {
                kept.pop();
            }
            if kept.last().is_some_and(|last| *last != b'\n') {
                kept.push(b'\n');
            }
        }
        other => kept.push(other),
    }
}

/// Takes a comment; gives its length.
fn block_comment(rest: &[u8], kept: &mut Vec<u8>) -> Option<usize> {
    let end = find(&rest[2..], b"*/")? + 4;
    comment(&rest[..end], kept)?;
    add(kept, b' ');
    Some(end)
}

/// Takes a comment up to the end of its line; gives its length.
fn line_comment(rest: &[u8], kept: &mut Vec<u8>) -> Option<usize> {
    let end = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len());
    comment(&rest[..end], kept)?;
    kept.extend_from_slice(b"//");
    (rest[end - 1] != b'\\').then_some(end)
}

/// Keeps of a comment what matters; `None` where it may be a part of a header's name.
fn comment(comment: &[u8], kept: &mut Vec<u8>) -> Option<()> {
    let line = kept
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let named = |word: &[u8]| find(line, word).is_some();
    let names_header = named(b"include") || named(b"import") || named(b"embed");
    if line.starts_with(b"#") && line.contains(&b'<') && names_header {
        return None;
    }
    if let Some(at) = find(comment, LICENSE) {
        let rest = &comment[at..];
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        kept.extend_from_slice(&rest[..end]);
    }
    Some(())
}

/// Length of a literal that closes on its line.
fn literal_end(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if *byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same_code;

    fn same(old: &str, new: &str) -> bool {
        same_code(old.as_bytes(), new.as_bytes())
    }

    #[test]
    fn comments_and_blanks_are_no_code() {
        let code = "/* SPDX-License-Identifier: MIT */\n#define A 1 /* one\n more */\nstruct s {\n\tint a;\n};\n";
        for other in [
            "/* SPDX-License-Identifier: MIT */\n\n#define A 1 /* two */\nstruct s {\n    int a; \n};",
            "/* SPDX-License-Identifier: MIT */\n#define A 1\n/** @a: \"a\" */\nstruct s {\n\tint  a;\n};\n\n",
        ] {
            assert!(same(code, other), "{other}");
        }
    }

    #[test]
    fn code_is_code() {
        let code =
            "/* SPDX-License-Identifier: MIT */\n#define A 1\nint a;\nchar *s = \"/* x */\";\n";
        for (from, to) in [
            ("MIT", "GPL-2.0"),
            ("A 1", "A 2"),
            ("A 1", "A(1)"),
            ("int a", "inta"),
            ("A 1\n", "A 1 "),
            ("/* x */", "/* y */"),
            ("int a;", "/* int a; */"),
            ("int a;", "// int a;"),
            ("int a;", "int a; // c"),
        ] {
            assert!(!same(code, &code.replace(from, to)), "{from} -> {to}");
        }
    }

    #[test]
    fn what_can_be_lexed_in_two_ways_is_never_the_same() {
        for text in [
            "#error don't\n",
            "int a; /* never closed\n",
            "// goes on \\\nint a;\n",
            "/\\\n* comment? */\n",
            "#include <a//b.h>\n",
            "#include <a/*b.h>\n/* */\n",
            "int a = __LINE__;\n",
            "// what??/\nint a;\n",
            "int a;\r\n",
        ] {
            assert!(!same(text, text), "{text}");
        }
    }
}
