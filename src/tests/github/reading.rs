//! What is asked of GitHub: pull requests, reviews, comments, permissions, deliveries, and logging in.

use super::{HEAD, LINUX, app, installed, linux, person, place};
use crate::support::github::{BOT, Fake, Fault, OpenPull, PERSON};
use uapi_check::github::{Client, Error, Login, Permission, ReviewState, Secret};

const BASE: &str = "ffeeddccbbaa99887766554433221100ffeeddcc";

fn open(number: u64) -> OpenPull {
    OpenPull {
        number,
        head: HEAD.to_owned(),
        base: "net-next".to_owned(),
        base_commit: BASE.to_owned(),
        author: "contributor".to_owned(),
        title: "xfrm: add a message".to_owned(),
        open: true,
        draft: false,
    }
}

#[tokio::test]
async fn a_pull_request_is_read() {
    let (fake, client) = installed();
    fake.put_pull(LINUX, open(12));
    let pull = client.pull(&linux(), 12).await.expect("it is there");
    assert_eq!(
        (pull.number, pull.head.as_str(), pull.base.as_str()),
        (12, HEAD, "net-next")
    );
    assert_eq!(
        (pull.base_commit.as_str(), pull.author.as_str()),
        (BASE, "contributor")
    );
    assert_eq!(
        pull.from.map(|from| from.to_string()).as_deref(),
        Some("contributor/fork")
    );
    assert!(pull.open && !pull.draft);
    let missing = client
        .pull(&linux(), 13)
        .await
        .expect_err("it is not there");
    assert!(missing.is_missing() && !missing.may_pass(), "{missing}");
}

#[tokio::test]
async fn open_pull_requests_are_read_to_the_last_page() {
    let (fake, client) = installed();
    for number in 1..=250 {
        let open_ = number % 50 != 0;
        fake.put_pull(
            LINUX,
            OpenPull {
                open: open_,
                ..open(number)
            },
        );
    }
    let pulls = client.open_pulls(&linux()).await.expect("they are there");
    let numbers: Vec<u64> = pulls.iter().map(|pull| pull.number).collect();
    let expected: Vec<u64> = (1..=250).filter(|number| number % 50 != 0).collect();
    assert_eq!(numbers, expected);
    let pages = fake
        .seen()
        .iter()
        .filter(|it| it.template.ends_with("/pulls"))
        .count();
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let (fake, client) = installed();
    for _ in 0..3001 {
        fake.review((LINUX, 12), "somebody", "COMMENTED", HEAD);
    }
    let error = client
        .reviews(&linux(), 12)
        .await
        .expect_err("there are too many");
    assert!(
        error.to_string().contains("more than 3000 entries"),
        "{error}"
    );
}

#[tokio::test]
async fn reviews_are_read_in_order_and_those_not_sent_off_are_not() {
    let (fake, client) = installed();
    for (login, state) in [
        ("a", "APPROVED"),
        ("b", "CHANGES_REQUESTED"),
        ("c", "PENDING"),
        ("a", "COMMENTED"),
        ("b", "DISMISSED"),
        ("d", "SOMETHING_NEW"),
    ] {
        fake.review((LINUX, 12), login, state, HEAD);
    }
    fake.reword((LINUX, 12), "other words");
    let reviews = client.reviews(&linux(), 12).await.expect("they are there");
    let said: Vec<(&str, ReviewState)> = reviews
        .iter()
        .map(|it| (it.author.as_str(), it.state))
        .collect();
    let expected = [
        ("a", ReviewState::Approved),
        ("b", ReviewState::ChangesRequested),
        ("a", ReviewState::Commented),
        ("b", ReviewState::Dismissed),
        ("d", ReviewState::Commented),
    ];
    assert_eq!(said, expected);
    assert!(reviews.iter().all(|it| it.commit.as_deref() == Some(HEAD)));
    let words: Vec<&str> = reviews.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(words, ["words", "words", "words", "words", "other words"]);
    // 2026-01-02T03:00:05Z, by date(1).
    assert_eq!(reviews[0].at, 1_767_322_805);
}

#[tokio::test]
async fn permissions_are_read_and_strangers_have_none() {
    let (fake, client) = installed();
    for (login, permission) in [
        ("a", "admin"),
        ("w", "write"),
        ("r", "read"),
        ("n", "none"),
        ("x", "new"),
    ] {
        fake.permit(LINUX, login, permission);
    }
    let mut got = Vec::new();
    for login in [
        "a",
        "w",
        "r",
        "n",
        "x",
        "stranger",
        "../../x",
        "some-app[bot]",
        "",
    ] {
        got.push(
            client
                .permission(&linux(), login)
                .await
                .expect("it is told"),
        );
    }
    use Permission::{Admin, None, Read, Write};
    assert_eq!(
        got,
        [Admin, Write, Read, None, None, None, None, None, None]
    );
}

#[tokio::test]
async fn one_token_serves_all_repositories_of_an_installation_until_it_runs_out() {
    let (fake, client) = installed();
    fake.install("octo/net");
    fake.put_pull(LINUX, open(12));
    fake.put_pull("octo/net", open(1));
    let net = uapi_check::github::Repository::parse("octo/net").expect("a name");
    for _ in 0..3 {
        client.pull(&linux(), 12).await.expect("it is there");
        client.pull(&net, 1).await.expect("it is there");
    }
    assert_eq!(fake.issued(), 1);
    // Taken back before its time: asked for anew, and nobody notices.
    fake.revoke();
    client.pull(&linux(), 12).await.expect("it is there");
    assert_eq!(fake.issued(), 2);
    // One that has run out is not used.
    fake.tokens_last(0);
    fake.revoke();
    client.pull(&linux(), 12).await.expect("it is there");
    let before = fake.issued();
    client.pull(&linux(), 12).await.expect("it is there");
    assert_eq!(fake.issued(), before + 1);
}

#[tokio::test]
async fn an_app_that_is_not_installed_says_so() {
    let fake = Fake::start();
    let client = Client::new(&place(&fake), app()).expect("the key is one");
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("it is not installed");
    assert!(error.is_mistake(), "{error}");
    assert!(
        error
            .to_string()
            .contains("not installed for octo/linux: install it there"),
        "{error}"
    );
    // Once it is, the next try works.
    fake.install(LINUX);
    fake.put_pull(LINUX, open(12));
    client.pull(&linux(), 12).await.expect("it is there");
}

#[tokio::test]
async fn a_wrong_id_or_token_or_key_says_what_to_mend() {
    let (fake, _) = installed();
    let Login::App { key, .. } = app() else {
        panic!("it is one")
    };
    let other = Client::new(&place(&fake), Login::App { id: 7, key }).expect("the key is one");
    let error = other
        .pull(&linux(), 12)
        .await
        .expect_err("the id is of another App");
    assert!(error.is_mistake(), "{error}");
    let token = Login::Token(Secret::from("ghp_wrong"));
    let wrong = Client::new(&place(&fake), token).expect("it is a word");
    let error = wrong
        .pull(&linux(), 12)
        .await
        .expect_err("the token is none");
    assert!(error.is_mistake(), "{error}");
    for login in [
        Login::App {
            id: 7,
            key: Secret::from("-----BEGIN NONSENSE-----"),
        },
        Login::Token(Secret::from("")),
        Login::Token(Secret::from("two words")),
    ] {
        let error = Client::new(&place(&fake), login).expect_err("it is none");
        assert!(
            error.is_mistake() && !error.to_string().contains("NONSENSE"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn who_asks_is_asked_for_once() {
    let (fake, client) = installed();
    for _ in 0..2 {
        assert_eq!(client.login().await.as_deref(), Ok(BOT));
    }
    assert_eq!(person(&fake).login().await.as_deref(), Ok(PERSON));
    assert_eq!(
        fake.seen()
            .iter()
            .filter(|it| it.template == "/app")
            .count(),
        1
    );
}

#[tokio::test]
async fn deliveries_that_failed_are_told_and_those_that_went_well_later_are_not() {
    let (fake, client) = installed();
    let at = |minute: usize| format!("2026-01-02T{:02}:{:02}:00Z", minute / 60, minute % 60);
    fake.tried("too-old", "push", "2026-01-01T23:59:59Z", 500);
    for minute in 0..250 {
        fake.tried(&format!("good-{minute}"), "push", &at(minute), 202);
    }
    fake.tried("lost", "pull_request", &at(251), 502);
    fake.tried("mended", "pull_request", &at(252), 500);
    fake.tried("lost", "pull_request", &at(253), 503);
    fake.tried("mended", "pull_request", &at(254), 202);
    fake.tried("good-9", "push", &at(255), 500);
    // 2026-01-02T00:00:00Z, by date(1).
    let failed = client
        .failed_deliveries(1_767_312_000)
        .await
        .expect("they are told");
    let names: Vec<(&str, &str)> = failed
        .iter()
        .map(|it| (it.guid.as_str(), it.event.as_str()))
        .collect();
    assert_eq!(names, [("lost", "pull_request")]);
    assert_eq!(person(&fake).failed_deliveries(0).await, Ok(Vec::new()));
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_answer() {
    let (fake, client) = installed();
    fake.put_pull(LINUX, open(12));
    fake.fail("/pulls/12", 1, Fault::Garbage);
    let error = client.pull(&linux(), 12).await.expect_err("it is no JSON");
    assert!(matches!(error, Error::Garbled { .. }), "{error}");
    fake.put_pull(
        LINUX,
        OpenPull {
            base: "--upload-pack=x".to_owned(),
            ..open(12)
        },
    );
    let error = client
        .pull(&linux(), 12)
        .await
        .expect_err("its base is no branch");
    assert!(matches!(error, Error::Garbled { .. }), "{error}");
}
