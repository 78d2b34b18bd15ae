//! Units that two targets must read alike: one of them need not be compiled.
//!
//! A unit is all that a compiler is given for a header. Where its texts are the same on two targets, what
//! comes of it can differ only by what the compilers bring: their own macros and how they lay things out
//! ([`DataModel`], measured). Targets that lay out otherwise are no twins at all, but for what takes a word to bring it
//! out. Of the rest, a unit is read once if it spells no name that means something else on the two, and can paste none
//! together. Leans to the safe side: a "no" only costs time.

use super::bits::Bits;
use super::data_model::DataModel;
use super::lexical;
use super::request::SourceFile;
use super::stubs::STUBS;
use super::target::Target;
use super::wire::Id;
use crate::model::HeaderSurface;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Probes that differ within a data model, and the words without which no header brings that out.
const BROUGHT_OUT: [(&str, &[&str]); 7] = [
    ("p_longdouble", &["double"]),
    ("p_wchar", WIDE),
    ("P_WCHAR", WIDE),
    ("P_CHAR", &["char", ESCAPE]),
    ("p_aligned", &["aligned", "__aligned__"]),
    // A bit-field without a name aligns its record on arm.
    ("p_zero", &[UNNAMED]),
    ("p_unnamed", &[UNNAMED]),
];

const WIDE: &[&str] = &["wchar_t", "__WCHAR_TYPE__", "L"];
/// Stands for a character that is written as a number: its sign is that of `char`.
const ESCAPE: &str = "'\\";
/// Stands for a bit-field without a name.
const UNNAMED: &str = " :";
/// Stands for what only compilers declare.
const BUILTIN: &str = "__builtin_";
/// Builtins that every target has alike.
const COMMON: [&str; 2] = ["__builtin_offsetof", "__builtin_types_compatible_p"];
/// Words whose meaning is the target's own, whatever the probes say: code, further types, and questions about
/// them.
const OWN: &[&str] = &[
    "asm",
    "__asm",
    "__asm__",
    "register",
    "__thread",
    "_Thread_local",
    "pragma",
    "_Pragma",
    "__has_builtin",
    "__has_feature",
    "__has_extension",
    "__has_attribute",
    "__has_declspec_attribute",
    "__int128",
    "__int128_t",
    "__uint128_t",
    "_BitInt",
    "_ExtInt",
    "_Float16",
    "_Float128",
    "__float128",
    "__fp16",
    "__bf16",
    "__ibm128",
    "typeof",
    "__typeof__",
    "__typeof",
    "__auto_type",
    "_Complex",
    "__complex__",
    "va_list",
    "ms_struct",
    "gcc_struct",
];
/// The same of attributes that take an argument. Members are called so, too.
const ATTRIBUTES: &[&str] = &[
    "mode",
    "__mode__",
    "target",
    "__target__",
    "section",
    "__section__",
    "vector_size",
    "__vector_size__",
    "ext_vector_type",
    "regparm",
    "__regparm__",
    "pcs",
    "interrupt",
];

/// Names by bit.
type Names = FxHashMap<Vec<u8>, usize>;

/// Which of the names that matter a text, or a whole unit, spells.
#[derive(Debug, Clone, Default)]
struct Spelled {
    whole: Bits,
    /// Names that begin, and that end, with a word of the text.
    begun: Bits,
    ended: Bits,
    pastes: bool,
}

impl Spelled {
    fn join(&mut self, other: &Self) {
        self.whole.join(&other.whole);
        self.begun.join(&other.begun);
        self.ended.join(&other.ended);
        self.pastes |= other.pastes;
    }

    /// All that the unit may come to name.
    fn named(mut self) -> Bits {
        if self.pastes {
            let pasted = self.begun.both(&self.ended);
            self.whole.join(&pasted);
        }
        self.whole
    }
}

/// Tells twins among the units of some targets.
pub struct Twins {
    names: Names,
    /// Names by each of their proper beginnings and ends.
    beginnings: FxHashMap<Vec<u8>, Bits>,
    ends: FxHashMap<Vec<u8>, Bits>,
    /// What means something else on two targets, in the order of their names; `None` where anything may.
    apart: BTreeMap<(&'static str, &'static str), Option<Bits>>,
}

impl Twins {
    /// Holds the data models of targets against each other.
    pub fn new(models: &[(&'static Target, DataModel)]) -> Self {
        let mut words = BTreeMap::new();
        for (at, (one, model)) in models.iter().enumerate() {
            for (other, other_model) in &models[at + 1..] {
                words.insert(pair(one, other), differing(model, other_model));
            }
        }
        let all: BTreeSet<&String> = words.values().flatten().flatten().collect();
        let names: Names = all
            .into_iter()
            .enumerate()
            .map(|(bit, name)| (name.as_bytes().to_vec(), bit))
            .collect();
        let (mut beginnings, mut ends) = (FxHashMap::default(), FxHashMap::default());
        for (name, &bit) in &names {
            for at in 1..name.len() {
                let beginning: &mut Bits = beginnings.entry(name[..at].to_vec()).or_default();
                beginning.add(bit);
                let end: &mut Bits = ends.entry(name[at..].to_vec()).or_default();
                end.add(bit);
            }
        }
        let bits = |words: BTreeSet<String>| {
            let mut bits = Bits::default();
            words
                .iter()
                .for_each(|word| bits.add(names[word.as_bytes()]));
            bits
        };
        Self {
            apart: words
                .into_iter()
                .map(|(pair, words)| (pair, words.map(bits)))
                .collect(),
            names,
            beginnings,
            ends,
        }
    }

    /// Looks through the texts of some units.
    pub fn reader(&self) -> Reading<'_> {
        Reading {
            twins: self,
            texts: FxHashMap::default(),
        }
    }

    fn spelled(&self, text: &[u8]) -> Spelled {
        let text = String::from_utf8_lossy(text);
        let mut found = Spelled {
            pastes: text.contains("##") || text.contains("%:"),
            ..Spelled::default()
        };
        if has_unnamed_bits(&text) {
            self.add(UNNAMED, &mut found);
        }
        let mut typedef = false;
        for (_, line) in lexical::logical_lines(&text) {
            let tokens = lexical::tokens(&line);
            let directive = tokens.first() == Some(&"#");
            if directive && tokens.get(1) == Some(&"include") && !names_macro(&tokens) {
                continue;
            }
            for (at, token) in tokens.iter().enumerate() {
                let next = tokens.get(at + 1).copied().unwrap_or_default();
                match *token {
                    "typedef" => typedef = true,
                    ";" | "{" => typedef = false,
                    _ => {}
                }
                let code = !directive && !typedef;
                if ATTRIBUTES.contains(token) && !directive && next != "(" {
                    continue;
                }
                if *token != "char" || !is_sign_hidden(&tokens[..at], next, code) {
                    self.add(meaning(token), &mut found);
                }
            }
        }
        found
    }

    fn add(&self, word: &str, to: &mut Spelled) {
        let builtin = word.starts_with(BUILTIN) && !COMMON.contains(&word);
        let word = if builtin { BUILTIN } else { word }.as_bytes();
        if let Some(&bit) = self.names.get(word) {
            to.whole.add(bit);
        }
        if let Some(begun) = self.beginnings.get(word) {
            to.begun.join(begun);
        }
        if let Some(ended) = self.ends.get(word) {
            to.ended.join(ended);
        }
    }
}

/// What a token stands for: a literal means something else only where a character in it is written as a number.
fn meaning(token: &str) -> &str {
    match token.as_bytes().first() {
        Some(b'\'' | b'"') if token.contains('\\') || !token.is_ascii() => ESCAPE,
        Some(b'\'' | b'"') => "",
        _ => token,
    }
}

/// Whether nothing can depend on the sign of a `char`: a sign stands before it, it is pointed to, or a variable or
/// member of it is declared, in no typedef and no macro.
fn is_sign_hidden(before: &[&str], next: &str, in_code: bool) -> bool {
    let signed = matches!(before.last(), Some(&("unsigned" | "signed")));
    let declares = next.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    signed || next == "*" || in_code && declares
}

/// Whether an include spells its file by a macro.
fn names_macro(tokens: &[&str]) -> bool {
    let file = tokens.get(2).and_then(|file| file.chars().next());
    !matches!(file, Some('<' | '"'))
}

/// The texts of units, each looked through once.
pub struct Reading<'t> {
    twins: &'t Twins,
    texts: FxHashMap<Id, Spelled>,
}

/// The names that matter which a unit may come to have.
pub struct Named(Bits);

impl Reading<'_> {
    /// What a unit of these files names.
    pub fn of(&mut self, files: &[SourceFile]) -> Named {
        let mut all = Spelled::default();
        for file in files {
            let text = self.texts.entry(file.id);
            all.join(text.or_insert_with(|| self.twins.spelled(&file.text)));
        }
        Named(all.named())
    }
}

impl Twins {
    /// Whether a unit, the same on two targets, is read alike on both.
    pub fn agree(&self, one: &Target, other: &Target, unit: &Named) -> bool {
        let apart = self.apart.get(&pair(one, other));
        apart.is_some_and(|apart| apart.as_ref().is_some_and(|words| !unit.0.meet(words)))
    }
}

fn pair(one: &Target, other: &Target) -> (&'static str, &'static str) {
    let name = |target: &Target| super::target::by_name(target.name).map_or("", |known| known.name);
    let (one, other) = (name(one), name(other));
    (one.min(other), one.max(other))
}

/// The words that mean something else on two targets; `None` where any header may come out otherwise.
fn differing(one: &DataModel, other: &DataModel) -> Option<BTreeSet<String>> {
    let mut words = brought_out(&one.probes, &other.probes)?;
    let names = one.macros.keys().chain(other.macros.keys());
    words.extend(
        names
            .filter(|name| one.macros.get(*name) != other.macros.get(*name))
            .cloned(),
    );
    words.extend(
        OWN.iter()
            .chain(ATTRIBUTES)
            .chain([&BUILTIN])
            .map(|word| (*word).to_owned()),
    );
    while let Some(more) = through_stubs(&words) {
        words.extend(more);
    }
    Some(words)
}

/// The words that bring out what two targets lay out otherwise.
fn brought_out(one: &HeaderSurface, other: &HeaderSurface) -> Option<BTreeSet<String>> {
    let values = |surface: &HeaderSurface| -> BTreeMap<String, i128> {
        let all = surface
            .enumerations
            .iter()
            .flat_map(|item| &item.enumerators);
        all.map(|item| (item.name.clone(), item.value)).collect()
    };
    let (old, new) = (values(one), values(other));
    if old.len() != new.len() || one.records.len() != other.records.len() {
        return None;
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    names.extend(
        old.iter()
            .filter(|(name, value)| new.get(*name) != Some(value))
            .map(|(name, _)| name.as_str()),
    );
    let records = one.records.iter().zip(&other.records);
    names.extend(
        records
            .filter(|(one, other)| one != other)
            .map(|(record, _)| record.name.as_str()),
    );
    let mut words = BTreeSet::new();
    for name in names {
        let bare = name
            .trim_start_matches("struct ")
            .trim_start_matches("union ");
        let (_, by) = BROUGHT_OUT
            .iter()
            .find(|(probe, _)| bare.starts_with(probe))?;
        words.extend(by.iter().map(|word| (*word).to_owned()));
    }
    Some(words)
}

/// What stubs define by one of these words, as far as it is not among them yet.
fn through_stubs(differing: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let mut more = BTreeSet::new();
    for (_, text) in STUBS {
        let ours = |word: &&str| differing.contains(*word);
        let differs = |line: &&str| lexical::tokens(line).iter().any(ours);
        more.extend(
            text.lines()
                .filter(differs)
                .filter_map(declared)
                .map(str::to_owned),
        );
    }
    more.retain(|name| !differing.contains(name));
    (!more.is_empty()).then_some(more)
}

/// The name that a line of a stub declares: each line has one at most.
fn declared(line: &str) -> Option<&str> {
    let tokens = lexical::tokens(line);
    let name = match tokens.as_slice() {
        ["#", "define", name, ..] | ["struct", name, "{", ..] => name,
        [.., name, ";"] => name,
        _ => return None,
    };
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        .then_some(name)
}

/// Whether a colon may follow a type, and not a name: said too often rather than too seldom.
fn has_unnamed_bits(text: &str) -> bool {
    const TYPES: [&str; 7] = ["int", "char", "short", "long", "unsigned", "_t", ";"];
    const SIZED: [&str; 4] = ["__u", "__s", "__be", "__le"];
    text.match_indices(':').any(|(at, _)| {
        let before = text[..at].trim_end();
        let word = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next();
        TYPES.iter().any(|name| before.ends_with(name))
            || word.is_some_and(|word| SIZED.iter().any(|sized| word.starts_with(sized)))
    })
}

#[cfg(test)]
#[path = "twins_tests.rs"]
mod tests;
