//! Why the store could not do something.

use std::path::PathBuf;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file can't be made or opened.
    #[error("the database {} can't be used: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason, and the mend where there is one.
        why: String,
    },
    /// Another process has it.
    #[error(
        "the database {} is in use by another uapi-check: end that one first, or give this one a database of its own",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// What is in it was written by another release, or is damaged.
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database refused.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// What lies in it can't be unpacked.
    #[error("the database is damaged: {what} can't be unpacked ({why})")]
    Damaged {
        /// What it is.
        what: String,
        /// The reason.
        why: std::io::Error,
    },
}

impl StoreError {
    /// Whether whoever runs it can mend it by asking for something else.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        matches!(self, Self::File { .. } | Self::InUse { .. })
    }
}
