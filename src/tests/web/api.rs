//! What programs get, held against the OpenAPI document that is served; and who may ask for a check.

use super::house::{Answer, request};
use super::{House, TOKEN};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

const RANGE: &str = r#"{"repository":"linux","base":"v6.1","head":"main"}"#;
const PATCH: &str = "From: A <a@example.org>\nSubject: [PATCH] x\n\ndiff --git a/x b/x\n";

async fn post(house: &House, query: &str, token: &str, kind: &str, body: &str) -> Answer {
    let mut sent = request("POST", &format!("/api/v1/runs{query}")).header("content-type", kind);
    if !token.is_empty() {
        sent = sent.header("authorization", format!("Bearer {token}"));
    }
    house
        .ask(sent.body(Body::from(body.to_owned())).expect("a request"))
        .await
}

/// Fails where an answer is not what the document says of it.
fn fits(document: &Value, path: &str, method: &str, answer: &Answer) {
    let status = answer.status.as_str();
    let said = &document["paths"][path][method]["responses"][status];
    let schema = &said["content"]["application/json"]["schema"];
    assert!(
        schema.is_object(),
        "{method} {path} {status} is not told: {said}"
    );
    let whole = json!({"allOf": [schema], "components": document["components"]});
    let validator = jsonschema::validator_for(&whole).expect("the schema is one");
    let body = answer.json();
    let wrong: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| error.to_string())
        .collect();
    assert!(
        wrong.is_empty(),
        "{method} {path} {status}: {wrong:?}\n{body}"
    );
    // Keys that the document does not know are no mistake by the schema, and one by us.
    let name = schema["$ref"]
        .as_str()
        .expect("a type")
        .rsplit('/')
        .next()
        .expect("a name");
    let known = &document["components"]["schemas"][name]["properties"];
    for key in body.as_object().expect("an object").keys() {
        assert!(known.get(key).is_some(), "{name} has no {key}");
    }
}

/// The document of a service.
async fn document(house: &House) -> Value {
    let document = house.get("/api/v1/openapi.json").await.json();
    let version = document["openapi"].as_str();
    assert!(
        version.is_some_and(|version| version.starts_with("3.1")),
        "{document}"
    );
    document
}

#[tokio::test]
async fn what_is_read_is_what_the_document_says() {
    let house = House::new().await;
    let id = house.run("octo/linux#12", "net: work", "fail").await;
    let document = document(&house).await;
    let runs = house.get("/api/v1/runs").await;
    fits(&document, "/api/v1/runs", "get", &runs);
    assert_eq!(runs.json()["runs"][0]["subject"], "octo/linux#12");
    assert_eq!(runs.json()["next"], Value::Null);
    let run = house.get(&format!("/api/v1/runs/{id}")).await;
    fits(&document, "/api/v1/runs/{id}", "get", &run);
    assert_eq!(&run.json()["report"], super::report());
    for (path, address, status) in [
        ("/api/v1/runs", "/api/v1/runs?limit=0", 400),
        ("/api/v1/runs", "/api/v1/runs?nonsense=1", 400),
        ("/api/v1/runs/{id}", "/api/v1/runs/999", 404),
        ("/api/v1/jobs/{name}", "/api/v1/jobs/nothing", 404),
    ] {
        let answer = house.get(address).await;
        assert_eq!(answer.status.as_u16(), status, "{address}");
        fits(&document, path, "get", &answer);
    }
    // Every route of the document is there.
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 3, "{paths:?}");
}

#[tokio::test]
async fn what_is_asked_for_is_answered_as_the_document_says() {
    let house = House::new().await;
    let document = document(&house).await;
    let asked = post(&house, "", TOKEN, "application/json", RANGE).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    fits(&document, "/api/v1/runs", "post", &asked);
    let state = asked.json()["state"]
        .as_str()
        .expect("an address")
        .to_owned();
    let job = house.get(&state).await;
    fits(&document, "/api/v1/jobs/{name}", "get", &job);
    assert_eq!(job.json()["state"], "waiting");
    for (token, kind, status) in [("", "application/json", 401), (TOKEN, "image/png", 415)] {
        let refused = post(&house, "", token, kind, RANGE).await;
        assert_eq!(refused.status.as_u16(), status, "{kind}");
        fits(&document, "/api/v1/runs", "post", &refused);
    }
}

#[tokio::test]
async fn who_has_no_token_asks_for_nothing() {
    let house = House::new().await;
    for token in [
        "",
        "wrong",
        &TOKEN[1..],
        &format!("{TOKEN}x"),
        super::SECRET,
    ] {
        let answer = post(&house, "", token, "application/json", RANGE).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    assert_eq!(
        house
            .store
            .numbers(i64::MAX / 2)
            .await
            .expect("numbers")
            .due,
        0
    );
    let answer = post(&house, "", TOKEN, "application/json", RANGE).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(!answer.text().contains(TOKEN));
}

#[tokio::test]
async fn the_same_check_is_one_job_and_another_is_another() {
    let house = House::new().await;
    let mut names = Vec::new();
    for (query, kind, body) in [
        ("", "application/json", RANGE),
        ("", "application/json", RANGE),
        (
            "",
            "application/json; charset=utf-8",
            r#"{"repository":"linux","base":"v6.1","head":"next"}"#,
        ),
        ("?repository=linux", "text/x-patch", PATCH),
        // The only repository is meant where none is named.
        ("", "application/mbox", PATCH),
        ("", "text/plain", "From: B <b@example.org>\n"),
    ] {
        let answer = post(&house, query, TOKEN, kind, body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        names.push(answer.json()["job"].as_str().expect("a name").to_owned());
    }
    assert_eq!(names[0], "range linux v6.1..main");
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);
    assert!(names[3].starts_with("patch "), "{names:?}");
    assert_eq!(names[3], names[4]);
    assert_ne!(names[3], names[5]);
    assert_eq!(
        house
            .store
            .numbers(i64::MAX / 2)
            .await
            .expect("numbers")
            .due,
        4
    );
}

/// Sends what is wrong, with the status and a word of the reason that it is refused with; nothing is to be done then.
async fn refused(house: &House, asked: &[(&str, &str, &str, u16, &str)]) {
    for (query, kind, body, status, says) in asked {
        let answer = post(house, query, TOKEN, kind, body).await;
        assert_eq!(answer.status.as_u16(), *status, "{says}: {}", answer.text());
        let answer = answer.json();
        let error = answer["error"].as_str().expect("a reason");
        assert!(error.contains(says), "{error}");
    }
    let numbers = house.store.numbers(i64::MAX / 2).await;
    assert_eq!(numbers.expect("numbers").due, 0);
}

#[tokio::test]
async fn what_is_no_range_is_refused_with_the_reason() {
    let house = House::new().await;
    let range = |base: &str, head: &str| {
        json!({"repository": "linux", "base": base, "head": head}).to_string()
    };
    let cases = [
        ("{".to_owned(), 400, "EOF"),
        (
            r#"{"repository":"linux","base":"a"}"#.to_owned(),
            400,
            "head",
        ),
        (
            r#"{"repository":"bsd","base":"a","head":"b"}"#.to_owned(),
            400,
            "repository",
        ),
        (range("--upload-pack=x", "b"), 400, "base"),
        (range("a..b", "b"), 400, "base"),
        (range("a", "b:path"), 400, "head"),
        (range("a", ""), 400, "head"),
        (range("a", &"b".repeat(201)), 400, "head"),
        (range("a", &"b".repeat(5000)), 413, "4096"),
    ];
    let asked = cases.iter();
    let asked =
        asked.map(|(body, status, says)| ("", "application/json", &body[..], *status, *says));
    refused(&house, &asked.collect::<Vec<_>>()).await;
    // The longest name is taken.
    let most = post(
        &house,
        "",
        TOKEN,
        "application/json",
        &range("a", &"b".repeat(200)),
    )
    .await;
    assert_eq!(most.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn what_is_no_patch_is_refused_with_the_reason() {
    let house = House::new().await;
    let large = "x".repeat((2 << 20) + 1);
    refused(
        &house,
        &[
            ("?repository=bsd", "text/plain", PATCH, 400, "repository"),
            ("", "text/plain", " \n", 400, "no patch"),
            ("", "text/plain", &large, 413, "2097152"),
            ("", "", PATCH, 415, "content-type"),
        ],
    )
    .await;
    // At the bound it is taken.
    let most = post(&house, "", TOKEN, "text/plain", &large[1..]).await;
    assert_eq!(most.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn runs_are_paged_and_filtered() {
    let house = House::new().await;
    for number in 0..5 {
        let conclusion = if number == 3 { "fail" } else { "pass" };
        house
            .run(&format!("octo/linux#{number}"), "net: work", conclusion)
            .await;
    }
    let mut seen = Vec::new();
    let mut address = "/api/v1/runs?limit=2".to_owned();
    loop {
        let page = house.get(&address).await.json();
        let runs = page["runs"].as_array().expect("runs").clone();
        seen.extend(
            runs.iter()
                .map(|run| run["subject"].as_str().expect("a text").to_owned()),
        );
        match page["next"].as_i64() {
            Some(next) => address = format!("/api/v1/runs?limit=2&before={next}"),
            None => break,
        }
    }
    let all: Vec<String> = (0..5)
        .rev()
        .map(|number| format!("octo/linux#{number}"))
        .collect();
    assert_eq!(seen, all);
    for (query, subjects) in [
        ("conclusion=fail", vec!["octo/linux#3"]),
        ("subject=octo%2Flinux%231", vec!["octo/linux#1"]),
        ("job=test+octo%2Flinux%234", vec!["octo/linux#4"]),
        ("fingerprint=none", vec![]),
    ] {
        let page = house.get(&format!("/api/v1/runs?{query}")).await.json();
        let runs = page["runs"].as_array().expect("runs");
        let found: Vec<&str> = runs
            .iter()
            .map(|run| run["subject"].as_str().expect("a text"))
            .collect();
        assert_eq!(found, subjects, "{query}");
    }
}
