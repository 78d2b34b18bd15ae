//! Every payload of the npm package @octokit/webhooks-examples, which are GitHub's own, through `webhook::hints`.

use serde_json::Value;
use std::collections::BTreeMap;
use uapi_check::github::webhook::hints;
use uapi_check::github::{Hint, Repository};

const PLACE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/target/npm/@octokit/webhooks-examples/api.github.com/index.json"
);

/// All payloads: event and body.
pub fn payloads() -> Vec<(String, Value)> {
    let text = std::fs::read(PLACE).unwrap_or_else(|error| {
        panic!("{PLACE}: {error}; run `deploy/dev/setup.sh test`, which brings it")
    });
    let all: Vec<Value> = serde_json::from_slice(&text).expect("it is JSON");
    let mut payloads = Vec::new();
    for event in &all {
        let name = event["name"].as_str().expect("an event has a name");
        for example in event["examples"].as_array().expect("it has examples") {
            payloads.push((name.to_owned(), example.clone()));
        }
    }
    payloads
}

fn hello() -> Repository {
    Repository::parse("Codertocat/Hello-World").expect("a name")
}

/// What is expected, by event and action: written down by reading GitHub's documentation of each event.
pub fn expected(event: &str, action: &str, payload: &Value) -> Hint {
    let pull = Hint::Pull {
        repository: hello(),
        number: 2,
    };
    let heads = |repository: &str, sha: &str| Hint::Heads {
        repository: Repository::parse(repository).expect("a name"),
        sha: sha.to_owned(),
    };
    match (event, action) {
        (
            "pull_request",
            "opened" | "synchronize" | "reopened" | "ready_for_review" | "converted_to_draft"
            | "closed",
        )
        | ("pull_request_review", "submitted" | "edited" | "dismissed") => pull,
        ("check_run", "rerequested") => heads(
            "github/hello-world",
            "d6fde92930d4715a2b49857d24b940956b26d2d3",
        ),
        ("check_run", "requested_action") => heads(
            "electron/electron",
            "5bd5f196a46b8222fb7484f05faba41a73cf34bd",
        ),
        ("check_suite", "rerequested") => heads(
            "Codertocat/Hello-World",
            "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
        ),
        ("merge_group", "checks_requested") => Hint::Group {
            repository: Repository::parse("octo-org/octo-repo").expect("a name"),
            head: "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d".to_owned(),
            base: "380387fbc80638b734a49e1be1c4dfec1c01b33c".to_owned(),
            branch: "gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64"
                .to_owned(),
            into: "main".to_owned(),
        },
        ("push", _) if payload["ref"] == "refs/heads/master" => Hint::Branch {
            repository: hello(),
            branch: "master".to_owned(),
        },
        ("installation", "created" | "new_permissions_accepted")
        | ("installation_repositories", "added") => Hint::Installation { id: 957_387 },
        ("installation", "suspend" | "unsuspend") => Hint::Installation { id: 16_598_467 },
        ("installation", "deleted") | ("installation_repositories", "removed") => {
            Hint::Installation { id: 2 }
        }
        ("ping", _) => Hint::Ping,
        _ => Hint::Nothing,
    }
}

#[test]
fn every_payload_of_github_is_the_hint_it_should_be() {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let payloads = payloads();
    for (event, payload) in &payloads {
        let action = payload["action"].as_str().unwrap_or_default();
        let body = payload.to_string();
        let got = hints(event, body.as_bytes())
            .unwrap_or_else(|error| panic!("{event} {action}: {error}"));
        assert_eq!(got, [expected(event, action, payload)], "{event} {action}");
        let kind = format!("{:?}", got[0]);
        let kind = kind.split([' ', '{']).next().unwrap_or_default().to_owned();
        *counted.entry(kind).or_default() += 1;
    }
    // Counted by hand in the package: 15 of pull_request, 4 of pull_request_review, and so on.
    let counted: Vec<(&str, usize)> = counted
        .iter()
        .map(|(kind, count)| (kind.as_str(), *count))
        .collect();
    let few = [
        ("Branch", 2),
        ("Group", 2),
        ("Heads", 5),
        ("Installation", 10),
        ("Ping", 4),
        ("Pull", 19),
    ];
    let rest = payloads.len() - few.iter().map(|(_, count)| count).sum::<usize>();
    let mut all = few.to_vec();
    all.insert(4, ("Nothing", rest));
    assert_eq!(counted, all);
    println!(
        "{} payloads of {} kinds",
        payloads.len(),
        payloads
            .iter()
            .map(|it| &it.0)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    );
}

/// The same payloads with a field missing, or with something else in it: a hint or a refusal, and no panic.
#[test]
fn payloads_with_holes_are_hints_or_refused() {
    let mut refused = 0;
    for (event, payload) in payloads() {
        let Some(fields) = payload.as_object() else {
            panic!("{event} is no object")
        };
        for name in fields.keys() {
            for with in [
                None,
                Some(Value::Null),
                Some(Value::from(7)),
                Some(Value::from("x")),
            ] {
                let mut fields = fields.clone();
                match with {
                    None => fields.remove(name),
                    Some(other) => fields.insert(name.clone(), other),
                };
                let body = Value::Object(fields).to_string();
                refused += usize::from(hints(&event, body.as_bytes()).is_err());
            }
        }
    }
    assert!(refused > 100, "{refused}");
}
