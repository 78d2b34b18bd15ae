//! Somebody with a token asks for a check: of a range of a configured repository, or of a patch that is sent along.
//!
//! It becomes a job that is named by what is asked for, so that the same twice is one. Next: `crate::service`.

use super::types::{AskedFor, Error, Range};
use super::{Refusal, health};
use crate::service::requests::{PatchRequest, RangeRequest};
use crate::store::NewJob;
use crate::web::bodies::Refused;
use crate::web::state::Web;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes of a patch at most.
const PATCH: usize = 2 << 20;
/// Bytes of what names a range at most.
const RANGE: usize = 4 << 10;
/// Characters of a revision at most.
const REVISION: usize = 200;
/// Types that a patch may come as.
const PATCHES: [&str; 4] = [
    "text/x-patch",
    "text/x-diff",
    "application/mbox",
    "text/plain",
];

/// Asks for a check of a range, or of a patch.
///
/// The body is a range as JSON, or mails with patches (`text/x-patch`, `application/mbox`, `text/plain`) of at most
/// 2 MiB, with the name of the repository in `?repository=`.
#[utoipa::path(
    post, path = "/api/v1/runs", operation_id = "ask",
    params(("repository" = Option<String>, Query, description = "Name of the repository that a patch is for.")),
    request_body(content(
        (Range = "application/json"),
        (String = "text/x-patch"),
        (String = "application/mbox"),
        (String = "text/plain"),
    )),
    responses(
        (status = 202, body = AskedFor),
        (status = 400, body = Error), (status = 401, body = Error), (status = 413, body = Error),
        (status = 415, body = Error), (status = 503, body = Error)
    ),
    security(("token" = []))
)]
pub async fn ask(
    State(web): State<Web>,
    request: Request,
) -> Result<(StatusCode, Json<AskedFor>), Refusal> {
    let who = web.tokens.who(request.headers()).map(str::to_owned);
    let who = who.ok_or_else(|| {
        let why = "give a token that the configuration names: `Authorization: Bearer TOKEN`";
        Refusal(StatusCode::UNAUTHORIZED, why.to_owned())
    })?;
    let job = match kind(request.headers()).as_str() {
        "application/json" => range(&web, request).await?,
        patch if PATCHES.contains(&patch) => mails(&web, request).await?,
        _ => {
            let why = format!(
                "content-type: give application/json or {}",
                PATCHES.join(", ")
            );
            return Err(Refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
        }
    };
    let noted = web
        .store
        .note(None, std::slice::from_ref(&job), health::now())
        .await;
    noted.map_err(|error| {
        tracing::error!("a check was not taken in: {error}");
        Refusal(StatusCode::SERVICE_UNAVAILABLE, "not now".to_owned())
    })?;
    web.arrived.notify_one();
    tracing::info!(who, job = job.name, "a check was asked for");
    let name = utf8_percent_encode(&job.name, NON_ALPHANUMERIC);
    let state = web.address(&format!("/api/v1/jobs/{name}"));
    let asked = AskedFor {
        job: job.name,
        state,
    };
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

async fn range(web: &Web, request: Request) -> Result<NewJob, Refusal> {
    let body = body(web, request, RANGE).await?;
    let range: Range =
        serde_json::from_slice(&body).map_err(|error| Refusal::wrong(error.to_string()))?;
    known(web, &range.repository)?;
    for (key, revision) in [("base", &range.base), ("head", &range.head)] {
        if !plain(revision) {
            let why = format!("{key}: give a commit id, or the name of a branch or tag");
            return Err(Refusal::wrong(why));
        }
    }
    let request = RangeRequest {
        repository: range.repository,
        base: range.base,
        head: range.head,
    };
    Ok(request.job())
}

async fn mails(web: &Web, request: Request) -> Result<NewJob, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut named = pairs.filter(|(key, _)| key == "repository");
    let repository = named.next().map(|(_, name)| name.into_owned());
    let only = || match web.repositories.len() {
        1 => web.repositories.first().cloned(),
        _ => None,
    };
    let repository = repository.or_else(only);
    let repository = repository
        .ok_or_else(|| Refusal::wrong("repository: say which one, as ?repository=NAME"))?;
    known(web, &repository)?;
    let mails = body(web, request, PATCH).await?;
    if mails.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::wrong("there is no patch in the body"));
    }
    Ok(PatchRequest { repository, mails }.job())
}

async fn body(web: &Web, request: Request, most: usize) -> Result<Vec<u8>, Refusal> {
    let read = web.bodies.read(request.into_body(), most).await;
    read.map_err(|refused| {
        let why = match refused {
            Refused::TooLarge => format!("{}: {most} bytes are the most", refused.why()),
            _ => refused.why().to_owned(),
        };
        Refusal(refused.status(), why)
    })
}

fn known(web: &Web, repository: &str) -> Result<(), Refusal> {
    match web.repositories.contains(repository) {
        true => Ok(()),
        false => Err(Refusal::wrong(
            "repository: there is none of that name in the configuration of the service",
        )),
    }
}

/// Whether a revision is a name or an id, and no question to git.
fn plain(revision: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._/+-~^".contains(c);
    (1..=REVISION).contains(&revision.len())
        && revision.chars().all(fits)
        && !revision.starts_with('-')
        && !revision.contains("..")
}

fn kind(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}
