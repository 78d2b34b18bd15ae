//! Comments below a pull request: what is said there, and the one of our own, which is edited in place.
//!
//! Ours is known by a marker that readers don't see, and by who wrote it: anybody can copy a marker.

use super::client::Client;
use super::error::Error;
use super::limits::{COMMENT_CHARS, fit_chars};
use super::names::Repository;
use super::pulls::User;
use super::reviews::seconds;
use axum::http::Method;
use serde::{Deserialize, Serialize};

/// What our comment begins with.
pub(super) const MARKER: &str = "<!-- uapi-check:v1 -->";

/// How it ends where it is longer than GitHub takes.
const CUT: &str = "(cut: there is more than GitHub takes)";

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// The login of who wrote it; empty where the account is gone.
    pub author: String,
    /// Whether a program wrote it.
    pub by_program: bool,
    /// What it says: somebody's text.
    pub body: String,
    /// When it was written, in seconds since 1970, by GitHub's clock.
    pub at: i64,
    /// Its page.
    pub url: String,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    user: Option<User>,
    #[serde(default)]
    body: Option<String>,
    created_at: Option<String>,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    performed_via_github_app: Option<serde::de::IgnoredAny>,
}

#[derive(Serialize)]
struct Body<'b> {
    body: &'b str,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
}

impl Client {
    /// All comments below a pull request, oldest first; those at lines of its diff are not among them.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked, or there are more than 3000.
    pub async fn comments(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<Vec<Comment>, Error> {
        let route = format!("/repos/{repository}/issues/{number}/comments");
        let take = |page: Vec<Raw>| page.into_iter().map(comment).collect();
        self.pages(repository, &route, "", take).await
    }

    /// Our comment below a pull request, where there is one.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn own_comment(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<Option<Comment>, Error> {
        let login = self.login().await?;
        let all = self.comments(repository, number).await?;
        let own = |comment: &Comment| {
            comment.author.eq_ignore_ascii_case(&login) && comment.body.starts_with(MARKER)
        };
        Ok(all.into_iter().find(own))
    }

    /// Brings our comment below a pull request to what it is to say, and gives its id: edits the one that is there, or
    /// makes it. `known` is its id, where that was kept. What is too long is cut: where the rest is, whoever calls this
    /// says first ([`super::limits::fit_chars`]). May be called again and again: there is never a second one.
    ///
    /// # Errors
    ///
    /// Where GitHub refuses or can't be asked.
    pub async fn put_comment(
        &self,
        repository: &Repository,
        number: u64,
        known: Option<u64>,
        text: &str,
    ) -> Result<u64, Error> {
        let whole = format!("{MARKER}\n{text}");
        let body = fit_chars(&whole, COMMENT_CHARS, CUT);
        let body = Body { body: &body };
        if let Some(id) = known {
            match self.edit_comment(repository, id, &body).await {
                // Somebody deleted it.
                Err(error) if error.is_missing() => {}
                done => return done,
            }
        }
        match self.own_comment(repository, number).await? {
            // A line end is all that GitHub changes of a text.
            Some(own) if own.body.trim_end() == body.body.trim_end() => Ok(own.id),
            Some(own) => self.edit_comment(repository, own.id, &body).await,
            None => {
                let route = format!("/repos/{repository}/issues/{number}/comments");
                let made: Made = self.send(repository, Method::POST, &route, &body).await?;
                Ok(made.id)
            }
        }
    }

    async fn edit_comment(
        &self,
        repository: &Repository,
        id: u64,
        body: &Body<'_>,
    ) -> Result<u64, Error> {
        let route = format!("/repos/{repository}/issues/comments/{id}");
        let made: Made = self.send(repository, Method::PATCH, &route, body).await?;
        Ok(made.id)
    }
}

fn comment(raw: Raw) -> Comment {
    let author = raw.user.map(|user| user.login).unwrap_or_default();
    Comment {
        id: raw.id,
        by_program: raw.performed_via_github_app.is_some() || author.ends_with("[bot]"),
        author,
        body: raw.body.unwrap_or_default(),
        at: seconds(raw.created_at.as_deref()),
        url: raw.html_url,
    }
}
