//! Types of a condition: holds its syntax tree against the vocabulary of its kind of change.
//!
//! What passes here can't fail when it is evaluated, apart from arithmetic that overflows. The CEL
//! in use is small on purpose: flags, whole numbers, text, lists of text. Next: [`super::condition`].

use super::vocabulary::{self, Word};
use crate::diff::kinds::{FactType, Kind};
use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue};
use regex::Regex;

/// Type of a part of a condition.
type Checked = Result<FactType, String>;

/// The evaluation of a condition recurses, so deep ones could exhaust the stack.
const DEPTH_LIMIT: usize = 48;

/// Checks one condition and takes the patterns of its `matches` out.
pub(super) struct Checker {
    kind: Kind,
    /// Variables of the comprehensions around the part that is being checked.
    bound: Vec<(String, FactType)>,
    /// How many expressions are open around the part that is being checked.
    depth: usize,
    /// Patterns found so far.
    pub(super) patterns: Vec<Regex>,
}

impl Checker {
    /// Starts the check of a condition on changes of this kind.
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            bound: Vec::new(),
            depth: 0,
            patterns: Vec::new(),
        }
    }

    /// Type of an expression, or a sentence about what is wrong with it. Calls of `matches` are
    /// replaced by calls of [`super::condition::MATCHES`] with the index of the pattern.
    pub(super) fn expression(&mut self, node: &mut IdedExpr) -> Checked {
        if self.depth == DEPTH_LIMIT {
            return Err(format!(
                "more than {DEPTH_LIMIT} operators within each other"
            ));
        }
        self.depth += 1;
        let of = self.any_expression(node);
        self.depth -= 1;
        of
    }

    fn any_expression(&mut self, node: &mut IdedExpr) -> Checked {
        match &mut node.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(name) => self.plain(name),
            Expr::Select(select) => {
                let Expr::Ident(owner) = &select.operand.expr else {
                    return Err(format!(
                        "`.{}` is on neither before nor after",
                        select.field
                    ));
                };
                let of = self.dotted(owner, &select.field)?;
                if !select.test {
                    return Ok(of);
                }
                // What a change leaves out counts as nothing, so that `has` holds for every fact.
                node.expr = Expr::Literal(LiteralValue::Boolean(true.into()));
                Ok(FactType::Flag)
            }
            Expr::List(list) => {
                for element in &mut list.elements {
                    let of = self.expression(element)?;
                    expect(FactType::Text, of, "an element of a list")?;
                }
                Ok(FactType::List)
            }
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Unspecified | Expr::Map(_) | Expr::Struct(_) => {
                Err("maps and structs can't stand in a condition".to_owned())
            }
        }
    }

    fn plain(&self, name: &str) -> Checked {
        if let Some((_, of)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return Ok(*of);
        }
        let word = Word::plain(Some(self.kind), name);
        word.map(Word::of).ok_or_else(|| self.unknown(name))
    }

    fn dotted(&self, owner: &str, name: &str) -> Checked {
        let name = format!("{owner}.{name}");
        let word = Word::dotted(Some(self.kind), &name);
        word.map(Word::of).ok_or_else(|| self.unknown(&name))
    }

    fn unknown(&self, name: &str) -> String {
        let known = vocabulary::known(Some(self.kind));
        format!("unknown name `{name}`; known here: {known}")
    }

    fn call(&mut self, call: &mut CallExpr) -> Checked {
        if call.func_name == "matches" {
            return self.matches(call);
        }
        let mut of = Vec::new();
        for part in call
            .target
            .iter_mut()
            .map(|target| &mut **target)
            .chain(&mut call.args)
        {
            of.push(self.expression(part)?);
        }
        use FactType::{Flag, Integer, List, Text};
        match (call.func_name.as_str(), of.as_slice()) {
            ("_&&_" | "_||_", [Flag, Flag]) => Ok(Flag),
            ("!_" | "@not_strictly_false", [Flag]) => Ok(Flag),
            ("_==_" | "_!=_", [left, right]) if left == right => Ok(Flag),
            ("_<_" | "_<=_" | "_>_" | "_>=_", [Integer, Integer] | [Text, Text]) => Ok(Flag),
            ("_+_" | "_-_" | "_*_", [Integer, Integer]) | ("-_", [Integer]) => Ok(Integer),
            ("_+_", [Text, Text]) => Ok(Text),
            ("_+_", [List, List]) => Ok(List),
            ("_?_:_", [Flag, yes, no]) if yes == no => Ok(*yes),
            ("@in", [Text, List]) => Ok(Flag),
            ("size", [Text | List]) => Ok(Integer),
            ("startsWith" | "endsWith" | "contains", [Text, Text]) => Ok(Flag),
            (name, of) => Err(format!("`{name}` can't be used on {of:?}")),
        }
    }

    fn matches(&mut self, call: &mut CallExpr) -> Checked {
        let mut parts: Vec<IdedExpr> = call
            .target
            .take()
            .map(|target| *target)
            .into_iter()
            .collect();
        parts.append(&mut call.args);
        let [text, pattern] = parts.as_mut_slice() else {
            return Err("`matches` takes a text and a pattern".to_owned());
        };
        let of = self.expression(text)?;
        expect(FactType::Text, of, "what `matches` looks at")?;
        let Expr::Literal(LiteralValue::String(written)) = &pattern.expr else {
            return Err("the pattern of `matches` must be written out".to_owned());
        };
        let regex = Regex::new(written.inner()).map_err(|error| error.to_string())?;
        let index = i64::try_from(self.patterns.len()).map_err(|error| error.to_string())?;
        self.patterns.push(regex);
        pattern.expr = Expr::Literal(LiteralValue::Int(index.into()));
        super::condition::MATCHES.clone_into(&mut call.func_name);
        call.args = parts;
        Ok(FactType::Flag)
    }

    /// `list.exists(x, ...)` and its like, as CEL's macros write them out.
    fn comprehension(&mut self, loops: &mut ComprehensionExpr) -> Checked {
        let range = self.expression(&mut loops.iter_range)?;
        expect(FactType::List, range, "what is gone through")?;
        let result = self.expression(&mut loops.accu_init)?;
        let outer = self.bound.len();
        self.bound.push((loops.iter_var.clone(), FactType::Text));
        self.bound.push((loops.accu_var.clone(), result));
        let condition = self.expression(&mut loops.loop_cond)?;
        let step = self.expression(&mut loops.loop_step)?;
        let of = self.expression(&mut loops.result)?;
        self.bound.truncate(outer);
        expect(FactType::Flag, condition, "the condition of a loop")?;
        expect(result, step, "a step of a loop")?;
        Ok(of)
    }
}

fn literal_type(literal: &LiteralValue) -> Checked {
    match literal {
        LiteralValue::Boolean(_) => Ok(FactType::Flag),
        LiteralValue::Int(_) | LiteralValue::UInt(_) => Ok(FactType::Integer),
        LiteralValue::String(_) => Ok(FactType::Text),
        LiteralValue::Bytes(_) | LiteralValue::Double(_) | LiteralValue::Null => {
            Err("only true, false, whole numbers and text can stand in a condition".to_owned())
        }
    }
}

/// That something has the type it must have; the error says what, and which type it has.
pub(super) fn expect(wanted: FactType, of: FactType, what: &str) -> Result<(), String> {
    if of == wanted {
        return Ok(());
    }
    Err(format!("{what} must be a {wanted:?} and is a {of:?}"))
}
