//! The questions to a Patchwork, each an address, and their answers as `types`.

use super::error::Error;
use super::http::Http;
use super::link::{self, Next};
use super::settings::{Account, Settings, Version};
use super::types::{Check, Comment, Event, Mail, NewCheck, Patch, Project, Series};
use crate::http::Answer;
use reqwest::header::LINK;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use url::Url;

/// Entries of a page that are asked for, as many as servers give at most.
const PAGE: &str = "250";
/// Pages of one list at most.
const PAGES_LIMIT: usize = 40;

/// A Patchwork, and who asks it.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    http: Http,
    /// Whose the token turned out to be, where it is not the configured user's.
    other_user: OnceLock<String>,
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the list goes on.
    next: Option<Url>,
}

impl Client {
    /// Looks at the settings only; see [`Client::validate`].
    ///
    /// # Errors
    ///
    /// Where they can't work.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self {
            http: Http::new(&settings)?,
            settings,
            other_user: OnceLock::new(),
        })
    }

    /// Which version of the API is spoken.
    #[must_use]
    pub fn version(&self) -> Version {
        self.settings.version
    }

    /// Asks for the project, which also tries the token. To be done at start: a list that is asked for by a name that
    /// the server doesn't know is empty, and no error.
    ///
    /// # Errors
    ///
    /// A mistake where there is no such project, version or token; else why it could not be asked.
    pub async fn validate(&self) -> Result<Project, Error> {
        let Settings { project, url, .. } = &self.settings;
        let what = format!("the project {project} of {url}");
        match self.one(&what, &["projects", project]).await {
            Err(error) if error.is_absent() => {}
            Ok(Project { id: 0, .. }) => return Err(garbled(&what, "the project has no number")),
            other => return other,
        }
        let version = self.settings.version.as_str();
        let address = self.settings.address(&["projects"]);
        let lists = self.http.get("the projects", &address).await;
        let why = match lists {
            Err(error) if error.is_absent() => {
                format!("{url} is no Patchwork that speaks version {version} of the API")
            }
            _ => format!(
                "{url} has no project `{project}`: give what stands in the address of its page"
            ),
        };
        Err(Error::Mistake(why))
    }

    /// The last thing that happened in the project.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn newest_event(&self) -> Result<Option<Event>, Error> {
        let query = [("order", "-date"), ("per_page", "1")];
        let page = self.page("the newest event", &self.events(&query)).await?;
        Ok(page.items.into_iter().next())
    }

    /// What happened at a moment and since, oldest first; all that ever did where none is given. `since` is the `date` of
    /// an event as the server wrote it, never a time of ours: the server doesn't tell its zone.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn events_since(&self, since: Option<&str>) -> Result<Page<Event>, Error> {
        let mut query = vec![("order", "date"), ("per_page", PAGE)];
        query.extend(since.map(|since| ("since", since)));
        self.page("the events", &self.events(&query)).await
    }

    /// The page of events after one; `None` where that was the last.
    ///
    /// # Errors
    ///
    /// Why it could not be asked; [`Error::is_absent`] where the page is no longer there.
    pub async fn next_events(&self, page: &Page<Event>) -> Result<Option<Page<Event>>, Error> {
        match &page.next {
            Some(next) => self.page("the events", next).await.map(Some),
            None => Ok(None),
        }
    }

    fn events(&self, query: &[(&str, &str)]) -> Url {
        let mut url = self.settings.address(&["events"]);
        url.query_pairs_mut()
            .append_pair("project", &self.settings.project)
            .extend_pairs(query);
        url
    }

    /// A series.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn series(&self, id: u64) -> Result<Series, Error> {
        let what = format!("series {id}");
        let found: Series = self.one(&what, &["series", &id.to_string()]).await?;
        match found.id == id {
            true => Ok(found),
            false => Err(garbled(&what, "it is about another one")),
        }
    }

    /// A patch or a cover.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn mail(&self, mail: Mail) -> Result<Patch, Error> {
        let (kind, id) = mail.address();
        let what = mail.to_string();
        let found: Patch = self.one(&what, &[kind, &id]).await?;
        match found.id == mail.id() {
            true => Ok(found),
            false => Err(garbled(&what, "it is about another one")),
        }
    }

    /// What was answered to a patch or a cover, oldest first.
    ///
    /// # Errors
    ///
    /// Why it could not be asked, or that there are too many.
    pub async fn comments(&self, mail: Mail) -> Result<Vec<Comment>, Error> {
        let (kind, id) = mail.address();
        let what = format!("the comments of {mail}");
        let mut url = self.settings.address(&[kind, &id, "comments"]);
        url.query_pairs_mut().append_pair("per_page", PAGE);
        let mut found = Vec::new();
        let mut next = Some(url);
        for _ in 0..PAGES_LIMIT {
            let Some(url) = next.take() else {
                return Ok(found);
            };
            let page = self.page(&what, &url).await?;
            found.extend(page.items);
            next = page.next;
        }
        match next {
            None => Ok(found),
            Some(_) => Err(Error::Limit {
                what,
                bound: format!("{PAGES_LIMIT} pages of a list are the most"),
            }),
        }
    }

    /// The last check of ours in a context of a patch.
    ///
    /// # Errors
    ///
    /// Where there is no account, or why it could not be asked.
    pub async fn last_check(&self, patch: u64, context: &str) -> Result<Option<Check>, Error> {
        let user = &self.account()?.user;
        let what = format!("the checks of patch {patch}");
        let mut url = self.checks(patch);
        url.query_pairs_mut()
            .append_pair("context", context)
            .append_pair("user", user)
            .append_pair("order", "-date")
            .append_pair("per_page", "1");
        let page: Page<Check> = self.page(&what, &url).await?;
        let Some(last) = page.items.into_iter().next() else {
            return Ok(None);
        };
        let ours = last.context == context && last.user.username.eq_ignore_ascii_case(user);
        match ours {
            true => Ok(Some(last)),
            false => Err(garbled(&what, "others than those that were asked for")),
        }
    }

    /// Posts a check, without looking whether it is there; it can never be taken back. Tried once.
    ///
    /// # Errors
    ///
    /// Why it could not be posted. A mistake where the token is another user's: the check is there then, and no other is
    /// posted, since ours would not be found again.
    pub async fn post_check(&self, patch: u64, check: &NewCheck) -> Result<Check, Error> {
        let account = self.account()?;
        if let Some(other) = self.other_user.get() {
            return Err(wrong_user(account, other));
        }
        let what = format!("a check of patch {patch}");
        let answer = self.http.post(&what, &self.checks(patch), check).await;
        let posted: Check = match answer {
            Err(Error::Refused { status: 403, .. }) => {
                return Err(Error::Mistake(format!(
                    "{what}: `{}` may not post checks in the project {}: ask those who keep it",
                    account.user, self.settings.project
                )));
            }
            other => read(&what, &other?)?,
        };
        let other = &posted.user.username;
        if !other.eq_ignore_ascii_case(&account.user) {
            let other = self.other_user.get_or_init(|| other.clone());
            return Err(wrong_user(account, other));
        }
        Ok(posted)
    }

    /// Waits before something is tried again that failed `tried` times, the last time with `error`.
    ///
    /// # Errors
    ///
    /// That error, where trying again is no use.
    pub async fn pause(&self, tried: u32, error: Error) -> Result<(), Error> {
        self.http.pause(tried, error).await
    }

    fn checks(&self, patch: u64) -> Url {
        let parts = ["patches", &patch.to_string(), "checks"];
        self.settings.address(&parts)
    }

    fn account(&self) -> Result<&Account, Error> {
        let none = || Error::Mistake("checks need a user and a token of Patchwork".to_owned());
        self.settings.account.as_ref().ok_or_else(none)
    }

    async fn one<T: DeserializeOwned>(&self, what: &str, parts: &[&str]) -> Result<T, Error> {
        let url = self.settings.address(parts);
        read(what, &self.http.get(what, &url).await?)
    }

    async fn page<T: DeserializeOwned>(&self, what: &str, url: &Url) -> Result<Page<T>, Error> {
        let answer = self.http.get(what, url).await?;
        let next = match link::next(answer.header(&LINK), url) {
            Next::End => None,
            Next::At(next) => Some(next),
            Next::Elsewhere(other) => {
                let why = format!("its next page is at {}", other.escape_debug());
                return Err(garbled(what, &why));
            }
        };
        let items = read(what, &answer)?;
        Ok(Page { items, next })
    }
}

fn read<T: DeserializeOwned>(what: &str, answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|error| match error.is_eof() {
        true => Error::Unreachable {
            what: what.to_owned(),
            why: "the answer ends in the middle".to_owned(),
        },
        false => garbled(what, &error.to_string()),
    })
}

fn garbled(what: &str, why: &str) -> Error {
    Error::Garbled {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}

fn wrong_user(account: &Account, other: &str) -> Error {
    let (user, other) = (&account.user, other.escape_debug());
    Error::Mistake(format!(
        "the token of Patchwork is that of `{other}`, not of `{user}`: no check is posted, since it would not be found again"
    ))
}
