//! Logging in: as an App, which has a token of an hour for each installation, or with a token of a person.
//!
//! The key and the tokens are of a type that does not show them. What a token looks like is nobody's business here:
//! GitHub has changed that before. Next: [`super::client`].

use super::Secret;
use super::client::Client;
use super::error::Error;
use super::names::Repository;
use axum::http::Method;
use octocrab::auth::AppAuth;
use octocrab::models::{AppId, InstallationId};
use octocrab::secrecy::ExposeSecret;
use octocrab::{AuthState, EncodingKey, Octocrab};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Who this program is on GitHub.
#[derive(Debug, Clone)]
pub enum Login {
    /// An App: it may make check runs.
    App {
        /// Its id.
        id: u64,
        /// Its private key: RSA, in PEM, as GitHub gives it out.
        key: Secret,
    },
    /// A person, by a personal token: commit statuses and comments only.
    Token(Secret),
}

impl Login {
    /// How octocrab is to log in.
    pub(super) fn state(&self) -> Result<AuthState, Error> {
        match self {
            Self::Token(token) => {
                let plain = token
                    .expose_secret()
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic());
                if token.expose_secret().is_empty() || !plain {
                    let what =
                        "the token for GitHub is none: it is one word, as GitHub shows it once";
                    return Err(Error::Mistake(what.to_owned()));
                }
                let token = token.clone();
                Ok(AuthState::AccessToken { token })
            }
            Self::App { id, key } => {
                // What is wrong with a key is not told: it may be a part of it.
                let key = EncodingKey::from_rsa_pem(key.expose_secret().as_bytes());
                let key = key.map_err(|_| {
                    let what = "the key of the GitHub App is no RSA private key in PEM: make one on the page of \
                                the App (Private keys), and name the file as it was given";
                    Error::Mistake(what.to_owned())
                })?;
                let app_id = AppId(*id);
                Ok(AuthState::App(AppAuth { app_id, key }))
            }
        }
    }
}

/// What is known of who this is. An App has a client for each installation, which keeps its token: shared, for a copy
/// of an `Octocrab` has a token of its own.
#[derive(Default)]
pub(super) struct Known {
    /// The login; asked for once.
    login: Option<String>,
    installations: HashMap<u64, Arc<Octocrab>>,
    /// By the name of the repository in lower case: GitHub takes names in any.
    repositories: HashMap<String, u64>,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct App {
    slug: String,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

impl Client {
    /// The login that this program has on GitHub, as it stands at what it wrote: an App's ends in `[bot]`.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn login(&self) -> Result<String, Error> {
        let mut known = self.known.lock().await;
        if let Some(login) = &known.login {
            return Ok(login.clone());
        }
        let login = if self.is_app() {
            let app: App = self
                .ask(&self.crab, Method::GET, "/app", None::<&()>)
                .await?;
            format!("{}[bot]", app.slug)
        } else {
            let user: User = self
                .ask(&self.crab, Method::GET, "/user", None::<&()>)
                .await?;
            user.login
        };
        known.login = Some(login.clone());
        Ok(login)
    }

    /// A token that may fetch from a repository, good for half a minute at least, in which git has logged in; git takes
    /// it as the password of the user `x-access-token`.
    ///
    /// # Errors
    ///
    /// Where GitHub gives none.
    pub async fn fetch_token(&self, repository: &Repository) -> Result<Secret, Error> {
        if let Login::Token(token) = &self.who {
            return Ok(token.clone());
        }
        let crab = self.crab_of(repository).await?;
        let token = crab.installation_token().await;
        token.map_err(|error| self.failed("POST /app/installations/…/access_tokens", error))
    }

    /// Forgets where the App is installed: after it was installed, suspended or taken away.
    pub async fn forget_installations(&self) {
        let mut known = self.known.lock().await;
        known.installations.clear();
        known.repositories.clear();
    }

    /// Who asks about a repository: the App's installation there, or the person.
    pub(super) async fn crab_of(&self, repository: &Repository) -> Result<Arc<Octocrab>, Error> {
        if !self.is_app() {
            return Ok(Arc::clone(&self.crab));
        }
        let name = repository.as_str().to_ascii_lowercase();
        let mut known = self.known.lock().await;
        if let Some(crab) = known
            .repositories
            .get(&name)
            .and_then(|id| known.installations.get(id))
        {
            return Ok(Arc::clone(crab));
        }
        let id = self.installation_of(repository).await?;
        known.repositories.insert(name, id);
        if let Some(crab) = known.installations.get(&id) {
            return Ok(Arc::clone(crab));
        }
        let crab = self.crab.installation(InstallationId(id));
        let crab = Arc::new(crab.map_err(|error| self.failed("logging in", error))?);
        known.installations.insert(id, Arc::clone(&crab));
        Ok(crab)
    }

    async fn installation_of(&self, repository: &Repository) -> Result<u64, Error> {
        let route = format!("/repos/{repository}/installation");
        let found = self.ask(&self.crab, Method::GET, &route, None::<&()>).await;
        let found: Installation = found.map_err(|error| match error.is_missing() {
            true => Error::Mistake(format!(
                "the GitHub App is not installed for {repository}: install it there, or take the repository out of \
                 the configuration"
            )),
            false => error,
        })?;
        Ok(found.id)
    }
}
