//! The badge of a subject, such as `/badge/octo/linux%2312.svg`.

use super::badge;
use super::pages::{Trouble, failed};
use super::state::Web;
use crate::store::RunFilter;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The last conclusion about a subject, as a picture.
pub async fn badge(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Trouble> {
    let subject = name.strip_suffix(".svg").ok_or(Trouble::Absent)?;
    let filter = RunFilter {
        subject: Some(subject.to_owned()),
        limit: 1,
        ..RunFilter::default()
    };
    let runs = web.store.runs(&filter).await;
    let runs = runs.map_err(|error| failed(&error))?;
    let conclusion = runs.first().map(|run| run.conclusion.as_str());
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        // Proxies that show badges keep them, unless they are told not to.
        (header::CACHE_CONTROL, "no-cache, max-age=60"),
    ];
    Ok((headers, badge::of(conclusion).svg()).into_response())
}
