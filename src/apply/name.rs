//! Names of files in a diff: where they end, C quotes, and the first component (`a/`, `b/`) taken off.
//!
//! Knows nothing of which names are allowed: that is for `path`.

use super::refusal::Name;

/// Where a name ends besides the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At a tab, behind which tools put dates.
    Tab,
    /// Nowhere else.
    LineEnd,
}

/// The name at the start of a line, without its first `strip` components.
pub(super) fn name(line: &[u8], until: Until, strip: usize) -> Option<Name> {
    if line.starts_with(b"\"") {
        let (name, _) = unquote(line)?;
        return stripped(&name, strip).map(<[u8]>::to_vec);
    }
    let ends = |byte: &u8| *byte == b'\n' || (*byte == b'\t' && until == Until::Tab);
    let end = line.iter().position(ends).unwrap_or(line.len());
    stripped(line.get(..end)?, strip).map(<[u8]>::to_vec)
}

/// Whether the line names the file that is never there.
pub(super) fn is_dev_null(line: &[u8]) -> bool {
    let rest = line.strip_prefix(b"/dev/null");
    rest.is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}

/// Without its first `count` components; `None` where nothing is left.
fn stripped(name: &[u8], count: usize) -> Option<&[u8]> {
    let mut rest = name;
    for _ in 0..count {
        let slash = rest.iter().position(|byte| *byte == b'/')?;
        rest = rest.get(slash + 1..)?;
    }
    (!rest.is_empty()).then_some(rest)
}

/// The name that both halves of `diff --git a/NAME b/NAME` agree on; `line` is what stands behind
/// `diff --git `. Where they differ, other lines have to tell the names.
pub(super) fn of_both_halves(line: &[u8]) -> Option<Name> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    if line.starts_with(b"\"") {
        let (first, rest) = unquote(line)?;
        let rest = trim_start(rest);
        let second = match rest.starts_with(b"\"") {
            true => unquote(rest)?.0,
            false => rest.to_vec(),
        };
        return same(&first, &second);
    }
    if let Some(quote) = line.iter().position(|byte| *byte == b'"') {
        let (second, _) = unquote(line.get(quote..)?)?;
        return same(line.get(..quote)?.trim_ascii_end(), &second);
    }
    // A name may have blanks in it: the one in the middle is the one that makes both halves the same.
    let blanks = line.iter().enumerate();
    let blanks = blanks.filter(|(_, byte)| matches!(byte, b' ' | b'\t'));
    let middle = line.len() / 2;
    let mut near = blanks.filter(|(at, _)| at.abs_diff(middle) <= LONGEST_PREFIX);
    near.find_map(|(at, _)| same(line.get(..at)?, line.get(at + 1..)?))
}

/// How much longer one prefix (`a/`) may be than the other for both halves to be compared, in bytes; without
/// a bound, a line of blanks would take a day.
const LONGEST_PREFIX: usize = 256;

fn same(first: &[u8], second: &[u8]) -> Option<Name> {
    let (first, second) = (stripped(first, 1)?, stripped(second, 1)?);
    (first == second).then(|| first.to_vec())
}

fn trim_start(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// Reads a C string as git writes one, and gives what stands behind it.
pub(super) fn unquote(text: &[u8]) -> Option<(Name, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (byte, behind) = rest.split_first()?;
        rest = behind;
        match byte {
            b'"' => return Some((name, rest)),
            b'\n' => return None,
            b'\\' => {
                let (escaped, behind) = escape(rest)?;
                name.push(escaped);
                rest = behind;
            }
            byte => name.push(*byte),
        }
    }
}

/// The byte that the text behind a backslash stands for.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (byte, rest) = text.split_first()?;
    let plain = match byte {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => *byte,
        b'0'..=b'3' => {
            let digits = text.get(..3)?;
            let digit = |byte: &u8| (b'0'..=b'7').contains(byte).then(|| byte - b'0');
            let value = digits
                .iter()
                .try_fold(0_u8, |value, byte| Some((value << 3) | digit(byte)?))?;
            return Some((value, text.get(3..)?));
        }
        _ => return None,
    };
    Some((plain, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: Option<Name>) -> Option<String> {
        name.map(|name| String::from_utf8_lossy(&name).into_owned())
    }

    #[test]
    fn a_name_ends_where_its_line_or_its_date_begins() {
        let read = |line: &str, until| text(name(line.as_bytes(), until, 1));
        assert_eq!(read("a/b c.h\n", Until::Tab).as_deref(), Some("b c.h"));
        assert_eq!(
            read("a/b.h\t2024-01-01\n", Until::Tab).as_deref(),
            Some("b.h")
        );
        assert_eq!(
            read("a/b.h\tx\n", Until::LineEnd).as_deref(),
            Some("b.h\tx")
        );
        assert_eq!(read("b.h\n", Until::Tab), None);
        assert_eq!(read("a/\n", Until::Tab), None);
    }

    #[test]
    fn quotes_are_gits() {
        // `git ls-files` prints these two names so.
        let (name, rest) = unquote(br#""a/\303\244\t\"x\\" b"#).expect("a string");
        assert_eq!(name, "a/ä\t\"x\\".as_bytes());
        assert_eq!(rest, b" b");
        for broken in [r#""open"#, r#""\8""#, r#""\40""#, r#""\400""#, "\"\n\"", ""] {
            assert_eq!(unquote(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn both_halves_have_to_agree() {
        let read = |line: &str| text(of_both_halves(line.as_bytes()));
        assert_eq!(read("a/x.h b/x.h\n").as_deref(), Some("x.h"));
        assert_eq!(read("a/x b/x.h b/x b/x.h\n").as_deref(), Some("x b/x.h"));
        assert_eq!(read("old/x.h newer/x.h\n").as_deref(), Some("x.h"));
        assert_eq!(
            read("\"a/\\303\\244\" \"b/\\303\\244\"\n").as_deref(),
            Some("ä")
        );
        assert_eq!(read("a/x \"b/x\"\n").as_deref(), Some("x"));
        assert_eq!(read("\"a/x\" b/x\n").as_deref(), Some("x"));
        for other in ["a/x.h b/y.h\n", "a/x.h\n", "", "x x\n", "\"a/x b/x\n"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
