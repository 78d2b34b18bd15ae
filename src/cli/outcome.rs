//! A report becomes output and an exit status.

use super::args::{Color, Format, RunArgs};
use super::failure::Failure;
use super::{Io, output};
use crate::approve::{self, State};
use crate::judge::{Finding, Verdict};
use crate::report::{
    Conclusion, Report, annotations, html, json, junit, markdown, sarif, terminal,
};
use clap::ValueEnum;
use std::fmt::Display;

/// From which verdict on a finding fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Only what breaks programs
    Break,
    /// Also what a maintainer has to judge
    Review,
    /// Also designs that can't be repaired once released
    Lint,
    /// Nothing
    Never,
}

impl FailOn {
    fn holds(self, verdict: Verdict) -> bool {
        match self {
            Self::Break => verdict >= Verdict::Break,
            Self::Review => verdict >= Verdict::Review,
            Self::Lint => verdict >= Verdict::Lint,
            Self::Never => false,
        }
    }
}

/// The exit status of a run that gave this report: 1 for findings at or above `fail_on` (those of rules
/// in preview, waived ones, and those to be judged that all who own them agreed with never count), else 3
/// where part of the change was not examined, else 0.
pub fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    let standings = report.approvals.as_deref().unwrap_or_default();
    let counts = |finding: &&Finding| {
        let judged = finding.verdict == Verdict::Review && approve::agreed(finding, standings);
        !finding.preview && !judged && !report.waived.contains_key(&finding.fingerprint)
    };
    let mut counted = report.findings.iter().filter(counts);
    let undecided =
        report.conclusion == Conclusion::Undecided || report.gaps.iter().any(|gap| gap.in_change);
    let unseen = report
        .series
        .as_ref()
        .is_some_and(|series| !series.problems.is_empty());
    if counted.any(|finding| fail_on.holds(finding.verdict)) {
        1
    } else if undecided || unseen {
        3
    } else {
        0
    }
}

/// Whether somebody has still to agree, or nothing says who.
fn lacks_approval(report: &Report) -> bool {
    match &report.approvals {
        None => !report.findings.is_empty(),
        Some(standings) => standings
            .iter()
            .any(|standing| standing.state != State::Satisfied),
    }
}

/// Writes the report where the user wants it, and gives the exit status.
pub fn deliver(report: &Report, args: &RunArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let document = || json::document(report, args.all);
    let text = match args.format {
        Format::Text => terminal::render(report, &options(args, io)),
        Format::Markdown => markdown::render(report, args.all),
        Format::Json => json::render(report, args.all).map_err(formless)?,
        Format::Sarif => sarif::render(&document()).map_err(formless)?,
        Format::Junit => junit::render(&document()).map_err(formless)?,
        Format::Github => annotations::render(&document()),
        Format::Html => html::page(&document()).map_err(formless)?,
    };
    output::write(&text, args.compare.output.as_deref(), io)?;
    let unapproved = args.require_approvals && lacks_approval(report);
    Ok(match exit_code(report, args.fail_on) {
        // Whatever was not examined, this much is known.
        0 | 3 if unapproved => 1,
        code => code,
    })
}

fn formless(error: impl Display) -> Failure {
    Failure::ours(format!("the report can't be written in this form: {error}"))
}

fn options(args: &RunArgs, io: &Io<'_>) -> terminal::Options {
    let color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io.color && args.compare.output.is_none(),
    };
    terminal::Options {
        color,
        verbose: args.verbose,
        quiet: args.quiet,
        all: args.all,
        width: io.width,
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
