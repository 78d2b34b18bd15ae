//! Names that GitHub gives become names that may stand in a path, a reference or an address.
//!
//! Whatever comes with a delivery or an answer is somebody's text until it has been through here.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;

/// Characters of an owner's name at most. GitHub allows 39; those of enterprises end in `_` and a short code.
const OWNER_LIMIT: usize = 64;
/// Characters of a repository's name at most, as GitHub allows.
const NAME_LIMIT: usize = 100;
/// Bytes of a branch's name at most: what a file system takes as a name, which is where git keeps it.
const BRANCH_LIMIT: usize = 255;
/// Characters of a login at most, `[bot]` counted.
const LOGIN_LIMIT: usize = 80;
/// What stands for itself in a segment of a path (RFC 3986, 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A repository on GitHub: `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository(String);

impl Repository {
    /// Takes a full name apart and sees whether it is one; `None` where it is not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let plain = |text: &str, more: &[u8]| {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
            text.bytes().all(good)
        };
        let owner_is = (1..=OWNER_LIMIT).contains(&owner.len()) && plain(owner, b"-_");
        let name_is = (1..=NAME_LIMIT).contains(&name.len()) && plain(name, b"-_.");
        // A segment of dots would lead out of whatever directory it stands in.
        let dots = name.bytes().all(|byte| byte == b'.');
        (owner_is && name_is && !dots).then(|| Self(text.to_owned()))
    }

    /// As `owner/name`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Whether a text is the full id of a commit: 40 hex digits (SHA-1) or 64 (SHA-256), in lower case.
#[must_use]
pub fn is_commit(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    matches!(text.len(), 40 | 64) && text.bytes().all(hex)
}

/// Whether a text may be the name of a branch, without `refs/heads/` (git-check-ref-format(1), and stricter about what
/// a shell or an option would take for its own).
#[must_use]
pub fn is_branch(text: &str) -> bool {
    let bad = |char: char| char.is_control() || " ~^:?*[\\\"'`$<>|;&".contains(char);
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with(".lock")
            && !part.ends_with('.')
    };
    text.len() <= BRANCH_LIMIT
        && !text.starts_with('-')
        && text != "@"
        && !text.chars().any(bad)
        && !text.contains("..")
        && !text.contains("@{")
        && text.split('/').all(part)
}

/// Whether a text may be a login: of a person, or of an App, which ends in `[bot]`.
#[must_use]
pub(super) fn is_login(text: &str) -> bool {
    let name = text.strip_suffix("[bot]").unwrap_or(text);
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() <= LOGIN_LIMIT && !name.is_empty() && name.bytes().all(good)
}

/// A text as one segment of a path, or one value of a query.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_have_two_plain_names() {
        for good in [
            "octo/linux",
            "Codertocat/Hello-World",
            "a_b/.github",
            "o/..x",
        ] {
            let name = Repository::parse(good).map(|name| name.to_string());
            assert_eq!(name.as_deref(), Some(good));
        }
        let long = format!("o/{}", "n".repeat(101));
        for bad in [
            "", "/", "octo", "octo/", "/linux", "octo/..", "octo/.", "../x", "octo/a/b", "o/a b",
            "o/a\n", "o/ä", "o/a?b", "-x/../y", "o/%2e", &long,
        ] {
            assert_eq!(Repository::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn commits_are_full_ids() {
        assert!(is_commit(&"0a".repeat(20)));
        assert!(is_commit(&"0a".repeat(32)));
        for bad in [
            "",
            "HEAD",
            &"0A".repeat(20),
            &"0g".repeat(20),
            &"0a".repeat(19),
        ] {
            assert!(!is_commit(bad), "{bad:?}");
        }
    }

    #[test]
    fn branches_are_what_git_takes_and_no_option() {
        for good in [
            "main",
            "for-next",
            "net/for-6.12",
            "gh-readonly-queue/main/pr-104-929f",
            "ä",
        ] {
            assert!(is_branch(good), "{good:?}");
        }
        let long = "b".repeat(256);
        for bad in [
            "",
            "-x",
            "--upload-pack=x",
            "a..b",
            "/a",
            "a/",
            "a//b",
            "a b",
            "a:b",
            "a\n",
            "@",
            "a@{1}",
            "a.lock",
            ".a",
            "a/.b",
            "a*",
            "a.",
            &long,
        ] {
            assert!(!is_branch(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_stands_in_a_path_stays_in_its_segment() {
        assert_eq!(segment("octo-cat_1.x~"), "octo-cat_1.x~");
        assert_eq!(segment("a/../b?c=d&e#f"), "a%2F..%2Fb%3Fc%3Dd%26e%23f");
        assert_eq!(segment("uapi[bot]"), "uapi%5Bbot%5D");
    }

    #[test]
    fn logins_are_plain() {
        for good in ["octocat", "uapi-check[bot]", "name_corp"] {
            assert!(is_login(good), "{good:?}");
        }
        for bad in ["", "[bot]", "a/b", "a b", "a[bot]x", &"a".repeat(81)] {
            assert!(!is_login(bad), "{bad:?}");
        }
    }
}
