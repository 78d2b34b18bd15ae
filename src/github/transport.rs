//! One HTTP stack below octocrab: as slowly as GitHub asks for, bounded in time and size, with who asks in every request.
//!
//! octocrab knows how to log in; what it would read is read here first, so that nothing it does is without a bound. It
//! also keeps still after GitHub asked for it: whoever goes on asking then is locked out. Next: [`super::client`].

use super::error::Error;
use crate::http::Manners;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use octocrab::OctoBody;
use reqwest::redirect::Policy;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Bytes of an answer at most: a page of a hundred comments, each as long as GitHub allows, as JSON.
const ANSWER_LIMIT: usize = 48 << 20;
/// Bytes of a request at most: GitHub takes SARIF of 10 MB packed, which is a third more as base64.
const REQUEST_LIMIT: usize = 16 << 20;
/// The version of the API that this is written for.
const API_VERSION: &str = "2022-11-28";
/// Redirects within GitHub that are followed at most: of repositories that were renamed.
const REDIRECTS: usize = 3;

/// What carries requests. Its clones share what is known of GitHub's patience.
#[derive(Clone)]
pub(super) struct Transport {
    http: reqwest::Client,
    base: Url,
    /// Time between two requests that change something: GitHub asks for a second.
    gap: Duration,
    /// When something may be changed again.
    next: Arc<tokio::sync::Mutex<Instant>>,
    /// Until when GitHub wants to be left alone, and why.
    quiet: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Transport {
    pub(super) fn new(base: &Url, manners: &Manners) -> Result<Self, Error> {
        // Where somebody else installed one, that one does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let agent = manners.user_agent();
        let agent = agent.map_err(|error| Error::Mistake(error.to_string()))?;
        let pace = &manners.pace;
        let http = reqwest::Client::builder()
            .user_agent(agent)
            .default_headers(fields())
            .redirect(within_origin())
            .connect_timeout(pace.connect)
            .read_timeout(pace.silence)
            .timeout(pace.answer)
            .build()
            .map_err(|error| Error::Ours(format!("no HTTP here: {error}")))?;
        Ok(Self {
            http,
            base: base.clone(),
            gap: pace.gap,
            next: Arc::new(tokio::sync::Mutex::new(Instant::now())),
            quiet: Arc::default(),
        })
    }

    /// Notes that GitHub wants to be left alone.
    pub(super) fn keep_still(&self, error: &Error) {
        let Error::Later {
            why,
            after: Some(after),
            ..
        } = error
        else {
            return;
        };
        let until = Instant::now().checked_add(*after);
        let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        *quiet = until.map(|until| (until, why.clone()));
    }

    /// Sends nothing while GitHub wants to be left alone.
    fn may_ask(&self, what: &str) -> Result<(), Error> {
        let quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((until, why)) = quiet.as_ref() else {
            return Ok(());
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        Err(Error::Later {
            what: what.to_owned(),
            why: why.clone(),
            after: Some(left),
        })
    }

    /// Sends one request and reads its answer whole.
    pub(super) async fn carry(
        &self,
        request: Request<OctoBody>,
    ) -> Result<Response<reqwest::Body>, Error> {
        let (parts, body) = request.into_parts();
        let what = format!("{} {}", parts.method, parts.uri.path());
        self.may_ask(&what)?;
        let body = to_bytes(Body::new(body), REQUEST_LIMIT).await;
        let body = body.map_err(|_| {
            let why = format!("more than {REQUEST_LIMIT} bytes would be sent");
            Error::garbled(&what, why)
        })?;
        let mut headers = parts.headers;
        // Both are set for every request: those that log in lack them.
        for name in fields().keys() {
            headers.remove(name);
        }
        if parts.method != Method::GET {
            self.turn().await;
        }
        let url = self.address(&parts.uri);
        let request = self.http.request(parts.method, url.as_str());
        let sent = request.headers(headers).body(body).send().await;
        let answer = sent.map_err(|error| unreachable(&what, error))?;
        whole(&what, answer).await
    }

    /// The base may have a path of its own, as that of GitHub Enterprise Server has.
    fn address(&self, uri: &Uri) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{}", uri.path()));
        url.set_query(uri.query());
        url
    }

    async fn turn(&self) {
        let mut next = self.next.lock().await;
        tokio::time::sleep_until(*next).await;
        *next = Instant::now() + self.gap;
    }
}

fn fields() -> HeaderMap {
    [
        ("accept", "application/vnd.github+json"),
        ("x-github-api-version", API_VERSION),
    ]
    .into_iter()
    .map(|(name, value)| {
        let name = axum::http::HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    })
    .collect()
}

/// No redirect leads to another server, which would be given a token.
fn within_origin() -> Policy {
    Policy::custom(|attempt| {
        let first = attempt.previous().first().map(Url::origin);
        match attempt.previous().len() > REDIRECTS || first != Some(attempt.url().origin()) {
            true => attempt.stop(),
            false => attempt.follow(),
        }
    })
}

async fn whole(
    what: &str,
    mut answer: reqwest::Response,
) -> Result<Response<reqwest::Body>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| unreachable(what, error))?
    {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            let why = format!("the answer has more than {ANSWER_LIMIT} bytes");
            return Err(Error::garbled(what, why));
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(reqwest::Body::from(body));
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}

fn unreachable(what: &str, error: reqwest::Error) -> Error {
    Error::later(what, crate::http::Error::from(error))
}
