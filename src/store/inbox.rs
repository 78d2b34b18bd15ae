//! What a source found is kept together with the cursor behind it: both or neither, and each mail once.
//!
//! A mail joins the thread that knows one of its links; where several do, they become one. What is over the bounds
//! of a thread is left out and counted. Next: `threads`.

use super::{Store, StoreError, THREAD_BYTES, THREAD_MAILS, Writing, next};
use std::collections::BTreeSet;

/// What zstd is asked for: mails are small, and many.
const LEVEL: i32 = 3;

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
        .bind(&incoming.cursor)
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
    let known: Option<(i64,)> = sqlx::query_as("SELECT thread FROM mails WHERE message_id = $1")
        .bind(&mail.message_id)
        .fetch_optional(&mut **writing)
        .await?;
    if let Some((thread,)) = known {
        // The same mail by another list, or now with a place for its checks.
        if keep_ways(writing, mail).await? {
            wake(writing, thread, now).await?;
        }
        return Ok(Kept::Known);
    }
    let size = i64::try_from(mail.bytes.len()).unwrap_or(i64::MAX);
    let thread = thread_of(writing, mail, now).await?;
    if thread.mails >= THREAD_MAILS || thread.bytes.saturating_add(size) > THREAD_BYTES {
        return Ok(Kept::NoRoom);
    }
    let packed = zstd::encode_all(mail.bytes.as_slice(), LEVEL);
    let packed = packed.map_err(|why| StoreError::Damaged {
        what: format!("the mail {}", mail.message_id),
        why,
    })?;
    sqlx::query(
        "INSERT INTO mails (message_id, thread, arrived, number, bytes) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&mail.message_id)
    .bind(thread.id)
    .bind(now)
    .bind(next(writing, "mails").await?)
    .bind(packed)
    .execute(&mut **writing)
    .await?;
    sqlx::query("UPDATE threads SET mails = mails + 1, bytes = bytes + $2 WHERE id = $1")
        .bind(thread.id)
        .bind(size)
        .execute(&mut **writing)
        .await?;
    keep_ways(writing, mail).await?;
    wake(writing, thread.id, now).await?;
    Ok(Kept::New)
}

/// Notes by which list a mail came and where its checks go; whether that was news.
async fn keep_ways(writing: &mut Writing, mail: &NewMail) -> Result<bool, StoreError> {
    let mut new = 0;
    if let Some(list) = &mail.list {
        let kept = "INSERT INTO mail_lists (message_id, list) VALUES ($1, $2) ON CONFLICT (message_id, list) DO NOTHING";
        let kept = sqlx::query(kept).bind(&mail.message_id).bind(list);
        new += kept.execute(&mut **writing).await?.rows_affected();
    }
    if let Some((server, patch)) = &mail.place {
        let kept = "INSERT INTO places (message_id, server, patch) VALUES ($1, $2, $3) \
                    ON CONFLICT (message_id, server) DO NOTHING";
        let kept = sqlx::query(kept).bind(&mail.message_id).bind(server);
        new += kept
            .bind(*patch)
            .execute(&mut **writing)
            .await?
            .rows_affected();
    }
    Ok(new > 0)
}

/// A thread has something new, and is to be looked at.
async fn wake(writing: &mut Writing, thread: i64, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE threads SET revision = revision + 1, touched = $2, due = $2, attempts = 0 WHERE id = $1",
    )
    .bind(thread)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// The thread that a mail belongs to; a new one where none knows it.
async fn thread_of(writing: &mut Writing, mail: &NewMail, now: i64) -> Result<Thread, StoreError> {
    let own = std::iter::once(&mail.message_id);
    let names: BTreeSet<&String> = own.chain(&mail.links).collect();
    let mut found: BTreeSet<i64> = BTreeSet::new();
    for name in &names {
        let known: Option<(i64,)> = sqlx::query_as("SELECT thread FROM links WHERE name = $1")
            .bind(name.as_str())
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
    for name in names {
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
        .bind(name)
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
    sqlx::query(
        "INSERT INTO threads (id, touched, revision, mails, bytes, due, attempts) VALUES ($1, $2, 0, 0, 0, NULL, 0)",
    )
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
    for moved in [
        "UPDATE mails SET thread = $1 WHERE thread = $2",
        "UPDATE links SET thread = $1 WHERE thread = $2",
        "UPDATE series SET thread = $1 WHERE thread = $2",
        "UPDATE outbox SET thread = $1 WHERE thread = $2",
    ] {
        let moved = sqlx::query(moved).bind(one.id).bind(other.id);
        moved.execute(&mut **writing).await?;
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
    let kept = sqlx::query(
        "INSERT INTO ranges (id, source, reference, before_commit, after_commit, due, attempts) \
         VALUES ($1, $2, $3, $4, $5, $6, 0) \
         ON CONFLICT (source, reference, before_commit, after_commit) DO NOTHING",
    )
    .bind(next(writing, "ranges").await?)
    .bind(source)
    .bind(&range.reference)
    .bind(&range.before)
    .bind(&range.after)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(kept.rows_affected() > 0)
}
