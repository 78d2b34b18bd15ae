//! Why the store could not do something, and whether trying again may help.

use super::database::Server;
use sqlx::migrate::MigrateError;
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
    /// Another process asks the sources.
    #[error("another uapi-check asks these sources already, with the same database")]
    Followed,
    /// The server can't be reached, or does not let us in.
    #[error("the database {address} can't be used: {error}{mend}")]
    Server {
        /// Its address, without a password.
        address: String,
        /// What it said.
        error: sqlx::Error,
        /// What mends it, where that is known.
        mend: &'static str,
    },
    /// What is in it was written by another release, or is damaged.
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[from] MigrateError),
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
        match self {
            Self::File { .. } | Self::InUse { .. } | Self::Followed => true,
            Self::Server { mend, .. } => !mend.is_empty(),
            _ => false,
        }
    }

    /// Whether the same may succeed later: the database restarts, is full, or had too much to do.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(error)
            | Self::Server { error, .. }
            | Self::Migration(
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
            ) => is_transient(error),
            _ => false,
        }
    }

    /// Whether the same may succeed at once: two wanted the same rows, and this one had to give way.
    pub(super) fn is_conflict(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        let code = error.code().unwrap_or_default();
        matches!(code.as_ref(), DEADLOCK | NOT_SERIAL)
    }

    pub(super) fn server(of: &Server, error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        Self::Server {
            mend: match code.as_deref() {
                Some("28P01" | "28000") => {
                    "; name the place of its user's password in `database_password`"
                }
                Some("3D000") => "; make it first, by createdb",
                Some("42501") => "; its user needs the right to make tables",
                _ if matches!(error, sqlx::Error::Configuration(_)) => "; mend its address",
                _ => "",
            },
            address: of.shown(),
            error,
        }
    }
}

/// PostgreSQL: two transactions waited for each other.
const DEADLOCK: &str = "40P01";
/// PostgreSQL: another transaction was there before.
const NOT_SERIAL: &str = "40001";

/// Whether the same may succeed later.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passes(&code)),
        _ => false,
    }
}

/// Whether what an error code tells passes. Those of PostgreSQL have five characters, of which the first two are
/// the class: 08 connection, 53 resources, 57 an operator, 58 the system. Those of SQLite are numbers, of which the
/// last eight bits count: 5 busy, 6 locked, 13 full.
fn passes(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "53", "57", "58"];
        return matches!(code, DEADLOCK | NOT_SERIAL | "55P03")
            || classes.iter().any(|class| code.starts_with(class));
    }
    let number = code.parse::<u32>().map(|number| number & 0xff);
    matches!(number, Ok(5 | 6 | 13))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        for code in ["57P01", "08006", "53300", "40P01", "5", "517", "13"] {
            assert!(passes(code), "{code}");
        }
        for code in ["23505", "42P01", "28P01", "3D000", "1", "19", "", "2067"] {
            assert!(!passes(code), "{code}");
        }
    }
}
