//! Reports held against what a case expects: every difference becomes one readable line.

use super::case::{Case, Expectation, ExpectedGap};
use uapi_check::judge::{Catalogue, Finding, Verdict};
use uapi_check::report::{Conclusion, Report};

/// Expected findings that are missing, findings that nobody expects, and gaps likewise.
pub fn differences(case: &Case, report: &Report) -> Vec<String> {
    let (ok, others): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|finding| finding.verdict == Verdict::Ok);
    let mut faults = unmatched(&case.expected.findings, &others);
    if let Some(expected) = &case.expected.ok {
        faults.extend(unmatched(expected, &ok));
    }
    let mut expected = case.expected.gaps.clone();
    let mut gaps: Vec<_> = report
        .gaps
        .iter()
        .map(|gap| ExpectedGap {
            header: gap.header.clone(),
            item: gap.item.clone(),
        })
        .collect();
    expected.sort();
    gaps.sort();
    if expected != gaps {
        faults.push(format!("gaps: expected {expected:?}, found {gaps:?}"));
    }
    faults
}

/// Pairs every expectation with one finding, and tells what is left over on either side.
fn unmatched(expected: &[Expectation], findings: &[&Finding]) -> Vec<String> {
    let mut left: Vec<&Finding> = findings.to_vec();
    let mut faults = Vec::new();
    for expectation in expected {
        match left.iter().position(|finding| meets(finding, expectation)) {
            Some(index) => drop(left.remove(index)),
            None => faults.push(format!("missing: {expectation}")),
        }
    }
    faults.extend(left.iter().map(|f| format!("unexpected: {}", line(f))));
    faults
}

fn meets(finding: &Finding, expectation: &Expectation) -> bool {
    let member = expectation.member.as_ref();
    let verdict = expectation.verdict;
    finding.rule == expectation.rule
        && finding.subject == expectation.subject
        && member.is_none_or(|member| *member == finding.member)
        && verdict.is_none_or(|verdict| verdict == finding.verdict)
        && expectation
            .targets
            .as_ref()
            .is_none_or(|targets| *targets == shown_targets(finding))
}

/// The targets as reports show them.
fn shown_targets(finding: &Finding) -> Vec<String> {
    if finding.everywhere {
        vec!["all".to_owned()]
    } else {
        finding.targets.clone()
    }
}

/// A finding in one line.
pub fn line(finding: &Finding) -> String {
    format!(
        "{} ({:?}) on `{}` member `{}` for {}: {}",
        finding.rule,
        finding.verdict,
        finding.subject,
        finding.member,
        shown_targets(finding).join(", "),
        finding.message
    )
}

/// Breaks without a proof that held. A rule may say that it has none, and why.
pub fn unproved(report: &Report, catalogue: &Catalogue) -> Vec<String> {
    let breaks = report
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Break);
    let excused = |finding: &Finding| {
        let rule = catalogue.rule(&finding.rule);
        rule.is_some_and(|rule| rule.no_witness.is_some())
    };
    breaks
        .filter_map(|finding| match &finding.witness {
            Some(witness) if witness.confirmed == Some(true) => None,
            Some(witness) => Some(format!(
                "witness of {} on `{}` is {:?}: {}",
                finding.rule, finding.subject, witness.confirmed, witness.code
            )),
            None if excused(finding) => None,
            None => Some(format!(
                "{} on `{}` is a break without a witness",
                finding.rule, finding.subject
            )),
        })
        .collect()
}

/// The exit status that a report leads to with `--fail-on break`.
pub fn expected_status(report: &Report) -> i32 {
    let fails = |finding: &&Finding| finding.verdict == Verdict::Break && !finding.preview;
    if report.findings.iter().any(|finding| fails(&finding)) {
        1
    } else if report.conclusion == Conclusion::Undecided {
        3
    } else {
        0
    }
}

/// What the JSON report says otherwise than the library's.
pub fn json_differs(json: &serde_json::Value, report: &Report) -> Vec<String> {
    let text = |value: &serde_json::Value, key: &str| {
        let found = value.get(key).and_then(serde_json::Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let shown = json.get("findings").and_then(serde_json::Value::as_array);
    let mut shown: Vec<_> = shown
        .into_iter()
        .flatten()
        .map(|f| ["fingerprint", "rule", "subject", "member", "verdict"].map(|key| text(f, key)))
        .collect();
    let mut expected: Vec<_> = report
        .findings
        .iter()
        .map(|f| {
            let verdict = format!("{:?}", f.verdict).to_lowercase();
            let parts = [&f.fingerprint, &f.rule, &f.subject, &f.member, &verdict];
            parts.map(String::clone)
        })
        .collect();
    shown.sort();
    expected.sort();
    if shown == expected {
        return Vec::new();
    }
    let only = |these: &[[String; 5]], those: &[[String; 5]]| -> Vec<String> {
        let missing = these.iter().filter(|finding| !those.contains(finding));
        missing.map(|finding| finding[1..].join(" ")).collect()
    };
    vec![format!(
        "command line: only there {:?}, only in the library {:?}",
        only(&shown, &expected),
        only(&expected, &shown)
    )]
}
