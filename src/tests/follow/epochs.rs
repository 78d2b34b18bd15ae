//! The git repositories of a real public-inbox.

use super::{answer, as_sent, drain, http, ids, manners, series, unrelated};
use crate::mail::letters::Letter;
use crate::support::public_inbox::PublicInbox;
use std::path::Path;
use std::time::Duration;
use uapi_check::follow::{Begin, EpochSettings, Epochs, FollowError, Http};

fn source(place: &str, directory: &Path, begin: Begin) -> Epochs {
    let settings = EpochSettings {
        place: place.to_owned(),
        directory: directory.to_owned(),
        begin,
        limit: Duration::from_secs(120),
    };
    Epochs::new(http(), settings).expect("the place is one")
}

/// What is new, asked by a source that was just made.
async fn new(place: &str, directory: &Path, cursor: &mut Option<String>) -> Vec<Vec<u8>> {
    let source = source(place, directory, Begin::Newest(100));
    drain(cursor, async |at| source.poll(at.as_deref()).await).await
}

fn inject(inbox: &PublicInbox, letters: &[Letter]) {
    for letter in letters {
        inbox.inject(&letter.bytes());
    }
}

#[tokio::test]
async fn mails_are_found_once_and_as_they_were_sent() {
    let inbox = PublicInbox::start();
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let place = inbox.git_url();
    let mut cursor = None;
    assert!(new(&place, mirror.path(), &mut cursor).await.is_empty());
    let first = series("a");
    inject(&inbox, &first);
    inbox.inject(&unrelated("b").bytes());
    let found = new(&place, mirror.path(), &mut cursor).await;
    let sent: Vec<_> = first
        .iter()
        .chain([&unrelated("b")])
        .map(Letter::bytes)
        .collect();
    assert_eq!(as_sent(&found), as_sent(&sent));
    assert!(new(&place, mirror.path(), &mut cursor).await.is_empty());
    inbox.inject(&answer("c", "a1").bytes());
    // What was fetched may be lost; the cursor is enough.
    let other = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(ids(&new(&place, other.path(), &mut cursor).await), ["c"]);
    assert!(new(&place, mirror.path(), &mut cursor).await.is_empty());
}

#[tokio::test]
async fn a_history_that_was_rewritten_loses_nothing() {
    let inbox = PublicInbox::start();
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let place = inbox.git_url();
    let mut cursor = None;
    inject(&inbox, &series("a"));
    inbox.inject(&unrelated("b").bytes());
    assert_eq!(new(&place, mirror.path(), &mut cursor).await.len(), 4);
    inbox.purge(&series("a")[1].bytes());
    inbox.inject(&answer("c", "a1").bytes());
    let found = ids(&new(&place, mirror.path(), &mut cursor).await);
    assert!(
        found.ends_with(&["b".to_owned(), "c".to_owned()]),
        "{found:?}"
    );
    assert!(!found.contains(&"a1".to_owned()), "{found:?}");
    assert!(new(&place, mirror.path(), &mut cursor).await.is_empty());
}

#[tokio::test]
async fn it_begins_where_it_is_told_to() {
    let inbox = PublicInbox::start();
    for day in 1..=20 {
        inbox.inject(&unrelated(&format!("m{day}")).on(day).bytes());
    }
    let place = inbox.directory().display().to_string();
    let begun = async |begin| {
        let mirror = tempfile::tempdir().expect("a temporary folder");
        let source = source(&place, mirror.path(), begin);
        let mut cursor = None;
        ids(&drain(&mut cursor, async |at| source.poll(at.as_deref()).await).await)
    };
    assert_eq!(begun(Begin::Newest(2)).await, ["m19", "m20"]);
    // 2025-11-19T00:00:00Z
    assert_eq!(begun(Begin::Since(1_763_510_400)).await, ["m19", "m20"]);
    assert_eq!(begun(Begin::Since(0)).await.len(), 20);
}

#[tokio::test]
async fn what_is_no_inbox_is_told() {
    let inbox = PublicInbox::start();
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let there = source(&inbox.git_url(), mirror.path(), Begin::Newest(1));
    let good = there.poll(None).await.expect("the inbox is there").cursor;
    let missing = source(
        &format!("{}x", inbox.git_url()),
        mirror.path(),
        Begin::Newest(1),
    );
    let told = missing
        .poll(None)
        .await
        .expect_err("there is no such inbox");
    assert!(told.is_mistake(), "{told}");
    let told = missing
        .poll(Some(&good))
        .await
        .expect_err("no inbox, and not its cursor");
    assert!(told.is_mistake(), "{told}");
    for spoiled in [
        "",
        "{}",
        "17",
        &good[1..],
        &good.replace("uapi-test", "other"),
    ] {
        let told = there
            .poll(Some(spoiled))
            .await
            .expect_err("the cursor is spoiled");
        assert!(
            told.is_mistake() && told.retry_after().is_none(),
            "{spoiled}: {told}"
        );
    }
    assert!(there.poll(Some(&good)).await.is_ok());
}

#[test]
fn a_client_without_a_contact_is_none() {
    let mut silent = manners();
    silent.contact = " ".to_owned();
    assert!(matches!(Http::new(silent), Err(FollowError::Mistake(_))));
}
