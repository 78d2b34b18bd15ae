//! The rules become pages: all of them, and one with its reason.

use super::{Trouble, page};
use crate::judge::{Rule, Status};
use crate::report::phrases;
use crate::web::state::Web;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

struct Line<'r> {
    id: &'r str,
    title: &'r str,
    verdict: &'static str,
    preview: bool,
}

#[derive(Template)]
#[template(config = "src/web/pages/askama.toml", path = "rules.html")]
struct RulesPage<'r> {
    here: &'static str,
    rules: Vec<Line<'r>>,
}

#[derive(Template)]
#[template(config = "src/web/pages/askama.toml", path = "rule.html")]
struct RulePage<'r> {
    here: &'static str,
    id: &'r str,
    title: &'r str,
    parts: Vec<(&'static str, String)>,
    witness: Option<&'r str>,
}

/// All rules in force.
pub async fn all(State(web): State<Web>) -> Result<Response, Trouble> {
    let rules = web.catalogue.rules().iter();
    let rules = rules.filter(|rule| rule.status != Status::Retired);
    let lines = rules.map(|rule| Line {
        id: &rule.id,
        title: &rule.title,
        verdict: phrases::verdict(rule.verdict),
        preview: rule.status == Status::Preview,
    });
    page(&RulesPage {
        here: "rules",
        rules: lines.collect(),
    })
}

/// One rule.
pub async fn one(State(web): State<Web>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let rule = web.catalogue.rule(&id).ok_or(Trouble::Absent)?;
    page(&RulePage {
        here: "rules",
        id: &rule.id,
        title: &rule.title,
        parts: parts(rule),
        witness: rule.witness.as_deref(),
    })
}

fn parts(rule: &Rule) -> Vec<(&'static str, String)> {
    let breaks = rule.breaks.map_or(String::new(), |breaks| {
        format!(": {}", phrases::who(breaks))
    });
    let applies = match &rule.condition {
        Some(condition) => format!("to {}, if {condition}", rule.on.join(", ")),
        None => format!("to {}", rule.on.join(", ")),
    };
    let status = match rule.status {
        Status::Stable => "stable",
        Status::Preview => "preview: shown, never fails a run",
        Status::Retired => "retired: no longer applied",
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let parts = [
        (
            "Verdict",
            format!("{}{breaks}", phrases::verdict(rule.verdict)),
        ),
        ("Why", rule.why.clone()),
        ("Applies", applies),
        ("Says", rule.message.clone()),
        ("Settled by", text(&rule.evidence)),
        ("No proof", text(&rule.no_witness)),
        ("See", text(&rule.see)),
        ("Status", format!("{status}, since {}", rule.since)),
        ("Was", rule.was.join(", ")),
    ];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    said.collect()
}
