//! Texts become a parsed unit: the files that the compiler may see, and what it is told.
//!
//! Of the compiler's own macros a unit is given those that it can name ([`super::predefined`]), once enough units of
//! a kind were parsed for that to pay. Knows nothing of headers' contents. Next: [`super::clang`].

use super::clang::{Index, Unit};
use super::predefined::{Macro, Predefined, Spelled, Words};
use super::stubs::{INCLUDE_ROOT, STUB_ROOT};
use super::target::Target;
use super::text;
use super::unit::{Form, Job, MAIN};
use clang_sys::CXCursor_MacroDefinition;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::rc::Rc;

/// The file with the compiler's own macros. It is in no directory that a header can include from.
const OWN: &str = "/__uapi__/own.h";
/// Looking at the compiler's own macros takes as long as some ten units gain by it.
const PAYS: usize = 12;

/// A target's name and the arguments of a language.
type Kind = (&'static str, String);

/// The compiler's own macros for a kind of units.
enum Own {
    /// Not looked at yet, after so many units.
    Unmeasured(usize),
    /// What they are; the number tells kinds apart.
    Known(usize, Rc<Predefined>),
    /// They can't be told.
    Untold,
}

/// Parses units.
pub struct Parser {
    index: Index,
    own: RefCell<HashMap<Kind, Own>>,
    /// Units of a kind that are parsed before the compiler's own macros are looked at.
    pays: usize,
}

impl Parser {
    /// Makes one. libclang must have been loaded on this thread.
    pub fn new() -> Self {
        Self::after(PAYS)
    }

    /// One that looks at the compiler's own macros at so many units of a kind.
    fn after(pays: usize) -> Self {
        Self {
            index: Index::new(),
            own: RefCell::default(),
            pays,
        }
    }

    /// Parses exactly this text as the unit's own file.
    ///
    /// # Errors
    /// Where libclang gives up.
    pub fn parse(&self, job: &Job<'_>, form: &Form<'_>, main: &str) -> Result<Unit<'_>, String> {
        let own = self.own(job, form);
        let lines = own.and_then(|(kind, own)| own.lines(spelled(kind, &own, job, main)));
        self.parse_with(job, form, main, lines.as_deref())
    }

    /// The compiler's own macros for a kind of units, once it pays to know them.
    fn own(&self, job: &Job<'_>, form: &Form<'_>) -> Option<(usize, Rc<Predefined>)> {
        let kind = (job.target.name, form.language.join(" "));
        let mut known = self.own.borrow_mut();
        let is_known = |own: &&Own| matches!(own, Own::Known(..));
        let number = known.values().filter(is_known).count();
        let own = known.entry(kind).or_insert(Own::Unmeasured(0));
        if let Own::Unmeasured(units) = own {
            *units += 1;
            if *units < self.pays {
                return None;
            }
            *own = match self.macros(job.target, form.language) {
                Ok(macros) => Own::Known(number, Rc::new(Predefined::new(&macros))),
                Err(_) => Own::Untold,
            };
        }
        match own {
            Own::Known(number, own) => Some((*number, Rc::clone(own))),
            _ => None,
        }
    }

    /// The compiler's own macros. Their names stand in the record of a unit that has nothing else; what they
    /// expand to is made a string.
    ///
    /// # Errors
    /// Where they can't be told, in words for the user.
    pub fn macros(&self, target: &'static Target, language: &[&str]) -> Result<Vec<Macro>, String> {
        let job = Job {
            target,
            header: "",
            through: "",
            files: Vec::new(),
        };
        let form = |record| Form {
            prelude_first: false,
            language,
            record,
        };
        let empty = self.parse_with(&job, &form(true), "int nothing;\n", None)?;
        let names: Vec<String> = empty
            .root()
            .children()
            .into_iter()
            .filter(|cursor| cursor.kind() == CXCursor_MacroDefinition)
            .map(|cursor| cursor.spelling())
            .collect();
        let mut asked =
            "#define TEXT_(...) #__VA_ARGS__\n#define TEXT(...) TEXT_(__VA_ARGS__)\n".to_owned();
        for (number, name) in names.iter().enumerate() {
            asked.push_str(&format!(
                "static const char alone_{number}[] = TEXT({name});\n\
                 static const char called_{number}[] = TEXT({name}(1));\n"
            ));
        }
        let unit = self.parse_with(&job, &form(false), &asked, None)?;
        let texts = unit.root().children().into_iter();
        let texts: BTreeMap<String, String> = texts
            .filter_map(|cursor| Some((cursor.spelling(), cursor.string_value()?)))
            .collect();
        let own = names.into_iter().enumerate().map(|(number, name)| {
            let text = |what: &str| texts.get(&format!("{what}_{number}")).cloned();
            let (alone, called) = (text("alone")?, text("called")?);
            Some(Macro {
                name,
                alone,
                called,
            })
        });
        let own: Option<Vec<Macro>> = own.collect();
        own.filter(|own| !own.is_empty())
            .ok_or_else(|| "the compiler's own macros can't be told".to_owned())
    }

    /// Parses a unit with the compiler's own macros, or with what these lines define of them.
    fn parse_with(
        &self,
        job: &Job<'_>,
        form: &Form<'_>,
        main: &str,
        own: Option<&str>,
    ) -> Result<Unit<'_>, String> {
        let named = |name: &str| CString::new(name).ok();
        let mut files: Vec<(CString, &[u8])> = Vec::new();
        for (name, text) in [(MAIN, Some(main)), (OWN, own)] {
            files.extend(named(name).zip(text.map(str::as_bytes)));
        }
        let given = job.files.iter();
        let headers = given.map(|(path, text)| (INCLUDE_ROOT, *path, &*text.bytes));
        let stubs = text::stubs_for(job.files.iter().map(|(_, text)| *text));
        let stubs = stubs
            .iter()
            .map(|(name, text)| (STUB_ROOT, *name, text.as_bytes()));
        for (root, path, text) in headers.chain(stubs) {
            // A file whose name holds a NUL can't be included by any header: leave it out.
            files.extend(named(&[root, path].concat()).map(|name| (name, text)));
        }
        let arguments = arguments(job.target, form.language, own.is_some());
        self.index
            .parse(&files, arguments, form.record)
            .ok_or_else(|| "the parser gave up".to_owned())
    }
}

/// What a unit spells of the compiler's own macros.
fn spelled(kind: usize, own: &Predefined, job: &Job<'_>, main: &str) -> Spelled {
    let mut all = own.spelled(&Words::of(main.as_bytes()));
    for (_, text) in &job.files {
        text.spell(kind, own, &mut all);
    }
    all
}

fn arguments(target: &Target, language: &[&str], own: bool) -> Vec<String> {
    let mut arguments = vec![format!("--target={}", target.triple)];
    let fixed = [
        "-nostdinc",
        "-ferror-limit=0",
        // Looking for what an unknown name could have meant takes longer than the rest of the error.
        "-fno-spell-checking",
        // Some targets of clang don't define these for Linux.
        "-D__linux__=1",
        "-D__unix__=1",
        // Places that exist on no disk: clang looks for no tool chain.
        "--sysroot=/__uapi__/none",
        "-resource-dir=/__uapi__/none",
        "--gcc-toolchain=/__uapi__/none",
    ];
    arguments.extend(fixed.map(str::to_owned));
    if own {
        arguments.extend(["-undef", "-include", OWN].map(str::to_owned));
    }
    for root in [INCLUDE_ROOT, STUB_ROOT] {
        arguments.push(format!("-I{}", root.trim_end_matches('/')));
    }
    arguments.extend(
        target
            .flags
            .iter()
            .chain(language)
            .map(|flag| (*flag).to_owned()),
    );
    arguments
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
