//! The JSON document of a run becomes workflow commands, which GitHub Actions shows beside the lines of a change.
//!
//! A command is a line; what would end a value or the line is escaped as the runner's own toolkit does it
//! (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>), and every other line that is written
//! begins with a word of ours. No text of a header can therefore become a command.

use super::json::{Document, Entry};
use super::phrases::{self, clean};
use crate::judge::Verdict;
use crate::model::Side;

/// Most commands. GitHub shows ten errors, ten warnings and ten notices of a step.
const MOST: usize = 200;
/// Characters of one message.
const LONGEST: usize = 2000;

/// The commands, the gravest first, and one line that says what the run comes to.
pub fn render(document: &Document) -> String {
    let mut text = String::new();
    let told = |entry: &&Entry| entry.verdict != Verdict::Ok && entry.waived.is_none();
    let findings: Vec<&Entry> = document.findings.iter().filter(told).collect();
    for entry in findings.iter().take(MOST) {
        text.push_str(&finding(entry));
    }
    let problems = document.series.iter().flat_map(|series| &series.problems);
    for problem in problems.take(MOST) {
        text.push_str(&command(
            "error",
            &[("title", "uapi-check: not examined")],
            problem,
        ));
    }
    let gaps = document.gaps.iter().filter(|gap| gap.in_change);
    for gap in gaps.take(MOST) {
        let line = format!(
            "Of the change, this could not be read: {}",
            super::html::gap(gap)
        );
        text.push_str(&command(
            "warning",
            &[("title", "uapi-check: not examined")],
            &line,
        ));
    }
    let left_out = match findings.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("; {more} more findings are not shown here"),
    };
    text.push_str(&format!(
        "uapi-check: {}: {}; {}{left_out}\n",
        phrases::conclusion_word(document.conclusion),
        clean(&super::html::reason(document)),
        document.summary.sentence()
    ));
    text
}

fn finding(entry: &Entry) -> String {
    let level = match entry.verdict {
        _ if entry.preview => "notice",
        Verdict::Break => "error",
        Verdict::Review => "warning",
        Verdict::Lint | Verdict::Ok => "notice",
    };
    let title = format!("{} [{}]", phrases::verdict(entry.verdict), entry.rule);
    let mut properties = Vec::new();
    if let Some(path) = &entry.path {
        properties.push(("file", path.clone()));
    }
    let after = entry.line.filter(|_| entry.side == Some(Side::After));
    if let Some(line) = after {
        properties.push(("line", line.to_string()));
    }
    properties.push(("title", title));
    let before = match (entry.side, entry.line) {
        (Some(Side::Before), Some(line)) => format!("\nIt stood in line {line} before."),
        _ => String::new(),
    };
    let properties: Vec<(&str, &str)> = properties
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let message = format!("{}\n{}{before}", clean(&entry.message), clean(&entry.why));
    command(level, &properties, &message)
}

fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", property(value)))
        .collect();
    let message = phrases::cut(message, LONGEST);
    format!("::{name} {}::{}\n", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    clean(text)
        .replace('%', "%25")
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
#[path = "annotations_tests.rs"]
mod tests;
