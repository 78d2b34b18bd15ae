//! What is true of a pull request and of who speaks there, as GitHub has it now.

use super::client::Client;
use super::error::Error;
use super::names::{Repository, is_branch, is_commit, is_login, segment};
use serde::Deserialize;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title: somebody's text.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// The login of who opened it; empty where the account is gone.
    pub author: String,
    /// The commit that it ends with, in hex.
    pub head: String,
    /// The repository that the commits lie in; `None` where it is gone.
    pub from: Option<Repository>,
    /// The branch that it is for, without `refs/heads/`.
    pub base: String,
    /// The commit which that branch had when GitHub last looked, in hex.
    pub base_commit: String,
}

/// What somebody may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Nothing, or only what everybody may.
    None,
    /// Read.
    Read,
    /// Push.
    Write,
    /// Everything.
    Admin,
}

#[derive(Deserialize)]
struct Raw {
    number: u64,
    #[serde(default)]
    title: String,
    #[serde(default)]
    html_url: String,
    state: String,
    #[serde(default)]
    draft: bool,
    user: Option<User>,
    head: End,
    base: End,
}

/// A user, of whom the login counts.
#[derive(Deserialize)]
pub(super) struct User {
    /// The login.
    pub login: String,
}

#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    reference: String,
    sha: String,
    repo: Option<Full>,
}

#[derive(Deserialize)]
struct Full {
    full_name: String,
}

#[derive(Deserialize)]
struct May {
    permission: String,
}

impl Client {
    /// A pull request.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked or has none.
    pub async fn pull(&self, repository: &Repository, number: u64) -> Result<Pull, Error> {
        let route = format!("/repos/{repository}/pulls/{number}");
        let raw = self.get(repository, &route).await?;
        pull(raw).ok_or_else(|| Error::garbled(&format!("GET {route}"), "its commits are none"))
    }

    /// All open pull requests, oldest first.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked, or there are more than 3000.
    pub async fn open_pulls(&self, repository: &Repository) -> Result<Vec<Pull>, Error> {
        let route = format!("/repos/{repository}/pulls");
        let query = "state=open&sort=created&direction=asc";
        // One that makes no sense hides no other.
        let take = |page: Vec<Raw>| page.into_iter().map(pull).collect();
        let all = self.pages(repository, &route, query, take).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// What somebody may do in a repository.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn permission(
        &self,
        repository: &Repository,
        login: &str,
    ) -> Result<Permission, Error> {
        if !is_login(login) {
            return Ok(Permission::None);
        }
        let login = segment(login);
        let route = format!("/repos/{repository}/collaborators/{login}/permission");
        match self.get::<May>(repository, &route).await {
            Ok(may) => Ok(match may.permission.as_str() {
                "admin" => Permission::Admin,
                "write" | "maintain" => Permission::Write,
                "read" | "triage" => Permission::Read,
                _ => Permission::None,
            }),
            Err(error) if error.is_missing() => Ok(Permission::None),
            Err(error) => Err(error),
        }
    }
}

fn pull(raw: Raw) -> Option<Pull> {
    let from = raw.head.repo.as_ref();
    let names =
        is_commit(&raw.head.sha) && is_commit(&raw.base.sha) && is_branch(&raw.base.reference);
    names.then(|| Pull {
        number: raw.number,
        title: raw.title,
        url: raw.html_url,
        open: raw.state == "open",
        draft: raw.draft,
        author: raw.user.map(|user| user.login).unwrap_or_default(),
        head: raw.head.sha,
        from: from.and_then(|from| Repository::parse(&from.full_name)),
        base: raw.base.reference,
        base_commit: raw.base.sha,
    })
}
