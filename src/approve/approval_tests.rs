//! The gate moves by the words of those who are entitled, and by nothing else.

use super::*;
use proptest::prelude::*;

const MAILMAP: &[u8] = b"Ann <ann@example.org> <ann@old.example.org>\n";

fn person(email: &str) -> Person {
    Person {
        name: "Ann".into(),
        email: email.into(),
    }
}

fn word(email: &str, says: Says, when: i64, fingerprint: &str) -> Approval {
    Approval {
        when,
        says,
        evidence: Evidence::Message(format!("{email}{when}{says:?}{fingerprint}")),
        who: person(email),
        fingerprint: fingerprint.into(),
    }
}

/// The state where ann and bob may speak for the findings f1 and f2.
fn state(needed: usize, said: &[Approval]) -> State {
    let mailmap = Mailmap::parse(MAILMAP);
    let entitled = ["ann@example.org", "bob@example.org"].map(str::to_owned);
    let fingerprints = ["f1", "f2"].map(str::to_owned);
    let electorate = Electorate {
        mailmap: &mailmap,
        entitled: entitled.into(),
        needed,
        fingerprints: &fingerprints.into(),
    };
    electorate.state(said)
}

fn yes(email: &str) -> Vec<Approval> {
    ["f1", "f2"].map(|f| word(email, Says::Yes, 1, f)).to_vec()
}

#[test]
fn who_is_entitled_can_agree_object_and_think_again() {
    assert_eq!(state(1, &[]), State::Missing);
    assert_eq!(state(1, &yes("ann@example.org")), State::Satisfied);
    assert_eq!(state(1, &yes("ANN@Example.org")), State::Satisfied);
    assert_eq!(state(1, &yes("ann@old.example.org")), State::Satisfied);
    let mut said = yes("ann@example.org");
    said.push(word("bob@example.org", Says::No, 2, "f1"));
    assert_eq!(state(1, &said), State::Blocked);
    said.push(word("bob@example.org", Says::Nothing, 3, "f1"));
    assert_eq!(state(1, &said), State::Satisfied);
    said.push(word("ann@example.org", Says::Nothing, 4, "f2"));
    assert_eq!(state(1, &said), State::Missing);
}

#[test]
fn one_person_with_two_addresses_is_one() {
    let mut said = yes("ann@example.org");
    said.extend(yes("ann@old.example.org"));
    assert_eq!(state(2, &said), State::Missing);
    said.extend(yes("bob@example.org"));
    assert_eq!(state(2, &said), State::Satisfied);
}

#[test]
fn what_an_author_claims_does_not_count() {
    let mut said = yes("ann@example.org");
    for word in &mut said {
        word.evidence = Evidence::Commit("0123".into());
    }
    assert_eq!(state(1, &said), State::Missing);
}

#[test]
fn a_look_alike_is_somebody_else() {
    for email in [
        "ann@sub.example.org",
        "ann@example.org.evil.net",
        "ann+tag@example.org",
        "ann@example.orgs",
        "xann@example.org",
        "\u{430}nn@example.org",
        "ann@ex\u{430}mple.org",
        "ann\u{200b}@example.org",
        "ann@example\u{3002}org",
        "\u{ff41}nn@example.org",
        "ann@example.org@evil.net",
        "\"ann@example.org\"@evil.net",
    ] {
        assert_eq!(state(1, &yes(email)), State::Missing, "{email}");
    }
}

fn any_word() -> impl Strategy<Value = Approval> {
    let emails = [
        "ann@example.org",
        "ann@old.example.org",
        "bob@example.org",
        "eve@example.net",
    ];
    let says = [Says::Yes, Says::No, Says::Nothing];
    (0..4usize, 0..3usize, 0..4i64, 0..3usize, 0..3usize).prop_map(
        move |(who, what, when, f, how)| {
            let evidence = format!("{who}{what}{when}{f}");
            Approval {
                evidence: match how {
                    0 => Evidence::Commit(evidence),
                    1 => Evidence::Message(evidence),
                    _ => Evidence::Review(evidence),
                },
                ..word(emails[who], says[what], when, ["f1", "f2", "f3"][f])
            }
        },
    )
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(
        (said, shuffled) in proptest::collection::vec(any_word(), 0..12)
            .prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
        again in 0..12usize,
    ) {
        let mut twice = shuffled.clone();
        twice.extend(said.get(again).cloned());
        prop_assert_eq!(state(1, &said), state(1, &shuffled));
        prop_assert_eq!(state(1, &said), state(1, &twice));
        prop_assert_eq!(state(2, &said), state(2, &twice));
    }

    #[test]
    fn no_word_for_one_finding_agrees_with_another(
        said in proptest::collection::vec(any_word(), 0..12),
    ) {
        let others: Vec<Approval> = said.into_iter().filter(|word| word.fingerprint != "f2").collect();
        prop_assert_ne!(state(1, &others), State::Satisfied);
    }

    #[test]
    fn nobody_else_moves_the_gate(
        said in proptest::collection::vec(any_word(), 0..12),
        email in "[a-z+.]{1,8}@([a-z]{1,5}\\.)?example\\.(org|net)",
        name in "Ann|Bob|.{0,5}",
        when in 0..9i64,
    ) {
        let entitled = ["ann@example.org", "ann@old.example.org", "bob@example.org"];
        prop_assume!(!entitled.contains(&email.as_str()));
        let before = state(1, &said);
        let mut more = said;
        for says in [Says::Yes, Says::No, Says::Nothing] {
            for fingerprint in ["f1", "f2"] {
                let mut word = word(&email, says, when, fingerprint);
                word.who.name.clone_from(&name);
                more.push(word);
            }
        }
        prop_assert_eq!(state(1, &more), before);
    }
}
