//! A path becomes an open database, made where there was none.
//!
//! The file is for its owner alone: mails wait in it, and what was said of them.

use super::{Store, StoreError};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The steps from an empty database to this release's.
static STEPS: Migrator = sqlx::migrate!("src/store/migrations");
/// What each connection to SQLite is told. A commit is on the disk before anything is sent because of it, even
/// where the power fails.
const SETTINGS: [&str; 4] = [
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
];

impl Store {
    /// Opens the SQLite database in a file, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// Where the file can't be used, another process has it, or what is in it is of another kind.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let owner = own(path)?;
        make(path)?;
        let connect = AnyPoolOptions::new()
            // One writer at a time is all that SQLite has; with one connection nobody waits in vain.
            .max_connections(1)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    for setting in SETTINGS {
                        sqlx::query(setting).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            });
        let pool = connect.connect(&address(path)?).await?;
        STEPS.run(&pool).await?;
        Ok(Self {
            pool,
            begin: "BEGIN IMMEDIATE",
            _owner: Some(owner),
        })
    }

    /// Writes everything to the file and lets it go.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Makes sure that no other process works with it: what is `sending` at the start was left by one that died.
fn own(path: &Path) -> Result<File, StoreError> {
    // Not the database itself: SQLite's own locks on a file end where any handle on it is closed.
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    let file = private(&lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(refused(&lock, &error)),
    }
}

fn make(path: &Path) -> Result<(), StoreError> {
    // SQLite gives the files beside it the rights of this one.
    private(path).map(drop)
}

/// Opens a file that nobody else may read, and makes it where there is none.
fn private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options.open(path).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        why: match error.kind() {
            std::io::ErrorKind::NotFound => "its directory is not there: make it first".to_owned(),
            _ => error.to_string(),
        },
    }
}

/// The address of a file, with what stands for itself in one written as such.
fn address(path: &Path) -> Result<String, StoreError> {
    let whole = std::path::absolute(path).map_err(|error| refused(path, &error))?;
    let text = whole.to_str().ok_or_else(|| StoreError::File {
        path: path.to_owned(),
        why: "its name is no UTF-8".to_owned(),
    })?;
    let mut address = String::from("sqlite://");
    for c in text.chars() {
        match c {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3F"),
            '#' => address.push_str("%23"),
            c => address.push(c),
        }
    }
    Ok(address)
}
