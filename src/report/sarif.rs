//! The JSON document of a run becomes SARIF 2.1.0, as code scanning takes it.
//!
//! | here | there |
//! |---|---|
//! | a finding | a result; `break` is an error, `review` a warning, `lint` a note, `ok` informational |
//! | its fingerprint | a partial fingerprint, so that an alert stays the same one when lines move |
//! | a waiver | a suppression |
//! | what could not be examined | notifications of the invocation |
//!
//! The form is that of the OASIS standard, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>; what GitHub asks for
//! besides is in its documentation ("SARIF support for code scanning"). Pure.

use super::json::{Document, Entry, State};
use super::phrases::{self, clean};
use crate::judge::Verdict;
use crate::model::Side;
use serde_json::{Value, json};

/// Most results. GitHub shows the first 5000 of a run.
const MOST_RESULTS: usize = 5000;
/// Most notifications of one kind.
const MOST_NOTIFICATIONS: usize = 500;

/// The document as SARIF, with a line break at its end.
///
/// # Errors
/// Where a value has no form in JSON.
pub fn render(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&log(document))?;
    text.push('\n');
    Ok(text)
}

fn log(document: &Document) -> Value {
    let shown = &document.findings[..document.findings.len().min(MOST_RESULTS)];
    let mut rules = Rules::default();
    let results: Vec<Value> = shown
        .iter()
        .map(|entry| result(entry, rules.index(entry)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "uapi-check",
                "semanticVersion": clean(&document.tool.version),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.told,
            }},
            "automationDetails": { "id": "uapi-check/" },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(document),
            }],
            "results": results,
            "properties": {
                "conclusion": document.conclusion,
                "base": state(&document.base.state),
                "head": state(&document.head),
            },
        }],
    })
}

fn state(state: &State) -> Value {
    json!({ "rev": clean(&state.rev), "commit": state.commit.as_deref().map(clean) })
}

fn cleaned(names: &[String]) -> Vec<String> {
    names.iter().map(|name| clean(name)).collect()
}

/// The rules of the results, each once, in the order in which they are met.
#[derive(Default)]
struct Rules {
    told: Vec<Value>,
    known: std::collections::HashMap<String, usize>,
}

impl Rules {
    fn index(&mut self, entry: &Entry) -> usize {
        if let Some(index) = self.known.get(&entry.rule) {
            return *index;
        }
        let index = self.told.len();
        self.told.push(rule(entry));
        self.known.insert(entry.rule.clone(), index);
        index
    }
}

fn rule(entry: &Entry) -> Value {
    let (title, why) = (clean(&entry.title), clean(&entry.why));
    let see = entry.see.as_deref().map(clean);
    let more = see.iter().map(|see| format!(" See {see}."));
    let help = format!("{title}. {why}{}", more.collect::<String>());
    let severity = match entry.verdict {
        Verdict::Break => "error",
        Verdict::Review => "warning",
        Verdict::Lint | Verdict::Ok => "recommendation",
    };
    let mut rule = json!({
        "id": clean(&entry.rule),
        "shortDescription": { "text": title },
        "fullDescription": { "text": why },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(entry) },
        "properties": { "tags": ["uapi"], "problem.severity": severity, "precision": "very-high" },
    });
    if let Some(see) = see.filter(|see| see.starts_with("https://")) {
        rule["helpUri"] = Value::String(see);
    }
    rule
}

/// How grave it is for who reads alerts. A rule on trial never fails a run.
fn level(entry: &Entry) -> &'static str {
    match entry.verdict {
        Verdict::Ok => "none",
        _ if entry.preview => "note",
        Verdict::Break => "error",
        Verdict::Review => "warning",
        Verdict::Lint => "note",
    }
}

fn result(entry: &Entry, rule: usize) -> Value {
    let fingerprint = clean(&entry.fingerprint);
    let (before, after) = phrases::difference(&entry.before, &entry.after);
    let mut result = json!({
        "ruleId": clean(&entry.rule),
        "ruleIndex": rule,
        "level": level(entry),
        "kind": if entry.verdict == Verdict::Ok { "informational" } else { "fail" },
        "message": { "text": message(entry) },
        "locations": [location(entry)],
        "partialFingerprints": {
            "uapiCheckFingerprint/v1": fingerprint,
            // What GitHub tells alerts apart by; the 1 is the place among equal ones.
            "primaryLocationLineHash": format!("{fingerprint}:1"),
        },
        "properties": {
            "verdict": entry.verdict,
            "breaks": entry.breaks,
            "targets": cleaned(&entry.targets),
            "before": before,
            "after": after,
            "affects": cleaned(&entry.affects),
        },
    });
    if let Some(waived) = &entry.waived {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": clean(&waived.reason),
        }]);
    }
    result
}

fn message(entry: &Entry) -> String {
    let breaks = entry.breaks.map(phrases::who);
    let breaks = breaks.map_or_else(String::new, |who| format!(" Breaks {who}."));
    let before = match (entry.side, entry.line) {
        (Some(Side::Before), Some(line)) => format!(" It stood in line {line} before."),
        _ => String::new(),
    };
    let targets = phrases::list(&entry.targets, 12);
    let (message, why) = (&entry.message, &entry.why);
    plain(&format!(
        "{message}. {why}{breaks} Targets: {targets}.{before}"
    ))
}

/// A message that is nothing but text: `[text](target)` is a link even in plain ones (section 3.11.6).
fn plain(text: &str) -> String {
    clean(text).replace("](", "] (")
}

fn location(entry: &Entry) -> Value {
    let path = entry.path.as_deref().unwrap_or(&entry.header);
    // A line of the state before means nothing in the file that is there now.
    let line = entry.line.filter(|_| entry.side == Some(Side::After));
    let name = match entry.member.as_str() {
        "" => clean(&entry.subject),
        member => clean(&format!("{}.{member}", entry.subject)),
    };
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": { "startLine": line.unwrap_or(1) },
        },
        "logicalLocations": [{ "fullyQualifiedName": name }],
    })
}

/// A path as a relative reference of a URI (RFC 3986): a first part with a colon would be a scheme.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// What was not examined, the gravest first.
fn notifications(document: &Document) -> Vec<Value> {
    let problems = document.series.iter().flat_map(|series| &series.problems);
    let problems = problems.map(|problem| format!("Of the series, not examined: {problem}"));
    let gaps = |in_change: bool| {
        let gaps = document.gaps.iter();
        let gaps = gaps.filter(move |gap| gap.in_change == in_change);
        gaps.map(|gap| format!("Could not be read: {}", super::html::gap(gap)))
    };
    let targets = document.examined.targets_left_out.iter();
    let targets = targets.map(|left| format!("Target {} left out: {}", left.target, left.reason));
    let hidden = document.findings.len().saturating_sub(MOST_RESULTS);
    let hidden = (hidden > 0).then(|| format!("{hidden} more findings are left out here"));
    let kinds = document.not_examined.iter();
    let kinds = kinds.map(|kind| format!("No header shows: {}", kind.what));
    let notes = document.notes.iter().cloned();
    notified("series", "error", problems)
        .chain(notified("gap", "error", gaps(true)))
        .chain(notified("results-left-out", "warning", hidden))
        .chain(notified("gap", "note", gaps(false)))
        .chain(notified("target-left-out", "note", targets))
        .chain(notified("note", "note", notes))
        .chain(notified("not-examined", "none", kinds))
        .collect()
}

fn notified(
    id: &str,
    level: &str,
    texts: impl IntoIterator<Item = String>,
) -> impl Iterator<Item = Value> {
    let texts = texts.into_iter().take(MOST_NOTIFICATIONS);
    texts.map(move |text| {
        json!({ "descriptor": { "id": id }, "level": level, "message": { "text": plain(&text) } })
    })
}

#[cfg(test)]
#[path = "sarif_tests.rs"]
mod tests;
