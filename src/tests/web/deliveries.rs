//! Deliveries of GitHub: whose are taken in, what becomes of them, and of those that are not.

use super::house::{Answer, OLD_SECRET, request};
use super::{House, SECRET, signed};
use crate::github::payloads::{expected, payloads};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use std::collections::BTreeSet;
use uapi_check::github::Hint;
use uapi_check::store::{Noted, Standing};

const PULL: &str =
    r#"{"action":"opened","pull_request":{"number":12},"repository":{"full_name":"octo/linux"}}"#;

struct Delivery<'d> {
    id: &'d str,
    event: &'d str,
    signature: Option<String>,
    body: &'d str,
}

fn delivery<'d>(id: &'d str, event: &'d str, body: &'d str) -> Delivery<'d> {
    Delivery {
        id,
        event,
        signature: Some(signed(SECRET, body.as_bytes())),
        body,
    }
}

async fn send(house: &House, of: &Delivery<'_>) -> Answer {
    let mut sent = request("POST", "/webhooks/github").header("content-type", "application/json");
    for (name, value) in [("x-github-delivery", of.id), ("x-github-event", of.event)] {
        if !value.is_empty() {
            sent = sent.header(name, value);
        }
    }
    if let Some(signature) = &of.signature {
        sent = sent.header("x-hub-signature-256", signature);
    }
    house
        .ask(
            sent.body(Body::from(of.body.to_owned()))
                .expect("a request"),
        )
        .await
}

async fn due(house: &House) -> i64 {
    let numbers = house.store.numbers(i64::MAX / 2).await;
    numbers.expect("numbers").due
}

#[tokio::test]
async fn a_delivery_is_a_job_and_a_replay_is_none() {
    let house = House::new().await;
    let first = delivery("guid-1", "pull_request", PULL);
    assert_eq!(send(&house, &first).await.status, StatusCode::ACCEPTED);
    let standing = house
        .store
        .standing("pull octo/linux#12", 0)
        .await
        .expect("asked");
    assert!(
        matches!(standing, Some(Standing::Waiting(_))),
        "{standing:?}"
    );
    // Sent again, and by a secret that was changed since: known. A look-alike is new, and the same job.
    let job = house.store.take_job(i64::MAX / 2, 60).await.expect("asked");
    let job = job.expect("a job");
    assert_eq!(send(&house, &first).await.status, StatusCode::OK);
    let old = Delivery {
        signature: Some(signed(OLD_SECRET, PULL.as_bytes())),
        ..delivery("guid-2", "pull_request", PULL)
    };
    assert_eq!(send(&house, &old).await.status, StatusCode::ACCEPTED);
    assert!(house.store.return_job(&job).await.expect("asked"));
    let again = house.store.take_job(i64::MAX / 2, 60).await.expect("asked");
    let again = again.expect("the same job");
    assert_eq!((again.name, again.revision), (job.name, job.revision + 1));
    assert_eq!(
        house.store.take_job(i64::MAX / 2, 60).await.expect("asked"),
        None
    );
}

#[tokio::test]
async fn every_example_that_github_gives_is_answered_and_what_it_tells_of_is_looked_at() {
    let house = House::new().await;
    let (mut jobs, mut kept) = (BTreeSet::new(), 0);
    for (number, (event, payload)) in payloads().iter().enumerate() {
        let action = payload["action"].as_str().unwrap_or_default();
        let (id, body) = (format!("example-{number}"), payload.to_string());
        let answer = send(&house, &delivery(&id, event, &body)).await;
        let hint = expected(event, action, payload);
        let status = match hint {
            Hint::Ping => StatusCode::OK,
            Hint::Nothing => StatusCode::NO_CONTENT,
            _ => StatusCode::ACCEPTED,
        };
        assert_eq!(answer.status, status, "{event} {action}");
        if status == StatusCode::ACCEPTED {
            kept += 1;
            jobs.insert(format!("{hint:?}"));
        }
    }
    // Each thing once, however many tell of it.
    assert!(kept > jobs.len(), "{kept} of {jobs:?}");
    assert_eq!(due(&house).await, i64::try_from(jobs.len()).expect("few"));
}

#[tokio::test]
async fn what_is_not_signed_by_us_is_refused_and_not_read() {
    let house = House::new().await;
    let right = signed(SECRET, PULL.as_bytes());
    let short = right[..right.len() - 1].to_owned();
    for signature in [
        None,
        Some(String::new()),
        Some(signed("another secret", PULL.as_bytes())),
        Some(signed("", PULL.as_bytes())),
        Some(signed(SECRET, b"another body")),
        Some(right.replace("sha256=", "sha1=")),
        Some(right.replace("sha256=", "")),
        Some(short),
        Some(format!("{right}00")),
        Some("sha256=".to_owned() + &"zz".repeat(32)),
    ] {
        let shown = format!("{signature:?}");
        let forged = Delivery {
            signature,
            ..delivery("guid-1", "pull_request", PULL)
        };
        let answer = send(&house, &forged).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{shown}");
        assert!(!answer.text().contains(SECRET));
    }
    // What is no JSON is refused for its signature first, and by a right one for what it is.
    let garbage = Delivery {
        signature: None,
        ..delivery("guid-1", "pull_request", "{garbage")
    };
    assert_eq!(
        send(&house, &garbage).await.status,
        StatusCode::UNAUTHORIZED
    );
    let garbage = delivery("guid-1", "pull_request", "{garbage");
    assert_eq!(send(&house, &garbage).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(due(&house).await, 0);
    // None of these took the id away from the one that is right.
    let right = delivery("guid-1", "pull_request", PULL);
    assert_eq!(send(&house, &right).await.status, StatusCode::ACCEPTED);
    assert_eq!(due(&house).await, 1);
}

#[tokio::test]
async fn what_asks_for_nothing_is_answered_and_forgotten() {
    let house = House::new().await;
    for (id, event, body, status) in [
        ("", "pull_request", PULL, StatusCode::BAD_REQUEST),
        ("guid", "", PULL, StatusCode::BAD_REQUEST),
        ("gu id", "pull_request", PULL, StatusCode::BAD_REQUEST),
        ("guid", "ping", "{\"zen\":\"x\"}", StatusCode::OK),
        ("guid", "star", "{}", StatusCode::NO_CONTENT),
        (
            "guid",
            "pull_request",
            r#"{"action":"labeled"}"#,
            StatusCode::NO_CONTENT,
        ),
        (
            "guid",
            "pull_request",
            r#"{"action":"opened"}"#,
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = send(&house, &delivery(id, event, body)).await;
        assert_eq!(answer.status, status, "{id} {event} {body}");
    }
    assert_eq!(due(&house).await, 0);
    let long = "g".repeat(101);
    let answer = send(&house, &delivery(&long, "pull_request", PULL)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    // The ids of those were not taken.
    let answer = send(&house, &delivery("guid", "pull_request", PULL)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn what_is_too_large_is_refused_at_its_length_or_its_end() {
    let house = House::new().await;
    let most = 25 << 20;
    // By what it says of its length, before anything of it is read.
    let said = request("POST", "/webhooks/github").body(Body::from(vec![b' '; most + 1]));
    let answer = house.ask(said.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    // One that does not say it ends where it is too large.
    let part = Bytes::from(vec![b' '; 1 << 20]);
    let endless = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone()));
    let endless = request("POST", "/webhooks/github").body(Body::from_stream(endless));
    let answer = house.ask(endless.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    // At the bound it is read, and its signature counts.
    let mut body = PULL.as_bytes().to_vec();
    body.resize(most, b' ');
    let body = String::from_utf8(body).expect("a text");
    let answer = send(&house, &delivery("guid", "pull_request", &body)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn where_the_store_fails_github_is_told_to_come_again() {
    let house = House::new().await;
    let url = crate::support::database::address(&house.database);
    let database = sqlx::AnyPool::connect(&url).await.expect("the same");
    sqlx::query("ALTER TABLE deliveries RENAME TO gone")
        .execute(&database)
        .await
        .expect("renamed");
    let answer = send(&house, &delivery("guid", "pull_request", PULL)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "30");
    assert!(!answer.text().contains("deliveries"), "{}", answer.text());
    sqlx::query("ALTER TABLE gone RENAME TO deliveries")
        .execute(&database)
        .await
        .expect("renamed");
    let answer = send(&house, &delivery("guid", "pull_request", PULL)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let job = uapi_check::store::NewDelivery {
        id: "guid".to_owned(),
        event: "pull_request".to_owned(),
    };
    let noted = house.store.note(Some(&job), &[], 1).await.expect("asked");
    assert_eq!(noted, Noted::Known);
}
