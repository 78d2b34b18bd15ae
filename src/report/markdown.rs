//! A report becomes a comment on a pull request: summary, table, folded details.
//!
//! Names come out of a patch that anyone may have sent, so they stand in code spans, and sentences are
//! escaped: no markup, no link and no mention can come from them (`markdown/escape.rs`). The text
//! stays below GitHub's limit for a comment and says how much of it is missing.

mod escape;

use super::unseen::UNSEEN;
use super::{Conclusion, Report};
use super::{Counts, phrases};
use crate::judge::{Finding, Verdict};
use escape::block;
pub use escape::{code, prose};

/// GitHub takes 65536 characters a comment; counting bytes stays on the safe side. The parts below
/// share it: half for the table, what is left over for the details.
const MOST_BYTES: usize = 65_535;
const GAPS_BYTES: usize = 12_000;
const NOTES_BYTES: usize = 4_000;
/// Rows of the table.
const MOST_ROWS: usize = 60;
/// Gaps of the change, and notes, that are listed.
const MOST_GAPS: usize = 40;
/// Characters of one name or sentence.
const LONGEST: usize = 300;

/// The report as Markdown, less than 65536 bytes long. `ok` findings are in it with `all`.
pub fn render(report: &Report, all: bool) -> String {
    within(report, all, MOST_BYTES)
}

/// The same in at most so many bytes, where what is said of the run as a whole leaves room for findings.
pub fn within(report: &Report, all: bool, most: usize) -> String {
    let findings = report.findings.iter();
    let shown: Vec<&Finding> = findings
        .filter(|finding| all || finding.verdict != Verdict::Ok)
        .collect();
    let start = head(report) + &table(report, &shown, most / 2);
    let end = end(report);
    let room = most.saturating_sub(start.len() + end.len());
    let details = shown.iter().map(|finding| details(report, finding));
    start + &fitting(details, usize::MAX, room) + &end
}

/// As many of the pieces as fit, in their order, and how many are missing.
fn fitting(pieces: impl IntoIterator<Item = String>, most: usize, bytes: usize) -> String {
    // Room for the line that says how many are missing.
    let room = bytes.saturating_sub(60);
    let mut text = String::new();
    let (mut taken, mut missing) = (0, 0);
    for piece in pieces {
        if missing > 0 || taken == most || text.len() + piece.len() > room {
            missing += 1;
        } else {
            text.push_str(&piece);
            taken += 1;
        }
    }
    match missing {
        0 => text,
        missing => format!("{text}\n{missing} more not shown.\n"),
    }
}

fn head(report: &Report) -> String {
    let counts = Counts::of(&report.findings);
    format!(
        "**uapi-check: {}**: {}.\n\n{}. Compared {}.\n",
        phrases::conclusion_word(report.conclusion),
        prose(&phrases::conclusion_reason(report), LONGEST),
        counts.sentence(),
        prose(&phrases::compared(report), LONGEST),
    )
}

fn table(report: &Report, findings: &[&Finding], bytes: usize) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let rows = findings.iter().map(|finding| row(report, finding));
    let rows = fitting(rows, MOST_ROWS, bytes);
    format!("\n| | What | Where | Who breaks | Targets |\n|---|---|---|---|---|\n{rows}\n")
}

fn row(report: &Report, finding: &Finding) -> String {
    let breaks = finding.breaks.map(phrases::who).unwrap_or_default();
    let cells = [
        format!("**{}**", label(finding)),
        prose(&finding.message, LONGEST),
        code(&phrases::location(report, finding), LONGEST),
        breaks.to_owned(),
        prose(&phrases::targets(finding), LONGEST),
    ];
    // A bar ends a cell even inside a code span, unless a backslash stands before it.
    let cells = cells.map(|cell| escape::bars(&cell));
    format!("| {} |\n", cells.join(" | "))
}

fn label(finding: &Finding) -> String {
    let verdict = phrases::verdict(finding.verdict);
    match finding.preview {
        true => format!("{verdict} (preview)"),
        false => verdict.to_owned(),
    }
}

fn details(report: &Report, finding: &Finding) -> String {
    let title = escape::html(&subject(finding), LONGEST);
    let mut text = format!(
        "<details><summary>{}: {title}</summary>\n\n",
        label(finding)
    );
    for (name, body) in notes(report, finding) {
        if !body.is_empty() {
            text.push_str(&format!("- {name}: {body}\n"));
        }
    }
    if let Some(witness) = &finding.witness {
        let state = phrases::witness(witness);
        let block = block(&witness.code);
        text.push_str(&format!("- witness, which {state}:\n\n{block}"));
    }
    text + "\n</details>\n"
}

/// Names and already escaped texts of what is known about a finding.
fn notes(report: &Report, finding: &Finding) -> Vec<(String, String)> {
    let values = |before, after| {
        let (before, after) = phrases::difference(before, after);
        (prose(&before, LONGEST), prose(&after, LONGEST))
    };
    let (before, after) = values(&finding.before, &finding.after);
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let mut notes = vec![
        ("rule", code(&finding.rule, LONGEST)),
        ("id", code(&finding.fingerprint, LONGEST)),
        ("where", code(&phrases::location(report, finding), LONGEST)),
        ("before", before),
        ("after", after),
        ("why", prose(&finding.why, 2 * LONGEST)),
        (
            "commit",
            phrases::origin(report, finding).map_or_else(String::new, |commit| {
                prose(&phrases::commit(report, commit), LONGEST)
            }),
        ),
        ("waived", prose(&phrases::waived(report, finding), LONGEST)),
        ("drags along", affects(&finding.affects)),
        (
            "would settle it",
            prose(&text(&finding.evidence_wanted), 2 * LONGEST),
        ),
        ("see", code(&text(&finding.see), LONGEST)),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect::<Vec<_>>();
    notes.extend(finding.variants.iter().map(|variant| {
        let (before, after) = values(&variant.before, &variant.after);
        let targets = prose(&phrases::list(&variant.targets, 12), LONGEST);
        (
            format!("on {targets}"),
            format!("before: {before}; after: {after}"),
        )
    }));
    notes
}

fn affects(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(20).map(|name| code(name, 120)).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn subject(finding: &Finding) -> String {
    match finding.member.as_str() {
        "" => finding.subject.clone(),
        member => format!("{}.{member}", finding.subject),
    }
}

/// What was examined, what could not be read, what no header shows.
fn end(report: &Report) -> String {
    let mut text = format!(
        "\nExamined: {}.\n",
        prose(&phrases::examined(report), 2 * LONGEST)
    );
    let left_out = report.examined.targets_left_out.iter();
    let left_out = left_out.map(|(target, reason)| {
        format!(
            "\nLeft out: {}: {}.\n",
            prose(target, 60),
            prose(reason, LONGEST)
        )
    });
    text.push_str(&fitting(left_out, MOST_GAPS, NOTES_BYTES));
    let notes = report.notes.iter();
    let notes = notes.map(|note| format!("\nNote: {}\n", prose(note, LONGEST)));
    text.push_str(&fitting(notes, MOST_GAPS, NOTES_BYTES));
    text.push_str(&series(report));
    text.push_str(&walk(report));
    text.push_str(&approvals(report));
    text.push_str(&gaps(report));
    let short: Vec<&str> = UNSEEN.iter().map(|entry| entry.short).collect();
    let pass = report.conclusion == Conclusion::Pass;
    let warning = if pass {
        "A pass does not speak of them. "
    } else {
        ""
    };
    text.push_str(&format!(
        "\n<details><summary>Not examined, for no header shows it</summary>\n\n{warning}{}.\n</details>\n",
        prose(&short.join("; "), 4 * LONGEST)
    ));
    text
}

fn series(report: &Report) -> String {
    let Some(series) = &report.series else {
        return String::new();
    };
    let base = prose(&phrases::base(report, series), LONGEST);
    let mut text = format!("\nBase: {base}.\n\nPatches, each against the one before it:\n\n");
    let patches = series.patches.iter();
    let patches =
        patches.map(|patch| format!("- {}\n", prose(&phrases::patch_verdict(patch), LONGEST)));
    text.push_str(&fitting(patches, MOST_ROWS, NOTES_BYTES));
    if !series.problems.is_empty() {
        text.push_str("\nOf the series, this was not examined:\n\n");
    }
    let problems = series.problems.iter();
    let problems = problems.map(|problem| format!("- {}\n", prose(problem, 4 * LONGEST)));
    text.push_str(&fitting(problems, MOST_GAPS, NOTES_BYTES));
    text
}

fn walk(report: &Report) -> String {
    let Some(walk) = &report.walk else {
        return String::new();
    };
    let mut text = format!("\nCommits: {}.\n", prose(&phrases::walked(walk), LONGEST));
    if !walk.taken_back.is_empty() {
        text.push_str(
            "\nWithin the range, taken back by a later commit, so it counts for nothing:\n\n",
        );
    }
    let lines = walk.taken_back.iter();
    let lines = lines.map(|taken| {
        format!(
            "- {}\n",
            prose(&phrases::taken_back(report, taken), 2 * LONGEST)
        )
    });
    text.push_str(&fitting(lines, MOST_GAPS, NOTES_BYTES));
    text
}

/// Who must agree, and what was said; nothing where nobody has to.
pub fn approvals(report: &Report) -> String {
    let standings = report.approvals.as_deref().unwrap_or_default();
    if standings.is_empty() {
        return String::new();
    }
    let lines = standings
        .iter()
        .map(|standing| format!("- {}\n", prose(&phrases::standing(standing), 2 * LONGEST)));
    let copy = match report.copy_to.as_slice() {
        [] => String::new(),
        lists => format!(
            "\nSend it to: {}.\n",
            prose(&phrases::list(lists, 8), LONGEST)
        ),
    };
    let head = phrases::standings(standings);
    format!(
        "\nWho must agree: {head}.\n\n{}{copy}",
        fitting(lines, MOST_GAPS, NOTES_BYTES)
    )
}

fn gaps(report: &Report) -> String {
    let in_change: Vec<_> = report.gaps.iter().filter(|gap| gap.in_change).collect();
    let other = report.gaps.len() - in_change.len();
    let mut text = String::new();
    if !in_change.is_empty() {
        text.push_str("\nOf the change, this could not be read:\n\n");
    }
    let lines = in_change.iter().map(|gap| {
        let line = phrases::gap(gap, &report.examined.targets);
        format!("- {}\n", code(&line, LONGEST))
    });
    text.push_str(&fitting(lines, MOST_GAPS, GAPS_BYTES));
    if other > 0 {
        let parts = phrases::count(other, "part");
        text.push_str(&format!(
            "\nUnreadable: {parts} that the change does not touch.\n"
        ));
    }
    text
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
