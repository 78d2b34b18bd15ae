//! A report becomes the endings of two check runs: what the code does, and what people said of it.
//!
//! They are apart, so that a reader sees at once whether a change has to be mended or to be agreed with. Pure. What
//! was not examined never ends well: by default it blocks, and a site may let it pass. Next: `decide`.

use super::decide::{Policy, Seen};
use crate::approve::{Says, Standing, State};
use crate::judge::{Finding, Verdict};
use crate::post::github::Ending;
use crate::report::{Conclusion, Counts, Report, phrases};
use crate::service::verdict::{counted, title};

/// Sections, or people, that a title names.
const SHOWN: usize = 3;
/// Characters of a title at most: it stands on one line.
const TITLE: usize = 140;

/// How a check run ends, and the line that says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How.
    pub ending: Ending,
    /// Why, in one line.
    pub title: String,
}

impl Said {
    fn new(ending: Ending, title: impl AsRef<str>) -> Self {
        let line = phrases::clean(title.as_ref());
        Self {
            ending,
            title: phrases::cut(&line, TITLE),
        }
    }
}

/// Whether the change breaks programs.
pub fn verdict(seen: &Seen<'_>, policy: &Policy) -> Said {
    let report = match seen {
        Seen::Not(why) => return not_examined(why, policy),
        Seen::Report(report) => report,
    };
    let found = counted(report);
    let counts = Counts::of(found.iter().copied());
    if report.conclusion == Conclusion::Fail || counts.breaks > 0 {
        let what = format!("{} break: {}", counts.breaks, first(&found, Verdict::Break));
        return Said::new(Ending::Failure, what);
    }
    if report.conclusion == Conclusion::Undecided {
        return not_examined(&phrases::conclusion_reason(report), policy);
    }
    if counts.review > 0 {
        let what = first(&found, Verdict::Review);
        return Said::new(
            policy.review,
            format!("{} to review: {what}", counts.review),
        );
    }
    let waived = |finding: &&Finding| report.waived.contains_key(&finding.fingerprint);
    let waived = report.findings.iter().filter(waived);
    match waived.filter(|finding| is_grave(finding)).count() {
        0 => good(report, &counts),
        number => {
            let what = phrases::count(number, "finding");
            Said::new(
                Ending::Neutral,
                format!("nothing but {what} that is waived"),
            )
        }
    }
}

/// Whether those who must have agreed.
pub fn approvals(seen: &Seen<'_>, policy: &Policy) -> Said {
    let report = match seen {
        Seen::Not(why) => return not_examined(why, policy),
        Seen::Report(report) => report,
    };
    let Some(standings) = &report.approvals else {
        return match report.findings.is_empty() {
            false => Said::new(Ending::Neutral, "nothing in the base says who must agree"),
            true if report.conclusion == Conclusion::Undecided => unread(report, policy),
            true => Said::new(Ending::Success, "nobody has to agree"),
        };
    };
    let named = |state: State| {
        let of = standings.iter().filter(|standing| standing.state == state);
        let names: Vec<String> = of.map(title).collect();
        (!names.is_empty()).then(|| phrases::list(&names, SHOWN))
    };
    if let Some(sections) = named(State::Blocked) {
        let people = phrases::list(&objectors(standings), SHOWN);
        let what = format!("objection by {people}: {sections}");
        return Said::new(Ending::Failure, what);
    }
    if let Some(sections) = named(State::Missing) {
        return Said::new(Ending::ActionRequired, format!("to agree: {sections}"));
    }
    if let Some(files) = named(State::UnknownOwner) {
        return Said::new(
            Ending::ActionRequired,
            format!("nobody is known for {files}"),
        );
    }
    if report.conclusion == Conclusion::Undecided {
        return unread(report, policy);
    }
    match named(State::Satisfied) {
        Some(sections) => Said::new(Ending::Success, format!("agreed: {sections}")),
        None => Said::new(Ending::Success, "nobody has to agree"),
    }
}

/// Who objects to something that is still there.
fn objectors(standings: &[Standing]) -> Vec<String> {
    let mut people = Vec::new();
    let blocked = standings.iter().filter(|one| one.state == State::Blocked);
    for given in blocked.flat_map(|standing| &standing.by) {
        let name = match given.name.as_str() {
            "" => &given.email,
            name => name,
        };
        if given.says == Says::No && !given.lapsed && !people.iter().any(|one| one == name) {
            people.push(name.to_owned());
        }
    }
    people
}

fn good(report: &Report, counts: &Counts) -> Said {
    if report.findings.is_empty() && report.examined.affected == 0 {
        return Said::new(Ending::Success, "no UAPI change");
    }
    let lint = match counts.lint {
        0 => String::new(),
        number => format!(", {number} hard to repair once released"),
    };
    let what = phrases::count(counts.ok, "compatible change");
    Said::new(Ending::Success, format!("breaks nothing: {what}{lint}"))
}

fn is_grave(finding: &Finding) -> bool {
    !finding.preview && finding.verdict >= Verdict::Review
}

/// What was read has all that it needs; what was not may need more.
fn unread(report: &Report, policy: &Policy) -> Said {
    not_examined(&phrases::conclusion_reason(report), policy)
}

fn not_examined(why: &str, policy: &Policy) -> Said {
    Said::new(policy.not_examined, format!("not examined: {why}"))
}

fn first<'f>(findings: &[&'f Finding], verdict: Verdict) -> &'f str {
    let mut of = findings.iter().filter(|found| found.verdict == verdict);
    of.next().map_or("", |found| found.message.as_str())
}

#[cfg(test)]
#[path = "conclude_tests.rs"]
mod tests;
