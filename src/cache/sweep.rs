//! How much is in the cache, and making room in it: what was longest not used goes first.
//!
//! Each process adds up what it writes, in `DIR/written`, eight bytes at a time, which no other process
//! can tear apart. Only when their sum passes the limit are the entries themselves looked at, by one
//! process at a time. The sum may be too high (an entry may be written twice, or dropped): then room is
//! made too early, and the sum is right again. It is never too low.

use super::directory::ENTRIES;
use super::key::is_name;
use std::fs::{self, DirEntry, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How the names of files begin that are not yet whole.
pub const TEMPORARY: &str = ".new-";

/// When a file that is not yet whole was left behind by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Longest account, in bytes; a longer one is counted anew.
const LONGEST_ACCOUNT: u64 = 64 << 10;

/// What is in a cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stat {
    /// Number of entries.
    pub entries: usize,
    /// What they take up on disk, in bytes.
    pub bytes: u64,
    /// When the entry that goes first was last used, to the hour.
    pub oldest_use: Option<SystemTime>,
}

/// What a file of that length takes up, in bytes: whole blocks.
pub fn size_on_disk(length: u64) -> u64 {
    length.next_multiple_of(4096)
}

/// Counts what is in a cache.
///
/// # Errors
/// Where its directories can't be listed. One that does not exist has nothing in it.
pub fn stat(directory: &Path) -> io::Result<Stat> {
    let entries = entries(directory)?;
    Ok(Stat {
        entries: entries.len(),
        bytes: entries.iter().map(|entry| entry.size).sum(),
        oldest_use: entries.iter().map(|entry| entry.used).min(),
    })
}

/// Takes all entries away, and nothing else; tells what there was.
///
/// # Errors
/// Where directories can't be listed or an entry can't be taken away.
pub fn clear(directory: &Path) -> io::Result<Stat> {
    let before = stat(directory)?;
    for shard in shards(directory)? {
        for file in listed(&shard)? {
            if is_ours(&file) {
                gone(fs::remove_file(file.path()))?;
            }
        }
        // Another process may be writing there, or somebody else has left something.
        let _ = fs::remove_dir(&shard);
    }
    gone(fs::remove_file(account(directory)))?;
    Ok(before)
}

/// Puts so many written bytes to the account, and makes room where they pass the limit.
///
/// # Errors
/// As the file system.
pub fn settle(directory: &Path, size: u64, limit: u64) -> io::Result<()> {
    let path = account(directory);
    let is_new = !path.exists();
    add(&path, size)?;
    let sizes = fs::read(&path)?;
    let (sizes, _) = sizes.as_chunks::<8>();
    let sum = sizes.iter().fold(0, |sum: u64, size| {
        sum.saturating_add(u64::from_le_bytes(*size))
    });
    let is_long = sizes.len() as u64 * 8 > LONGEST_ACCOUNT;
    // What was there before the account was, no sum tells.
    if sum > limit || is_new || is_long {
        make_room(directory, limit)?;
    }
    Ok(())
}

fn add(account: &Path, size: u64) -> io::Result<()> {
    let mut options = File::options();
    let mut file = options.append(true).create(true).open(account)?;
    file.write_all(&size.to_le_bytes())
}

/// Takes the entries away that were longest not used, until a tenth of the limit is free; nothing where
/// the limit is kept. Where another process is at it, it is left to that one.
fn make_room(directory: &Path, limit: u64) -> io::Result<()> {
    let lock = File::create(directory.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let path = account(directory);
    // Emptied before the counting: what others add meanwhile may count twice, and is not lost.
    File::create(&path)?;
    drop_abandoned(directory)?;
    let mut entries = entries(directory)?;
    let mut sum: u64 = entries.iter().map(|entry| entry.size).sum();
    if sum > limit {
        entries.sort_by_key(|entry| entry.used);
        for entry in entries {
            if sum <= limit - limit / 10 {
                break;
            }
            gone(fs::remove_file(&entry.path))?;
            sum -= entry.size;
        }
    }
    add(&path, sum)
}

fn drop_abandoned(directory: &Path) -> io::Result<()> {
    for shard in shards(directory)? {
        for file in listed(&shard)? {
            let name = file.file_name();
            let is_temporary = name.to_string_lossy().starts_with(TEMPORARY);
            let age = || file.metadata().ok()?.modified().ok()?.elapsed().ok();
            if is_temporary && age().is_some_and(|age| age > ABANDONED) {
                gone(fs::remove_file(file.path()))?;
            }
        }
    }
    Ok(())
}

fn account(directory: &Path) -> PathBuf {
    directory.join("written")
}

struct Entry {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

fn entries(directory: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for shard in shards(directory)? {
        for file in listed(&shard)? {
            if !is_name(&file.file_name().to_string_lossy(), 62) {
                continue;
            }
            // One that another process has just taken away does not count.
            let Ok(found) = file.metadata() else { continue };
            entries.push(Entry {
                path: file.path(),
                size: size_on_disk(found.len()),
                used: found.modified()?,
            });
        }
    }
    Ok(entries)
}

fn is_ours(file: &DirEntry) -> bool {
    let name = file.file_name();
    let name = name.to_string_lossy();
    is_name(&name, 62) || name.starts_with(TEMPORARY)
}

fn shards(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let shards = listed(&directory.join(ENTRIES))?.into_iter();
    let shards = shards.filter(|shard| is_name(&shard.file_name().to_string_lossy(), 2));
    Ok(shards.map(|shard| shard.path()).collect())
}

/// What is in a directory; nothing where there is none.
fn listed(directory: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(directory) {
        Ok(listing) => listing.collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// What another process was faster with is done, too.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
