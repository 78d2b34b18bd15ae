//! The arguments of a history become the life of every name of a range, as text or JSON.

use super::args::{HistoryArgs, HistoryFormat};
use super::failure::Failure;
use super::progress::Meter;
use super::{Io, check, output};
use crate::pipeline;
use crate::report::history;

/// Part of the history could not be examined.
const INCOMPLETE: u8 = 3;

/// Writes the history and gives the exit status.
pub fn run(args: &HistoryArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let request = check::request_of_range(&args.range, &args.told)?;
    let (engine, _) = check::engine(args.told.compare.jobs, &args.told.compare.cache, io);
    let meter = Meter::new(io.progress);
    let asked = args.subject.as_deref();
    let found = pipeline::history(&request, asked, &engine, &|progress| meter.show(progress));
    drop(meter);
    let found = found.map_err(check::failure)?;
    let text = match args.told.format {
        HistoryFormat::Text => history::text(&found),
        HistoryFormat::Json => history::json(&found)
            .map_err(|error| Failure::ours(format!("the history has no form in JSON: {error}")))?,
    };
    output::write(&text, args.told.compare.output.as_deref(), io)?;
    Ok(if found.not_read.is_empty() {
        0
    } else {
        INCOMPLETE
    })
}
