//! The value of an F: or X: line becomes a [`FilePattern`], with the meaning that
//! scripts/get_maintainer.pl gives it (read_maintainer_file and file_match_pattern of v6.12).
//!
//! Such a value is a Perl expression in which `.` means itself, `*` any characters and `?` one. Nearly all
//! have nothing else in them and are matched here without any expression.

use super::perl;
use regex::Regex;

/// Most `*` in a pattern; v6.12 has six at most.
const STAR_LIMIT: usize = 16;

/// What F: and X: match.
#[derive(Debug, Clone)]
pub(super) struct FilePattern {
    text: String,
    matcher: Matcher,
    /// Whether it takes everything below what it matches.
    directory: bool,
}

#[derive(Debug, Clone)]
enum Matcher {
    /// Nothing but characters.
    Plain,
    /// With `*` and `?`.
    Glob,
    /// With something that an expression needs.
    Regex(Regex),
}

impl FilePattern {
    /// Reads a value. `is_directory` says whether a path names a directory: such a value means all of it,
    /// with or without a slash at its end.
    ///
    /// # Errors
    /// Why an expression can't be used.
    pub fn parse(value: &str, is_directory: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        if value.matches('*').count() > STAR_LIMIT {
            return Err(format!("more than {STAR_LIMIT} `*`"));
        }
        let mut text = value.to_owned();
        // The script looks for the directory after it has rewritten the value, so that one with a dot is
        // never found.
        let bare =
            !value.starts_with('/') && !value.ends_with('/') && !value.contains(['.', '*', '?']);
        if bare && is_directory(value) {
            text.push('/');
        }
        let special = |c: char| "[]+{}()|^$\\".contains(c);
        let matcher = if value.contains(special) {
            let expression = text.replace('.', "\\.");
            let expression = expression.replace('*', ".*").replace('?', ".");
            Matcher::Regex(perl::compile(&format!("^{expression}"), false)?)
        } else if value.contains(['*', '?']) {
            Matcher::Glob
        } else {
            Matcher::Plain
        };
        Ok(Self {
            directory: text.ends_with('/'),
            matcher,
            text,
        })
    }

    /// The characters that every path it matches begins with.
    pub fn prefix(&self) -> &str {
        match self.matcher {
            Matcher::Plain => &self.text,
            Matcher::Glob => self.text.split(['*', '?']).next().unwrap_or_default(),
            // What stands before the first special character may be repeated, or be one of two.
            Matcher::Regex(_) => "",
        }
    }

    /// Whether it matches a path. What is not a directory must have as many slashes as the path; its end
    /// need not be the end of the path.
    pub fn matches(&self, path: &str) -> bool {
        let begins = match &self.matcher {
            Matcher::Plain => path.starts_with(&self.text),
            Matcher::Glob => begins_with_glob(path, &self.text),
            Matcher::Regex(expression) => expression.is_match(path),
        };
        begins && (self.directory || slashes(path) == slashes(&self.text))
    }

    /// How deep it reaches: sections with deeper patterns come first. -1 for one that begins with `*`.
    pub fn depth(&self) -> i32 {
        if self.text.starts_with('*') {
            return -1;
        }
        let open = usize::from(!self.directory);
        i32::try_from(slashes(&self.text) + open).unwrap_or(i32::MAX)
    }
}

fn slashes(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'/').count()
}

/// Whether some beginning of the path matches. Each piece between two `*` is looked for as early as it can
/// stand, which is enough where the end is free.
fn begins_with_glob(path: &str, glob: &str) -> bool {
    // `.` of an expression is no line break.
    let path = path.split('\n').next().unwrap_or_default();
    let mut pieces = glob.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = after_piece(path, first) else {
        return false;
    };
    for piece in pieces {
        let found = rest
            .char_indices()
            .map(|(at, _)| at)
            .chain([rest.len()])
            .find_map(|at| after_piece(&rest[at..], piece));
        match found {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// What follows a piece that the text begins with; `?` is any one character.
fn after_piece<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for expected in piece.chars() {
        let found = rest.next()?;
        if expected != '?' && found != expected {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(value: &str) -> FilePattern {
        FilePattern::parse(value, &|path| path == "include/uapi/linux" || path == "net")
            .expect("fine")
    }

    /// Facts of scripts/get_maintainer.pl, each tried with the script itself.
    #[test]
    fn matches_as_the_script_does() {
        for (value, path, expected) in [
            ("kernel/ptrace.c", "kernel/ptrace.c", true),
            ("kernel/ptrace.c", "kernel/ptrace.cpp", true),
            ("kernel/ptrace.c", "kernel/ptraceXc", false),
            ("drivers/net/", "drivers/net/a/b.c", true),
            ("drivers/net/*", "drivers/net/a.c", true),
            ("drivers/net/*", "drivers/net/a/b.c", false),
            ("drivers/*/foo.c", "drivers/a/foo.c", true),
            ("drivers/*/foo.c", "drivers/a/b/foo.c", false),
            ("arch/*/include/uapi/", "arch/x86/include/uapi/k.h", true),
            (
                "arch/*/include/uapi/",
                "arch/x86/deep/include/uapi/k.h",
                true,
            ),
            ("include/uapi/linux", "include/uapi/linux/a.h", true),
            ("include/uapi/linux", "include/uapi/linuxish.h", false),
            ("include/uapi/lin", "include/uapi/linux/a.h", false),
            ("include/uapi/lin", "include/uapi/linux.h", true),
            ("drivers/da72??.[ch]", "drivers/da7213.c", true),
            ("drivers/da72??.[ch]", "drivers/da7213.o", false),
            ("*", "Makefile", true),
            ("*", "net/Makefile", false),
            ("*/", "net/Makefile", true),
            ("*/net/*", "a/net/b.c", true),
        ] {
            assert_eq!(pattern(value).matches(path), expected, "{value} on {path}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_long_is_refused() {
        let parse = |value: &str| FilePattern::parse(value, &|_| false).map(|_| ());
        assert!(parse(&"*a".repeat(17)).is_err());
        assert!(parse(&"*a".repeat(16)).is_ok());
    }

    #[test]
    fn depth_counts_slashes_and_the_open_end() {
        for (value, depth) in [
            ("include/uapi/linux", 3),
            ("include/uapi/linux/", 3),
            ("include/uapi/linux/a.h", 4),
            ("net", 1),
            ("Makefile", 1),
            ("*/net/", -1),
        ] {
            assert_eq!(pattern(value).depth(), depth, "{value}");
        }
    }

    #[test]
    fn every_match_begins_with_the_prefix() {
        assert_eq!(pattern("drivers/da72??.c").prefix(), "drivers/da72");
        assert_eq!(pattern("net/ipv4/").prefix(), "net/ipv4/");
        assert_eq!(pattern("a|b").prefix(), "");
        assert!(pattern("zz|b").matches("b"));
    }
}
