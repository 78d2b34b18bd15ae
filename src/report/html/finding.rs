//! One finding of the document becomes what its template lays out.

use super::compared::{Compared, Row};
use super::picture::{self, Picture};
use super::{Links, request};
use crate::judge::Verdict;
use crate::model::Side;
use crate::report::json::{Document, Entry, Standing};
use crate::report::phrases::{self, clean, list};
use crate::report::{Commit, Layouts};
use askama::Template;

/// A text that may lead somewhere.
pub struct Reference {
    pub text: String,
    pub url: Option<String>,
}

/// Names and values of a side, as the difference of the two.
pub struct Values {
    pub targets: String,
    pub before: String,
    pub after: String,
}

/// The layouts of a finding's record.
pub struct Drawing {
    pub picture: Picture,
    pub rows: Vec<Row>,
}

/// One finding.
#[derive(Template)]
#[template(path = "finding.html", config = "src/report/html/askama.toml")]
pub struct FindingView {
    pub fingerprint: String,
    pub permalink: String,
    pub class: &'static str,
    pub verdict: String,
    pub subject: String,
    pub message: String,
    pub rule: Reference,
    pub place: Reference,
    pub values: Vec<Values>,
    pub breaks: &'static str,
    pub targets: String,
    pub why: String,
    pub release: &'static str,
    pub waived: String,
    pub commit: Option<Reference>,
    pub wanted: String,
    pub see: Option<Reference>,
    pub affects: Vec<String>,
    pub witness: Option<(&'static str, String)>,
    pub request: Option<Picture>,
    pub drawing: Option<Drawing>,
    /// The fingerprint of the finding that has the picture of the same record, where this one has none.
    pub drawn_at: Option<String>,
    /// Who must agree: section and how it stands.
    pub approvals: Vec<(String, &'static str)>,
}

/// Most subjects that a finding drags along and that are named.
const MOST_AFFECTED: usize = 100;

/// Words a finding. `drawn` names the finding whose picture is of the same record, where one came before.
pub fn view(
    (document, links): (&Document, &Links),
    entry: &Entry,
    layouts: Option<&Layouts>,
    drawn_at: Option<String>,
) -> FindingView {
    let id = clean(&entry.fingerprint);
    let link = links.findings.as_deref().unwrap_or("#");
    FindingView {
        permalink: format!("{link}{}", encoded(&entry.fingerprint)),
        class: phrases::verdict(entry.verdict),
        verdict: verdict(entry),
        subject: subject(entry),
        message: clean(&entry.message),
        rule: reference(&entry.rule, links.rules.as_deref(), &entry.rule),
        place: place(entry, links),
        values: values(entry),
        breaks: entry.breaks.map(phrases::who).unwrap_or_default(),
        targets: list(&entry.targets, 24),
        why: clean(&entry.why),
        release: release(entry.release),
        waived: waived(entry),
        commit: entry.commit.as_ref().map(|made| commit(made, links)),
        wanted: clean(entry.evidence_wanted.as_deref().unwrap_or_default()),
        see: entry.see.as_deref().map(see),
        affects: affects(&entry.affects),
        witness: entry
            .witness
            .as_ref()
            .map(|witness| (phrases::proof(witness.confirmed), lines(&witness.code))),
        request: request::picture(&format!("code-{id}"), entry, target(document, entry)),
        drawing: layouts.map(|layouts| Drawing {
            picture: picture::picture(&format!("layout-{id}"), layouts),
            rows: Compared::of(layouts).rows(layouts),
        }),
        drawn_at,
        approvals: approvals(document, entry),
        fingerprint: id,
    }
}

fn verdict(entry: &Entry) -> String {
    let word = phrases::verdict(entry.verdict);
    match (entry.preview, &entry.waived) {
        (_, Some(_)) => format!("{word}, waived"),
        (true, None) => format!("{word}, preview"),
        (false, None) => word.to_owned(),
    }
}

fn release(standing: Standing) -> &'static str {
    match standing {
        Standing::Released => "",
        Standing::Unreleased => "no release has it so, so it may still change",
        Standing::Restored => "no release has it so; the change restores what the last one has",
    }
}

fn subject(entry: &Entry) -> String {
    match entry.member.as_str() {
        "" => clean(&entry.subject),
        member => clean(&format!("{}.{member}", entry.subject)),
    }
}

fn affects(names: &[String]) -> Vec<String> {
    let mut named: Vec<String> = names
        .iter()
        .take(MOST_AFFECTED)
        .map(|name| clean(name))
        .collect();
    if names.len() > MOST_AFFECTED {
        named.push(format!("and {} more", names.len() - MOST_AFFECTED));
    }
    named
}

fn waived(entry: &Entry) -> String {
    let Some(waived) = &entry.waived else {
        return String::new();
    };
    let until = waived.expires.iter().map(|day| format!(" (until {day})"));
    clean(&format!("{}{}", waived.reason, until.collect::<String>()))
}

/// The target whose facts are shown first.
fn target<'d>(document: &'d Document, entry: &'d Entry) -> &'d str {
    let named = entry.targets.first().filter(|name| *name != "all");
    let first = named.or(document.examined.targets.first());
    first.map_or("", String::as_str)
}

fn values(entry: &Entry) -> Vec<Values> {
    let (before, after) = phrases::difference(&entry.before, &entry.after);
    let first = Values {
        targets: String::new(),
        before,
        after,
    };
    let others = entry.variants.iter().map(|variant| {
        let (before, after) = phrases::difference(&variant.before, &variant.after);
        Values {
            targets: list(&variant.targets, 24),
            before,
            after,
        }
    });
    let all = [first].into_iter().chain(others);
    all.filter(|values| !values.before.is_empty() || !values.after.is_empty())
        .collect()
}

fn place(entry: &Entry, links: &Links) -> Reference {
    let Some(path) = &entry.path else {
        return Reference {
            text: clean(&entry.header),
            url: None,
        };
    };
    let (side, prefix) = match entry.side {
        Some(Side::Before) => (" (before)", links.before.as_deref()),
        _ => ("", links.after.as_deref()),
    };
    let line = |start: &str| {
        entry
            .line
            .map_or_else(String::new, |line| format!("{start}{line}"))
    };
    Reference {
        text: format!("{}{}{side}", clean(path), line(":")),
        url: url(prefix, path).map(|url| url + &line("#L")),
    }
}

fn approvals(document: &Document, entry: &Entry) -> Vec<(String, &'static str)> {
    let about = document.approvals.iter();
    let about = about.filter(|approval| approval.fingerprints.contains(&entry.fingerprint));
    about
        .filter(|_| entry.verdict != Verdict::Ok)
        .map(|approval| {
            let word = phrases::standing_word(approval.state);
            (super::view::section(approval), word)
        })
        .collect()
}

fn see(text: &str) -> Reference {
    let text = clean(text);
    let url = text.starts_with("https://").then(|| text.clone());
    Reference { text, url }
}

/// A commit as people cite it.
pub fn commit(commit: &Commit, links: &Links) -> Reference {
    let text = format!(
        "{:.12} (\"{}\"), {:.10}",
        clean(&commit.id),
        phrases::cut(&clean(&commit.subject), 80),
        clean(&commit.date)
    );
    reference(&text, links.commits.as_deref(), &commit.id)
}

fn reference(text: &str, prefix: Option<&str>, name: &str) -> Reference {
    Reference {
        text: clean(text),
        url: url(prefix, name),
    }
}

/// A link that leads nowhere else than its beginning says.
fn url(prefix: Option<&str>, name: &str) -> Option<String> {
    Some(format!("{}{}", prefix?, encoded(name)))
}

/// A name in a URL: letters, digits and a few signs as they are, everything else by its bytes.
fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                text.push(char::from(byte));
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn lines(code: &str) -> String {
    let lines: Vec<String> = code.lines().take(40).map(clean).collect();
    lines.join("\n")
}
