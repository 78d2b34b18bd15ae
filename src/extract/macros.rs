//! Macros: which of them are asked for a value, how the asking is written, and what the answers mean.
//!
//! Each question is one guarded declaration in the unit, behind the header. [`super::evaluate`] gets
//! the answers out of libclang; request codes are [`super::ioctl`]'s subject.

use super::evaluate::{Answer, Answers, Question};
use super::ioctl;
use super::lexical::{self, Define, Scan};
use super::literal::Literal;
use crate::model::{Constant, ConstantValue, FunctionMacro, Unread};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Arguments that function-like macros are called with, by set and position.
const PROBES: [fn(usize) -> usize; 3] = [|index| index + 1, |index| 2 * index + 3, |_| 0];

/// Start of the reason of a macro that rests on something with an error in it.
pub const UNREAD: &str = "unread: ";

/// Reason of a macro whose question something else swallowed.
const NOT_EVALUATED: &str = "not evaluated";

/// Most parameters of a macro that is probed.
const MOST_PARAMETERS: usize = 12;

/// Macros that are asked together. Where one of them is not what it is spelled as, so many are asked one by one.
const TOGETHER: usize = 64;

/// What is asked about a header's macros, of which `literals` are asked together.
pub fn questions(scan: &Scan, literals: &[Literal]) -> Vec<Question> {
    let stringy = stringy(scan);
    let together = literals.chunks(TOGETHER);
    let mut asked: Vec<Question> = together
        .map(|some| Question::Literals(some.to_vec()))
        .collect();
    let literals: HashSet<&str> = literals.iter().map(|literal| &*literal.name).collect();
    let mut known = BTreeSet::new();
    for define in &scan.defines {
        if literals.contains(&*define.name) {
            continue;
        }
        for question in about(define, &stringy) {
            if known.insert(question.clone()) {
                asked.push(question);
            }
        }
        if scan.undefined.contains(&define.name) {
            let question = Question::Defined(define.name.clone());
            if known.insert(question.clone()) {
                asked.push(question);
            }
        }
    }
    asked.extend(ioctl::questions(scan));
    asked
}

fn about(define: &Define, stringy: &BTreeSet<&str>) -> Vec<Question> {
    let name = define.name.clone();
    if define.body.is_empty() || !is_harmless(&define.body) {
        return Vec::new();
    }
    match &define.parameters {
        Some(parameters) if parameters.len() <= MOST_PARAMETERS => probes(parameters.len())
            .into_iter()
            .map(|arguments| Question::Probe(name.clone(), arguments))
            .collect(),
        Some(_) => Vec::new(),
        None if stringy.contains(define.name.as_str()) => vec![Question::Text(name)],
        None => vec![Question::Value(name)],
    }
}

/// The argument lists to try for so many parameters.
fn probes(parameters: usize) -> Vec<String> {
    if parameters == 0 {
        return vec![String::new()];
    }
    let list = |value: &fn(usize) -> usize| {
        let values: Vec<String> = (0..parameters)
            .map(|index| value(index).to_string())
            .collect();
        values.join(", ")
    };
    PROBES.iter().map(list).collect()
}

/// Whether the tokens can stand in an expression without swallowing what follows: brackets close, no
/// statement ends, no literal is open.
fn is_harmless(body: &[String]) -> bool {
    let mut open = Vec::new();
    for token in body {
        match token.as_str() {
            "(" => open.push(")"),
            "[" => open.push("]"),
            "{" => open.push("}"),
            close @ (")" | "]" | "}") if open.pop() != Some(close) => return false,
            ";" | "\\" => return false,
            literal if literal.starts_with(['"', '\'']) => {
                let quote = &literal[..1];
                if literal.len() < 2 || !literal.ends_with(quote) {
                    return false;
                }
            }
            _ => {}
        }
    }
    open.is_empty()
}

/// Names whose body begins with a string literal, or with the name of such a macro.
fn stringy(scan: &Scan) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = found.len();
        for define in scan
            .defines
            .iter()
            .filter(|define| define.parameters.is_none())
        {
            let first = define.body.iter().find(|token| *token != "(");
            if first.is_some_and(|token| token.starts_with('"') || found.contains(token.as_str())) {
                found.insert(&define.name);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The header's macros on this target. `active` has the line of each name's `#define` in force, as far
/// as the preprocessor told; without it every `#define` of the scan is.
pub fn read(
    scan: &Scan,
    answers: &Answers,
    active: Option<&HashMap<String, u32>>,
) -> (Vec<Constant>, Vec<FunctionMacro>) {
    let stringy = stringy(scan);
    let layout = ioctl::layout(answers);
    let mut in_force: BTreeMap<&str, &Define> = BTreeMap::new();
    for define in &scan.defines {
        let holds = active.is_none_or(|lines| {
            lines
                .get(&define.name)
                .is_some_and(|line| define.line <= *line)
        });
        let gone = scan.undefined.contains(&define.name)
            && !matches!(
                answers.get(&Question::Defined(define.name.clone())),
                Answer::Integer { .. }
            );
        if holds && !gone {
            in_force.insert(&define.name, define);
        }
    }
    let mut defines: Vec<&Define> = in_force.into_values().collect();
    defines.sort_by_key(|define| define.line);
    let (mut constants, mut macros) = (Vec::new(), Vec::new());
    for define in defines {
        match &define.parameters {
            Some(parameters) => macros.push(function_like(define, parameters, answers)),
            None => {
                let is_text = stringy.contains(define.name.as_str());
                if let Some(mut constant) = object_like(define, is_text, answers) {
                    let request = ioctl::request(&constant, answers, layout.as_ref());
                    constant.request = request.map(Box::new);
                    constants.push(constant);
                }
            }
        }
    }
    (constants, macros)
}

/// Takes out the constants that could not be looked at, as opposed to those that are no constants.
pub fn split_unread(constants: Vec<Constant>) -> (Vec<Constant>, Vec<Unread>) {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for constant in constants {
        let lost = match &constant.value {
            ConstantValue::Unevaluated(reason) if reason == NOT_EVALUATED => Some(reason.clone()),
            ConstantValue::Unevaluated(reason) => reason.strip_prefix(UNREAD).map(str::to_owned),
            _ => None,
        };
        match lost {
            None => read.push(constant),
            Some(reason) => unread.push(Unread {
                item: constant.name,
                line: constant.line,
                reason,
                text: constant.body,
            }),
        }
    }
    (read, unread)
}

fn object_like(define: &Define, is_text: bool, answers: &Answers) -> Option<Constant> {
    let mut constant = Constant {
        name: define.name.clone(),
        line: define.line,
        value: ConstantValue::Empty,
        c_type: String::new(),
        body: define.body.join(" "),
        request: None,
    };
    if define.body.is_empty() {
        return Some(constant);
    }
    if !is_harmless(&define.body) {
        constant.value = ConstantValue::Unevaluated("no expression".to_owned());
        return Some(constant);
    }
    let as_text = answers.get(&Question::Text(define.name.clone()));
    let as_value = answers.get(&Question::Value(define.name.clone()));
    let string_after_all = matches!(as_text, Answer::Text(_));
    constant.value = match if is_text || string_after_all {
        as_text
    } else {
        as_value
    } {
        Answer::Integer { value, c_type } => {
            constant.c_type.clone_from(c_type);
            ConstantValue::Integer(*value)
        }
        Answer::Text(text) => ConstantValue::Text(text.clone()),
        Answer::Refused(message) => {
            ConstantValue::Unevaluated(reason(message, &define.body, answers))
        }
        Answer::Undefined | Answer::Request(_) => return None,
        Answer::Lost => ConstantValue::Unevaluated(NOT_EVALUATED.to_owned()),
    };
    Some(constant)
}

fn function_like(define: &Define, parameters: &[String], answers: &Answers) -> FunctionMacro {
    let probes = about(define, &BTreeSet::new())
        .iter()
        .map(|question| match answers.get(question) {
            Answer::Integer { value, .. } => Some(*value),
            _ => None,
        })
        .collect();
    FunctionMacro {
        name: define.name.clone(),
        line: define.line,
        parameters: parameters.to_vec(),
        body: define.body.join(" "),
        probes,
    }
}

/// The short fixed words for why a macro has no value.
fn reason(message: &str, body: &[String], answers: &Answers) -> String {
    if message.starts_with(UNREAD) {
        return message.to_owned();
    }
    let quoted = message.split('\'').nth(1).unwrap_or_default();
    let undeclared = [
        "use of undeclared identifier",
        "call to undeclared function",
    ];
    if undeclared.iter().any(|start| message.contains(start)) && lexical::is_identifier(quoted) {
        return format!("undeclared: {quoted}");
    }
    const TYPE_WORDS: [&str; 14] = [
        "struct", "union", "enum", "unsigned", "signed", "char", "short", "int", "long", "float",
        "double", "void", "const", "volatile",
    ];
    let first = body.first().map_or("", String::as_str);
    let bare_name = body.len() == 1 && message.contains("expected expression");
    if message.contains("unexpected type name") || bare_name || TYPE_WORDS.contains(&first) {
        return "type".to_owned();
    }
    if first == "__attribute__" || first == "__attribute" {
        return "attribute".to_owned();
    }
    if message.contains("incomplete type") || message.contains("incomplete definition") {
        return "incomplete type".to_owned();
    }
    if message.contains("shift count") {
        return "shifted too far".to_owned();
    }
    if message.contains("must have integer type") {
        return "no integer".to_owned();
    }
    if message.contains("not an integer constant") || message.contains("compile-time constant") {
        let undeclared = answers.undeclared();
        let called = body
            .iter()
            .find(|token| undeclared.contains(token.as_str()));
        return called.map_or("not constant".to_owned(), |name| {
            format!("undeclared: {name}")
        });
    }
    "no expression".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Vec<String> {
        lexical::tokens(text)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn only_what_closes_again_is_put_into_an_expression() {
        for harmful in ["(", "}", "( ]", "1;", "do { x(); } while (0)", "'a", "\"x"] {
            assert!(!is_harmless(&body(harmful)), "{harmful}");
        }
        for harmless in ["(1 << 3)", "a[2]", "\"x;\"", "';'", "((struct x){0})"] {
            assert!(is_harmless(&body(harmless)), "{harmless}");
        }
    }

    #[test]
    fn strings_are_followed_through_names() {
        let scan =
            lexical::scan(b"#define A B\n#define B (\"x\")\n#define C 1\n#define D() \"x\"\n");
        assert_eq!(stringy(&scan), BTreeSet::from(["A", "B"]));
    }

    #[test]
    fn reasons_are_fixed_words() {
        let said = |message: &str, text: &str| reason(message, &body(text), &Answers::default());
        let undeclared = "use of undeclared identifier 'BIT'";
        assert_eq!(said(undeclared, "BIT"), "undeclared: BIT");
        assert_eq!(said("expected expression", "unsigned int"), "type");
        assert_eq!(said("expected expression", "__u8"), "type");
        assert_eq!(said("expected expression", "{ 1 , 2 }"), "no expression");
        let constant = "expression is not an integer constant expression";
        assert_eq!(said(constant, "x()"), "not constant");
        let shift = "shift count >= width of type";
        assert_eq!(said(shift, "( 1UL << 32 )"), "shifted too far");
    }

    #[test]
    fn probe_arguments_differ_between_sets() {
        assert_eq!(probes(2), ["1, 2", "3, 5", "0, 0"]);
        assert_eq!(probes(0), [""]);
    }
}
