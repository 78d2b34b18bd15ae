//! What a conclusion rests on, in words. The grounds are numbers, so that a report and its document say the same.

use super::series::incomplete;
use super::{Counts, count};
use crate::judge::Finding;
use crate::report::{Conclusion, Report};

/// What a conclusion rests on.
#[derive(Debug, Clone)]
pub struct Grounds {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// Number of breaks that count: not waived, and not of a rule in preview.
    pub breaks: usize,
    /// Number of findings to be judged that count.
    pub review: usize,
    /// Parts of the change that could not be read.
    pub unread: usize,
    /// Headers that the change affects.
    pub affected: usize,
    /// Findings that are taken as they are.
    pub waived: usize,
    /// What of a series was not examined.
    pub problems: Vec<String>,
}

/// What the conclusion rests on, in one sentence without a full stop.
pub fn conclusion_reason(report: &Report) -> String {
    let waived = |finding: &&Finding| report.waived.contains_key(&finding.fingerprint);
    let counts = Counts::of(report.findings.iter().filter(|f| !waived(f)));
    let problems = report.series.iter().flat_map(|series| &series.problems);
    let grounds = Grounds {
        conclusion: report.conclusion,
        breaks: counts.breaks,
        review: counts.review,
        unread: report.gaps.iter().filter(|gap| gap.in_change).count(),
        affected: report.examined.affected,
        waived: report.findings.iter().filter(waived).count(),
        problems: problems.cloned().collect(),
    };
    grounds.sentence()
}

impl Grounds {
    /// The sentence, without a full stop.
    pub fn sentence(&self) -> String {
        let reason = self.reason();
        let reason = match incomplete(&self.problems) {
            Some(what) if self.conclusion == Conclusion::Fail => format!("{reason}, and {what}"),
            Some(what) => what,
            None => reason,
        };
        match self.waived {
            0 => reason,
            number => format!("{reason}; {} waived", count(number, "finding")),
        }
    }

    /// The reason by the findings that count.
    fn reason(&self) -> String {
        match self.conclusion {
            Conclusion::Fail if self.unread > 0 => format!(
                "{} programs, and {} of the change could not be read",
                breaking(self.breaks),
                count(self.unread, "part")
            ),
            Conclusion::Fail => format!("{} programs", breaking(self.breaks)),
            Conclusion::NeedsApproval => "maintainers have to agree first".to_owned(),
            Conclusion::Undecided if self.unread == 0 => {
                "not everything in the change could be examined".to_owned()
            }
            Conclusion::Undecided => {
                format!(
                    "{} of the change could not be read",
                    count(self.unread, "part")
                )
            }
            Conclusion::Pass if self.review > 0 => format!(
                "nothing breaks for certain; {} a maintainer's judgement",
                needing(self.review)
            ),
            Conclusion::Pass if self.affected == 0 => {
                "no exported header is affected by the change".to_owned()
            }
            Conclusion::Pass => "nothing that a header shows breaks programs".to_owned(),
        }
    }
}

fn breaking(number: usize) -> String {
    match number {
        1 => "1 finding breaks".to_owned(),
        number => format!("{number} findings break"),
    }
}

fn needing(number: usize) -> String {
    match number {
        1 => "1 finding needs".to_owned(),
        number => format!("{number} findings need"),
    }
}
