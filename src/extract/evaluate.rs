//! Questions about a header's macros, written as C behind the header, and their answers.
//!
//! A macro can do anything, also swallow the questions that follow it. So each defined macro must have
//! left a declaration or an error; those that left neither are asked again in smaller groups. Macros that
//! are spelled as numbers are only held against them, many at a time, which is much quicker; where that
//! fails they are asked one by one.

use super::clang::{Cursor, Unit};
use super::ioctl;
use super::literal::Literal;
use super::location::Diagnostic;
use super::macros::UNREAD;
use super::taint::Taint;
use super::typeref;
use crate::model::TypeRef;
use clang_sys::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Start of every name that the questions declare.
const PREFIX: &str = "__uapi_check_";

/// In front of the questions: warns of what the compiler folds though C gives it no value. That a shift
/// goes too far stands in a note to this warning, and then other compilers fold to something else.
const STRICT: &str = "#pragma clang diagnostic warning \"-Wgnu-folding-constant\"\n";

/// Something to find out about a macro.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The value of an object-like macro.
    Value(String),
    /// The string that an object-like macro is.
    Text(String),
    /// The value of a function-like macro for some arguments.
    Probe(String, String),
    /// Whether it is still defined at the end of the header.
    Defined(String),
    /// Whether it is a request code; asked when the markers are in force.
    Request(String),
    /// Whether all of these have the values that they are spelled as.
    Literals(Vec<Literal>),
}

impl Question {
    /// The macro, or the first of them.
    pub fn name(&self) -> &str {
        match self {
            Self::Value(name)
            | Self::Text(name)
            | Self::Probe(name, _)
            | Self::Defined(name)
            | Self::Request(name) => name,
            Self::Literals(all) => all.first().map_or("", |literal| &literal.name),
        }
    }

    /// Three lines, so that a line number leads back to the question.
    fn write(&self, number: usize, to: &mut String) {
        let name = self.name();
        let asked = match self {
            Self::Value(_) => format!("enum {{ {PREFIX}{number} = ({name}) }};"),
            Self::Text(_) => format!("static const char {PREFIX}{number}[] = {name};"),
            Self::Probe(_, arguments) => {
                format!("enum {{ {PREFIX}{number} = ({name}({arguments})) }};")
            }
            Self::Defined(_) | Self::Literals(_) => {
                format!("enum {{ {PREFIX}{number} = (1) }};")
            }
            Self::Request(_) => format!("__typeof__({name}) *{PREFIX}{number};"),
        };
        let condition = match self {
            Self::Literals(all) => {
                let all: Vec<String> = all.iter().map(Literal::condition).collect();
                format!("if {}", all.join(" && "))
            }
            _ => format!("ifdef {name}"),
        };
        to.push_str(&format!("#{condition}\n{asked}\n#endif\n"));
    }
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// An integer constant of that C type.
    Integer {
        /// Its value.
        value: i128,
        /// Its type.
        c_type: String,
    },
    /// A string.
    Text(String),
    /// A request code with that argument.
    Request(Option<TypeRef>),
    /// The compiler's first error.
    Refused(String),
    /// No macro of that name.
    Undefined,
    /// Something swallowed the question.
    Lost,
}

/// Answers by question.
#[derive(Debug, Default)]
pub struct Answers(BTreeMap<Question, Answer>);

impl Answers {
    /// The answer; [`Answer::Lost`] where the question was never put.
    pub fn get(&self, question: &Question) -> &Answer {
        self.0.get(question).unwrap_or(&Answer::Lost)
    }

    /// Takes over other answers.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Questions that ask for the text of macros which turned out to be strings by way of another
    /// header's macro.
    pub fn strings(&self) -> Vec<Question> {
        let mistaken = self.0.iter().filter_map(|(question, answer)| match answer {
            Answer::Refused(text) if text.contains("must have integer type, not 'char") => {
                Some(question.name().to_owned())
            }
            _ => None,
        });
        mistaken.map(Question::Text).collect()
    }

    /// Functions that were called without a declaration. Only the first call of each is refused for
    /// that reason, the later ones for not being constant.
    pub fn undeclared(&self) -> BTreeSet<&str> {
        let refusals = self.0.values().filter_map(|answer| match answer {
            Answer::Refused(text) => text.strip_prefix("call to undeclared function '"),
            _ => None,
        });
        refusals
            .filter_map(|rest| rest.split('\'').next())
            .collect()
    }

    /// Questions without an answer, in order.
    pub fn lost(&self) -> Vec<Question> {
        let mut lost = Vec::new();
        for (question, answer) in &self.0 {
            match question {
                Question::Literals(all) => {
                    lost.extend(all.iter().map(|it| Question::Value(it.name.clone())));
                }
                _ if *answer == Answer::Lost => lost.push(question.clone()),
                _ => {}
            }
        }
        lost
    }

    /// Takes over what a question found. Of literals that are as they are spelled, each has its value.
    fn add(&mut self, question: &Question, answer: Answer) {
        match (question, &answer) {
            (Question::Literals(all), Answer::Integer { .. }) => {
                self.0.extend(all.iter().map(|literal| {
                    let answer = Answer::Integer {
                        value: i128::from(literal.value()),
                        c_type: literal.c_type().to_owned(),
                    };
                    (Question::Value(literal.name.clone()), answer)
                }));
            }
            _ => {
                self.0.insert(question.clone(), answer);
            }
        }
    }
}

/// The questions as C; markers come before the first request.
pub fn write(questions: &[Question]) -> String {
    let mut code = STRICT.to_owned();
    let (requests, others): (Vec<_>, Vec<_>) = questions
        .iter()
        .enumerate()
        .partition(|(_, question)| matches!(question, Question::Request(_)));
    for (number, question) in others {
        question.write(number, &mut code);
    }
    if !requests.is_empty() {
        code.push_str(ioctl::MARKERS);
        for (number, question) in requests {
            question.write(number, &mut code);
        }
    }
    code
}

/// Number of the question that a line of [`write`]'s code belongs to, for each line that has one: that of its condition
/// and that of its declaration.
pub fn lines(code: &str) -> HashMap<u32, usize> {
    let mut found = HashMap::new();
    for (index, line) in code.lines().enumerate() {
        let number = line.split_once(PREFIX).and_then(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse().ok()
        });
        if let Some(number) = number {
            found.insert(index as u32, number);
            found.insert(index as u32 + 1, number);
        }
    }
    found
}

/// What the answers are read from.
pub struct Evidence<'u> {
    /// The unit.
    pub unit: &'u Unit<'u>,
    /// Declarations of the main file.
    pub declared: Vec<Cursor<'u>>,
    /// Errors of the main file, their lines counted from the first line of the questions.
    pub errors: &'u [Diagnostic],
    /// Errors of headers.
    pub taint: &'u Taint,
}

/// Reads the answers to questions that stand in the unit as `code`. Questions about macros that
/// `defined` does not know to be defined may stay unanswered for that reason.
pub fn read(
    questions: &[Question],
    code: &str,
    evidence: &Evidence<'_>,
    defined: impl Fn(&str) -> bool,
) -> Answers {
    let lines = lines(code);
    let mut answers: Vec<Option<Answer>> = vec![None; questions.len()];
    let mut typedefs = None;
    for cursor in &evidence.declared {
        let Some((number, carrier)) = number(*cursor) else {
            continue;
        };
        if let Some(question) = questions.get(number) {
            answers[number] = answer(question, (*cursor, carrier), evidence, &mut typedefs);
        }
    }
    let mut refused = HashSet::new();
    for error in evidence.errors {
        let Some(number) = lines.get(&error.location.line) else {
            continue;
        };
        if refused.insert(*number) {
            answers[*number] = Some(Answer::Refused(error.text.clone()));
        }
    }
    let mut found = Answers::default();
    for (question, answer) in questions.iter().zip(answers) {
        let without = if defined(question.name()) {
            Answer::Lost
        } else {
            Answer::Undefined
        };
        found.add(question, answer.unwrap_or(without));
    }
    found
}

/// Number of the question that a declaration answers, and the declaration that carries the answer.
fn number(declared: Cursor<'_>) -> Option<(usize, Cursor<'_>)> {
    let carrier = match declared.kind() {
        CXCursor_EnumDecl => declared
            .children()
            .into_iter()
            .find(|child| child.kind() == CXCursor_EnumConstantDecl)?,
        CXCursor_VarDecl => declared,
        _ => return None,
    };
    let number = carrier.spelling().strip_prefix(PREFIX)?.parse().ok()?;
    Some((number, carrier))
}

fn answer<'u>(
    question: &Question,
    (declared, carrier): (Cursor<'u>, Cursor<'u>),
    evidence: &Evidence<'u>,
    typedefs: &mut Option<HashMap<String, Cursor<'u>>>,
) -> Option<Answer> {
    match question {
        Question::Text(_) => Some(match carrier.string_value() {
            Some(text) => Answer::Text(text),
            None => Answer::Refused("not an integer constant".to_owned()),
        }),
        Question::Request(_) => {
            let typedefs = typedefs.get_or_insert_with(|| all_typedefs(evidence.unit));
            Some(match ioctl::marker(carrier, typedefs) {
                Some(argument) => Answer::Request(argument),
                None => Answer::Refused("no request code".to_owned()),
            })
        }
        Question::Value(_) | Question::Probe(..) | Question::Defined(_) | Question::Literals(_) => {
            let expression = written(carrier)?;
            if let Some(reason) = evidence.taint.of_use(expression) {
                return Some(Answer::Refused(format!("{UNREAD}{reason}")));
            }
            let kept_in = declared.enumeration_type().canonical().kind();
            Some(Answer::Integer {
                value: carrier.enumerator_value(!typeref::is_unsigned(kept_in)),
                c_type: typeref::tidy(&expression.ty().canonical().spelling()),
            })
        }
    }
}

/// The expression in our own parentheses, below the casts that the compiler adds to fit the value into
/// an enumeration.
fn written(enumerator: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut expression = enumerator.first_child()?;
    while expression.kind() != CXCursor_ParenExpr {
        expression = expression.first_child()?;
    }
    Some(expression)
}

fn all_typedefs<'u>(unit: &'u Unit<'u>) -> HashMap<String, Cursor<'u>> {
    unit.root()
        .children()
        .into_iter()
        .filter(|cursor| cursor.kind() == CXCursor_TypedefDecl)
        .map(|cursor| (cursor.spelling(), cursor))
        .collect()
}
