//! Which checks are taken, and what becomes of them.

use super::Raw;
use reqwest::Method;
use serde_json::{Value, json};

/// How checks are taken. Gives whose the token is.
pub async fn checks(raw: &Raw<'_>, patch: u64) -> String {
    let path = format!("patches/{patch}/checks/");
    let token = &raw.server.token;
    let good = json!({
        "state": "warning", "context": "conform", "target_url": "http://127.0.0.1:8080/r", "description": "x".repeat(5000),
    });
    let unknown = "f".repeat(40);
    let (status, body) = raw
        .status(Method::POST, &path, &unknown, good.clone())
        .await;
    assert_eq!((status, &body["detail"]), (403, &json!("Invalid token.")));
    let (status, _) = raw.status(Method::POST, &path, "", good.clone()).await;
    assert_eq!(status, 403);
    for (field, value) in [
        ("state", json!("broken")),
        ("state", json!("")),
        ("context", json!("a/b")),
        ("context", json!("a b")),
        ("context", json!("a".repeat(256))),
        ("target_url", json!("http://uapibot:8080/")),
        (
            "target_url",
            json!(format!("https://example.org/{}", "x".repeat(181))),
        ),
        ("user", json!("somebody")),
    ] {
        let mut bad = good.clone();
        bad[field] = value.clone();
        let (status, body) = raw.status(Method::POST, &path, token, bad).await;
        assert!(
            status == 400 && body[field].is_array(),
            "{field} {value}: {status} {body}"
        );
    }
    let absent = "patches/999999999/checks/";
    assert_eq!(
        raw.status(Method::POST, absent, token, good.clone())
            .await
            .0,
        404
    );
    let before = raw.get(&path).await;
    let (status, posted) = raw.status(Method::POST, &path, token, good).await;
    assert_eq!(status, 201, "{posted}");
    assert_eq!(before, json!([]), "nothing that was refused is there");
    let user = posted["user"]["username"]
        .as_str()
        .expect("a name")
        .to_owned();
    kept(raw, patch, &posted, &user).await;
    user
}

/// What becomes of a check that was posted: it stays, and is found.
pub async fn kept(raw: &Raw<'_>, patch: u64, posted: &Value, user: &str) {
    let path = format!("patches/{patch}/checks/");
    let token = &raw.server.token;
    let one = format!("{path}{}/", posted["id"]);
    for method in [Method::PATCH, Method::PUT, Method::DELETE] {
        let (status, _, headers) = raw.ask(method, &one, token, Some(json!({}))).await;
        assert_eq!(status, 405);
        assert!(headers["allow"].to_str().expect("text").contains("GET"));
    }
    for (filter, count) in [
        ("context=conform", 1),
        ("context=other", 0),
        (&format!("user={user}") as &str, 1),
        // There is no such thing: it is taken for a name.
        ("user=me", 0),
        ("state=warning", 1),
        ("state=fail", 0),
    ] {
        let list = raw.get(&format!("{path}?{filter}")).await;
        assert_eq!(list.as_array().map(Vec::len), Some(count), "{filter}");
    }
    let combined = raw.get(&format!("patches/{patch}/")).await;
    assert_eq!(combined["check"], "warning");
}
