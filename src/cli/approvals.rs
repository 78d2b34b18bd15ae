//! The arguments of `approvals` become who must agree with a change, as text or JSON.

use super::args::{ApprovalsArgs, HistoryFormat};
use super::failure::Failure;
use super::progress::Meter;
use super::{Io, check, outcome, output};
use crate::pipeline;
use crate::report::approvals;

/// Writes who must agree and gives the exit status.
pub fn run(args: &ApprovalsArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let request = check::request_of_range(&args.range, &args.told)?;
    let (engine, _) = check::engine(args.told.compare.jobs, &args.told.compare.cache, io);
    let meter = Meter::new(io.progress);
    let report = pipeline::check(&request, &engine, &|progress| meter.show(progress));
    drop(meter);
    let report = report.map_err(check::failure)?;
    if report.approvals.is_none() && !report.findings.is_empty() {
        return Err(Failure::mistake(format!(
            "{} is no kernel with a file MAINTAINERS, and nothing else says who must agree",
            report.base.name
        )));
    }
    let text = match args.told.format {
        HistoryFormat::Text => approvals::text(&report),
        HistoryFormat::Json => approvals::json(&report)
            .map_err(|error| Failure::ours(format!("approvals have no form in JSON: {error}")))?,
    };
    output::write(&text, args.told.compare.output.as_deref(), io)?;
    Ok(outcome::exit_code(&report, outcome::FailOn::Never))
}
