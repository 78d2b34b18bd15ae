//! The same for programs, as JSON: runs, how a job stands, and checks to ask for.
//!
//! Reading is for everybody who reaches the service; asking needs a token. `describe` is the OpenAPI document, made
//! of the types here. A check that is asked for twice is one job.

mod asking;
mod types;

use super::health;
use super::pages::Shown;
use super::state::Web;
use crate::store::{RunFilter, StoreError};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::value::RawValue;
use types::{AskedFor, Error, JobState, OneRun, Range, RunLine, Runs, State as JobStanding};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{IntoParams, Modify, OpenApi};

pub use asking::ask;

/// Runs in an answer, unless it is asked for others.
const LINES: i64 = 50;
/// Runs in an answer at most.
const MOST: i64 = 200;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "uapi-check",
        description = "Runs of uapi-check: whether a change breaks the Linux user-space API, for whom, and why.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(runs, run, job, asking::ask),
    components(schemas(Range, AskedFor, Error, OneRun, RunLine, Runs, JobState, JobStanding)),
    modifiers(&Bearer)
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The OpenAPI document.
pub async fn describe(State(web): State<Web>) -> Json<utoipa::openapi::OpenApi> {
    let mut document = Api::openapi();
    let server = utoipa::openapi::Server::new(web.address("/"));
    document.servers = Some(vec![server]);
    Json(document)
}

/// Which runs.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// With this conclusion: `pass`, `needs-approval`, `fail` or `undecided`.
    conclusion: Option<String>,
    /// About this, such as `octo/linux#12`.
    subject: Option<String>,
    /// Of this job.
    job: Option<String>,
    /// With a finding of this rule.
    rule: Option<String>,
    /// With this finding.
    fingerprint: Option<String>,
    /// With this text in title, subject, rule, or a section of MAINTAINERS.
    text: Option<String>,
    /// Before the run with this number: the next page.
    before: Option<i64>,
    /// How many at most, from 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Runs, newest first.
#[utoipa::path(
    get, path = "/api/v1/runs", operation_id = "runs", params(Which),
    responses((status = 200, body = Runs), (status = 400, body = Error), (status = 500, body = Error))
)]
pub async fn runs(
    State(web): State<Web>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Runs>, Refusal> {
    let Query(which) = which.map_err(|error| Refusal::wrong(error.body_text()))?;
    let limit = which.limit.unwrap_or(LINES);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::wrong("limit: give 1 to 200"));
    }
    let filter = RunFilter {
        conclusion: which.conclusion,
        subject: which.subject,
        job: which.job,
        rule: which.rule,
        fingerprint: which.fingerprint,
        text: which.text,
        before: which.before,
        limit,
    };
    let rows = web.store.runs(&filter).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|number| number == limit);
    let next = rows.last().filter(|_| full).map(|last| last.id);
    let runs = rows.iter().map(|row| RunLine::new(&web, row)).collect();
    Ok(Json(Runs { runs, next }))
}

/// One run with its report.
#[utoipa::path(
    get, path = "/api/v1/runs/{id}", operation_id = "run",
    params(("id" = i64, Path, description = "Number of the run.")),
    responses((status = 200, body = OneRun), (status = 404, body = Error), (status = 500, body = Error))
)]
pub async fn run(State(web): State<Web>, Path(id): Path<String>) -> Result<Json<OneRun>, Refusal> {
    let id: i64 = id.parse().map_err(|_| Refusal::absent("run"))?;
    let found = web.store.run(id).await?;
    let found = found.ok_or_else(|| Refusal::absent("run"))?;
    let report = String::from_utf8(found.report).map_err(|error| Refusal::ours(&error))?;
    let report = RawValue::from_string(report).map_err(|error| Refusal::ours(&error))?;
    let run = RunLine::new(&web, &found.row);
    Ok(Json(OneRun { run, report }))
}

/// How a job stands.
#[utoipa::path(
    get, path = "/api/v1/jobs/{name}", operation_id = "job",
    params(("name" = String, Path, description = "Name of the job, as it was given when a check was asked for.")),
    responses((status = 200, body = JobState), (status = 404, body = Error), (status = 500, body = Error))
)]
pub async fn job(
    State(web): State<Web>,
    Path(name): Path<String>,
) -> Result<Json<JobState>, Refusal> {
    let standing = web.store.standing(&name, health::now()).await?;
    let standing = standing.ok_or_else(|| Refusal::absent("job"))?;
    let filter = RunFilter {
        job: Some(name.clone()),
        limit: 1,
        ..RunFilter::default()
    };
    let last = web.store.runs(&filter).await?;
    let run = last.first().map(|row| RunLine::new(&web, row));
    Ok(Json(JobState::new(name, standing, run)))
}

/// Why a program gets no answer.
#[derive(Debug)]
pub struct Refusal(StatusCode, String);

impl Refusal {
    fn wrong(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }

    fn absent(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    fn ours(error: &dyn std::fmt::Display) -> Self {
        tracing::error!("a program got no answer: {error}");
        let why = "a failure of this service; its log tells more".to_owned();
        Self(StatusCode::INTERNAL_SERVER_ERROR, why)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::ours(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error) = self;
        let mut response = (status, Json(Error { error })).into_response();
        let headers = response.headers_mut();
        match status {
            StatusCode::UNAUTHORIZED => {
                let bearer = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, bearer);
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            }
            _ => {}
        }
        response
    }
}

/// What is answered where nothing is.
pub async fn absent() -> Refusal {
    Refusal::absent("address")
}
