//! The arguments of `follow` become a running service.

use super::args::FollowArgs;
use super::failure::Failure;
use super::{Io, cache, catalogue, check};
use crate::service::config::{self, LogForm, Settings};
use crate::service::{self, Mode, Summary};
use std::io::IsTerminal;
use std::time::Duration;
use tracing_subscriber::filter::LevelFilter;

/// How long threads that are still at work are waited for at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Follows sources, and gives the exit status.
pub fn run(args: &FollowArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let settings = config::read(&args.config).map_err(Failure::mistake)?;
    let catalogue = catalogue::load(settings.check.rules.as_deref())?;
    log(args.quiet, args.verbose, &settings);
    let (engine, refused) = check::engine(args.jobs, &args.cache, io);
    cache::tell_trouble(refused.as_deref(), &engine, io);
    let mode = Mode {
        once: args.once,
        dry_run: args.dry_run.clone(),
        worker: false,
    };
    let summary = block_on(service::start(settings, &mode, engine, catalogue))?;
    if args.once {
        tell(&summary, io);
    }
    Ok(u8::from(summary.failed > 0) * super::COULD_NOT_RUN)
}

/// Runs something to its end, on threads of its own.
pub(super) fn block_on<T>(
    work: impl Future<Output = Result<T, service::Failure>>,
) -> Result<T, Failure> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::ours(format!("no threads: {error}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(PATIENCE);
    done.map_err(|failure| match failure.is_mistake() {
        true => Failure::mistake(failure),
        false => Failure::ours(failure),
    })
}

fn tell(summary: &Summary, io: &mut Io<'_>) {
    let Summary {
        mails,
        judged,
        sent,
        failed,
        waiting,
    } = summary;
    // Whoever closed it does not want to know.
    let _ = writeln!(
        io.err,
        "{mails} new mails, {judged} judged, {sent} sent, {waiting} to be tried again, {failed} failures"
    );
}

/// The log goes to standard error. It is set up once; a second time, as in tests, it stays as it is.
pub(super) fn log(quiet: bool, verbose: u8, settings: &Settings) {
    let level = match verbose {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let level = if quiet { LevelFilter::WARN } else { level };
    let filter = tracing_subscriber::filter::Targets::new()
        .with_target("uapi_check", level)
        .with_default(LevelFilter::WARN.min(level));
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let registry = tracing_subscriber::registry().with(filter);
    // Colours are for people; a journal or a file would keep their codes.
    let colours = std::io::stderr().is_terminal();
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    let _ = match settings.log {
        LogForm::Text => registry.with(layer.with_target(false)).try_init(),
        LogForm::Json => registry.with(layer.json()).try_init(),
    };
}
