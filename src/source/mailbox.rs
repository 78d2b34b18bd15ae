//! A file, a directory or standard input becomes the mails in it: patches, mboxes, a maildir.
//!
//! Only reads: a maildir stays as it is. What a mail says is for [`crate::mail`]; here it only matters
//! whether there is a patch at all. Links in directories are not followed.

use super::SourceError;
use crate::mail::{self, Mailbox, Message, Refused};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of all files together at most: 500 patches of 128 KiB.
const BYTES_LIMIT: u64 = 64 << 20;
/// Mails at most.
const MAILS_LIMIT: usize = 10_000;
/// What files with mails in them are called, in a directory that is no maildir.
const ENDINGS: [&str; 4] = ["patch", "eml", "mbox", "mail"];

/// Reads the mails in a file (one mail, or an mbox), a maildir, a directory of files, or standard input
/// (`-`).
///
/// # Errors
///
/// Where it can't be read, is over a bound, or has no patch in it.
pub fn mails(place: &str) -> Result<Mailbox, SourceError> {
    let files = match place {
        "-" => vec![read("standard input", std::io::stdin(), BYTES_LIMIT)?],
        _ if Path::new(place).is_dir() => read_directory(place)?,
        _ => vec![open(Path::new(place), BYTES_LIMIT)?],
    };
    let place = if place == "-" {
        "standard input"
    } else {
        place
    };
    let raw: Vec<_> = files.iter().flat_map(|file| mail::split(file)).collect();
    if raw.len() > MAILS_LIMIT {
        let what = format!("{} mails; {MAILS_LIMIT} are the most", raw.len());
        let path = place.to_owned();
        return Err(SourceError::TooLarge { path, what });
    }
    let mailbox = Mailbox::read(raw);
    let has_patch = mailbox.messages.iter().any(Message::is_patch);
    if has_patch {
        return Ok(mailbox);
    }
    Err(SourceError::NoPatch {
        place: place.to_owned(),
        why: why_none(&files, &mailbox),
    })
}

/// Why there is no patch in some files, and the mend.
fn why_none(files: &[Vec<u8>], mailbox: &Mailbox) -> String {
    const SHAPES: &str =
        "give a mail with a diff, an mbox, a maildir, or what `git format-patch` writes";
    let refused = mailbox
        .refused
        .first()
        .map(|(at, why): &(usize, Refused)| format!("mail {at}: {why}"));
    if let Some(refused) = refused {
        refused
    } else if files.iter().all(|file| file.trim_ascii().is_empty()) {
        format!("it is empty; {SHAPES}")
    } else if files.iter().any(|file| file.starts_with(&[0x1f, 0x8b])) {
        "it is compressed; give what `gzip -dc` makes of it".to_owned()
    } else if mailbox.messages.iter().any(|message| message.subject.reply) {
        format!("its mails are answers; {SHAPES}")
    } else {
        format!("no mail in it has a diff; {SHAPES}")
    }
}

/// The files of a maildir, or those of a directory that are called like patches; sorted by name.
fn read_directory(place: &str) -> Result<Vec<Vec<u8>>, SourceError> {
    let top = Path::new(place);
    let folders = [top.join("cur"), top.join("new")];
    let maildir = folders.iter().any(|folder| folder.is_dir());
    let mut paths = Vec::new();
    if maildir {
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            paths.extend(regular_files(folder)?);
        }
        // By the name without its folder: mails move from new/ to cur/ when they are read.
        paths.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    } else {
        let wanted = |path: &PathBuf| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            ending.is_some_and(|ending| ENDINGS.contains(&ending))
        };
        paths.extend(regular_files(top)?.into_iter().filter(wanted));
        paths.sort();
    }
    if paths.is_empty() {
        return Err(SourceError::NoPatch {
            place: place.to_owned(),
            why: match maildir {
                true => "cur/ and new/ have no files".to_owned(),
                false => format!("no file in it ends in one of .{}", ENDINGS.join(", .")),
            },
        });
    }
    if paths.len() > MAILS_LIMIT {
        let what = format!("{} files; {MAILS_LIMIT} are the most", paths.len());
        let path = place.to_owned();
        return Err(SourceError::TooLarge { path, what });
    }
    let mut left = BYTES_LIMIT;
    let mut files = Vec::new();
    for path in paths {
        let file = open(&path, left)?;
        left -= file.len() as u64;
        files.push(file);
    }
    Ok(files)
}

/// The files directly in a directory. Those that are called like `.this` are no mails.
fn regular_files(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let unreadable = |error: &std::io::Error| unreadable(&folder.display().to_string(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let kind = entry.file_type().map_err(|error| unreadable(&error))?;
        if kind.is_file() && !hidden {
            files.push(entry.path());
        }
    }
    Ok(files)
}

fn open(path: &Path, limit: u64) -> Result<Vec<u8>, SourceError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    read(&name, file, limit)
}

/// Reads to the end, and not beyond a bound.
fn read(name: &str, from: impl Read, limit: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    let found = from.take(limit + 1).read_to_end(&mut bytes);
    found.map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::TooLarge {
            path: name.to_owned(),
            what: format!("more than {BYTES_LIMIT} bytes of mails"),
        });
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &std::io::Error) -> SourceError {
    SourceError::NoPatch {
        place: name.to_owned(),
        why: format!("it cannot be read ({error})"),
    }
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
