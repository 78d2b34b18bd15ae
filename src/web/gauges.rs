//! What is counted becomes the text that Prometheus reads.
//!
//! | name | is |
//! |---|---|
//! | `uapi_check_http_requests_total{route,status}` | requests that were answered |
//! | `uapi_check_http_request_seconds{route}` | how long that took |
//! | `uapi_check_deliveries_total{result}` | webhook deliveries: new, known, nothing, refused, failed |
//! | `uapi_check_runs_total{conclusion}` | runs, whichever process made them |
//! | `uapi_check_jobs_due`, `uapi_check_job_oldest_seconds` | what waits, and for how long |
//! | `uapi_check_outbox{state}` | what is to be sent, and was |
//!
//! The first three are counted in this process, the others are read from the store when somebody asks.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const SECONDS: &str = "uapi_check_http_request_seconds";
/// Upper ends of the classes that durations are counted in, in seconds.
const CLASSES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];
/// How often what was measured is put into classes; it is kept one by one until then.
const SUM_UP: Duration = Duration::from_secs(5);

/// Where this process counts. There is one; whoever asks first makes it.
static COUNTED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count.
pub fn begin() -> Option<&'static PrometheusHandle> {
    let made = COUNTED.get_or_init(|| {
        let named = Matcher::Full(SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(named, &CLASSES);
        let recorder = builder.ok()?.build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder stays where it is, and ours then shows what the store knows.
        metrics::set_global_recorder(recorder).ok()?;
        Some(handle)
    });
    made.as_ref()
}

/// Sums up now and then; for ever.
pub async fn sum_up() {
    loop {
        tokio::time::sleep(SUM_UP).await;
        if let Some(handle) = begin() {
            handle.run_upkeep();
        }
    }
}

/// The text for Prometheus.
pub fn render() -> String {
    begin().map(PrometheusHandle::render).unwrap_or_default()
}

/// A delivery came.
pub fn delivery(result: &'static str) {
    counter!("uapi_check_deliveries_total", "result" => result).increment(1);
}

/// What waits, as the store says.
pub fn waiting(due: i64, oldest_seconds: i64) {
    gauge!("uapi_check_jobs_due").set(float(due));
    gauge!("uapi_check_job_oldest_seconds").set(float(oldest_seconds));
}

/// How many entries of the outbox stand so.
pub fn outbox(state: &str, number: i64) {
    gauge!("uapi_check_outbox", "state" => state.to_owned()).set(float(number));
}

/// A run ended so.
pub fn run(conclusion: &str) {
    counter!("uapi_check_runs_total", "conclusion" => conclusion.to_owned()).increment(1);
}

/// Measures a request, and tells of it in the log. The address itself is in neither: there are too many.
pub async fn measure(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let id = request.headers().get("x-request-id").cloned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    histogram!(SECONDS, "route" => route.clone()).record(took.as_secs_f64());
    counter!("uapi_check_http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    let id = id
        .as_ref()
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    tracing::debug!(request = id, %method, route, status, milliseconds = took.as_secs_f64() * 1e3, "answered");
    response
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody looks at the last digit of 2^53 jobs"
)]
fn float(number: i64) -> f64 {
    number as f64
}
