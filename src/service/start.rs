//! Settings become a running service, which ends when it is done or told to.

use super::config::Settings;
use super::courier::Courier;
use super::house::House;
use super::pulls::Github;
use super::run::{self, Summary};
use super::shelf::Shelf;
use super::sources::{Source, Sources};
use super::writer;
use crate::judge::Catalogue;
use crate::patchwork::Client;
use crate::pipeline::Engine;
use crate::post::mail::{self, Mailer};
use crate::store::{Database, Store, StoreError};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};

/// How it runs.
#[derive(Debug, Clone, Default)]
pub struct Mode {
    /// Whether it ends when nothing is left to do.
    pub once: bool,
    /// A directory for what would be sent, and for a database of its own; nothing leaves the house.
    pub dry_run: Option<PathBuf>,
    /// Whether it asks no sources, and does only what is in the store.
    pub worker: bool,
}

/// Why it could not run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mistake in the configuration.
    #[error("{0}")]
    Mistake(String),
    /// The system.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Failure {
    /// Whether whoever runs it can mend it by asking for something else.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        match self {
            Self::Store(error) => error.is_mistake(),
            Self::Mistake(_) => true,
            Self::System(_) => false,
        }
    }
}

/// Runs the service until it is done, or told to end by SIGTERM or SIGINT.
///
/// # Errors
///
/// Where the settings don't fit the world, or the store fails.
pub async fn start(
    settings: Settings,
    mode: &Mode,
    engine: Engine,
    catalogue: Catalogue,
) -> Result<Summary, Failure> {
    let service = Service::open(settings, mode, engine, catalogue).await?;
    service.run(End::by_signal()?.told()).await
}

/// Says to all parts of a process that it ends.
#[derive(Debug, Clone)]
pub struct End(Arc<watch::Sender<bool>>);

impl End {
    /// An end that SIGTERM and SIGINT bring.
    ///
    /// # Errors
    ///
    /// Where the system lets nobody hear of signals.
    pub fn by_signal() -> Result<Self, Failure> {
        let (mut term, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let end = Self(Arc::new(watch::Sender::new(false)));
        let own = end.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("ending: what was begun is finished first");
            own.tell();
        });
        Ok(end)
    }

    /// What becomes true at the end.
    #[must_use]
    pub fn told(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Brings it.
    pub fn tell(&self) {
        self.0.send_replace(true);
    }
}

/// The service, ready to run.
pub struct Service {
    house: Arc<House>,
    sources: Vec<Source>,
    once: bool,
    asks: bool,
}

impl Service {
    /// Opens everything that the settings name.
    ///
    /// # Errors
    ///
    /// Where they don't fit the world, or the store fails.
    pub async fn open(
        settings: Settings,
        mode: &Mode,
        engine: Engine,
        catalogue: Catalogue,
    ) -> Result<Self, Failure> {
        let sources = Sources::open(&settings).map_err(Failure::Mistake)?;
        let database = database(&settings, mode)?;
        let public = settings.web.public_url.clone();
        let github = Github::open(&settings, public).map_err(Failure::Mistake)?;
        let speaker = github.as_ref().map(|github| github.client.clone());
        let house = Arc::new(House {
            store: Arc::new(Store::open(&database).await?),
            engine: Arc::new(shared(engine, &settings)?),
            catalogue,
            courier: Courier {
                github: speaker,
                ..courier(&settings, mode, sources.servers)?
            },
            github,
            voice: writer::voice(&settings),
            own: writer::own(&settings),
            branches: sources.branches,
            arrived: Arc::new(Notify::new()),
            queued: Notify::new(),
            settings,
        });
        let asks = !mode.worker && (house.github.is_some() || !sources.all.is_empty());
        Ok(Self {
            house,
            sources: if mode.worker { Vec::new() } else { sources.all },
            once: mode.once,
            asks,
        })
    }

    /// What outlives the process.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.house.store)
    }

    /// Rung by whoever puts something into the store that is to be looked at.
    #[must_use]
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.house.arrived)
    }

    /// Runs until all is done, or `end` says so.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub async fn run(self, end: watch::Receiver<bool>) -> Result<Summary, Failure> {
        let Self {
            house,
            sources,
            once,
            asks,
        } = self;
        tracing::info!("following {} sources", sources.len());
        if once {
            return tokio::select! {
                done = run::once(&house, &sources) => Ok(done?),
                () = wait(end) => Ok(Summary::default()),
            };
        }
        run::follow(house, (sources, asks), end).await?;
        Ok(Summary::default())
    }
}

async fn wait(mut end: watch::Receiver<bool>) {
    // Whoever could say so is gone: that is an end, too.
    let _ = end.wait_for(|end| *end).await;
}

/// The engine, with the cache that other machines use, too, where there is one.
fn shared(engine: Engine, settings: &Settings) -> Result<Engine, Failure> {
    match &settings.cache {
        None => Ok(engine),
        Some(cache) => {
            let shelf = Shelf::open(&cache.url).map_err(Failure::Mistake)?;
            Ok(engine.sharing(Arc::new(shelf)))
        }
    }
}

/// Where the database is. A dry run has one of its own: what it would have sent is not sent.
fn database(settings: &Settings, mode: &Mode) -> Result<Database, Failure> {
    match &mode.dry_run {
        None => settings.database().map_err(Failure::Mistake),
        Some(place) if place.is_dir() => Ok(Database::File(place.join("follow.db"))),
        Some(place) => Err(Failure::Mistake(format!(
            "{} is no directory: make it first",
            place.display()
        ))),
    }
}

/// Who delivers.
fn courier(
    settings: &Settings,
    mode: &Mode,
    servers: BTreeMap<String, Arc<Client>>,
) -> Result<Courier, Failure> {
    let way = match &mode.dry_run {
        Some(place) => Some(mail::Settings::Directory {
            path: place.clone(),
        }),
        None => settings.delivery.clone(),
    };
    let bounce = settings.reply.as_ref().map(writer::bounce);
    let mailer = match (&way, bounce) {
        (Some(way), Some(bounce)) => Some(Mailer::new(way, &bounce)),
        _ => None,
    };
    let mailer = mailer.transpose();
    Ok(Courier {
        mailer: mailer.map_err(|error| Failure::Mistake(format!("delivery: {error}")))?,
        once: matches!(way, Some(mail::Settings::Directory { .. })),
        servers,
        github: None,
        dry: mode.dry_run.is_some(),
    })
}
