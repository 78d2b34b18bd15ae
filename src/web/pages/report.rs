//! The JSON document of a run becomes the part of its page that tells what was found.

use askama::Template;
use serde::Deserialize;

/// The stylesheet of that part.
pub const STYLE: &str = "";

#[derive(Debug, Deserialize)]
struct Finding {
    fingerprint: String,
    rule: String,
    verdict: String,
    message: String,
    header: String,
    why: String,
}

#[derive(Debug, Deserialize, Template)]
#[template(config = "src/web/pages/askama.toml", path = "report.html")]
struct Document {
    findings: Vec<Finding>,
}

/// The part of a page.
///
/// # Errors
///
/// Where the document is none.
pub fn body(document: &[u8]) -> Result<String, String> {
    let document: Document =
        serde_json::from_slice(document).map_err(|error| format!("a report is none: {error}"))?;
    document.render().map_err(|error| error.to_string())
}
