//! The `if:` of a rule: CEL text becomes a [`Condition`], a condition and a change become yes or no.
//!
//! Names and types are held against the table of kinds when a rule is loaded ([`super::check`]).

use super::check::{Checker, expect};
use super::vocabulary::Word;
use crate::diff::change::{Change, Fact, Facts};
use crate::diff::kinds::{FactType, Kind, Part};
use cel::objects::Map;
use cel::{Context, Env, IdedExpr, Program, Value};
use regex::Regex;
use std::collections::HashMap;
use std::sync::Arc;

/// The function that stands for `matches` once the patterns are compiled. No rule can write this
/// name: CEL has no identifiers with an `@`.
pub(super) const MATCHES: &str = "@matches";

/// Conditions are a line or ten. The parser recurses, so what is longer, or nested deeper, could
/// exhaust the stack.
const LENGTH_LIMIT: usize = 2048;
const NESTING_LIMIT: usize = 8;

/// A condition of which every name and type is right.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    expression: IdedExpr,
    patterns: Arc<[Regex]>,
}

impl Condition {
    /// Reads a condition on changes of a kind. The error is a sentence about the first mistake.
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Self, String> {
        if text.len() > LENGTH_LIMIT || nesting(text) > NESTING_LIMIT {
            return Err(format!(
                "longer than {LENGTH_LIMIT} bytes, or nested deeper than {NESTING_LIMIT}"
            ));
        }
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.first();
            first.map_or_else(|| errors.to_string(), |error| error.msg.clone())
        })?;
        let mut expression = program.expression().clone();
        let mut checker = Checker::new(kind);
        let of = checker.expression(&mut expression)?;
        expect(FactType::Flag, of, "the condition")?;
        Ok(Self {
            expression,
            patterns: checker.patterns.into(),
        })
    }

    /// Whether it holds for the change that the situation was made from.
    pub(super) fn holds(&self, situation: &mut Situation) -> Result<bool, String> {
        if !self.patterns.is_empty() {
            situation.patterns(&self.patterns)?;
        }
        match situation.context.resolve(&self.expression) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("the condition gave {other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// An upper bound of how deep a text nests: brackets and conditional operators, strings included.
fn nesting(text: &str) -> usize {
    let mut open = 0usize;
    let mut deepest = 0;
    for letter in text.chars() {
        match letter {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest + text.matches('?').count()
}

/// The standard functions of CEL, made once and shared by every [`Situation`].
pub(super) fn environment() -> Arc<Env> {
    Arc::new(Env::stdlib())
}

/// One change as conditions see it.
pub(super) struct Situation {
    context: Context<'static, 'static>,
}

impl Situation {
    /// Lays out the facts of a change.
    pub(super) fn new(change: &Change, environment: &Arc<Env>) -> Self {
        let mut context = Context::with_env(environment.clone());
        for (name, word) in Word::every_plain(change.kind) {
            context.add_variable_from_value(name, value(&word.value(change)));
        }
        for (name, part, facts) in [
            ("before", Part::Before, &change.before),
            ("after", Part::After, &change.after),
        ] {
            context.add_variable_from_value(name, state(change, part, facts));
        }
        Self { context }
    }

    fn patterns(&mut self, patterns: &Arc<[Regex]>) -> Result<(), String> {
        let patterns = patterns.clone();
        let matches = move |text: Arc<String>, index: i64| {
            let pattern = usize::try_from(index)
                .ok()
                .and_then(|index| patterns.get(index));
            pattern.is_some_and(|pattern| pattern.is_match(&text))
        };
        let added = self.context.add_function(MATCHES, matches);
        added.map_err(|error| error.to_string())
    }
}

fn state(change: &Change, part: Part, facts: &Facts) -> Value {
    let mut map: HashMap<_, _> = facts
        .iter()
        .map(|(name, fact)| (name.as_str().into(), value(fact)))
        .collect();
    for spec in change.kind.spec().part(part) {
        let missing = || value(&Word::Fact(part, spec).value(change));
        map.entry(spec.name.into()).or_insert_with(missing);
    }
    Value::Map(Map { map: Arc::new(map) })
}

/// CEL's numbers have 64 bits, signed or unsigned; what lies beyond either becomes the nearest.
fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Flag(flag) => Value::Bool(*flag),
        Fact::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
            (Ok(number), _) => Value::Int(number),
            (_, Ok(number)) => Value::UInt(number),
            _ if *number < 0 => Value::Int(i64::MIN),
            _ => Value::UInt(u64::MAX),
        },
        Fact::Text(text) => Value::from(text.as_str()),
        Fact::List(names) => {
            let names = names.iter().map(|name| Value::from(name.as_str()));
            Value::List(Arc::new(names.collect()))
        }
    }
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
