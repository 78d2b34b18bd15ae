//! The JSON document of a run becomes the part of its page that tells what was found, and other forms for programs.

use crate::report::html::{self, Links};
use crate::report::json::Document;
use crate::report::{junit, sarif};

/// The stylesheet of that part.
pub use crate::report::html::STYLE;

/// What stands there where another release wrote the document, and this one can't read it.
const FOREIGN: &str =
    "<p>Another version of uapi-check wrote this report. The JSON document has it all.</p>\n";

/// The part of a page.
///
/// # Errors
///
/// Where a template fails.
pub fn body(document: &[u8]) -> Result<String, String> {
    let Ok(document) = serde_json::from_slice::<Document>(document) else {
        return Ok(FOREIGN.to_owned());
    };
    let links = Links {
        rules: Some("/rules/".to_owned()),
        ..Links::default()
    };
    html::body(&document, &links).map_err(|error| error.to_string())
}

/// The document in the form of an ending: its type and its text; `None` where there is no such form.
pub fn form(document: &[u8], ending: &str) -> Option<Result<(&'static str, String), String>> {
    let read = || serde_json::from_slice::<Document>(document).map_err(|error| error.to_string());
    let made = match ending {
        "sarif" => read().and_then(|document| {
            let text = sarif::render(&document).map_err(|error| error.to_string())?;
            Ok(("application/sarif+json", text))
        }),
        "junit" => read().and_then(|document| {
            let text = junit::render(&document).map_err(|error| error.to_string())?;
            Ok(("application/xml", text))
        }),
        _ => return None,
    };
    Some(made)
}
