//! Addresses become bytes, unpacked where they are packed, or nothing where nothing stands there.
//!
//! A file that is packed is bounded by what it unpacks to. Knows nothing of what the bytes mean. Next: `search`;
//! `crate::http`, which is polite.

use super::error::{FollowError, shown};
use crate::http::{Client, Error, Manners, Refusal};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Redirects at most, all within one origin.
const REDIRECTS: usize = 5;
/// What a packed file begins with (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A polite client. Its clones share the time of the last request to each host.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    agent: Arc<str>,
}

impl Http {
    /// One with these manners.
    ///
    /// # Errors
    ///
    /// Where there is no contact, or no TLS here.
    pub fn new(manners: Manners) -> Result<Self, FollowError> {
        let wrong = |error| failed("HTTP", error);
        let agent = manners.user_agent().map_err(wrong)?;
        let client = Client::new(&manners, HeaderMap::new(), REDIRECTS).map_err(wrong)?;
        Ok(Self {
            client,
            agent: agent.into(),
        })
    }

    /// How this client names itself.
    pub(super) fn agent(&self) -> &str {
        &self.agent
    }

    /// What stands at an address, unpacked where it is packed, `None` where nothing does (404, 410). `limit` is the
    /// most bytes that it may have, packed and unpacked.
    ///
    /// # Errors
    ///
    /// Where the server can't be reached, refuses, or sends more.
    pub async fn get(&self, url: &Url, limit: usize) -> Result<Option<Vec<u8>>, FollowError> {
        let place = shown(url);
        let answer = match self.client.get(url, limit).await {
            Ok(answer) if answer.status == StatusCode::OK => answer,
            Ok(answer) => return Err(refused(&place, answer.status, None)),
            Err(Error::Refused(Refusal { status, .. })) if is_absence(status) => return Ok(None),
            Err(error) => return Err(failed(&place, error)),
        };
        let body = answer.body;
        if !body.starts_with(&GZIP) {
            return Ok(Some(body));
        }
        let unpacked = tokio::task::spawn_blocking(move || unpack(&place, &body, limit)).await;
        let unpacked = unpacked.map_err(|error| FollowError::Ours(error.to_string()))?;
        unpacked.map(Some)
    }
}

fn is_absence(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}

/// What went wrong, at a place.
pub(super) fn failed(place: &str, error: Error) -> FollowError {
    match error {
        Error::Unreachable(why) => FollowError::unreachable(place, why),
        Error::Refused(Refusal { status, after, .. }) => refused(place, status, after),
        Error::TooLarge(limit) => over(place, limit),
        Error::Mistake(what) => FollowError::Mistake(what),
        Error::Ours(what) => FollowError::Ours(what),
    }
}

/// What a server said that said no, or something that was not asked for.
fn refused(place: &str, status: StatusCode, after: Option<Duration>) -> FollowError {
    let why = match status {
        _ if status.is_redirection() => {
            "it leads to another place; only its own origin is followed"
        }
        StatusCode::TOO_MANY_REQUESTS => "too many requests",
        _ => status.canonical_reason().unwrap_or("no reason given"),
    };
    FollowError::Refused {
        place: place.to_owned(),
        status: status.as_u16(),
        why: why.to_owned(),
        after,
    }
}

/// Unpacks gzip, of one member or several.
fn unpack(place: &str, packed: &[u8], limit: usize) -> Result<Vec<u8>, FollowError> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = flate2::read::MultiGzDecoder::new(packed).take(most);
    let read = decoder.read_to_end(&mut unpacked);
    read.map_err(|error| FollowError::garbled(place, format!("gzip: {error}")))?;
    if unpacked.len() > limit {
        return Err(over(place, limit));
    }
    Ok(unpacked)
}

fn over(place: &str, limit: usize) -> FollowError {
    FollowError::too_large(place, format!("an answer of more than {limit} bytes"))
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
