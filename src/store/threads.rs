//! Threads of mails, and what was last said of the series in them. Next: `outcome`.

use super::text::{key, plain};
use super::{Store, StoreError, Writing, unpacked};
use std::collections::{BTreeMap, BTreeSet};

/// A mail of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// When it came, in seconds since 1970.
    pub arrived: i64,
    /// The lists that it came by.
    pub lists: BTreeSet<String>,
    /// The patch's number on each server that has it.
    pub places: BTreeMap<String, i64>,
    /// The mail.
    pub bytes: Vec<u8>,
}

/// What was last said of a version of a series.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SeriesState {
    /// What it is called.
    pub name: String,
    /// The thread that it is in.
    pub thread: i64,
    /// Its version.
    pub version: i64,
    /// A hash of the mails that decided.
    pub mails: String,
    /// A hash of the verdict.
    pub digest: String,
    /// What a mail would tell.
    pub told: String,
    /// The conclusion, as the report writes it.
    pub conclusion: String,
}

impl Store {
    /// The mails of a thread, in the order in which they came.
    ///
    /// # Errors
    ///
    /// Where the database fails, or one can't be unpacked.
    pub async fn mails(&self, thread: i64) -> Result<Vec<StoredMail>, StoreError> {
        let rows: Vec<(String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT message_id, arrived, bytes FROM mails WHERE thread = $1 ORDER BY number",
        )
        .bind(thread)
        .fetch_all(&self.pool)
        .await?;
        let mut mails = Vec::new();
        for (message_id, arrived, packed) in rows {
            mails.push(StoredMail {
                bytes: unpacked(&packed, || format!("the mail {message_id}"))?,
                lists: BTreeSet::new(),
                places: BTreeMap::new(),
                message_id,
                arrived,
            });
        }
        self.add_ways(thread, &mut mails).await?;
        Ok(mails)
    }

    async fn add_ways(&self, thread: i64, mails: &mut [StoredMail]) -> Result<(), StoreError> {
        let lists: Vec<(String, String)> = sqlx::query_as(
            "SELECT l.message_id, l.list FROM mail_lists l \
             JOIN mails m ON m.message_id = l.message_id WHERE m.thread = $1",
        )
        .bind(thread)
        .fetch_all(&self.pool)
        .await?;
        let places: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT p.message_id, p.server, p.patch FROM places p \
             JOIN mails m ON m.message_id = p.message_id WHERE m.thread = $1",
        )
        .bind(thread)
        .fetch_all(&self.pool)
        .await?;
        let mut by_id: BTreeMap<String, &mut StoredMail> = mails
            .iter_mut()
            .map(|mail| (mail.message_id.clone(), mail))
            .collect();
        for (id, list) in lists {
            by_id.get_mut(&id).map(|mail| mail.lists.insert(list));
        }
        for (id, server, patch) in places {
            by_id
                .get_mut(&id)
                .map(|mail| mail.places.insert(server, patch));
        }
        Ok(())
    }

    /// What was said of the series of a thread.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn series(&self, thread: i64) -> Result<Vec<SeriesState>, StoreError> {
        let found = sqlx::query_as(
            "SELECT name, thread, version, mails, digest, told, conclusion FROM series WHERE thread = $1 ORDER BY version, name",
        );
        Ok(found.bind(thread).fetch_all(&self.pool).await?)
    }
}

/// Keeps what is known of a series.
pub(super) async fn keep(
    writing: &mut Writing,
    state: &SeriesState,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO series (name, thread, version, mails, digest, told, conclusion, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (name) DO UPDATE SET thread = excluded.thread, mails = excluded.mails, \
         digest = excluded.digest, told = excluded.told, conclusion = excluded.conclusion, at = excluded.at",
    )
    .bind(key(&state.name))
    .bind(state.thread)
    .bind(state.version)
    .bind(&state.mails)
    .bind(&state.digest)
    .bind(plain(&state.told))
    .bind(&state.conclusion)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}
