//! What looking at a job came to is kept together with its end: verdicts, runs and what is to be posted, or nothing.
//!
//! Next: `outbox`, which sends; `runs`, which shows.

use super::outbox::{Queued, enqueue};
use super::runs::NewRun;
use super::threads::SeriesState;
use super::{Job, Store, StoreError, Writing, runs, threads};

/// What looking at something came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is known of series from now on.
    pub series: Vec<SeriesState>,
    /// Verdicts.
    pub runs: Vec<NewRun>,
    /// What is to be posted.
    pub queued: Vec<Queued>,
    /// When to look again, in seconds since 1970, if nobody asks for it before.
    pub again: Option<i64>,
}

impl Store {
    /// Keeps what came of a job, and ends it. Where it was asked for meanwhile, it stays due. False where the job is
    /// another's, and nothing is kept.
    ///
    /// # Errors
    ///
    /// Where the database fails; nothing is then kept, unless the connection was lost at the very end: asked again,
    /// the answer is then false.
    pub async fn finish_job(
        &self,
        job: &Job,
        outcome: &Outcome,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut writing = self.write().await?;
        // First of all: from here to the end, nobody else can take it.
        let ended = sqlx::query(
            "UPDATE jobs SET due = CASE WHEN revision = $3 THEN $4 ELSE due END, lease = 0, token = token + 1, \
             attempts = 0, reason = '' WHERE name = $1 AND token = $2",
        );
        let ended = ended.bind(&job.name).bind(job.token).bind(job.revision);
        let ended = ended.bind(outcome.again).execute(&mut *writing).await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        keep(&mut writing, job, outcome, now).await?;
        writing.commit().await?;
        Ok(true)
    }
}

async fn keep(
    writing: &mut Writing,
    job: &Job,
    outcome: &Outcome,
    now: i64,
) -> Result<(), StoreError> {
    for state in &outcome.series {
        threads::keep(writing, state, now).await?;
    }
    for run in &outcome.runs {
        runs::keep(writing, job, run).await?;
    }
    for queued in &outcome.queued {
        enqueue(writing, &job.name, queued, now).await?;
    }
    Ok(())
}
