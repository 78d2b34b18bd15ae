//! What goes wrong with a server, on demand.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It answers with this status, and does nothing.
    Status(u16),
    /// Too many requests at once (a secondary limit): with this status, and so many seconds to wait, where it says so.
    Secondary(u16, Option<u64>),
    /// The requests of this hour are spent; there are more in so many seconds.
    Spent(u64),
    /// It does nothing, and the answer breaks off.
    Cut,
    /// It does what was asked, and the answer breaks off.
    CutAfter,
    /// It does what was asked, and answers with something else than JSON.
    Garbage,
    /// The answer has so many bytes.
    Huge(usize),
}

impl Fault {
    /// Whether what was asked is done nevertheless.
    pub fn does(&self) -> bool {
        matches!(self, Self::CutAfter | Self::Garbage)
    }

    /// What it answers.
    pub fn answer(&self) -> Response {
        match self {
            Self::Status(status) => said(*status, "Something went wrong"),
            Self::Secondary(status, after) => {
                let what = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
                let mut answer = said(*status, what);
                if let Some(after) = after {
                    answer.headers_mut().insert("retry-after", (*after).into());
                }
                answer
            }
            Self::Spent(seconds) => {
                let mut answer = said(403, "API rate limit exceeded for installation ID 42.");
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let reset = now.expect("it is after 1970").as_secs() + seconds;
                answer
                    .headers_mut()
                    .insert("x-ratelimit-remaining", 0.into());
                answer
                    .headers_mut()
                    .insert("x-ratelimit-reset", reset.into());
                answer
            }
            Self::Cut | Self::CutAfter => {
                let broken = [
                    Ok(Bytes::from("{\"id\":")),
                    Err(std::io::Error::other("cut")),
                ];
                Body::from_stream(futures_util::stream::iter(broken)).into_response()
            }
            Self::Garbage => "<html>".into_response(),
            Self::Huge(bytes) => format!("\"{}\"", " ".repeat(*bytes)).into_response(),
        }
    }
}

/// A refusal as GitHub words it.
pub fn said(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.as_str()});
    (status, axum::Json(body)).into_response()
}
