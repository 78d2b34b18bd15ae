//! Addresses become bytes, politely: one request a second to a host, a name to complain to, and patience.
//!
//! Whatever a server does, what is read is bounded, in bytes and in time; an answer that is packed is bounded by what
//! it unpacks to. No redirect leads to another origin. Knows nothing of what the bytes mean. Next: `search`.

use super::error::{FollowError, one_line, shown};
use reqwest::{Method, Response, StatusCode, header::RETRY_AFTER};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

/// Redirects at most, all within one origin.
const REDIRECTS: usize = 5;
/// What a packed file begins with (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How servers are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// A mail address or a page where whoever runs a server reaches whoever runs this.
    pub contact: String,
    /// Time between two requests to one host.
    pub gap: Duration,
    /// How often a request is sent at most, where the server is busy or can't be reached.
    pub tries: u32,
    /// Waiting before the second try; twice as long before each one after it.
    pub backoff: Duration,
    /// A server that asks for a longer wait than this is left alone, and whoever asked is told.
    pub patience: Duration,
    /// A server that sends nothing for so long is given up.
    pub silence: Duration,
    /// A whole answer takes no longer.
    pub whole: Duration,
}

impl Manners {
    /// What is polite to the servers of kernel.org.
    #[must_use]
    pub fn new(contact: impl Into<String>) -> Self {
        Self {
            contact: contact.into(),
            gap: Duration::from_secs(1),
            tries: 3,
            backoff: Duration::from_secs(2),
            patience: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            whole: Duration::from_secs(300),
        }
    }

    /// How this program names itself: with a contact, as kernel.org asks of clients.
    pub(super) fn user_agent(&self) -> Result<String, FollowError> {
        let contact = self.contact.trim();
        let plain = contact
            .chars()
            .all(|char| char.is_ascii_graphic() || char == ' ');
        if contact.is_empty() || !plain {
            let what =
                "the contact for servers must be a mail address or a page, in ASCII: set `contact`";
            return Err(FollowError::Mistake(what.to_owned()));
        }
        Ok(format!(
            "uapi-check/{} ({contact})",
            env!("CARGO_PKG_VERSION")
        ))
    }
}

/// A polite client. Its clones share the time of the last request to each host.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    manners: Arc<Manners>,
    agent: Arc<str>,
    /// When each host may be asked next. As many as there are hosts in the configuration.
    next: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Http {
    /// One with these manners.
    ///
    /// # Errors
    ///
    /// Where there is no contact, or no TLS here.
    pub fn new(manners: Manners) -> Result<Self, FollowError> {
        let agent = manners.user_agent()?;
        // Whoever was first has installed the same one.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(&agent)
            .redirect(within_origin())
            .connect_timeout(manners.silence)
            .read_timeout(manners.silence)
            .timeout(manners.whole)
            .build()
            .map_err(|error| FollowError::Ours(format!("no HTTP here: {}", chain(&error))))?;
        Ok(Self {
            client,
            manners: Arc::new(manners),
            agent: agent.into(),
            next: Arc::default(),
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
        let mut tries = 1;
        loop {
            let error = match self.once(url, limit).await {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            let wait = self.wait(&error, tries);
            let Some(wait) = wait.filter(|_| tries < self.manners.tries) else {
                return Err(error);
            };
            tracing::debug!(%error, ?wait, "asking again");
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    /// How long to wait before asking again here, if that may help within the patience there is.
    fn wait(&self, error: &FollowError, tries: u32) -> Option<Duration> {
        let asked = match error {
            FollowError::Unreachable { .. } => None,
            FollowError::Refused { status, after, .. } if *status == 429 || *status >= 500 => {
                *after
            }
            _ => return None,
        };
        let doubled = self
            .manners
            .backoff
            .saturating_mul(1 << (tries.saturating_sub(1)).min(16));
        // From half of it to one and a half, so that clients that failed together don't come back together.
        let spread = doubled.mul_f64(0.5 + fastrand::f64());
        let wait = asked.map_or(spread, |asked| asked.max(spread));
        (asked.unwrap_or_default() <= self.manners.patience)
            .then_some(wait.min(self.manners.patience))
    }

    async fn once(&self, url: &Url, limit: usize) -> Result<Option<Vec<u8>>, FollowError> {
        self.turn(url).await;
        let place = shown(url);
        let sent = self.client.request(Method::GET, url.clone()).send().await;
        let response = sent.map_err(|error| FollowError::unreachable(&place, chain(&error)))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            _ => return Err(refused(&place, &response)),
        }
        let body = read(&place, response, limit).await?;
        if !body.starts_with(&GZIP) {
            return Ok(Some(body));
        }
        let unpacked = tokio::task::spawn_blocking(move || unpack(&place, &body, limit)).await;
        let unpacked = unpacked.map_err(|error| FollowError::Ours(error.to_string()))?;
        unpacked.map(Some)
    }

    /// Waits until the host of an address may be asked.
    async fn turn(&self, url: &Url) {
        let host = url.origin().ascii_serialization();
        let at = {
            let mut next = self.next.lock().await;
            let at = next
                .get(&host)
                .copied()
                .unwrap_or_else(Instant::now)
                .max(Instant::now());
            next.insert(host, at + self.manners.gap);
            at
        };
        tokio::time::sleep_until(at).await;
    }
}

/// Follows redirects within an origin; the answer that leads out of it is the answer.
fn within_origin() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(|attempt| {
        let first = attempt.previous().first().map(Url::origin);
        if attempt.previous().len() > REDIRECTS || first != Some(attempt.url().origin()) {
            attempt.stop()
        } else {
            attempt.follow()
        }
    })
}

/// What a server said that said no.
fn refused(place: &str, response: &Response) -> FollowError {
    let status = response.status();
    let why = match status {
        _ if status.is_redirection() => {
            "it leads to another place; only its own origin is followed"
        }
        StatusCode::TOO_MANY_REQUESTS => "too many requests",
        _ => status.canonical_reason().unwrap_or("no reason given"),
    };
    let after = response.headers().get(RETRY_AFTER);
    FollowError::Refused {
        place: place.to_owned(),
        status: status.as_u16(),
        why: why.to_owned(),
        after: after.and_then(|value| retry_after(value.to_str().ok()?, SystemTime::now())),
    }
}

/// A `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or_default())
}

/// The body of an answer.
async fn read(place: &str, mut response: Response, limit: usize) -> Result<Vec<u8>, FollowError> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let chunk = chunk.map_err(|error| FollowError::unreachable(place, chain(&error)))?;
        let Some(chunk) = chunk else {
            return Ok(body);
        };
        if body.len() + chunk.len() > limit {
            return Err(over(place, limit));
        }
        body.extend_from_slice(&chunk);
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

/// What went wrong, with its causes: the outermost alone often says no more than "error sending request". The address is
/// left out: whoever shows this has named the place, and the query may be long.
fn chain(error: &reqwest::Error) -> String {
    let mut said = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said.push(error.to_string());
        cause = error.source();
    }
    match said.is_empty() {
        true if error.is_timeout() => "too slow".to_owned(),
        true => "the request failed".to_owned(),
        false => one_line(&said.join(": ")),
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
