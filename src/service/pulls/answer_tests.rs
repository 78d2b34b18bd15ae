//! Who may ask for what, each with somebody who may not.

use super::*;
use crate::report::samples;
use crate::service::pulls::forge::Account;

const ID: &str = "00112233445566778899aabbccddeeff";

fn account(login: &str) -> Account {
    Account {
        login: login.to_owned(),
        robot: login.ends_with("[bot]"),
    }
}

fn comment(id: u64, login: &str, body: &str) -> Comment {
    Comment {
        id,
        by: account(login),
        body: body.to_owned(),
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
        head: "1".repeat(40),
        base: "main".to_owned(),
    }
}

fn told(comments: &[Comment]) -> Heard {
    let mut report = samples::report(vec![samples::moved_field()], vec![]);
    report.approvals = Some(vec![samples::standing("DEMO", "ann", "a.h")]);
    let table = [
        ("Ann", "ann@old.example"),
        ("bob", "bob@example.org"),
        ("eve", "ann@example.org"),
    ];
    let table = table.map(|(login, address)| (login.to_owned(), vec![address.to_owned()]));
    heard(
        comments,
        Known {
            pull: &pull(),
            report: Some(&report),
            who: &Identities::new(&BTreeMap::from(table)),
            mailmap: &Mailmap::parse(b"Ann <ann@example.org> <ann@old.example>\n"),
            writers: &BTreeSet::from(["carol".to_owned()]),
            catalogue: &Catalogue::embedded().expect("a test has read it"),
        },
    )
}

#[test]
fn maintainers_and_writers_waive_and_others_are_told_that_they_may_not() {
    let waives = |login: &str| {
        let heard = told(&[comment(1, login, "/uapi waive 0011223344 nobody uses it")]);
        assert_eq!(heard.answers.len(), 1, "{login}");
        heard.waived.get(ID).map(|waived| waived.reason.clone())
    };
    // By .mailmap, an address of hers.
    assert_eq!(
        waives("ANN").as_deref(),
        Some("nobody uses it (waived by ANN)")
    );
    assert!(waives("Carol").is_some());
    for other in ["bob", "mallory", "eve"] {
        assert_eq!(waives(other), None, "{other}");
    }
    let robot = told(&[comment(1, "ci[bot]", "/uapi waive 0011223344 x")]);
    assert_eq!(robot, Heard::default());
}

#[test]
fn a_finding_is_meant_by_enough_of_its_id() {
    let waived = |id: &str| {
        let text = format!("/uapi waive {id} for a reason");
        let heard = told(&[comment(1, "carol", &text)]);
        assert_eq!(heard.answers.len(), 1);
        !heard.waived.is_empty()
    };
    assert!(waived(ID) && waived(&ID[..8]) && waived(&ID.to_uppercase()));
    assert!(!waived(&ID[..7]) && !waived("ffffffff") && !waived(&format!("{ID}0")));
}

#[test]
fn looking_again_is_asked_without_an_answer() {
    let heard = told(&[comment(7, "mallory", "/uapi recheck")]);
    assert_eq!(heard.asked, BTreeSet::from(["comment 7".to_owned()]));
    assert_eq!(heard.answers, []);
}

#[test]
fn a_rule_is_explained_and_nobody_is_mentioned() {
    let known = "struct-field-offset-changed";
    let heard = told(&[
        comment(1, "mallory", &format!("/uapi explain {known}")),
        comment(2, "mallory", "/uapi explain <img>@everyone"),
        comment(3, "mallory", "explain nothing"),
    ]);
    let bodies: Vec<&str> = heard.answers.iter().map(|one| one.body.as_str()).collect();
    assert_eq!(bodies.len(), 2);
    assert!(
        bodies[0].starts_with("<!-- uapi-bot:answer 1 -->\n`"),
        "{}",
        bodies[0]
    );
    assert!(bodies[0].contains(known));
    assert!(bodies[1].contains("`<img>@everyone`"), "{}", bodies[1]);
}

#[test]
fn answers_have_an_end() {
    let many: Vec<Comment> = (0..500)
        .map(|id| comment(id, "mallory", "/uapi what"))
        .collect();
    assert_eq!(told(&many).answers.len(), ANSWERS);
}
