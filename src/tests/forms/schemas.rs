//! SARIF, JUnit and workflow commands of real runs.

use super::{changed, unchanged, written};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

/// A schema that the set-up of the tests fetched.
fn schema(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("target/schemas")
        .join(name);
    assert!(
        path.exists(),
        "{name} is missing: run deploy/dev/setup.sh test"
    );
    path
}

/// What the schema of SARIF says of a log; empty where it obeys.
pub fn sarif_errors(log: &Value) -> Vec<String> {
    let text = std::fs::read(schema("sarif-2.1.0.json")).expect("the schema");
    let schema: Value = serde_json::from_slice(&text).expect("JSON");
    assert!(
        schema["title"]
            .as_str()
            .expect("a title")
            .contains("SARIF) Version 2.1.0")
    );
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors = validator.iter_errors(log);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// What xmllint says of a text under the schema; empty where it obeys.
fn junit_errors(xml: &str) -> String {
    let place = tempfile::tempdir().expect("a place");
    let file = place.path().join("report.xml");
    std::fs::write(&file, xml).expect("written");
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema("junit-10.xsd"))
        .arg(&file)
        .output()
        .expect("xmllint is there: run deploy/dev/setup.sh test");
    match output.status.success() {
        true => String::new(),
        false => String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn sarif_obeys_its_schema() {
    for series in [changed(), unchanged()] {
        let log: Value = serde_json::from_str(&written(&series, "sarif")).expect("JSON");
        assert_eq!(sarif_errors(&log), Vec::<String>::new());
    }
}

#[test]
fn the_schema_of_sarif_refuses_what_is_none() {
    let mut log: Value = serde_json::from_str(&written(&changed(), "sarif")).expect("JSON");
    log["runs"][0]["results"][0]["level"] = json!("fatal");
    log["runs"][0]["results"][1]["kind"] = json!(3);
    assert_eq!(sarif_errors(&log).len(), 2);
}

#[test]
fn sarif_has_each_finding_at_its_place() {
    let series = changed();
    let log: Value = serde_json::from_str(&written(&series, "sarif")).expect("JSON");
    let (_, document) = series.json(&["--all", &series.range()]);
    let results = log["runs"][0]["results"].as_array().expect("results");
    let findings = document["findings"].as_array().expect("findings");
    assert!(findings.len() >= 3, "{document}");
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result["ruleId"], finding["rule"]);
        assert_eq!(
            result["partialFingerprints"]["uapiCheckFingerprint/v1"],
            finding["fingerprint"]
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "include/uapi/linux/demo.h"
        );
        if finding["side"] == "after" {
            assert_eq!(place["region"]["startLine"], finding["line"]);
        }
    }
}

#[test]
fn junit_obeys_its_schema() {
    let changed = written(&changed(), "junit");
    assert!(changed.contains("<failure ") && changed.contains("uapi-check approvals"));
    for xml in [changed, written(&unchanged(), "junit")] {
        assert_eq!(junit_errors(&xml), "", "{xml}");
    }
}

#[test]
fn the_schema_of_junit_refuses_what_is_none() {
    let xml = written(&changed(), "junit").replace("<failure ", "<mishap ");
    assert!(!junit_errors(&xml.replace("</failure>", "</mishap>")).is_empty());
}

#[test]
fn annotations_stand_where_the_findings_do() {
    let series = changed();
    let text = written(&series, "github");
    let (_, document) = series.json(&[&series.range()]);
    let findings = document["findings"].as_array().expect("findings");
    let commands = text.lines().filter(|line| line.starts_with("::"));
    assert_eq!(commands.count(), findings.len(), "{text}");
    for finding in findings.iter().filter(|finding| finding["side"] == "after") {
        let place = format!("file=include/uapi/linux/demo.h,line={},", finding["line"]);
        assert!(text.contains(&place), "{place}: {text}");
    }
    assert!(!written(&unchanged(), "github").contains("::"));
}
