//! A maildir becomes mails, in the order in which they were put there. Nothing in it is touched.
//!
//! The cursor is a time and a name: the system notes when a file was put where it is (its ctime), which nobody can set
//! back, and files of the same moment are ordered by name. A reader that opens a mail moves it from `new/` to `cur/`, which
//! gives the file a new time; the cursor therefore remembers the names given last, up to their `:2,`. A mail that is
//! moved long after is given once more, and never lost. Next: [`super`].

use super::error::FollowError;
use super::error::ours;
use super::{Arrival, Batch, cursor};
use crate::mail::MAIL_LIMIT;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Mails of a batch at most.
const MAILS: usize = 200;
/// Bytes of the mails of a batch, after which it ends.
const BYTES: usize = 16 << 20;
/// Names that the cursor remembers at most.
const REMEMBERED: usize = 4096;
/// How far the clock may be set back without a mail being lost, in nanoseconds: one hour.
const SLACK: i128 = 3_600_000_000_000;
/// Files in a maildir at most.
const FILES: usize = 1_000_000;

/// A maildir that is followed.
#[derive(Debug)]
pub struct Maildir {
    directory: PathBuf,
    since: i64,
    place: String,
}

/// Where a file stands in the order of arrival: nanoseconds since 1970, and its name up to `:2,`.
type Position = (i128, String);

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct State {
    /// The last one that was given: its time in seconds and nanoseconds, and its name.
    at: (i64, u32, String),
    /// Names given lately, short, with their times in seconds; the latest last.
    given: Vec<(i64, String)>,
}

/// A file with a mail.
struct Letter {
    at: Position,
    path: PathBuf,
}

impl Maildir {
    /// One in a directory, from a time on (seconds since 1970); reads nothing yet.
    #[must_use]
    pub fn new(directory: PathBuf, since: i64) -> Self {
        let place = directory.display().to_string();
        Self {
            directory,
            since,
            place,
        }
    }

    /// What was put there after a cursor, or since the beginning without one.
    ///
    /// # Errors
    ///
    /// Where it is no maildir, can't be read, or the cursor is of another one.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, FollowError> {
        let state = match cursor {
            Some(text) => cursor::read("maildir", &self.place, text)?,
            None => State {
                at: (self.since, 0, String::new()),
                given: Vec::new(),
            },
        };
        let (directory, since) = (self.directory.clone(), self.since);
        let looked = tokio::task::spawn_blocking(move || look(&directory, since, state)).await;
        let looked = looked.map_err(|error| FollowError::Ours(error.to_string()))?;
        let (mails, state, more) = looked?;
        Ok(Batch {
            arrivals: mails.into_iter().map(Arrival::Mail).collect(),
            cursor: cursor::write("maildir", &self.place, state)?,
            more,
        })
    }
}

/// The mails after a state, the state after them, and whether there are more.
fn look(
    directory: &Path,
    since: i64,
    mut state: State,
) -> Result<(Vec<Vec<u8>>, State, bool), FollowError> {
    let after: Position = (nanoseconds(state.at.0, state.at.1), state.at.2.clone());
    let given: HashSet<String> = state.given.iter().map(|(_, name)| name.clone()).collect();
    let from = window(&state, after.0, since);
    let mut letters = letters(directory)?;
    // Those behind the cursor are there because the clock was set back.
    letters.retain(|letter| letter.at > after || letter.at.0 > from);
    letters.retain(|letter| !given.contains(&short(&letter.at.1)));
    letters.sort_by(|one, other| one.at.cmp(&other.at));
    let now = jiff::Timestamp::now().as_nanosecond();
    let (mut mails, mut bytes, there) = (Vec::new(), 0, letters.len());
    let mut looked = 0;
    for letter in letters.into_iter().take(MAILS) {
        if bytes >= BYTES {
            break;
        }
        looked += 1;
        match read(&letter.path)? {
            Some(mail) => {
                bytes += mail.len();
                mails.push(mail);
            }
            // Moved meanwhile: it has a later time now, and is found at the next poll.
            None if !letter.path.exists() => continue,
            None => {}
        }
        remember(&mut state, &letter.at, now);
    }
    Ok((mails, state, looked < there))
}

/// The time from which on files behind the cursor are looked at: as far back as names are remembered.
fn window(state: &State, after: i128, since: i64) -> i128 {
    let forgotten = match state.given.first() {
        Some((first, _)) if state.given.len() >= REMEMBERED => nanoseconds(first + 1, 0),
        Some(_) => i128::MIN,
        None => after,
    };
    forgotten.max(after - SLACK).max(nanoseconds(since, 0))
}

/// Notes that a file was looked at.
fn remember(state: &mut State, at: &Position, now: i128) {
    // A file from the future must not hide what comes until then.
    let time = at.0.min(now);
    let seconds = time.div_euclid(1_000_000_000);
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let rest = u32::try_from(time.rem_euclid(1_000_000_000)).unwrap_or(0);
    let position = (seconds, rest, at.1.clone());
    state.at = position.max(std::mem::take(&mut state.at));
    state.given.push((seconds, short(&at.1)));
    let over = state.given.len().saturating_sub(REMEMBERED);
    state.given.drain(..over);
}

fn nanoseconds(seconds: i64, rest: u32) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

fn short(name: &str) -> String {
    cursor::short(name.as_bytes())
}

/// The files of a maildir. A file that vanishes meanwhile was moved or deleted, which is as good.
fn letters(directory: &Path) -> Result<Vec<Letter>, FollowError> {
    let mut letters = Vec::new();
    // A mail that is moved between the two looks is seen at least once in this order.
    for part in ["new", "cur"] {
        let folder = directory.join(part);
        let entries = fs::read_dir(&folder).map_err(|error| {
            FollowError::Mistake(format!(
                "{} can't be read ({error}): a maildir has the directories new and cur",
                folder.display()
            ))
        })?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            letters.extend(letter(&entry)?);
            if letters.len() > FILES {
                let place = directory.display().to_string();
                return Err(FollowError::too_large(
                    &place,
                    format!("more than {FILES} mails"),
                ));
            }
        }
    }
    letters.sort_by(|one, other| one.at.1.cmp(&other.at.1));
    letters.dedup_by(|one, other| one.at.1 == other.at.1);
    Ok(letters)
}

fn letter(entry: &fs::DirEntry) -> Result<Option<Letter>, FollowError> {
    let path = entry.path();
    let name = entry.file_name().to_string_lossy().into_owned();
    let found = match entry.metadata() {
        Ok(found) if found.is_file() && !name.starts_with('.') => found,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let key = name.split(":2,").next().unwrap_or_default().to_owned();
    let rest = u32::try_from(found.ctime_nsec()).unwrap_or(0);
    let at = (nanoseconds(found.ctime(), rest), key);
    Ok(Some(Letter { at, path }))
}

/// A mail; none where it is gone, or over the bound.
fn read(path: &Path) -> Result<Option<Vec<u8>>, FollowError> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    bounded(path, file)
}

fn bounded(path: &Path, file: fs::File) -> Result<Option<Vec<u8>>, FollowError> {
    let mut mail = Vec::new();
    let most = u64::try_from(MAIL_LIMIT).unwrap_or(u64::MAX) + 1;
    let read = file.take(most).read_to_end(&mut mail);
    read.map_err(|error| unreadable(path, &error))?;
    if mail.len() > MAIL_LIMIT {
        tracing::warn!(path = %path.display(), "a mail over the bound is left out");
        return Ok(None);
    }
    Ok(Some(mail))
}

fn unreadable(path: &Path, error: &io::Error) -> FollowError {
    ours(&format!("{} can't be read", path.display()), error)
}

#[cfg(test)]
#[path = "maildir_tests.rs"]
mod tests;
