//! The git repositories of a public-inbox (version 2: `git/0.git`, `git/1.git` and so on) become mails.
//!
//! Each commit has one mail, as the blob `m`; one with a `d` takes a mail out and is passed over. Only the last repository
//! grows, so that a place in one of them says where to go on. Next: `mirror`.

use super::error::FollowError;
use super::error::ours;
use super::http::Http;
use super::mirror::{Commit, Goal, Mirror};
use super::{Arrival, Batch, cursor};
use crate::git::{Git, check_place};
use crate::http::one_line;
use crate::mail::MAIL_LIMIT;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Commits of a batch at most.
const COMMITS: usize = 200;
/// Bytes of the mails of a batch, after which it ends.
const BYTES: usize = 16 << 20;
/// Bytes of the list of repositories at most; that of lore.kernel.org has a few million, for all of its lists.
const MANIFEST_LIMIT: usize = 64 << 20;

/// Where to begin at the first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// With so many mails.
    Newest(usize),
    /// With those that the archive has since then: seconds since 1970.
    Since(i64),
}

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochSettings {
    /// The address of the inbox, such as `https://lore.kernel.org/netdev`, or the path of its directory.
    pub place: String,
    /// A directory of ours for what is fetched, for this inbox alone.
    pub directory: PathBuf,
    /// Where to begin.
    pub begin: Begin,
    /// Fetching takes no longer.
    pub limit: Duration,
}

/// The repositories of an inbox that are followed.
#[derive(Debug)]
pub struct Epochs {
    http: Http,
    settings: EpochSettings,
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// The number of the repository.
    epoch: u64,
    /// The last commit of it that was looked at.
    after: Option<String>,
    /// The date of that one, or from when on there is something to look at; seconds since 1970.
    date: Option<i64>,
}

impl State {
    fn goal(&self) -> Goal {
        match (&self.after, self.date) {
            (Some(id), date) => Goal::After(id.clone(), date.unwrap_or(i64::MIN)),
            (None, Some(date)) => Goal::Since(date),
            (None, None) => Goal::Root,
        }
    }
}

impl Epochs {
    /// A source of these settings; asks nobody yet.
    ///
    /// # Errors
    ///
    /// Where the place is neither an address nor a whole path.
    pub fn new(http: Http, mut settings: EpochSettings) -> Result<Self, FollowError> {
        settings
            .place
            .truncate(settings.place.trim_end_matches('/').len());
        check_place(&settings.place)?;
        Ok(Self { http, settings })
    }

    /// What came after a cursor, or what the settings say to begin with.
    ///
    /// # Errors
    ///
    /// Where the inbox can't be reached or fetched, or the cursor is of another one.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, FollowError> {
        let place = &self.settings.place;
        let epochs = self.epochs().await?;
        let mut state = match cursor {
            Some(text) => cursor::read("epochs", place, text)?,
            None => self.begin(&epochs).await?,
        };
        let last = epochs.last().copied().unwrap_or_default();
        if state.epoch > last {
            let why = format!("it is in {}.git, and {last}.git is the last", state.epoch);
            return Err(FollowError::cursor(place, why));
        }
        let mut arrivals = Vec::new();
        let more = loop {
            let mirror = self.mirror(state.epoch);
            let commits = mirror.reach(&state.goal()).await?;
            let there = commits.len();
            let (looked, mails) = read(mirror, commits, COMMITS - arrivals.len()).await?;
            arrivals.extend(mails.into_iter().map(Arrival::Mail));
            let drained = looked.len() == there;
            if let Some(commit) = looked.into_iter().next_back() {
                state.after = Some(commit.id);
                state.date = Some(commit.date);
            }
            if !drained || state.epoch == last {
                break !drained;
            }
            let (after, date) = (None, None);
            state = State {
                epoch: state.epoch + 1,
                after,
                date,
            };
            if !arrivals.is_empty() {
                break true;
            }
        };
        let cursor = cursor::write("epochs", place, state)?;
        Ok(Batch {
            arrivals,
            cursor,
            more,
        })
    }

    /// Where to begin: in the last repository, or in earlier ones where it does not reach back far enough.
    async fn begin(&self, epochs: &BTreeSet<u64>) -> Result<State, FollowError> {
        let mut wanted = self.settings.begin;
        for epoch in epochs.iter().rev().copied() {
            let goal = match wanted {
                Begin::Newest(count) => Goal::Newest(count.max(1)),
                Begin::Since(time) => Goal::Since(time),
            };
            let mirror = self.mirror(epoch);
            let found = mirror.reach(&goal).await?;
            let is_first = epochs.first() == Some(&epoch);
            let enough = match &mut wanted {
                Begin::Newest(count) if found.len() < *count => {
                    *count -= found.len();
                    false
                }
                Begin::Newest(_) => true,
                // A repository that is here as a whole may begin later than what is asked for.
                Begin::Since(_) => mirror.directory.join("shallow").is_file(),
            };
            if enough || is_first {
                let date = match self.settings.begin {
                    Begin::Since(time) => Some(time),
                    Begin::Newest(_) => found.first().map(|commit| commit.date),
                };
                return Ok(State {
                    epoch,
                    after: None,
                    date,
                });
            }
        }
        let place = &self.settings.place;
        let what = format!("{place} has no git/0.git: is it an inbox of public-inbox, version 2?");
        Err(FollowError::Mistake(what))
    }

    fn mirror(&self, epoch: u64) -> Mirror {
        Mirror {
            git: Git {
                agent: self.http.agent().to_owned(),
                limit: self.settings.limit,
                login: None,
                room: None,
                lock: None,
            },
            url: format!("{}/git/{epoch}.git", self.settings.place),
            directory: self.settings.directory.join(format!("{epoch}.git")),
        }
    }

    /// The numbers of the repositories.
    async fn epochs(&self) -> Result<BTreeSet<u64>, FollowError> {
        let place = &self.settings.place;
        let names = match Url::parse(place) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => self.manifest(&url).await?,
            Ok(url) => {
                let what = format!(
                    "repositories of an inbox are listed over https only, not {}",
                    url.scheme()
                );
                return Err(FollowError::Mistake(what));
            }
            Err(_) => listed(place).await?,
        };
        let number = |name: &String| name.strip_suffix(".git")?.parse().ok();
        let mut epochs: BTreeSet<u64> = names.iter().filter_map(number).collect();
        if epochs.is_empty() {
            // An inbox that has no mail yet lists nothing, and will have a first one.
            epochs.insert(0);
        }
        Ok(epochs)
    }

    /// The names of the repositories, by the list that the inbox gives of them.
    async fn manifest(&self, inbox: &Url) -> Result<Vec<String>, FollowError> {
        let mut url = inbox.clone();
        url.set_path(&format!("{}/manifest.js.gz", inbox.path()));
        let place = &self.settings.place;
        let Some(text) = self.http.get(&url, MANIFEST_LIMIT).await? else {
            let what = format!("{place} has no manifest.js.gz: is it the address of an inbox?");
            return Err(FollowError::Mistake(what));
        };
        let manifest: Result<BTreeMap<String, serde::de::IgnoredAny>, _> =
            serde_json::from_slice(&text);
        let manifest = manifest.map_err(|error| FollowError::garbled(place, error))?;
        // The list may be of the whole server; its paths begin where the server thinks it stands.
        let name = inbox.path().rsplit('/').next().unwrap_or_default();
        let below = format!("/{name}/git/");
        let names = manifest.keys();
        let names = names.filter_map(|path| Some(path.rsplit_once(&below)?.1.to_owned()));
        Ok(names.collect())
    }
}

/// The names of the repositories below a directory.
async fn listed(place: &str) -> Result<Vec<String>, FollowError> {
    let missing = |error: std::io::Error| {
        FollowError::Mistake(format!(
            "{place}/git can't be read ({error}): give the directory of an inbox of version 2"
        ))
    };
    let mut entries = tokio::fs::read_dir(format!("{place}/git"))
        .await
        .map_err(missing)?;
    let mut names = Vec::new();
    while let Some(entry) = entries
        .next_entry()
        .await
        .map_err(|error| ours(place, &error))?
    {
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

/// The mails of some commits up to a bound, and the commits that were looked at.
async fn read(
    mirror: Mirror,
    commits: Vec<Commit>,
    most: usize,
) -> Result<(Vec<Commit>, Vec<Vec<u8>>), FollowError> {
    let read = tokio::task::spawn_blocking(move || {
        let git = git2::Repository::open_bare(&mirror.directory)?;
        let (mut looked, mut mails, mut bytes) = (Vec::new(), Vec::new(), 0);
        for commit in commits.into_iter().take(most) {
            if bytes >= BYTES {
                break;
            }
            if let Some(mail) = mail(&git, &commit)? {
                bytes += mail.len();
                mails.push(mail);
            }
            looked.push(commit);
        }
        Ok((looked, mails))
    });
    let read = read
        .await
        .map_err(|error| FollowError::Ours(error.to_string()))?;
    read.map_err(|error: git2::Error| {
        FollowError::Ours(format!(
            "a mirror can't be read: {}",
            one_line(error.message())
        ))
    })
}

/// The mail that a commit adds.
fn mail(git: &git2::Repository, commit: &Commit) -> Result<Option<Vec<u8>>, git2::Error> {
    let found = git.find_commit(git2::Oid::from_str(&commit.id)?)?;
    let tree = found.tree()?;
    let Some(entry) = tree.get_name("m") else {
        return Ok(None);
    };
    let (size, kind) = git.odb()?.read_header(entry.id())?;
    if size == 0 {
        // What is left of a mail that was purged.
        return Ok(None);
    }
    if kind != git2::ObjectType::Blob || size > MAIL_LIMIT {
        tracing::warn!(
            commit = commit.id,
            size,
            "a mail over the bound is left out"
        );
        return Ok(None);
    }
    Ok(Some(git.find_blob(entry.id())?.content().to_vec()))
}
