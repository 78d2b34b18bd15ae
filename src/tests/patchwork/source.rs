//! Series out of events: none lost, none made up, whatever the server's clock, pages and moods.

use super::mails::{Mail, REVIEWER, patch_text, series};
use super::{all, client, hasty, series_in, settings, source};
use crate::support::patchwork::{Fake, Fault, LIST_ID};
use std::time::Duration;
use uapi_check::follow::{PatchworkSeries, PatchworkSource};
use uapi_check::http::Pace;
use uapi_check::patchwork::{Settings, Version};

fn send(fake: &Fake, mails: &[Mail]) {
    for mail in mails {
        fake.inject(&mail.bytes());
    }
}

fn lone(id: &str) -> Mail {
    Mail::new(LIST_ID, id, &format!("[PATCH] {id}"), &patch_text("f"))
}

fn answer(id: &str, to: &str) -> Mail {
    let text = format!("Acked-by: {REVIEWER}\n");
    Mail::new(LIST_ID, id, "Re: [PATCH] f", &text)
        .to(to)
        .from(REVIEWER)
}

fn ids(found: &[PatchworkSeries]) -> Vec<u64> {
    found.iter().map(|series| series.id).collect()
}

#[tokio::test]
async fn a_series_comes_once_and_again_when_something_happens() {
    let fake = Fake::start();
    let source = source(&fake);
    let (found, cursor) = all(&source, None).await;
    assert_eq!(found, []);
    send(&fake, &series(LIST_ID, "s", 1));
    let (found, cursor) = all(&source, Some(cursor)).await;
    assert_eq!(ids(&found), [1]);
    assert_eq!(found[0].mails.len(), 4);
    // Our own checks are events too, and no news.
    fake.put_check("uapi-bot", 1, "uapi-verdict", "success");
    let (found, cursor) = all(&source, Some(cursor)).await;
    assert_eq!(found, []);
    send(&fake, &[answer("a", "s.2"), answer("b", "s.0")]);
    // Another process, with nothing but the cursor.
    let before = fake.seen().len();
    let (found, cursor) = all(&super::source(&fake), Some(cursor)).await;
    assert_eq!(ids(&found), [1]);
    assert_eq!(found[0].mails.len(), 6);
    // What was sent is asked for once, whatever led to it.
    let mut asked: Vec<_> = fake.seen().split_off(before);
    let all_asked = asked.len();
    asked.sort_by(|one, other| one.target.cmp(&other.target));
    asked.dedup();
    assert_eq!(asked.len(), all_asked);
    assert_eq!(all(&source, Some(cursor)).await.0, []);
}

#[tokio::test]
async fn the_last_of_many_pages_is_read() {
    let fake = Fake::start();
    for number in 0..12 {
        send(&fake, &[lone(&format!("p{number}"))]);
    }
    for page in [1, 4, 30, 250] {
        fake.set_page(page);
        let (found, cursor) = all(&source(&fake), None).await;
        let mut found = ids(&found);
        found.dedup();
        assert_eq!(found, (1..=12).collect::<Vec<u64>>(), "{page} a page");
        assert_eq!(all(&source(&fake), Some(cursor)).await.0, []);
    }
    fake.set_page(250);
    let batch = source(&fake).poll(None).await.expect("a batch");
    assert!(batch.more && batch.arrivals.len() < 12);
}

#[tokio::test]
async fn a_page_that_is_gone_is_asked_for_anew() {
    let fake = Fake::start();
    for number in 0..5 {
        send(&fake, &[lone(&format!("p{number}"))]);
    }
    fake.set_page(4);
    fake.fail("?page=2&", 1, Fault::Status(404, None));
    let batch = source(&fake).poll(None).await.expect("a batch");
    assert!(batch.more);
    let (found, _) = all(&source(&fake), Some(batch.cursor.clone())).await;
    let mut both = ids(&series_in(&batch));
    both.extend(ids(&found));
    both.dedup();
    assert_eq!(both, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn an_hour_that_comes_twice_loses_no_series() {
    let fake = Fake::start();
    let source = source(&fake);
    send(&fake, &[lone("before")]);
    let (found, cursor) = all(&source, None).await;
    assert_eq!(ids(&found), [1]);
    // The server's summer ends: its dates go back an hour.
    fake.set_zone(10);
    send(&fake, &[lone("after")]);
    // The next wide question is due; a process that begins now asks it.
    let cursor = aged(&cursor);
    let (found, _) = all(&source, Some(cursor)).await;
    assert_eq!(ids(&found), [2]);
}

/// A cursor whose last wide question was long ago.
fn aged(cursor: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(cursor).expect("a cursor is JSON");
    assert!(json["wide"].is_i64());
    json["wide"] = 0.into();
    json.to_string()
}

#[tokio::test]
async fn a_first_poll_begins_two_hours_before_the_newest_event() {
    let fake = Fake::start();
    send(&fake, &[lone("old")]);
    // The cursor asks a little before that, for events that became visible late.
    fake.wait(4 * 60 * 60);
    send(&fake, &[lone("recent")]);
    fake.wait(60 * 60);
    send(&fake, &[lone("new")]);
    assert_eq!(ids(&all(&source(&fake), None).await.0), [2, 3]);
    let patient = source(&fake).looking_back(Duration::from_secs(24 * 60 * 60));
    assert_eq!(ids(&all(&patient, None).await.0), [1, 2, 3]);
}

#[tokio::test]
async fn a_series_says_what_it_lacks() {
    let fake = Fake::start();
    let source = source(&fake);
    let mails = series(LIST_ID, "s", 1);
    send(&fake, &mails[..2]);
    let (found, cursor) = all(&source, None).await;
    assert_eq!(found[0].lacks.as_deref(), Some("1 of 3 patches arrived"));
    assert_eq!((found[0].patches.len(), found[0].mails.len()), (1, 2));
    send(&fake, &mails[2..]);
    let (found, _) = all(&source, Some(cursor)).await;
    assert_eq!((ids(&found), &found[0].lacks), (vec![1], &None));
}

#[tokio::test]
async fn comments_are_looked_up_where_no_event_tells_them() {
    let fake = Fake::start();
    let old = || {
        let version = Version::V1_2;
        PatchworkSource::new(client(Settings {
            version,
            ..settings(&fake)
        }))
    };
    send(&fake, &[lone("p"), lone("q")]);
    let eager = old().looking_again(Duration::ZERO);
    let (found, cursor) = all(&eager, None).await;
    assert_eq!(ids(&found), [1, 2]);
    let (found, cursor) = all(&eager, Some(cursor)).await;
    assert_eq!(found, []);
    send(&fake, &[answer("a", "q")]);
    // Within the hour, nobody asks.
    let before = fake.seen().len();
    let (found, cursor) = all(&old(), Some(cursor)).await;
    assert_eq!(found, []);
    let comments = |seen: &crate::support::patchwork::Seen| seen.target.contains("comments");
    assert!(!fake.seen()[before..].iter().any(comments));
    let (found, cursor) = all(&eager, Some(cursor)).await;
    assert_eq!(ids(&found), [2]);
    assert_eq!(found[0].mails.len(), 2);
    assert_eq!(all(&eager, Some(cursor)).await.0, []);
    // What never changes was asked for once.
    let detail = |seen: &&crate::support::patchwork::Seen| seen.target == "/api/1.2/patches/2/";
    assert_eq!(fake.seen().iter().filter(detail).count(), 1);
}

#[tokio::test]
async fn a_poll_that_fails_loses_nothing() {
    let fake = Fake::start();
    let source = source(&fake);
    let (_, cursor) = all(&source, None).await;
    send(&fake, &[lone("p"), lone("q"), lone("r")]);
    // Two questions are asked at once of each patch.
    for (part, times) in [
        ("events", 4),
        ("series/2/", 4),
        ("patches/3/", 8),
        ("patches/1/comments/", 4),
    ] {
        for fault in [Fault::Status(502, None), Fault::Cut] {
            let source = super::source(&fake);
            fake.fail(part, times, fault);
            let error = source.poll(Some(&cursor)).await.expect_err(part);
            assert!(error.may_pass(), "{error}");
        }
    }
    assert_eq!(ids(&all(&source, Some(cursor)).await.0), [1, 2, 3]);
}

#[tokio::test]
async fn a_series_that_cannot_be_shown_does_not_hold_up_the_others() {
    let fake = Fake::start();
    let pace = Pace {
        tries: 1,
        ..hasty()
    };
    let source = PatchworkSource::new(client(Settings {
        pace,
        ..settings(&fake)
    }));
    let (_, cursor) = all(&source, None).await;
    send(&fake, &[lone("p"), lone("q")]);
    fake.fail("GET /api/1.3/patches/1/", 100, Fault::Status(500, None));
    for _ in 0..4 {
        assert!(source.poll(Some(&cursor)).await.is_err());
    }
    let (found, _) = all(&source, Some(cursor)).await;
    assert_eq!(ids(&found), [1, 2]);
    let why = found[0].lacks.as_deref().unwrap_or_default();
    assert!(why.contains("500"), "{why}");
    assert!(found[0].mails.is_empty() && found[1].lacks.is_none());
}

#[tokio::test]
async fn a_series_that_is_gone_is_left_out() {
    let fake = Fake::start();
    send(&fake, &[lone("p"), lone("q")]);
    fake.fail("series/1/", 1, Fault::Status(404, None));
    assert_eq!(ids(&all(&source(&fake), None).await.0), [2]);
}

#[tokio::test]
async fn a_project_that_is_not_there_is_no_silence() {
    let fake = Fake::start();
    send(&fake, &[lone("p")]);
    let project = "uapi-tset".to_owned();
    let source = PatchworkSource::new(client(Settings {
        project,
        ..settings(&fake)
    }));
    let error = source.poll(None).await.expect_err("no such project");
    assert!(error.is_mistake(), "{error}");
    let other = super::source(&fake);
    assert!(other.poll(Some("none of ours")).await.is_err());
    assert!(other.poll(None).await.is_ok());
}

#[tokio::test]
async fn versions_of_a_series_are_series_of_their_own() {
    let fake = Fake::start();
    send(&fake, &series(LIST_ID, "s1", 1));
    send(&fake, &series(LIST_ID, "s2", 2));
    let (found, _) = all(&source(&fake), None).await;
    assert_eq!(ids(&found), [1, 2]);
    let first: Vec<_> = found
        .iter()
        .map(|series| series.patches[0].clone())
        .collect();
    let expected = [
        ("s1.1@example.org".to_owned(), 2),
        ("s2.1@example.org".to_owned(), 5),
    ];
    assert_eq!(first, expected);
}
