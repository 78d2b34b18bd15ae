//! How mails are filed, and what of them is kept.

use super::{Found, Raw};
use crate::patchwork::mails::{Mail, REVIEWER, diff};
use reqwest::Method;
use serde_json::{Value, json};

/// What a patch looks like.
pub async fn details(raw: &Raw<'_>, id: &str, found: &Found) {
    let [first, second, third] = found.patches;
    let patch = raw.get(&format!("patches/{first}/")).await;
    assert_eq!(patch["msgid"], format!("<{id}.1@example.org>"));
    assert!(
        patch["headers"]["Subject"]
            .as_str()
            .expect("a subject")
            .contains('\n')
    );
    assert_eq!(
        patch["diff"].as_str().map(str::trim_end),
        Some(diff("f1").trim_end())
    );
    let content = patch["content"].as_str().expect("a message");
    assert!(
        content.contains("Gr\u{fc}\u{df}e")
            && content.contains(" f1 | 2 ++")
            && !content.contains("2.47.3")
    );
    assert!(
        patch["checks"]
            .as_str()
            .expect("a link")
            .contains("/api/patches/")
    );
    assert_eq!(patch["check"], "pending");
    let patch = raw.get(&format!("patches/{second}/")).await;
    assert!(patch["diff"].as_str().expect("a diff").contains("\r\n"));
    let patch = raw.get(&format!("patches/{third}/")).await;
    assert_eq!(patch["headers"]["X-Twice"], json!(["one", "two"]));
    let cover = raw.get(&format!("covers/{}/", found.cover)).await;
    assert_eq!(cover["series"][0]["id"], found.series);
}

/// How answers are filed, and which mails are not.
pub async fn comments(raw: &Raw<'_>, list_id: &str, id: &str, found: &Found) {
    let at = |suffix: &str| format!("{id}.{suffix}");
    let ack = format!("> It adds f1.\n\nAcked-by: {REVIEWER}\n\n-- \nC\n");
    let answer = |suffix: &str, to: &str, text: &str| {
        Mail::new(list_id, &at(suffix), "Re: [PATCH net-next 1/3] f1", text)
            .to(&at(to))
            .from(REVIEWER)
    };
    let mails = [
        answer("ack", "1", &ack),
        answer("ack", "1", &ack),
        answer("forged", "1", &ack).from("E F <e@example.org>"),
        answer(
            "with-diff",
            "1",
            &format!("What of this?\n\n{}", diff("f9")),
        ),
        answer("cover", "0", &format!("Reviewed-by: {REVIEWER}\n")),
        answer("lost", "nothing", &ack),
        answer("ignored", "1", &ack).with("X-Patchwork-Hint: ignore\n"),
        answer("html", "1", "<p>Acked-by: C</p>\n")
            .with("Content-Type: text/html; charset=UTF-8\n"),
    ];
    for mail in &mails {
        (raw.server.inject)(&mail.bytes());
    }
    let path = format!("patches/{}/comments/", found.patches[0]);
    let list = raw.get(&path).await;
    let msgids = |list: &Value| {
        let comments = list.as_array().expect("a list").iter();
        let ids = comments.map(|comment| comment["msgid"].as_str().unwrap_or_default().to_owned());
        ids.collect::<Vec<_>>()
    };
    let expected =
        ["ack", "forged", "with-diff"].map(|suffix| format!("<{}@example.org>", at(suffix)));
    assert_eq!(msgids(&list), expected);
    assert_eq!(list[0]["submitter"]["email"], "c@example.org");
    let content = list[0]["content"].as_str().expect("a text");
    assert!(
        content.contains("Acked-by") && content.contains("> It adds") && !content.contains("-- ")
    );
    let of_cover = raw.get(&format!("covers/{}/comments/", found.cover)).await;
    assert_eq!(
        msgids(&of_cover),
        [format!("<{}@example.org>", at("cover"))]
    );
    let (status, _) = raw
        .status(
            Method::POST,
            &path,
            &raw.server.token,
            json!({"content": "x"}),
        )
        .await;
    assert_eq!(status, 405);
}
