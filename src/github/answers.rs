//! Answers to comments: each is written once, and never edited.

use super::client::Client;
use super::error::Error;
use super::limits::{COMMENT_CHARS, fit_chars};
use super::names::Repository;
use axum::http::Method;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Body<'b> {
    body: &'b str,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
}

impl Client {
    /// Writes a comment below a pull request, unless one of ours with the same mark is there; gives its id. `text`
    /// begins with the mark, which readers don't see. May be called again and again: there is never a second one.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn put_answer(
        &self,
        repository: &Repository,
        number: u64,
        mark: &str,
        text: &str,
    ) -> Result<u64, Error> {
        let login = self.login().await?;
        let all = self.comments(repository, number).await?;
        let own = all.into_iter().find(|comment| {
            comment.author.eq_ignore_ascii_case(&login) && comment.body.starts_with(mark)
        });
        if let Some(own) = own {
            return Ok(own.id);
        }
        let body = fit_chars(text, COMMENT_CHARS, "(cut)");
        let body = Body { body: &body };
        let route = format!("/repos/{repository}/issues/{number}/comments");
        let made: Made = self.send(repository, Method::POST, &route, &body).await?;
        Ok(made.id)
    }
}
