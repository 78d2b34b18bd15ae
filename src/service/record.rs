//! A report becomes the run that the store keeps of it: the JSON document, and what it is found by. Pure.

use super::judge::Failed;
use crate::report::{Report, json};
use crate::store::{NewRun, RunApproval, RunFinding};
use serde::Serialize;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What it is called through all its versions.
    pub subject: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// Where it is to be seen; empty where it is nowhere.
    pub url: &'a str,
    /// A hash of what is said.
    pub digest: &'a str,
}

/// The run of a report. `now` is in seconds since 1970.
///
/// # Errors
///
/// Where the report can't be written as JSON.
pub fn run(report: &Report, about: &About<'_>, now: i64) -> Result<NewRun, Failed> {
    Ok(NewRun {
        id: None,
        subject: about.subject.to_owned(),
        title: about.title.to_owned(),
        url: about.url.to_owned(),
        base: report.base.commit.clone().unwrap_or_default(),
        head: report.head.commit.clone().unwrap_or_default(),
        conclusion: word(&report.conclusion)?,
        digest: about.digest.to_owned(),
        report: json::render(report, false)
            .map_err(Failed::ours)?
            .into_bytes(),
        findings: findings(report)?,
        approvals: approvals(report)?,
        at: now,
    })
}

/// A hash of what a report finds, and how its sections stand: the same where nothing else was found.
///
/// # Errors
///
/// Where a part of it can't be written.
pub fn digest(report: &Report) -> Result<String, Failed> {
    let mut hash = blake3::Hasher::new();
    hash.update(word(&report.conclusion)?.as_bytes());
    for finding in &report.findings {
        hash.update(finding.fingerprint.as_bytes());
    }
    for approval in approvals(report)? {
        hash.update(format!("{approval:?}").as_bytes());
    }
    Ok(hash.finalize().to_hex().to_string())
}

fn findings(report: &Report) -> Result<Vec<RunFinding>, Failed> {
    let each = report.findings.iter().map(|finding| {
        Ok(RunFinding {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            verdict: word(&finding.verdict)?,
            subject: finding.subject.clone(),
            header: finding.header.clone(),
        })
    });
    each.collect()
}

fn approvals(report: &Report) -> Result<Vec<RunApproval>, Failed> {
    let mut all = Vec::new();
    for standing in report.approvals.iter().flatten() {
        let alone = RunApproval {
            section: standing.section.clone(),
            state: word(&standing.state)?,
            ..RunApproval::default()
        };
        if standing.by.is_empty() {
            all.push(alone.clone());
        }
        for given in &standing.by {
            all.push(RunApproval {
                person: format!("{} <{}>", given.name, given.email),
                said: word(&given.says)?,
                evidence: serde_json::to_string(&given.evidence).map_err(Failed::ours)?,
                ..alone.clone()
            });
        }
    }
    Ok(all)
}

/// A word as the report writes it.
pub fn word(of: &impl Serialize) -> Result<String, Failed> {
    let value = serde_json::to_value(of).map_err(Failed::ours)?;
    let word = value.as_str().map(str::to_owned);
    word.ok_or_else(|| Failed::ours(format!("{value} is no word")))
}
