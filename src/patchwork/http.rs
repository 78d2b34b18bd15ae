//! A Patchwork is asked, with the token of whoever asks.
//!
//! No redirect is followed: the token goes where it was configured to go. What an answer means is for `client`, and how
//! it is asked politely for `crate::http`.

use super::error::Error;
use super::settings::Settings;
use crate::http::{self, Answer, Manners, Refusal, one_line};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::Serialize;
use url::Url;

/// Bytes of an answer at most, unpacked: a mail of the largest size that is read, and what JSON adds to it.
const ANSWER_LIMIT: usize = 16 << 20;

/// What asks.
#[derive(Debug)]
pub(super) struct Http(http::Client);

impl Http {
    /// Sends nothing yet.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(account) = &settings.account {
            let value = HeaderValue::from_str(&account.token.header());
            let odd = "the token of Patchwork can't be sent in a header";
            let mut value = value.map_err(|_| Error::Mistake(odd.to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let manners = Manners {
            contact: settings.contact.clone(),
            pace: settings.pace.clone(),
        };
        let client = http::Client::new(&manners, headers, 0);
        let client = client.map_err(|error| failed(settings.url.as_str(), error))?;
        Ok(Self(client))
    }

    /// Asks, and asks again where that may help.
    pub async fn get(&self, what: &str, url: &Url) -> Result<Answer, Error> {
        let answer = self.0.get(url, ANSWER_LIMIT).await;
        answer.map_err(|error| failed(what, error))
    }

    /// Posts, once: whether it may be posted again is for whoever can look whether it arrived.
    pub async fn post(
        &self,
        what: &str,
        url: &Url,
        body: &impl Serialize,
    ) -> Result<Answer, Error> {
        let answer = self.0.post(url, body, ANSWER_LIMIT).await;
        answer.map_err(|error| failed(what, error))
    }

    /// Waits before the next try after `tried` ones.
    ///
    /// # Errors
    ///
    /// The one that the last try ended with, where there shall be no other.
    pub async fn pause(&self, tried: u32, error: Error) -> Result<(), Error> {
        match error.may_pass() && self.0.pause(tried, error.retry_after()).await {
            true => Ok(()),
            false => Err(error),
        }
    }
}

/// What went wrong with what was asked for.
fn failed(what: &str, error: http::Error) -> Error {
    let what = what.to_owned();
    match error {
        http::Error::Unreachable(why) | http::Error::Ours(why) => Error::Unreachable { what, why },
        http::Error::Refused(refusal) => refused(what, &refusal),
        http::Error::TooLarge(limit) => Error::Limit {
            what,
            bound: format!("{limit} bytes of an answer are the most"),
        },
        http::Error::Mistake(why) => Error::Mistake(why),
    }
}

/// What an answer that is none means.
fn refused(what: String, refusal: &Refusal) -> Error {
    let status = refusal.status;
    if status.is_redirection() {
        let there = one_line(&refusal.location);
        return Error::Mistake(format!(
            "{what}: the server sends to {there}: give the address that it is reached at"
        ));
    }
    let says = says(&refusal.body);
    if status.as_u16() == 401 || says.contains("Invalid token") {
        return Error::Mistake(format!(
            "{what}: the server takes no such token: make one on the profile page of the user"
        ));
    }
    Error::Refused {
        what,
        status: status.as_u16(),
        says,
        retry_after: refusal.after,
    }
}

/// What the body of an error says: `{"detail": text}`, `{field: [text]}`, or nothing that is worth showing.
fn says(body: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => match value.get("detail").and_then(serde_json::Value::as_str) {
            Some(detail) => one_line(detail),
            None => one_line(&value.to_string()),
        },
        Err(_) => String::new(),
    }
}
