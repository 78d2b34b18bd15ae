//! The stylesheets, the script and the picture that the pages name; they are part of the program.

use super::Trouble;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A file of that name.
pub async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, text) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", include_str!("style.css")),
        "report.css" => ("text/css; charset=utf-8", super::report::STYLE),
        "live.js" => ("text/javascript; charset=utf-8", include_str!("live.js")),
        "icon.svg" => ("image/svg+xml", include_str!("icon.svg")),
        _ => return Err(Trouble::Absent),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=600"),
    ];
    Ok((headers, text).into_response())
}
