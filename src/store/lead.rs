//! Of several processes with one PostgreSQL, one asks the sources: each source has one place where it goes on.
//!
//! Who that is, a lock of the database tells, which ends with the connection that has it. Two that thought they were
//! it for a moment would ask twice, and keep each mail once all the same. A file has one process anyway.

use super::{Store, StoreError};
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection};
use std::time::Duration;

/// The lock's number: `uapi` and `lead` as bytes.
const LOCK: i64 = 0x7561_7069_6c65_6164;
/// How long the server may take to answer, before the lock counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// As long as it holds, nobody else with this database asks the sources.
#[derive(Debug)]
pub struct Lead {
    connection: Option<AnyConnection>,
}

impl Store {
    /// Takes the lead, unless another process has it.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn lead(&self) -> Result<Option<Lead>, StoreError> {
        let Some(server) = &self.server else {
            return Ok(Some(Lead { connection: None }));
        };
        let options = AnyConnectOptions::from_url(&server.secret_url())?;
        let mut connection = options.connect().await?;
        let (ours,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut connection)
            .await?;
        if ours {
            return Ok(Some(Lead {
                connection: Some(connection),
            }));
        }
        connection.close().await?;
        Ok(None)
    }
}

impl Lead {
    /// Whether it still holds.
    pub async fn holds(&mut self) -> bool {
        let Some(connection) = &mut self.connection else {
            return true;
        };
        let asked = tokio::time::timeout(PATIENCE, connection.ping()).await;
        matches!(asked, Ok(Ok(())))
    }

    /// Lets another one have it.
    pub async fn resign(self) {
        if let Some(connection) = self.connection {
            // Where that fails, the connection is gone, and the lock with it.
            let _ = tokio::time::timeout(PATIENCE, connection.close()).await;
        }
    }
}
