//! Which names a patch may write to: none that leads out of the tree or into git's own directory.
//!
//! The same that git refuses with `core.protectHFS` and `core.protectNTFS`: what one machine takes for
//! `.git`, none gets.

use super::refusal::Refusal;
use super::refusal::shown;

/// The longest name, in bytes, as Linux has it (PATH_MAX).
const LONGEST: usize = 4096;
/// The most components of a name. A kernel's deepest file has some 14.
const DEEPEST: usize = 128;

/// Refuses a name that is never written or removed. `line` is that of its header in the diff.
pub(super) fn check(name: &[u8], line: usize) -> Result<(), Refusal> {
    match fault(name) {
        None => Ok(()),
        Some(why) => Err(Refusal::Forbidden {
            file: shown(name),
            line,
            why,
        }),
    }
}

fn fault(name: &[u8]) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it has no name");
    }
    if name.len() > LONGEST {
        return Some("its name has more than 4096 bytes");
    }
    if name.starts_with(b"/") {
        return Some("its name is absolute");
    }
    if name.contains(&0) {
        return Some("its name has a zero byte");
    }
    let mut components = name.split(|byte| *byte == b'/');
    if components.clone().count() > DEEPEST {
        return Some("it lies more than 128 directories deep");
    }
    components.find_map(fault_of_component)
}

fn fault_of_component(component: &[u8]) -> Option<&'static str> {
    match component {
        b"" => Some("its name has an empty component"),
        b"." | b".." => Some("its name leads through `.` or `..`"),
        _ if is_git(component) => Some("its name leads into a directory of git"),
        _ => None,
    }
}

fn is_git(component: &[u8]) -> bool {
    // NTFS takes a backslash for a slash, and what stands behind a colon for a stream of the file.
    let mut parts = component.split(|byte| *byte == b'\\');
    is_git_on_hfs(component) || parts.any(is_git_on_ntfs)
}

/// `.git` and its short form, with blanks and dots behind, which NTFS drops.
fn is_git_on_ntfs(part: &[u8]) -> bool {
    let until_stream = part.split(|byte| *byte == b':').next().unwrap_or(part);
    let end = until_stream
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'.'))
        .map_or(0, |at| at + 1);
    let name = &until_stream[..end];
    name.eq_ignore_ascii_case(b".git") || name.eq_ignore_ascii_case(b"git~1")
}

/// `.git` with characters in it that HFS+ does not see. Which these are: Apple's Technical Note 1150, by git's
/// reading.
fn is_git_on_hfs(component: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(component) else {
        return false;
    };
    let seen = text.chars().filter(|c| {
        !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
    });
    seen.collect::<String>().eq_ignore_ascii_case(".git")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "a/../b",
            "..",
            "./a",
            "a//b",
            "a/",
            "a\0b",
            ".git/config",
            "a/.GIT/hooks/x",
            ".git",
            "GIT~1/x",
            ".git /x",
            ".git./x",
            ".git...",
            ".git::$INDEX_ALLOCATION/x",
            "a\\.git\\x",
            ".g\u{200c}it/config",
            "\u{feff}.git",
            ".gi\u{206f}t",
        ] {
            assert!(fault(name.as_bytes()).is_some(), "{name:?}");
        }
        assert!(fault(&[b'a'; 4097]).is_some());
        assert!(fault("a/".repeat(129).as_bytes()).is_some());
    }

    #[test]
    fn names_that_only_look_so_are_taken() {
        for name in [
            "include/uapi/linux/if.h",
            ".gitignore",
            "a/.gitattributes",
            ".github/x",
            "git/x",
            "git~2",
            "a..b/..c",
            "...",
            "a b",
            "x.git/y",
            "\u{e4}/x",
            "agit~1",
            "a:b",
        ] {
            assert_eq!(fault(name.as_bytes()), None, "{name:?}");
        }
        assert_eq!(fault(b"\xff\xfe.h"), None);
    }
}
