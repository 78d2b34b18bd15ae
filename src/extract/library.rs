//! Finds the libclang to use. Looks at file names only; a worker process loads what is found here.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Oldest major version that is good enough.
pub const OLDEST: u32 = 14;

/// The libclang in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Libclang {
    /// Version, such as `19.1.7`.
    pub version: String,
    /// Its first number.
    pub major: u32,
    /// The file.
    pub path: PathBuf,
}

/// Why there is no libclang to use.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// Nowhere.
    #[error(
        "no libclang found; looked for libclang.so, libclang-NN.so.* in {looked}; install one \
         (apt-get install libclang1-19) or set LIBCLANG_PATH to the file or its directory"
    )]
    Missing {
        /// Directories, comma-separated.
        looked: String,
    },
    /// `LIBCLANG_PATH` leads nowhere.
    #[error(
        "LIBCLANG_PATH is {path}, which is neither a libclang shared library nor a directory with \
         one; correct or unset it (apt-get install libclang1-19 puts one in /usr/lib/llvm-19/lib)"
    )]
    WrongPath {
        /// Its value.
        path: String,
    },
    /// Found, and it can't be used.
    #[error("{path} can't be used as libclang: {reason}")]
    Unusable {
        /// The file.
        path: String,
        /// What the loader says.
        reason: String,
    },
    /// Found, and it is too old.
    #[error(
        "{path} is libclang {version}; {OLDEST} or newer is needed (apt-get install libclang1-19, \
         or set LIBCLANG_PATH)"
    )]
    TooOld {
        /// The file.
        path: String,
        /// What it says of itself.
        version: String,
    },
}

/// The file to load: what `LIBCLANG_PATH` names where it is set, else the newest one found.
///
/// # Errors
/// [`LibraryError::Missing`] or [`LibraryError::WrongPath`].
pub fn find(chosen: Option<&OsStr>) -> Result<PathBuf, LibraryError> {
    if let Some(chosen) = chosen.filter(|path| !path.is_empty()) {
        return named(Path::new(chosen)).ok_or_else(|| LibraryError::WrongPath {
            path: chosen.display().to_string(),
        });
    }
    let directories = directories();
    newest(&directories).ok_or_else(|| LibraryError::Missing {
        looked: directories
            .iter()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The file to load, and what tells it from another build of it, without loading it: path, length, inode
/// and time of the last change.
///
/// # Errors
/// As [`find`], and where the file can't be looked at.
pub fn identity(chosen: Option<&OsStr>) -> Result<String, LibraryError> {
    let path = find(chosen)?;
    let unusable = |error: std::io::Error| LibraryError::Unusable {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    let path = path.canonicalize().map_err(unusable)?;
    let found = path.metadata().map_err(unusable)?;
    let (length, inode) = (found.len(), found.ino());
    let (seconds, rest) = (found.mtime(), found.mtime_nsec());
    Ok(format!("{path:?} {length} {inode} {seconds}.{rest}"))
}

fn named(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return rank(path).map(|_| path.to_path_buf());
    }
    newest(&[path.to_path_buf()])
}

fn newest(directories: &[PathBuf]) -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = directories
        .iter()
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .filter_map(|path| Some((rank(&path)?, path)))
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path)
}

/// Major version by the names of the file and its directory (0 where they don't say); `None` where the
/// file is no libclang.
fn rank(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let rest = name.strip_prefix("libclang")?;
    let (before, after) = rest.split_once(".so")?;
    if !(before.is_empty() || before.starts_with('-'))
        || !(after.is_empty() || after.starts_with('.'))
    {
        return None;
    }
    let number = |text: &str| {
        text.trim_start_matches(['-', '.'])
            .split('.')
            .next()?
            .parse()
            .ok()
    };
    let by_directory = || {
        path.ancestors()
            .filter_map(|part| part.file_name()?.to_str()?.strip_prefix("llvm-"))
            .find_map(number)
    };
    // `libclang-cpp.so.19` is another library.
    if !before.is_empty() && number(before).is_none() {
        return None;
    }
    Some(
        number(before)
            .or_else(by_directory)
            .or_else(|| number(after))
            .unwrap_or(0),
    )
}

fn directories() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            if name.starts_with("llvm") {
                Some(path.join("lib"))
            } else {
                name.ends_with("-linux-gnu").then_some(path)
            }
        })
        .collect();
    found.extend(["/usr/lib64", "/usr/lib", "/usr/local/lib"].map(PathBuf::from));
    found.sort();
    found
}

/// Its first number; 0 where the text has none.
pub fn major(text: &str) -> u32 {
    let version = version_number(text).unwrap_or_default();
    let first = version.split('.').next();
    first.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// `19.1.7` out of `Debian clang version 19.1.7 (3~deb12u1)`.
pub fn version_number(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("version ")?;
    let number: String = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    (!number.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_directory_wins() {
        let dir = tempfile::tempdir().expect("temporary directory");
        for name in [
            "libclang-9.so.1",
            "libclang-19.so.1",
            "libclang-cpp.so.22",
            "libclang.so",
        ] {
            fs::write(dir.path().join(name), "").expect("write");
        }
        let found = find(Some(dir.path().as_os_str())).expect("found");
        assert_eq!(found, dir.path().join("libclang-19.so.1"));
    }

    #[test]
    fn a_wrong_libclang_path_is_said_so() {
        let error = find(Some(OsStr::new("/nonexistent/lib"))).expect_err("nothing there");
        let text = error.to_string();
        assert!(text.contains("LIBCLANG_PATH is /nonexistent/lib"), "{text}");
        assert!(text.contains("apt-get install libclang1-19"), "{text}");
    }

    #[test]
    fn versions_are_read_out_of_the_banner() {
        let banner = "Debian clang version 19.1.7 (3~deb12u1)";
        assert_eq!(version_number(banner).as_deref(), Some("19.1.7"));
        assert_eq!(
            version_number("clang version 14.0.6").as_deref(),
            Some("14.0.6")
        );
        assert_eq!(version_number("gcc 12"), None);
        assert_eq!((major(banner), major("gcc 12")), (19, 0));
    }
}
