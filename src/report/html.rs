//! The JSON document of a run becomes HTML: one self-contained page, or the part of a page that stands in `main`.
//!
//! A function of the document alone, so that what a store keeps can be shown at any time. Everything that stems from
//! the examined tree is cleaned first and escaped by the templates in `html/`; no script, no image, no font and no style
//! comes from anywhere else. Next: [`view`] words what the templates lay out, [`picture`] draws.

mod compared;
mod finding;
mod picture;
mod reason;
mod request;
mod view;

pub(super) use reason::of as reason;
pub(super) use view::gap;

use super::json::Document;
use askama::Template;

/// The style of [`body`], for a site that serves it as a file of its own.
pub const STYLE: &str = include_str!("html/style.css");

/// Where a page leads to. What is `None` is no link.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// What stands before the id of a rule, such as `/rules/`.
    pub rules: Option<String>,
    /// What stands before the path of a file of the state before, such as `https://example.org/tree/<commit>/`.
    pub before: Option<String>,
    /// The same of the state after.
    pub after: Option<String>,
    /// What stands before the id of a commit.
    pub commits: Option<String>,
    /// What stands before the fingerprint of a finding in its permalink, such as `/runs/12#`; `#` where it is `None`.
    pub findings: Option<String>,
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page<'p> {
    style: &'p str,
    title: String,
    body: view::Body,
}

/// One page that needs nothing else.
///
/// # Errors
/// None that is known: the templates write to memory.
pub fn page(document: &Document) -> Result<String, askama::Error> {
    let body = view::body(document, &Links::default());
    let title = format!("{}: {}", body.conclusion, body.compared);
    let page = Page {
        style: STYLE,
        title,
        body,
    };
    page.render()
}

/// What stands in the `main` of a page, from its `h1` on; [`STYLE`] is to go with it.
///
/// # Errors
/// As [`page`].
pub fn body(document: &Document, links: &Links) -> Result<String, askama::Error> {
    view::body(document, links).render()
}

/// As much of a text as has room in so many pixels, by the width of a letter in the style.
fn fit(text: &str, pixels: u64) -> String {
    let room = usize::try_from(pixels.saturating_sub(6) / 7).unwrap_or(usize::MAX);
    if text.chars().count() <= room {
        return text.to_owned();
    }
    match room {
        0 | 1 => String::new(),
        room => text.chars().take(room - 1).chain(['\u{2026}']).collect(),
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
