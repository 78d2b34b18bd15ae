//! Where the cache lies, and whether it may: what is in it is believed, so nobody else may write there.

use rustix::process::geteuid;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Directory of the entries, below that of the cache.
pub const ENTRIES: &str = "entries";

/// Tells programs that make backups that they need not keep this (bford.info/cachedir).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
# A cache of uapi-check. `uapi-check cache clear` empties it.\n";

/// Why a directory is not used as a cache.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It can't be made or looked at.
    #[error("{path} can't be used: {reason}")]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// It is somebody else's.
    #[error("{path} belongs to another user, and what is in it would be believed")]
    Foreign {
        /// The directory.
        path: PathBuf,
    },
    /// Somebody else can write in it.
    #[error("others may write in {path}, and what is in it would be believed: chmod 700 mends it")]
    Open {
        /// The directory.
        path: PathBuf,
    },
}

/// The user's directory for caches by the XDG specification: `$XDG_CACHE_HOME`, else `$HOME/.cache`.
/// A value that is no absolute path does not count.
pub fn default_directory(cache_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let caches = cache_home.filter(absolute);
    let caches = caches.or_else(|| Some(home.filter(absolute)?.join(".cache")))?;
    Some(caches.join("uapi-check"))
}

/// Makes the directory where there is none, and refuses one that others can write in.
pub fn prepare(path: &Path) -> Result<(), Refused> {
    let unusable = |reason: io::Error| Refused::Unusable {
        path: path.to_owned(),
        reason,
    };
    let is_new = !path.exists();
    make(path).map_err(unusable)?;
    check(path)?;
    if is_new {
        // Only other programs look at it.
        let _ = tag(path);
    }
    let entries = path.join(ENTRIES);
    make(&entries).map_err(unusable)?;
    check(&entries)
}

/// Makes a directory that is for the user alone, with those above it.
pub fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn check(path: &Path) -> Result<(), Refused> {
    let found = fs::metadata(path).map_err(|reason| Refused::Unusable {
        path: path.to_owned(),
        reason,
    })?;
    let path = path.to_owned();
    match trust((found.uid(), found.mode()), geteuid().as_raw()) {
        Trust::Own => Ok(()),
        Trust::Foreign => Err(Refused::Foreign { path }),
        Trust::Open => Err(Refused::Open { path }),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Trust {
    Own,
    Foreign,
    Open,
}

/// How far a directory of that owner and mode can be trusted by a user.
fn trust((owner, mode): (u32, u32), user: u32) -> Trust {
    match (owner == user, mode & 0o022) {
        (false, _) => Trust::Foreign,
        (true, 0) => Trust::Own,
        (true, _) => Trust::Open,
    }
}

fn tag(path: &Path) -> io::Result<()> {
    match fs::File::create_new(path.join("CACHEDIR.TAG")) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other?.write_all(TAG.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_may_have_written_it() {
        assert_eq!(trust((1000, 0o40700), 1000), Trust::Own);
        assert_eq!(trust((1000, 0o40755), 1000), Trust::Own);
        assert_eq!(trust((0, 0o40755), 1000), Trust::Foreign);
        assert_eq!(trust((1000, 0o40755), 0), Trust::Foreign);
        assert_eq!(trust((1000, 0o40770), 1000), Trust::Open);
        assert_eq!(trust((1000, 0o41777), 1000), Trust::Open);
    }

    #[test]
    fn the_place_is_that_of_the_specification() {
        let path = |text: &str| Some(PathBuf::from(text));
        let place = |cache: &str, home: &str| default_directory(path(cache), path(home));
        assert_eq!(place("/c", "/h"), path("/c/uapi-check"));
        assert_eq!(place("", "/h"), path("/h/.cache/uapi-check"));
        assert_eq!(place("relative", "/h"), path("/h/.cache/uapi-check"));
        assert_eq!(place("", ""), None);
        assert_eq!(default_directory(None, None), None);
    }
}
