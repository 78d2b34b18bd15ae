//! A delivery of GitHub becomes jobs in the store, and is answered at once.
//!
//! Nothing of it is read before its signature is proved. It is no more than a hint: what counts is asked when the job
//! is done, so that a delivery may be sent twice, late or by somebody who kept an old one. Next: `crate::service`.

use super::bodies::Refused;
use super::state::Web;
use super::{gauges, health};
use crate::github::webhook;
use crate::service::requests;
use crate::store::{NewDelivery, NewJob, Noted};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How long the store may take; GitHub waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);
/// Characters of a delivery's id and of an event's name at most.
const LONGEST: usize = 100;

/// What is answered: how it is counted, the status and a line for whoever reads it at GitHub.
type Answer = (&'static str, StatusCode, &'static str);

/// Takes a delivery in.
pub async fn github(State(web): State<Web>, request: Request) -> Response {
    let (result, status, text) = taken(&web, request).await.unwrap_or_else(|answer| answer);
    gauges::delivery(result);
    let mut response = match status {
        StatusCode::NO_CONTENT => status.into_response(),
        _ => (status, format!("{text}\n")).into_response(),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let soon = HeaderValue::from_static("30");
        response.headers_mut().insert(header::RETRY_AFTER, soon);
    }
    response
}

async fn taken(web: &Web, request: Request) -> Result<Answer, Answer> {
    if web.secrets.is_empty() {
        let why = "no secret is configured for deliveries";
        return Err(("refused", StatusCode::NOT_FOUND, why));
    }
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let body = web
        .bodies
        .read(body, webhook::BODY_LIMIT)
        .await
        .map_err(unread)?;
    let signature = text(&headers, "x-hub-signature-256");
    webhook::verify(&web.secrets, signature, &body).map_err(|_| {
        let why = "the signature is missing or wrong";
        ("refused", StatusCode::UNAUTHORIZED, why)
    })?;
    let named = |name: &str| text(&headers, name).filter(|text| plain(text));
    let (Some(id), Some(event)) = (named("x-github-delivery"), named("x-github-event")) else {
        let why = "X-GitHub-Delivery or X-GitHub-Event is missing";
        return Err(("refused", StatusCode::BAD_REQUEST, why));
    };
    if event == "ping" {
        return Ok(("nothing", StatusCode::OK, "pong"));
    }
    let jobs = jobs(event, &body)?;
    if jobs.is_empty() {
        return Ok(("nothing", StatusCode::NO_CONTENT, ""));
    }
    let delivery = NewDelivery {
        id: id.to_owned(),
        event: event.to_owned(),
    };
    keep(web, &delivery, &jobs).await
}

/// What a proved body asks for.
fn jobs(event: &str, body: &[u8]) -> Result<Vec<NewJob>, Answer> {
    let read = webhook::hints(event, body);
    let found = read.map_err(|error| {
        tracing::warn!(event, "a delivery can't be read: {error}");
        let why = "the body is not what GitHub sends for this event; its content type has to be application/json";
        ("refused", StatusCode::BAD_REQUEST, why)
    })?;
    Ok(found.iter().filter_map(requests::hinted).collect())
}

async fn keep(web: &Web, delivery: &NewDelivery, jobs: &[NewJob]) -> Result<Answer, Answer> {
    let noting = web.store.note(Some(delivery), jobs, health::now());
    let later = ("failed", StatusCode::SERVICE_UNAVAILABLE, "not now");
    match tokio::time::timeout(PATIENCE, noting).await {
        Ok(Ok(Noted::New)) => {
            web.arrived.notify_one();
            Ok(("new", StatusCode::ACCEPTED, "taken in"))
        }
        Ok(Ok(Noted::Known)) => Ok(("known", StatusCode::OK, "known")),
        Ok(Err(error)) => {
            tracing::error!(
                delivery = delivery.id,
                "a delivery was not taken in: {error}"
            );
            Err(later)
        }
        Err(_) => {
            tracing::error!(
                delivery = delivery.id,
                "the store is too slow for a delivery"
            );
            Err(later)
        }
    }
}

fn unread(refused: Refused) -> Answer {
    let result = match refused {
        Refused::Busy => "failed",
        Refused::TooLarge | Refused::Broken => "refused",
    };
    (result, refused.status(), refused.why())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a name is one that GitHub gives.
fn plain(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(fits)
}
