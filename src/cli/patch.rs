//! The arguments of `patch` become a series of patches, and the report of it output.

use super::args::PatchArgs;
use super::failure::Failure;
use super::{Io, check};
use crate::mail::{Mailbox, Series, Thread, To};
use crate::pipeline::{self, PatchSet, PipelineError, Request};
use crate::report::phrases;
use crate::source;

/// Mails that could not be read and are named.
const UNREAD_SHOWN: usize = 5;
/// Series that are named where there are several.
const SERIES_SHOWN: usize = 3;

/// Checks the patches in mails, writes the report, and gives the exit status.
pub fn run(args: &PatchArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let mailbox =
        source::mails(&args.mails).map_err(|error| check::failure(PipelineError::from(error)))?;
    let set = PatchSet {
        unread: unread(&mailbox),
        series: series(mailbox, args)?,
        base: args.base.clone(),
        trees: args.trees.clone(),
    };
    let request = Request {
        repository: args.repo.clone(),
        released: check::released(args.released.as_deref()),
        thorough: args.run.thorough,
        ..check::request(&args.run.compare)?
    };
    check::finish(
        |engine, progress| pipeline::check_patches(request, &set, engine, progress),
        &args.run,
        io,
    )
}

/// What was there and is over a bound. It may have been a patch of the series.
fn unread(mailbox: &Mailbox) -> Vec<String> {
    let refused = mailbox.refused.iter();
    let mut told: Vec<String> = refused
        .clone()
        .take(UNREAD_SHOWN)
        .map(|(at, why)| format!("mail {at} was not read: {why}"))
        .collect();
    if mailbox.refused.len() > UNREAD_SHOWN {
        told.push(format!(
            "{} more mails were not read",
            mailbox.refused.len() - UNREAD_SHOWN
        ));
    }
    told
}

/// The series that is in some mails.
fn series(mailbox: Mailbox, args: &PatchArgs) -> Result<Series, Failure> {
    let place = match args.mails.as_str() {
        "-" => "standard input",
        place => place,
    };
    let of = |thread: &Thread| {
        let series = thread.series(args.series_version);
        series.map_err(|error| Failure::mistake(format!("{place}: {error}")))
    };
    let threads = mailbox.threads();
    if let [thread] = &threads[..] {
        return of(thread);
    }
    let all: Vec<Series> = threads.iter().map(of).collect::<Result<_, _>>()?;
    stacked(all).map_err(|all| several(place, &all))
}

/// Single patches that do not count each other, as `git format-patch -N` writes them: one on top of the other.
fn stacked(all: Vec<Series>) -> Result<Series, Vec<Series>> {
    let single = |series: &Series| series.expected <= 1 && series.cover.is_none();
    if all.is_empty() || !all.iter().all(single) {
        return Err(all);
    }
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut whole: Option<Series> = None;
    for (position, mut series) in (1..).zip(all) {
        for patch in &mut series.patches {
            (patch.position, patch.of) = (position, count);
        }
        for reply in &mut series.replies {
            reply.to = To::Patch(position);
        }
        match &mut whole {
            None => whole = Some(series),
            Some(whole) => {
                whole.patches.append(&mut series.patches);
                whole.replies.append(&mut series.replies);
            }
        }
    }
    let whole = whole.map(|whole| Series {
        expected: count,
        ..whole
    });
    whole.ok_or_else(Vec::new)
}

fn several(place: &str, all: &[Series]) -> Failure {
    let title = |series: &Series| {
        let first = series.patches.first();
        let of_patch =
            first.map(|patch| patch.message.lines().next().unwrap_or_default().to_owned());
        let cover = series.cover.as_ref().map(|cover| cover.title.clone());
        cover.or(of_patch).unwrap_or_default()
    };
    let titles: Vec<String> = all
        .iter()
        .map(|series| format!("`{}`", title(series)))
        .collect();
    Failure::mistake(format!(
        "{place} has {} series ({}): give one of them at a time",
        all.len(),
        phrases::list(&titles, SERIES_SHOWN)
    ))
}
