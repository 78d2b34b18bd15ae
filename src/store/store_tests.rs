//! Each step is one transaction, each mail is kept once, and nothing that was queued is lost or doubled.

use super::*;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

fn place() -> TempDir {
    tempfile::tempdir().expect("the system has room")
}

async fn open(place: &TempDir) -> Store {
    let path = place.path().join("a db?#%.sqlite");
    Store::open(&path).await.expect("a database")
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

/// The Message-IDs of every thread that is due, by thread.
async fn threads(store: &Store) -> Vec<Vec<String>> {
    let mut threads = Vec::new();
    while let Some(due) = store.due_thread(1_000_000).await.expect("an answer") {
        let mails = store.mails(due.id).await.expect("mails");
        threads.push(mails.into_iter().map(|mail| mail.message_id).collect());
        let nothing = Outcome::default();
        store.record(due, &nothing, 200).await.expect("recorded");
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

/// Queues these for the thread of a new mail.
async fn queue(store: &Store, entries: Vec<Queued>) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let id = format!("mail{}", COUNT.fetch_add(1, Ordering::Relaxed));
    take(store, vec![mail(&id, &[])]).await;
    let due = store.due_thread(1_000).await.expect("an answer");
    let due = due.expect("a thread");
    let outcome = Outcome {
        queued: entries,
        ..Outcome::default()
    };
    store.record(due, &outcome, 200).await.expect("recorded");
}

async fn next_name(store: &Store) -> Option<String> {
    let taken = store.take(1_000, 60).await.expect("an answer");
    taken.map(|item| item.what.name)
}

#[tokio::test]
async fn a_mail_is_kept_once_with_its_cursor() {
    let place = place();
    let store = open(&place).await;
    assert_eq!(store.cursor("source").await.expect("an answer"), None);
    let first = batch("1", vec![mail("a", &[]), mail("a", &[]), mail("b", &["a"])]);
    let taken = store.take_in("source", &first, 100).await.expect("taken");
    assert_eq!((taken.mails, taken.left_out), (2, 0));
    // The same batch again, as after a crash.
    let taken = store.take_in("source", &first, 101).await.expect("taken");
    assert_eq!(taken.mails, 0);
    store.close().await;
    let store = open(&place).await;
    let cursor = store.cursor("source").await.expect("an answer");
    assert_eq!(cursor.as_deref(), Some("1"));
    let mails = store.mails(1).await.expect("mails");
    assert_eq!(mails[0].bytes, b"the mail a");
    assert_eq!((mails.len(), mails[1].arrived), (2, 100));
}

#[tokio::test]
async fn mails_that_name_each_other_are_one_thread_in_any_order() {
    let place = place();
    let store = open(&place).await;
    // Two answers whose first mail comes last, and one that has nothing to do with them.
    take(
        &store,
        vec![mail("b", &["a"]), mail("d", &["c"]), mail("x", &["y"])],
    )
    .await;
    take(&store, vec![mail("c", &["b"])]).await;
    take(&store, vec![mail("a", &[])]).await;
    let mut found = threads(&store).await;
    found.sort();
    assert_eq!(found, [vec!["b", "d", "c", "a"], vec!["x"]]);
}

#[tokio::test]
async fn a_name_means_the_newest_that_has_it() {
    let place = place();
    let store = open(&place).await;
    let named = |id: &str| NewMail {
        names: vec!["title".to_owned()],
        ..mail(id, &[])
    };
    take(&store, vec![named("one"), named("two")]).await;
    take(&store, vec![mail("later", &["title"])]).await;
    let mut found = threads(&store).await;
    found.sort();
    assert_eq!(found, [vec!["one"], vec!["two", "later"]]);
}

#[tokio::test]
async fn a_thread_has_bounds() {
    let place = place();
    let store = open(&place).await;
    let large = |id: &str, bytes: i64| NewMail {
        bytes: vec![b'x'; usize::try_from(bytes).expect("a size")],
        ..mail(id, &["root"])
    };
    let taken = take(&store, vec![large("a", THREAD_BYTES - 5), large("b", 5)]).await;
    assert_eq!((taken.mails, taken.left_out), (2, 0));
    let taken = take(&store, vec![large("c", 1)]).await;
    assert_eq!((taken.mails, taken.left_out), (0, 1));
    // One that would join it stays beside it.
    take(&store, vec![mail("other", &["else"])]).await;
    let taken = take(&store, vec![mail("bridge", &["root", "else"])]).await;
    assert_eq!((taken.mails, taken.left_out), (0, 1));
    assert_eq!(threads(&store).await.len(), 2);
}

#[tokio::test]
async fn what_comes_while_a_thread_is_looked_at_keeps_it_due() {
    let place = place();
    let store = open(&place).await;
    take(&store, vec![mail("a", &[])]).await;
    let due = store.due_thread(100).await.expect("an answer");
    let due = due.expect("a thread");
    take(&store, vec![mail("b", &["a"])]).await;
    let outcome = Outcome::default();
    store.record(due, &outcome, 150).await.expect("recorded");
    let again = store.due_thread(100).await.expect("an answer");
    let again = again.expect("it is due");
    assert_eq!((again.id, again.revision), (due.id, due.revision + 1));
    store.record(again, &outcome, 151).await.expect("recorded");
    assert_eq!(store.due_thread(9_999).await.expect("an answer"), None);
    // The same mail once more is no news; by another list, it is.
    take(&store, vec![mail("b", &["a"])]).await;
    assert_eq!(store.due_thread(9_999).await.expect("an answer"), None);
    let other = NewMail {
        list: Some("other".to_owned()),
        ..mail("b", &["a"])
    };
    take(&store, vec![other]).await;
    assert!(store.due_thread(9_999).await.expect("an answer").is_some());
    let mails = store.mails(due.id).await.expect("mails");
    assert_eq!(mails[1].lists.len(), 2);
}

#[tokio::test]
async fn an_entry_is_queued_once_and_nothing_overtakes_in_its_slot() {
    let place = place();
    let store = open(&place).await;
    queue(&store, vec![queued("1", "s"), queued("2", "t")]).await;
    queue(&store, vec![queued("1", "s")]).await;
    assert_eq!(next_name(&store).await.as_deref(), Some("1"));
    // While the first is on its way, a later one of its slot waits.
    queue(&store, vec![queued("3", "s")]).await;
    assert_eq!(next_name(&store).await.as_deref(), Some("2"));
    assert_eq!(next_name(&store).await, None);
    store.sent(1, &After::Sent).await.expect("noted");
    assert_eq!(next_name(&store).await.as_deref(), Some("3"));
    // What was not taken yet when something newer came is not sent any more.
    queue(&store, vec![queued("4", "u")]).await;
    queue(&store, vec![queued("5", "u")]).await;
    assert_eq!(next_name(&store).await.as_deref(), Some("5"));
    assert_eq!(next_name(&store).await, None);
}

#[tokio::test]
async fn what_was_on_its_way_when_the_process_died_is_found() {
    let place = place();
    let store = open(&place).await;
    queue(&store, vec![queued("1", "s"), queued("2", "t")]).await;
    next_name(&store).await;
    store.close().await;
    let store = open(&place).await;
    let left = store.left_sending(i64::MAX).await.expect("an answer");
    let names: Vec<&str> = left.iter().map(|item| item.what.name.as_str()).collect();
    assert_eq!(names, ["1"]);
    assert_eq!((left[0].state, left[0].attempts), (State::Sending, 1));
    let again = After::Again {
        due: 5_000,
        why: "w".to_owned(),
    };
    store.sent(left[0].id, &again).await.expect("noted");
    assert_eq!(next_name(&store).await.as_deref(), Some("2"));
    assert_eq!(next_name(&store).await, None);
    let (due, waiting) = store.waiting().await.expect("an answer");
    assert_eq!((due, waiting), (Some(5_000), 1));
}

#[tokio::test]
async fn mails_are_counted_by_person_and_time() {
    let place = place();
    let store = open(&place).await;
    let to = |name: &str, person: &str, dropped: Option<&str>| Queued {
        kind: "mail".to_owned(),
        person: person.to_owned(),
        dropped: dropped.map(str::to_owned),
        ..queued(name, name)
    };
    let all = vec![
        to("1", "a", None),
        to("2", "b", None),
        to("3", "a", Some("too many")),
    ];
    queue(&store, all).await;
    let count = async |since: i64, person: Option<&str>| {
        store.mails_since(since, person).await.expect("a number")
    };
    assert_eq!(count(0, None).await, 2);
    assert_eq!(count(0, Some("a")).await, 1);
    assert_eq!(count(0, Some("c")).await, 0);
    assert_eq!(count(200, None).await, 0);
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_what_waits_is_not() {
    let place = place();
    let store = open(&place).await;
    queue(&store, vec![queued("1", "s")]).await;
    take(&store, vec![mail("due", &[])]).await;
    let pruned = store.prune(101, 0).await.expect("pruned");
    assert_eq!(pruned.threads, 1);
    assert_eq!(store.mails(1).await.expect("mails"), []);
    assert_eq!(store.mails(2).await.expect("mails").len(), 1);
    // It still is to be sent.
    assert_eq!(next_name(&store).await.as_deref(), Some("1"));
    assert_eq!(store.prune(50, 0).await.expect("pruned").threads, 0);
}

#[tokio::test]
async fn a_database_is_of_one_process_and_of_its_owner() {
    let place = place();
    let store = open(&place).await;
    let path = place.path().join("a db?#%.sqlite");
    let second = Store::open(&path).await;
    assert!(matches!(second, Err(StoreError::InUse { .. })));
    drop(store);
    let nowhere = Store::open(Path::new("/nowhere/at/all.db")).await;
    let said = nowhere.expect_err("no directory").to_string();
    assert!(said.contains("make it first"), "{said}");
    let text = place.path().join("text");
    std::fs::write(
        &text,
        "this is no database, and longer than a header of one, so that it is read as such",
    )
    .expect("it is ours");
    assert!(Store::open(&text).await.is_err());
}
