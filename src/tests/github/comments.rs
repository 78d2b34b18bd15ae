//! The one comment of our own: made once, edited in place, never mistaken.

use super::{LINUX, changes, installed, linux, person};
use crate::support::github::{BOT, Fake, Fault, PERSON};

fn by(fake: &Fake, login: &str) -> Vec<String> {
    let all = fake.comments().into_iter().filter(|it| it.author == login);
    all.map(|it| it.body).collect()
}

#[tokio::test]
async fn there_is_one_comment_and_it_is_edited_in_place() {
    let (fake, client) = installed();
    let id = client
        .put_comment(&linux(), 12, None, "first")
        .await
        .expect("it is taken");
    for known in [None, Some(id)] {
        let again = client.put_comment(&linux(), 12, known, "second").await;
        assert_eq!(again, Ok(id));
    }
    assert_eq!(by(&fake, BOT), ["<!-- uapi-check:v1 -->\nsecond"]);
    // Below another pull request it is another one.
    let other = client
        .put_comment(&linux(), 13, None, "first")
        .await
        .expect("it is taken");
    assert_ne!(other, id);
    // The same once more is not sent where it can be seen that it stands there.
    let before = changes(&fake);
    assert_eq!(
        client.put_comment(&linux(), 12, None, "second").await,
        Ok(id)
    );
    assert_eq!(changes(&fake), before);
}

#[tokio::test]
async fn a_copied_marker_is_not_ours() {
    let (fake, client) = installed();
    let copied = fake.comment(LINUX, 12, "mallory", "<!-- uapi-check:v1 -->\nall is well");
    let quoted = fake.comment(LINUX, 12, BOT, "> <!-- uapi-check:v1 -->\nquoted");
    let id = client
        .put_comment(&linux(), 12, None, "it breaks")
        .await
        .expect("it is taken");
    assert!(id != copied && id != quoted);
    assert_eq!(
        by(&fake, "mallory"),
        ["<!-- uapi-check:v1 -->\nall is well"]
    );
    let own = client.own_comment(&linux(), 12).await.expect("it is told");
    assert_eq!(own.map(|own| own.id), Some(id));
}

#[tokio::test]
async fn it_is_found_behind_many_others() {
    let (fake, client) = installed();
    for at in 0..150 {
        fake.comment(LINUX, 12, "somebody", &format!("word {at}"));
    }
    let id = client
        .put_comment(&linux(), 12, None, "first")
        .await
        .expect("it is taken");
    assert_eq!(
        client.put_comment(&linux(), 12, None, "second").await,
        Ok(id)
    );
    assert_eq!(by(&fake, BOT).len(), 1);
    let all = client.comments(&linux(), 12).await.expect("they are told");
    assert_eq!(all.len(), 151);
    assert!(all[150].by_program && !all[0].by_program);
}

#[tokio::test]
async fn one_that_broke_off_is_not_made_twice() {
    for fault in [
        Fault::Cut,
        Fault::CutAfter,
        Fault::Status(500),
        Fault::Garbage,
    ] {
        let (fake, client) = installed();
        fake.fail("POST /repos", 1, fault.clone());
        let done = client.put_comment(&linux(), 12, None, "words").await;
        done.expect_err("it broke off");
        client
            .put_comment(&linux(), 12, None, "words")
            .await
            .expect("it is taken");
        assert_eq!(
            by(&fake, BOT),
            ["<!-- uapi-check:v1 -->\nwords"],
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn one_that_somebody_deleted_is_made_anew() {
    let (fake, client) = installed();
    let id = client
        .put_comment(&linux(), 12, None, "words")
        .await
        .expect("it is taken");
    fake.delete_comment(id);
    let anew = client
        .put_comment(&linux(), 12, Some(id), "words")
        .await
        .expect("it is taken");
    assert_ne!(anew, id);
    assert_eq!(by(&fake, BOT).len(), 1);
}

#[tokio::test]
async fn a_long_one_is_cut_to_the_character() {
    let (fake, client) = installed();
    let text = "€".repeat(70_000);
    client
        .put_comment(&linux(), 12, None, &text)
        .await
        .expect("it is taken");
    let kept = &by(&fake, BOT)[0];
    assert!(kept.chars().count() <= 65_536 && kept.chars().count() > 65_500);
    assert!(kept.ends_with("\n\n(cut: there is more than GitHub takes)"));
}

#[tokio::test]
async fn a_person_comments_too() {
    let (fake, _) = installed();
    let client = person(&fake);
    let id = client
        .put_comment(&linux(), 12, None, "first")
        .await
        .expect("it is taken");
    assert_eq!(
        client.put_comment(&linux(), 12, None, "second").await,
        Ok(id)
    );
    assert_eq!(by(&fake, PERSON), ["<!-- uapi-check:v1 -->\nsecond"]);
}
