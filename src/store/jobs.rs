//! The queue: what is to be looked at, each thing once, and who looks at it.
//!
//! A job is named by what it looks at. Asked for again, it is the same job with the next revision, due at once: where
//! it is being looked at, it is looked at again afterwards. Whoever takes it has it for a time (the lease) and gets a
//! token; one who comes back after another has taken it finds that his token is not the job's any more, and nothing
//! of his is kept. What comes of a job is kept together with its end: see `outcome`.
//!
//! apalis 1.0 (apalis-sqlite and apalis-postgres 1.0.0) was tried first, and does not fit. It needs the same
//! sqlx 0.9, and its `push_tasks` takes any executor, so that enqueueing inside the webhook's transaction would
//! work; but one of `sqlx::Sqlite` or `sqlx::Postgres`, not of `Any`, with other tables for each: every transaction
//! would be written twice. An idempotency key is unique for ever, done tasks included: on SQLite a second push is
//! passed over, also while the first is being worked on, so that what came meanwhile would be lost; on PostgreSQL it
//! fails by the unique index, and with it the transaction. There is no revision. A task is held by a worker's name
//! as long as that worker's heartbeat comes, and acknowledged by that name: a worker that was taken for dead and got
//! the same task again can't be told from itself. And a task is acknowledged in a statement of its own, not with
//! what came of it.

use super::text::{key, plain, start};
use super::{Store, StoreError, Writing};
use sqlx::AssertSqlSafe;

/// Bytes of a reason at most.
const REASON: usize = 2_000;
/// How often taking in a delivery is tried, where the database says that another try may do.
const TRIES: usize = 4;

/// A delivery of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The name that its sender gave it; the same when it is sent again.
    pub id: String,
    /// The kind of event.
    pub event: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What makes it one thing, such as `pull octo/linux#12`.
    pub name: String,
    /// Who looks at it, such as `pull`.
    pub kind: String,
    /// What he has to know; the last that was given counts.
    pub payload: Vec<u8>,
}

/// Whether a delivery was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It was not, and its jobs are due.
    New,
    /// It was, and nothing was changed.
    Known,
}

/// Something to look at, taken by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What it is.
    pub name: String,
    /// Who looks at it.
    pub kind: String,
    /// What he has to know.
    pub payload: Vec<u8>,
    /// How often somebody asked for it.
    pub revision: i64,
    /// How often it was taken in vain since it was last asked for.
    pub attempts: i64,
    /// What shows that it is still his who took it.
    pub token: i64,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It waits until this moment, in seconds since 1970.
    Waiting(i64),
    /// Somebody has it.
    Running,
    /// It was looked at, and nothing came since.
    Done,
    /// It was given up, for this reason.
    GivenUp(String),
}

type Row = (String, String, Option<Vec<u8>>, i64, i64, i64);

impl Store {
    /// Takes in a delivery and what it asks for, or jobs alone. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails; nothing is then kept.
    pub async fn note(
        &self,
        delivery: Option<&NewDelivery>,
        hints: &[NewJob],
        now: i64,
    ) -> Result<Noted, StoreError> {
        let mut tries = 1;
        loop {
            match self.note_once(delivery, hints, now).await {
                // Two that lock the same rows in another order: one of them is asked to come again.
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                result => return result,
            }
        }
    }

    async fn note_once(
        &self,
        delivery: Option<&NewDelivery>,
        hints: &[NewJob],
        now: i64,
    ) -> Result<Noted, StoreError> {
        let mut writing = self.write().await?;
        if let Some(delivery) = delivery {
            let kept = sqlx::query(
                "INSERT INTO deliveries (id, event, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            );
            let kept = kept.bind(key(&delivery.id)).bind(plain(&delivery.event));
            let kept = kept.bind(now).execute(&mut *writing).await?;
            if kept.rows_affected() == 0 {
                return Ok(Noted::Known);
            }
        }
        // In one order whoever asks, so that nobody waits for one who waits for him.
        let mut hints: Vec<&NewJob> = hints.iter().collect();
        hints.sort_by(|one, other| one.name.cmp(&other.name));
        for hint in hints {
            wake(&mut writing, hint, now).await?;
        }
        writing.commit().await?;
        Ok(Noted::New)
    }

    /// Takes the job that waits longest, for `seconds` at most; `None` where none is due that nobody has.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn take_job(&self, now: i64, seconds: i64) -> Result<Option<Job>, StoreError> {
        let taken = format!(
            "UPDATE jobs SET token = token + 1, attempts = attempts + 1, lease = $2 WHERE name = (\
             SELECT name FROM jobs WHERE due <= $1 AND lease <= $1 ORDER BY due, name LIMIT 1 {}) \
             RETURNING name, kind, payload, revision, attempts, token",
            self.skip_locked
        );
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(taken))
            .bind(now)
            .bind(now.saturating_add(seconds))
            .fetch_optional(&self.pool)
            .await?;
        Ok(
            row.map(|(name, kind, payload, revision, attempts, token)| Job {
                name,
                kind,
                payload: payload.unwrap_or_default(),
                revision,
                attempts: attempts.saturating_sub(1),
                token,
            }),
        )
    }

    /// Keeps a job for `seconds` from now; false where it is another's.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn renew_job(&self, job: &Job, now: i64, seconds: i64) -> Result<bool, StoreError> {
        let kept = sqlx::query("UPDATE jobs SET lease = $3 WHERE name = $1 AND token = $2")
            .bind(&job.name)
            .bind(job.token)
            .bind(now.saturating_add(seconds))
            .execute(&self.pool)
            .await?;
        Ok(kept.rows_affected() > 0)
    }

    /// Looking at it failed: it is tried again at a moment, or never unless it is asked for. Where it was asked for
    /// meanwhile, it stays due. False where it is another's.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn postpone_job(
        &self,
        job: &Job,
        again: Option<i64>,
        why: &str,
    ) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "UPDATE jobs SET due = CASE WHEN revision = $3 THEN $4 ELSE due END, lease = 0, token = token + 1, \
             reason = $5 WHERE name = $1 AND token = $2",
        );
        let kept = kept.bind(&job.name).bind(job.token).bind(job.revision);
        let kept = kept.bind(again).bind(start(why, REASON));
        Ok(kept.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Gives a job back that was not begun with, or not ended: another may take it at once.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn return_job(&self, job: &Job) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "UPDATE jobs SET lease = 0, token = token + 1, attempts = CASE WHEN attempts > 0 THEN attempts - 1 \
             ELSE 0 END WHERE name = $1 AND token = $2",
        );
        let kept = kept.bind(&job.name).bind(job.token);
        Ok(kept.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// How a job stands; `None` where it is not known, or was long ago.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn standing(&self, name: &str, now: i64) -> Result<Option<Standing>, StoreError> {
        let found = sqlx::query_as("SELECT due, lease, reason FROM jobs WHERE name = $1");
        let found: Option<(Option<i64>, i64, String)> =
            found.bind(key(name)).fetch_optional(&self.reading).await?;
        Ok(found.map(|(due, lease, reason)| match due {
            Some(_) if lease > now => Standing::Running,
            Some(due) => Standing::Waiting(due),
            None if reason.is_empty() => Standing::Done,
            None => Standing::GivenUp(reason),
        }))
    }

    /// When the next job is due or its lease ends, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn next_job(&self) -> Result<Option<i64>, StoreError> {
        let next = "SELECT MIN(CASE WHEN lease > due THEN lease ELSE due END) FROM jobs WHERE due IS NOT NULL";
        let (next,): (Option<i64>,) = sqlx::query_as(next).fetch_one(&self.pool).await?;
        Ok(next)
    }
}

/// A job is asked for: it is due at once, and counts as never tried.
pub(super) async fn wake(writing: &mut Writing, hint: &NewJob, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO jobs (name, kind, payload, revision, attempts, due, lease, token, touched, reason) \
         VALUES ($1, $2, $3, 1, 0, $4, 0, 0, $4, '') \
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, payload = excluded.payload, \
         revision = jobs.revision + 1, attempts = 0, due = excluded.due, touched = excluded.touched, reason = ''",
    )
    .bind(key(&hint.name))
    .bind(plain(&hint.kind))
    .bind(hint.payload.as_slice())
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}
