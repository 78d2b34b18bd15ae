//! Over a socket: events while somebody looks, connections, compression, and the end.

use super::House;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than anything here takes; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(30);

fn send(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(LONG)).expect("a bound");
    let request = request.replace('\n', "\r\n");
    stream.write_all(request.as_bytes()).expect("it is taken");
    stream
}

/// Lines of an answer up to one that says something.
fn until(stream: &mut impl BufRead, word: &str) -> String {
    let mut all = String::new();
    while !all.lines().last().unwrap_or_default().contains(word) {
        let read = stream.read_line(&mut all).expect("it comes in time");
        assert!(read > 0, "it ended without {word}: {all}");
    }
    all
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_is_told_of_new_runs_and_of_the_end() {
    let house = House::new().await;
    let address = house.listen().await;
    let mut events = blocking(move || {
        let stream = send(
            address,
            "GET /events HTTP/1.1\nHost: x\nAccept-Encoding: gzip\n\n",
        );
        let mut events = BufReader::new(stream);
        let first = until(&mut events, "data:");
        assert!(first.contains("text/event-stream"), "{first}");
        assert!(first.contains("\"latest\":0"), "{first}");
        events
    })
    .await;
    let id = house.run("octo/linux#12", "net: work", "fail").await;
    let mut events = blocking(move || {
        let next = until(&mut events, "data:");
        assert!(next.contains(&format!("\"latest\":{id}")), "{next}");
        events
    })
    .await;
    house.end();
    blocking(move || {
        let mut rest = String::new();
        events.read_to_string(&mut rest).expect("it ends");
        assert!(!rest.contains("data:"), "{rest}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_compressed_and_events_are_not_held_back() {
    let house = House::new().await;
    let address = house.listen().await;
    blocking(move || {
        let page = "GET /rules HTTP/1.1\nHost: x\nAccept-Encoding: gzip\nConnection: close\n\n";
        let mut bytes = Vec::new();
        send(address, page)
            .read_to_end(&mut bytes)
            .expect("it ends");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("content-encoding: gzip"), "{text}");
        let plain = "GET /rules HTTP/1.1\nHost: x\nConnection: close\n\n";
        let mut whole = String::new();
        send(address, plain)
            .read_to_string(&mut whole)
            .expect("a text");
        assert!(!whole.contains("content-encoding"), "{whole}");
        assert!(
            bytes.len() < whole.len() / 2,
            "{} of {}",
            bytes.len(),
            whole.len()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_without_end_is_refused() {
    let house = House::new().await;
    let address = house.listen().await;
    blocking(move || {
        let lines: String = (0..100).map(|at| format!("X-{at}: x\n")).collect();
        let mut text = String::new();
        let request = format!("GET / HTTP/1.1\nHost: x\n{lines}\n");
        send(address, &request)
            .read_to_string(&mut text)
            .expect("it ends");
        assert!(text.starts_with("HTTP/1.1 431"), "{text}");
        let mut text = String::new();
        let right = "GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n";
        send(address, right)
            .read_to_string(&mut text)
            .expect("it ends");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    })
    .await;
}
