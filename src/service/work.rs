//! A job is taken, looked at, and ended: what came of it is kept, or it is tried again later.
//!
//! As long as somebody looks at it, its lease is renewed. Where that fails because another one has it by now, what
//! was begun is let go of: nothing of it would be kept. Next: `look`, `branches`.

use super::house::{self, House};
use super::judge::Failed;
use super::look::Looked;
use super::patience::patiently;
use crate::store::{self, Job, Outcome, StoreError};
use std::sync::Arc;
use std::time::Duration;

const HOUR: i64 = 60 * 60;
/// Nothing is taken for less.
const SHORTEST: Duration = Duration::from_secs(1);
/// Tries after which a job waits until somebody asks for it.
const TRIES: i64 = 48;
/// Those of new commits: the next ones are coming.
const COMMIT_TRIES: i64 = 10;

/// What looking came to: what is to be kept, and numbers for whoever runs this.
pub type Found = (Outcome, Looked);

impl House {
    /// Looks at the job that waits longest; `None` where none is due.
    ///
    /// # Errors
    ///
    /// Where the store fails for good.
    pub async fn look(self: &Arc<Self>) -> Result<Option<Looked>, StoreError> {
        let seconds = self.lease();
        let taken = patiently(|| self.store.take_job(house::now(), seconds)).await?;
        match taken {
            Some(job) => self.work(job).await.map(Some),
            None => Ok(None),
        }
    }

    async fn work(self: &Arc<Self>, job: Job) -> Result<Looked, StoreError> {
        if job.attempts >= tries(&job) {
            let why = Failed::ours("whoever looked at it did not come back");
            return self.again(&job, &why).await;
        }
        let found = match self.found(&job).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                tracing::warn!(job = job.name, "another process has it by now");
                return Ok(Looked::default());
            }
            // What was read until then is of a database that was there before: all of it is begun anew.
            Err(error) if error.is_transient() => return self.anew(&job, &error).await,
            Err(error) => return Err(error),
        };
        let (outcome, looked) = match found {
            Ok(found) => found,
            Err(why) => return self.again(&job, &why).await,
        };
        let kept = || self.store.finish_job(&job, &outcome, house::now());
        if !patiently(kept).await? {
            tracing::warn!(
                job = job.name,
                "another process has it by now, or it is gone"
            );
            return Ok(Looked::default());
        }
        if !outcome.queued.is_empty() {
            self.queued.notify_one();
        }
        Ok(looked)
    }

    /// What comes of a job, which is kept meanwhile; `None` where it was lost.
    async fn found(
        self: &Arc<Self>,
        job: &Job,
    ) -> Result<Option<Result<Found, Failed>>, StoreError> {
        // In a task of its own: what comes from outside and can make it panic must not end the service, and come
        // again at its next start.
        let (house, own) = (Arc::clone(self), job.clone());
        let mut looking = tokio::spawn(async move { house.job(&own).await });
        let seconds = self.lease();
        loop {
            tokio::select! {
                ended = &mut looking => return match ended {
                    Ok(found) => found.map(Some),
                    Err(panic) => Ok(Some(Err(Failed::ours(panic)))),
                },
                () = tokio::time::sleep(self.settings.lease / 3) => {}
            }
            match self.store.renew_job(job, house::now(), seconds).await {
                Ok(true) => {}
                Ok(false) => {
                    looking.abort();
                    return Ok(None);
                }
                // Whether it is still ours, its end will tell.
                Err(error) => tracing::warn!(job = job.name, "not renewed: {error}"),
            }
        }
    }

    /// Who looks at what.
    async fn job(&self, job: &Job) -> Result<Result<Found, Failed>, StoreError> {
        match job.kind.as_str() {
            store::THREAD => self.thread(job).await,
            store::COMMITS => self.commits(job).await,
            _ => self.pulls(job).await,
        }
    }

    /// Looking at it failed: it is tried again later, or given up.
    async fn again(&self, job: &Job, why: &Failed) -> Result<Looked, StoreError> {
        let tried = job.attempts + 1;
        let wait = HOUR.min(60 << job.attempts.clamp(0, 10));
        let again = (tried < tries(job) && !why.for_good).then(|| house::now() + wait);
        match again {
            Some(_) => tracing::error!(job = job.name, tried, "not judged: {why}"),
            None => tracing::error!(job = job.name, tried, "not judged, and given up: {why}"),
        }
        let why = why.to_string();
        patiently(|| self.store.postpone_job(job, again, &why)).await?;
        Ok(Looked {
            failed: 1,
            ..Looked::default()
        })
    }

    /// The database went away while it was looked at: it is due at once, as soon as the database is back.
    async fn anew(&self, job: &Job, why: &StoreError) -> Result<Looked, StoreError> {
        tracing::warn!(job = job.name, "begun anew: {why}");
        patiently(|| self.store.postpone_job(job, Some(house::now()), "")).await?;
        Ok(Looked::default())
    }

    /// Seconds for which a job or an entry is taken.
    pub fn lease(&self) -> i64 {
        seconds(self.settings.lease)
    }
}

/// One more than whoever takes something counts on: moments are kept in whole seconds, and the one in which it is taken
/// may be as good as over.
fn seconds(lease: Duration) -> i64 {
    let whole = i64::try_from(lease.max(SHORTEST).as_secs());
    whole.unwrap_or(i64::MAX).saturating_add(1)
}

fn tries(job: &Job) -> i64 {
    match job.kind.as_str() {
        store::COMMITS => COMMIT_TRIES,
        _ => TRIES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_away_before_its_time_and_not_much_later() {
        for taken in (0..3_000).step_by(7) {
            let until = taken / 1_000 + seconds(Duration::from_secs(1));
            let is_free = |moment: i64| until <= moment / 1_000;
            assert!(!is_free(taken + 999), "taken at {taken} ms");
            assert!(is_free(taken + 2_000), "taken at {taken} ms");
        }
    }
}
