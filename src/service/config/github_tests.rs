//! A mistake under `github:` is told with its key, and what is right passes.

use super::*;

const RIGHT: &str = "\
directory: /var/lib/uapi-check/github
app: {id: 1, key: {file: /etc/uapi-check/app.pem}}
webhook_secrets: [{env: UAPI_CHECK_HOOK}]
repositories:
  octo/linux: {released: v6.1}
identities:
  ann: [ann@example.org]
say: {review: action-required}
";

fn said(text: &str) -> Result<GithubSettings, String> {
    let read: GithubSettings = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    check(&read)?;
    Ok(read)
}

#[test]
fn what_is_right_passes() {
    let read = said(RIGHT).expect("it is right");
    assert_eq!(read.api.as_str(), "https://api.github.com/");
    assert_eq!(read.every, Duration::from_secs(600));
    let policy = read.say.policy();
    assert_eq!(policy.review, Ending::ActionRequired);
    // What was not examined blocks, unless somebody wants it otherwise.
    assert_eq!(policy.not_examined, Ending::ActionRequired);
}

#[test]
fn each_mistake_is_told_with_its_key() {
    for (from, to, says) in [
        (
            "app: {id: 1, key: {file: /etc/uapi-check/app.pem}}",
            "",
            "`app`, or a `token`",
        ),
        (
            "webhook_secrets",
            "token: {env: X}\nwebhook_secrets",
            "not both",
        ),
        ("octo/linux", "linux", "no owner/name"),
        ("octo/linux", "octo/../linux", "no owner/name"),
        (
            "{released: v6.1}",
            "{released: v6.1}\n  OCTO/linux: {}",
            "twice",
        ),
        ("{released: v6.1}", "{lender: /nowhere/at/all}", "lender"),
        ("[ann@example.org]", "[]", "identities.ann"),
        ("[ann@example.org]", "[ann]", "identities.ann"),
        (
            "say: {review: action-required}",
            "say: {review: success}",
            "review",
        ),
        (
            "say: {review: action-required}",
            "every: 10ms",
            "github.every",
        ),
        (
            "say: {review: action-required}",
            "api: https://me:secret@host/",
            "github.api",
        ),
        ("identities", "identitys", "identitys"),
    ] {
        let text = RIGHT.replacen(from, to, 1);
        assert_ne!(text, RIGHT, "{from}");
        let told = said(&text).expect_err(to);
        assert!(told.contains(says), "{to}: {told}");
        assert!(!told.contains("secret@"), "{told}");
    }
}
