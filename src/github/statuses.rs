//! Commit statuses: what stands at a commit where this program is a person, and may not make check runs.

use super::client::Client;
use super::error::Error;
use super::limits::{STATUS_CHARS, fit_line};
use super::names::{Repository, is_commit};
use axum::http::Method;
use serde::{Deserialize, Serialize};

/// What is to stand at a commit, in place of what stood there under this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The name, by which branches require it.
    pub context: String,
    /// How it stands.
    pub state: StatusState,
    /// One line; what is longer than 140 characters is cut.
    pub description: String,
    /// The page that has all of it.
    pub target_url: Option<String>,
}

/// How a commit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusState {
    /// It is not known.
    Error,
    /// It is not well.
    Failure,
    /// It goes on, or somebody has to do something.
    Pending,
    /// All is well.
    Success,
}

#[derive(Serialize)]
struct Request<'s> {
    context: &'s str,
    state: StatusState,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_url: Option<&'s str>,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
}

impl Client {
    /// Sets a commit status and gives its id. Setting it again changes nothing that anybody sees.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn put_status(
        &self,
        repository: &Repository,
        head: &str,
        status: &Status,
    ) -> Result<u64, Error> {
        let route = format!("/repos/{repository}/statuses/{head}");
        if !is_commit(head) {
            return Err(Error::garbled(&route, "the id of the commit is none"));
        }
        let request = Request {
            context: &status.context,
            state: status.state,
            description: fit_line(&status.description, STATUS_CHARS),
            target_url: status.target_url.as_deref(),
        };
        let made: Made = self
            .send(repository, Method::POST, &route, &request)
            .await?;
        Ok(made.id)
    }
}
