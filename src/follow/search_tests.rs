//! What an archive may do that is broken, busy or hostile.

use super::{Search, SearchSettings};
use crate::follow::{Arrival, Batch, FollowError, Http};
use crate::http::Manners;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What stands at the paths of an archive; the rest is 404.
type Pages = Arc<Mutex<BTreeMap<String, (u16, Vec<u8>)>>>;

async fn page(State(pages): State<Pages>, uri: Uri) -> (StatusCode, HeaderMap, Vec<u8>) {
    let pages = pages.lock().expect("no test holds it and fails");
    let (status, body) = pages.get(uri.path()).cloned().unwrap_or((404, Vec::new()));
    let status = StatusCode::from_u16(status).expect("a test gave it");
    (status, HeaderMap::new(), body)
}

/// A source that follows such an archive.
async fn archive() -> (Search, Pages) {
    let pages = Pages::default();
    let router = axum::Router::new()
        .fallback(page)
        .with_state(Arc::clone(&pages));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("the loopback has a port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    set(&pages, "/l/_/text/config/raw", 200, b"[publicinbox]");
    let mut manners = Manners::new("tests@example.org");
    manners.pace.gap = Duration::ZERO;
    manners.pace.tries = 1;
    let url = format!("http://{address}/l")
        .parse()
        .expect("it is an address");
    let mut settings = SearchSettings::new(url, 0);
    settings.again = Duration::ZERO;
    let http = Http::new(manners).expect("there is TLS");
    (Search::new(http, settings).expect("it is HTTP"), pages)
}

fn set(pages: &Pages, path: &str, status: u16, body: &[u8]) {
    let mut pages = pages.lock().expect("no test holds it and fails");
    pages.insert(path.to_owned(), (status, body.to_vec()));
}

/// A feed of mails with these ids, received at these seconds.
fn feed(entries: &[(&str, i64)]) -> Vec<u8> {
    let entry = |(id, at): &(&str, i64)| {
        let at = jiff::Timestamp::from_second(*at).expect("it is a time");
        format!("<entry><updated>{at}</updated><link href=\"http://x/l/{id}/\"/></entry>")
    };
    let entries: String = entries.iter().map(entry).collect();
    format!("<feed>{entries}</feed>").into_bytes()
}

fn thread(ids: &[&str]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for id in ids {
        let mail = String::from_utf8(mail(id)).expect("it is ASCII");
        write!(encoder, "From mboxrd@z Thu Jan  1 00:00:00 1970\n{mail}\n").expect("it is memory");
    }
    encoder.finish().expect("it is memory")
}

fn mail(id: &str) -> Vec<u8> {
    format!("Message-ID: <{id}>\nSubject: s\n\ntext of {id}\n").into_bytes()
}

fn mails(ids: &[&str]) -> Vec<Arrival> {
    ids.iter().map(|id| Arrival::Mail(mail(id))).collect()
}

async fn poll(source: &Search, cursor: Option<&str>) -> Batch {
    source.poll(cursor).await.expect("the archive answers")
}

#[tokio::test]
async fn a_thread_that_is_a_bomb_costs_no_mail() {
    let (source, pages) = archive().await;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(&vec![b'x'; super::THREAD_LIMIT + 1])
        .expect("it is memory");
    set(
        &pages,
        "/l/",
        200,
        &feed(&[("a@x", 20_000), ("b@x", 20_001)]),
    );
    set(
        &pages,
        "/l/a@x/t.mbox.gz",
        200,
        &bomb.finish().expect("it is memory"),
    );
    let raw = [
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n".as_slice(),
        &mail("a@x"),
        b"\n",
    ]
    .concat();
    set(&pages, "/l/a@x/raw", 200, &raw);
    set(&pages, "/l/b@x/t.mbox.gz", 200, &thread(&["b@x"]));
    let batch = poll(&source, None).await;
    assert_eq!(batch.arrivals, mails(&["a@x", "b@x"]));
    assert_eq!(poll(&source, Some(&batch.cursor)).await.arrivals, []);
}

#[tokio::test]
async fn what_came_before_a_failure_is_kept_and_the_rest_comes_later() {
    let (source, pages) = archive().await;
    set(
        &pages,
        "/l/",
        200,
        &feed(&[("a@x", 20_000), ("b@x", 20_001)]),
    );
    set(&pages, "/l/a@x/t.mbox.gz", 200, &thread(&["a@x"]));
    set(&pages, "/l/b@x/t.mbox.gz", 429, b"");
    let batch = poll(&source, None).await;
    assert_eq!(batch.arrivals, mails(&["a@x"]));
    let told = source
        .poll(Some(&batch.cursor))
        .await
        .expect_err("it is busy");
    assert!(
        matches!(told, FollowError::Refused { status: 429, .. }),
        "{told}"
    );
    set(&pages, "/l/b@x/t.mbox.gz", 200, &thread(&["b@x"]));
    let later = poll(&source, Some(&batch.cursor)).await;
    assert_eq!(later.arrivals, mails(&["b@x"]));
}

#[tokio::test]
async fn a_thread_that_changed_before_its_end_is_given_again() {
    let (source, pages) = archive().await;
    set(&pages, "/l/", 200, &feed(&[("a@x", 20_000)]));
    set(&pages, "/l/a@x/t.mbox.gz", 200, &thread(&["a@x", "b@x"]));
    let batch = poll(&source, None).await;
    assert_eq!(batch.arrivals, mails(&["a@x", "b@x"]));
    set(&pages, "/l/a@x/t.mbox.gz", 404, b"");
    let gone = poll(&source, Some(&batch.cursor)).await;
    assert_eq!(gone.arrivals, []);
    set(
        &pages,
        "/l/a@x/t.mbox.gz",
        200,
        &thread(&["a@x", "c@x", "d@x"]),
    );
    let until = std::time::Instant::now() + Duration::from_secs(60);
    let mut again = Vec::new();
    // A thread is looked at once a second at most.
    while again.is_empty() && std::time::Instant::now() < until {
        again = poll(&source, Some(&gone.cursor)).await.arrivals;
    }
    assert_eq!(again, mails(&["a@x", "c@x", "d@x"]));
}

#[tokio::test]
async fn an_archive_that_answers_nonsense_is_told() {
    let (source, pages) = archive().await;
    for text in [
        b"<html>busy".to_vec(),
        feed(&[("b@x", 20_001), ("a@x", 20_000)]),
    ] {
        set(&pages, "/l/", 200, &text);
        let told = source.poll(None).await.expect_err("it makes no sense");
        assert!(matches!(told, FollowError::Garbled { .. }), "{told}");
    }
    set(&pages, "/l/", 200, &feed(&[]));
    assert_eq!(poll(&source, None).await.arrivals, []);
}
