//! Findings become remarks at the lines of the changed headers.
//!
//! Only what stands in the new version of a file has a line there: what is gone is told in the text. Pure.

use crate::judge::{Finding, Verdict};
use crate::post::github::{Annotation, Level};
use crate::report::{Report, phrases};

/// Remarks at most; what is more is told in the text alone.
const MOST: usize = 300;
/// Characters of a title: GitHub takes 255 bytes, and a character has 4 at most.
const TITLE: usize = 60;
/// Characters of a sentence in a remark.
const SENTENCE: usize = 1000;

/// The remarks that a report comes to, gravest first; the order is the same for the same report.
pub fn annotations(report: &Report) -> Vec<Annotation> {
    let remarks = report
        .findings
        .iter()
        .filter_map(|finding| remark(report, finding));
    remarks.take(MOST).collect()
}

fn remark(report: &Report, finding: &Finding) -> Option<Annotation> {
    let place = finding
        .after_place
        .as_ref()
        .filter(|place| place.line > 0)?;
    let path = phrases::path(report, place.side, &place.header)?;
    let waived = report.waived.contains_key(&finding.fingerprint);
    let level = match finding.verdict {
        _ if waived || finding.preview => Level::Notice,
        Verdict::Break => Level::Failure,
        Verdict::Review => Level::Warning,
        Verdict::Lint | Verdict::Ok => Level::Notice,
    };
    let verdict = phrases::verdict(finding.verdict);
    let title = format!("{verdict}: {}", finding.rule);
    Some(Annotation {
        path: path.to_owned(),
        line: place.line,
        level,
        title: phrases::cut(&phrases::clean(&title), TITLE),
        message: message(report, finding),
    })
}

/// In full: GitHub shows it as text, without markup.
fn message(report: &Report, finding: &Finding) -> String {
    let sentence = |text: &str| phrases::cut(&phrases::clean(text), SENTENCE);
    let mut lines = vec![sentence(&finding.message), sentence(&finding.why)];
    lines.extend(
        finding
            .breaks
            .map(|breaks| format!("Breaks: {}.", phrases::who(breaks))),
    );
    lines.push(format!(
        "Targets: {}.",
        sentence(&phrases::targets(finding))
    ));
    let waived = phrases::waived(report, finding);
    if !waived.is_empty() {
        lines.push(sentence(&waived));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Side;
    use crate::report::samples;

    #[test]
    fn a_remark_stands_at_the_line_of_the_new_file() {
        let finding = samples::moved_field();
        let report = samples::report(vec![finding, samples::grown_constant()], vec![]);
        let found = annotations(&report);
        let places: Vec<_> = found
            .iter()
            .map(|one| (one.path.as_str(), one.line, one.level))
            .collect();
        let path = "include/uapi/linux/demo.h";
        assert_eq!(
            places,
            [(path, 4, Level::Failure), (path, 6, Level::Notice)]
        );
        assert!(
            found[0]
                .message
                .starts_with("struct demo_stats.throttled moved")
        );
    }

    #[test]
    fn what_is_gone_or_has_no_line_has_no_remark() {
        let mut gone = samples::moved_field();
        gone.after_place = None;
        let mut whole = samples::moved_field();
        whole.after_place.as_mut().expect("it has one").line = 0;
        let report = samples::report(vec![gone, whole], vec![]);
        assert_eq!(annotations(&report), []);
        // A file that the report can't show has no path.
        let mut unknown = samples::report(vec![samples::moved_field()], vec![]);
        unknown.sources.retain(|(side, _), _| *side == Side::Before);
        assert_eq!(annotations(&unknown), []);
    }

    #[test]
    fn many_and_long_ones_are_cut() {
        let mut finding = samples::moved_field();
        finding.message = "\u{1f427}\n\u{202e}".repeat(5000);
        let report = samples::report(vec![finding; MOST + 1], vec![]);
        let found = annotations(&report);
        assert_eq!(found.len(), MOST);
        assert!(found[0].message.len() < 64 << 10);
        assert!(found[0].title.len() <= 255);
        assert!(!found[0].message.contains('\u{202e}'));
    }
}
