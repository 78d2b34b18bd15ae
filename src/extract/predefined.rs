//! The compiler's own macros become those few that a unit can name.
//!
//! A compiler defines some 400 macros before any header, which takes it longer than many a header does, and a
//! header names few of them. What no text of a unit spells, and none can paste together, changes nothing there.
//! Leans to the safe side: one too many only costs time. Next: [`super::parser`], which measures and uses them.

use super::bits::Bits;
use super::stubs::STUBS;
use memchr::{memchr_iter, memmem};

/// A macro of the compiler's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// What its name expands to.
    pub alone: String,
    /// What its name expands to where `(1)` follows.
    pub called: String,
}

impl Macro {
    /// The line that defines it again; none of one that takes arguments.
    fn definition(&self) -> Option<String> {
        let Self {
            name,
            alone,
            called,
        } = self;
        let plain = called.strip_suffix("(1)") == Some(alone) && alone != name;
        plain.then(|| format!("#define {name} {alone}\n"))
    }
}

/// The words of a text that may be, or begin, names of such macros.
#[derive(Debug, Default)]
pub struct Words {
    /// All that start with an underscore, each once.
    words: Vec<Vec<u8>>,
    /// Whether it may put names together.
    pastes: bool,
    /// Whether a name may be written otherwise than as a word: over two lines, or by numbers of characters.
    hides: bool,
}

impl Words {
    /// Looks through a text, comments and strings not left out.
    pub fn of(text: &[u8]) -> Self {
        let word = |at: usize| text.get(at).copied().is_some_and(is_word);
        let starts = memchr_iter(b'_', text).filter(|at| *at == 0 || !word(at - 1));
        let mut words: Vec<Vec<u8>> = starts
            .map(|start| {
                let length = text[start..].iter().take_while(|byte| is_word(**byte));
                text[start..start + length.count()].to_vec()
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        let odd = ["%:", "??"].map(|odd| memmem::find(text, odd.as_bytes()).is_some());
        Self {
            words,
            pastes: memmem::find(text, b"##").is_some(),
            hides: odd.contains(&true) || memchr_iter(b'\\', text).any(|at| hides(text, at)),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a backslash may stand within a name: a line goes on there, or a character is written as a number.
fn hides(text: &[u8], at: usize) -> bool {
    let rest = &text[at + 1..];
    let blank = rest
        .iter()
        .take_while(|byte| b" \t\r\x0b\x0c".contains(byte));
    let next = match rest.get(blank.count()..) {
        Some([b'\n', next, ..]) => is_word(*next) || *next == b'\\',
        _ => matches!(rest, [b'u' | b'U', ..]),
    };
    next && at
        .checked_sub(1)
        .is_none_or(|before| is_word(text[before]) || text[before] == b'\n')
}

/// What a text, or a unit, spells of the names of one compiler.
#[derive(Debug, Clone, Default)]
pub struct Spelled {
    whole: Bits,
    /// Names that begin with a word of it.
    begun: Bits,
    pastes: bool,
    hides: bool,
}

impl Spelled {
    /// Adds what another text spells.
    pub fn join(&mut self, other: &Self) {
        self.whole.join(&other.whole);
        self.begun.join(&other.begun);
        self.pastes |= other.pastes;
        self.hides |= other.hides;
    }
}

/// The macros that a compiler defines for one target and language.
pub struct Predefined {
    /// Sorted by name.
    macros: Vec<(Vec<u8>, Option<String>)>,
    /// What every unit may name.
    always: Spelled,
}

impl Predefined {
    /// Takes all of them.
    pub fn new(macros: &[Macro]) -> Self {
        let mut known = Self {
            macros: macros
                .iter()
                .map(|own| (own.name.as_bytes().to_vec(), own.definition()))
                .collect(),
            always: Spelled::default(),
        };
        known.macros.sort_unstable();
        let mut always = Spelled::default();
        for (bit, (name, _)) in known.macros.iter().enumerate() {
            if !name.starts_with(b"_") {
                always.whole.add(bit);
            }
        }
        // Names may be pasted together from what these macros expand to, too.
        let plain = macros.iter().filter(|own| own.definition().is_some());
        let bodies = plain.map(|own| own.alone.as_bytes());
        for text in bodies.chain(STUBS.iter().map(|(_, text)| text.as_bytes())) {
            let mut spelled = known.spelled(&Words::of(text));
            spelled.pastes = false;
            always.join(&spelled);
        }
        known.always = always;
        known
    }

    /// Which of them a text spells.
    pub fn spelled(&self, words: &Words) -> Spelled {
        let mut found = Spelled {
            pastes: words.pastes,
            hides: words.hides,
            ..Spelled::default()
        };
        for word in &words.words {
            let from = self.macros.partition_point(|(name, _)| name < word);
            let begun = self.macros[from..].iter().enumerate();
            for (at, (name, _)) in begun.take_while(|(_, (name, _))| name.starts_with(word)) {
                match name.len() == word.len() {
                    true => found.whole.add(from + at),
                    false => found.begun.add(from + at),
                }
            }
        }
        found
    }

    /// The lines that define what a unit spells, besides what every unit may; `None` where it may name any of them,
    /// or one that no line defines.
    pub fn lines(&self, mut unit: Spelled) -> Option<String> {
        unit.join(&self.always);
        if unit.hides {
            return None;
        }
        if unit.pastes {
            unit.whole.join(&unit.begun);
        }
        let mut lines = String::new();
        for bit in unit.whole.all() {
            let (_, definition) = self.macros.get(bit)?;
            lines.push_str(definition.as_deref()?);
        }
        Some(lines)
    }
}

#[cfg(test)]
#[path = "predefined_tests.rs"]
mod tests;
