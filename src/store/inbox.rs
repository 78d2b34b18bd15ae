//! What a source found is kept together with the cursor behind it: both or neither, and each mail once.
//!
//! A mail joins the thread that knows one of its links; where several do, they become one. What is over the bounds
//! of a thread is left out and counted. Next: `threads`.

use super::jobs::{NewJob, wake};
use super::text::{key, plain};
use super::{Store, StoreError, THREAD_BYTES, THREAD_MAILS, Writing, next, packed};
use std::collections::BTreeSet;

/// The kind of a job that looks at a thread; its name is this and the thread's number.
pub const THREAD: &str = "thread";
/// The kind of a job that looks at new commits of a branch; its name is this and the range's number.
pub const COMMITS: &str = "commits";

/// A mail to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// What it has in common with others of its thread: the Message-IDs that it names, and the like.
    pub links: Vec<String>,
    /// What later mails may name it by; the newest that has a name is meant.
    pub names: Vec<String>,
    /// The list that it came by, where that is known.
    pub list: Option<String>,
    /// Where its checks are posted: a server, and the patch's number there.
    pub place: Option<(String, i64)>,
    /// The mail.
    pub bytes: Vec<u8>,
}

/// New commits of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRange {
    /// The full name of the branch.
    pub reference: String,
    /// Where it stood.
    pub before: String,
    /// Where it stands.
    pub after: String,
}

/// What one batch of a source comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Mails, oldest first.
    pub mails: Vec<NewMail>,
    /// New commits.
    pub ranges: Vec<NewRange>,
    /// Where the source goes on.
    pub cursor: String,
}

/// What of a batch was new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Mails that were not there before.
    pub mails: usize,
    /// Mails that their thread has no room for.
    pub left_out: usize,
    /// Ranges that were not there before.
    pub ranges: usize,
}

/// The bounds of a thread, as far as it uses them.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Thread {
    id: i64,
    mails: i64,
    bytes: i64,
}

impl Store {
    /// Where a source goes on; `None` at its first time.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn cursor(&self, source: &str) -> Result<Option<String>, StoreError> {
        let found: Option<(String,)> =
            sqlx::query_as("SELECT cursor FROM cursors WHERE source = $1")
                .bind(source)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.map(|(cursor,)| cursor))
    }

    /// Keeps what a source found, and where it goes on. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Where the database fails; nothing is then kept.
    pub async fn take_in(
        &self,
        source: &str,
        incoming: &Incoming,
        now: i64,
    ) -> Result<TakenIn, StoreError> {
        let mut taken = TakenIn::default();
        let mut writing = self.write().await?;
        // One batch at a time: which mails belong together is asked and answered in several steps.
        next(&mut writing, "batches").await?;
        for mail in &incoming.mails {
            match keep(&mut writing, mail, now).await? {
                Kept::New => taken.mails += 1,
                Kept::NoRoom => taken.left_out += 1,
                Kept::Known => {}
            }
        }
        for range in &incoming.ranges {
            taken.ranges += usize::from(keep_range(&mut writing, source, range, now).await?);
        }
        sqlx::query(
            "INSERT INTO cursors (source, cursor, at) VALUES ($1, $2, $3) \
             ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor, at = excluded.at",
        )
        .bind(source)
        .bind(plain(&incoming.cursor))
        .bind(now)
        .execute(&mut *writing)
        .await?;
        writing.commit().await?;
        Ok(taken)
    }
}

enum Kept {
    New,
    Known,
    NoRoom,
}

async fn keep(writing: &mut Writing, mail: &NewMail, now: i64) -> Result<Kept, StoreError> {
    let id = key(&mail.message_id);
    let known: Option<(i64,)> = sqlx::query_as("SELECT thread FROM mails WHERE message_id = $1")
        .bind(&id)
        .fetch_optional(&mut **writing)
        .await?;
    if let Some((thread,)) = known {
        // The same mail by another list, or now with a place for its checks.
        if keep_ways(writing, mail).await? {
            look_at(writing, thread, now).await?;
        }
        return Ok(Kept::Known);
    }
    let size = i64::try_from(mail.bytes.len()).unwrap_or(i64::MAX);
    let thread = thread_of(writing, mail, now).await?;
    if thread.mails >= THREAD_MAILS || thread.bytes.saturating_add(size) > THREAD_BYTES {
        return Ok(Kept::NoRoom);
    }
    sqlx::query(
        "INSERT INTO mails (message_id, thread, arrived, number, bytes) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&id)
    .bind(thread.id)
    .bind(now)
    .bind(next(writing, "mails").await?)
    .bind(packed(&mail.bytes, || format!("the mail {id}"))?)
    .execute(&mut **writing)
    .await?;
    sqlx::query("UPDATE threads SET mails = mails + 1, bytes = bytes + $2 WHERE id = $1")
        .bind(thread.id)
        .bind(size)
        .execute(&mut **writing)
        .await?;
    keep_ways(writing, mail).await?;
    look_at(writing, thread.id, now).await?;
    Ok(Kept::New)
}

/// Notes by which list a mail came and where its checks go; whether that was news.
async fn keep_ways(writing: &mut Writing, mail: &NewMail) -> Result<bool, StoreError> {
    let mut new = 0;
    if let Some(list) = &mail.list {
        let kept = "INSERT INTO mail_lists (message_id, list) VALUES ($1, $2) ON CONFLICT (message_id, list) DO NOTHING";
        let kept = sqlx::query(kept)
            .bind(key(&mail.message_id))
            .bind(key(list));
        new += kept.execute(&mut **writing).await?.rows_affected();
    }
    if let Some((server, patch)) = &mail.place {
        let kept = "INSERT INTO places (message_id, server, patch) VALUES ($1, $2, $3) \
                    ON CONFLICT (message_id, server) DO NOTHING";
        let kept = sqlx::query(kept)
            .bind(key(&mail.message_id))
            .bind(key(server));
        new += kept
            .bind(*patch)
            .execute(&mut **writing)
            .await?
            .rows_affected();
    }
    Ok(new > 0)
}

/// A thread has something new, and is to be looked at.
async fn look_at(writing: &mut Writing, thread: i64, now: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE threads SET touched = $2 WHERE id = $1")
        .bind(thread)
        .bind(now)
        .execute(&mut **writing)
        .await?;
    wake(writing, &job(THREAD, thread), now).await
}

/// The job that looks at a thread or a range.
fn job(kind: &str, number: i64) -> NewJob {
    NewJob {
        name: format!("{kind} {number}"),
        kind: kind.to_owned(),
        payload: Vec::new(),
    }
}

/// The thread that a mail belongs to; a new one where none knows it.
async fn thread_of(writing: &mut Writing, mail: &NewMail, now: i64) -> Result<Thread, StoreError> {
    let own = std::iter::once(&mail.message_id);
    let names: BTreeSet<String> = own.chain(&mail.links).map(|name| key(name)).collect();
    let mut found: BTreeSet<i64> = BTreeSet::new();
    for name in &names {
        let known: Option<(i64,)> = sqlx::query_as("SELECT thread FROM links WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut **writing)
            .await?;
        found.extend(known.map(|(thread,)| thread));
    }
    let mut found = found.into_iter();
    let mut thread = match found.next() {
        Some(id) => thread(writing, id).await?,
        None => begin(writing, now).await?,
    };
    for other in found {
        thread = join(writing, thread, other).await?;
    }
    for name in &names {
        sqlx::query(
            "INSERT INTO links (name, thread) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(thread.id)
        .execute(&mut **writing)
        .await?;
    }
    for name in &mail.names {
        sqlx::query(
            "INSERT INTO links (name, thread) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET thread = excluded.thread",
        )
        .bind(key(name))
        .bind(thread.id)
        .execute(&mut **writing)
        .await?;
    }
    Ok(thread)
}

async fn thread(writing: &mut Writing, id: i64) -> Result<Thread, StoreError> {
    let found = sqlx::query_as("SELECT id, mails, bytes FROM threads WHERE id = $1");
    Ok(found.bind(id).fetch_one(&mut **writing).await?)
}

async fn begin(writing: &mut Writing, now: i64) -> Result<Thread, StoreError> {
    let id = next(writing, "threads").await?;
    sqlx::query("INSERT INTO threads (id, touched, mails, bytes) VALUES ($1, $2, 0, 0)")
        .bind(id)
        .bind(now)
        .execute(&mut **writing)
        .await?;
    Ok(Thread {
        id,
        mails: 0,
        bytes: 0,
    })
}

/// Makes two threads one, unless that one would be over the bounds.
async fn join(writing: &mut Writing, one: Thread, other: i64) -> Result<Thread, StoreError> {
    let other = thread(writing, other).await?;
    let joined = Thread {
        id: one.id,
        mails: one.mails.saturating_add(other.mails),
        bytes: one.bytes.saturating_add(other.bytes),
    };
    if joined.mails > THREAD_MAILS || joined.bytes > THREAD_BYTES {
        return Ok(one);
    }
    // First of all: from here on, nothing can be kept of the other one.
    let gone = sqlx::query("DELETE FROM jobs WHERE name = $1").bind(job(THREAD, other.id).name);
    gone.execute(&mut **writing).await?;
    for moved in [
        "UPDATE mails SET thread = $1 WHERE thread = $2",
        "UPDATE links SET thread = $1 WHERE thread = $2",
        "UPDATE series SET thread = $1 WHERE thread = $2",
    ] {
        let moved = sqlx::query(moved).bind(one.id).bind(other.id);
        moved.execute(&mut **writing).await?;
    }
    for moved in [
        "UPDATE outbox SET job = $1 WHERE job = $2",
        "UPDATE runs SET job = $1 WHERE job = $2",
    ] {
        let moved = sqlx::query(moved).bind(job(THREAD, one.id).name);
        moved
            .bind(job(THREAD, other.id).name)
            .execute(&mut **writing)
            .await?;
    }
    sqlx::query("DELETE FROM threads WHERE id = $1")
        .bind(other.id)
        .execute(&mut **writing)
        .await?;
    sqlx::query("UPDATE threads SET mails = $2, bytes = $3 WHERE id = $1")
        .bind(joined.id)
        .bind(joined.mails)
        .bind(joined.bytes)
        .execute(&mut **writing)
        .await?;
    Ok(joined)
}

async fn keep_range(
    writing: &mut Writing,
    source: &str,
    range: &NewRange,
    now: i64,
) -> Result<bool, StoreError> {
    let known = "SELECT r.id, j.due FROM ranges r LEFT JOIN jobs j ON j.name = 'commits ' || r.id \
                 WHERE r.source = $1 AND r.reference = $2 AND r.before_commit = $3 AND r.after_commit = $4";
    let known: Option<(i64, Option<i64>)> = sqlx::query_as(known)
        .bind(key(source))
        .bind(key(&range.reference))
        .bind(&range.before)
        .bind(&range.after)
        .fetch_optional(&mut **writing)
        .await?;
    let id = match known {
        Some((_, Some(_))) => return Ok(false),
        // It was judged before; the branch went back, and forth again.
        Some((id, None)) => id,
        None => add_range(writing, source, range).await?,
    };
    wake(writing, &job(COMMITS, id), now).await?;
    Ok(true)
}

async fn add_range(
    writing: &mut Writing,
    source: &str,
    range: &NewRange,
) -> Result<i64, StoreError> {
    let id = next(writing, "ranges").await?;
    let kept = "INSERT INTO ranges (id, source, reference, before_commit, after_commit) VALUES ($1, $2, $3, $4, $5)";
    let kept = sqlx::query(kept)
        .bind(id)
        .bind(key(source))
        .bind(key(&range.reference));
    let kept = kept.bind(&range.before).bind(&range.after);
    kept.execute(&mut **writing).await?;
    Ok(id)
}
