//! GitHub: its own payloads through the way in, and the client against a server that takes what GitHub takes.

mod checks;
mod comments;
mod fetch;
mod limits;
pub mod payloads;
mod reading;
mod secrets;

use crate::support::github::{APP, Fake, PERSONAL, key};
use std::time::Duration;
use uapi_check::github::{Client, Login, Place, Repository, Secret};
use uapi_check::http::{Manners, Pace};
use url::Url;

/// The repository of these tests.
const LINUX: &str = "octo/linux";
/// A commit.
const HEAD: &str = "00112233445566778899aabbccddeeff00112233";

fn linux() -> Repository {
    Repository::parse(LINUX).expect("a name")
}

/// How patient tests are.
fn place(fake: &Fake) -> Place {
    let url = Url::parse(&fake.url).expect("an address");
    Place {
        api: url.clone(),
        web: url,
        manners: Manners {
            contact: "bot@example.org".to_owned(),
            pace: Pace {
                tries: 3,
                backoff: Duration::from_millis(2),
                gap: Duration::ZERO,
                connect: Duration::from_secs(10),
                answer: Duration::from_secs(30),
                ..Pace::default()
            },
        },
    }
}

fn app() -> Login {
    Login::App {
        id: APP,
        key: Secret::from(key()),
    }
}

/// A server that has the App installed, and the App.
fn installed() -> (Fake, Client) {
    let fake = Fake::start();
    fake.install(LINUX);
    let client = Client::new(&place(&fake), app()).expect("the key is one");
    (fake, client)
}

/// A client of a person.
fn person(fake: &Fake) -> Client {
    let token = Login::Token(Secret::from(PERSONAL));
    Client::new(&place(fake), token).expect("the token is one")
}

/// Requests that changed something, without those that log in.
fn changes(fake: &Fake) -> Vec<String> {
    let seen = fake.seen().into_iter();
    let seen = seen.filter(|it| matches!(it.method.as_str(), "POST" | "PATCH"));
    let seen = seen.filter(|it| !it.template.ends_with("access_tokens"));
    seen.map(|it| format!("{} {}", it.method, it.path.trim_end_matches('?')))
        .collect()
}
