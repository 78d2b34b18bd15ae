//! A commit's message becomes what it claims that people said.
//!
//! Only the trailers that speak of agreement; who tested or suggested something agreed with nothing.

use super::approval::{About, Approval, Evidence, Says};
use super::person::Person;

/// The trailers that count, in lower case. A maintainer's Signed-off-by means that it came through his tree.
const TRAILERS: [(&str, Says); 4] = [
    ("acked-by", Says::Yes),
    ("reviewed-by", Says::Yes),
    ("signed-off-by", Says::Yes),
    ("nacked-by", Says::No),
];

/// What a commit's message claims: who said what of it. The evidence is the commit itself.
pub fn claims(commit: &str, message: &str) -> Vec<Approval> {
    let claim = |(key, value): (String, &str)| {
        let (_, says) = TRAILERS.iter().find(|(name, _)| *name == key)?;
        Some(Approval {
            // A claim has no time of its own.
            when: 0,
            says: *says,
            evidence: Evidence::Commit(commit.to_owned()),
            who: Person::parse(value)?,
            about: About::Commit(commit.to_owned()),
        })
    };
    trailers(message).filter_map(claim).collect()
}

/// Who wrote the commit together with its author, as its message says.
pub fn co_authors(message: &str) -> Vec<Person> {
    let co_author = |(key, value): (String, &str)| {
        let is_one = key == "co-developed-by" || key == "co-authored-by";
        is_one.then(|| Person::parse(value)).flatten()
    };
    trailers(message).filter_map(co_author).collect()
}

/// Lines such as `Key: value`, the key in lower case.
fn trailers(message: &str) -> impl Iterator<Item = (String, &str)> {
    let pairs = message.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(key, value)| (key.trim_end().to_ascii_lowercase(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_agreement_is_taken() {
        let message = "net: do it\n\nWe think so: yes. Acked-by: nobody\n\nAcked-by: Ann <ann@x.org>\n\
                       Tested-by: Tim <tim@x.org>\n> Acked-by: Eve <eve@x.org>\nREVIEWED-BY: Bob <bob@x.org> # net\n\
                       Nacked-by: Cid <cid@x.org>\nAcked-by: without address\n";
        let found = claims("0123", message);
        let found: Vec<_> = found
            .iter()
            .map(|word| (word.says, word.who.email.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Says::Yes, "ann@x.org"),
                (Says::Yes, "bob@x.org"),
                (Says::No, "cid@x.org"),
            ]
        );
    }

    #[test]
    fn who_wrote_it_together_is_told() {
        let message =
            "net: do it\n\nCo-developed-by: Ann <ann@x.org>\nHelped-by: Bob <bob@x.org>\n";
        let found = co_authors(message);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].email, "ann@x.org");
    }
}
