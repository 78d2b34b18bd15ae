//! The whole gate, whatever is said and whatever the policy: order and repetition change nothing, a word for
//! one finding is none for another, and nobody who is not entitled moves anything.

use super::*;
use crate::approve::{About, Evidence, Says};
use proptest::prelude::*;

const MAINTAINERS: &str = "\
DEMO
M:	Ann Lee <ann@old.example.org>
M:	Ann Lee <ann.lee@example.net>
M:	x86@example.org
R:	Rob Roe <rob@example.org>
S:	Maintained
F:	include/uapi/linux/demo.h

HEADERS
M:	Bob Bee <bob@example.org>
M:	Author One <author@example.org>
L:	list@vger.kernel.org
S:	Supported
F:	include/uapi/

THE REST
M:	Zoe Zed <zoe@example.org>
S:	Buried alive in reporters
F:	*
F:	*/
";
/// The last line asks for a name, too: no word counts by that.
const MAILMAP: &[u8] = b"Ann Lee <ann@example.org> <ann@old.example.org>\n\
    Ann Lee <ann@example.org> Ann Lee <shared@example.org>\n";
const POLICIES: [&str; 6] = [
    "",
    "approvals: {require: any-section}",
    "approvals: {require: k-of, k: 2}",
    "approvals: {require: k-of, k: 3, reviewers-count: true}",
    "approvals: {min-depth-gap: 2}",
    "approvals: {fallback: [{paths: ['*/'], who: [Fay Foe <fay@example.org>]}]}",
];
const FINDINGS: [(&str, &str); 3] = [
    ("f1", "include/uapi/linux/demo.h"),
    ("f2", "include/uapi/linux/demo.h"),
    ("f3", "drivers/alone.h"),
];
/// Whoever may have a say under some of the policies.
const ENTITLED: [&str; 6] = [
    "ann@example.org",
    "ann@old.example.org",
    "ann.lee@example.net",
    "bob@example.org",
    "rob@example.org",
    "fay@example.org",
];
const NOBODIES: [&str; 14] = [
    "author@example.org",
    "author+tag@example.org",
    "zoe@example.org",
    "x86@example.org",
    "list@vger.kernel.org",
    "shared@example.org",
    "ann@sub.example.org",
    "ann+tag@example.org",
    "ann@example.org.example.com",
    "ann@example.org@example.com",
    "\u{430}nn@example.org",
    "ann@ex\u{430}mple.org",
    "ann\u{200b}@example.org",
    "b\u{2c7}ob@example.org",
];
const NAMES: [&str; 4] = ["Ann Lee", "Bob Bee", "", "Fay Foe <fay@example.org>"];

fn gate(policy: &str, said: &[Approval], authors: Option<&str>) -> Vec<Standing> {
    let policy = Policy::embedded().with_settings("settings", policy.as_bytes());
    let touched = FINDINGS.map(|(fingerprint, path)| Touched {
        path: path.to_owned(),
        fingerprint: fingerprint.to_owned(),
        verdict: Verdict::Ok,
    });
    let authors: Option<Vec<Person>> =
        authors.map(|text| Person::parse(text).into_iter().collect());
    let ground = Ground {
        maintainers: &Maintainers::parse(MAINTAINERS.as_bytes(), &|_| false),
        mailmap: &Mailmap::parse(MAILMAP),
        policy: &policy.expect("the settings are right"),
        authors: authors.as_deref(),
    };
    standings(&touched, &ground, said)
}

const AUTHOR: Option<&str> = Some("Author One <author@private.example.net>");

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(move |at| all[at])
}

fn word(emails: &'static [&'static str]) -> impl Strategy<Value = Approval> {
    let fingerprint = any_of(&["f1", "f2", "f3", "gone"]);
    let says = any_of(&[Says::Yes, Says::Yes, Says::No, Says::Nothing]);
    let parts = (
        any_of(emails),
        any_of(&NAMES),
        fingerprint,
        says,
        -2..3i64,
        0..3usize,
    );
    parts.prop_map(|(email, name, fingerprint, says, when, how)| Approval {
        when,
        says,
        evidence: match how {
            0 => Evidence::Commit(format!("{email} {when}")),
            1 => Evidence::Message(format!("{email} {when}")),
            _ => Evidence::Review(format!("{email} {when}")),
        },
        who: Person {
            name: name.to_owned(),
            email: email.to_owned(),
        },
        about: About::Finding(fingerprint.to_owned()),
    })
}

fn words(emails: &'static [&'static str]) -> impl Strategy<Value = Vec<Approval>> {
    proptest::collection::vec(word(emails), 0..24)
}

/// As many as it takes, of every finding, from everybody who has a say.
fn everybody() -> Vec<Approval> {
    let each = ENTITLED.iter().flat_map(|email| {
        FINDINGS.map(|(fingerprint, _)| Approval {
            when: 0,
            says: Says::Yes,
            evidence: Evidence::Message(format!("{email} {fingerprint}")),
            who: Person::parse(email).expect("an address"),
            about: About::Finding(fingerprint.to_owned()),
        })
    });
    each.collect()
}

fn states(standings: &[Standing]) -> Vec<State> {
    standings.iter().map(|standing| standing.state).collect()
}

#[test]
fn everybody_together_satisfies_all_that_has_an_owner() {
    for policy in POLICIES {
        let found = gate(policy, &everybody(), AUTHOR);
        let (nobody, others): (Vec<_>, Vec<_>) =
            found.iter().partition(|standing| standing.who.is_empty());
        let alone = |standing: &&Standing| standing.paths != ["drivers/alone.h"];
        assert!(!nobody.iter().any(alone), "{policy}");
        assert!(!others.is_empty(), "{policy}");
        for standing in others {
            assert_eq!(standing.state, State::Satisfied, "{policy}: {standing:?}");
        }
    }
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_changes_the_gate(
        (said, shuffled) in words(&ENTITLED).prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
        again in proptest::collection::vec(0..24usize, 0..6),
        policy in any_of(&POLICIES),
    ) {
        let mut more = shuffled.clone();
        more.extend(again.iter().filter_map(|at| said.get(*at).cloned()));
        let expected = gate(policy, &said, AUTHOR);
        prop_assert_eq!(&gate(policy, &shuffled, AUTHOR), &expected);
        prop_assert_eq!(&gate(policy, &more, AUTHOR), &expected);
    }

    #[test]
    fn what_is_said_of_one_finding_satisfies_no_other(
        said in words(&ENTITLED),
        left_out in any_of(&["f1", "f2", "f3"]),
        policy in any_of(&POLICIES),
    ) {
        let mut said: Vec<Approval> = said.into_iter().chain(everybody()).collect();
        said.retain(|word| word.about != About::Finding(left_out.to_owned()));
        for standing in gate(policy, &said, AUTHOR) {
            if standing.fingerprints.contains(left_out) {
                prop_assert_ne!(standing.state, State::Satisfied);
            }
        }
    }

    #[test]
    fn nobody_who_is_not_entitled_moves_anything(
        said in words(&ENTITLED),
        more in words(&NOBODIES),
        policy in any_of(&POLICIES),
    ) {
        let expected = gate(policy, &said, AUTHOR);
        let said: Vec<Approval> = said.into_iter().chain(more).collect();
        prop_assert_eq!(gate(policy, &said, AUTHOR), expected);
    }

    #[test]
    fn no_claim_and_no_unknown_author_satisfies(said in words(&ENTITLED), policy in any_of(&POLICIES)) {
        let mut said: Vec<Approval> = said.into_iter().chain(everybody()).collect();
        prop_assert!(!states(&gate(policy, &said, None)).contains(&State::Satisfied));
        for word in &mut said {
            word.evidence = Evidence::Commit("0123".to_owned());
        }
        prop_assert!(!states(&gate(policy, &said, AUTHOR)).contains(&State::Satisfied));
    }

    #[test]
    fn an_objection_never_helps(
        said in words(&ENTITLED),
        who in any_of(&ENTITLED),
        of in any_of(&["f1", "f2", "f3"]),
        policy in any_of(&POLICIES),
    ) {
        let before = gate(policy, &said, AUTHOR);
        let objection = Approval {
            when: 99,
            says: Says::No,
            evidence: Evidence::Message("objection".to_owned()),
            who: Person::parse(who).expect("an address"),
            about: About::Finding(of.to_owned()),
        };
        let said: Vec<Approval> = said.into_iter().chain([objection]).collect();
        for standing in gate(policy, &said, AUTHOR) {
            let same = before.iter().find(|other| other.section == standing.section && other.paths == standing.paths);
            let was = same.map(|other| other.state);
            prop_assert!(standing.state == State::Blocked || Some(standing.state) == was);
        }
    }
}
