//! GitHub's patience, and what is broken for a moment; and that the server of these tests refuses what GitHub does.

use super::{HEAD, LINUX, changes, installed, linux, place};
use crate::support::github::{Fault, OpenPull, PERSONAL};
use serde_json::{Value, json};
use std::time::Duration;
use uapi_check::github::{Client, Error};

fn twelve() -> OpenPull {
    OpenPull {
        number: 12,
        head: HEAD.to_owned(),
        base: "main".to_owned(),
        base_commit: HEAD.to_owned(),
        author: "contributor".to_owned(),
        title: String::new(),
        open: true,
        draft: true,
    }
}

#[tokio::test]
async fn reads_are_tried_again_where_github_is_broken_for_a_moment() {
    for fault in [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Status(503),
        Fault::Cut,
    ] {
        let (fake, client) = installed();
        fake.put_pull(LINUX, twelve());
        fake.fail("/pulls/12", 2, fault.clone());
        client
            .pull(&linux(), 12)
            .await
            .expect("the third try works");
        fake.fail("/pulls/12", 3, fault);
        let error = client
            .pull(&linux(), 12)
            .await
            .expect_err("three tries are the most");
        assert!(error.may_pass(), "{error}");
    }
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again() {
    let (fake, client) = installed();
    for status in [400, 403, 404, 410, 422] {
        fake.fail("/pulls/12", 1, Fault::Status(status));
        let error = client.pull(&linux(), 12).await.expect_err("it is refused");
        assert!(
            matches!(error, Error::Refused { status: said, .. } if said == status),
            "{error}"
        );
    }
    let asked = fake
        .seen()
        .iter()
        .filter(|it| it.template.ends_with("{pull_number}"))
        .count();
    assert_eq!(asked, 5);
}

#[tokio::test]
async fn what_changes_something_is_sent_once() {
    let (fake, client) = installed();
    fake.fail("POST /repos", 1, Fault::Status(502));
    let error = client.put_comment(&linux(), 12, None, "words").await;
    assert!(error.expect_err("it is broken").may_pass());
    assert_eq!(changes(&fake).len(), 1);
}

/// A server that wants to be left alone is: nothing is asked until the time is over.
#[tokio::test]
async fn a_server_that_asks_for_it_is_left_alone() {
    for (fault, seconds) in [
        (Fault::Secondary(403, Some(900)), 900),
        (Fault::Secondary(429, Some(900)), 900),
        (Fault::Secondary(403, None), 60),
        (Fault::Spent(900), 900),
    ] {
        let (fake, client) = installed();
        fake.put_pull(LINUX, twelve());
        fake.fail("/pulls/12", 1, fault.clone());
        let error = client
            .pull(&linux(), 12)
            .await
            .expect_err("it is too often");
        let after = error.after().expect("it says how long").as_secs();
        assert!(
            error.may_pass() && (seconds - 5..=seconds).contains(&after),
            "{fault:?} {after}"
        );
        let asked = fake.seen().len();
        let again = client
            .clone()
            .comments(&linux(), 12)
            .await
            .expect_err("it is left alone");
        assert!(again.may_pass() && again.after().is_some(), "{again}");
        assert_eq!(fake.seen().len(), asked, "{fault:?}");
    }
}

#[tokio::test]
async fn a_server_is_asked_again_when_the_time_is_over() {
    let (fake, client) = installed();
    fake.put_pull(LINUX, twelve());
    fake.fail("/pulls/12", 1, Fault::Secondary(429, Some(1)));
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("it is too often");
    tokio::time::sleep(error.after().expect("it says how long")).await;
    client.pull(&linux(), 12).await.expect("the time is over");
}

/// Logging in meets the same limits.
#[tokio::test]
async fn limits_while_logging_in_count_too() {
    let (fake, client) = installed();
    fake.fail("access_tokens", 1, Fault::Secondary(403, Some(900)));
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("it is too often");
    assert!(error.may_pass() && error.after().is_some(), "{error}");
    let asked = fake.seen().len();
    client
        .pull(&linux(), 12)
        .await
        .expect_err("it is left alone");
    assert_eq!(fake.seen().len(), asked);
}

#[tokio::test]
async fn changes_are_as_far_apart_as_github_asks_for() {
    let (fake, _) = installed();
    let mut place = place(&fake);
    place.manners.pace.gap = Duration::from_millis(150);
    let client = Client::new(&place, super::app()).expect("the key is one");
    let began = std::time::Instant::now();
    for number in 1..=3 {
        client
            .put_comment(&linux(), number, None, "words")
            .await
            .expect("it is taken");
    }
    // Four changes, the token among them: at least three gaps lie between them, however fast the machine is.
    assert!(began.elapsed() >= Duration::from_millis(450));
}

#[tokio::test]
async fn a_huge_answer_is_not_read() {
    let (fake, client) = installed();
    fake.fail("/pulls/12", 1, Fault::Huge((48 << 20) + 1));
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("it is too large");
    assert!(
        matches!(error, Error::Garbled { .. }) && error.to_string().contains("bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_there_is_for_later() {
    let (fake, _) = installed();
    let place = place(&fake);
    drop(fake);
    let client = Client::new(&place, super::app()).expect("the key is one");
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("nobody is there");
    assert!(error.may_pass() && error.after().is_none(), "{error}");
}

/// The server of these tests is worth nothing where it takes what GitHub does not.
#[tokio::test]
async fn the_server_refuses_what_github_refuses() {
    let (fake, client) = installed();
    client
        .check_runs(&linux(), HEAD, "x")
        .await
        .expect("it logs in");
    let token = fake.tokens()[0].clone();
    let http = reqwest::Client::new();
    let send = |path: &str, token: &str, body: &Value| {
        let request = http
            .post(format!("{}{path}", fake.url))
            .bearer_auth(token)
            .json(body);
        let request = request
            .header("user-agent", "x (a@example.org)")
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        async { request.send().await.expect("it answers").status().as_u16() }
    };
    let runs = "/repos/octo/linux/check-runs";
    let one = json!({"path": "x", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "x"});
    let run = |output: Value| json!({"name": "x", "head_sha": HEAD, "output": output});
    let many = run(json!({"title": "x", "summary": "x", "annotations": vec![one.clone(); 51]}));
    let fifty = run(json!({"title": "x", "summary": "x", "annotations": vec![one; 50]}));
    let long = run(json!({"title": "x", "summary": "ä".repeat(32_768)}));
    let none = json!({"name": "x", "head_sha": HEAD, "status": "completed"});
    assert_eq!(send(runs, &token, &fifty).await, 201);
    assert_eq!(fake.take_wrong(), Vec::<String>::new());
    assert_eq!(send(runs, &token, &many).await, 422);
    assert_eq!(send(runs, &token, &long).await, 422);
    assert_eq!(send(runs, &token, &none).await, 422);
    assert_eq!(send(runs, &token, &json!({"name": "x"})).await, 422);
    assert_eq!(send(runs, "ghs_wrong", &fifty).await, 401);
    assert_eq!(send(runs, PERSONAL, &fifty).await, 403);
    assert_eq!(send("/repos/octo/linux/nothing", &token, &fifty).await, 404);
    let bare = http
        .get(format!("{}/repos/octo/linux/pulls", fake.url))
        .bearer_auth(&token);
    let bare = bare.send().await.expect("it answers");
    assert_eq!(bare.status().as_u16(), 422);
    // All that GitHub's description forbids was noted, and would have failed the test.
    let wrong = fake.take_wrong().join("\n");
    for part in ["50", "head_sha", "/nothing: not described", "user-agent"] {
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
}
