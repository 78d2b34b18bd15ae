//! What nothing came to for long is forgotten, so that the database does not grow for ever.

use super::{Store, StoreError, Writing};

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Threads, with all that is known of them.
    pub threads: u64,
    /// Runs of other things.
    pub runs: u64,
}

/// How old what is forgotten is: moments in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Threads that nothing came to since.
    pub threads: i64,
    /// Runs of other things, and jobs that nobody asked for since.
    pub runs: i64,
    /// What was sent or posted. Later than the others, for its name keeps it from being sent twice.
    pub sent: i64,
    /// Deliveries: one that comes a second time after that is looked at a second time.
    pub deliveries: i64,
}

/// Threads, or runs, that are forgotten in one transaction.
const AT_ONCE: i64 = 500;

/// In this order: what points to something goes before it.
const THREAD: [&str; 10] = [
    "DELETE FROM mail_lists WHERE message_id IN (SELECT message_id FROM mails WHERE thread = $1)",
    "DELETE FROM places WHERE message_id IN (SELECT message_id FROM mails WHERE thread = $1)",
    "DELETE FROM mails WHERE thread = $1",
    "DELETE FROM findings WHERE run IN (SELECT id FROM runs WHERE job = 'thread ' || $1)",
    "DELETE FROM approvals WHERE run IN (SELECT id FROM runs WHERE job = 'thread ' || $1)",
    "DELETE FROM runs WHERE job = 'thread ' || $1",
    "DELETE FROM series WHERE thread = $1",
    "DELETE FROM links WHERE thread = $1",
    "DELETE FROM jobs WHERE name = 'thread ' || $1",
    "DELETE FROM threads WHERE id = $1",
];
const RUN: [&str; 3] = [
    "DELETE FROM findings WHERE run = $1",
    "DELETE FROM approvals WHERE run = $1",
    "DELETE FROM runs WHERE id = $1",
];

impl Store {
    /// Forgets what is old; some of it, where there is much.
    ///
    /// # Errors
    ///
    /// Where the database fails; nothing is then forgotten.
    pub async fn prune(&self, before: &Before) -> Result<Pruned, StoreError> {
        let mut writing = self.write().await?;
        let threads = old(
            &mut writing,
            "SELECT id FROM threads t WHERE touched < $1 AND NOT EXISTS (SELECT 1 FROM jobs j \
             WHERE j.name = 'thread ' || t.id AND j.due IS NOT NULL) ORDER BY touched LIMIT $2",
            before.threads,
        )
        .await?;
        each(&mut writing, &threads, &THREAD).await?;
        let runs = old(
            &mut writing,
            "SELECT id FROM runs WHERE at < $1 AND kind <> 'thread' ORDER BY at LIMIT $2",
            before.runs,
        )
        .await?;
        each(&mut writing, &runs, &RUN).await?;
        for (step, moment) in [
            (
                "DELETE FROM jobs WHERE touched < $1 AND due IS NULL AND kind <> 'thread'",
                before.runs,
            ),
            (
                "DELETE FROM ranges WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.name = 'commits ' || ranges.id)",
                0,
            ),
            (
                "DELETE FROM outbox WHERE queued < $1 AND state IN ('sent', 'failed', 'dropped')",
                before.sent,
            ),
            ("DELETE FROM posted WHERE at < $1", before.sent),
            ("DELETE FROM deliveries WHERE at < $1", before.deliveries),
        ] {
            let step = sqlx::query(step).bind(moment);
            step.execute(&mut *writing).await?;
        }
        writing.commit().await?;
        Ok(Pruned {
            threads: threads.len() as u64,
            runs: runs.len() as u64,
        })
    }
}

async fn old(
    writing: &mut Writing,
    which: &'static str,
    before: i64,
) -> Result<Vec<(i64,)>, StoreError> {
    let found = sqlx::query_as(which).bind(before).bind(AT_ONCE);
    Ok(found.fetch_all(&mut **writing).await?)
}

async fn each(
    writing: &mut Writing,
    ids: &[(i64,)],
    steps: &[&'static str],
) -> Result<(), StoreError> {
    for (id,) in ids {
        for step in steps {
            let step = sqlx::query(*step).bind(*id);
            step.execute(&mut **writing).await?;
        }
    }
    Ok(())
}
