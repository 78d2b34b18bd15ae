//! What gcc says of a header: sizes, offsets and values of all that it declares. The properties take the
//! truth from here and never from the code under test.

use super::outline::{Item, outline};
use crate::support::gcc::{Gcc, Unit};
use std::collections::{BTreeMap, BTreeSet};
use uapi_check::tree::HeaderTree;

/// A question to gcc.
struct Question {
    /// About whom, as C programmers write it.
    subject: String,
    /// An expression; for a bit-field, a record with all bits of the field set.
    code: String,
    /// The bit-field's record.
    record: Option<String>,
}

/// gcc for each target, over the headers of one tree.
pub struct Oracle {
    compilers: Vec<(&'static str, Gcc)>,
}

/// What differs between two texts of a header.
#[derive(Debug, Default)]
pub struct Difference {
    /// For each target the subjects whose answers differ; those that came are not among them.
    pub subjects: BTreeMap<&'static str, BTreeSet<String>>,
    /// Whether a header that compiled does not any more.
    pub refused: bool,
}

impl Difference {
    /// The subjects of all targets.
    pub fn all(&self) -> BTreeSet<&str> {
        self.subjects
            .values()
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

impl Oracle {
    /// gcc for some targets; a reason where there is none.
    pub fn new(targets: &[&'static str], tree: &HeaderTree) -> Result<Self, String> {
        let compilers = targets
            .iter()
            .map(|target| Ok((*target, Gcc::new(target, tree)?)));
        Ok(Self {
            compilers: compilers.collect::<Result<_, String>>()?,
        })
    }

    /// Compares two texts of an installed header; `None` where gcc has nothing to say of the first one.
    pub fn compare(&self, header: &str, before: &str, after: &str) -> Option<Difference> {
        let questions = questions(before);
        let mut difference = Difference::default();
        for (target, gcc) in &self.compilers {
            gcc.replace(header, before);
            let was = answers(gcc, header, &questions)?;
            gcc.replace(header, after);
            let is = answers(gcc, header, &questions);
            gcc.replace(header, before);
            let Some(is) = is else {
                difference.refused = true;
                continue;
            };
            let pairs = questions.iter().zip(was.iter().zip(&is));
            let differ = pairs.filter(|(_, (was, is))| was.is_some() && was != is);
            let subjects = differ
                .map(|(question, _)| question.subject.clone())
                .collect();
            difference.subjects.insert(target, subjects);
        }
        Some(difference)
    }
}

fn questions(text: &str) -> Vec<Question> {
    let mut list = Vec::new();
    let mut ask = |subject: &str, code: String| {
        list.push(Question {
            subject: subject.to_owned(),
            code,
            record: None,
        });
    };
    let mut bits = Vec::new();
    for item in outline(text) {
        match item {
            Item::Record { name, fields, .. } => {
                ask(&name, format!("sizeof({name})"));
                ask(&name, format!("_Alignof({name})"));
                for field in fields {
                    if field.bits.is_some() {
                        bits.push((name.clone(), field.name));
                        continue;
                    }
                    ask(&name, format!("__builtin_offsetof({name}, {})", field.name));
                    ask(&name, format!("sizeof((({name} *)0)->{})", field.name));
                }
            }
            Item::Enumeration { enumerators, .. } => {
                for one in enumerators {
                    ask(&one.name, one.name.clone());
                }
            }
            Item::Typedef { name, .. } => {
                ask(&name, format!("sizeof({name})"));
                ask(&name, format!("_Alignof({name})"));
            }
            Item::Macro { name, .. } => ask(&name, name.clone()),
        }
    }
    list.extend(bits.into_iter().map(|(record, field)| Question {
        code: format!("{{ .{field} = -1 }}"),
        subject: record.clone(),
        record: Some(record),
    }));
    list
}

/// A line of C that defines the answer.
fn line(at: usize, question: &Question) -> String {
    let code = &question.code;
    match &question.record {
        Some(record) => format!("const {record} answer_{at} = {code};\n"),
        None => format!(
            "const unsigned long long answer_{at}[2] = \
             {{ (unsigned long long)({code}), ({code}) < 0 }};\n"
        ),
    }
}

/// An answer for each question that has one; `None` where the header does not compile.
fn answers(gcc: &Gcc, header: &str, questions: &[Question]) -> Option<Vec<Option<Vec<u64>>>> {
    let unit = Unit {
        header,
        prelude_first: false,
        number: 0,
    };
    let code =
        |asked: &[usize]| -> String { asked.iter().map(|at| line(*at, &questions[*at])).collect() };
    let all: Vec<usize> = (0..questions.len()).collect();
    let verdict = gcc.check(unit, &code(&all));
    if verdict.in_header.is_some() {
        return None;
    }
    let refused: BTreeSet<usize> = verdict.lines.iter().map(|(at, _)| *at).collect();
    let asked: Vec<usize> = (0..questions.len())
        .filter(|at| !refused.contains(at))
        .collect();
    let names: Vec<String> = asked.iter().map(|at| format!("answer_{at}")).collect();
    let bits = gcc.set_bits(unit, &code(&asked), &names).ok()?;
    let mut found = vec![None; questions.len()];
    for (at, bits) in asked.into_iter().zip(bits) {
        found[at] = Some(bits.into_iter().collect());
    }
    Some(found)
}
