//! Each step is one transaction, each mail is kept once, and nothing that was queued is lost or doubled: on SQLite,
//! and on a real PostgreSQL, by the same tests.

mod file;
mod jobs;
mod mails;
mod outbox;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
mod runs;
mod server;

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Makes two tests of one: on a file, and on a server.
macro_rules! both {
    (async fn $name:ident($place:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let $place = Place::file();
                $body
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let $place = Place::server();
                $body
            }
        }
    };
}
use both;

/// Where a database is.
enum Place {
    File(TempDir),
    Server(String),
}

impl Place {
    fn file() -> Self {
        Self::File(tempfile::tempdir().expect("the system has room"))
    }

    fn server() -> Self {
        Self::Server(postgres::shared().database())
    }

    fn database(&self) -> Database {
        match self {
            Self::File(place) => Database::File(place.path().join("a db?#%.sqlite")),
            Self::Server(address) => {
                Database::of(address, None, 12).expect("an address without a password")
            }
        }
    }

    async fn open(&self) -> Store {
        Store::open(&self.database()).await.expect("a database")
    }
}

fn mail(id: &str, links: &[&str]) -> NewMail {
    NewMail {
        message_id: id.to_owned(),
        links: links.iter().map(|link| (*link).to_owned()).collect(),
        names: Vec::new(),
        list: Some("list".to_owned()),
        place: None,
        bytes: format!("the mail {id}").into_bytes(),
    }
}

fn batch(cursor: &str, mails: Vec<NewMail>) -> Incoming {
    Incoming {
        mails,
        ranges: Vec::new(),
        cursor: cursor.to_owned(),
    }
}

async fn take(store: &Store, mails: Vec<NewMail>) -> TakenIn {
    let taken = store.take_in("source", &batch("c", mails), 100).await;
    taken.expect("it is taken in")
}

async fn next_job(store: &Store, now: i64) -> Option<Job> {
    store.take_job(now, 60).await.expect("an answer")
}

async fn finish(store: &Store, job: &Job, outcome: &Outcome) -> bool {
    let kept = store.finish_job(job, outcome, 200).await;
    kept.expect("an answer")
}

fn thread_of(job: &Job) -> i64 {
    let number = job.name.strip_prefix("thread ").expect("a thread");
    number.parse().expect("a number")
}

/// The Message-IDs of every thread that is due, by thread.
async fn threads(store: &Store) -> Vec<Vec<String>> {
    let mut threads = Vec::new();
    while let Some(job) = next_job(store, 1_000_000).await {
        let mails = store.mails(thread_of(&job)).await.expect("mails");
        threads.push(mails.into_iter().map(|mail| mail.message_id).collect());
        assert!(finish(store, &job, &Outcome::default()).await);
    }
    threads
}

fn queued(name: &str, slot: &str) -> Queued {
    Queued {
        name: name.to_owned(),
        kind: "check".to_owned(),
        slot: slot.to_owned(),
        about: String::new(),
        person: String::new(),
        payload: name.as_bytes().to_vec(),
        dropped: None,
    }
}

fn job(name: &str) -> NewJob {
    NewJob {
        name: name.to_owned(),
        kind: "pull".to_owned(),
        payload: b"{}".to_vec(),
    }
}

/// Keeps this of a new job.
async fn keep(store: &Store, outcome: &Outcome) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("job {}", COUNT.fetch_add(1, Ordering::Relaxed));
    store.note(None, &[job(&name)], 0).await.expect("noted");
    let job = next_job(store, 0).await.expect("a job");
    assert_eq!(job.name, name);
    assert!(finish(store, &job, outcome).await);
}

/// Queues these.
async fn queue(store: &Store, entries: Vec<Queued>) {
    let outcome = Outcome {
        queued: entries,
        ..Outcome::default()
    };
    keep(store, &outcome).await;
}

async fn next_item(store: &Store, now: i64) -> Option<Item> {
    store.take(now, 60).await.expect("an answer")
}

async fn next_name(store: &Store) -> Option<String> {
    let taken = next_item(store, 1_000).await;
    taken.map(|item| item.what.name)
}
