//! Who says what of which head, each with a look-alike that counts for nothing.

use super::*;
use crate::service::pulls::forge::Account;

const HEAD: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "2222222222222222222222222222222222222222";

fn account(login: &str) -> Account {
    Account {
        login: login.to_owned(),
        robot: login.ends_with("[bot]"),
    }
}

fn pull() -> Pull {
    Pull {
        repository: "octo/linux".to_owned(),
        number: 12,
        title: String::new(),
        url: String::new(),
        author: account("eve"),
        draft: false,
        open: true,
        head: HEAD.to_owned(),
        base: "main".to_owned(),
    }
}

fn who() -> Identities {
    let table = [
        ("Ann", vec!["ann@example.org", "ann@work.example"]),
        ("bob", vec!["bob@example.org"]),
        ("eve", vec!["eve@example.org"]),
        ("eve2", vec!["EVE@example.org"]),
        ("ci[bot]", vec!["ann@example.org"]),
    ];
    let table = table.map(|(login, addresses)| {
        let addresses = addresses.into_iter().map(str::to_owned).collect();
        (login.to_owned(), addresses)
    });
    Identities::new(&BTreeMap::from(table))
}

fn review(at: i64, login: &str, opinion: Opinion, commit: &str) -> Review {
    Review {
        id: u64::try_from(at).expect("a small number"),
        by: account(login),
        opinion,
        commit: commit.to_owned(),
        at,
    }
}

fn told(reviews: &[Review], known: &Known) -> (Vec<(String, Says, About)>, usize) {
    let (pull, who) = (pull(), who());
    let spoken = spoken(&last(reviews, &pull, &who), &pull, &who, known);
    let said = spoken.said.into_iter();
    let said = said.map(|word| (word.who.email, word.says, word.about));
    (said.collect(), spoken.notes.len())
}

#[test]
fn a_yes_of_this_head_is_for_all_of_it() {
    let (said, notes) = told(&[review(1, "ANN", Opinion::Approved, HEAD)], &Known::new());
    let word = |email: &str| (email.to_owned(), Says::Yes, About::Series);
    assert_eq!(said, [word("ann@example.org"), word("ann@work.example")]);
    assert_eq!(notes, 0);
}

#[test]
fn a_yes_of_an_earlier_head_is_for_what_that_one_had() {
    let given = [review(1, "bob", Opinion::Approved, OLD)];
    let had = BTreeSet::from(["f1".to_owned(), "f2".to_owned()]);
    let (said, notes) = told(&given, &Known::from([(OLD.to_owned(), had)]));
    let about: Vec<About> = said.into_iter().map(|word| word.2).collect();
    let finding = |id: &str| About::Finding(id.to_owned());
    assert_eq!((about, notes), (vec![finding("f1"), finding("f2")], 0));
    // Of a head that nobody knows, it is for nothing, and that is told.
    assert_eq!(told(&given, &Known::new()), (Vec::new(), 1));
}

#[test]
fn a_no_stands_until_it_is_taken_back() {
    let no = review(1, "bob", Opinion::ChangesRequested, OLD);
    let (said, _) = told(std::slice::from_ref(&no), &Known::new());
    assert_eq!(said[0].1, Says::No);
    assert_eq!(said[0].2, About::Series);
    for (at, later) in [Opinion::Dismissed, Opinion::Approved]
        .into_iter()
        .enumerate()
    {
        let (said, _) = told(&[no.clone(), review(2, "bob", later, HEAD)], &Known::new());
        assert_eq!(said.len(), at, "{later:?}");
        assert!(said.iter().all(|word| word.1 == Says::Yes));
    }
    // In whatever order they are listed.
    let late = review(2, "Bob", Opinion::Dismissed, HEAD);
    assert_eq!(told(&[late, no], &Known::new()), (Vec::new(), 0));
}

#[test]
fn strangers_robots_and_the_author_count_for_nothing() {
    let by = |login: &str| told(&[review(1, login, Opinion::Approved, HEAD)], &Known::new());
    assert_eq!(by("mallory"), (Vec::new(), 1));
    assert_eq!(by("ci[bot]"), (Vec::new(), 0));
    assert_eq!(by("eve"), (Vec::new(), 0));
    // Another account of the author's.
    assert_eq!(by("eve2"), (Vec::new(), 0));
    assert_eq!(by("bob").0.len(), 1);
}
