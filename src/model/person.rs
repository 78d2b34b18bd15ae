//! A mail address with a name, as MAINTAINERS, .mailmap, git and mails write it, becomes a [`Person`].
//!
//! Addresses are compared without regard to case, names never prove anything. Which addresses belong
//! together is for others to say: see `approve::mailmap`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Somebody with a mail address.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Person {
    /// The name without quotes, or empty.
    pub name: String,
    /// The mail address, as it was written.
    pub email: String,
}

impl Person {
    /// Reads `Name <address>`, `"Name, with comma" <address>` or a bare address; `None` where there is no
    /// address. What stands behind the address is left out, as scripts/get_maintainer.pl does it.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, email) = match text.split_once('<') {
            Some((name, rest)) => (name, rest.rsplit_once('>')?.0),
            None => ("", text.split_whitespace().find(|word| word.contains('@'))?),
        };
        let email = email.trim();
        let (local, domain) = email.rsplit_once('@')?;
        let odd = |c: char| c.is_whitespace() || "<>,".contains(c);
        let whole = !local.is_empty() && !domain.is_empty() && !email.contains(odd);
        whole.then(|| Self {
            name: unquoted(name.trim()),
            email: email.to_owned(),
        })
    }

    /// What the address is compared by.
    pub fn key(&self) -> String {
        address_key(&self.email)
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => f.write_str(&self.email),
            name => write!(f, "{name} <{}>", self.email),
        }
    }
}

/// An address as it is compared. Only ASCII letters lose their case: a look-alike of another alphabet
/// stays another address.
pub fn address_key(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

fn unquoted(name: &str) -> String {
    let inner = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner
        .unwrap_or(name)
        .replace("\\\"", "\"")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, email: &str) -> Person {
        Person {
            name: name.into(),
            email: email.into(),
        }
    }

    #[test]
    fn reads_each_form_of_an_address() {
        let read = |text| Person::parse(text).expect("an address");
        assert_eq!(read("A. B. <a@b.org>"), person("A. B.", "a@b.org"));
        assert_eq!(read("\"A, B\" <a@b.org> (odd)"), person("A, B", "a@b.org"));
        assert_eq!(read("x86@kernel.org"), person("", "x86@kernel.org"));
        for broken in [
            "",
            "nobody",
            "A <b>",
            "A <a@b.org",
            "<@b.org>",
            "A <<a@b.org>",
            "A <a@b.org>>",
            "A <a@b.org><c@d.org>",
            "<a b@c.org>",
        ] {
            assert_eq!(Person::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn case_is_no_difference_and_another_alphabet_is() {
        assert_eq!(address_key("A@X.Org"), address_key("a@x.org"));
        assert_ne!(address_key("\u{430}@x.org"), address_key("a@x.org"));
        // U+212A, the Kelvin sign, becomes `k` where Unicode folds it.
        assert_ne!(address_key("\u{212a}@x.org"), address_key("k@x.org"));
    }
}
