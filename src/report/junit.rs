//! The JSON document of a run becomes JUnit's XML, which CI systems read.
//!
//! | here | there |
//! |---|---|
//! | `break` | a failure |
//! | `review` | skipped: a maintainer decides, not the program |
//! | waived, and rules on trial | skipped |
//! | `lint`, `ok` | passed, with what was found |
//! | part of the change that could not be examined | an error |
//! | who must agree | a suite of its own: agreed is passed, an objection fails, everything else is skipped |
//!
//! The form is that of junit-10.xsd, which Jenkins and pytest hold theirs against. XML can't hold every character;
//! those that it can't become U+FFFD. Pure.

use super::json::{ApprovalEntry, Document, Entry};
use super::phrases::{self, clean};
use crate::approve::State;
use crate::judge::Verdict;
use askama::Template;

/// What became of a case.
enum Outcome {
    Passed,
    Failed,
    Error,
    Skipped,
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
    /// The rule, or what else it is.
    kind: String,
    /// One line.
    message: String,
    /// All of it.
    text: String,
}

struct Suite {
    name: &'static str,
    cases: Vec<Case>,
    failures: usize,
    errors: usize,
    skipped: usize,
}

#[derive(Template)]
#[template(
    path = "junit.xml",
    escape = "html",
    config = "src/report/html/askama.toml"
)]
struct Suites {
    suites: Vec<Suite>,
}

/// The document as XML.
///
/// # Errors
/// None that is known: the template writes to memory.
pub fn render(document: &Document) -> Result<String, askama::Error> {
    let mut suites = vec![suite("uapi-check", cases(document))];
    if !document.approvals.is_empty() {
        let approvals = document.approvals.iter().map(approval).collect();
        suites.push(suite("uapi-check approvals", approvals));
    }
    Suites { suites }.render()
}

fn suite(name: &'static str, cases: Vec<Case>) -> Suite {
    let such = |fits: fn(&Outcome) -> bool| cases.iter().filter(|case| fits(&case.outcome)).count();
    Suite {
        name,
        failures: such(|outcome| matches!(outcome, Outcome::Failed)),
        errors: such(|outcome| matches!(outcome, Outcome::Error)),
        skipped: such(|outcome| matches!(outcome, Outcome::Skipped)),
        cases,
    }
}

fn cases(document: &Document) -> Vec<Case> {
    let mut cases: Vec<Case> = document.findings.iter().map(finding).collect();
    let gaps = document.gaps.iter().filter(|gap| gap.in_change);
    cases.extend(gaps.map(|gap| {
        let line = super::html::gap(gap);
        unexamined(&gap.header, "gap", &format!("could not be read: {line}"))
    }));
    let problems = document.series.iter().flat_map(|series| &series.problems);
    cases.extend(problems.map(|problem| unexamined("series", "series", problem)));
    if cases.is_empty() {
        // Readers take a suite without cases for a run that failed.
        cases.push(Case {
            class: "uapi-check".to_owned(),
            name: "exported headers".to_owned(),
            outcome: Outcome::Passed,
            kind: String::new(),
            message: String::new(),
            text: text(&super::html::reason(document)),
        });
    }
    cases
}

fn finding(entry: &Entry) -> Case {
    let outcome = match entry.verdict {
        Verdict::Ok | Verdict::Lint => Outcome::Passed,
        _ if entry.preview || entry.waived.is_some() => Outcome::Skipped,
        Verdict::Review => Outcome::Skipped,
        Verdict::Break => Outcome::Failed,
    };
    let subject = match entry.member.as_str() {
        "" => entry.subject.clone(),
        member => format!("{}.{member}", entry.subject),
    };
    let (before, after) = phrases::difference(&entry.before, &entry.after);
    let place = match (&entry.path, entry.line) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        (Some(path), None) => path.clone(),
        (None, _) => entry.header.clone(),
    };
    let waived = entry
        .waived
        .iter()
        .map(|waived| format!("\nwaived: {}", text(&waived.reason)));
    Case {
        class: text(&entry.header),
        name: text(&format!("{subject} [{}]", entry.rule)),
        outcome,
        kind: text(&entry.rule),
        message: text(&format!(
            "{}: {}",
            phrases::verdict(entry.verdict),
            entry.message
        )),
        text: format!(
            "{}\n{}\nwhere: {}\nbefore: {}\nafter: {}\ntargets: {}\nfingerprint: {}{}",
            text(&entry.message),
            text(&entry.why),
            text(&place),
            text(&before),
            text(&after),
            text(&phrases::list(&entry.targets, 24)),
            text(&entry.fingerprint),
            waived.collect::<String>()
        ),
    }
}

fn unexamined(class: &str, kind: &str, message: &str) -> Case {
    Case {
        class: text(class),
        name: "examined".to_owned(),
        outcome: Outcome::Error,
        kind: kind.to_owned(),
        message: text(message),
        text: text(message),
    }
}

fn approval(entry: &ApprovalEntry) -> Case {
    let said: Vec<String> = entry.by.iter().map(phrases::given).collect();
    Case {
        class: "approvals".to_owned(),
        name: text(match entry.section.as_str() {
            "" => "No section of MAINTAINERS",
            section => section,
        }),
        outcome: match entry.state {
            State::Satisfied => Outcome::Passed,
            State::Blocked => Outcome::Failed,
            State::Missing | State::UnknownOwner => Outcome::Skipped,
        },
        kind: "approval".to_owned(),
        message: text(&format!(
            "{}: {}",
            phrases::standing_word(entry.state),
            entry.need
        )),
        text: text(&format!("{}; {}", entry.need, phrases::list(&said, 24))),
    }
}

/// One line of what XML can hold (<https://www.w3.org/TR/xml/#charsets>).
fn text(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
