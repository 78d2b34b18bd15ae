//! What stands below the findings: counts, what was examined, gaps, what no header shows, conclusion.

use super::Options;
use crate::judge::Verdict;
use crate::model::Gap;
use crate::report::unseen::UNSEEN;
use crate::report::{CacheUse, Conclusion, PatchVerdict, Report};
use crate::report::{Counts, phrases};
use anstyle::{AnsiColor, Style};

/// Gaps of the change that are listed without `verbose`.
const GAPS_SHOWN: usize = 12;
/// Sections that are listed without `verbose`.
const APPROVALS_SHOWN: usize = 8;
/// Patches that are listed without `verbose`.
const PATCHES_SHOWN: usize = 20;
/// Columns that a continuation line is indented by.
const INDENT: &str = "  ";

/// The summary; ends with a line break.
pub fn render(report: &Report, options: &Options) -> String {
    let mut text = Text::new(options);
    if !options.quiet {
        overview(report, &mut text);
        series(report, &mut text);
        walk(report, &mut text);
        approvals(report, &mut text);
        gaps(report, &mut text);
        unseen(&mut text);
    }
    let (word, style) = conclusion(report.conclusion);
    let reason = phrases::conclusion_reason(report);
    text.line(&format!("{}: {reason}", text.styled(word, style)));
    text.text
}

/// Lines under construction.
struct Text<'a> {
    text: String,
    options: &'a Options,
}

impl<'a> Text<'a> {
    fn new(options: &'a Options) -> Self {
        let text = String::new();
        Self { text, options }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A heading, and text that runs on below it.
    fn paragraph(&mut self, heading: &str, body: &str) {
        let width = self.options.width.saturating_sub(INDENT.len());
        let whole = format!("{heading}: {body}");
        for (number, line) in phrases::wrap(&whole, width).iter().enumerate() {
            let rest = line.strip_prefix(heading).filter(|_| number == 0);
            match rest {
                Some(rest) => {
                    let bold = self.styled(heading, Style::new().bold());
                    self.line(&format!("{bold}{rest}"));
                }
                None => self.line(&format!("{INDENT}{line}")),
            }
        }
    }

    fn item(&mut self, item: &str) {
        let width = self.options.width.saturating_sub(2 * INDENT.len());
        for (number, line) in phrases::wrap(item, width).iter().enumerate() {
            let indent = if number == 0 { "- " } else { INDENT };
            self.line(&format!("{INDENT}{indent}{line}"));
        }
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.options.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

fn overview(report: &Report, text: &mut Text<'_>) {
    let counts = Counts::of(&report.findings);
    let hidden = report.findings.iter().any(|f| f.verdict == Verdict::Ok) && !text.options.all;
    let more = if hidden {
        " (--all lists these too)"
    } else {
        ""
    };
    text.paragraph("Compared", &phrases::compared(report));
    text.paragraph("Found", &format!("{}{more}", counts.sentence()));
    text.paragraph("Examined", &phrases::examined(report));
    for (target, reason) in &report.examined.targets_left_out {
        let left_out = format!(
            "{} left out: {}",
            phrases::clean(target),
            phrases::clean(reason)
        );
        text.item(&left_out);
    }
    for note in &report.notes {
        text.paragraph("Note", &phrases::clean(note));
    }
    if text.options.verbose {
        let libclang = match report.libclang.as_str() {
            "" => "not needed",
            version => version,
        };
        let timing = &report.timing;
        let CacheUse { hits, misses } = timing.cache;
        let cached = match hits + misses {
            0 => String::new(),
            all => format!("; {hits} of {all} in the cache"),
        };
        text.paragraph(
            "Run",
            &format!(
                "libclang {libclang}; {} ms (tree {}, extract {}, diff {}, judge {}, approve {}){cached}",
                timing.total, timing.tree, timing.extract, timing.diff, timing.judge,
                timing.approve
            ),
        );
        let sandbox = phrases::sandbox(&report.sandbox);
        text.paragraph("Sandbox", &phrases::clean(&sandbox));
    }
}

fn series(report: &Report, text: &mut Text<'_>) {
    let Some(series) = &report.series else { return };
    text.paragraph("Base", &phrases::base(report, series));
    text.paragraph("Patches", "each against the one before it");
    // Of a long series, what is of interest.
    let all = text.options.verbose || series.patches.len() <= PATCHES_SHOWN;
    let of_interest = |patch: &&PatchVerdict| all || patch.conclusion != Conclusion::Pass;
    let mut left = series.patches.len();
    let most = if all { usize::MAX } else { PATCHES_SHOWN };
    for patch in series.patches.iter().filter(of_interest).take(most) {
        text.item(&phrases::patch_verdict(patch));
        left -= 1;
    }
    if left > 0 {
        text.item(&format!("and {left} more (-v lists them)"));
    }
    if !series.problems.is_empty() {
        text.paragraph("Not examined of the series", "");
        for problem in &series.problems {
            text.item(&phrases::clean(problem));
        }
    }
}

fn walk(report: &Report, text: &mut Text<'_>) {
    let Some(walk) = &report.walk else { return };
    text.paragraph("Commits", &phrases::walked(walk));
    if !walk.taken_back.is_empty() {
        text.paragraph(
            "Within the range",
            "taken back by a later commit, so it counts for nothing; whoever bisects will meet it",
        );
    }
    for taken in &walk.taken_back {
        text.item(&phrases::taken_back(report, taken));
    }
}

fn approvals(report: &Report, text: &mut Text<'_>) {
    let standings = report.approvals.as_deref().unwrap_or_default();
    if standings.is_empty() {
        return;
    }
    text.paragraph("Who must agree", &phrases::standings(standings));
    let most = if text.options.verbose {
        standings.len()
    } else {
        APPROVALS_SHOWN
    };
    for standing in standings.iter().take(most) {
        text.item(&phrases::standing(standing));
    }
    if standings.len() > most {
        let more = standings.len() - most;
        text.item(&format!(
            "and {more} more (`uapi-check approvals` lists them)"
        ));
    }
    if !report.copy_to.is_empty() {
        text.item(&format!("send it to {}", phrases::list(&report.copy_to, 8)));
    }
}

fn gaps(report: &Report, text: &mut Text<'_>) {
    let (in_change, before): (Vec<&Gap>, Vec<&Gap>) =
        report.gaps.iter().partition(|gap| gap.in_change);
    let targets = &report.examined.targets;
    if !in_change.is_empty() {
        let parts = phrases::count(in_change.len(), "part");
        text.paragraph("Not read", &format!("{parts} of the change"));
        let most = if text.options.verbose {
            in_change.len()
        } else {
            GAPS_SHOWN
        };
        for gap in in_change.iter().take(most) {
            text.item(&phrases::gap(gap, targets));
        }
        if in_change.len() > most {
            text.item(&format!(
                "and {} more (-v lists them)",
                in_change.len() - most
            ));
        }
    }
    if !before.is_empty() {
        let more = if text.options.verbose {
            ""
        } else {
            " (-v lists them)"
        };
        let parts = phrases::count(before.len(), "part");
        let body = format!("{parts} that the change does not touch{more}");
        text.paragraph("Unreadable", &body);
        for gap in before.iter().filter(|_| text.options.verbose) {
            text.item(&phrases::gap(gap, targets));
        }
    }
}

fn unseen(text: &mut Text<'_>) {
    let heading = "Not examined, for no header shows it";
    if text.options.verbose {
        text.paragraph(heading, "");
        for entry in UNSEEN {
            text.item(&format!("{}: {}", entry.id, entry.what));
        }
    } else {
        let short: Vec<&str> = UNSEEN.iter().map(|entry| entry.short).collect();
        text.paragraph(heading, &short.join("; "));
    }
}

fn conclusion(conclusion: Conclusion) -> (&'static str, Style) {
    let color = match conclusion {
        Conclusion::Pass => AnsiColor::Green,
        Conclusion::Fail => AnsiColor::Red,
        Conclusion::NeedsApproval | Conclusion::Undecided => AnsiColor::Yellow,
    };
    let style = Style::new().fg_color(Some(color.into())).bold();
    (phrases::conclusion_word(conclusion), style)
}
