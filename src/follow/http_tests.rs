//! What servers may do, held against what comes of it.

use super::{Http, Manners, retry_after, unpack};
use crate::follow::FollowError;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

/// A server that gives its answers one after the other, then the last again and again, and counts them.
fn server(answers: Vec<Vec<u8>>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a port");
    let address = listener.local_addr().expect("it is bound");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let at = count.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let answer = answers.get(at).or(answers.last());
            let _ = stream.write_all(answer.map_or(&[][..], |answer| answer));
        }
    });
    (address, asked)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn http() -> Http {
    let manners = Manners {
        gap: Duration::ZERO,
        backoff: Duration::from_millis(1),
        patience: Duration::from_secs(1),
        ..Manners::new("tests@example.org")
    };
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

#[test]
fn a_wait_is_seconds_or_a_date() {
    // The example of RFC 9110, 5.6.7, is 784111777 seconds after 1970 began.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_700);
    let wait = |text| retry_after(text, now).map(|wait| wait.as_secs());
    assert_eq!(wait(" 120 "), Some(120));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(77));
    assert_eq!(wait("Sun, 06 Nov 1993 08:49:37 GMT"), None);
    assert_eq!(wait("Sat, 06 Nov 1993 08:49:37 GMT"), Some(0));
    assert_eq!(wait("-1"), None);
    assert_eq!(wait("soon"), None);
}

#[test]
fn clients_name_themselves_with_a_contact() {
    let agent = Manners::new("a@example.org").user_agent();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(agent, Ok(format!("uapi-check/{version} (a@example.org)")));
    for contact in ["", " ", "a\r\nX: y", "ä"] {
        assert!(Manners::new(contact).user_agent().is_err(), "{contact:?}");
    }
}

#[tokio::test]
async fn hosts_are_asked_one_after_the_other() {
    let manners = Manners {
        gap: Duration::from_secs(3600),
        ..Manners::new("a@example.org")
    };
    let http = Http::new(manners).expect("there is TLS");
    let at_once = async |http: &Http, url: &str| {
        let url = url.parse().expect("it is one");
        let turn = tokio::time::timeout(Duration::from_secs(2), http.turn(&url));
        turn.await.is_ok()
    };
    assert!(at_once(&http, "http://a.example/1").await);
    assert!(!at_once(&http.clone(), "http://a.example/2").await);
    assert!(at_once(&http.clone(), "http://b.example/").await);
}
