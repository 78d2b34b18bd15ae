//! The keys under `github:`: who we are there, which repositories are looked after, and what is said in them.

use super::SecretPlace;
use crate::github::Repository;
use crate::model::Person;
use crate::post::github::Ending;
use crate::service::pulls::Policy;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// No repository is asked more often for pull requests of which a delivery was missed.
const SHORTEST: Duration = Duration::from_secs(1);

/// GitHub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubSettings {
    /// Where its API is.
    #[serde(default = "api")]
    pub api: Url,
    /// Where repositories are fetched from, the name of one behind it.
    #[serde(default = "web")]
    pub web: Url,
    /// A directory of our own for bare copies of the repositories; made where there is none.
    pub directory: PathBuf,
    /// A fetch takes no longer.
    #[serde(default = "an_hour", deserialize_with = "super::settings::duration")]
    pub fetch_limit: Duration,
    /// Bytes that a fetch brings at most. The first one brings a whole history.
    #[serde(default = "eight_gib")]
    pub fetch_bytes: u64,
    /// The App that speaks.
    pub app: Option<AppSettings>,
    /// A personal token in place of an App: it can set commit statuses, and no check runs.
    pub token: Option<SecretPlace>,
    /// Secrets of the webhook; deliveries that one of them signed are taken, so that they can be changed in turn.
    #[serde(default)]
    pub webhook_secrets: Vec<SecretPlace>,
    /// The repositories, by `owner/name`.
    pub repositories: BTreeMap<String, GithubRepository>,
    /// The mail addresses behind logins. A review of whoever is not among them counts for nothing.
    #[serde(default)]
    pub identities: BTreeMap<String, Vec<String>>,
    /// How often open pull requests are looked through for what was missed.
    #[serde(
        default = "ten_minutes",
        deserialize_with = "super::settings::duration"
    )]
    pub every: Duration,
    /// What is said.
    #[serde(default)]
    pub say: SaySettings,
}

/// An App of GitHub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSettings {
    /// Its number.
    pub id: u64,
    /// Where its private key is, in PEM.
    pub key: SecretPlace,
}

/// A repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubRepository {
    /// A clone on this machine that lends its objects, so that they are not fetched again.
    pub lender: Option<PathBuf>,
    /// Revision whose names may no longer change, or `none`; else the last release before.
    pub released: Option<String>,
    /// Targets; those of `check` where none is named.
    #[serde(default)]
    pub targets: Vec<String>,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SaySettings {
    /// How the check runs end where something was not examined.
    pub not_examined: Block,
    /// How `uapi/verdict` ends where somebody has to judge a finding.
    pub review: Block,
    /// Whether there is a comment.
    pub comments: bool,
    /// Whether findings go to code scanning.
    pub sarif: bool,
}

/// Whether a required check lets a change through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// It does.
    Neutral,
    /// It does not, until somebody did something.
    ActionRequired,
    /// It does not.
    Failure,
}

impl Default for SaySettings {
    fn default() -> Self {
        Self {
            not_examined: Block::ActionRequired,
            review: Block::Neutral,
            comments: true,
            sarif: false,
        }
    }
}

impl Block {
    fn ending(self) -> Ending {
        match self {
            Self::Neutral => Ending::Neutral,
            Self::ActionRequired => Ending::ActionRequired,
            Self::Failure => Ending::Failure,
        }
    }
}

impl SaySettings {
    /// As those who decide know it.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            not_examined: self.not_examined.ending(),
            review: self.review.ending(),
            comments: self.comments,
            sarif: self.sarif,
        }
    }
}

/// Tells the first mistake.
pub(super) fn check(github: &GithubSettings) -> Result<(), String> {
    for (key, url) in [("api", &github.api), ("web", &github.web)] {
        let right = matches!(url.scheme(), "http" | "https" | "file");
        if !right || !url.username().is_empty() || url.password().is_some() {
            return Err(format!(
                "github.{key}: give https:// and a host, without name and password"
            ));
        }
    }
    match (&github.app, &github.token) {
        (Some(_), Some(_)) => {
            return Err("github: give one of `app` and `token`, not both".to_owned());
        }
        (None, None) => {
            return Err("github: say who speaks: an `app`, or a `token`".to_owned());
        }
        _ => {}
    }
    if github.every < SHORTEST {
        return Err("github.every: give 1s or longer; 10m is usual".to_owned());
    }
    repositories(&github.repositories)?;
    identities(&github.identities)
}

fn repositories(repositories: &BTreeMap<String, GithubRepository>) -> Result<(), String> {
    if repositories.is_empty() {
        return Err("github.repositories: name at least one, as owner/name".to_owned());
    }
    let mut names = BTreeSet::new();
    for (name, repository) in repositories {
        if Repository::parse(name).is_none() {
            return Err(format!("github.repositories: `{name}` is no owner/name"));
        }
        // GitHub takes names in any case, and has one repository for all of them.
        if !names.insert(name.to_lowercase()) {
            return Err(format!("github.repositories: `{name}` stands there twice"));
        }
        if let Some(lender) = repository.lender.as_ref().filter(|path| !path.is_dir()) {
            let lender = lender.display();
            return Err(format!(
                "github.repositories.{name}.lender: {lender} is no directory: give the one of a clone"
            ));
        }
    }
    Ok(())
}

fn identities(identities: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    for (login, addresses) in identities {
        if addresses.is_empty() {
            return Err(format!(
                "github.identities.{login}: give at least one mail address"
            ));
        }
        if let Some(wrong) = addresses.iter().find(|one| Person::parse(one).is_none()) {
            return Err(format!(
                "github.identities.{login}: `{wrong}` is no mail address"
            ));
        }
    }
    Ok(())
}

fn api() -> Url {
    Url::parse("https://api.github.com/").expect("it is an address")
}

fn web() -> Url {
    Url::parse("https://github.com/").expect("it is an address")
}

fn an_hour() -> Duration {
    Duration::from_secs(60 * 60)
}

fn eight_gib() -> u64 {
    8 << 30
}

fn ten_minutes() -> Duration {
    Duration::from_secs(10 * 60)
}

#[cfg(test)]
#[path = "github_tests.rs"]
mod tests;
