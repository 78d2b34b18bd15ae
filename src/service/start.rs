//! Settings become a running service, which ends when it is done or told to.

use super::config::Settings;
use super::courier::Courier;
use super::house::House;
use super::run::{self, Summary};
use super::shelf::Shelf;
use super::sources::Sources;
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
    let sources = Sources::open(&settings).map_err(Failure::Mistake)?;
    let database = database(&settings, mode)?;
    let house = Arc::new(House {
        store: Store::open(&database).await?,
        engine: Arc::new(shared(engine, &settings)?),
        catalogue,
        courier: courier(&settings, mode, sources.servers)?,
        voice: writer::voice(&settings),
        own: writer::own(&settings),
        branches: sources.branches,
        arrived: Notify::new(),
        queued: Notify::new(),
        settings,
    });
    let sources = sources.all;
    let (tell, end) = watch::channel(false);
    let (mut term, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tracing::info!("following {} sources", sources.len());
    let asked = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: what was begun is finished first");
        // Nobody listens where all is done.
        let _ = tell.send(true);
        std::future::pending::<()>().await;
    };
    let working = async {
        match mode.once {
            true => tokio::select! {
                done = run::once(&house, &sources) => done,
                _ = wait(end) => Ok(Summary::default()),
            },
            false => run::follow(Arc::clone(&house), sources, end)
                .await
                .map(|()| Summary::default()),
        }
    };
    tokio::select! {
        done = working => Ok(done?),
        () = asked => unreachable!("it waits for ever"),
    }
}

async fn wait(mut end: watch::Receiver<bool>) {
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
        dry: mode.dry_run.is_some(),
    })
}
