//! The texts of `rules/*.yaml` become a [`Catalogue`]: rules of which every word was checked.
//!
//! Reads no files: the built-in texts are part of the binary (build.rs), others are passed in. A
//! rule that names an unknown kind or fact is refused here, with file and line.

use super::condition::{self, Condition, Parsed};
use super::finding::Verdict;
use super::message::Template;
use super::position::Lines;
use super::rule::{ON_ANY, Rule, Status};
use crate::diff::kinds::Kind;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The rules of this version, `(file name, text)`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Ids of the entries that `judge` applies by itself; every list has them, with `on: "*"`.
pub(super) const UNJUDGED: &str = "unjudged-change";
pub(super) const UNRELEASED: &str = "unreleased-uapi-changed";
pub(super) const UNEVALUATED: &str = "rule-not-evaluated";

/// A mistake in a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct RuleError {
    /// Name of the file, as it was passed in.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong, one sentence.
    pub problem: String,
}

/// Checked rules, in the order in which they are tried. Those of this version are read when the first
/// of them is needed: most commits touch no header.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    checked: OnceLock<Checked>,
    /// Hash of all texts that were laid over those of this version, and empty where none were.
    added: String,
}

#[derive(Debug, Clone)]
struct Checked {
    rules: Vec<Rule>,
    /// For each rule what it was made into, once for each of its kinds.
    compiled: Vec<Vec<Arc<Compiled>>>,
    /// Indices into both, for each kind the rules in force.
    by_kind: BTreeMap<Kind, Vec<(usize, usize)>>,
}

/// What a rule's texts were made into for one kind of change.
#[derive(Debug)]
pub(super) struct Compiled {
    kind: Option<Kind>,
    pub(super) condition: Option<Condition>,
    pub(super) message: Template,
    pub(super) witness: Option<Template>,
    file: String,
    lines: Lines,
}

impl Catalogue {
    /// The rules of this version of uapi-check, which a test has read: a mistake in them is a panic.
    ///
    /// # Errors
    /// None; the others that give a catalogue have some.
    pub fn embedded() -> Result<Self, RuleError> {
        Ok(Self::default())
    }

    /// Reads rules out of `(file name, text)`. With a `base`, an entry whose id it has replaces that
    /// entry where it stands, and any other is tried before all of the base's.
    ///
    /// # Errors
    /// The first mistake in the texts.
    pub fn load(texts: Vec<(String, String)>, base: Option<Self>) -> Result<Self, RuleError> {
        let added = hash(&texts, base.as_ref());
        let base = base.map(|base| base.checked().clone());
        let checked = Checked::load(texts, base)?.into();
        Ok(Self { checked, added })
    }

    fn checked(&self) -> &Checked {
        self.checked.get_or_init(|| {
            let texts = EMBEDDED
                .iter()
                .map(|(name, text)| (format!("rules/{name}"), (*text).to_owned()));
            Checked::load(texts.collect(), None).expect("a test reads the embedded rules")
        })
    }

    /// Tells it from every other catalogue of the same version of uapi-check.
    pub fn id(&self) -> &str {
        &self.added
    }

    /// How many rules there are; those of this version are not read for that.
    pub fn count(&self) -> usize {
        let entries = |(_, text): &(&str, &str)| {
            let first_keys = text.lines().filter(|line| line.starts_with("- "));
            first_keys.count()
        };
        match self.checked.get() {
            Some(checked) => checked.rules.len(),
            None => EMBEDDED.iter().map(entries).sum(),
        }
    }

    /// All rules, in the order in which they are tried, retired ones included.
    pub fn rules(&self) -> &[Rule] {
        &self.checked().rules
    }

    /// The rule of that id, by its present or a former one.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let present = self.rules().iter().find(|rule| rule.id == id);
        present.or_else(|| {
            self.rules()
                .iter()
                .find(|rule| rule.was.iter().any(|was| was == id))
        })
    }

    /// The rules for one kind of change that are in force.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Rule, &Compiled)> {
        let Checked {
            rules,
            compiled,
            by_kind,
        } = self.checked();
        let places = by_kind.get(&kind).into_iter().flatten();
        places.map(|&(rule, at)| (&rules[rule], &*compiled[rule][at]))
    }

    /// One of the entries that every list has.
    pub(super) fn general(&self, id: &str) -> Option<(&Rule, &Compiled)> {
        self.checked().general(id)
    }
}

/// Of the texts, their names (mistakes name them), and what they are laid over.
fn hash(texts: &[(String, String)], base: Option<&Catalogue>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &str| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    add(if base.is_some() { "over" } else { "alone" });
    add(base.map_or("", |base| &base.added));
    for (file, text) in texts {
        add(file);
        add(text);
    }
    hasher.finalize().to_hex().to_string()
}

impl Checked {
    fn load(texts: Vec<(String, String)>, base: Option<Self>) -> Result<Self, RuleError> {
        let mut entries = Vec::new();
        for (file, text) in texts {
            read(&file, &text, &mut entries)?;
        }
        refuse_duplicates(&entries)?;
        if let Some(base) = base {
            lay_over(base, &mut entries);
        }
        let (rules, compiled): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let mut checked = Self {
            rules,
            compiled,
            by_kind: BTreeMap::new(),
        };
        checked.order()?;
        checked.require_general()?;
        Ok(checked)
    }

    fn general(&self, id: &str) -> Option<(&Rule, &Compiled)> {
        let index = self.rules.iter().position(|rule| rule.id == id)?;
        Some((&self.rules[index], self.compiled[index].first()?))
    }

    /// Sorts the rules by kind and refuses those that no change can reach.
    fn order(&mut self) -> Result<(), RuleError> {
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.status == Status::Retired {
                continue;
            }
            for (at, compiled) in self.compiled[index].iter().enumerate() {
                let Some(kind) = compiled.kind else { continue };
                let places = self.by_kind.entry(kind).or_default();
                if let Some(&(last, last_at)) = places.last()
                    && self.compiled[last][last_at].condition.is_none()
                {
                    let (first, kind) = (&self.rules[last].id, kind.spec().name);
                    let problem = format!("never reached: `{first}` before it takes every {kind}");
                    return Err(compiled.error("on", problem));
                }
                places.push((index, at));
            }
        }
        Ok(())
    }

    fn require_general(&self) -> Result<(), RuleError> {
        for id in [UNJUDGED, UNRELEASED, UNEVALUATED] {
            let problem = match self.general(id) {
                Some((_, Compiled { kind: None, .. })) => continue,
                Some((_, compiled)) => {
                    return Err(compiled.error("on", format!("must be \"{ON_ANY}\"")));
                }
                None => format!("the entry `{id}` is missing"),
            };
            let file = self
                .compiled
                .first()
                .map_or("rules", |first| &first[0].file);
            return Err(RuleError {
                file: file.to_owned(),
                line: 1,
                problem,
            });
        }
        Ok(())
    }
}

impl Compiled {
    fn error(&self, key: &str, problem: String) -> RuleError {
        RuleError {
            file: self.file.clone(),
            line: self.lines.of(key),
            problem,
        }
    }
}

/// A rule with what it was made into, at least one.
type Entry = (Rule, Vec<Arc<Compiled>>);

fn read(file: &str, text: &str, entries: &mut Vec<Entry>) -> Result<(), RuleError> {
    let rules: Vec<Rule> =
        serde_yaml::from_str(text).map_err(|error| RuleError::in_yaml(file, &error))?;
    let lines = Lines::of_entries(text, rules.len());
    for (rule, lines) in rules.into_iter().zip(lines) {
        let compiled = compile(&rule, file, &lines).map_err(|(key, problem)| RuleError {
            file: file.to_owned(),
            line: lines.of(key),
            problem: format!("{}: {key}: {problem}", rule.id),
        })?;
        entries.push((rule, compiled));
    }
    Ok(())
}

/// A key of an entry and what is wrong with its value.
type Mistake = (&'static str, String);

/// Checks one entry, for each of its kinds.
fn compile(rule: &Rule, file: &str, lines: &Lines) -> Result<Vec<Arc<Compiled>>, Mistake> {
    check_id(&rule.id).map_err(|problem| ("id", problem))?;
    check_verdict(rule)?;
    let mut kinds = Vec::new();
    for name in &rule.on {
        let known = match name.as_str() {
            ON_ANY if rule.on.len() == 1 => None,
            name => Some(Kind::named(name).ok_or_else(|| ("on", unknown_kind(name)))?),
        };
        if kinds.contains(&known) {
            return Err(("on", format!("`{name}` stands there twice")));
        }
        kinds.push(known);
    }
    if kinds.is_empty() {
        return Err(("on", "names no kind of change".to_owned()));
    }
    let condition = rule.condition.as_deref().map(condition::parse);
    let condition = condition.transpose().map_err(|problem| ("if", problem))?;
    let each = kinds
        .into_iter()
        .map(|kind| compile_for(rule, condition.as_ref(), kind, file, lines));
    each.collect()
}

fn unknown_kind(name: &str) -> String {
    format!("unknown kind of change `{name}`")
}

fn compile_for(
    rule: &Rule,
    condition: Option<&Parsed>,
    kind: Option<Kind>,
    file: &str,
    lines: &Lines,
) -> Result<Arc<Compiled>, Mistake> {
    let condition = match (condition, kind) {
        (Some(parsed), Some(kind)) => Some(parsed.check(kind).map_err(|problem| ("if", problem))?),
        (Some(_), None) => return Err(("if", format!("on: \"{ON_ANY}\" takes no condition"))),
        (None, _) => None,
    };
    let witness = rule
        .witness
        .as_ref()
        .map(|text| Template::parse_c(text, kind))
        .transpose();
    Ok(Arc::new(Compiled {
        kind,
        condition,
        message: Template::parse(&rule.message, kind).map_err(|problem| ("message", problem))?,
        witness: witness.map_err(|problem| ("witness", problem))?,
        file: file.to_owned(),
        lines: lines.clone(),
    }))
}

/// Holds the verdict against the fields that go with it.
fn check_verdict(rule: &Rule) -> Result<(), Mistake> {
    let wrong = |key, problem: &str| Err((key, problem.to_owned()));
    let hurts = matches!(rule.verdict, Verdict::Break | Verdict::Review);
    match (&rule.witness, &rule.no_witness) {
        (Some(_), Some(_)) => return wrong("no_witness", "there is a witness"),
        (None, None) if rule.verdict == Verdict::Break => {
            return wrong(
                "verdict",
                "a break needs a witness, or no_witness with the reason",
            );
        }
        _ => {}
    }
    if hurts && rule.breaks.is_none() {
        return wrong("verdict", "a break or review says who `breaks`");
    }
    if rule.verdict == Verdict::Ok && rule.breaks.is_some() {
        return wrong("breaks", "nobody is hurt by an ok");
    }
    if rule.verdict == Verdict::Review && rule.evidence.is_none() {
        return wrong("verdict", "a review says which `evidence` would settle it");
    }
    Ok(())
}

fn check_id(id: &str) -> Result<(), String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if id.split('-').all(word) && id.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(());
    }
    Err("an id is lower-case words and numbers with single hyphens between".to_owned())
}

fn refuse_duplicates(entries: &[Entry]) -> Result<(), RuleError> {
    let mut seen: BTreeMap<&str, &Compiled> = BTreeMap::new();
    for (rule, compiled) in entries {
        let compiled = &compiled[0];
        for id in std::iter::once(&rule.id).chain(&rule.was) {
            if let Some(first) = seen.insert(id, compiled) {
                let (file, line) = (&first.file, first.lines.of("id"));
                return Err(compiled.error(
                    "id",
                    format!("the id `{id}` stands at {file}:{line} already"),
                ));
            }
        }
    }
    Ok(())
}

/// Puts the entries over those of the base; see [`Catalogue::load`].
fn lay_over(base: Checked, entries: &mut Vec<Entry>) {
    for entry in base.rules.into_iter().zip(base.compiled) {
        match entries.iter().position(|(rule, _)| rule.id == entry.0.id) {
            Some(at) => {
                let replacement = entries.remove(at);
                entries.push(replacement);
            }
            None => entries.push(entry),
        }
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
