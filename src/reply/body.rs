//! The text of an answer: the verdict in a line, each finding below the line of the patch that it concerns, who has to
//! agree, what to do, and where to ask.
//!
//! Shortened until it fits: a mail of findings is read by people who have others to read.

use super::place::Diff;
use super::prose::{WIDTH, cut, entry, example, paragraph};
use super::quote::Quote;
use crate::approve::{Standing, State};
use crate::judge::{Finding, Verdict};
use crate::model::Person;
use crate::report::{Conclusion, Report, Series, phrases};

/// Most bytes of the text.
pub(super) const LIMIT: usize = 15 << 10;
/// Findings that are told in full, and lines above the one they concern: the first pair that fits is taken.
const LEVELS: [(usize, usize); 6] = [(3, 12), (3, 6), (3, 2), (2, 1), (1, 0), (0, 0)];
/// Findings that are told in a line each.
const SHORT: usize = 20;
/// Sections that are named.
const SECTIONS: usize = 8;
/// Most bytes of a text of others.
const LONGEST: usize = 400;

/// What an answer tells.
pub(super) struct Body<'b> {
    pub report: &'b Report,
    pub series: &'b Series,
    /// The findings, those of the answered patch first.
    pub findings: &'b [&'b Finding],
    /// The place of the answered patch in its series; `None` for a cover.
    pub answered: Option<u32>,
    /// The diff of the answered patch; empty for a cover.
    pub diff: &'b Diff<'b>,
    /// Lists that the series should have been sent to.
    pub missing: &'b [&'b str],
    /// Where the whole report is.
    pub url: Option<&'b str>,
    /// Whom to ask.
    pub contact: &'b Person,
}

impl Body<'_> {
    /// The text, with LF line breaks.
    pub fn text(&self) -> String {
        let mut texts = LEVELS.iter().map(|level| self.at(*level));
        let fits = texts.clone().find(|text| text.len() < LIMIT);
        fits.or_else(|| texts.next_back()).unwrap_or_default()
    }

    fn at(&self, (full, above): (usize, usize)) -> String {
        let mut blocks = vec![paragraph(&self.verdict()), paragraph(&self.ground())];
        let (first, rest) = self.findings.split_at(full.min(self.findings.len()));
        blocks.extend(self.in_full(first, above));
        blocks.extend(self.in_short(rest, !first.is_empty()));
        blocks.extend(self.agreement());
        blocks.extend(self.lists());
        blocks.extend(self.what_to_do());
        let blocks: Vec<String> = blocks.iter().map(|lines| lines.join("\n")).collect();
        format!("{}\n\n{}", blocks.join("\n\n"), self.footer())
    }

    fn subject(&self) -> &'static str {
        match self.series.patches.len() {
            1 => "This patch",
            _ => "This series",
        }
    }

    fn verdict(&self) -> String {
        let subject = self.subject();
        match (self.report.conclusion, self.findings.is_empty()) {
            (Conclusion::Fail, _) => format!(
                "{subject} breaks the user-space API: {}.",
                cut(&phrases::conclusion_reason(self.report), LONGEST)
            ),
            (_, false) => format!(
                "{subject} may break the user-space API; whoever maintains it has to judge."
            ),
            (_, true) => {
                format!(
                    "{subject} changes what user space can see; whoever maintains that has to agree first."
                )
            }
        }
    }

    fn ground(&self) -> String {
        let base = cut(&phrases::base(self.report, self.series), LONGEST);
        format!("Examined on {base}.")
    }

    /// Each finding below the line that it concerns, in the order of the diff, and then those that it does not show.
    fn in_full(&self, findings: &[&Finding], above: usize) -> Vec<Vec<String>> {
        let row = |finding: &&Finding| {
            let patch = patch_of(self.report, self.series, finding)?;
            // What another patch does is not to be told below a line of this one.
            let here = Some(patch.position) == self.answered;
            here.then(|| self.diff.row_of(self.report, finding))?
        };
        let placed = findings.iter().map(|finding| (row(finding), *finding));
        let mut placed: Vec<(Option<usize>, &Finding)> = placed.collect();
        placed.sort_by_key(|(row, _)| row.unwrap_or(usize::MAX));
        let mut quote = Quote::new(self.diff, above);
        let mut blocks = Vec::new();
        for (row, finding) in placed {
            let quoted = row.map(|row| quote.up_to(row)).unwrap_or_default();
            blocks.extend(Some(quoted).filter(|quoted| !quoted.is_empty()));
            blocks.push(self.finding(finding));
        }
        blocks
    }

    fn finding(&self, finding: &Finding) -> Vec<String> {
        let word = phrases::verdict(finding.verdict);
        let targets = match finding.everywhere {
            true => "all targets".to_owned(),
            false => cut(&phrases::targets(finding), 100),
        };
        let place = format!(
            "{} ({word}, {}, on {targets})",
            self.location(finding),
            finding.rule
        );
        let mut lines = paragraph(&cut(&place, LONGEST));
        lines.extend(paragraph(&cut(&finding.message, LONGEST)));
        let (before, after) = phrases::difference(&finding.before, &finding.after);
        if !before.is_empty() && !after.is_empty() {
            let values = format!("It was {before}, and is {after}.");
            lines.extend(paragraph(&cut(&values, LONGEST)));
        }
        let hurt = finding
            .breaks
            .map(|breaks| format!(" It breaks {}.", phrases::who(breaks)));
        lines.extend(paragraph(&format!(
            "{}{}",
            finding.why,
            hurt.unwrap_or_default()
        )));
        if let Some(wanted) = &finding.evidence_wanted {
            lines.extend(paragraph(&format!("What would settle it: {wanted}")));
        }
        if let Some(see) = &finding.see {
            lines.extend(paragraph(&format!("See {see}.")));
        }
        lines
    }

    /// Path and line, and the patch where it is another than the answered one.
    fn location(&self, finding: &Finding) -> String {
        let location = phrases::location(self.report, finding);
        match self.series.patches.len() > 1 {
            true => match patch_of(self.report, self.series, finding) {
                Some(patch) => format!("{location}, patch {}/{}", patch.position, patch.of),
                None => format!("{location}, all patches together"),
            },
            false => location,
        }
    }

    fn in_short(&self, findings: &[&Finding], others: bool) -> Option<Vec<String>> {
        if findings.is_empty() {
            return None;
        }
        let head = if others { "And in short:" } else { "In short:" };
        let mut lines = paragraph(head);
        for finding in findings.iter().take(SHORT) {
            let word = phrases::verdict(finding.verdict);
            let subject = phrases::clean(&finding.subject);
            let text = format!(
                "{} ({word}) {subject}",
                phrases::location(self.report, finding)
            );
            lines.push(entry(&first_columns(&text)).swap_remove(0));
        }
        let more = findings.len().saturating_sub(SHORT);
        lines.extend((more > 0).then(|| format!("- and {more} more")));
        Some(lines)
    }

    /// Who has still to agree.
    fn agreement(&self) -> Option<Vec<String>> {
        let standings = self.report.approvals.iter().flatten();
        let open: Vec<&Standing> = standings
            .filter(|standing| standing.state != State::Satisfied)
            .collect();
        if open.is_empty() {
            return None;
        }
        let mut lines = paragraph("Who has still to agree:");
        for standing in open.iter().take(SECTIONS) {
            let names: Vec<String> = standing
                .who
                .iter()
                .map(|person| person.name.clone())
                .collect();
            let who = match names.as_slice() {
                [] => phrases::clean(&standing.need),
                names => phrases::list(names, 4),
            };
            let word = phrases::standing_word(standing.state);
            let text = format!("{} ({word}): {who}", phrases::standing_title(standing));
            lines.extend(entry(&cut(&text, LONGEST)));
        }
        let more = open.len().saturating_sub(SECTIONS);
        lines.extend((more > 0).then(|| format!("- and {more} more")));
        lines.extend(paragraph(
            "A maintainer agrees by an answer of his own to the patch, or to the cover for all of them, with Acked-by or \
             Reviewed-by.",
        ));
        Some(lines)
    }

    fn lists(&self) -> Option<Vec<String>> {
        let lists: Vec<String> = self
            .missing
            .iter()
            .take(5)
            .map(|list| cut(list, 100))
            .collect();
        (!lists.is_empty()).then(|| {
            paragraph(&format!(
                "Changes of the user-space API are to be sent to {}, too; please add that to the Cc of the next version.",
                lists.join(" and ")
            ))
        })
    }

    /// How to overrule it.
    fn what_to_do(&self) -> Vec<Vec<String>> {
        let Some(finding) = self
            .findings
            .iter()
            .find(|finding| finding.verdict == Verdict::Break)
        else {
            return Vec::new();
        };
        let line = format!(
            "UAPI-Break: {} {}: why no program is hurt",
            finding.rule,
            cut(&finding.subject, 200)
        );
        vec![
            paragraph(
                "If no program can be hurt by it, say so in the commit message, by a line such as",
            ),
            vec![example(&line)],
            paragraph(
                "It counts once everybody agreed who has to. A waiver in .uapi-check.yaml of the tree that the patches \
                 are for does the same.",
            ),
        ]
    }

    fn footer(&self) -> String {
        let mut lines = vec!["-- ".to_owned()];
        lines.extend(paragraph(&format!(
            "uapi-check {} compares headers. What they don't show, it can't see.",
            env!("CARGO_PKG_VERSION")
        )));
        lines.extend(self.url.map(|url| format!("Full report: {url}")));
        lines.extend(paragraph(
            "Questions, mistakes, and no more of these mails:",
        ));
        let contact = cut(&self.contact.to_string(), LONGEST);
        lines.extend(paragraph(&contact));
        lines.join("\n") + "\n"
    }
}

/// As much as fits into a line of a list.
fn first_columns(text: &str) -> String {
    phrases::cut(text, WIDTH - 8)
}

/// The patch that made a finding; `None` where several did together.
pub(super) fn patch_of<'s>(
    report: &Report,
    series: &'s Series,
    finding: &Finding,
) -> Option<&'s crate::report::PatchVerdict> {
    let commit = phrases::origin(report, finding)?;
    let mut patches = series.patches.iter();
    patches.find(|patch| patch.commit.as_ref() == Some(&commit.id))
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
