//! What stands above the hunks of a file: git's header with its extended lines, or plain `---` and `+++`.

use super::name::{self, Until};
use super::parse::{FilePatch, Text, ranges};
use super::refusal::Refusal;

/// Goes to the next file of a diff and reads its header; `None` where there is none any more.
pub(super) fn find<'d>(text: &mut Text<'d>) -> Result<Option<FilePatch<'d>>, Refusal> {
    while let Some(line) = text.peek() {
        if let Some(rest) = line.strip_prefix(b"diff --git ") {
            if let Some(patch) = git(text, rest)? {
                return Ok(Some(patch));
            }
        } else if ranges(line).is_some() {
            return Err(fault(text.number(), "a hunk without a header above it"));
        } else if let Some(patch) = plain(text, line)? {
            return Ok(Some(patch));
        }
        text.skip(1);
    }
    Ok(None)
}

fn fault(line: usize, what: &'static str) -> Refusal {
    Refusal::Malformed { line, what }
}

/// Reads git's header; `rest` is what stands behind `diff --git `. `None` where nothing of a header stands
/// below that line.
fn git<'d>(text: &mut Text<'d>, rest: &'d [u8]) -> Result<Option<FilePatch<'d>>, Refusal> {
    let mut header = Header {
        both: name::of_both_halves(rest),
        patch: FilePatch {
            line: text.number(),
            // git says what it is; nothing is left open.
            is_new: Some(false),
            is_delete: Some(false),
            ..FilePatch::default()
        },
    };
    let mut lines = 1;
    while let Some(line) = text.ahead(lines).filter(|line| line.ends_with(b"\n")) {
        if !header.read(line, text.number() + lines)? {
            break;
        }
        lines += 1;
    }
    if lines == 1 {
        return Ok(None);
    }
    text.skip(lines);
    header.end().map(Some)
}

struct Header<'d> {
    /// The name that both halves of the first line agree on.
    both: Option<Vec<u8>>,
    patch: FilePatch<'d>,
}

impl<'d> Header<'d> {
    /// Reads one line; false where it is none of the header's.
    fn read(&mut self, line: &'d [u8], number: usize) -> Result<bool, Refusal> {
        let Some((key, rest)) = keyword(line) else {
            return Ok(false);
        };
        let patch = &mut self.patch;
        match key {
            "--- " => old_name(patch, rest, number)?,
            "+++ " => new_name(patch, rest, number)?,
            "old mode " => patch.old_mode = mode(rest, number)?,
            "new mode " => patch.new_mode = mode(rest, number)?,
            "deleted file mode " => {
                patch.is_delete = Some(true);
                patch.old.clone_from(&self.both);
                patch.old_mode = mode(rest, number)?;
            }
            "new file mode " => {
                patch.is_new = Some(true);
                patch.new.clone_from(&self.both);
                patch.new_mode = mode(rest, number)?;
            }
            "copy from " | "copy to " => {
                patch.is_copy = true;
                moved(patch, key == "copy from ", rest, number)?;
            }
            "rename from " | "rename old " | "rename to " | "rename new " => {
                patch.is_rename = true;
                let from = matches!(key, "rename from " | "rename old ");
                moved(patch, from, rest, number)?;
            }
            "index " => ids(patch, rest, number)?,
            _ => {}
        }
        let kinds = [
            patch.is_new == Some(true),
            patch.is_delete == Some(true),
            patch.is_rename,
            patch.is_copy,
        ];
        match kinds.iter().filter(|kind| **kind).count() {
            0 | 1 => Ok(true),
            _ => Err(fault(number, "the header contradicts itself")),
        }
    }

    fn end(self) -> Result<FilePatch<'d>, Refusal> {
        let Self { both, mut patch } = self;
        if patch.old.is_none() && patch.new.is_none() {
            patch.old.clone_from(&both);
            patch.new = both;
        }
        let nameless = (patch.new.is_none() && patch.is_delete != Some(true))
            || (patch.old.is_none() && patch.is_new != Some(true));
        match nameless {
            true => Err(fault(patch.line, "the header does not name the file")),
            false => Ok(patch),
        }
    }
}

/// A line of git's header: how it begins, and the rest.
fn keyword(line: &[u8]) -> Option<(&'static str, &[u8])> {
    const KEYWORDS: [&str; 15] = [
        "--- ",
        "+++ ",
        "old mode ",
        "new mode ",
        "deleted file mode ",
        "new file mode ",
        "copy from ",
        "copy to ",
        "rename from ",
        "rename to ",
        "rename old ",
        "rename new ",
        "similarity index ",
        "dissimilarity index ",
        "index ",
    ];
    let found = |key: &&'static str| Some((*key, line.strip_prefix(key.as_bytes())?));
    KEYWORDS.iter().find_map(found)
}

fn old_name(patch: &mut FilePatch<'_>, rest: &[u8], number: usize) -> Result<(), Refusal> {
    let (known, nothing) = (&patch.old, patch.is_new == Some(true));
    patch.old = side(known.clone(), nothing, rest, number)?;
    Ok(())
}

fn new_name(patch: &mut FilePatch<'_>, rest: &[u8], number: usize) -> Result<(), Refusal> {
    let (known, nothing) = (&patch.new, patch.is_delete == Some(true));
    patch.new = side(known.clone(), nothing, rest, number)?;
    Ok(())
}

/// The name that `---` or `+++` gives a side. `nothing` where the file is not there on that side.
fn side(
    known: Option<Vec<u8>>,
    nothing: bool,
    rest: &[u8],
    number: usize,
) -> Result<Option<Vec<u8>>, Refusal> {
    if nothing {
        return match name::is_dev_null(rest) {
            true => Ok(None),
            false => Err(fault(number, "/dev/null should stand here")),
        };
    }
    let named = name::name(rest, Until::Tab, 1);
    match known {
        Some(known) if named.as_ref() != Some(&known) => {
            Err(fault(number, "the header gives one file two names"))
        }
        _ => Ok(named),
    }
}

fn moved(patch: &mut FilePatch<'_>, from: bool, rest: &[u8], number: usize) -> Result<(), Refusal> {
    let named = name::name(rest, Until::LineEnd, 0);
    let named = named.ok_or_else(|| fault(number, "a name is missing"))?;
    match from {
        true => patch.old = Some(named),
        false => patch.new = Some(named),
    }
    Ok(())
}

/// Reads `index 0123456..89abcdef 100644`. What does not look so is passed over, as git does it.
fn ids<'d>(patch: &mut FilePatch<'d>, rest: &'d [u8], number: usize) -> Result<(), Refusal> {
    let digits = |text: &'d [u8]| {
        let end = text.iter().position(|byte| !byte.is_ascii_hexdigit());
        text.split_at(end.unwrap_or(text.len()))
    };
    let (old, behind) = digits(rest);
    let Some(behind) = behind.strip_prefix(b"..") else {
        return Ok(());
    };
    let (new, behind) = digits(behind);
    if old.len() > 40 || new.len() > 40 {
        return Ok(());
    }
    patch.old_id = old;
    if let Some(text) = behind.strip_prefix(b" ") {
        patch.old_mode = mode(text, number)?;
    }
    Ok(())
}

fn mode(text: &[u8], number: usize) -> Result<u32, Refusal> {
    let end = text.iter().position(|byte| !(b'0'..=b'7').contains(byte));
    let digits = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let behind = text.get(digits.len());
    let value = std::str::from_utf8(digits).ok();
    let value = value.and_then(|digits| u32::from_str_radix(digits, 8).ok());
    value
        .filter(|_| behind.is_some_and(u8::is_ascii_whitespace))
        .ok_or_else(|| fault(number, "that is no mode of a file"))
}

/// Reads `--- name` and `+++ name` with a hunk below; `None` where that does not stand here.
fn plain<'d>(text: &mut Text<'d>, line: &'d [u8]) -> Result<Option<FilePatch<'d>>, Refusal> {
    let Some(old) = line.strip_prefix(b"--- ") else {
        return Ok(None);
    };
    let new = text.ahead(1).and_then(|line| line.strip_prefix(b"+++ "));
    let hunk = text.ahead(2).is_some_and(|line| line.starts_with(b"@@ -"));
    let (Some(new), true) = (new, hunk) else {
        return Ok(None);
    };
    let mut patch = FilePatch {
        line: text.number(),
        ..FilePatch::default()
    };
    let strip = prefix(old, new);
    let read = |line| name::name(line, Until::Tab, strip);
    let nameless = || fault(patch.line, "the header does not name the file");
    if name::is_dev_null(old) || is_epoch(old) {
        patch.new = Some(read(new).or_else(|| read(old)).ok_or_else(nameless)?);
        (patch.is_new, patch.is_delete) = (Some(true), Some(false));
    } else if name::is_dev_null(new) || is_epoch(new) {
        patch.old = Some(read(old).ok_or_else(nameless)?);
        (patch.is_new, patch.is_delete) = (Some(false), Some(true));
    } else {
        let named = shorter(read(old), read(new)).ok_or_else(nameless)?;
        patch.old = Some(named.clone());
        patch.new = Some(named);
    }
    text.skip(2);
    Ok(Some(patch))
}

/// How many components are taken off: `a/x.h` has one too many, and where neither name has a slash nothing is.
fn prefix(old: &[u8], new: &[u8]) -> usize {
    let has_slash =
        |line: &[u8]| name::name(line, Until::Tab, 0).is_some_and(|name| name.contains(&b'/'));
    let sides = [old, new].into_iter();
    let mut named = sides.filter(|line| !name::is_dev_null(line));
    usize::from(named.any(has_slash))
}

/// Of `x.h.orig` and `x.h` the latter; else the second one.
fn shorter(old: Option<Vec<u8>>, new: Option<Vec<u8>>) -> Option<Vec<u8>> {
    match (old, new) {
        (Some(old), Some(new)) if new.starts_with(&old) => Some(old),
        (old, None) => old,
        (_, new) => new,
    }
}

/// Whether the date behind a name is the beginning of 1970, which diff(1) writes for a file that is not there.
fn is_epoch(line: &[u8]) -> bool {
    let mut parts = line.split(|byte| *byte == b'\t');
    let date = parts.nth(1).and_then(|date| std::str::from_utf8(date).ok());
    let Some([day, time, zone]) = date.and_then(|date| {
        let parts: Vec<&str> = date.split_whitespace().collect();
        <[&str; 3]>::try_from(parts).ok()
    }) else {
        return false;
    };
    let days = match day {
        "1969-12-31" => -1,
        "1970-01-01" => 0,
        _ => return false,
    };
    let clock = time.split_once('.').map_or(time, |(clock, fraction)| {
        match fraction.bytes().all(|byte| byte == b'0') {
            true => clock,
            false => "",
        }
    });
    let minutes = |text: &str| {
        let (hours, minutes) = (text.get(..2)?, text.get(text.len().checked_sub(2)?..)?);
        Some(hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?)
    };
    let local = clock.strip_suffix(":00").and_then(minutes);
    let zone = zone
        .split_at_checked(1)
        .and_then(|(sign, rest)| match sign {
            "+" => minutes(rest),
            "-" => minutes(rest).map(|minutes| -minutes),
            _ => None,
        });
    matches!((local, zone), (Some(local), Some(zone)) if days * 24 * 60 + local == zone)
}
