//! The document becomes what the template of the whole lays out, section by section.

use super::finding::{self, FindingView, Reference};
use super::{Links, reason};
use crate::judge::Verdict;
use crate::report::json::{ApprovalEntry, Document, Entry, GapEntry, State};
use crate::report::phrases::{self, clean, list};
use crate::report::{Conclusion, Layouts};
use askama::Template;
use std::collections::HashMap;

/// Most findings on a page.
const MOST_FINDINGS: usize = 2000;
/// Most entries of every other list.
const MOST_ENTRIES: usize = 500;

/// What stands in `main`.
#[derive(Template)]
#[template(path = "body.html", config = "src/report/html/askama.toml")]
pub struct Body {
    pub class: &'static str,
    pub conclusion: &'static str,
    pub reason: String,
    pub compared: String,
    pub counts: [(&'static str, usize); 5],
    pub findings: Vec<FindingView>,
    pub findings_left_out: usize,
    pub compatible: bool,
    pub approvals: Vec<Approval>,
    pub copy_to: String,
    pub commits: Option<Commits>,
    pub series: Option<Series>,
    pub gaps: Vec<String>,
    pub gaps_left_out: usize,
    pub other_gaps: Vec<String>,
    pub other_gaps_left_out: usize,
    pub examined: String,
    pub left_out: Vec<(String, String)>,
    pub not_examined: Vec<String>,
    pub is_pass: bool,
    pub notes: Vec<String>,
    pub tool: String,
}

/// Who must agree.
pub struct Approval {
    pub class: &'static str,
    pub section: String,
    pub state: &'static str,
    pub need: String,
    pub who: Vec<String>,
    pub said: Vec<String>,
    pub paths: String,
}

/// What the commits of the range did.
pub struct Commits {
    pub passed: usize,
    pub examined: Vec<Reference>,
    pub taken_back: Vec<TakenBack>,
}

/// What one commit made and another took back.
pub struct TakenBack {
    pub message: String,
    pub verdict: &'static str,
    pub made_by: Option<Reference>,
    pub by: Reference,
}

/// The patches of a series.
pub struct Series {
    pub version: u32,
    pub patches: Vec<String>,
    pub problems: Vec<String>,
}

/// Words the whole document.
pub fn body(document: &Document, links: &Links) -> Body {
    let counts = &document.summary;
    let (changed, other): (Vec<&GapEntry>, Vec<&GapEntry>) =
        document.gaps.iter().partition(|gap| gap.in_change);
    Body {
        class: class(document.conclusion),
        conclusion: phrases::conclusion_word(document.conclusion),
        reason: reason::of(document),
        compared: compared(document),
        counts: [
            ("break", counts.breaks),
            ("review", counts.review),
            ("lint", counts.lint),
            ("ok", counts.ok),
            ("preview", counts.preview),
        ],
        findings: findings(document, links),
        findings_left_out: document.findings.len().saturating_sub(MOST_FINDINGS),
        compatible: counts.ok > 0 && !document.findings.iter().any(is_ok),
        approvals: some(&document.approvals).map(approval).collect(),
        copy_to: list(&document.copy_to, 20),
        commits: document.commits.as_ref().map(|_| commits(document, links)),
        series: document.series.as_ref().map(|series| Series {
            version: series.version,
            patches: some(&series.patches).map(phrases::patch_verdict).collect(),
            problems: cleaned(&series.problems),
        }),
        gaps: changed
            .iter()
            .take(MOST_ENTRIES)
            .map(|found| gap(found))
            .collect(),
        gaps_left_out: changed.len().saturating_sub(MOST_ENTRIES),
        other_gaps: other
            .iter()
            .take(MOST_ENTRIES)
            .map(|found| gap(found))
            .collect(),
        other_gaps_left_out: other.len().saturating_sub(MOST_ENTRIES),
        examined: examined(document),
        left_out: some(&document.examined.targets_left_out)
            .map(|left| (clean(&left.target), clean(&left.reason)))
            .collect(),
        not_examined: some(&document.not_examined)
            .map(|kind| clean(&kind.what))
            .collect(),
        is_pass: document.conclusion == Conclusion::Pass,
        notes: cleaned(&document.notes),
        tool: tool(document),
    }
}

fn some<T>(list: &[T]) -> impl Iterator<Item = &T> {
    list.iter().take(MOST_ENTRIES)
}

fn cleaned(texts: &[String]) -> Vec<String> {
    some(texts).map(|text| clean(text)).collect()
}

fn is_ok(entry: &Entry) -> bool {
    entry.verdict == Verdict::Ok
}

fn class(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "pass",
        Conclusion::NeedsApproval => "needs-approval",
        Conclusion::Fail => "fail",
        Conclusion::Undecided => "undecided",
    }
}

fn revision(state: &State) -> String {
    let name = clean(&state.rev);
    match &state.commit {
        Some(commit) if !commit.starts_with(&state.rev) => {
            format!("{name} ({:.12})", clean(commit))
        }
        _ => name,
    }
}

fn compared(document: &Document) -> String {
    let sides = format!(
        "{} with {}",
        revision(&document.base.state),
        revision(&document.head)
    );
    match &document.released {
        Some(released) => format!("{sides}; last release {}", revision(released)),
        None => sides,
    }
}

/// The findings; the layouts of a record are drawn at the first one that is about it.
fn findings(document: &Document, links: &Links) -> Vec<FindingView> {
    let of = |layouts: &'_ Layouts| (layouts.subject.clone(), layouts.header.clone());
    let layouts: HashMap<(String, String), &Layouts> = document
        .records
        .iter()
        .map(|both| (of(both), both))
        .collect();
    let mut drawn: HashMap<(String, String), String> = HashMap::new();
    let shown = document.findings.iter().take(MOST_FINDINGS);
    let views = shown.map(|entry| {
        let key = (entry.subject.clone(), entry.header.clone());
        let layouts = layouts.get(&key).copied().filter(|_| !is_ok(entry));
        let at = layouts.and_then(|_| drawn.get(&key).cloned());
        if layouts.is_some() && at.is_none() {
            drawn.insert(key, clean(&entry.fingerprint));
        }
        let to_draw = layouts.filter(|_| at.is_none());
        finding::view((document, links), entry, to_draw, at)
    });
    views.collect()
}

/// The title of a section, or what stands in its place.
pub fn section(approval: &ApprovalEntry) -> String {
    match approval.section.as_str() {
        "" => "No section of MAINTAINERS".to_owned(),
        section => clean(section),
    }
}

fn approval(approval: &ApprovalEntry) -> Approval {
    let who = some(&approval.who);
    Approval {
        class: match approval.state {
            crate::approve::State::Satisfied => "pass",
            crate::approve::State::Blocked => "fail",
            _ => "needs-approval",
        },
        section: section(approval),
        state: phrases::standing_word(approval.state),
        need: clean(&approval.need),
        who: who
            .map(|person| clean(&format!("{} <{}>", person.name, person.email)))
            .collect(),
        said: some(&approval.by).map(phrases::given).collect(),
        paths: list(&approval.paths, 12),
    }
}

fn commits(document: &Document, links: &Links) -> Commits {
    let commits = document.commits.iter();
    let taken = commits.clone().flat_map(|commits| &commits.taken_back);
    Commits {
        passed: commits.clone().map(|commits| commits.passed).sum(),
        examined: commits
            .flat_map(|commits| some(&commits.examined))
            .map(|commit| finding::commit(commit, links))
            .collect(),
        taken_back: taken
            .take(MOST_ENTRIES)
            .map(|taken| TakenBack {
                message: clean(&taken.finding.message),
                verdict: phrases::verdict(taken.finding.verdict),
                made_by: taken
                    .finding
                    .commit
                    .as_ref()
                    .map(|made| finding::commit(made, links)),
                by: finding::commit(&taken.taken_back_by, links),
            })
            .collect(),
    }
}

/// One line for a gap.
pub fn gap(gap: &GapEntry) -> String {
    let item = match gap.item.as_str() {
        "" => String::new(),
        item => format!(", {}", clean(item)),
    };
    let side = match gap.side {
        crate::model::GapSide::Before => " (only before)",
        crate::model::GapSide::After => " (only after)",
        crate::model::GapSide::Both => "",
    };
    let targets = match gap.targets.first().map(String::as_str) {
        Some("all") | None => String::new(),
        Some(_) => format!(" on {}", list(&gap.targets, 6)),
    };
    let reason = phrases::cut(&clean(&gap.reason), 200);
    format!("{}{item}: {reason}{side}{targets}", clean(&gap.header))
}

fn examined(document: &Document) -> String {
    let examined = &document.examined;
    phrases::looked_at(
        (examined.headers, examined.affected, examined.rules),
        &examined.targets,
    )
}

fn tool(document: &Document) -> String {
    let tool = &document.tool;
    let libclang = match tool.libclang.as_str() {
        "" => String::new(),
        version => format!(", libclang {}", clean(version)),
    };
    format!("uapi-check {}{libclang}", clean(&tool.version))
}
