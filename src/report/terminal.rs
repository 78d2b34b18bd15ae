//! A report becomes text for people, in the manner of a compiler: findings, then a calm summary.
//!
//! Lines of the headers are shown from [`Report::sources`]; nothing is read here. Widths are in
//! columns. Next: `terminal/finding.rs` for one finding, `terminal/summary.rs` for what stands below.

mod finding;
mod summary;

use super::Report;
use crate::judge::{Finding, Verdict};
use rayon::prelude::*;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// With ANSI colours.
    pub color: bool,
    /// Witnesses, every gap and every dragged-along name, and the kinds of breakage unseen in full.
    pub verbose: bool,
    /// One line a finding and one for the conclusion.
    pub quiet: bool,
    /// `ok` findings too.
    pub all: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            verbose: false,
            quiet: false,
            all: false,
            width: 100,
        }
    }
}

/// Columns below which lines are too long rather than unreadable, and above which they tire the eye.
const NARROWEST: usize = 60;
const WIDEST: usize = 140;

/// The report as text; ends with a line break.
pub fn render(report: &Report, options: &Options) -> String {
    let options = &Options {
        width: options.width.clamp(NARROWEST, WIDEST),
        ..*options
    };
    let shown: Vec<&Finding> = shown(report, options).collect();
    let below = if options.quiet { "\n" } else { "\n\n" };
    let findings = shown
        .par_iter()
        .map(|finding| finding::render(report, finding, options) + below);
    let mut text: String = findings.collect();
    text.push_str(&summary::render(report, options));
    text
}

fn shown<'a>(report: &'a Report, options: &Options) -> impl Iterator<Item = &'a Finding> {
    let all = options.all;
    let findings = report.findings.iter();
    findings.filter(move |finding| all || finding.verdict != Verdict::Ok)
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
