//! What the user wrote becomes a [`Range`]: only text, no repository. Next: `resolve`.

/// What to compare, by the names the user gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Range {
    /// Nothing given: the work tree against HEAD, or the last commit where the work tree is clean.
    Default,
    /// A commit against its (first) parent.
    Single(String),
    /// `A..B`: from A to B.
    Between(String, String),
    /// `A...B`: from where B left A to B.
    SinceFork(String, String),
}

impl Range {
    /// Reads a range. Dots inside braces are part of a revision (`HEAD^{/fix..}`); an empty side is HEAD.
    pub(super) fn parse(text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Self::Default;
        };
        let Some(at) = dots(text) else {
            return Self::Single(text.to_owned());
        };
        let (from, rest) = text.split_at(at);
        match rest.strip_prefix("...") {
            Some(to) => Self::SinceFork(or_head(from), or_head(to)),
            None => Self::Between(or_head(from), or_head(&rest[2..])),
        }
    }
}

/// Where the two or three dots of a range begin. `:/text` is one revision, whatever the text.
fn dots(text: &str) -> Option<usize> {
    if text.starts_with(":/") {
        return None;
    }
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'.' if depth == 0 && text[at..].starts_with("..") => return Some(at),
            _ => {}
        }
    }
    None
}

fn or_head(revision: &str) -> String {
    match revision.trim() {
        "" => "HEAD".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    fn between(from: &str, to: &str) -> Range {
        Range::Between(from.into(), to.into())
    }

    #[test]
    fn reads_each_form() {
        assert_eq!(Range::parse(None), Range::Default);
        assert_eq!(Range::parse(Some("  ")), Range::Default);
        assert_eq!(Range::parse(Some("v6.1")), Range::Single("v6.1".into()));
        assert_eq!(Range::parse(Some("v6.1..v6.12")), between("v6.1", "v6.12"));
        assert_eq!(
            Range::parse(Some("main...topic")),
            Range::SinceFork("main".into(), "topic".into())
        );
    }

    #[test]
    fn an_empty_side_is_head() {
        assert_eq!(Range::parse(Some("..b")), between("HEAD", "b"));
        assert_eq!(Range::parse(Some("a..")), between("a", "HEAD"));
        assert_eq!(
            Range::parse(Some("...")),
            Range::SinceFork("HEAD".into(), "HEAD".into())
        );
    }

    #[test]
    fn dots_of_a_revision_are_its_own() {
        for text in ["HEAD^{/fix..}", ":/a..b", "v6.1.2", "HEAD@{1..2}"] {
            assert_eq!(Range::parse(Some(text)), Range::Single(text.into()));
        }
        assert_eq!(
            Range::parse(Some("HEAD^{/a..b}..HEAD")),
            between("HEAD^{/a..b}", "HEAD")
        );
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        for text in ["é..ü", "}{..", "....", "{", "..\u{0}", "ü...", "{..}...x"] {
            let _ = Range::parse(Some(text));
        }
        assert_eq!(Range::parse(Some("é..ü")), between("é", "ü"));
    }
}
