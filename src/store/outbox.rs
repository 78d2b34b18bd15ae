//! What is to be sent, and how that went.
//!
//! An entry is taken (`sending`) for a time before anything leaves the house, and marked after: one found `sending`
//! when that time is over was left by a process that died, and whoever sends decides whether asking again is safe.
//! Each time it is taken, it is the try that counts: one who comes back late changes nothing. In one slot (a patch
//! and the name of a check, or a thread's mails) nothing overtakes what came before, and what was not sent when
//! something newer came is not sent any more. Next: `crate::service`.

use super::text::{key, plain, start};
use super::{Store, StoreError, Writing, next};
use sqlx::AssertSqlSafe;

/// Bytes of a reason at most.
const REASON: usize = 2_000;

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// What makes it one thing: queued a second time, it is the same.
    pub name: String,
    /// Who sends it, such as `mail` or `check`.
    pub kind: String,
    /// What it takes the place of.
    pub slot: String,
    /// What it is about, such as the digest of a verdict.
    pub about: String,
    /// Whom it goes to, where caps are counted by person.
    pub person: String,
    /// What is sent.
    pub payload: Vec<u8>,
    /// Why it is not to be sent at all, where it isn't.
    pub dropped: Option<String>,
}

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits.
    Pending,
    /// It was taken; whether it was sent is not known yet.
    Sending,
    /// It was sent.
    Sent,
    /// It can't be sent.
    Failed,
    /// It is not to be sent.
    Dropped,
}

impl State {
    /// As it stands in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    fn read(name: &str) -> Self {
        let all = [Self::Pending, Self::Sending, Self::Sent, Self::Dropped];
        let found = all.into_iter().find(|state| state.name() == name);
        found.unwrap_or(Self::Failed)
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number; in one slot, later ones are larger.
    pub id: i64,
    /// What was queued, without why it was dropped.
    pub what: Queued,
    /// How it stands.
    pub state: State,
    /// Why, where it was not sent.
    pub reason: String,
    /// How often it was taken; which of them it is, tells one that comes back late.
    pub attempts: i64,
    /// When it was queued, in seconds since 1970.
    pub queued: i64,
}

/// How sending went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// It is there.
    Sent,
    /// Not now: again at this moment, in seconds since 1970.
    Again {
        /// When.
        due: i64,
        /// Why not now.
        why: String,
    },
    /// Never.
    Failed(String),
}

type Row = (
    i64,
    String,
    String,
    String,
    String,
    String,
    Vec<u8>,
    String,
    String,
    i64,
    i64,
);

fn item(row: Row) -> Item {
    let (id, name, kind, slot, about, person, payload, state, reason, attempts, queued) = row;
    let what = Queued {
        name,
        kind,
        slot,
        about,
        person,
        payload,
        dropped: None,
    };
    Item {
        id,
        what,
        state: State::read(&state),
        reason,
        attempts,
        queued,
    }
}

/// Adds an entry, unless it was added before.
pub(super) async fn enqueue(
    writing: &mut Writing,
    job: &str,
    queued: &Queued,
    now: i64,
) -> Result<(), StoreError> {
    let state = match queued.dropped {
        Some(_) => State::Dropped,
        None => State::Pending,
    };
    let added = sqlx::query(
        "INSERT INTO outbox (id, name, job, kind, slot, about, person, payload, state, reason, attempts, \
         queued, due, lease) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, 0) \
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(next(writing, "outbox").await?)
    .bind(key(&queued.name))
    .bind(job)
    .bind(&queued.kind)
    .bind(key(&queued.slot))
    .bind(plain(&queued.about))
    .bind(plain(&queued.person))
    .bind(queued.payload.as_slice())
    .bind(state.name())
    .bind(start(queued.dropped.as_deref().unwrap_or_default(), REASON))
    .bind(now)
    .execute(&mut **writing)
    .await?;
    if added.rows_affected() > 0 && state == State::Pending {
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', reason = 'something newer came before it was sent' \
             WHERE slot = $1 AND name <> $2 AND state = 'pending'",
        )
        .bind(key(&queued.slot))
        .bind(key(&queued.name))
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

impl Store {
    /// Everything that was ever to be sent of a job, oldest first.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn outbox(&self, job: &str) -> Result<Vec<Item>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, kind, slot, about, person, payload, state, reason, attempts, queued \
             FROM outbox WHERE job = $1 ORDER BY id",
        )
        .bind(key(job))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(item).collect())
    }

    /// How many mails were queued since a moment: in all, or to one person. Those that were not to be sent don't
    /// count.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn mails_since(&self, since: i64, person: Option<&str>) -> Result<i64, StoreError> {
        let (number,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND state <> 'dropped' AND queued > $1 \
             AND ($2 = '' OR person = $2)",
        )
        .bind(since)
        .bind(person.unwrap_or_default())
        .fetch_one(&self.pool)
        .await?;
        Ok(number)
    }

    /// Takes the next entry that a process which died had taken, for `seconds` at most.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn take_over(&self, now: i64, seconds: i64) -> Result<Option<Item>, StoreError> {
        self.taken("o.state = 'sending' AND o.lease <= $1", now, seconds)
            .await
    }

    /// Takes the next entry that is due, for `seconds` at most.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn take(&self, now: i64, seconds: i64) -> Result<Option<Item>, StoreError> {
        let due = "o.state = 'pending' AND o.due <= $1 AND NOT EXISTS (SELECT 1 FROM outbox e \
                   WHERE e.slot = o.slot AND e.id < o.id AND e.state IN ('pending', 'sending'))";
        self.taken(due, now, seconds).await
    }

    async fn taken(
        &self,
        which: &'static str,
        now: i64,
        seconds: i64,
    ) -> Result<Option<Item>, StoreError> {
        let taken = format!(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease = $2 WHERE id = (\
             SELECT o.id FROM outbox o WHERE {which} ORDER BY o.id LIMIT 1 {}) \
             RETURNING id, name, kind, slot, about, person, payload, state, reason, attempts, queued",
            self.skip_locked
        );
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(taken))
            .bind(now)
            .bind(now.saturating_add(seconds))
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(item))
    }

    /// Keeps an entry for `seconds` from now; false where it is another's.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn renew(&self, item: &Item, now: i64, seconds: i64) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "UPDATE outbox SET lease = $3 WHERE id = $1 AND attempts = $2 AND state = 'sending'",
        );
        let kept = kept.bind(item.id).bind(item.attempts);
        let kept = kept.bind(now.saturating_add(seconds));
        Ok(kept.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Notes how sending went; false where the entry was another's, and nothing is changed.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn sent(&self, item: &Item, after: &After) -> Result<bool, StoreError> {
        let (state, due, why) = match after {
            After::Sent => (State::Sent, 0, ""),
            After::Again { due, why } => (State::Pending, *due, why.as_str()),
            After::Failed(why) => (State::Failed, 0, why.as_str()),
        };
        let noted = sqlx::query(
            "UPDATE outbox SET state = $3, due = $4, reason = $5, lease = 0 \
             WHERE id = $1 AND attempts = $2 AND state = 'sending'",
        );
        let noted = noted.bind(item.id).bind(item.attempts).bind(state.name());
        let noted = noted.bind(due).bind(start(why, REASON));
        Ok(noted.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// When the next entry is due, or left by who took it, in seconds since 1970; and how many wait to be tried.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn waiting(&self) -> Result<(Option<i64>, i64), StoreError> {
        let waiting = "SELECT MIN(CASE WHEN state = 'sending' THEN lease ELSE due END), \
                       COUNT(CASE WHEN state = 'pending' THEN 1 END) \
                       FROM outbox WHERE state IN ('pending', 'sending')";
        Ok(sqlx::query_as(waiting).fetch_one(&self.pool).await?)
    }
}
