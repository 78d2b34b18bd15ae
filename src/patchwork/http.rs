//! One request becomes one answer: as few at once, as slowly and as often as is polite, and never more than a bound.
//!
//! No redirect is followed: the token goes where it was configured to go. What an answer means is for `client`.

use super::error::Error;
use super::retry;
use super::settings::{Pace, Settings};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LINK, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use tokio::sync::Semaphore;
use url::Url;

/// Requests at once at most.
const AT_ONCE: usize = 2;
/// Bytes of an answer at most, unpacked: a mail of the largest size that is read, and what JSON adds to it.
const ANSWER_LIMIT: usize = 16 << 20;
/// Characters of what a server says of an error at most.
const SAYS_LIMIT: usize = 200;

/// What asks.
#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    slots: Semaphore,
    pace: Pace,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// The header `Link`, or nothing.
    pub link: String,
}

impl Http {
    /// Sends nothing yet.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        // Where somebody else installed one, that one does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let odd = |what: &str| Error::Mistake(format!("{what} can't be sent in a header"));
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(account) = &settings.account {
            let mut value = HeaderValue::from_str(&account.token.header())
                .map_err(|_| odd("the token of Patchwork"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let agent = HeaderValue::from_str(&settings.user_agent())
            .map_err(|_| odd("the address of the contact"))?;
        let client = reqwest::Client::builder()
            .user_agent(agent)
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(settings.pace.connect)
            .timeout(settings.pace.answer)
            .build()
            .map_err(|error| Error::Unreachable {
                what: settings.url.to_string(),
                why: chain(&error),
            })?;
        Ok(Self {
            client,
            slots: Semaphore::new(AT_ONCE),
            pace: settings.pace.clone(),
        })
    }

    /// Asks, and asks again where that may help.
    pub async fn get(&self, what: &str, url: &Url) -> Result<Answer, Error> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.once(what, self.client.get(url.clone())).await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.pause(tried, error).await?,
            }
        }
    }

    /// Posts, once: whether it may be posted again is for whoever can look whether it arrived.
    pub async fn post(
        &self,
        what: &str,
        url: &Url,
        body: &impl Serialize,
    ) -> Result<Answer, Error> {
        self.once(what, self.client.post(url.clone()).json(body))
            .await
    }

    /// Waits before the next try after `tried` ones.
    ///
    /// # Errors
    ///
    /// The one that the last try ended with, where there shall be no other.
    pub async fn pause(&self, tried: u32, error: Error) -> Result<(), Error> {
        let wanted = error.retry_after();
        let wait = retry::wait(&self.pace, tried, wanted, fastrand::f64());
        let Some(wait) = wait.filter(|_| error.may_pass()) else {
            return Err(error);
        };
        tracing::debug!(%error, tried, wait_seconds = wait.as_secs_f64(), "asking Patchwork again");
        tokio::time::sleep(wait).await;
        Ok(())
    }

    async fn once(&self, what: &str, request: RequestBuilder) -> Result<Answer, Error> {
        // It is never closed.
        let _slot = self.slots.acquire().await;
        let unreachable = |error: reqwest::Error| Error::Unreachable {
            what: what.to_owned(),
            why: chain(&error),
        };
        let mut response = request.send().await.map_err(unreachable)?;
        let link = header(&response, &LINK);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(Error::Limit {
                    what: what.to_owned(),
                    bound: format!("{ANSWER_LIMIT} bytes of an answer are the most"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        match response.status().is_success() {
            true => Ok(Answer { body, link }),
            false => Err(refused(what, &response, &body)),
        }
    }
}

/// What an answer that is none means.
fn refused(what: &str, response: &Response, body: &[u8]) -> Error {
    let status = response.status();
    if status.is_redirection() {
        let there = shown(&header(response, &LOCATION));
        return Error::Mistake(format!(
            "{what}: the server sends to {there}: give the address that it is reached at"
        ));
    }
    let says = says(body);
    if status.as_u16() == 401 || says.contains("Invalid token") {
        return Error::Mistake(format!(
            "{what}: the server takes no such token: make one on the profile page of the user"
        ));
    }
    let later = header(response, &RETRY_AFTER);
    Error::Refused {
        what: what.to_owned(),
        status: status.as_u16(),
        says,
        retry_after: retry::after(&later, Timestamp::now()),
    }
}

/// What the body of an error says: `{"detail": text}`, `{field: [text]}`, or nothing that is worth showing.
fn says(body: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => match value.get("detail").and_then(serde_json::Value::as_str) {
            Some(detail) => shown(detail),
            None => shown(&value.to_string()),
        },
        Err(_) => String::new(),
    }
}

/// A text of the server as one short line.
fn shown(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(SAYS_LIMIT).collect()
}

fn header(response: &Response, name: &reqwest::header::HeaderName) -> String {
    let value = response.headers().get(name);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}

/// An error with what caused it; reqwest tells that apart.
fn chain(error: &reqwest::Error) -> String {
    let mut why = if error.is_timeout() {
        "it took too long".to_owned()
    } else {
        "the connection failed".to_owned()
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        why = format!("{why}: {error}");
        cause = error.source();
    }
    shown(&why)
}
