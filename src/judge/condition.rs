//! The `if:` of a rule: CEL text becomes a [`Condition`], a condition and a change become yes or no.
//!
//! Names and types are held against the table of kinds when a rule is loaded ([`super::check`]).

use super::check::{Checker, expect};
use super::vocabulary::{Said, Word};
use crate::diff::change::Change;
use crate::diff::kinds::{FactType, Kind};
use cel::common::types::{CelBool, CelInt, CelList, CelString, CelUInt};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, IdedExpr, Value};
use regex::Regex;
use std::sync::{Arc, LazyLock};

/// The function that stands for `matches` once the patterns are compiled. No rule can write this
/// name: CEL has no identifiers with an `@`.
pub(super) const MATCHES: &str = "@matches";

/// Conditions are a line or ten. The parser recurses, so what is longer, or nested deeper, could
/// exhaust the stack.
const LENGTH_LIMIT: usize = 2048;
const NESTING_LIMIT: usize = 8;

/// The standard functions of CEL, made once and shared by every condition.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// The syntax tree of a condition, of which no name was looked up yet.
#[derive(Debug)]
pub(super) struct Parsed(IdedExpr);

/// Reads a condition. The error is a sentence about the first mistake.
pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    if text.len() > LENGTH_LIMIT || nesting(text) > NESTING_LIMIT {
        return Err(format!(
            "longer than {LENGTH_LIMIT} bytes, or nested deeper than {NESTING_LIMIT}"
        ));
    }
    let program = ENVIRONMENT.compile(text).map_err(|errors| {
        let first = errors.errors.first();
        first.map_or_else(|| errors.to_string(), |error| error.msg.clone())
    })?;
    Ok(Parsed(program.expression().clone()))
}

impl Parsed {
    /// Holds names and types against those that changes of a kind have.
    pub(super) fn check(&self, kind: Kind) -> Result<Condition, String> {
        let mut expression = self.0.clone();
        let mut checker = Checker::new(kind);
        let of = checker.expression(&mut expression)?;
        expect(FactType::Flag, of, "the condition")?;
        Ok(Condition {
            expression,
            patterns: checker.patterns.into(),
        })
    }
}

/// A condition of which every name and type is right.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    expression: IdedExpr,
    patterns: Arc<[Regex]>,
}

impl Condition {
    /// Reads a condition on changes of a kind. The error is a sentence about the first mistake.
    #[cfg(test)]
    fn parse(text: &str, kind: Kind) -> Result<Self, String> {
        parse(text)?.check(kind)
    }

    /// Whether it holds for a change of its kind.
    pub(super) fn holds(&self, change: &Change) -> Result<bool, String> {
        let situation = Situation(change);
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.set_variable_resolver(&situation);
        if !self.patterns.is_empty() {
            let patterns = Arc::clone(&self.patterns);
            let added = context.add_function(MATCHES, move |text: Arc<String>, index: i64| {
                let pattern = usize::try_from(index).ok();
                let pattern = pattern.and_then(|index| patterns.get(index));
                pattern.is_some_and(|pattern| pattern.is_match(&text))
            });
            added.map_err(|error| error.to_string())?;
        }
        match context.resolve(&self.expression) {
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

/// One change as a condition sees it: what a name says is looked up when it is come to.
struct Situation<'c>(&'c Change);

impl VariableResolver for Situation<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let word = Word::dotted(Some(self.0.kind), name)?;
        Some(value(word.of_change(self.0)))
    }
}

/// CEL's numbers have 64 bits, signed or unsigned; what lies beyond either becomes the nearest.
fn value(said: Said<'_>) -> CowVal<'_, '_> {
    match said {
        Said::Flag(flag) => CowVal::owned(CelBool::from(flag)),
        Said::Integer(number) => match (i64::try_from(number), u64::try_from(number)) {
            (Ok(number), _) => CowVal::owned(CelInt::from(number)),
            (_, Ok(number)) => CowVal::owned(CelUInt::from(number)),
            _ if number < 0 => CowVal::owned(CelInt::from(i64::MIN)),
            _ => CowVal::owned(CelUInt::from(u64::MAX)),
        },
        Said::Text(text) => CowVal::owned(CelString::from(text)),
        Said::List(names) => {
            let texts = names.iter().map(|name| boxed(name)).collect::<Vec<_>>();
            CowVal::owned(CelList::from(texts))
        }
    }
}

fn boxed(text: &str) -> Box<dyn Val + '_> {
    Box::new(CelString::from(text))
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
