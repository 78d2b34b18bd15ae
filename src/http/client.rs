//! One request becomes one answer: as few at once, as slowly and as often as is polite, and never more than a bound.
//!
//! No redirect leads to another origin. What is unpacked on the way (`Content-Encoding`) is bounded by what it unpacks
//! to. Next: `retry`.

use super::error::{Error, Refusal};
use super::manners::{Manners, Pace};
use super::retry;
use reqwest::header::{HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// Bytes that are read at most of what a server says besides that it refuses.
const REFUSAL_LIMIT: usize = 64 << 10;

/// What asks. Its clones share what is known of each host.
#[derive(Debug, Clone)]
pub struct Client {
    client: reqwest::Client,
    pace: Arc<Pace>,
    /// By origin: as many as there are in the configuration, since no redirect leads out of one.
    hosts: Arc<Mutex<HashMap<String, Host>>>,
}

/// When a host may be asked.
#[derive(Debug, Clone)]
struct Host {
    slots: Arc<Semaphore>,
    next: Arc<Mutex<Instant>>,
}

/// What came back, with a status of success.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A field of the header, or nothing where it is missing or no text.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> &str {
        field(&self.headers, name)
    }
}

impl Client {
    /// One with these manners that sends these fields with each request, and follows so many redirects, all within one
    /// origin. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// Where there is no contact, or no TLS here.
    pub fn new(manners: &Manners, headers: HeaderMap, redirects: usize) -> Result<Self, Error> {
        // Where somebody else installed one, that one does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pace = &manners.pace;
        let client = reqwest::Client::builder()
            .user_agent(manners.user_agent()?)
            .default_headers(headers)
            .redirect(within_origin(redirects))
            .connect_timeout(pace.connect)
            .read_timeout(pace.silence)
            .timeout(pace.answer)
            .build()
            .map_err(|error| Error::Ours(format!("no HTTP here: {}", Error::from(error))))?;
        Ok(Self {
            client,
            pace: Arc::new(pace.clone()),
            hosts: Arc::default(),
        })
    }

    /// Asks, and asks again where that may help. `limit` is the most bytes that a body may have.
    ///
    /// # Errors
    ///
    /// Why there is no answer, as the last try ended.
    pub async fn get(&self, url: &Url, limit: usize) -> Result<Answer, Error> {
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.once(url, self.client.get(url.clone()), limit).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !error.may_pass() || !self.pause(tried, error.after()).await {
                return Err(error);
            }
            tracing::debug!(%error, tried, host = url.host_str(), "asking again");
        }
    }

    /// Posts something as JSON, once: whether it may be posted again is for whoever can look whether it arrived.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    pub async fn post(
        &self,
        url: &Url,
        body: &impl Serialize,
        limit: usize,
    ) -> Result<Answer, Error> {
        let request = self.client.post(url.clone()).json(body);
        self.once(url, request, limit).await
    }

    /// Waits before something is tried again that failed `tried` times, where the server wants so much time. Gives
    /// whether to try: nothing is waited for where the tries or the patience are at their end.
    pub async fn pause(&self, tried: u32, wanted: Option<Duration>) -> bool {
        let wait = retry::wait(&self.pace, tried, wanted, fastrand::f64());
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
        wait.is_some()
    }

    async fn once(
        &self,
        url: &Url,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Answer, Error> {
        let _slot = self.turn(url).await;
        let mut response = request.send().await?;
        if !response.status().is_success() {
            return Err(Error::Refused(refusal(response).await));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    /// Waits until the host of an address may be asked. It counts as asked until what is given is dropped.
    async fn turn(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        let Host { slots, next } = self.host(url).await;
        // None are given where it was closed, which it never is.
        let slot = slots.acquire_owned().await.ok();
        let at = {
            let mut next = next.lock().await;
            let at = Instant::now().max(*next);
            *next = at + self.pace.gap;
            at
        };
        tokio::time::sleep_until(at).await;
        slot
    }

    async fn host(&self, url: &Url) -> Host {
        let mut hosts = self.hosts.lock().await;
        let host = hosts.entry(url.origin().ascii_serialization());
        let new = || Host {
            slots: Arc::new(Semaphore::new(self.pace.at_once)),
            next: Arc::new(Mutex::new(Instant::now())),
        };
        host.or_insert_with(new).clone()
    }
}

/// Follows so many redirects within an origin; the answer that leads out of it is the answer.
fn within_origin(most: usize) -> Policy {
    Policy::custom(move |attempt| {
        let first = attempt.previous().first().map(Url::origin);
        if attempt.previous().len() > most || first != Some(attempt.url().origin()) {
            attempt.stop()
        } else {
            attempt.follow()
        }
    })
}

/// What an answer that is none says. That the server refused is known: what else it says may be cut off.
async fn refusal(mut response: Response) -> Refusal {
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = REFUSAL_LIMIT - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == REFUSAL_LIMIT {
            break;
        }
    }
    Refusal {
        status: response.status(),
        location: field(&headers, &LOCATION).to_owned(),
        after: retry::after(field(&headers, &RETRY_AFTER), SystemTime::now()),
        body,
    }
}

fn field<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    let value = headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
