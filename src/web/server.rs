//! Routes and their bounds: what is asked becomes an answer, whatever is asked.
//!
//! From the outside in: what every answer says, the request's number, what is counted, panics, time, other sites,
//! compression. `listen` has the bounds of connections, `bodies` those of bodies. Next: `hooks`, `pages`, `api`.

use super::state::Web;
use super::{api, badges, events, gauges, guard, health, hooks, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Request, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::any::Any;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::MakeRequestUuid;
use tower_http::timeout::TimeoutLayer;

/// How long an answer may take to begin, the body of the request included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a body that nothing reads by a bound of its own.
const BODY: usize = 64 << 10;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything that is served.
pub fn app(web: Web) -> Router {
    gauges::begin();
    let layers = ServiceBuilder::new()
        .layer(from_fn(guard::headers))
        // Ours alone: what a stranger calls his request is nothing for our log.
        .map_request(|mut request: Request<axum::body::Body>| {
            request.headers_mut().remove(&REQUEST_ID);
            request
        })
        .set_request_id(REQUEST_ID, MakeRequestUuid)
        .propagate_request_id(REQUEST_ID)
        .layer(from_fn(gauges::measure))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(from_fn(guard::same_site))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(people())
        .nest("/api/v1", programs())
        .route("/webhooks/github", post(hooks::github))
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(pages::absent)
        .layer(layers)
        .with_state(web)
}

fn people() -> Router<Web> {
    Router::new()
        .route("/", get(pages::runs::all))
        .route("/runs/{name}", get(pages::runs::one))
        .route("/rules", get(pages::rules::all))
        .route("/rules/{id}", get(pages::rules::one))
        .route("/events", get(events::events))
        .route("/badge/{*name}", get(badges::badge))
        .route("/static/{name}", get(pages::files::file))
}

fn programs() -> Router<Web> {
    Router::new()
        .route("/runs", get(api::runs).post(api::ask))
        .route("/runs/{id}", get(api::run))
        .route("/jobs/{name}", get(api::job))
        .route("/openapi.json", get(api::describe))
        .fallback(api::absent)
}

/// What is answered where a request made us panic: that it did, and nothing of how.
#[expect(clippy::needless_pass_by_value, reason = "tower-http gives it so")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!("a request made this service panic: {}", text.unwrap_or("?"));
    pages::Trouble::Ours.into_response()
}
