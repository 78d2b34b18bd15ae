//! Whose token it is, and that no other is.

use super::*;
use crate::service::config::SecretPlace;
use std::io::Write;

const TOKEN: &str = "correct-horse-battery-staple";

fn place(text: &str) -> (tempfile::NamedTempFile, SecretPlace) {
    let mut file = tempfile::NamedTempFile::new().expect("the system has room");
    writeln!(file, "{text}").expect("it is ours");
    let place = SecretPlace {
        file: Some(file.path().to_owned()),
        env: None,
    };
    (file, place)
}

fn read(tokens: &[(&str, &str)]) -> Result<Tokens, String> {
    let places: Vec<_> = tokens.iter().map(|(_, text)| place(text)).collect();
    let settings: Vec<TokenSettings> = tokens
        .iter()
        .zip(&places)
        .map(|((name, _), (_, token))| TokenSettings {
            name: (*name).to_owned(),
            token: token.clone(),
        })
        .collect();
    Tokens::read(&settings)
}

fn asked(tokens: &Tokens, value: &str) -> Option<String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
    tokens.who(&headers).map(str::to_owned)
}

#[test]
fn a_token_tells_who_asks_and_a_look_alike_does_not() {
    let other = "another-long-enough-token";
    let tokens = read(&[("ci", TOKEN), ("nightly", other)]).expect("tokens");
    assert_eq!(
        asked(&tokens, &format!("Bearer {TOKEN}")).as_deref(),
        Some("ci")
    );
    assert_eq!(
        asked(&tokens, &format!("bearer {other}")).as_deref(),
        Some("nightly")
    );
    for wrong in [
        format!("Bearer {TOKEN}x"),
        format!("Bearer {}", &TOKEN[1..]),
        format!("Basic {TOKEN}"),
        TOKEN.to_owned(),
        "Bearer ".to_owned(),
        "Bearer".to_owned(),
    ] {
        assert_eq!(asked(&tokens, &wrong), None, "{wrong}");
    }
    assert_eq!(tokens.who(&HeaderMap::new()), None);
    assert_eq!(asked(&Tokens::default(), &format!("Bearer {TOKEN}")), None);
}

#[test]
fn tokens_that_are_short_or_the_same_are_refused_and_never_shown() {
    let short = read(&[("ci", "hunter2")]).expect_err("it is short");
    assert!(
        short.starts_with("web.tokens[0].token: it is shorter"),
        "{short}"
    );
    assert!(!short.contains("hunter2"), "{short}");
    let same = read(&[("ci", TOKEN), ("cd", TOKEN)]).expect_err("they are the same");
    assert!(
        same.starts_with("web.tokens[1].token: it is the same"),
        "{same}"
    );
    assert!(!same.contains(TOKEN), "{same}");
    let tokens = read(&[("ci", TOKEN)]).expect("a token");
    assert!(!format!("{tokens:?}").contains(TOKEN));
}
