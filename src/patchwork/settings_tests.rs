//! Settings that can't work, or would show the token; each beside one that is taken.

use super::*;

fn settings(url: &str) -> Settings {
    Settings {
        url: Url::parse(url).expect("an address"),
        version: Version::V1_2,
        project: "uapi-test".to_owned(),
        contact: "bot@example.org".to_owned(),
        account: None,
        pace: Pace::default(),
    }
}

fn with_token(url: &str) -> Settings {
    let token = Token::new("0123456789abcdef0123456789abcdef01234567\n").expect("a token");
    let user = "bot".to_owned();
    let account = Some(Account { user, token });
    Settings {
        account,
        ..settings(url)
    }
}

#[test]
fn addresses_end_in_a_slash_wherever_the_server_is() {
    let address = |url: &str| {
        settings(url)
            .address(&["patches", "7", "checks"])
            .to_string()
    };
    let expected = "https://pw.example.org/api/1.2/patches/7/checks/";
    assert_eq!(address("https://pw.example.org"), expected);
    assert_eq!(address("https://pw.example.org/"), expected);
    let below = "https://example.org/pw/api/1.2/patches/7/checks/";
    assert_eq!(address("https://example.org/pw"), below);
    assert_eq!(address("https://example.org/pw/"), below);
}

#[test]
fn a_part_of_an_address_is_never_more_than_one() {
    let url = settings("https://pw.example.org").address(&["projects", "a/../b?c#d"]);
    let expected = "https://pw.example.org/api/1.2/projects/a%2F..%2Fb%3Fc%23d/";
    assert_eq!(url.as_str(), expected);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    assert_eq!(settings("https://pw.example.org").check(), Ok(()));
    assert_eq!(settings("http://pw.example.org").check(), Ok(()));
    for odd in [
        "ftp://pw.example.org",
        "https://me:secret@pw.example.org",
        "https://pw.example.org/api/1.3/",
        "https://pw.example.org/?x=1",
        "mailto:a@b",
    ] {
        let error = settings(odd).check().expect_err(odd);
        assert!(error.is_mistake(), "{odd}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    for (project, contact) in [
        ("", "a@b"),
        ("a b", "a@b"),
        ("x", "nobody"),
        ("x", "a@b\r\nX: y"),
    ] {
        let odd = Settings {
            project: project.to_owned(),
            contact: contact.to_owned(),
            ..settings("https://pw.example.org")
        };
        assert!(odd.check().is_err(), "{project:?} {contact:?}");
    }
}

#[test]
fn a_token_does_not_go_over_an_open_line() {
    for safe in [
        "https://pw.example.org",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:1",
    ] {
        assert_eq!(with_token(safe).check(), Ok(()), "{safe}");
    }
    for open in [
        "http://pw.example.org",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
    ] {
        assert!(with_token(open).check().is_err(), "{open}");
    }
}

#[test]
fn a_token_is_never_shown() {
    let settings = with_token("https://pw.example.org");
    assert!(!format!("{settings:?}").contains("0123456789abcdef"));
    let sent = settings.account.expect("an account").token.header();
    assert_eq!(sent, "Token 0123456789abcdef0123456789abcdef01234567");
    for odd in ["", " ", "0123\nX-Header: y", "t\u{f6}ken secret"] {
        let error = Token::new(odd).expect_err(odd);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn versions_are_read_as_they_are_written() {
    let read = |text: &str| serde_json::from_str::<Version>(text).ok();
    assert_eq!(read("\"1.1\""), Some(Version::V1_1));
    assert_eq!(read("\"1.3\""), Some(Version::V1_3));
    assert_eq!(read("\"1.0\""), None);
    assert!(!Version::V1_2.tells_comments() && Version::V1_3.tells_comments());
}
