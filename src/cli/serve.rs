//! The arguments of `serve` and `worker` become a running service.

use super::args::ServeArgs;
use super::failure::Failure;
use super::follow::{block_on, log};
use super::{Io, cache, catalogue, check};
use crate::judge::Catalogue;
use crate::pipeline::Engine;
use crate::service::config::{self, Settings};
use crate::service::{self, End, Mode, Service};
use crate::web::{self, Parts, Web};
use tokio::net::TcpListener;

/// Serves, follows and works, and gives the exit status.
pub fn run(args: &ServeArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let (settings, catalogue, engine) = read(args, io)?;
    block_on(serve(settings, engine, catalogue))?;
    Ok(0)
}

/// Works alone, and gives the exit status.
pub fn work(args: &ServeArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let (settings, catalogue, engine) = read(args, io)?;
    let mode = Mode {
        worker: true,
        ..Mode::default()
    };
    block_on(service::start(settings, &mode, engine, catalogue))?;
    Ok(0)
}

fn read(args: &ServeArgs, io: &mut Io<'_>) -> Result<(Settings, Catalogue, Engine), Failure> {
    let settings = config::read(&args.config).map_err(Failure::mistake)?;
    let catalogue = catalogue::load(settings.check.rules.as_deref())?;
    log(args.quiet, args.verbose, &settings);
    let (engine, refused) = check::engine(args.jobs, &args.cache, io);
    cache::tell_trouble(refused.as_deref(), &engine, io);
    Ok((settings, catalogue, engine))
}

async fn serve(
    settings: Settings,
    engine: Engine,
    catalogue: Catalogue,
) -> Result<(), service::Failure> {
    let end = End::by_signal()?;
    let listener = listen(&settings).await?;
    let connections = settings.web.connections;
    let known = settings.clone();
    let service = Service::open(settings, &Mode::default(), engine, catalogue.clone()).await?;
    let parts = Parts {
        store: service.store(),
        catalogue,
        arrived: service.bell(),
        end: end.told(),
    };
    let web = Web::new(&known, parts).map_err(service::Failure::Mistake)?;
    let counting = tokio::spawn(web::sum_up());
    let serving = web::serve(listener, web::app(web), connections, end.told());
    let working = async {
        let done = service.run(end.told()).await;
        // Where the store failed for good, nothing is left to serve.
        end.tell();
        done
    };
    let ((), done) = tokio::join!(serving, working);
    counting.abort();
    done.map(drop)
}

async fn listen(settings: &Settings) -> Result<TcpListener, service::Failure> {
    let address = settings.web.listen;
    let bound = TcpListener::bind(address).await;
    let listener = bound.map_err(|error| {
        service::Failure::Mistake(format!(
            "web.listen: {address} can't be listened on ({error}): give another address or port"
        ))
    })?;
    // With port 0 the system chose one.
    tracing::info!("serving on http://{}", listener.local_addr()?);
    Ok(listener)
}
