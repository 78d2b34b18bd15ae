//! Threads that are to be looked at, and what came of it: verdicts and what is to be posted, both or neither.
//!
//! Next: `outbox`.

use super::outbox::{Queued, enqueue};
use super::{Store, StoreError, Writing, next};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of one mail or report at most, when it is unpacked.
const UNPACKED: u64 = 256 << 20;

/// A thread that is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// The thread.
    pub id: i64,
    /// How often something came.
    pub revision: i64,
    /// How often it was tried in vain.
    pub attempts: i64,
}

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
    /// Its version.
    pub version: i64,
    /// A hash of the mails that decided.
    pub mails: String,
    /// A hash of the verdict.
    pub digest: String,
    /// What a mail would tell.
    pub told: String,
}

/// A verdict on a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What is known of it from now on.
    pub state: SeriesState,
    /// The conclusion, as the report writes it.
    pub conclusion: String,
    /// The report, as JSON.
    pub report: Vec<u8>,
}

/// What looking at a thread came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Verdicts that are new.
    pub judged: Vec<Judged>,
    /// What is to be posted.
    pub queued: Vec<Queued>,
    /// When to look again, in seconds since 1970, if nothing comes before.
    pub again: Option<i64>,
}

impl Store {
    /// The thread that waits longest to be looked at. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn due_thread(&self, now: i64) -> Result<Option<Due>, StoreError> {
        let due = sqlx::query_as(
            "SELECT id, revision, attempts FROM threads WHERE due <= $1 ORDER BY due, id LIMIT 1",
        );
        Ok(due.bind(now).fetch_optional(&self.pool).await?)
    }

    /// When the next thread is to be looked at, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn next_look(&self) -> Result<Option<i64>, StoreError> {
        let (due,): (Option<i64>,) = sqlx::query_as("SELECT MIN(due) FROM threads")
            .fetch_one(&self.pool)
            .await?;
        Ok(due)
    }

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
            "SELECT name, version, mails, digest, told FROM series WHERE thread = $1 ORDER BY version, name",
        );
        Ok(found.bind(thread).fetch_all(&self.pool).await?)
    }

    /// How many series failed for the first time since a moment.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn failed_since(&self, since: i64) -> Result<i64, StoreError> {
        let counted =
            "SELECT COUNT(DISTINCT series) FROM runs WHERE conclusion = 'fail' AND at > $1";
        let (number,): (i64,) = sqlx::query_as(counted)
            .bind(since)
            .fetch_one(&self.pool)
            .await?;
        Ok(number)
    }

    /// Keeps what looking at a thread came to. Where something came to it meanwhile, it stays due.
    ///
    /// # Errors
    ///
    /// Where the database fails; nothing is then kept.
    pub async fn record(&self, due: Due, outcome: &Outcome, now: i64) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        // The thread may have been joined to another one meanwhile, which is then due itself.
        let there: Option<(i64,)> = sqlx::query_as("SELECT revision FROM threads WHERE id = $1")
            .bind(due.id)
            .fetch_optional(&mut *writing)
            .await?;
        if there.is_none() {
            return Ok(());
        }
        for judged in &outcome.judged {
            keep(&mut writing, due.id, judged, now).await?;
        }
        for queued in &outcome.queued {
            enqueue(&mut writing, due.id, queued, now).await?;
        }
        sqlx::query("UPDATE threads SET due = $3, attempts = 0 WHERE id = $1 AND revision = $2")
            .bind(due.id)
            .bind(due.revision)
            .bind(outcome.again)
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        Ok(())
    }

    /// Looking at a thread failed: it is tried again at a moment, or never unless something comes.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn postpone(&self, due: Due, again: Option<i64>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE threads SET due = $3, attempts = attempts + 1 WHERE id = $1 AND revision = $2",
        )
        .bind(due.id)
        .bind(due.revision)
        .bind(again)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

async fn keep(
    writing: &mut Writing,
    thread: i64,
    judged: &Judged,
    now: i64,
) -> Result<(), StoreError> {
    let state = &judged.state;
    let before: Option<(String,)> = sqlx::query_as("SELECT digest FROM series WHERE name = $1")
        .bind(&state.name)
        .fetch_optional(&mut **writing)
        .await?;
    sqlx::query(
        "INSERT INTO series (name, thread, version, mails, digest, told, conclusion, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (name) DO UPDATE SET thread = excluded.thread, mails = excluded.mails, \
         digest = excluded.digest, told = excluded.told, conclusion = excluded.conclusion, at = excluded.at",
    )
    .bind(&state.name)
    .bind(thread)
    .bind(state.version)
    .bind(&state.mails)
    .bind(&state.digest)
    .bind(&state.told)
    .bind(&judged.conclusion)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    if before.is_some_and(|(digest,)| digest == state.digest) {
        return Ok(());
    }
    let packed = zstd::encode_all(judged.report.as_slice(), 3);
    let packed = packed.map_err(|why| StoreError::Damaged {
        what: format!("the report of {}", state.name),
        why,
    })?;
    sqlx::query(
        "INSERT INTO runs (id, series, digest, conclusion, report, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(next(writing, "runs").await?)
    .bind(&state.name)
    .bind(&state.digest)
    .bind(&judged.conclusion)
    .bind(packed)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Unpacks what was packed here. What claims to be larger than anything that is kept is damaged.
fn unpacked(packed: &[u8], what: impl Fn() -> String) -> Result<Vec<u8>, StoreError> {
    use std::io::Read;
    let damaged = |why| StoreError::Damaged { what: what(), why };
    let mut bytes = Vec::new();
    let decoder = zstd::Decoder::new(packed).map_err(damaged)?;
    let read = decoder.take(UNPACKED).read_to_end(&mut bytes);
    read.map_err(damaged)?;
    Ok(bytes)
}
