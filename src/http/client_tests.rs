//! What servers may do that both sides of this have to live with, held against what comes of it.

use super::*;
use crate::http::server::{answer, server};
use reqwest::header::LINK;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

/// A client that follows so many redirects.
fn client(redirects: usize) -> Client {
    let mut manners = Manners::new("tests@example.org");
    manners.pace.gap = Duration::ZERO;
    manners.pace.backoff = Duration::from_millis(1);
    Client::new(&manners, HeaderMap::new(), redirects).expect("there is TLS")
}

fn at(address: SocketAddr) -> Url {
    let url = format!("http://{address}/x/");
    url.parse().expect("it is an address")
}

#[tokio::test]
async fn what_is_asked_for_is_asked_again_and_what_is_posted_is_not() {
    let answers = || {
        vec![
            answer("503 Busy", "", b""),
            answer("200 OK", "Link: <a>\r\n", b"text"),
        ]
    };
    let (address, asked) = server(answers());
    let got = client(0).get(&at(address), 4).await.expect("an answer");
    assert_eq!(
        (got.body.as_slice(), got.header(&LINK)),
        (&b"text"[..], "<a>")
    );
    assert_eq!(got.header(&LOCATION), "");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let (address, asked) = server(answers());
    let error = client(0).post(&at(address), &"x", 4).await;
    assert!(error.expect_err("it is busy").may_pass());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn redirects_are_followed_where_that_is_allowed() {
    let moved = answer("302 Found", "Location: /y/\r\n", b"");
    let answers = || vec![moved.clone(), answer("200 OK", "", b"text")];
    let (address, asked) = server(answers());
    let got = client(1).get(&at(address), 4).await;
    assert_eq!(got.map(|answer| answer.body), Ok(b"text".to_vec()));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let (address, asked) = server(answers());
    let error = client(0).get(&at(address), 4).await.expect_err("it moved");
    let Error::Refused(refusal) = error else {
        panic!("{error}");
    };
    assert_eq!(
        (refusal.status.as_u16(), refusal.location.as_str()),
        (302, "/y/")
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refusal_is_one_however_much_is_said_of_it() {
    let long = vec![b'x'; REFUSAL_LIMIT + 1];
    let mut cut = answer("403 Forbidden", "Retry-After: 7\r\n", b"text");
    cut.truncate(cut.len() - 1);
    for (answer, length) in [
        (
            answer("403 Forbidden", "Retry-After: 7\r\n", &long),
            REFUSAL_LIMIT,
        ),
        (cut, 3),
    ] {
        let (address, asked) = server(vec![answer]);
        let error = client(0).get(&at(address), 2).await.expect_err("no");
        let Error::Refused(refusal) = error else {
            panic!("{error}");
        };
        assert_eq!(refusal.status, StatusCode::FORBIDDEN);
        assert_eq!(refusal.after, Some(Duration::from_secs(7)));
        assert_eq!(refusal.body.len(), length);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn an_answer_over_its_bound_is_none() {
    let (address, _) = server(vec![answer("200 OK", "", b"text")]);
    let client = client(0);
    let got = client.get(&at(address), 4).await;
    assert_eq!(got.map(|answer| answer.body), Ok(b"text".to_vec()));
    let got = client.get(&at(address), 3).await;
    assert_eq!(got.map(|answer| answer.body), Err(Error::TooLarge(3)));
}

/// Whether a host may be asked at once; gives what keeps the place.
async fn turn(client: &Client, url: &str) -> Option<OwnedSemaphorePermit> {
    let url = url.parse().expect("it is an address");
    let turn = tokio::time::timeout(Duration::from_secs(2), client.turn(&url));
    turn.await.ok().flatten()
}

#[tokio::test]
async fn hosts_are_asked_one_after_the_other() {
    let mut manners = Manners::new("a@example.org");
    manners.pace.gap = Duration::from_secs(3600);
    let http = Client::new(&manners, HeaderMap::new(), 0).expect("there is TLS");
    assert!(turn(&http, "http://a.example/1").await.is_some());
    assert!(turn(&http.clone(), "http://a.example/2").await.is_none());
    assert!(turn(&http.clone(), "http://b.example/").await.is_some());
}

#[tokio::test]
async fn no_host_is_asked_more_often_at_once() {
    let client = client(0);
    let first = turn(&client, "http://a.example/1").await;
    let second = turn(&client.clone(), "http://a.example/2").await;
    assert!(first.is_some() && second.is_some());
    assert!(turn(&client, "http://a.example/3").await.is_none());
    assert!(turn(&client, "http://b.example/").await.is_some());
    drop(first);
    assert!(turn(&client, "http://a.example/3").await.is_some());
}
