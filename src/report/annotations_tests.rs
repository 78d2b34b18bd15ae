//! The commands of sample documents, as the runner reads them.

use super::*;
use crate::approve::Waived;
use crate::report::{Report, json, samples};

fn commands(report: &Report) -> String {
    render(&json::document(report, true))
}

#[test]
fn each_finding_stands_at_its_line() {
    let findings = vec![
        samples::moved_field(),
        samples::with_verdict(Verdict::Review),
        samples::with_verdict(Verdict::Lint),
        samples::grown_constant(),
    ];
    let text = commands(&samples::report(findings, Vec::new()));
    let starts: Vec<&str> = text
        .lines()
        .map(|line| &line[..line.len().min(45)])
        .collect();
    let expected = [
        "::error file=include/uapi/linux/demo.h,line=4",
        "::warning file=include/uapi/linux/demo.h,line",
        "::notice file=include/uapi/linux/demo.h,line=",
        "uapi-check: fail: 1 finding breaks programs; ",
    ];
    assert_eq!(starts, expected);
    assert!(
        text.contains("moved from byte 4 to byte 8%0APrograms built"),
        "{text}"
    );
}

#[test]
fn what_is_gone_has_no_line_and_what_is_waived_no_command() {
    let mut gone = samples::moved_field();
    gone.after_place = None;
    let mut report = samples::report(vec![gone], Vec::new());
    let text = commands(&report);
    assert!(
        text.starts_with("::error file=include/uapi/linux/demo.h,title="),
        "{text}"
    );
    assert!(text.contains("It stood in line 3 before."));
    let waived = Waived {
        reason: "nobody used it".to_owned(),
        expires: None,
    };
    report
        .waived
        .insert(report.findings[0].fingerprint.clone(), waived);
    assert!(!commands(&report).contains("::"));
}

#[test]
fn nothing_of_a_header_becomes_a_command_or_a_property() {
    let mut finding = samples::moved_field();
    finding.rule = "x,line=1::".to_owned();
    finding.message = "a\n::set-env name=PATH::/tmp\r\n%0A::stop-commands::t".to_owned();
    let mut report = samples::report(vec![finding], vec![samples::gap(true)]);
    for source in report.sources.values_mut() {
        source.path = "include/a,b:c\n::error::%.h".to_owned();
    }
    report.gaps[0].reason = "::warning::x\n::error::y".to_owned();
    let text = commands(&report);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    // As the runner does it: up to the second `::` stand the properties, apart by commas.
    let (properties, message) = lines[0][2..].split_once("::").expect("a command");
    let properties: Vec<&str> = properties
        .split_once(' ')
        .expect("a name")
        .1
        .split(',')
        .collect();
    assert_eq!(
        properties,
        [
            "file=include/a%2Cb%3Ac %3A%3Aerror%3A%3A%25.h",
            "line=4",
            "title=break [x%2Cline=1%3A%3A]"
        ]
    );
    assert!(
        message.starts_with("a ::set-env name=PATH::/tmp  %250A::stop-commands::t%0A"),
        "{message}"
    );
    assert!(lines[1].starts_with("::warning title=uapi-check%3A not examined::"));
    assert!(lines[2].starts_with("uapi-check: "));
}
