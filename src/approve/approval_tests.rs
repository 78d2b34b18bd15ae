//! The gate moves by the words of those who are entitled, and by nothing else.

use super::*;
use proptest::prelude::*;

/// The last line gives a name and an address to somebody, which proves nothing.
const MAILMAP: &[u8] =
    b"Ann <ann@example.org> <ann@old.example.org>\nAnn <ann@example.org> Ann <eve@example.net>\n";

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
        about: About::Finding(fingerprint.into()),
    }
}

fn of(word: &Approval) -> &str {
    match &word.about {
        About::Finding(fingerprint) => fingerprint,
        other => panic!("not resolved: {other:?}"),
    }
}

/// What comes of it where ann and bob may speak for the findings f1 and f2 of f1, f2 and f3.
fn ask<T>(needed: usize, then: impl FnOnce(&Electorate<'_>) -> T) -> T {
    let mailmap = Mailmap::parse(MAILMAP);
    let who = ["ann@example.org", "bob@example.org"].map(person);
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    then(&Electorate {
        mailmap: &mailmap,
        who: &who,
        heads: vec![0, 1],
        needed,
        fingerprints: &set(&["f1", "f2"]),
        all: &set(&["f1", "f2", "f3"]),
        authors_known: true,
    })
}

fn state(needed: usize, said: &[Approval]) -> State {
    ask(needed, |electorate| electorate.state(said))
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
    let claim = |mut word: Approval| {
        word.evidence = Evidence::Commit("0123".into());
        word
    };
    let mut said: Vec<Approval> = yes("ann@example.org").into_iter().map(claim).collect();
    assert_eq!(state(1, &said), State::Missing);
    // That somebody objected is nothing that an author makes up; the person's own word is worth more.
    said.push(claim(word("ann@example.org", Says::No, 9, "f1")));
    assert_eq!(state(1, &said), State::Blocked);
    said.extend(yes("ann@example.org"));
    assert_eq!(state(1, &said), State::Satisfied);
}

#[test]
fn nobody_agrees_with_what_may_be_his_own() {
    let said = yes("ann@example.org");
    let unknown = |said: &[Approval]| {
        ask(1, |electorate| {
            let unknown = Electorate {
                authors_known: false,
                heads: electorate.heads.clone(),
                ..*electorate
            };
            unknown.state(said)
        })
    };
    assert_eq!(unknown(&said), State::Missing);
    let no = [word("bob@example.org", Says::No, 1, "f1")];
    assert_eq!(unknown(&no), State::Blocked);
}

#[test]
fn who_may_be_one_person_is_counted_once() {
    let mut said = yes("ann@example.org");
    said.extend(yes("bob@example.org"));
    let together = |heads: Vec<usize>, needed: usize, said: &[Approval]| {
        ask(needed, |electorate| {
            Electorate {
                heads,
                ..*electorate
            }
            .state(said)
        })
    };
    assert_eq!(together(vec![0, 1], 2, &said), State::Satisfied);
    assert_eq!(together(vec![0, 0], 2, &said), State::Missing);
    // Two of one name may be two: neither takes back what the other said.
    said[0].says = Says::No;
    said[2].when = 9;
    assert_eq!(together(vec![0, 0], 1, &said), State::Blocked);
}

#[test]
fn what_counts_is_shown_with_its_evidence() {
    let mut said = yes("ann@old.example.org");
    said[0].who.name = "Linus Torvalds".into();
    said[1].evidence = said[0].evidence.clone();
    said.push(word("bob@example.org", Says::Yes, 2, "gone"));
    said.push(word("bob@example.org", Says::Yes, 3, "f3"));
    said.push(word("eve@example.net", Says::No, 4, "f1"));
    for (email, says) in [
        ("ann@example.org", Says::Yes),
        ("bob@example.org", Says::No),
    ] {
        let mut claim = word(email, says, 0, "f1");
        claim.evidence = Evidence::Commit("0123".into());
        said.push(claim);
    }
    let given = ask(1, |electorate| electorate.given(&said));
    let line = |given: &Given| {
        let Given {
            name,
            email,
            says,
            when,
            claimed,
            lapsed,
            fingerprints,
            ..
        } = given;
        let when = when.as_deref().unwrap_or("-");
        format!("{name} {email} {says:?} {when} {claimed} {lapsed} {fingerprints:?}")
    };
    // What ann says needs no claim, and what she calls herself is not her name.
    assert_eq!(
        given.iter().map(line).collect::<Vec<_>>(),
        [
            "Ann bob@example.org No - true false {\"f1\"}",
            "Ann ann@example.org Yes 1970-01-01T00:00:01Z false false {\"f1\", \"f2\"}",
            "Ann bob@example.org Yes 1970-01-01T00:00:02Z false true {\"gone\"}",
        ]
    );
}

#[test]
fn a_word_on_a_commit_is_one_on_what_the_commit_makes() {
    let about = |about: About| Approval {
        about,
        ..word("ann@example.org", Says::Yes, 1, "f1")
    };
    let set =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    let made = Made::from([("c1".to_owned(), set(&["f1"])), ("c2".to_owned(), set(&[]))]);
    let all = set(&["f1", "f2"]);
    let resolved = |word: About| -> Vec<String> {
        let found = resolve(&[about(word)], &made, &all);
        found.iter().map(|word| of(word).to_owned()).collect()
    };
    assert_eq!(resolved(About::Commit("c1".into())), ["f1"]);
    assert!(resolved(About::Commit("c2".into())).is_empty());
    assert!(resolved(About::Commit("c3".into())).is_empty());
    assert_eq!(resolved(About::Series), ["f1", "f2"]);
    assert_eq!(resolved(About::Finding("f9".into())), ["f9"]);
    // One that is not resolved is none.
    assert_eq!(state(1, &[about(About::Series)]), State::Missing);
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
        let others: Vec<Approval> = said.into_iter().filter(|word| of(word) != "f2").collect();
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
