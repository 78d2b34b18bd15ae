//! What a Patchwork does, held against a server; and what the program makes of it there.

mod asking;
mod checking;
mod filing;
mod program;

use super::mails::{Mail, patch_text, series, stamp};
use super::{client, hasty};
use crate::support::patchwork::{Fake, Filed, LIST_ID, PROJECT, TOKEN};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uapi_check::patchwork::{Settings, Version};
use url::Url;

/// Hands a mail to a server's parser.
type Inject<'s> = Box<dyn Fn(&[u8]) + 's>;

/// A server, whichever it is.
pub struct Server<'s> {
    pub url: String,
    pub token: String,
    pub project: String,
    /// Hands a mail to its parser.
    pub inject: Inject<'s>,
}

#[tokio::test]
async fn the_fake_is_a_patchwork() {
    let fake = Fake::start();
    let server = Server {
        url: fake.url.clone(),
        token: TOKEN.to_owned(),
        project: PROJECT.to_owned(),
        inject: Box::new(|mail| {
            fake.inject(mail);
        }),
    };
    conforms(&server).await;
    assert!(fake.seen().iter().all(|seen| !seen.target.contains("mbox")));
}

/// Goes through all of it.
pub async fn conforms(server: &Server<'_>) {
    let raw = Raw::new(server);
    let list_id = asking::addresses(&raw).await;
    let id = stamp();
    let newest = raw.get("events/?order=-date&per_page=1").await;
    let since = newest[0]["date"].as_str().map(str::to_owned);
    for mail in series(&list_id, &id, 1) {
        (server.inject)(&mail.bytes());
    }
    let found = asking::arrived(&raw, &id, since.as_deref()).await;
    filing::details(&raw, &id, &found).await;
    filing::comments(&raw, &list_id, &id, &found).await;
    let user = checking::checks(&raw, found.patches[0]).await;
    program::program(server, &user, &id, &found).await;
}

/// A series as the server has it: its number, and those of its patches 1 to 3 and its cover.
struct Found {
    series: u64,
    patches: [u64; 3],
    cover: u64,
}

/// Requests as they are, without the program's client.
struct Raw<'s> {
    server: &'s Server<'s>,
    client: reqwest::Client,
}

impl<'s> Raw<'s> {
    fn new(server: &'s Server<'s>) -> Self {
        let policy = reqwest::redirect::Policy::none();
        // It may be the first of this process.
        drop(client(read_only(server)));
        let client = reqwest::Client::builder().redirect(policy).build();
        let client = client.expect("a client");
        Self { server, client }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value, reqwest::header::HeaderMap) {
        let url = format!("{}/api/1.3/{path}", self.server.url.trim_end_matches('/'));
        let mut request = self.client.request(method, url);
        if !token.is_empty() {
            request = request.header("Authorization", format!("Token {token}"));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a text");
        (
            status,
            serde_json::from_str(&text).unwrap_or_default(),
            headers,
        )
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body, _) = self.ask(Method::GET, path, "", None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn status(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let (status, body, _) = self.ask(method, path, token, Some(body)).await;
        (status.as_u16(), body)
    }
}

fn read_only(server: &Server<'_>) -> Settings {
    Settings {
        url: Url::parse(&server.url).expect("an address"),
        version: Version::V1_3,
        project: server.project.clone(),
        contact: "bot@example.org".to_owned(),
        account: None,
        pace: hasty(),
    }
}

#[test]
fn the_fake_tells_what_became_of_a_mail() {
    let fake = Fake::start();
    let patch = Mail::new(LIST_ID, "p", "[PATCH] f", &patch_text("f"));
    assert_eq!(fake.inject(&patch.bytes()), Filed::Patch(1));
    assert_eq!(fake.inject(&patch.bytes()), Filed::Duplicate);
    let report =
        |id: &str, subject: &str| Mail::new(LIST_ID, id, subject, &patch_text("f")).to("p");
    // What is no answer and has a diff is a patch, whatever it answers.
    assert_eq!(
        fake.inject(&report("r1", "[PATCH] f: a report").bytes()),
        Filed::Patch(2)
    );
    assert_eq!(
        fake.inject(&report("r2", "AW: [PATCH] f").bytes()),
        Filed::Patch(3)
    );
    assert_eq!(
        fake.inject(&report("r3", "Re: [PATCH] f").bytes()),
        Filed::PatchComment(1)
    );
    let elsewhere = Mail::new("other.example.org", "q", "[PATCH] f", &patch_text("f"));
    assert_eq!(fake.inject(&elsewhere.bytes()), Filed::Dropped);
}
