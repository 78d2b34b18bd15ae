//! Parts of a report become words: the wording that terminal and Markdown share.
//!
//! Everything that stems from the examined tree goes through [`clean`] before it is shown. Knows no
//! markup and no colour. Next: [`super::terminal`], [`super::markdown`].

mod approvals;
mod conclusion;
mod series;

use super::{Commit, Conclusion, Counts, Missing, Report, Revision, Sandbox, TakenBack, Walk};
use crate::diff::{Fact, Facts};
use crate::judge::{Breaks, Finding, Verdict, Witness};
use crate::model::{Gap, GapSide, Place, Side};
pub use approvals::{given, standing, standing_title, standing_word, standings, waived};
pub use conclusion::{Grounds, conclusion_reason};
pub use series::{base, patch_verdict};

/// The text on one line, without anything that could steer a terminal or turn the direction of reading.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' => Some(' '),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => None,
            '\u{feff}' => None,
            c if c.is_control() => Some('\u{fffd}'),
            c => Some(c),
        })
        .collect()
}

/// The verdict's word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Break => "break",
        Verdict::Review => "review",
        Verdict::Lint => "lint",
        Verdict::Ok => "ok",
    }
}

/// Which programs are hurt.
pub fn who(breaks: Breaks) -> &'static str {
    match breaks {
        Breaks::Binary => "programs already built",
        Breaks::Source => "programs to be built again",
        Breaks::Both => "programs already built, and programs to be built again",
    }
}

/// How the proof behaved: `which ...`.
pub fn witness(witness: &Witness) -> &'static str {
    proof(witness.confirmed)
}

/// The same of what came out when it was tried.
pub fn proof(confirmed: Option<bool>) -> &'static str {
    match confirmed {
        Some(true) => "compiles before and not after",
        Some(false) => "did not behave as a proof should",
        None => "was not tried",
    }
}

/// Names of the targets, or `all`.
pub fn targets(finding: &Finding) -> String {
    if finding.everywhere {
        "all".to_owned()
    } else {
        finding.targets.join(", ")
    }
}

/// The first names, and how many more there are.
pub fn list(names: &[String], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|name| clean(name)).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 header`, `2 headers`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// The facts of each side that are not the same on both, as words.
pub fn difference(before: &Facts, after: &Facts) -> (String, String) {
    (facts(before, after), facts(after, before))
}

fn facts(of: &Facts, other: &Facts) -> String {
    of.iter()
        .filter(|(name, fact)| other.get(*name) != Some(*fact))
        .filter_map(|(name, fact)| fact_words(name, fact))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Longest value of a fact, in characters, that is shown in full.
const LONGEST_FACT: usize = 80;

fn fact_words(name: &str, fact: &Fact) -> Option<String> {
    let label = name.replace('_', " ");
    match fact {
        Fact::Flag(true) => Some(label),
        Fact::Flag(false) => Some(format!("not {label}")),
        // A large value is a request code or a mask, which people read in hexadecimal.
        Fact::Integer(number) if name == "value" && *number > 0xffff => {
            Some(format!("{label} {number:#x}"))
        }
        Fact::Integer(number) => Some(format!("{label} {number}")),
        Fact::Text(text) if text.is_empty() => None,
        Fact::Text(text) => Some(format!("{label} {}", cut(&clean(text), LONGEST_FACT))),
        Fact::List(names) if names.is_empty() => None,
        Fact::List(names) => Some(format!("{label} {}", list(names, 5))),
    }
}

/// The text, cut after so many characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

/// The text in lines of at most `width` columns, broken between words; a longer word stays whole.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A revision with the beginning of its commit id.
pub fn revision(revision: &Revision) -> String {
    let name = clean(&revision.name);
    match &revision.commit {
        Some(commit) if !commit.starts_with(&revision.name) => {
            format!("{name} ({})", commit.get(..12).unwrap_or(commit))
        }
        _ => name,
    }
}

/// What was compared with what.
pub fn compared(report: &Report) -> String {
    let sides = format!("{} with {}", revision(&report.base), revision(&report.head));
    match &report.released {
        Some(released) => format!("{sides}; last release {}", revision(released)),
        None => sides,
    }
}

/// What was looked at, in one sentence.
pub fn examined(report: &Report) -> String {
    let examined = &report.examined;
    looked_at(
        (examined.headers, examined.affected, examined.rules),
        &examined.targets,
    )
}

/// The same of numbers: of headers, of those that the change affects, and of rules.
pub fn looked_at((headers, affected, rules): (usize, usize, usize), targets: &[String]) -> String {
    let on = match targets.len() {
        0 => "no target".to_owned(),
        some => format!("{} ({})", count(some, "target"), list(targets, 12)),
    };
    format!(
        "{}, {affected} of them affected by the change, on {on}, against {}",
        count(headers, "header"),
        count(rules, "rule"),
    )
}

/// The commit that made a finding, where the run went commit by commit and one did.
pub fn origin<'a>(report: &'a Report, finding: &Finding) -> Option<&'a Commit> {
    report.walk.as_ref()?.origins.get(&finding.fingerprint)
}

/// A commit as kernel people cite it, and its date: `0123456789ab ("net: add foo"), 2024-01-31`. One that a patch
/// became is known to nobody, and cited as that: `patch 1/3 ("net: add foo"), 2024-01-31`.
pub fn commit(report: &Report, commit: &Commit) -> String {
    let subject = cut(&clean(&commit.subject), LONGEST_FACT);
    if let Some(patch) = series::patch_of(report, commit) {
        let date = clean(&commit.date);
        return format!(
            "patch {}/{} (\"{subject}\"), {date:.10}",
            patch.position, patch.of
        );
    }
    format!(
        "{:.12} (\"{subject}\"), {:.10}",
        clean(&commit.id),
        clean(&commit.date)
    )
}

/// How many commits there were and how many had to be judged.
pub fn walked(walk: &Walk) -> String {
    let examined = match walk.examined.len() {
        0 => "none of them touches".to_owned(),
        1 => "1 of them touches".to_owned(),
        number => format!("{number} of them touch"),
    };
    format!(
        "{}, {examined} what exported headers are made from",
        count(walk.passed, "commit")
    )
}

/// What was made and taken back, in one sentence.
pub fn taken_back(report: &Report, taken: &TakenBack) -> String {
    format!(
        "{} ({}), made by {}, taken back by {}",
        clean(&taken.finding.message),
        verdict(taken.finding.verdict),
        commit(report, &taken.made_by),
        commit(report, &taken.by)
    )
}

/// What the parser was under, and what it had to do without.
pub fn sandbox(sandbox: &Sandbox) -> String {
    if sandbox.active.is_empty() && sandbox.missing.is_empty() {
        return "not needed".to_owned();
    }
    let missing = sandbox.missing.iter();
    let missing = missing.map(|Missing { what, why }| format!("; without {what}: {why}"));
    format!(
        "{}{}",
        sandbox.active.join(", "),
        missing.collect::<String>()
    )
}

/// The word of a conclusion.
pub fn conclusion_word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "pass",
        Conclusion::NeedsApproval => "needs approval",
        Conclusion::Fail => "fail",
        Conclusion::Undecided => "undecided",
    }
}

/// Where a reader should look: after, where it still stands there, else before.
pub fn place(finding: &Finding) -> Option<&Place> {
    finding
        .after_place
        .as_ref()
        .or(finding.before_place.as_ref())
}

/// Path of the examined file behind a header, where the report knows it.
pub fn path<'a>(report: &'a Report, side: Side, header: &str) -> Option<&'a str> {
    let source = report.sources.get(&(side, header.to_owned()))?;
    Some(&source.path)
}

/// Path and line of a finding, as far as known: `include/uapi/linux/if_link.h:12`.
pub fn location(report: &Report, finding: &Finding) -> String {
    let Some(place) = place(finding) else {
        return clean(&finding.header);
    };
    let path = path(report, place.side, &place.header).unwrap_or(&place.header);
    match place.line {
        0 => clean(path),
        line => format!("{}:{line}", clean(path)),
    }
}

/// One line for a gap: what, why, on which side and targets.
pub fn gap(gap: &Gap, all_targets: &[String]) -> String {
    let item = match gap.item.as_str() {
        "" => String::new(),
        item => format!(", {}", clean(item)),
    };
    let side = match gap.side {
        GapSide::Before => " (only before)",
        GapSide::After => " (only after)",
        GapSide::Both => "",
    };
    let targets = if covers_all(&gap.targets, all_targets) {
        String::new()
    } else {
        format!(" on {}", list(&gap.targets, 6))
    };
    let reason = cut(&clean(&gap.reason), 200);
    format!("{}{item}: {reason}{side}{targets}", clean(&gap.header))
}

/// Whether these are all targets of the run.
pub fn covers_all(targets: &[String], all: &[String]) -> bool {
    !all.is_empty() && all.iter().all(|target| targets.contains(target))
}

#[cfg(test)]
#[path = "phrases_tests.rs"]
mod tests;
