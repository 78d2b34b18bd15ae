//! Checks that are posted once, whatever is lost on the way.

use super::mails::{Mail, patch_text};
use super::{client, settings};
use crate::support::patchwork::{Fake, Fault, LIST_ID, STRANGER, USER};
use uapi_check::patchwork::{Account, CheckState, Settings, Token};
use uapi_check::post::{Check, Outcome, post_check};

fn with_patch() -> Fake {
    let fake = Fake::start();
    fake.inject(&Mail::new(LIST_ID, "p", "[PATCH] f", &patch_text("f")).bytes());
    fake
}

fn check(state: CheckState) -> Check {
    Check {
        patch: 1,
        context: "uapi-verdict".to_owned(),
        state,
        target_url: Some("https://uapi.example.org/r/1".to_owned()),
        description: "1 break: struct foo grew".to_owned(),
    }
}

fn as_user(fake: &Fake, user: &str, token: &str) -> Settings {
    let account = Some(Account {
        user: user.to_owned(),
        token: Token::new(token).expect("a token"),
    });
    Settings {
        account,
        ..settings(fake)
    }
}

#[tokio::test]
async fn a_check_whose_answer_is_lost_is_not_posted_twice() {
    for (fault, times) in [
        (Fault::Lost(502), 1),
        (Fault::Lost(504), 1),
        (Fault::Cut, 1),
        (Fault::Status(502, None), 2),
        (Fault::Status(429, Some("0")), 1),
    ] {
        let fake = with_patch();
        fake.fail("POST", times, fault.clone());
        let outcome = post_check(&client(settings(&fake)), &check(CheckState::Fail)).await;
        let [posted] = &fake.checks()[..] else {
            panic!("{fault:?}: {:?}", fake.checks());
        };
        let lost = matches!(fault, Fault::Lost(_) | Fault::Cut);
        let expected = if lost {
            Outcome::AlreadyThere
        } else {
            Outcome::Posted
        };
        assert_eq!(outcome, Ok(expected), "{fault:?}");
        assert_eq!(
            (posted.state.as_str(), posted.user.as_str()),
            ("fail", USER)
        );
        assert_eq!(
            posted.target_url.as_deref(),
            Some("https://uapi.example.org/r/1")
        );
    }
}

#[tokio::test]
async fn a_run_that_died_before_it_noted_its_check_finds_it() {
    let fake = with_patch();
    for _ in 0..3 {
        let outcome = post_check(&client(settings(&fake)), &check(CheckState::Warning)).await;
        assert!(outcome.is_ok());
    }
    assert_eq!(fake.checks().len(), 1);
    // Nor does what the server does not take make two of one.
    let odd = Check {
        context: "uapi/other".to_owned(),
        target_url: Some("http://uapibot:8080/".to_owned()),
        description: format!("  {}\n", "long ".repeat(100)),
        ..check(CheckState::Warning)
    };
    for expected in [Outcome::Posted, Outcome::AlreadyThere] {
        assert_eq!(
            post_check(&client(settings(&fake)), &odd).await,
            Ok(expected)
        );
    }
    let posted = &fake.checks()[1];
    assert_eq!(
        (posted.context.as_str(), posted.target_url.as_deref()),
        ("uapi_other", Some(""))
    );
    assert!(
        posted
            .description
            .as_ref()
            .is_some_and(|text| text.chars().count() <= 140)
    );
}

#[tokio::test]
async fn only_our_own_checks_are_looked_at() {
    let fake = with_patch();
    fake.put_check("stranger", 1, "uapi-verdict", "fail");
    fake.put_check(USER, 1, "other", "fail");
    let client = client(settings(&fake));
    let pending = check(CheckState::Pending);
    assert_eq!(post_check(&client, &pending).await, Ok(Outcome::Posted));
    assert_eq!(
        post_check(&client, &check(CheckState::Fail)).await,
        Ok(Outcome::Posted)
    );
    assert_eq!(post_check(&client, &pending).await, Ok(Outcome::Withheld));
    assert_eq!(fake.checks().len(), 4);
}

#[tokio::test]
async fn a_name_that_is_not_the_tokens_is_told() {
    let fake = with_patch();
    let client_of = |user: &str, token: &str| client(as_user(&fake, user, token));
    let token = crate::support::patchwork::TOKEN;
    let wrong = client_of("somebody", token);
    for _ in 0..3 {
        let error = post_check(&wrong, &check(CheckState::Fail))
            .await
            .expect_err("not ours");
        assert!(
            error.is_mistake() && error.to_string().contains("`uapi-bot`"),
            "{error}"
        );
        assert!(!error.to_string().contains(token));
    }
    // That is how it was found out; no more come.
    assert_eq!(fake.checks().len(), 1);
    let right = client_of("UAPI-Bot", token);
    assert_eq!(
        post_check(&right, &check(CheckState::Fail)).await,
        Ok(Outcome::AlreadyThere)
    );
}

#[tokio::test]
async fn who_may_not_post_is_told() {
    let fake = with_patch();
    let fails = async |settings: Settings, word: &str| {
        let error = post_check(&client(settings), &check(CheckState::Fail))
            .await
            .expect_err(word);
        assert!(
            error.is_mistake() && error.to_string().contains(word),
            "{error}"
        );
    };
    fails(
        as_user(&fake, "stranger", STRANGER),
        "`stranger` may not post",
    )
    .await;
    fails(as_user(&fake, USER, &"f".repeat(40)), "no such token").await;
    let account = None;
    fails(
        Settings {
            account,
            ..settings(&fake)
        },
        "need a user and a token",
    )
    .await;
    assert_eq!(fake.checks(), []);
    let elsewhere = Check {
        patch: 7,
        ..check(CheckState::Fail)
    };
    let error = post_check(&client(settings(&fake)), &elsewhere)
        .await
        .expect_err("no patch 7");
    assert!(error.is_absent(), "{error}");
}

#[tokio::test]
async fn a_server_that_filters_nothing_is_not_believed() {
    let fake = with_patch();
    let others =
        r#"[{"id": 1, "user": {"username": "other"}, "context": "uapi-verdict", "state": "fail"}]"#;
    fake.fail("GET /api/1.3/patches/1/checks/", 1, Fault::Text(others));
    let client = client(settings(&fake));
    assert!(post_check(&client, &check(CheckState::Fail)).await.is_err());
    assert_eq!(fake.checks(), []);
    assert_eq!(
        post_check(&client, &check(CheckState::Fail)).await,
        Ok(Outcome::Posted)
    );
}
