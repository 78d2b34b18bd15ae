//! The text of an answer becomes the lines in which people agree, and who vouches for each.
//!
//! Two rules tell whether the one who sent the mail is the one whom the line names. b4's takes near
//! addresses and equal names, which anybody can write; for the gate, the address itself counts and nothing
//! else. Next: `reply`.

use crate::model::Person;

/// A line such as `Acked-by: Name <address> # for the driver`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trailer {
    /// The word before the colon, lower case.
    pub name: String,
    /// Whom it names.
    pub person: Person,
}

/// What makes the sender the one whom a line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// The address is the same.
    Address,
    /// The address is near or the name is the same: enough for b4, and not for an approval.
    Alike,
}

/// Fields and words that look like trailers.
const OTHERS: [&str; 8] = [
    "from", "author", "cc", "to", "phone", "email", "subject", "date",
];

/// The lines of a text that name a person, in its order. What is quoted is somebody else's, and so is what
/// follows the `-- ` of a signature.
pub(super) fn trailers(text: &str) -> Vec<Trailer> {
    let lines: Vec<&str> = text.lines().take_while(|line| *line != "-- ").collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map_or("", |next| next.trim());
        // A long name, and its address on a line of its own.
        let wrapped = !line.contains('<') && next.starts_with('<') && next.ends_with('>');
        found.extend(match wrapped {
            true => trailer(&format!("{line} {next}")),
            false => trailer(line),
        });
    }
    found
}

fn trailer(line: &str) -> Option<Trailer> {
    let (word, value) = line.trim_start().split_once([' ', '\t'])?;
    let name = word.strip_suffix(':')?.to_ascii_lowercase();
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|c| c.is_ascii_alphanumeric());
    let whole = begins && letters.next().is_some() && name.is_ascii();
    let link = value.contains("http://") || value.contains("https://");
    if !whole || link || OTHERS.contains(&name.as_str()) {
        return None;
    }
    let bare = value.split_once(" #").map_or(value, |(bare, _)| bare);
    let person = Person::parse(bare)?;
    Some(Trailer { name, person })
}

/// What makes `sender` the person that a line names; `None` where nothing does.
pub(super) fn identity(named: &Person, sender: &Person) -> Option<Identity> {
    if named.key() == sender.key() {
        return Some(Identity::Address);
    }
    let (ours, theirs) = (untagged(&named.key()), untagged(&sender.key()));
    let alike = ours == theirs || is_near(&ours, &theirs) || is_same_name(named, sender);
    alike.then_some(Identity::Alike)
}

/// An address without `+something`.
fn untagged(address: &str) -> String {
    let parts = address.split_once('+').zip(address.rsplit_once('@'));
    match parts {
        Some(((local, _), (_, domain))) if !local.contains('@') => format!("{local}@{domain}"),
        _ => address.to_owned(),
    }
}

/// Whether the domains differ by one name before them: `linux.example.org` and `example.org`.
fn is_near(one: &str, other: &str) -> bool {
    let below = |long: &str, short: &str| {
        let rest = long
            .strip_suffix(short)
            .and_then(|rest| rest.strip_suffix('.'));
        rest.is_some_and(|name| !name.is_empty() && !name.contains('.'))
    };
    let (Some((local, domain)), Some((same, near))) = (one.split_once('@'), other.split_once('@'))
    else {
        return false;
    };
    local == same && (below(domain, near) || below(near, domain))
}

/// Whether the names are the same, or that of the mail is `Last, First` of it.
fn is_same_name(named: &Person, sender: &Person) -> bool {
    let (ours, theirs) = (named.name.to_lowercase(), sender.name.to_lowercase());
    if ours.is_empty() {
        return false;
    }
    let mut parts = theirs.split(',').map(str::trim);
    ours == theirs || theirs.contains(',') && parts.all(|part| ours.contains(part))
}

#[cfg(test)]
#[path = "trailers_tests.rs"]
mod tests;
