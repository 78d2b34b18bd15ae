//! Kbuild files become the lists in them: `generic-y`, `mandatory-y`, `header-y` and the like.
//!
//! Reads the part of make's language in which these lists are written: assignments, `include`,
//! conditions, and the functions of [`super::expand`]. Nothing is executed; what is not understood is
//! empty, as an unset variable is in make. Knows nothing of what the lists mean: see
//! [`super::export`].

use super::expand::{Expander, split_arguments};
use crate::source::{Files, SourceError};
use std::collections::BTreeSet;

/// Files that may include each other before it must be a cycle.
const MAX_INCLUDES: usize = 8;

/// The variables that some Kbuild files set.
pub(super) struct Kbuild<'a> {
    expander: Expander<'a>,
    includes: usize,
}

impl<'a> Kbuild<'a> {
    /// Starts with what the kernel's own makefiles set. `generated` are the paths that a build would
    /// have made before these files are read.
    pub fn new(files: &'a dyn Files, arch: &str, generated: &'a BTreeSet<String>) -> Self {
        let mut expander = Expander::new(files, generated);
        for (name, value) in [
            ("srctree", "."),
            ("objtree", "."),
            ("SRCARCH", arch),
            ("ARCH", arch),
            ("hdr-arch", arch),
        ] {
            expander.set(name, value);
        }
        Kbuild {
            expander,
            includes: 0,
        }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.expander.set(name, value);
    }

    /// Reads a file, where it is there; says whether it is.
    pub fn read(&mut self, path: &str) -> Result<bool, SourceError> {
        let Some(file) = self.expander.files.file(path)? else {
            return Ok(false);
        };
        let bytes = self.expander.files.read(&file)?;
        let text = String::from_utf8_lossy(&bytes)
            .replace("\\\r\n", " ")
            .replace("\\\n", " ");
        let mut conditions = Conditions::default();
        for line in text.lines() {
            self.line(line, &mut conditions)?;
        }
        Ok(true)
    }

    /// The words of a variable, in order.
    pub fn words(&self, name: &str) -> Vec<String> {
        self.expander
            .get(name)
            .split_whitespace()
            .map(String::from)
            .collect()
    }

    fn line(&mut self, line: &str, conditions: &mut Conditions) -> Result<(), SourceError> {
        if line.starts_with('\t') {
            return Ok(());
        }
        let line = without_comment(line).trim();
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let holds = conditions.active() && self.holds(word, rest.trim())?;
                conditions.open(holds);
            }
            "else" => {
                let (test, rest) = rest.trim().split_once([' ', '\t', '(']).unwrap_or(("", ""));
                let holds = if test.is_empty() {
                    true
                } else {
                    self.holds(test, rest.trim())?
                };
                conditions.alternative(holds);
            }
            "endif" => conditions.close(),
            _ if !conditions.active() => {}
            "include" | "-include" | "sinclude" => self.include(rest)?,
            _ => self.assign(line)?,
        }
        Ok(())
    }

    fn include(&mut self, paths: &str) -> Result<(), SourceError> {
        if self.includes == MAX_INCLUDES {
            return Ok(());
        }
        self.includes += 1;
        for path in self.expander.expand(paths)?.split_whitespace() {
            self.read(path.trim_start_matches("./"))?;
        }
        self.includes -= 1;
        Ok(())
    }

    /// Whether a condition holds: `(a,b)`, `"a" "b"`, or a variable's name.
    fn holds(&self, test: &str, argument: &str) -> Result<bool, SourceError> {
        if let "ifdef" | "ifndef" = test {
            let name = self.expander.expand(argument)?;
            let set = !self.expander.get(name.trim()).is_empty();
            return Ok(set == (test == "ifdef"));
        }
        let (left, right) = operands(argument);
        let equal = self.expander.expand(&left)?.trim() == self.expander.expand(&right)?.trim();
        Ok(equal == (test == "ifeq"))
    }

    /// `name op value`; any other line (a rule, say) sets nothing.
    fn assign(&mut self, line: &str) -> Result<(), SourceError> {
        let Some(equals) = line.find('=') else {
            return Ok(());
        };
        let (left, value) = (&line[..equals], &line[equals + 1..]);
        let name = left.trim_end_matches(['+', ':', '?']).trim();
        let name = name
            .strip_prefix("export ")
            .or(name.strip_prefix("override "))
            .unwrap_or(name);
        let name = self.expander.expand(name.trim())?;
        if name.is_empty() || name.contains([' ', '\t', ':', '$']) {
            return Ok(());
        }
        let value = self.expander.expand(value.trim())?;
        match left.as_bytes().last() {
            Some(b'+') => self.expander.append(&name, &value),
            Some(b'?') if !self.expander.get(&name).is_empty() => {}
            _ => self.expander.set(&name, &value),
        }
        Ok(())
    }
}

/// The two sides of an `ifeq`.
fn operands(argument: &str) -> (String, String) {
    let inner = argument.strip_prefix('(').unwrap_or(argument);
    if inner.len() < argument.len() || !argument.starts_with(['"', '\'']) {
        let inner = inner.strip_suffix(')').unwrap_or(inner);
        let mut sides = split_arguments(inner, 2).into_iter();
        return (
            sides.next().unwrap_or_default(),
            sides.next().unwrap_or_default(),
        );
    }
    let mut sides = argument
        .split(['"', '\''])
        .filter(|side| !side.trim().is_empty());
    (
        sides.next().unwrap_or_default().into(),
        sides.next().unwrap_or_default().into(),
    )
}

fn without_comment(line: &str) -> &str {
    let hash = line
        .char_indices()
        .find(|&(i, c)| c == '#' && !line[..i].ends_with('\\'));
    hash.map_or(line, |(i, _)| &line[..i])
}

/// The conditions that are open, innermost last.
#[derive(Default)]
struct Conditions(Vec<Condition>);

struct Condition {
    /// The lines at hand count.
    active: bool,
    /// No later branch can count.
    settled: bool,
}

impl Conditions {
    fn active(&self) -> bool {
        self.0.last().is_none_or(|c| c.active)
    }

    fn open(&mut self, holds: bool) {
        let settled = holds || !self.active();
        self.0.push(Condition {
            active: holds,
            settled,
        });
    }

    fn alternative(&mut self, holds: bool) {
        if let Some(condition) = self.0.last_mut() {
            condition.active = holds && !condition.settled;
            condition.settled |= holds;
        }
    }

    fn close(&mut self) {
        self.0.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::memory::MemoryFiles;

    fn words(text: &str, name: &str) -> Vec<String> {
        let files = MemoryFiles::from([
            ("K", text),
            ("arch/x86/include/uapi/asm/kvm.h", ""),
            ("include/more", "list += from-include.h\n"),
        ]);
        let generated = BTreeSet::from(["arch/x86/include/generated/uapi/asm/made.h".to_string()]);
        let mut kbuild = Kbuild::new(&files, "x86", &generated);
        assert!(kbuild.read("K").unwrap());
        kbuild.words(name)
    }

    #[test]
    fn assignments_append_and_replace() {
        let text = "list := a.h # no\nlist += b.h \\\n  c.h\n\tlist += recipe.h\nother = $(list)\nlist ?= d.h\n\
                    all: $(list)\n\techo\nlist += $(foreach x,e f,$(x).h)\n";
        assert_eq!(words(text, "list"), ["a.h", "b.h", "c.h", "e.h", "f.h"]);
        assert_eq!(words(text, "other"), ["a.h", "b.h", "c.h"]);
    }

    #[test]
    fn conditions_ask_for_files() {
        let text = "ifeq ($(wildcard $(srctree)/arch/$(SRCARCH)/include/uapi/asm/a.out.h),)\nno += a.out.h\nendif\n\
                    ifeq ($(wildcard $(srctree)/arch/$(SRCARCH)/include/uapi/asm/kvm.h),)\nno += kvm.h\nelse\nyes += kvm.h\nendif\n\
                    ifeq ($(wildcard $(objtree)/arch/$(SRCARCH)/include/generated/uapi/asm/made.h),)\nno += made.h\n\
                    ifeq (,)\nno += nested.h\nendif\nendif\nifneq ($(CONFIG_X),y)\nno += x.h\nelse ifeq (a,a)\nno += never.h\nendif\n";
        assert_eq!(words(text, "no"), ["a.out.h", "x.h"]);
        assert_eq!(words(text, "yes"), ["kvm.h"]);
    }

    #[test]
    fn includes_are_followed_and_cycles_end() {
        assert_eq!(
            words("include include/more\n-include gone\n", "list"),
            ["from-include.h"]
        );
        assert_eq!(words("list := a\ninclude K\n", "list"), ["a"]);
    }

    #[test]
    fn a_bomb_stays_small() {
        let text = format!("a := x\n{}", "a += $(a) $(a)\n".repeat(64));
        assert!(words(&text, "a").len() < 1 << 16);
        let nested = format!(
            "l := {}\nx := {}",
            "a ".repeat(9000),
            "$(foreach i,$(l),".repeat(9)
        );
        assert_eq!(words(&(nested + &")".repeat(9)), "x"), Vec::<String>::new());
        let blown = format!("l := {}\ny := $(subst a,$(l),$(l))", "a ".repeat(9000));
        assert!(words(&blown, "y").len() < 1 << 16);
        assert_eq!(
            words(&format!("a := {}", "$(a ".repeat(10_000)), "a"),
            Vec::<String>::new()
        );
    }
}
