//! The body of a request becomes bytes, within the bounds of one request and of all together.

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of all bodies that are being read, at most. What is larger alone is refused by its own bound.
const TOGETHER: usize = 256 << 20;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is over its bound.
    TooLarge,
    /// All together are over theirs: later.
    Busy,
    /// It ended early.
    Broken,
}

impl Refused {
    /// What is answered.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// The same for people.
    pub fn why(self) -> &'static str {
        match self {
            Self::TooLarge => "the body is too large",
            Self::Busy => "too much is being received: try again later",
            Self::Broken => "the body ended early",
        }
    }
}

/// How many bytes of bodies are held.
#[derive(Debug, Clone, Default)]
pub struct Bodies(Arc<AtomicUsize>);

/// What one body holds of them, until it is dropped.
struct Held<'b> {
    of: &'b AtomicUsize,
    bytes: usize,
}

impl Held<'_> {
    fn take(&mut self, bytes: usize) -> Result<(), Refused> {
        self.bytes += bytes;
        let before = self.of.fetch_add(bytes, Ordering::Relaxed);
        match before + bytes <= TOGETHER {
            true => Ok(()),
            false => Err(Refused::Busy),
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.of.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Bodies {
    /// Reads a body of at most so many bytes.
    ///
    /// # Errors
    ///
    /// Where it is over a bound, or breaks off.
    pub async fn read(&self, body: Body, most: usize) -> Result<Vec<u8>, Refused> {
        use axum::body::HttpBody;
        let least = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if least > most {
            return Err(Refused::TooLarge);
        }
        let mut held = Held {
            of: &self.0,
            bytes: 0,
        };
        let mut read = Vec::new();
        let mut parts = body.into_data_stream();
        while let Some(part) = parts.next().await {
            let part = part.map_err(|_| Refused::Broken)?;
            if read.len() + part.len() > most {
                return Err(Refused::TooLarge);
            }
            held.take(part.len())?;
            read.extend_from_slice(&part);
        }
        Ok(read)
    }
}

#[cfg(test)]
#[path = "bodies_tests.rs"]
mod tests;
