//! What servers may do, held against what comes of it.

use super::{Http, unpack};
use crate::follow::FollowError;
use crate::http::Manners;
use crate::http::server::{answer, server};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn http() -> Http {
    let mut manners = Manners::new("tests@example.org");
    manners.pace.gap = Duration::ZERO;
    manners.pace.backoff = Duration::from_millis(1);
    manners.pace.longest = Duration::from_secs(1);
    Http::new(manners).expect("there is TLS")
}

async fn get(address: SocketAddr, limit: usize) -> Result<Option<Vec<u8>>, FollowError> {
    let url = format!("http://{address}/list/")
        .parse()
        .expect("it is one");
    http().get(&url, limit).await
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("it is memory");
    encoder.finish().expect("it is memory")
}

#[tokio::test]
async fn what_stands_there_comes_unpacked() {
    let (plain, _) = server(vec![answer("200 OK", "", b"text")]);
    assert_eq!(get(plain, 4).await, Ok(Some(b"text".to_vec())));
    let (file, _) = server(vec![answer("200 OK", "", &packed(b"text"))]);
    assert_eq!(get(file, 100).await, Ok(Some(b"text".to_vec())));
    let (sent, _) = server(vec![answer(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        &packed(b"text"),
    )]);
    assert_eq!(get(sent, 100).await, Ok(Some(b"text".to_vec())));
    let (nothing, _) = server(vec![answer("404 Not Found", "", b"text")]);
    assert_eq!(get(nothing, 100).await, Ok(None));
}

#[tokio::test]
async fn a_bomb_is_bounded_however_it_is_packed() {
    let bomb = packed(&vec![0; 1 << 20]);
    assert!(bomb.len() < 10_000);
    for headers in ["", "Content-Encoding: gzip\r\n"] {
        let (address, asked) = server(vec![answer("200 OK", headers, &bomb)]);
        let told = get(address, 100_000)
            .await
            .expect_err("it is over the bound");
        assert!(matches!(told, FollowError::TooLarge { .. }), "{told}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    let (address, _) = server(vec![answer("200 OK", "", &vec![b'x'; 100_001])]);
    assert!(matches!(
        get(address, 100_000).await,
        Err(FollowError::TooLarge { .. })
    ));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_wants_to_be() {
    let busy = answer("429 Too Many Requests", "Retry-After: 0\r\n", b"");
    let (address, asked) = server(vec![
        busy,
        answer("503 Busy", "", b""),
        answer("200 OK", "", b"text"),
    ]);
    assert_eq!(get(address, 100).await, Ok(Some(b"text".to_vec())));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    // Longer than our patience: whoever asked waits.
    let (address, asked) = server(vec![answer(
        "429 Too Many Requests",
        "Retry-After: 3600\r\n",
        b"",
    )]);
    let told = get(address, 100).await.expect_err("it is busy");
    assert_eq!(told.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // One that says no for good is not asked twice.
    let (address, asked) = server(vec![answer("403 Forbidden", "", b"")]);
    let told = get(address, 100).await.expect_err("it refuses");
    assert_eq!(told.retry_after(), None);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_redirect_leads_to_another_origin() {
    let (other, asked) = server(vec![answer("200 OK", "", b"stolen")]);
    let away = format!("Location: http://{other}/\r\n");
    let (address, _) = server(vec![answer("302 Found", &away, b"")]);
    let told = get(address, 100).await.expect_err("it leads away");
    assert!(
        matches!(told, FollowError::Refused { status: 302, .. }),
        "{told}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let within = answer("302 Found", "Location: /other/\r\n", b"");
    let (address, _) = server(vec![within.clone(), answer("200 OK", "", b"text")]);
    assert_eq!(get(address, 100).await, Ok(Some(b"text".to_vec())));
    let (circle, _) = server(vec![within]);
    assert!(matches!(
        get(circle, 100).await,
        Err(FollowError::Refused { .. })
    ));
}

#[tokio::test]
async fn a_connection_that_is_cut_is_told() {
    let mut half = answer("200 OK", "", b"text");
    half.truncate(half.len() - 1);
    let (address, asked) = server(vec![half]);
    let told = get(address, 100).await.expect_err("it is cut");
    assert!(matches!(told, FollowError::Unreachable { .. }), "{told}");
    assert!(told.retry_after().is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn half_a_file_is_no_file() {
    let whole = packed(b"text");
    assert_eq!(unpack("x", &whole, 4), Ok(b"text".to_vec()));
    let half = &whole[..whole.len() - 1];
    assert!(matches!(
        unpack("x", half, 4),
        Err(FollowError::Garbled { .. })
    ));
}
