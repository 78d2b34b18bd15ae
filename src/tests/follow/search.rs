//! The search of a real public-inbox.

use super::{answer, as_sent, drain, http, ids, series, unrelated};
use crate::mail::letters::Letter;
use crate::support::public_inbox::PublicInbox;
use std::time::{Duration, Instant};
use uapi_check::follow::{Search, SearchSettings};

/// 2025-10-01: before all letters.
const BEFORE: i64 = 1_759_276_800;

fn source(inbox: &PublicInbox, query: &str) -> Search {
    let url = inbox.http_url().parse().expect("it is an address");
    let mut settings = SearchSettings::new(url, BEFORE);
    settings.query = query.to_owned();
    settings.again = Duration::ZERO;
    Search::new(http(), settings).expect("the address is one of HTTP")
}

async fn new(inbox: &PublicInbox, cursor: &mut Option<String>) -> Vec<Vec<u8>> {
    let source = source(inbox, "dfn:include/uapi");
    drain(cursor, async |at| source.poll(at.as_deref()).await).await
}

/// Asks until as many mails are new: the search of a server that runs sees what came after some seconds.
async fn some(inbox: &PublicInbox, cursor: &mut Option<String>, count: usize) -> Vec<Vec<u8>> {
    let until = Instant::now() + Duration::from_secs(60);
    let mut found = Vec::new();
    while found.len() < count && Instant::now() < until {
        found.extend(new(inbox, cursor).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    found
}

fn inject(inbox: &PublicInbox, letters: &[Letter]) {
    for letter in letters {
        inbox.inject(&letter.bytes());
    }
}

#[tokio::test]
async fn threads_with_a_match_are_found_once_and_as_they_were_sent() {
    let inbox = PublicInbox::start();
    let mut cursor = None;
    assert!(new(&inbox, &mut cursor).await.is_empty());
    let first = series("a");
    inbox.inject(&unrelated("b").bytes());
    inject(&inbox, &first);
    let found = some(&inbox, &mut cursor, 3).await;
    let sent: Vec<_> = first.iter().map(Letter::bytes).collect();
    assert_eq!(as_sent(&found), as_sent(&sent));
    assert!(new(&inbox, &mut cursor).await.is_empty());
    // No query for files finds the answer. The one to the unrelated mail is none of ours.
    inject(&inbox, &[answer("c", "a1"), answer("d", "b")]);
    assert_eq!(ids(&some(&inbox, &mut cursor, 1).await), ["c"]);
    assert!(new(&inbox, &mut cursor).await.is_empty());
    inject(&inbox, &[answer("f", "a2")]);
    assert_eq!(ids(&some(&inbox, &mut cursor, 1).await), ["f"]);
    inject(&inbox, &series("e"));
    let found = some(&inbox, &mut cursor, 3).await;
    assert_eq!(ids(&found), ["e/0 & + ?", "e1", "e2"]);
    assert!(new(&inbox, &mut cursor).await.is_empty());
}

#[tokio::test]
async fn a_mail_that_comes_late_or_from_the_future_hides_nothing() {
    let inbox = PublicInbox::start();
    let mut cursor = None;
    let patch = |name: &str, day| {
        Letter::patch(
            name,
            &format!("[PATCH] {name}"),
            &format!("include/uapi/linux/{name}.h"),
            "x",
        )
        .on(day)
    };
    inbox.inject(&patch("a", 10).bytes());
    assert_eq!(ids(&some(&inbox, &mut cursor, 1).await), ["a"]);
    let future = String::from_utf8(patch("b", 10).bytes()).expect("it is ASCII");
    inbox.inject(future.replace("Nov 2025", "Nov 2036").as_bytes());
    assert_eq!(ids(&some(&inbox, &mut cursor, 1).await), ["b"]);
    // An hour before the first, which came before it.
    let late = String::from_utf8(patch("c", 10).bytes()).expect("it is ASCII");
    inbox.inject(late.replace("10:20:30", "09:20:30").as_bytes());
    assert_eq!(ids(&some(&inbox, &mut cursor, 1).await), ["c"]);
    assert!(new(&inbox, &mut cursor).await.is_empty());
}

#[tokio::test]
async fn many_threads_come_in_several_batches() {
    let inbox = PublicInbox::start();
    let name = |at: u32| format!("p{at:02}");
    for at in 1..=25 {
        let header = format!("include/uapi/linux/{}.h", name(at));
        let subject = format!("[PATCH] number {}", name(at));
        inbox.inject(
            &Letter::patch(&name(at), &subject, &header, "x")
                .on(at)
                .bytes(),
        );
    }
    let source = source(&inbox, "dfn:include/uapi OR dfn:nothing");
    let batch = source.poll(None).await.expect("the server answers");
    assert!(batch.more);
    assert_eq!(batch.arrivals.len(), 20);
    let mut cursor = None;
    let found = drain(&mut cursor, async |at| source.poll(at.as_deref()).await).await;
    assert_eq!(ids(&found), (1..=25).map(name).collect::<Vec<_>>());
    let again = drain(&mut cursor, async |at| source.poll(at.as_deref()).await).await;
    assert!(again.is_empty());
}

#[tokio::test]
async fn what_is_no_inbox_is_told() {
    let inbox = PublicInbox::start();
    let there = source(&inbox, "dfn:include/uapi");
    let good = there.poll(None).await.expect("the inbox is there").cursor;
    let url = inbox.http_url().replace("uapi-test", "other");
    let settings = SearchSettings::new(url.parse().expect("it is an address"), BEFORE);
    let missing = Search::new(http(), settings).expect("the address is one of HTTP");
    let told = missing
        .poll(None)
        .await
        .expect_err("there is no such inbox");
    assert!(told.is_mistake(), "{told}");
    let told = missing
        .poll(Some(&good))
        .await
        .expect_err("it is of another place");
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
