//! Two people with names and addresses become the answer whether they may be one.
//!
//! Nothing here gives anybody a say: whose word it is, the address alone tells ([`super::mailmap`]). This is
//! for what has to err on the other side: nobody agrees with a change of his own, and nobody is counted
//! twice, under whatever address he writes.

use super::person::Person;

/// Whether two people may well be one: by address, but for a `+tag` or one level of sub-domain, or by a
/// full name.
pub(super) fn may_be_one(one: &Person, other: &Person) -> bool {
    let names = [one, other].map(|person| person.name.to_lowercase());
    // One word alone is the name of many.
    let full = names[0].split_whitespace().count() > 1;
    full && names[0] == names[1] || alike(&one.key(), &other.key())
}

fn alike(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (parts(one), parts(other)) else {
        return one == other;
    };
    let below = |inner: &str, outer: &str| {
        let level = inner
            .strip_suffix(outer)
            .and_then(|rest| rest.strip_suffix('.'));
        // `example.org` is no level of `org`.
        outer.contains('.') && level.is_some_and(|level| !level.contains('.'))
    };
    one.0 == other.0 && (one.1 == other.1 || below(one.1, other.1) || below(other.1, one.1))
}

/// The name before the `@` without its tag, and the domain.
fn parts(address: &str) -> Option<(&str, &str)> {
    let (local, domain) = address.rsplit_once('@')?;
    Some((local.split('+').next().unwrap_or_default(), domain))
}

/// Who stands for whom where people are counted: for each the first that may be the same one.
pub(super) fn heads(people: &[Person]) -> Vec<usize> {
    let first = |person: &Person| people.iter().position(|other| may_be_one(person, other));
    let firsts = people.iter().map(first);
    firsts
        .enumerate()
        .map(|(at, first)| first.unwrap_or(at))
        .collect()
}

/// How many people they are at least.
pub(super) fn count(people: &[Person]) -> usize {
    let heads = heads(people);
    let is_head = |(at, head): &(usize, &usize)| at == *head;
    heads.iter().enumerate().filter(is_head).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> Person {
        Person::parse(text).expect("an address")
    }

    #[test]
    fn a_tag_a_level_or_a_full_name_make_one_of_two() {
        let ann = person("Ann Example <ann@example.org>");
        for same in [
            "ANN@EXAMPLE.ORG",
            "Somebody <ann+linux@example.org>",
            "ann@mail.example.org",
            "ann example <ann@elsewhere.net>",
        ] {
            assert!(may_be_one(&ann, &person(same)), "{same}");
            assert!(may_be_one(&person(same), &ann), "{same}");
        }
        for other in [
            "Ann <ann@elsewhere.net>",
            "Ann Examples <anne@example.org>",
            "ann@deep.mail.example.org",
            "ann@notexample.org",
            "ann@org",
        ] {
            assert!(!may_be_one(&ann, &person(other)), "{other}");
            assert!(!may_be_one(&person(other), &ann), "{other}");
        }
        let single = person("Ann <a@x.org>");
        assert!(!may_be_one(&single, &person("Ann <b@x.org>")));
    }

    #[test]
    fn people_are_counted_once() {
        let people = [
            "Ann Bo <a@x.org>",
            "Cid <c@x.org>",
            "Ann Bo <a@y.org>",
            "C <c+k@x.org>",
        ];
        let people: Vec<Person> = people.map(person).to_vec();
        assert_eq!(heads(&people), [0, 1, 0, 1]);
        assert_eq!(count(&people), 2);
        assert_eq!(count(&[]), 0);
    }
}
