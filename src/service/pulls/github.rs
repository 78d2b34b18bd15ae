//! Settings become who speaks on GitHub, and what everybody who looks at a pull request there needs.
//!
//! What the client gives becomes plain data (`forge`) here, so that whoever decides knows no client.

use super::decide::Policy;
use super::forge::{Account, Comment, Identities, Opinion, Pull, Review};
use crate::github::{
    self, Cache, Client, Login, Permission, Place, Repository, ReviewState, Secret,
};
use crate::http::{Manners, Pace};
use crate::service::config::{GithubRepository, GithubSettings, Settings};
use crate::service::judge::Failed;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use url::Url;

/// Time between two requests that change something: GitHub asks for a second.
const GAP: Duration = Duration::from_secs(1);

/// GitHub, for one that looks at pull requests.
pub struct Github {
    /// Who speaks.
    pub client: Client,
    /// The mail addresses behind logins.
    pub who: Identities,
    /// What is said.
    pub policy: Policy,
    /// Where this service's own pages are.
    pub public: Option<Url>,
    settings: GithubSettings,
}

/// What is known of a repository on GitHub.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its name.
    pub name: Repository,
    /// What the configuration says of it.
    pub settings: GithubRepository,
    /// Where its commits are kept.
    pub cache: Cache,
}

impl Github {
    /// Logs in, as far as that needs no request.
    ///
    /// # Errors
    ///
    /// A mistake in the settings, in one line.
    pub fn open(settings: &Settings, public: Option<Url>) -> Result<Option<Self>, String> {
        let Some(github) = &settings.github else {
            return Ok(None);
        };
        let told = |why: String| format!("github: {why}");
        let login = match (&github.app, &github.token) {
            (Some(app), _) => Login::App {
                id: app.id,
                key: Secret::from(app.key.read_whole().map_err(told)?),
            },
            (None, Some(token)) => Login::Token(Secret::from(token.read().map_err(told)?)),
            (None, None) => return Err("github: say who speaks: an `app`, or a `token`".to_owned()),
        };
        let gap = match github.api.host_str() {
            // A server of this machine is one for trying things out.
            Some("127.0.0.1" | "localhost") => Duration::ZERO,
            _ => GAP,
        };
        let place = Place {
            api: github.api.clone(),
            web: github.web.clone(),
            manners: Manners {
                contact: settings.contact.clone(),
                pace: Pace {
                    gap,
                    ..Pace::default()
                },
            },
        };
        let client = Client::new(&place, login).map_err(|error| told(error.to_string()))?;
        Ok(Some(Self {
            client,
            who: Identities::new(&github.identities),
            policy: github.say.policy(),
            public,
            settings: github.clone(),
        }))
    }

    /// A repository of the configuration; `None` where it is not looked after.
    pub fn repository(&self, name: &str) -> Option<Known> {
        let mut all = self.settings.repositories.iter();
        let (name, of) = all.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(Known {
            name: Repository::parse(name)?,
            settings: of.clone(),
            cache: Cache {
                directory: self.settings.directory.clone(),
                lender: of.lender.clone(),
                limit: self.settings.fetch_limit,
                room: self.settings.fetch_bytes,
            },
        })
    }

    /// All repositories of the configuration.
    pub fn repositories(&self) -> impl Iterator<Item = Known> {
        let names = self.settings.repositories.keys();
        names.filter_map(|name| self.repository(name))
    }

    /// How often open pull requests are looked through.
    pub fn every(&self) -> Duration {
        self.settings.every
    }

    /// Where a run is shown.
    pub fn page(&self, run: i64) -> Option<String> {
        let page = self.public.as_ref()?.join(&format!("runs/{run}")).ok()?;
        Some(page.to_string())
    }

    /// A pull request.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked; `None` where it has none.
    pub async fn pull(&self, of: &Known, number: u64) -> Result<Option<Pull>, Failed> {
        match self.client.pull(&of.name, number).await {
            Ok(found) => Ok(Some(pull(&of.name, found))),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(Failed::ours(error)),
        }
    }

    /// What reviews say, those that say nothing left out.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn reviews(&self, of: &Known, number: u64) -> Result<Vec<Review>, Failed> {
        let all = self.client.reviews(&of.name, number).await;
        let all = all.map_err(Failed::ours)?;
        Ok(all.into_iter().filter_map(review).collect())
    }

    /// Everything that was said below a pull request.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn comments(&self, of: &Known, number: u64) -> Result<Vec<Comment>, Failed> {
        let all = self.client.comments(&of.name, number).await;
        let all = all.map_err(Failed::ours)?;
        Ok(all.into_iter().map(comment).collect())
    }

    /// Those of some logins that may write to a repository.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn writers(
        &self,
        of: &Known,
        logins: BTreeSet<String>,
    ) -> Result<BTreeSet<String>, Failed> {
        let mut writers = BTreeSet::new();
        for login in logins {
            let may = self.client.permission(&of.name, &login).await;
            if may.map_err(Failed::ours)? >= Permission::Write {
                writers.insert(login);
            }
        }
        Ok(writers)
    }

    /// The open pull requests of a repository, by number.
    ///
    /// # Errors
    ///
    /// Where GitHub can't be asked.
    pub async fn open_pulls(&self, of: &Known) -> Result<BTreeMap<u64, Pull>, Failed> {
        let all = self.client.open_pulls(&of.name).await;
        let all = all.map_err(Failed::ours)?.into_iter();
        Ok(all
            .map(|found| (found.number, pull(&of.name, found)))
            .collect())
    }
}

fn pull(repository: &Repository, found: github::Pull) -> Pull {
    Pull {
        repository: repository.to_string(),
        number: found.number,
        title: found.title,
        url: found.url,
        author: account(found.author, false),
        draft: found.draft,
        open: found.open,
        head: found.head,
        base: found.base,
    }
}

/// A program's login ends in `[bot]`, which no person's can.
fn account(login: String, robot: bool) -> Account {
    Account {
        robot: robot || login.is_empty() || login.ends_with("[bot]"),
        login,
    }
}

fn review(found: github::Review) -> Option<Review> {
    let opinion = match found.state {
        ReviewState::Approved => Opinion::Approved,
        ReviewState::ChangesRequested => Opinion::ChangesRequested,
        ReviewState::Dismissed => Opinion::Dismissed,
        ReviewState::Commented => return None,
    };
    Some(Review {
        id: found.id,
        by: account(found.author, false),
        opinion,
        commit: found.commit.unwrap_or_default(),
        at: found.at,
    })
}

fn comment(found: github::Comment) -> Comment {
    Comment {
        id: found.id,
        by: account(found.author, found.by_program),
        body: found.body,
    }
}
