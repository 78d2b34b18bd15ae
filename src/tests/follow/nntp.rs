//! The newsgroup of a real public-inbox.

use super::{answer, as_sent, drain, ids, series, unrelated};
use crate::mail::letters::Letter;
use crate::support::public_inbox::PublicInbox;
use std::time::Duration;
use uapi_check::follow::{Nntp, NntpSettings};

fn source(inbox: &PublicInbox, group: &str) -> Nntp {
    let settings = NntpSettings {
        host: inbox.nntp_address().ip().to_string(),
        port: inbox.nntp_address().port(),
        tls: false,
        group: group.to_owned(),
        newest: 2,
        silence: Duration::from_secs(30),
    };
    Nntp::new(settings).expect("the name of the group is one")
}

async fn new(inbox: &PublicInbox, cursor: &mut Option<String>) -> Vec<Vec<u8>> {
    let source = source(inbox, inbox.group());
    drain(cursor, async |at| source.poll(at.as_deref()).await).await
}

#[tokio::test]
async fn mails_are_found_once_and_as_they_were_sent() {
    let inbox = PublicInbox::start();
    let mut cursor = None;
    assert!(new(&inbox, &mut cursor).await.is_empty());
    let first = series("a");
    for letter in &first {
        inbox.inject(&letter.bytes());
    }
    let dots = Letter::new("b", "dots", ".\n..\n. a\nFrom b\n");
    inbox.inject(&dots.bytes());
    let found = new(&inbox, &mut cursor).await;
    assert_eq!(ids(&found), ["a/0 & + ?", "a1", "a2", "b"]);
    let sent: Vec<Vec<u8>> = first.iter().chain([&dots]).map(Letter::bytes).collect();
    assert_eq!(as_sent(&found), as_sent(&sent));
    assert!(new(&inbox, &mut cursor).await.is_empty());
    inbox.inject(&answer("c", "a1").bytes());
    // A gap: the mail before the last is gone.
    inbox.inject(&unrelated("d").bytes());
    inbox.purge(&answer("c", "a1").bytes());
    assert_eq!(ids(&new(&inbox, &mut cursor).await), ["d"]);
    assert!(new(&inbox, &mut cursor).await.is_empty());
    let mut begun = None;
    assert_eq!(ids(&new(&inbox, &mut begun).await), ["d"]);
}

#[tokio::test]
async fn the_only_mail_of_a_group_is_found() {
    let inbox = PublicInbox::start();
    inbox.inject(&unrelated("only").bytes());
    let mut cursor = None;
    assert_eq!(ids(&new(&inbox, &mut cursor).await), ["only"]);
    assert!(new(&inbox, &mut cursor).await.is_empty());
}

#[tokio::test]
async fn a_group_that_is_missing_and_a_cursor_of_another_are_told() {
    let inbox = PublicInbox::start();
    let missing = source(&inbox, "org.example.lists.other");
    let told = missing
        .poll(None)
        .await
        .expect_err("there is no such group");
    assert!(
        told.is_mistake() && told.to_string().contains("has no group"),
        "{told}"
    );
    let there = source(&inbox, inbox.group());
    let good = there.poll(None).await.expect("the group is there").cursor;
    let told = missing
        .poll(Some(&good))
        .await
        .expect_err("it is of another group");
    assert!(
        told.is_mistake() && told.to_string().contains("the cursor"),
        "{told}"
    );
    let told = there
        .poll(Some("spoiled"))
        .await
        .expect_err("it is spoiled");
    assert!(
        told.is_mistake() && told.to_string().contains("the cursor"),
        "{told}"
    );
    assert!(there.poll(Some(&good)).await.is_ok());
}
