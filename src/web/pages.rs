//! What the store keeps becomes pages for people: server-rendered, and as good without JavaScript.
//!
//! The templates stand in `pages/`; askama escapes everything that is put into them. `runs` lists and shows runs,
//! `rules` the catalogue, `files` the stylesheets and the script.

pub(super) mod files;
mod report;
pub(super) mod rules;
pub(super) mod runs;
mod shown;

pub(super) use shown::{Shown, conclusion_words};

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// The version of the program, for the foot of each page.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why there is no page, as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such thing.
    Absent,
    /// The address says something that can't be.
    Wrong,
    /// The store, or a template, failed.
    Ours,
    /// So many are served that this one has to wait.
    Busy,
}

#[derive(Template)]
#[template(config = "src/web/pages/askama.toml", path = "trouble.html")]
struct TroublePage {
    here: &'static str,
    title: &'static str,
    text: &'static str,
}

impl Trouble {
    fn words(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Absent => (
                StatusCode::NOT_FOUND,
                "There is no such page",
                "Nothing is kept under this address. Old runs are forgotten after a while.",
            ),
            Self::Wrong => (
                StatusCode::BAD_REQUEST,
                "This address can't be read",
                "A part of it has a form that nothing here has.",
            ),
            Self::Ours => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This did not work",
                "It is a failure of this service, and the log tells more to whoever runs it.",
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many are asking",
                "Please try again in a minute.",
            ),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, title, text) = self.words();
        let page = TroublePage {
            here: "",
            title,
            text,
        };
        let body = page.render().unwrap_or_else(|_| title.to_owned());
        let mut response = (status, Html(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let soon = HeaderValue::from_static("60");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response
    }
}

/// Whatever failed is told in the log, and the reader learns that something did.
pub(super) fn failed(error: &dyn std::fmt::Display) -> Trouble {
    tracing::error!("a page was not made: {error}");
    Trouble::Ours
}

/// A template becomes an answer.
pub(super) fn page(template: &impl Template) -> Result<Response, Trouble> {
    let text = template.render().map_err(|error| failed(&error))?;
    Ok(Html(text).into_response())
}

/// What is answered where no page is.
pub async fn absent() -> Trouble {
    Trouble::Absent
}
