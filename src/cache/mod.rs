//! What earlier runs found out, kept on disk: a [`Key`] becomes the bytes that were put under it.
//!
//! ```text
//! DIR/entries/ab/cdef...   an entry, named by its key (see `entry`)
//! DIR/written              how many bytes were written since entries were last counted (see `sweep`)
//! DIR/lock                 held by the one process that makes room
//! ```
//!
//! Any number of processes may use one directory: an entry is written under another name and renamed, so
//! that it is whole or not there, and whoever comes second writes the same. What is read back is believed,
//! so the directory must be the user's own (see `directory`), and an entry with a wrong byte is dropped.
//! Nothing here fails a run: whatever goes wrong, the answer is "not known", and [`Store::trouble`] says
//! why. Knows nothing of what is stored; [`crate::pipeline`] decides what is worth it, and under which key.

mod directory;
mod entry;
mod key;
mod shared;
mod sweep;

pub use directory::{Refused, default_directory};
pub use key::{Draft, Key};
pub use shared::Shared;
pub use sweep::{Stat, clear, stat};

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

/// The size that entries may take up unless the user says otherwise, in bytes.
pub const LIMIT: u64 = 2 << 30;

/// The last use of an entry is told to the minute of an hour: not every reading is a writing.
const TOLD_EVERY: Duration = Duration::from_secs(3600);

/// An open cache.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    limit: u64,
    /// Bytes that this process wrote and has not yet put to the account.
    unsettled: AtomicU64,
    trouble: OnceLock<String>,
    shared: Option<Arc<dyn Shared>>,
}

impl Store {
    /// Opens the cache in a directory, which is made where there is none. `limit` is in bytes.
    ///
    /// # Errors
    /// Where the directory can't be made, or where others could have written what is in it.
    pub fn open(directory: &Path, limit: u64) -> Result<Self, Refused> {
        directory::prepare(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            limit,
            unsettled: AtomicU64::new(0),
            trouble: OnceLock::new(),
            shared: None,
        })
    }

    /// The bytes under a key; `None` where there are none. An entry that is not as it was written is
    /// taken away.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.read(key).or_else(|| self.fetch(key))
    }

    fn read(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.path(key);
        let file = File::open(&path).ok()?;
        let found = read(&file).ok()?;
        let bytes = entry::decode(key, &found);
        match &bytes {
            Some(_) => tell_use(&file),
            // Whether it can be taken away or not: it is not believed.
            None => drop(fs::remove_file(&path)),
        }
        bytes
    }

    /// Keeps bytes under a key, if they are not too many.
    pub fn put(&self, key: &Key, bytes: &[u8]) {
        if bytes.len() as u64 > entry::LONGEST {
            return;
        }
        match entry::encode(key, bytes) {
            Ok(entry) => {
                self.keep(key, &entry);
                self.hand_over(key, entry);
            }
            Err(error) => self.note(&error),
        }
    }

    /// Writes an entry, and makes room where there is too much.
    fn keep(&self, key: &Key, entry: &[u8]) {
        if self.trouble.get().is_some() {
            return;
        }
        match self.write(key, entry) {
            Ok(()) => {
                let size = sweep::size_on_disk(entry.len() as u64);
                let unsettled = self.unsettled.fetch_add(size, Ordering::Relaxed) + size;
                if unsettled > self.limit / 16 {
                    self.settle();
                }
            }
            Err(error) => self.note(&error),
        }
    }

    /// What went wrong first, in one clause; nothing is written after that.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.get().map(String::as_str)
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (shard, name) = key.names();
        let entries = self.directory.join(directory::ENTRIES);
        entries.join(shard).join(name)
    }

    fn write(&self, key: &Key, entry: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        // Every path of an entry has the directory of its shard above it.
        let shard = path.parent().unwrap_or(&self.directory);
        let temporary = || {
            tempfile::Builder::new()
                .prefix(sweep::TEMPORARY)
                .tempfile_in(shard)
        };
        let mut file = match temporary() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                directory::make(shard)?;
                temporary()?
            }
            other => other?,
        };
        // Not synced: an entry that a crash cuts off does not match its hash.
        file.write_all(entry)?;
        file.persist(&path).map_err(|failed| failed.error)?;
        Ok(())
    }

    /// Puts what was written to the account, and makes room where that passes the limit.
    fn settle(&self) {
        let size = self.unsettled.swap(0, Ordering::Relaxed);
        if let Err(error) = sweep::settle(&self.directory, size, self.limit) {
            self.note(&error);
        }
    }

    fn note(&self, error: &io::Error) {
        let text = format!(
            "nothing more is kept in {}: {error}",
            self.directory.display()
        );
        // Of several troubles the first is told.
        let _ = self.trouble.set(text);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if *self.unsettled.get_mut() > 0 {
            self.settle();
        }
    }
}

/// What is in a file; nothing where that is more than an entry has.
fn read(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.metadata()?.len() <= entry::LONGEST {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The time of the last use is that of the file's last change, which everything can read.
fn tell_use(file: &File) {
    let told = file.metadata().and_then(|found| found.modified());
    let Ok(told) = told else { return };
    // A time that is yet to come is wrong, too.
    if told.elapsed().is_ok_and(|since| since < TOLD_EVERY) {
        return;
    }
    // Where this can't be written the entry counts as older than it is, and goes earlier.
    let _ = file.set_modified(SystemTime::now());
}
