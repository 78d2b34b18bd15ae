//! A path or an address becomes an open database of this release, made where there was none.
//!
//! A file is for its owner alone: mails wait in it, and what was said of them. One process works with it, and what
//! was taken in it when it is opened was left by one that died. A PostgreSQL is for any number of processes; what one
//! that died had taken is free when its lease ends. Next: `lead`.

use super::database::{Database, Server};
use super::{Store, StoreError};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, ConnectOptions, Connection};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use url::Url;

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
/// And each that only reads.
const READS: [&str; 2] = ["PRAGMA busy_timeout = 10000", "PRAGMA query_only = ON"];
/// Connections to SQLite that only read.
const READERS: u32 = 4;
/// How long somebody waits for a connection, before that is an error.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a server that does not answer yet is waited for at the start.
const STARTING: Duration = Duration::from_secs(10);
/// What each connection to PostgreSQL is told: no statement of ours takes that long, nor rests in a transaction.
const SERVER_SETTINGS: [&str; 3] = [
    "SET statement_timeout = '60s'",
    "SET idle_in_transaction_session_timeout = '60s'",
    "SET default_transaction_isolation = 'read committed'",
];

impl Store {
    /// Opens a database; a file is made where there is none.
    ///
    /// # Errors
    ///
    /// Where it can't be used, another process has the file, or what is in it is of another kind.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        match database {
            Database::File(path) => file(path).await,
            Database::Server(of) => server(of).await,
        }
    }

    /// Writes everything to the file and lets it go.
    pub async fn close(self) {
        self.reading.close().await;
        self.pool.close().await;
    }
}

async fn file(path: &Path) -> Result<Store, StoreError> {
    let owner = own(path)?;
    make(path)?;
    let address = address(path)?;
    // One writer at a time is all that SQLite has; with one connection nobody waits in vain.
    let pool = connections(1, &SETTINGS).connect(&address).await?;
    STEPS.run(&pool).await?;
    for freed in [
        "UPDATE jobs SET lease = 0 WHERE lease > 0",
        "UPDATE outbox SET lease = 0 WHERE lease > 0",
    ] {
        sqlx::query(freed).execute(&pool).await?;
    }
    let reading = connections(READERS, &READS).connect_lazy(&address)?;
    Ok(Store {
        pool,
        reading,
        begin: "BEGIN IMMEDIATE",
        skip_locked: "",
        server: None,
        _owner: Some(owner),
    })
}

/// Waits for a server that is about to start, or restarts meanwhile, and tells what is wrong with one that never will.
async fn server(of: &Server) -> Result<Store, StoreError> {
    let until = Instant::now() + STARTING;
    loop {
        match reached(of).await {
            Err(error) if error.is_transient() && Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            result => return result,
        }
    }
}

async fn reached(of: &Server) -> Result<Store, StoreError> {
    let url = of.secret_url();
    // Tried by hand first: a pool would wait until its patience ends, and tell nothing but that.
    let refused = |error| StoreError::server(of, error);
    reach(&url).await.map_err(refused)?;
    let options = AnyConnectOptions::from_url(&url).map_err(refused)?;
    let pool: AnyPool = connections(of.connections(), &SERVER_SETTINGS)
        .connect_with(options)
        .await
        .map_err(refused)?;
    STEPS.run(&pool).await?;
    Ok(Store {
        reading: pool.clone(),
        pool,
        begin: "BEGIN",
        skip_locked: "FOR UPDATE SKIP LOCKED",
        server: Some(of.clone()),
        _owner: None,
    })
}

fn connections(number: u32, settings: &'static [&'static str]) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(number)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for setting in settings {
                    sqlx::query(*setting).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
}

async fn reach(url: &Url) -> Result<(), sqlx::Error> {
    let connection = AnyConnectOptions::from_url(url)?.connect().await?;
    connection.close().await
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
