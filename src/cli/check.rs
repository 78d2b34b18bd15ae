//! The arguments of a check become a request to the pipeline, and its report output.

use super::args::{CacheArgs, CheckArgs, CompareArgs, DirsArgs, HeaderArgs, RunArgs, ToldArgs};
use super::failure::Failure;
use super::progress::Meter;
use super::{Io, cache, catalogue, outcome};
use crate::extract::pool::Options;
use crate::pipeline::{self, Engine, HeaderChoice, PipelineError, Progress, Request};
use crate::report::Report;
use crate::source::ReleaseChoice;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Longest time for one header: the slowest takes some hundred milliseconds.
const DEADLINE: Duration = Duration::from_secs(20);
/// Address space of one worker: libclang itself maps some 300 MiB.
const MEMORY_BYTES: u64 = 2 << 30;

/// Checks a range, writes the report, and gives the exit status.
pub fn run(args: &CheckArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let request = Request {
        repository: args.repo.clone(),
        range: args.range.clone(),
        released: released(args.released.as_deref()),
        thorough: args.run.thorough,
        ..request(&args.run.compare)?
    };
    let check = match args.per_commit {
        true => pipeline::check_per_commit,
        false => pipeline::check,
    };
    finish(
        |engine, progress| check(&request, engine, progress),
        &args.run,
        io,
    )
}

/// Checks two directories, likewise.
pub fn directories(args: &DirsArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let request = Request {
        directories: Some([args.old.clone(), args.new.clone()]),
        thorough: args.run.thorough,
        ..request(&args.run.compare)?
    };
    finish(
        |engine, progress| pipeline::check(&request, engine, progress),
        &args.run,
        io,
    )
}

/// What is the same for everything that compares, of the work tree where nothing else is said.
pub fn request(args: &CompareArgs) -> Result<Request, Failure> {
    Ok(Request {
        repository: ".".into(),
        range: None,
        targets: targets(&args.targets),
        released: ReleaseChoice::None,
        catalogue: catalogue::load(args.rules.as_deref())?,
        directories: None,
        thorough: false,
        headers: headers(&args.headers),
        said: Vec::new(),
        authority: None,
    })
}

/// What tells of a range against its last release.
pub fn request_of_range(range: &str, args: &ToldArgs) -> Result<Request, Failure> {
    Ok(Request {
        repository: args.repo.clone(),
        range: Some(range.to_owned()),
        released: ReleaseChoice::LastTag,
        ..request(&args.compare)?
    })
}

/// Runs one of the ways to check, writes the report, and gives the exit status.
pub fn finish(
    check: impl FnOnce(&Engine, &(dyn Fn(Progress) + Sync)) -> Result<Report, PipelineError>,
    args: &RunArgs,
    io: &mut Io<'_>,
) -> Result<u8, Failure> {
    let (engine, refused) = engine(args.compare.jobs, &args.compare.cache, io);
    let meter = Meter::new(io.progress && !args.quiet);
    let report = check(&engine, &|progress| meter.show(progress));
    drop(meter);
    if args.verbose {
        cache::tell_trouble(refused.as_deref(), &engine, io);
    }
    let report = report.map_err(failure)?;
    let status = std::thread::scope(|scope| {
        // The workers end while the report is written.
        scope.spawn(move || drop(engine));
        outcome::deliver(&report, args, io)
    });
    // Giving back the memory of a large report takes a while, and nobody has to wait for it.
    rayon::spawn(move || drop(report));
    status
}

/// Where the headers are, as far as the user says so.
pub fn headers(args: &HeaderArgs) -> HeaderChoice {
    HeaderChoice {
        layout: args.layout.clone(),
        root: args.root.clone(),
        base: args.base_headers.clone(),
    }
}

/// The engine that reads headers, which starts when it is first needed, and why it keeps nothing where it
/// does not.
pub fn engine(
    jobs: Option<NonZeroUsize>,
    cache: &CacheArgs,
    io: &Io<'_>,
) -> (Engine, Option<String>) {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok());
    let engine = Engine::new(Options {
        program: io.program.clone(),
        jobs: jobs.map_or(1, NonZeroUsize::get),
        deadline: DEADLINE,
        memory_bytes: MEMORY_BYTES,
    });
    match cache::open(cache, io) {
        Ok(store) => (engine.with_cache(store), None),
        Err(refused) => (engine, Some(refused)),
    }
}

/// What the pipeline says, as a failure of this program or a mistake of the user.
pub fn failure(error: PipelineError) -> Failure {
    if error.is_users_mistake() {
        Failure::mistake(error)
    } else {
        Failure::ours(error)
    }
}

/// `None` for all of them.
fn targets(names: &[String]) -> Option<Vec<String>> {
    let all = names.iter().any(|name| name == "all");
    (!all).then(|| names.to_vec())
}

/// What counts as released, as the user says it.
pub fn released(given: Option<&str>) -> ReleaseChoice {
    match given {
        None => ReleaseChoice::LastTag,
        Some("none") => ReleaseChoice::None,
        Some(revision) => ReleaseChoice::Revision(revision.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_among_the_targets_means_every_target() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(targets(&names(&["all"])), None);
        assert_eq!(targets(&names(&["i386", "all"])), None);
        assert_eq!(targets(&names(&["i386"])), Some(names(&["i386"])));
    }

    #[test]
    fn released_is_the_last_tag_unless_said_otherwise() {
        assert_eq!(released(None), ReleaseChoice::LastTag);
        assert_eq!(released(Some("none")), ReleaseChoice::None);
        assert_eq!(
            released(Some("v6.1")),
            ReleaseChoice::Revision("v6.1".into())
        );
    }
}
