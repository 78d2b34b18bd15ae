//! The text of a patch becomes what scripts/get_maintainer.pl sees in it: files, and lines in which words
//! are looked for. Not a parser of patches: where the script misreads one, so does this.

use std::collections::BTreeSet;

/// Longest line in which words are looked for, in bytes; of a longer one, its beginning.
const LINE_LIMIT: usize = 1 << 16;

/// A patch as the script sees it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Patch {
    /// Every path that a header names, sorted; `/dev/null` is `dev/null`.
    pub files: BTreeSet<String>,
    /// Lines before the first file: mail headers, subject, message. With their line breaks.
    pub introduction: Vec<String>,
    /// Lines from there on, headers left out.
    pub body: Vec<String>,
}

impl Patch {
    pub fn read(text: &[u8]) -> Self {
        let mut patch = Self::default();
        let mut in_body = false;
        for bytes in text.split_inclusive(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(&bytes[..bytes.len().min(LINE_LIMIT)]);
            if patch.header(&line) {
                continue;
            }
            if let Some(path) = file_line(&line) {
                patch.files.insert(path.to_owned());
                in_body = true;
            } else if is_hunk(&line) || is_fixes(&line) {
                // The script takes these lines for something else.
            } else if in_body {
                patch.body.push(line.into_owned());
            } else {
                patch.introduction.push(line.into_owned());
            }
        }
        patch
    }

    /// Takes the paths of git's own header lines; whether it was one.
    fn header(&mut self, line: &str) -> bool {
        let one = |rest: &str| {
            let path = rest.trim_end();
            (!path.is_empty() && !path.contains(char::is_whitespace)).then(|| path.to_owned())
        };
        let mode = line
            .strip_prefix(" mode change ")
            .and_then(|rest| rest.split_once(" => "))
            .filter(|(old, _)| is_octal(old))
            .and_then(|(_, rest)| rest.split_once(' '))
            .filter(|(new, _)| is_octal(new))
            .and_then(|(_, path)| one(path));
        let renamed = line.strip_prefix("rename from ");
        let renamed = renamed.or_else(|| line.strip_prefix("rename to "));
        let renamed = renamed.and_then(one);
        if let Some(path) = mode.or(renamed) {
            self.files.insert(path);
            return true;
        }
        let both = line
            .strip_prefix("diff --git a/")
            .and_then(|rest| rest.split_once(" b/"))
            .and_then(|(old, new)| Some((one(old).filter(|path| path == old)?, one(new)?)));
        let Some((old, new)) = both else {
            return false;
        };
        self.files.extend([old, new]);
        true
    }
}

/// The path of `+++ b/path` or `--- a/path`, without its first part.
fn file_line(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("+++")
        .or_else(|| line.strip_prefix("---"))?;
    let begins_blank = rest.starts_with(char::is_whitespace);
    let path = rest.split_whitespace().next().filter(|_| begins_blank)?;
    Some(path.split_once('/').map_or(path, |(_, rest)| rest))
}

/// `@@ -1,2`; a hunk of a single line has no comma, and the script does not see it as one.
fn is_hunk(line: &str) -> bool {
    let range = line
        .strip_prefix("@@ -")
        .and_then(|rest| rest.split_once(','));
    range.is_some_and(|(start, rest)| {
        is_number(start) && rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// `Fixes: 0123abc`, at least six digits.
fn is_fixes(line: &str) -> bool {
    let rest = line.strip_prefix("Fixes:").unwrap_or_default();
    let id = rest.trim_start();
    let digits = id.bytes().take_while(u8::is_ascii_hexdigit).count();
    id.len() < rest.len() && digits >= 6
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_octal(text: &str) -> bool {
    is_number(text) && !text.contains(['8', '9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "\
Subject: [PATCH] uapi: move it
Fixes: 0123456789ab (\"old\")
Fixes: nothing

A word.
---
 mode change 100644 => 100755 scripts/run.sh
diff --git a/include/uapi/linux/a.h b/include/uapi/linux/b.h
rename from include/uapi/linux/a.h
rename to include/uapi/linux/b.h
--- a/include/uapi/linux/a.h
+++ b/include/uapi/linux/b.h
@@ -1,2 +1,2 @@ struct x
@@ -1 +1 @@
-old
+new
--- a remark that was taken away
";

    #[test]
    fn files_are_what_the_headers_name() {
        let patch = Patch::read(PATCH.as_bytes());
        let files: Vec<&str> = patch.files.iter().map(String::as_str).collect();
        assert_eq!(
            files,
            [
                "a",
                "include/uapi/linux/a.h",
                "include/uapi/linux/b.h",
                "scripts/run.sh",
            ]
        );
    }

    #[test]
    fn words_are_looked_for_before_and_after_the_first_file() {
        let patch = Patch::read(PATCH.as_bytes());
        assert_eq!(
            patch.introduction[1..],
            ["Fixes: nothing\n", "\n", "A word.\n", "---\n"]
        );
        assert_eq!(patch.body, ["@@ -1 +1 @@\n", "-old\n", "+new\n"]);
    }
}
