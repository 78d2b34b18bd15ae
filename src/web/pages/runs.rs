//! Runs become pages: the list with its filters, and one run with its report.
//!
//! A run is shown from the JSON document that is kept of it, and from nothing else.

use super::{Shown, Trouble, conclusion_words, failed, page};
use crate::store::{Run, RunFilter, RunRow};
use crate::web::state::Web;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// Runs on a page.
const LINES: i64 = 50;

/// What the form asks for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    conclusion: String,
    q: String,
    subject: String,
    before: Option<i64>,
}

impl Asked {
    /// Whether anything is asked for.
    fn any(&self) -> bool {
        !self.conclusion.is_empty() || !self.q.is_empty() || !self.subject.is_empty()
    }

    fn filter(&self) -> RunFilter {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        RunFilter {
            conclusion: given(&self.conclusion),
            subject: given(&self.subject),
            text: given(&self.q),
            before: self.before,
            // One more than is shown tells whether there are others.
            limit: LINES + 1,
            ..RunFilter::default()
        }
    }

    /// The address of the runs before one.
    fn older(&self, than: i64) -> String {
        let mut address = format!("/?before={than}");
        for (key, text) in [
            ("conclusion", &self.conclusion),
            ("q", &self.q),
            ("subject", &self.subject),
        ] {
            if !text.is_empty() {
                let text = utf8_percent_encode(text, NON_ALPHANUMERIC);
                address.push_str(&format!("&{key}={text}"));
            }
        }
        address
    }
}

#[derive(Template)]
#[template(config = "src/web/pages/askama.toml", path = "runs.html")]
struct RunsPage<'a> {
    here: &'static str,
    filter: &'a Asked,
    conclusions: &'static [(&'static str, &'static str)],
    latest: i64,
    waiting: String,
    caption: String,
    rows: Vec<Shown>,
    older: Option<String>,
}

#[derive(Template)]
#[template(config = "src/web/pages/askama.toml", path = "run.html")]
struct RunPage {
    here: &'static str,
    row: Shown,
    link: Option<String>,
    body: String,
}

/// The runs that fit.
pub async fn all(
    State(web): State<Web>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Trouble> {
    let Query(asked) = asked.map_err(|_| Trouble::Wrong)?;
    let runs = web.store.runs(&asked.filter()).await;
    let mut rows = runs.map_err(|error| failed(&error))?;
    let progress = web.progress().await.map_err(|error| failed(&error))?;
    let lines = usize::try_from(LINES).unwrap_or(usize::MAX);
    let more = rows.len() > lines;
    rows.truncate(lines);
    let older = rows
        .last()
        .filter(|_| more)
        .map(|last| asked.older(last.id));
    page(&RunsPage {
        here: "runs",
        filter: &asked,
        conclusions: conclusion_words(),
        latest: progress.latest,
        waiting: progress.waiting,
        caption: caption(rows.len(), asked.before.is_some() || more),
        rows: rows.iter().map(Shown::from).collect(),
        older,
    })
}

fn caption(number: usize, part: bool) -> String {
    let noun = if number == 1 { "run" } else { "runs" };
    let of = if part { " of more" } else { "" };
    format!("{number} {noun}{of}, newest first")
}

/// One run: a page, or with an ending the same for programs.
pub async fn one(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Trouble> {
    let (number, ending) = match name.split_once('.') {
        Some((number, ending)) => (number, Some(ending)),
        None => (name.as_str(), None),
    };
    let plain = number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit());
    let id: i64 = plain
        .then(|| number.parse().ok())
        .flatten()
        .ok_or(Trouble::Absent)?;
    let found = web.store.run(id).await.map_err(|error| failed(&error))?;
    let run = found.ok_or(Trouble::Absent)?;
    match ending {
        None => shown(&run),
        Some("json") => {
            Ok(([(header::CONTENT_TYPE, "application/json")], run.report).into_response())
        }
        Some(ending) => {
            let form = super::report::form(&run.report, ending).ok_or(Trouble::Absent)?;
            let (kind, text) = form.map_err(|error| failed(&error))?;
            Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
        }
    }
}

fn shown(run: &Run) -> Result<Response, Trouble> {
    page(&RunPage {
        here: "",
        row: Shown::from(&run.row),
        link: link(&run.row),
        body: super::report::body(&run.report).map_err(|error| failed(&error))?,
    })
}

/// Where the subject is to be seen; nothing that is no address of the web.
fn link(row: &RunRow) -> Option<String> {
    let web = ["https://", "http://"];
    let fits = web.iter().any(|scheme| row.url.starts_with(scheme));
    fits.then(|| row.url.clone())
}
