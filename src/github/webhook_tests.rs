//! What deliveries say, and who may say it. GitHub's own payloads go through in `src/tests/github/payloads.rs`.

use super::*;
use proptest::prelude::*;

/// The example of GitHub's documentation ("Validating webhook deliveries").
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn secrets(all: &[&str]) -> Vec<Secret> {
    all.iter().map(|one| Secret::from(*one)).collect()
}

#[test]
fn who_knows_the_secret_may_speak() {
    assert_eq!(verify(&secrets(&[SECRET]), Some(SIGNATURE), BODY), Ok(()));
    // While a secret is changed for another, both are good.
    for both in [["another", SECRET], [SECRET, "another"]] {
        assert_eq!(verify(&secrets(&both), Some(SIGNATURE), BODY), Ok(()));
    }
    let upper = SIGNATURE.to_uppercase().replace("SHA256", "sha256");
    assert_eq!(verify(&secrets(&[SECRET]), Some(&upper), BODY), Ok(()));
}

#[test]
fn nobody_else_may() {
    let known = secrets(&[SECRET]);
    let digits = SIGNATURE.trim_start_matches("sha256=");
    let long = format!("{SIGNATURE}00");
    let sha1 = format!("sha1={}", &digits[..40]);
    let split = format!("sha256=é{}", &digits[2..]);
    for header in [
        None,
        Some(""),
        Some("sha256="),
        Some(digits),
        Some(&SIGNATURE[..SIGNATURE.len() - 1]),
        Some(&SIGNATURE.replace("17", "18")),
        Some(&SIGNATURE.replace('7', "g")),
        Some(&SIGNATURE.replace("sha256=", "SHA256=")),
        Some(&SIGNATURE.replace("sha256=", "sha256= ")),
        Some(&long),
        Some(&sha1),
        Some(&split),
    ] {
        assert_eq!(verify(&known, header, BODY), Err(Forged), "{header:?}");
    }
    assert_eq!(
        verify(&known, Some(SIGNATURE), b"Hello, World?"),
        Err(Forged)
    );
    assert_eq!(
        verify(&secrets(&["another"]), Some(SIGNATURE), BODY),
        Err(Forged)
    );
    assert_eq!(verify(&[], Some(SIGNATURE), BODY), Err(Forged));
}

#[test]
fn an_empty_secret_is_none() {
    // HMAC-SHA256 of nothing with an empty key (RFC 2104; printed by openssl).
    let signature = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    assert_eq!(verify(&secrets(&[""]), Some(signature), b""), Err(Forged));
}

fn one(event: &str, body: &str) -> Result<Hint, String> {
    let hints = hints(event, body.as_bytes()).map_err(|error| error.to_string())?;
    assert_eq!(hints.len(), 1);
    Ok(hints[0].clone())
}

fn pull_12() -> Hint {
    Hint::Pull {
        repository: Repository::parse("octo/linux").unwrap(),
        number: 12,
    }
}

fn about(action: &str, more: &str) -> String {
    format!(
        r#"{{"action": "{action}", "repository": {{"full_name": "octo/linux"}}, "pull_request": {{"number": 12}} {more}}}"#
    )
}

#[test]
fn a_pull_request_is_looked_at_when_its_base_changes_and_not_when_its_title_does() {
    let base = about(
        "edited",
        r#", "changes": {"base": {"ref": {"from": "main"}}}"#,
    );
    let title = about("edited", r#", "changes": {"title": {"from": "x"}}"#);
    assert_eq!(one("pull_request", &base), Ok(pull_12()));
    assert_eq!(one("pull_request", &title), Ok(Hint::Nothing));
    assert_eq!(
        one("pull_request", &about("labeled", "")),
        Ok(Hint::Nothing)
    );
    assert_eq!(
        one("pull_request", &about("what_comes_next", "")),
        Ok(Hint::Nothing)
    );
}

#[test]
fn a_comment_counts_where_it_is_meant_for_us() {
    let said = |action: &str, body: &str, kind: &str, pull: &str| {
        format!(
            r#"{{"action": "{action}", "repository": {{"full_name": "octo/linux"}},
                "issue": {{"number": 12 {pull}}}, "comment": {{"body": "{body}"}}, "sender": {{"type": "{kind}"}}}}"#
        )
    };
    let pull = r#", "pull_request": {"url": "x"}"#;
    let hint = |text: &str| one("issue_comment", text);
    assert_eq!(
        hint(&said("created", "/uapi recheck", "User", pull)),
        Ok(pull_12())
    );
    assert_eq!(
        hint(&said("created", "\\r\\n  /uapi", "User", pull)),
        Ok(pull_12())
    );
    for silent in [
        said("created", "see /uapi recheck", "User", pull),
        said("created", "/uapi recheck", "Bot", pull),
        said("created", "/uapi recheck", "User", ""),
        said("edited", "/uapi recheck", "User", pull),
        said("deleted", "/uapi recheck", "User", pull),
    ] {
        assert_eq!(hint(&silent), Ok(Hint::Nothing), "{silent}");
    }
}

#[test]
fn names_that_are_none_go_no_further() {
    let push = |repository: &str, reference: &str| {
        let text =
            format!(r#"{{"repository": {{"full_name": "{repository}"}}, "ref": "{reference}"}}"#);
        one("push", &text)
    };
    let branch = Hint::Branch {
        repository: Repository::parse("octo/linux").unwrap(),
        branch: "for-next".to_owned(),
    };
    assert_eq!(push("octo/linux", "refs/heads/for-next"), Ok(branch));
    assert_eq!(push("octo/linux", "refs/tags/v6.1"), Ok(Hint::Nothing));
    for (repository, reference) in [
        ("../../etc", "refs/heads/main"),
        ("octo/..", "refs/heads/main"),
        ("octo/linux", "refs/heads/--upload-pack=x"),
        ("octo/linux", "refs/heads/a..b"),
    ] {
        assert!(
            push(repository, reference).is_err(),
            "{repository} {reference}"
        );
    }
    let zero = about("opened", "").replace("12", "0");
    let large = about("opened", "").replace("12", "18446744073709551615");
    assert!(one("pull_request", &zero).is_err());
    assert!(one("pull_request", &large).is_err());
}

#[test]
fn what_is_missing_is_told_in_one_line() {
    let said = one("pull_request", r#"{"action": "opened"}"#).unwrap_err();
    assert_eq!(
        said,
        "a delivery `pull_request` can't be read: it names no pull request"
    );
    let hostile = r#"{"action": {"\u001b[31m\n": 1}}"#;
    let said = one("push", hostile).unwrap_err();
    assert!(!said.chars().any(char::is_control), "{said:?}");
    // Not ours, so not read: whatever it is.
    assert_eq!(one("star", "{"), Ok(Hint::Nothing));
    assert_eq!(one("ping", ""), Ok(Hint::Ping));
}

#[test]
fn depth_is_no_danger() {
    let deep = format!(
        r#"{{"action": "opened", "x": {}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(one("pull_request", &deep).is_err());
}

/// Documents like those of GitHub, with anything in their fields.
fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "(octo/linux|opened|created|refs/heads/[a-z./-]{0,9}|[0-9a-f]{40})".prop_map(Into::into),
    ];
    let name = prop_oneof![
        3 => proptest::sample::select(vec![
            "action", "repository", "full_name", "pull_request", "number", "issue", "comment", "body", "sender", "type",
            "changes", "base", "check_run", "check_suite", "head_sha", "merge_group", "head_ref", "base_sha", "base_ref",
            "installation", "id", "ref", "deleted",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(4, 64, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map(name.clone(), inner, 0..12)
                .prop_map(|all| serde_json::Value::Object(all.into_iter().collect())),
        ]
    })
}

/// A hint names nothing that could lead astray.
fn is_plain(hint: &Hint) -> bool {
    match hint {
        Hint::Pull { repository, number } => {
            Repository::parse(repository.as_str()).is_some() && *number > 0
        }
        Hint::Group {
            head,
            base,
            branch,
            into,
            ..
        } => is_commit(head) && is_commit(base) && is_branch(branch) && is_branch(into),
        Hint::Heads { sha, .. } => is_commit(sha),
        Hint::Branch { branch, .. } => is_branch(branch),
        Hint::Installation { id } => *id > 0,
        Hint::Ping | Hint::Nothing => true,
    }
}

proptest! {
    #[test]
    fn hostile_documents_are_hints_or_none(document in document()) {
        let body = document.to_string();
        for event in KNOWN {
            if let Ok(hints) = hints(event, body.as_bytes()) {
                prop_assert!(hints.iter().all(is_plain));
            }
        }
    }

    #[test]
    fn hostile_bytes_are_hints_or_none(event in "\\PC{0,20}", body in prop::collection::vec(any::<u8>(), 0..300)) {
        for event in KNOWN.iter().copied().chain([event.as_str()]) {
            if let Ok(hints) = hints(event, &body) {
                prop_assert!(hints.iter().all(is_plain));
            }
        }
    }

    #[test]
    fn hostile_signatures_prove_nothing(header in "\\PC{0,80}", hex in "sha256=[0-9a-f]{64}", body in prop::collection::vec(any::<u8>(), 0..99)) {
        let known = secrets(&[SECRET]);
        prop_assert_eq!(verify(&known, Some(&header), &body), Err(Forged));
        prop_assert_eq!(verify(&known, Some(&hex), &body), Err(Forged));
    }
}
