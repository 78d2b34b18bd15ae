//! Connections become requests to the router, within bounds, until the service is told to end.
//!
//! A connection has a time to send a header in and a life of bounded length; more than so many at a time wait in the
//! system's queue. At the end no new one is taken, and requests that are being answered are finished.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How long the header of a request may take, and how long a connection may rest.
const HEADER: Duration = Duration::from_secs(20);
/// How long a connection lives. Whoever watches events comes again.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// How long what is being answered is waited for, at the end of a connection and at the end of all.
const GRACE: Duration = Duration::from_secs(10);
/// Lines of a header.
const LINES: usize = 64;
/// Bytes of a header, and of what is read at a time.
const BUFFER: usize = 64 << 10;
/// Rest after the system refused a connection: it is out of files.
const REFUSED: Duration = Duration::from_millis(200);

/// Serves until `end` says so, `most` connections at a time.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    most: usize,
    mut end: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(most));
    let mut connections = JoinSet::new();
    loop {
        let (stream, permit) = tokio::select! {
            taken = accept(&listener, &room) => taken,
            // Whoever could say so is gone: that is an end, too.
            _ = end.wait_for(|end| *end) => break,
        };
        let (app, end) = (app.clone(), end.clone());
        connections.spawn(async move {
            connection(stream, app, end).await;
            drop(permit);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("connections that did not end were cut");
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    let permit = Arc::clone(room).acquire_owned().await;
    let permit = permit.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!("a connection was not taken: {error}");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, app: Router, mut end: watch::Receiver<bool>) {
    // Without it answers wait for acknowledgements; with it they are only slower.
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_headers(LINES)
        .max_buf_size(BUFFER);
    let service = TowerToHyperService::new(app);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service));
    let told = async {
        tokio::select! {
            _ = end.wait_for(|end| *end) => {}
            () = tokio::time::sleep(LIFE) => {}
        }
    };
    tokio::select! {
        served = serving.as_mut() => return tell(served),
        () = told => serving.as_mut().graceful_shutdown(),
    }
    if let Ok(served) = tokio::time::timeout(GRACE, serving).await {
        tell(served);
    }
}

fn tell(served: hyper::Result<()>) {
    if let Err(error) = served {
        tracing::debug!("a connection failed: {error}");
    }
}
