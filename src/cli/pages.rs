//! Rules and kinds of change become pages for people.

use super::failure::Failure;
use crate::diff::KINDS;
use crate::diff::kinds::{FactSpec, FactType, KindSpec};
use crate::judge::{Breaks, Catalogue, Rule, Status};
use crate::report::phrases;

/// Columns of a page.
const WIDTH: usize = 80;
/// Columns of the names at the left of a page.
const NAME: usize = 12;

/// One rule, with all that it says.
pub fn explain(catalogue: &Catalogue, id: &str) -> Result<String, Failure> {
    let rule = catalogue.rule(id).ok_or_else(|| unknown(catalogue, id))?;
    let breaks = rule.breaks.map_or(String::new(), |breaks| {
        format!(": {}", phrases::who(breaks))
    });
    let applies = match &rule.condition {
        Some(condition) => format!("to {}, if {condition}", rule.on.join(", ")),
        None => format!("to {}", rule.on.join(", ")),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut page = format!("{}\n{}\n\n", rule.id, rule.title);
    for (name, body) in [
        (
            "verdict",
            format!("{}{breaks}", phrases::verdict(rule.verdict)),
        ),
        ("why", rule.why.clone()),
        ("applies", applies),
        ("says", rule.message.clone()),
        ("settled by", text(&rule.evidence)),
        ("witness", text(&rule.witness)),
        ("no witness", text(&rule.no_witness)),
        ("see", text(&rule.see)),
        (
            "status",
            format!("{}, since {}", status(rule.status), rule.since),
        ),
        ("was", rule.was.join(", ")),
    ] {
        page.push_str(&entry(name, &body));
    }
    Ok(page)
}

fn entry(name: &str, body: &str) -> String {
    let lines = body
        .lines()
        .flat_map(|line| phrases::wrap(line, WIDTH - NAME - 2));
    let mut text = String::new();
    for (number, line) in lines.enumerate() {
        let name = if number == 0 { name } else { "" };
        text.push_str(&format!("  {name:NAME$}{line}\n"));
    }
    text
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Stable => "stable",
        Status::Preview => "preview (shown, never fails a run)",
        Status::Retired => "retired (no longer applied)",
    }
}

/// Names the rules that share most words with what was asked for.
fn unknown(catalogue: &Catalogue, id: &str) -> Failure {
    let shared = |rule: &Rule| {
        let words = rule.id.split('-');
        words
            .filter(|word| id.split('-').any(|asked| asked == *word))
            .count()
    };
    let mut near: Vec<&Rule> = catalogue
        .rules()
        .iter()
        .filter(|rule| shared(rule) > 0)
        .collect();
    near.sort_by_key(|rule| std::cmp::Reverse(shared(rule)));
    let near: Vec<&str> = near.iter().take(3).map(|rule| rule.id.as_str()).collect();
    let mend = match near.as_slice() {
        [] => "`uapi-check rules` lists them all".to_owned(),
        near => format!("did you mean {}?", near.join(", ")),
    };
    Failure::mistake(format!("there is no rule `{id}`: {mend}"))
}

/// All rules in force, one a line, in the order in which they are tried.
pub fn table(catalogue: &Catalogue) -> String {
    let rules = catalogue.rules().iter();
    let rules: Vec<&Rule> = rules
        .filter(|rule| rule.status != Status::Retired)
        .collect();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        let breaks = match rule.breaks {
            Some(Breaks::Binary) => "binary",
            Some(Breaks::Source) => "source",
            Some(Breaks::Both) => "both",
            None => "",
        };
        let preview = match rule.status {
            Status::Preview => " (preview)",
            _ => "",
        };
        let verdict = phrases::verdict(rule.verdict);
        text.push_str(&format!(
            "{:width$}  {verdict:6}  {breaks:6}  {}{preview}\n",
            rule.id, rule.title
        ));
    }
    text
}

/// All kinds of change with their facts: the words that rules are made of.
pub fn kinds() -> String {
    KINDS.iter().map(kind).collect::<Vec<_>>().join("\n")
}

fn kind(spec: &KindSpec) -> String {
    let remark = if spec.observation {
        " (about something new; without a rule it is not shown)"
    } else {
        ""
    };
    let mut text = format!("{}\n  {}{remark}\n", spec.name, spec.doc);
    for (prefix, facts) in [
        ("before.", spec.before),
        ("after.", spec.after),
        ("", spec.facts),
    ] {
        for fact in facts {
            text.push_str(&self::fact(prefix, fact));
        }
    }
    text
}

fn fact(prefix: &str, fact: &FactSpec) -> String {
    let of = match fact.of {
        FactType::Flag => "flag",
        FactType::Integer => "number",
        FactType::Text => "text",
        FactType::List => "list",
    };
    let name = format!("{prefix}{}", fact.name);
    format!("    {name:24} {of:7} {}\n", fact.doc)
}
