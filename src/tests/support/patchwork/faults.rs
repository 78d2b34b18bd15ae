//! What goes wrong between a server and its clients.

use axum::body::{Body, Bytes};
use axum::response::Response;
use std::time::Duration;

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The answer is this status, with `Retry-After` where one is given; nothing is done.
    Status(u16, Option<&'static str>),
    /// The request is done, and the answer is this status all the same.
    Lost(u16),
    /// The answer takes so long.
    Slow(Duration),
    /// The answer ends in its middle.
    Cut,
    /// The answer is this text.
    Text(&'static str),
    /// The answer has so many bytes more than it should.
    Padded(usize),
}

impl Fault {
    /// What becomes of an answer.
    pub async fn spoil(self, answer: Response) -> Response {
        match self {
            Self::Status(status, after) => {
                let mut answer = Response::builder().status(status);
                if let Some(after) = after {
                    answer = answer.header("Retry-After", after);
                }
                let text = "<html><body>busy</body></html>";
                answer.body(Body::from(text)).expect("an answer")
            }
            Self::Lost(status) => Response::builder()
                .status(status)
                .body(Body::empty())
                .expect("an answer"),
            Self::Slow(time) => {
                tokio::time::sleep(time).await;
                answer
            }
            Self::Cut => {
                let (parts, body) = answer.into_parts();
                let whole = axum::body::to_bytes(body, usize::MAX)
                    .await
                    .expect("a body");
                let half = whole.slice(..whole.len() / 2);
                let pieces: [Result<Bytes, std::io::Error>; 2] =
                    [Ok(half), Err(std::io::Error::other("cut"))];
                let cut = Body::from_stream(futures_util::stream::iter(pieces));
                Response::from_parts(parts, cut)
            }
            Self::Text(text) => Response::new(Body::from(text)),
            Self::Padded(bytes) => {
                let (parts, body) = answer.into_parts();
                let whole = axum::body::to_bytes(body, usize::MAX)
                    .await
                    .expect("a body");
                let mut padded = whole.to_vec();
                padded.resize(whole.len() + bytes, b' ');
                Response::from_parts(parts, Body::from(padded))
            }
        }
    }
}
