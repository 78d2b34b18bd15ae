//! The client against servers that are slow, busy, broken or hostile.

use super::mails::{Mail, REVIEWER, patch_text, series};
use super::{client, settings};
use crate::support::patchwork::{Fake, Fault, LIST_ID, TOKEN};
use std::time::Duration;
use uapi_check::http::Pace;
use uapi_check::patchwork::{Account, Client, Error, Mail as Kept, Settings, Token};
use url::Url;

/// A fake with a patch, and a client of it.
fn with_patch() -> (Fake, std::sync::Arc<Client>) {
    let fake = Fake::start();
    fake.inject(&Mail::new(LIST_ID, "p", "[PATCH] f", &patch_text("f")).bytes());
    let client = client(settings(&fake));
    (fake, client)
}

#[tokio::test]
async fn a_server_is_told_who_asks_and_is_not_pressed() {
    let (fake, client) = with_patch();
    let all = tokio::join!(
        client.mail(Kept::Patch(1)),
        client.series(1),
        client.comments(Kept::Patch(1)),
        client.newest_event(),
        client.validate(),
        client.events_since(None),
    );
    assert!(
        all.0.is_ok()
            && all.1.is_ok()
            && all.2.is_ok()
            && all.3.is_ok()
            && all.4.is_ok()
            && all.5.is_ok()
    );
    assert_eq!(fake.most_at_once(), 2);
    let agent = format!("uapi-check/{} (bot@example.org)", env!("CARGO_PKG_VERSION"));
    for seen in fake.seen() {
        assert_eq!(
            (seen.user_agent.as_str(), seen.method.as_str()),
            (agent.as_str(), "GET")
        );
        assert_eq!(seen.authorization, format!("Token {TOKEN}"));
        let path = seen.target.split('?').next().unwrap_or_default();
        assert!(
            path.starts_with("/api/1.3/") && path.ends_with('/'),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_configuration_is_told_at_start() {
    let fake = Fake::start();
    let good = client(settings(&fake)).validate().await.expect("a project");
    assert_eq!(good.list_id, LIST_ID);
    let fails = async |settings: Settings, word: &str| {
        let error = client(settings).validate().await.expect_err(word);
        assert!(
            error.is_mistake() && error.to_string().contains(word),
            "{error}"
        );
        assert!(!error.to_string().contains("ffffffff"), "{error}");
    };
    let project = "uapi-tset".to_owned();
    fails(
        Settings {
            project,
            ..settings(&fake)
        },
        "no project `uapi-tset`",
    )
    .await;
    let url = Url::parse(&fake.url)
        .and_then(|url| url.join("patchwork/"))
        .expect("an address");
    fails(
        Settings {
            url,
            ..settings(&fake)
        },
        "no Patchwork that speaks version 1.3",
    )
    .await;
    let account = Some(Account {
        user: "x".to_owned(),
        token: Token::new(&"f".repeat(40)).expect("a token"),
    });
    fails(
        Settings {
            account,
            ..settings(&fake)
        },
        "no such token",
    )
    .await;
    fake.fail("projects", 1, Fault::Status(301, None));
    fails(settings(&fake), "the address that it is reached at").await;
}

#[tokio::test]
async fn what_may_pass_is_asked_for_again() {
    for fault in [
        Fault::Status(502, None),
        Fault::Status(503, None),
        Fault::Status(500, None),
        Fault::Status(429, Some("0")),
        Fault::Status(429, Some("1")),
        Fault::Cut,
    ] {
        let (fake, client) = with_patch();
        fake.fail("patches/1/", 2, fault.clone());
        let found = client.mail(Kept::Patch(1)).await;
        assert_eq!(found.map(|found| found.id), Ok(1), "{fault:?}");
        assert_eq!(fake.seen().len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_told() {
    let (fake, client) = with_patch();
    fake.fail("patches/1/", 4, Fault::Status(502, None));
    let error = client
        .mail(Kept::Patch(1))
        .await
        .expect_err("four times 502");
    assert!(
        error.may_pass() && error.to_string() == "patch 1: the server answers 502",
        "{error}"
    );
    assert_eq!(fake.seen().len(), 4);
    // A server that wants an hour gets it, from somebody who has the time.
    fake.fail("patches/1/", 1, Fault::Status(429, Some("3600")));
    let error = client.mail(Kept::Patch(1)).await.expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(fake.seen().len(), 5);
    // What is not there is not asked for again.
    let error = client.mail(Kept::Patch(7)).await.expect_err("404");
    assert!(error.is_absent() && !error.may_pass());
    assert_eq!(fake.seen().len(), 6);
}

#[tokio::test]
async fn a_server_that_never_ends_is_left() {
    let fake = Fake::start();
    let pace = Pace {
        answer: Duration::from_millis(200),
        tries: 2,
        ..settings(&fake).pace
    };
    let client = client(Settings {
        pace,
        ..settings(&fake)
    });
    fake.fail("projects", 2, Fault::Slow(Duration::from_secs(3600)));
    let error = client.validate().await.expect_err("it is slow");
    assert!(
        matches!(&error, Error::Unreachable { why, .. } if why.starts_with("it took too long")),
        "{error}"
    );
    assert!(client.validate().await.is_ok());
    drop(fake);
    let error = client.validate().await.expect_err("it is gone");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_none_is_told() {
    let (fake, client) = with_patch();
    fake.fail("patches/1/", 1, Fault::Padded(16 << 20));
    let error = client
        .mail(Kept::Patch(1))
        .await
        .expect_err("16 MiB and more");
    assert!(matches!(error, Error::Limit { .. }), "{error}");
    fake.fail("patches/1/", 1, Fault::Padded(1 << 20));
    assert!(client.mail(Kept::Patch(1)).await.is_ok());
    for text in ["<html>", "[]", "{\"id\": \"one\"}"] {
        fake.fail("patches/1/", 1, Fault::Text(text));
        let error = client.mail(Kept::Patch(1)).await.expect_err(text);
        assert!(matches!(error, Error::Garbled { .. }), "{error}");
    }
    // What is missing, null or unknown is none of these.
    let sparse = "{\"id\": 1, \"diff\": null, \"headers\": null, \"unknown\": {\"x\": [1]}}";
    fake.fail("patches/1/", 1, Fault::Text(sparse));
    assert_eq!(
        client.mail(Kept::Patch(1)).await.map(|found| found.diff),
        Ok(String::new())
    );
}

#[tokio::test]
async fn lists_go_on_at_the_configured_server_only() {
    let (fake, client) = with_patch();
    for number in 0..5 {
        let answer = Mail::new(LIST_ID, &format!("c{number}"), "Re: [PATCH] f", "Well.\n");
        fake.inject(&answer.to("p").from(REVIEWER).bytes());
    }
    fake.set_page(2);
    for origin in [fake.url.as_str(), "http://127.0.0.1", "https://127.0.0.1"] {
        fake.write_links_for(origin);
        let found = client.comments(Kept::Patch(1)).await.expect(origin);
        let ids: Vec<u64> = found.iter().map(|comment| comment.id).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5], "{origin}");
    }
    let before = fake.seen().len();
    fake.write_links_for("http://evil.example");
    let error = client
        .comments(Kept::Patch(1))
        .await
        .expect_err("another server");
    assert!(error.to_string().contains("evil.example"), "{error}");
    assert_eq!(fake.seen().len(), before + 1);
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let (fake, client) = with_patch();
    for number in 0..41 {
        let answer = Mail::new(LIST_ID, &format!("c{number}"), "Re: [PATCH] f", "Well.\n");
        fake.inject(&answer.to("p").bytes());
    }
    fake.set_page(1);
    let error = client.comments(Kept::Patch(1)).await.expect_err("41 pages");
    assert!(matches!(error, Error::Limit { .. }), "{error}");
    fake.set_page(2);
    assert_eq!(
        client
            .comments(Kept::Patch(1))
            .await
            .map(|found| found.len()),
        Ok(41)
    );
}

#[tokio::test]
async fn versions_differ_in_what_they_tell() {
    let fake = Fake::start();
    for mail in series(LIST_ID, "s", 1) {
        fake.inject(&mail.bytes());
    }
    fake.inject(
        &Mail::new(LIST_ID, "c", "Re: f", "Well.\n")
            .to("s.1")
            .bytes(),
    );
    for (version, told) in [("1.1", false), ("1.2", false), ("1.3", true)] {
        let url = format!("{}/api/{version}/events/?order=date", fake.url);
        // The program's client has installed what TLS needs.
        drop(client(settings(&fake)));
        let text = reqwest::get(url)
            .await
            .expect("an answer")
            .text()
            .await
            .expect("a text");
        assert_eq!(text.contains("patch-comment-created"), told, "{version}");
        assert_eq!(text.contains("\"actor\""), version != "1.1", "{version}");
        assert!(text.contains("series-completed"));
    }
    let unknown = reqwest::get(format!("{}/api/1.9/events/", fake.url))
        .await
        .expect("an answer");
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let fake = Fake::start();
    for number in 0..8 {
        let patch = Mail::new(
            LIST_ID,
            &format!("p{number}"),
            "[PATCH] f",
            &patch_text("f"),
        );
        fake.inject(&patch.bytes());
    }
    // Four events each.
    let client = client(settings(&fake));
    let all = client.events_since(None).await.expect("a page");
    assert_eq!(all.items.len(), 32);
    assert!(client.next_events(&all).await.expect("no page").is_none());
    fake.set_page(30);
    let first = client.events_since(None).await.expect("a page");
    let second = client
        .next_events(&first)
        .await
        .expect("a page")
        .expect("the rest");
    assert_eq!((first.items.len(), second.items.len()), (30, 2));
    let mut ids: Vec<u64> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|event| event.id)
        .collect();
    ids.dedup();
    assert_eq!(ids, (1..=32).collect::<Vec<u64>>());
}
