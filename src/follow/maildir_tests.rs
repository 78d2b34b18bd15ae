//! Maildirs as mail servers and readers leave them.

use super::Maildir;
use crate::follow::{Arrival, FollowError};
use std::fs;
use std::path::Path;

fn maildir() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir(folder.path().join(part)).expect("the folder is ours");
    }
    folder
}

/// Delivers a mail as a mail server does: written in `tmp`, then moved.
fn deliver(folder: &Path, name: &str) {
    let written = folder.join("tmp").join(name);
    fs::write(&written, format!("Subject: {name}\n\n")).expect("the folder is ours");
    fs::rename(written, folder.join("new").join(name)).expect("the folder is ours");
}

/// What is new, asked by a source that was just made: the subjects.
async fn new(folder: &Path, cursor: &mut Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let batch = Maildir::new(folder.to_owned(), 0)
            .poll(cursor.as_deref())
            .await;
        let batch = batch.expect("it is a maildir");
        *cursor = Some(batch.cursor);
        found.extend(batch.arrivals.into_iter().map(|arrival| match arrival {
            Arrival::Mail(mail) => String::from_utf8_lossy(&mail[9..]).trim_end().to_owned(),
            other => panic!("{other:?} is no mail"),
        }));
        if !batch.more {
            return found;
        }
    }
}

#[tokio::test]
async fn mails_come_once_though_they_are_read_and_marked() {
    let folder = maildir();
    let folder = folder.path();
    let mut cursor = None;
    deliver(folder, "z.1");
    deliver(folder, "b.2");
    let mut found = new(folder, &mut cursor).await;
    found.sort();
    assert_eq!(found, ["b.2", "z.1"]);
    fs::rename(folder.join("new/z.1"), folder.join("cur/z.1:2,")).expect("it is there");
    assert!(new(folder, &mut cursor).await.is_empty());
    fs::rename(folder.join("cur/z.1:2,"), folder.join("cur/z.1:2,RS")).expect("it is there");
    deliver(folder, "a.3");
    // Not delivered yet, and none at all.
    fs::write(folder.join("tmp/c.4"), "Subject: c.4\n\n").expect("the folder is ours");
    fs::write(folder.join("cur/.hidden"), "Subject: no\n\n").expect("the folder is ours");
    assert_eq!(new(folder, &mut cursor).await, ["a.3"]);
    assert!(new(folder, &mut cursor).await.is_empty());
    let names = fs::read_dir(folder.join("cur"))
        .expect("it is there")
        .count();
    assert_eq!(names, 2);
}

#[tokio::test]
async fn many_mails_come_in_batches_and_each_once() {
    let folder = maildir();
    let names: Vec<String> = (0..450).map(|at| format!("{at:03}")).collect();
    for name in &names {
        deliver(folder.path(), name);
    }
    let first = Maildir::new(folder.path().to_owned(), 0).poll(None).await;
    let first = first.expect("it is a maildir");
    assert!(first.more && first.arrivals.len() == 200);
    let mut cursor = None;
    let mut found = new(folder.path(), &mut cursor).await;
    found.sort();
    assert_eq!(found, names);
}

#[tokio::test]
async fn a_mail_over_the_bound_hides_none() {
    let folder = maildir();
    let large = vec![b'x'; crate::mail::MAIL_LIMIT + 1];
    fs::write(folder.path().join("new/1"), large).expect("the folder is ours");
    deliver(folder.path(), "2");
    assert_eq!(new(folder.path(), &mut None).await, ["2"]);
}

#[tokio::test]
async fn what_was_there_before_may_be_left() {
    let folder = maildir();
    deliver(folder.path(), "1");
    let later = jiff::Timestamp::now().as_second() + 3600;
    let batch = Maildir::new(folder.path().to_owned(), later)
        .poll(None)
        .await;
    assert_eq!(batch.expect("it is a maildir").arrivals, []);
}

#[tokio::test]
async fn other_places_and_spoiled_cursors_are_told() {
    let (folder, other) = (maildir(), maildir());
    let mut cursor = None;
    new(folder.path(), &mut cursor).await;
    let other = Maildir::new(other.path().to_owned(), 0);
    for bad in [cursor.as_deref(), Some("spoiled")] {
        let told = other.poll(bad).await.expect_err("it is none of it");
        assert!(
            told.is_mistake() && told.to_string().contains("the cursor"),
            "{told}"
        );
    }
    let none = Maildir::new(folder.path().join("cur"), 0).poll(None).await;
    assert!(matches!(none, Err(FollowError::Mistake(_))));
}
