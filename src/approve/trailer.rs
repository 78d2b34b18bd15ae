//! A commit's message becomes what it claims that people said.
//!
//! Only the trailers that speak of agreement; who tested or suggested something agreed with nothing.

use super::approval::{Evidence, Says};
use super::person::Person;

/// The trailers that count, in lower case. A maintainer's Signed-off-by means that it came through his tree.
const TRAILERS: [(&str, Says); 4] = [
    ("acked-by", Says::Yes),
    ("reviewed-by", Says::Yes),
    ("signed-off-by", Says::Yes),
    ("nacked-by", Says::No),
];

/// What a commit's message claims: who, and what. The evidence is the commit itself.
pub fn claims(commit: &str, message: &str) -> Vec<(Evidence, Says, Person)> {
    let claim = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let key = key.trim_end().to_ascii_lowercase();
        let (_, says) = TRAILERS.iter().find(|(name, _)| *name == key)?;
        Some((
            Evidence::Commit(commit.to_owned()),
            *says,
            Person::parse(value)?,
        ))
    };
    message.lines().filter_map(claim).collect()
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
            .map(|(_, says, who)| (*says, who.email.as_str()))
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
}
