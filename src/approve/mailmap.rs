//! The text of .mailmap becomes a [`Mailmap`]: which names and addresses belong to one person.
//!
//! The four forms of gitmailmap(5). Addresses are compared without regard to case, as git does it and
//! scripts/get_maintainer.pl does not.

use super::maintainers::{Warning, whole_lines};
use super::person::{Person, address_key};
use std::collections::HashMap;

/// Longest line that is read, in bytes.
const LINE_LIMIT: usize = 4096;
/// Most bytes of the file that are read; that of v6.12 has a fiftieth of it.
const SIZE_LIMIT: usize = 2 << 20;
/// Most warnings that are kept.
const WARNING_LIMIT: usize = 100;

/// What takes the place of a name or an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Proper {
    name: Option<String>,
    email: Option<String>,
}

/// Which names and addresses belong to one person.
#[derive(Debug, Clone, Default)]
pub struct Mailmap {
    by_address: HashMap<String, Proper>,
    /// By address and name, both in lower case.
    by_both: HashMap<(String, String), Proper>,
    /// What could not be used, by line.
    pub warnings: Vec<Warning>,
}

impl Mailmap {
    /// Reads the text.
    pub fn parse(text: &[u8]) -> Self {
        let mut map = Self::default();
        let (text, cut) = whole_lines(text, SIZE_LIMIT);
        if cut {
            let problem =
                format!("the file has more than {SIZE_LIMIT} bytes; the rest is left out");
            map.warnings.push(Warning { line: 1, problem });
        }
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if let Err(problem) = map.line(line)
                && map.warnings.len() < WARNING_LIMIT
            {
                let line = at + 1;
                map.warnings.push(Warning { line, problem });
            }
        }
        map
    }

    /// The person under the name and address that he or she wants to go by.
    pub fn person(&self, person: &Person) -> Person {
        let key = person.key();
        let both = self.by_both.get(&(key.clone(), person.name.to_lowercase()));
        let Some(proper) = both.or_else(|| self.by_address.get(&key)) else {
            return person.clone();
        };
        Person {
            name: proper.name.clone().unwrap_or_else(|| person.name.clone()),
            email: proper.email.clone().unwrap_or_else(|| person.email.clone()),
        }
    }

    /// Whose word comes from an address: the proper address, as it is compared. A name proves nothing, for
    /// anybody can write it; so an entry that asks for a name, too, is left out.
    pub fn identity(&self, email: &str) -> String {
        let key = address_key(email);
        let proper = self.by_address.get(&key);
        let proper = proper.and_then(|proper| proper.email.as_deref());
        proper.map_or(key, address_key)
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() > LINE_LIMIT {
            return Err(format!("longer than {LINE_LIMIT} bytes"));
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(());
        }
        let broken = || "not of the form `Name <proper@address> [Name] [<address>]`".to_owned();
        let (name, email, rest) = entry(text).ok_or_else(broken)?;
        if rest.is_empty() {
            let name = name.ok_or_else(broken)?;
            self.by_address.entry(address_key(email)).or_default().name = Some(name);
            return Ok(());
        }
        let (other_name, other, end) = entry(rest).ok_or_else(broken)?;
        if !end.is_empty() {
            return Err(broken());
        }
        let proper = match other_name {
            None => self.by_address.entry(address_key(other)).or_default(),
            Some(other_name) => {
                let key = (address_key(other), other_name.to_lowercase());
                self.by_both.entry(key).or_default()
            }
        };
        proper.email = Some(email.to_owned());
        if name.is_some() {
            proper.name = name;
        }
        Ok(())
    }
}

/// A name, where there is one, an address, and what follows it.
fn entry(text: &str) -> Option<(Option<String>, &str, &str)> {
    let (name, rest) = text.split_once('<')?;
    let (email, rest) = rest.split_once('>')?;
    let name = name.trim().trim_matches('"');
    let name = (!name.is_empty()).then(|| name.to_owned());
    (!email.trim().is_empty()).then(|| (name, email.trim(), rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(map: &Mailmap, text: &str) -> String {
        map.person(&Person::parse(text).expect("an address"))
            .to_string()
    }

    /// The examples of gitmailmap(5).
    #[test]
    fn the_four_forms_are_those_of_git() {
        let map = Mailmap::parse(
            b"# people\nJoe R. Developer <joe@example.com>\n<cto@company.xx> <cto@coompany.xx>\n\
              Some Dude <some@dude.xx>         nick1 <bugs@company.xx>\n\
              Other Author <other@author.xx>   nick2 <bugs@company.xx>\n\
              Santa Claus <santa.claus@northpole.xx> <me@company.xx> # a remark\n",
        );
        for (given, expected) in [
            (
                "Joe <joe@example.com>",
                "Joe R. Developer <joe@example.com>",
            ),
            (
                "Joe <JOE@example.COM>",
                "Joe R. Developer <JOE@example.COM>",
            ),
            ("CTO <cto@coompany.xx>", "CTO <cto@company.xx>"),
            ("nick1 <bugs@company.xx>", "Some Dude <some@dude.xx>"),
            ("Nick2 <bugs@company.xx>", "Other Author <other@author.xx>"),
            ("nick3 <bugs@company.xx>", "nick3 <bugs@company.xx>"),
            (
                "me <me@company.xx>",
                "Santa Claus <santa.claus@northpole.xx>",
            ),
            ("Joe <joe@sub.example.com>", "Joe <joe@sub.example.com>"),
        ] {
            assert_eq!(mapped(&map, given), expected);
        }
        assert_eq!(map.warnings, []);
    }

    #[test]
    fn a_name_makes_nobody_another() {
        let map = Mailmap::parse(
            b"Ann <ann@example.org> <ann@old.example.org>\nAnn <ann@example.org> Ann <shared@example.org>\n",
        );
        assert_eq!(map.identity("ann@OLD.example.org"), "ann@example.org");
        assert_eq!(map.identity("shared@example.org"), "shared@example.org");
        // To show who is meant, the name counts, as it does for git.
        assert_eq!(
            mapped(&map, "Ann <shared@example.org>"),
            "Ann <ann@example.org>"
        );
    }

    #[test]
    fn of_a_file_without_end_the_beginning_is_read() {
        let line = "A <a@b.org> <c@d.org>\n";
        let text = line.repeat(SIZE_LIMIT / line.len() + 2);
        let map = Mailmap::parse(text.as_bytes());
        assert_eq!(map.warnings.first().map(|warning| warning.line), Some(1));
        assert_eq!(mapped(&map, "x <c@d.org>"), "A <a@b.org>");
    }

    #[test]
    fn broken_lines_are_told_and_the_rest_works() {
        let long = "x".repeat(1 << 20);
        let text = format!("nobody\n<a@b.org>\n{long}\nA <a@b.org> <c@d.org>\n\u{fffd}\u{fffd}<\n");
        let map = Mailmap::parse(text.as_bytes());
        let lines: Vec<usize> = map.warnings.iter().map(|warning| warning.line).collect();
        assert_eq!(lines, [1, 2, 3, 5]);
        assert_eq!(mapped(&map, "x <c@d.org>"), "A <a@b.org>");
    }
}
