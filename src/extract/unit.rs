//! One translation unit per header: the text that the compiler sees, its arguments, and the surface
//! that is read from the result.
//!
//! The header comes first and the prelude behind it, so that one parse also tells whether the header
//! compiles alone. Where it does not, a second parse with the prelude first gives the values.
//! Next: [`super::record`] and its neighbours for the declarations, [`super::macros`] for the rest, and
//! [`super::trial`] for code behind a header.

use super::clang::Unit;
use super::evaluate::{self, Answers, Evidence, Question};
use super::found::{self, Found};
use super::lexical::{self, Scan};
use super::literal::{self, Literal};
use super::location::Diagnostic;
use super::message::{build, not_cut_off};
use super::parser::Parser;
use super::request::Languages;
use super::stubs::{PRELUDE, STUB_ROOT};
use super::surface;
use super::taint::Taint;
use super::target::Target;
use super::text::Text;
use super::{language, macros};
use crate::model::{Build, Header, HeaderSurface};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Name of the unit's own file.
pub const MAIN: &str = "/__uapi__/unit.c";

/// Most further parses that look for a macro which swallows others.
const MOST_RETRIES: usize = 24;

/// What is to be read.
pub struct Job<'a> {
    /// The target.
    pub target: &'static Target,
    /// Installed path of the header.
    pub header: &'a str,
    /// Installed path of the header that the unit includes to see it.
    pub through: &'a str,
    /// Installed paths and texts of the header and everything it may include.
    pub files: Vec<(&'a str, &'a Text)>,
}

impl Job<'_> {
    /// The header's own text, or why there is none to be read.
    pub fn text(&self) -> Result<&[u8], String> {
        let odd = |c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '\\');
        if [self.header, self.through]
            .iter()
            .any(|path| path.is_empty() || path.contains(odd))
        {
            return Err("its name can't be included".to_owned());
        }
        self.files
            .iter()
            .find(|(path, _)| *path == self.header)
            .map(|(_, text)| &*text.bytes)
            .ok_or_else(|| "its text was not given".to_owned())
    }
}

/// How a unit is put together.
pub struct Form<'a> {
    /// Whether the prelude comes before the header instead of behind it.
    pub prelude_first: bool,
    /// Compiler arguments for the language.
    pub language: &'a [&'a str],
    /// Whether the unit keeps cursors for macro definitions and inclusions.
    pub record: bool,
}

/// How the values of macros are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evaluate {
    /// They are not.
    Nothing,
    /// The compiler tells each.
    Each,
    /// The same, but of macros that are spelled as numbers it tells whether they are those.
    Together,
}

/// GNU C as programs are compiled. Warnings don't matter, but for a call of something undeclared: newer
/// compilers refuse it, and so does the kernel's own header test. They are not switched off: that takes
/// clang longer than to give the few that there are.
pub const GNU11: &[&str] = &["-std=gnu11", "-Werror=implicit-function-declaration"];

/// A parsed unit and its errors.
pub struct Parsed<'i> {
    /// The unit.
    pub unit: Unit<'i>,
    /// Errors in headers.
    pub in_headers: Vec<Diagnostic>,
    /// Errors in the code behind the header, lines counted from that code's first.
    pub in_code: Vec<Diagnostic>,
    /// Whether there are errors in the stubs.
    pub in_stubs: bool,
}

/// Parses the header with some code behind it.
///
/// # Errors
/// Where libclang gives up.
pub fn parse<'i>(
    parser: &'i Parser,
    job: &Job<'_>,
    form: &Form<'_>,
    code: &str,
) -> Result<Parsed<'i>, String> {
    let header = format!("#include <{}>\n", job.through);
    let prelude = format!("#include <{PRELUDE}>\n");
    let (first, second) = if form.prelude_first {
        (prelude, header)
    } else {
        (header, prelude)
    };
    let main = format!("{first}{second}{code}");
    let unit = parser.parse(job, form, &main)?;
    let (mut in_headers, mut in_code, mut in_stubs) = (Vec::new(), Vec::new(), false);
    for mut error in unit.errors() {
        if &*error.location.file != MAIN {
            if error.location.file.starts_with(STUB_ROOT) {
                in_stubs = true;
            } else {
                in_headers.push(error);
            }
        } else if error.location.line <= 2 {
            // The header itself can't be found, or it ends within something.
            in_headers.push(error);
        } else {
            error.location.line -= 2;
            in_code.push(error);
        }
    }
    Ok(Parsed {
        unit,
        in_headers,
        in_code,
        in_stubs,
    })
}

/// Reads a header.
///
/// # Errors
/// Where nothing of it can be read, in words for the user.
pub fn read(
    parser: &Parser,
    job: &Job<'_>,
    evaluate: Evaluate,
    languages: Languages,
) -> Result<Header, String> {
    let text = job.text()?;
    let scan = lexical::scan(text);
    let questions = match evaluate {
        Evaluate::Nothing => Vec::new(),
        Evaluate::Each => macros::questions(&scan, &[]),
        Evaluate::Together => macros::questions(&scan, &literals(job, &scan)),
    };
    let code = evaluate::write(&questions);
    let mut form = Form {
        prelude_first: false,
        language: GNU11,
        record: scan.is_ambiguous(),
    };
    let mut parsed = parse(parser, job, &form, &code)?;
    let closure = found::closure(&parsed.unit, job.header);
    let alone = build(&parsed.in_headers);
    let clean = alone == Build::Clean && !parsed.in_stubs;
    if alone != Build::Clean {
        form.prelude_first = true;
        parsed = parse(parser, job, &form, &code)?;
    }
    not_cut_off(&parsed.in_headers)?;
    let taint = Taint::new(parsed.in_headers.iter());
    let found = found::sort(&parsed.unit, job.header, MAIN);
    let mut surface = surface::read(job.header, text, &found.of_header, &taint);
    if evaluate != Evaluate::Nothing {
        let active = form.record.then_some(&found.defined);
        let asked = Asked {
            questions: &questions,
            code: &code,
            defined: in_force(&scan, active),
        };
        let first = First {
            parsed: &parsed,
            found: &found,
            taint: &taint,
        };
        let answers = answers(parser, job, &form, &asked, &first);
        add_macros(&mut surface, &scan, &answers, active);
    }
    surface::add_text(
        &mut surface,
        &scan,
        job,
        form.record.then_some(&found.included),
    );
    if languages != Languages::Untried {
        let clean = clean.then_some(&scan);
        surface.language = language::try_all(parser, job, &surface, clean, languages);
    }
    surface.language.alone = alone;
    Ok(Header {
        closure,
        declares: Arc::new(surface),
    })
}

/// The header's macros that are spelled as numbers, where no other text of the unit may say otherwise.
fn literals(job: &Job<'_>, scan: &Scan) -> Vec<Literal> {
    if job.through != job.header {
        return Vec::new();
    }
    let others = job.files.iter().filter(|(path, _)| *path != job.header);
    let others: Vec<_> = others.map(|(_, text)| text.traits()).collect();
    literal::of(scan, |name| !others.iter().any(|text| text.defines(name)))
}

fn add_macros(
    surface: &mut HeaderSurface,
    scan: &Scan,
    answers: &Answers,
    active: Option<&HashMap<String, u32>>,
) {
    let (constants, function_like) = macros::read(scan, answers, active);
    let (constants, unread) = macros::split_unread(constants);
    surface.constants = constants;
    surface.macros = function_like;
    surface.unread.extend(unread);
}

struct Asked<'a> {
    questions: &'a [Question],
    code: &'a str,
    /// Names that must leave an answer: those that are in force behind the header.
    defined: BTreeSet<&'a str>,
}

/// The header's macros that are in force behind it, as far as is known.
fn in_force<'a>(scan: &'a Scan, active: Option<&HashMap<String, u32>>) -> BTreeSet<&'a str> {
    scan.defines
        .iter()
        .map(|define| define.name.as_str())
        .filter(|name| !scan.undefined.contains(*name))
        .filter(|name| active.is_none_or(|lines| lines.contains_key(*name)))
        .collect()
}

/// Answers to every question; those that something swallowed are asked again in smaller groups.
fn answers(
    parser: &Parser,
    job: &Job<'_>,
    form: &Form<'_>,
    asked: &Asked<'_>,
    first: &First<'_>,
) -> Answers {
    let evidence = Evidence {
        unit: &first.parsed.unit,
        declared: first.found.of_main.clone(),
        errors: &first.parsed.in_code,
        taint: first.taint,
    };
    let defined = |name: &str| asked.defined.contains(name);
    let mut answers = evaluate::read(asked.questions, asked.code, &evidence, defined);
    let mut groups = halves(answers.lost());
    groups.extend(Some(answers.strings()).filter(|group| !group.is_empty()));
    for _ in 0..MOST_RETRIES {
        let Some(group) = groups.pop() else { break };
        let code = evaluate::write(&group);
        let Ok(parsed) = parse(parser, job, form, &code) else {
            continue;
        };
        let found = found::sort(&parsed.unit, job.header, MAIN);
        let taint = Taint::new(parsed.in_headers.iter());
        let evidence = Evidence {
            unit: &parsed.unit,
            declared: found.of_main.clone(),
            errors: &parsed.in_code,
            taint: &taint,
        };
        let more = evaluate::read(&group, &code, &evidence, defined);
        if group.len() > 1 {
            groups.extend(halves(more.lost()));
        }
        answers.extend(more);
    }
    answers
}

/// Two halves, so that one that swallows others is cornered; nothing of nothing.
fn halves(mut questions: Vec<Question>) -> Vec<Vec<Question>> {
    let rest = questions.split_off(questions.len() / 2);
    [questions, rest]
        .into_iter()
        .filter(|half| !half.is_empty())
        .collect()
}

/// The first parse of a header that gives values, and what was found in it.
struct First<'a> {
    parsed: &'a Parsed<'a>,
    found: &'a Found<'a>,
    taint: &'a Taint,
}
