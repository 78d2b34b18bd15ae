//! A source of the configuration becomes one that can be asked.

use super::config::{
    EpochSource, NntpSource, PatchworkSettings, RepositorySettings, Settings, SourceKind,
    SourceSettings,
};
use super::house;
use crate::follow::{
    Batch, Begin, BranchSettings, Branches, EpochSettings, Epochs, FollowError, Http, Maildir,
    Nntp, NntpSettings, PatchworkSource, Search, SearchSettings,
};
use crate::http::{Manners, Pace};
use crate::patchwork::{self, Account, Client, Token};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a fetch by git may take.
const FETCH: Duration = Duration::from_secs(30 * 60);
/// How long a newsgroup may send nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// A source that can be asked.
pub enum Source {
    /// A maildir.
    Maildir(Maildir),
    /// The search of a public-inbox.
    Search(Search),
    /// The git repositories of a public-inbox.
    Epochs(Epochs),
    /// A newsgroup.
    Nntp(Nntp),
    /// A Patchwork.
    Patchwork(PatchworkSource),
    /// Branches.
    Branches(Branches),
}

/// Why it could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct NotAsked {
    /// What went wrong.
    what: String,
    /// When to ask again at the earliest.
    pub again: Option<Duration>,
    /// Whether somebody has to mend something first.
    pub mistake: bool,
}

impl From<FollowError> for NotAsked {
    fn from(error: FollowError) -> Self {
        Self {
            what: error.to_string(),
            again: error.retry_after(),
            mistake: error.is_mistake(),
        }
    }
}

impl From<patchwork::Error> for NotAsked {
    fn from(error: patchwork::Error) -> Self {
        Self {
            what: error.to_string(),
            again: error.retry_after(),
            mistake: error.is_mistake(),
        }
    }
}

/// All sources of a configuration, and what others need of them.
#[derive(Default)]
pub struct Sources {
    /// In their order.
    pub all: Vec<Source>,
    /// Where checks are posted, by source.
    pub servers: BTreeMap<String, Arc<Client>>,
    /// Where the commits of branches are, by source.
    pub branches: BTreeMap<String, RepositorySettings>,
}

impl Sources {
    /// Prepares all sources; nobody is asked yet.
    ///
    /// # Errors
    ///
    /// A mistake in the settings, in one line.
    pub fn open(settings: &Settings) -> Result<Self, String> {
        let mut opened = Self::default();
        let manners = Manners::new(&settings.contact);
        // One for all: a host is asked no more often because several sources are on it.
        let http = Http::new(manners.clone()).map_err(|error| error.to_string())?;
        for source in &settings.sources {
            let added = opened.add(source, &manners, &http);
            added.map_err(|why| format!("the source {}: {why}", source.name))?;
        }
        Ok(opened)
    }

    fn add(
        &mut self,
        settings: &SourceSettings,
        manners: &Manners,
        http: &Http,
    ) -> Result<(), String> {
        let name = &settings.name;
        let since = house::now()
            - i64::try_from(settings.look_back.as_secs()).unwrap_or(i64::from(u32::MAX));
        let wrong = |error: FollowError| error.to_string();
        let kinds = settings.kinds();
        let Some(kind) = kinds.first() else {
            return Err("it has no kind".to_owned());
        };
        let source = match kind {
            SourceKind::Maildir(of) => Source::Maildir(Maildir::new(of.path.clone(), since)),
            SourceKind::Search(of) => {
                let mut search = SearchSettings::new(of.url.clone(), since);
                search.query = of.query.clone().unwrap_or(search.query);
                Source::Search(Search::new(http.clone(), search).map_err(wrong)?)
            }
            SourceKind::Epochs(of) => {
                let epochs = Epochs::new(http.clone(), epochs(of, since));
                Source::Epochs(epochs.map_err(wrong)?)
            }
            SourceKind::Nntp(of) => Source::Nntp(Nntp::new(nntp(of)).map_err(wrong)?),
            SourceKind::Branches(of) => {
                let branches = BranchSettings {
                    place: of.place.clone(),
                    directory: of.directory.clone(),
                    names: of.names.clone(),
                    base: of.base.clone(),
                    limit: FETCH,
                };
                let branches = Branches::new(manners, branches).map_err(wrong)?;
                let place = RepositorySettings {
                    path: branches.repository().to_owned(),
                    trees: BTreeMap::new(),
                    released: None,
                };
                self.branches.insert(name.clone(), place);
                Source::Branches(branches)
            }
            SourceKind::Patchwork(of) => {
                let client = client(of, &manners.contact)?;
                if of.user.is_some() {
                    self.servers.insert(name.clone(), Arc::clone(&client));
                }
                let source = PatchworkSource::new(client);
                Source::Patchwork(source.looking_back(settings.look_back))
            }
        };
        self.all.push(source);
        Ok(())
    }
}

fn epochs(of: &EpochSource, since: i64) -> EpochSettings {
    EpochSettings {
        place: of.place.clone(),
        directory: of.directory.clone(),
        begin: Begin::Since(since),
        limit: FETCH,
    }
}

fn nntp(of: &NntpSource) -> NntpSettings {
    NntpSettings {
        host: of.host.clone(),
        port: of.port.unwrap_or(if of.tls { 563 } else { 119 }),
        tls: of.tls,
        group: of.group.clone(),
        newest: of.newest,
        silence: SILENCE,
    }
}

fn client(of: &PatchworkSettings, contact: &str) -> Result<Arc<Client>, String> {
    let account = match (&of.user, &of.token) {
        (Some(user), Some(place)) => Some(Account {
            user: user.clone(),
            token: Token::new(&place.read()?).map_err(|error| error.to_string())?,
        }),
        _ => None,
    };
    let client = Client::new(patchwork::Settings {
        url: of.url.clone(),
        version: of.version,
        project: of.project.clone(),
        contact: contact.to_owned(),
        account,
        pace: Pace::default(),
    });
    client.map(Arc::new).map_err(|error| error.to_string())
}

impl Source {
    /// Asks for what came after a cursor.
    ///
    /// # Errors
    ///
    /// Why it could not be asked; the cursor stays good.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, NotAsked> {
        Ok(match self {
            Self::Maildir(source) => source.poll(cursor).await?,
            Self::Search(source) => source.poll(cursor).await?,
            Self::Epochs(source) => source.poll(cursor).await?,
            Self::Nntp(source) => source.poll(cursor).await?,
            Self::Patchwork(source) => source.poll(cursor).await?,
            Self::Branches(source) => source.poll(cursor).await?,
        })
    }
}
