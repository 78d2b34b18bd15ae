//! The real pair of kernels, v6.1 and v6.12: what the incumbent sees is told, what it can't see is told
//! too, and what is compatible is no break.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes. The expected names come
//! from abidiff 2.8 as scripts/check-uapi.sh drives it (data/incumbent-6.1-6.12.tsv), from the kernel's
//! own history, and from the incidents this tool was wished for.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

/// What abidiff reports and this tool, for a reason, does not.
const EXCEPTIONS: [(&str, &str); 0] = [];

fn repository() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        println!(
            "skipped: UAPI_CHECK_KERNEL does not name a repository with the tags v6.1 and v6.12 (make kernel)"
        );
    }
    path
}

fn run(repository: &PathBuf, range: &str) -> Value {
    let output = crate::support::program()
        .args([
            range, "--target", "x86_64", "--format", "json", "--all", "--repo",
        ])
        .arg(repository)
        .output()
        .expect("the program runs");
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

/// The report of the pair on x86_64, made once.
fn pair() -> Option<&'static Value> {
    static REPORT: OnceLock<Option<Value>> = OnceLock::new();
    REPORT
        .get_or_init(|| repository().map(|repository| run(&repository, "v6.1..v6.12")))
        .as_ref()
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().expect("findings are a list")
}

fn text<'a>(finding: &'a Value, key: &str) -> &'a str {
    finding[key].as_str().unwrap_or_default()
}

fn with_verdict<'a>(report: &'a Value, verdict: &str) -> Vec<&'a Value> {
    findings(report)
        .iter()
        .filter(|finding| text(finding, "verdict") == verdict)
        .collect()
}

fn line(finding: &Value) -> String {
    format!(
        "{} {} {}.{}: {}",
        text(finding, "rule"),
        text(finding, "header"),
        text(finding, "subject"),
        text(finding, "member"),
        text(finding, "message")
    )
}

#[test]
fn kernel_pair_tells_all_that_the_incumbent_tells() {
    let Some(report) = pair() else { return };
    let mut told: BTreeSet<String> = BTreeSet::new();
    for finding in findings(report) {
        told.insert(text(finding, "subject").to_owned());
        let affects = finding["affects"].as_array().into_iter().flatten();
        told.extend(affects.filter_map(Value::as_str).map(str::to_owned));
    }
    let table = include_str!("data/incumbent-6.1-6.12.tsv");
    let mut missing = Vec::new();
    let mut rows = 0;
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [kind, subject, ..] = columns[..] else {
            continue;
        };
        if subject.contains('{') {
            continue;
        }
        rows += 1;
        let name = if kind == "R" {
            subject
        } else {
            subject.trim_start_matches("typedef ")
        };
        if !told.contains(name)
            && !EXCEPTIONS
                .iter()
                .any(|(exception, _)| *exception == subject)
        {
            missing.push(row);
        }
    }
    assert!(rows > 70, "the table has {rows} named rows");
    assert!(missing.is_empty(), "not told:\n{}", missing.join("\n"));
}

#[test]
fn kernel_pair_tells_what_the_incumbent_can_not_see() {
    let Some(report) = pair() else { return };
    // Macro values, request codes and removed macros have no DWARF.
    for (subject, verdict) in [
        ("KVM_SET_MEMORY_REGION", "break"),
        ("FS_ENCRYPTION_MODE_SPECK128_256_XTS", "break"),
        ("HSA_CAP_RESERVED", "review"),
        ("CAN_RAW_FILTER_MAX", "break"),
    ] {
        let found: Vec<&Value> = findings(report)
            .iter()
            .filter(|finding| text(finding, "subject") == subject)
            .collect();
        assert!(
            found
                .iter()
                .any(|finding| text(finding, "verdict") == verdict),
            "{subject}: {found:?}"
        );
    }
    for rule in ["macro-removed", "ioctl-removed", "macro-type-changed"] {
        assert!(
            findings(report)
                .iter()
                .any(|finding| text(finding, "rule") == rule),
            "no {rule}"
        );
    }
}

#[test]
fn kernel_pair_breaks_are_none_of_the_compatible_kinds() {
    let Some(report) = pair() else { return };
    let wrong: Vec<String> = with_verdict(report, "break")
        .into_iter()
        .filter(|finding| {
            let subject = text(finding, "subject");
            let header = text(finding, "header");
            let rule = text(finding, "rule");
            header == "linux/snmp.h"
                || [
                    "struct statx",
                    "struct tcp_info",
                    "struct mptcp_info",
                    "struct rseq",
                    "struct perf_event_attr",
                ]
                .contains(&subject)
                || (header.starts_with("drm/") && rule.starts_with("struct-size-grown"))
                || rule.contains("sentinel-grown")
        })
        .map(line)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kernel_pair_breaks_are_all_proven() {
    let Some(report) = pair() else { return };
    // Its proof is a compilation as C90 or C++, which a witness is not.
    let other_language = ["c90-incompatible", "cxx-incompatible"];
    let unproven: Vec<String> = with_verdict(report, "break")
        .into_iter()
        .filter(|finding| finding["witness"]["confirmed"] != Value::Bool(true))
        .filter(|finding| !other_language.contains(&text(finding, "rule")))
        .map(line)
        .collect();
    assert!(unproven.is_empty(), "{}", unproven.join("\n"));
}

#[test]
fn kernel_pair_moved_constants_are_no_findings() {
    let Some(report) = pair() else { return };
    // 77 constants of mptcp.h stand in mptcp_pm.h, which it includes. A counter is not only moved: its
    // name now counts another enumeration.
    let moved = |finding: &&Value| {
        let subject = text(finding, "subject");
        text(finding, "header").starts_with("linux/mptcp") && subject.starts_with("MPTCP_")
    };
    let wrong: Vec<String> = findings(report)
        .iter()
        .filter(moved)
        .filter(|finding| text(finding, "verdict") != "ok")
        .map(line)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kernel_pair_is_silent_against_itself_and_the_same_twice() {
    let Some(repository) = repository() else {
        return;
    };
    let same = run(&repository, "v6.12..v6.12");
    assert_eq!(findings(&same).len(), 0);
    assert_eq!(same["conclusion"], "pass");
    let strip = |mut report: Value| {
        report
            .as_object_mut()
            .expect("an object")
            .remove("timing_ms");
        serde_json::to_string(&report).expect("JSON")
    };
    let (one, two) = (
        run(&repository, "v6.1..v6.12"),
        run(&repository, "v6.1..v6.12"),
    );
    assert!(strip(one) == strip(two), "two runs differ");
}

#[test]
fn kernel_pair_summary() {
    let Some(report) = pair() else { return };
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in findings(report) {
        *counts
            .entry((text(finding, "verdict"), text(finding, "rule")))
            .or_default() += 1;
    }
    for ((verdict, rule), count) in &counts {
        println!("{verdict:8} {rule:40} {count}");
    }
    assert_eq!(report["schema_version"], 1);
}
