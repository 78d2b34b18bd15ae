//! What a Patchwork does, held against a server; and what the program makes of it there.

use super::mails::{AUTHOR, Mail, REVIEWER, diff, patch_text, series, stamp};
use super::{all, client, hasty};
use crate::support::patchwork::{Fake, Filed, LIST_ID, PROJECT, TOKEN};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uapi_check::follow::{PatchworkSeries, PatchworkSource};
use uapi_check::mail::{Identity, Mailbox, Word};
use uapi_check::patchwork::{Account, CheckState, Settings, Token, Version};
use uapi_check::post::{Check, Outcome, post_check};
use url::Url;

/// A server, whichever it is.
pub struct Server<'s> {
    pub url: String,
    pub token: String,
    pub project: String,
    /// Hands a mail to its parser.
    pub inject: Box<dyn Fn(&[u8]) + 's>,
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
    let list_id = addresses(&raw).await;
    let id = stamp();
    let newest = raw.get("events/?order=-date&per_page=1").await;
    let since = newest[0]["date"].as_str().map(str::to_owned);
    for mail in series(&list_id, &id, 1) {
        (server.inject)(&mail.bytes());
    }
    let found = arrived(&raw, &id, since.as_deref()).await;
    details(&raw, &id, &found).await;
    comments(&raw, &list_id, &id, &found).await;
    let user = checks(&raw, found.patches[0]).await;
    program(server, &user, &id, &found).await;
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

/// What addresses, tokens and filters do. Gives the list of the project.
async fn addresses(raw: &Raw<'_>) -> String {
    let project = &raw.server.project;
    let found = raw.get(&format!("projects/{project}/")).await;
    assert_eq!(found["link_name"].as_str(), Some(project.as_str()));
    let (status, _, headers) = raw
        .ask(Method::GET, &format!("projects/{project}"), "", None)
        .await;
    assert_eq!(status, 301);
    assert!(headers["location"].to_str().expect("text").ends_with('/'));
    let (status, ..) = raw
        .ask(Method::GET, "projects/no-such-project/", "", None)
        .await;
    assert_eq!(status, 404);
    for silent in [
        "since=bogus",
        "category=nope",
        "project=nope",
        "category=series-created,series-completed",
    ] {
        assert_eq!(
            raw.get(&format!("events/?{silent}")).await,
            json!([]),
            "{silent}"
        );
    }
    let (status, body, _) = raw.ask(Method::GET, "events/?page=99999", "", None).await;
    assert_eq!(
        (status.as_u16(), &body["detail"]),
        (404, &json!("Invalid page."))
    );
    found["list_id"].as_str().expect("a list").to_owned()
}

/// The events of a series that arrived out of order.
async fn arrived(raw: &Raw<'_>, id: &str, since: Option<&str>) -> Found {
    let since = since.map_or(String::new(), |since| format!("&since={since}"));
    let path = format!(
        "events/?project={}&order=date&per_page=250{since}",
        raw.server.project
    );
    let events = raw.get(&path).await;
    let events = events.as_array().expect("a list");
    let ours = |event: &&Value| event.to_string().contains(id);
    let ours: Vec<&Value> = events.iter().filter(ours).collect();
    let series = ours
        .iter()
        .find_map(|event| event["payload"]["series"]["id"].as_u64());
    let series = series.expect("an event of the series");
    let about = |category: &str| {
        let of_series = |event: &&Value| event["payload"]["series"]["id"].as_u64() == Some(series);
        let events = events.iter().filter(|event| event["category"] == category);
        events.filter(of_series).collect::<Vec<_>>()
    };
    assert_eq!(about("series-created").len(), 1);
    assert_eq!(about("series-completed").len(), 1);
    // 3 arrived first and is complete last.
    let completed = about("patch-completed");
    let number = |event: &&Value| {
        let name = event["payload"]["patch"]["name"]
            .as_str()
            .unwrap_or_default();
        name.split_once("/3]")
            .and_then(|(before, _)| before.chars().last())
    };
    let order: Vec<_> = completed.iter().filter_map(number).collect();
    assert_eq!(order, ['1', '2', '3']);
    // Since is at or after, before is before.
    let moment = about("series-completed")[0]["date"]
        .as_str()
        .expect("a date");
    assert!(!moment.ends_with('Z') && !moment.contains('+'), "{moment}");
    let at = |filter: &str| {
        format!(
            "events/?order=date&per_page=250&series={series}&category=series-completed&{filter}={moment}"
        )
    };
    assert_eq!(
        raw.get(&at("since")).await.as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(
        raw.get(&at("before")).await.as_array().map(Vec::len),
        Some(0)
    );
    // The last of several categories counts.
    let both =
        format!("events/?series={series}&category=patch-completed&category=series-completed");
    let both = raw.get(&both).await;
    assert!(
        both.as_array()
            .expect("a list")
            .iter()
            .all(|event| event["category"] == "series-completed")
    );
    let found = raw.get(&format!("series/{series}/")).await;
    assert_eq!(found["received_all"], true);
    let patches = found["patches"].as_array().expect("a list");
    let position = |name: &str| {
        let patch = patches.iter().find(|patch| {
            patch["name"]
                .as_str()
                .is_some_and(|text| text.contains(name))
        });
        patch
            .and_then(|patch| patch["id"].as_u64())
            .expect("a patch")
    };
    assert!(
        patches[0]["name"]
            .as_str()
            .expect("a name")
            .contains("3/3]")
    );
    Found {
        series,
        patches: [position("1/3]"), position("2/3]"), position("3/3]")],
        cover: found["cover_letter"]["id"].as_u64().expect("a cover"),
    }
}

/// What a patch looks like.
async fn details(raw: &Raw<'_>, id: &str, found: &Found) {
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
async fn comments(raw: &Raw<'_>, list_id: &str, id: &str, found: &Found) {
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

/// How checks are taken. Gives whose the token is.
async fn checks(raw: &Raw<'_>, patch: u64) -> String {
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
    user
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

/// The program finds the series, reads it as it was sent, and posts checks once.
async fn program(server: &Server<'_>, user: &str, id: &str, found: &Found) {
    let settings = Settings {
        account: Some(Account {
            user: user.to_owned(),
            token: Token::new(&server.token).expect("a token"),
        }),
        ..read_only(server)
    };
    for version in [Version::V1_1, Version::V1_2, Version::V1_3] {
        let settings = Settings {
            version,
            ..settings.clone()
        };
        let source = PatchworkSource::new(client(settings));
        let (arrived, _) = all(&source, None).await;
        let mut ours = arrived
            .into_iter()
            .filter(|series| series.id == found.series);
        let series = ours.next_back().expect("the series is found");
        assert_eq!(series.lacks, None);
        let numbers = series
            .patches
            .iter()
            .map(|(id, number)| (id.as_str(), *number));
        let expected = [1, 2, 3].map(|position| {
            (
                format!("{id}.{position}@example.org"),
                found.patches[position - 1],
            )
        });
        assert!(
            numbers.eq(expected.iter().map(|(id, number)| (id.as_str(), *number))),
            "{:?}",
            series.patches
        );
        as_sent(&series, id);
    }
    let client = client(settings);
    let check = |state, description: &str| Check {
        patch: found.patches[1],
        context: "uapi-verdict".to_owned(),
        state,
        target_url: Some("https://uapi.example.org/r/1".to_owned()),
        description: description.to_owned(),
    };
    for (state, description, expected) in [
        (CheckState::Pending, "looking", Outcome::Posted),
        (CheckState::Pending, "looking", Outcome::AlreadyThere),
        (CheckState::Fail, "it breaks", Outcome::Posted),
        (CheckState::Pending, "looking", Outcome::Withheld),
        (CheckState::Fail, "it breaks", Outcome::AlreadyThere),
        (CheckState::Success, "mended", Outcome::Posted),
    ] {
        let outcome = post_check(&client, &check(state, description)).await;
        assert_eq!(outcome, Ok(expected), "{state:?}");
    }
    let raw = Raw::new(server);
    let list = raw
        .get(&format!("patches/{}/checks/", found.patches[1]))
        .await;
    let states = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|check| check["state"].as_str());
    assert!(
        states.eq([Some("pending"), Some("fail"), Some("success")]),
        "{list}"
    );
}

/// The mails of the series that `conforms` sent say what was sent.
fn as_sent(series: &PatchworkSeries, id: &str) {
    let mut threads = Mailbox::read(&series.mails).threads();
    assert_eq!(threads.len(), 1);
    let found = threads.remove(0).series(None).expect("a series");
    assert_eq!(
        (found.version, found.expected, found.missing.len()),
        (1, 3, 0)
    );
    assert_eq!(
        found.cover.map(|cover| cover.message_id),
        Some(format!("{id}.0@example.org"))
    );
    let direct: Vec<_> = (1..=3)
        .map(|number| {
            Mail::new(
                LIST_ID,
                "x",
                "[PATCH] x",
                &patch_text(&format!("f{number}")),
            )
        })
        .collect();
    for (patch, sent) in found.patches.iter().zip(&direct) {
        let name = format!("f{}", patch.position);
        assert_eq!(
            patch.message_id,
            format!("{id}.{}@example.org", patch.position)
        );
        assert_eq!(patch.author.to_string(), AUTHOR);
        let text = String::from_utf8(patch.diff.clone()).expect("text");
        let begin = text.find("diff --git").expect("a diff");
        assert_eq!(text[begin..].trim_end(), diff(&name).trim_end());
        // The same mail, had it come directly.
        let mut threads = Mailbox::read([sent.bytes()]).threads();
        let sent = threads
            .remove(0)
            .series(None)
            .expect("a series")
            .patches
            .remove(0);
        let body = |message: &str| message.split_once('\n').map(|(_, body)| body.to_owned());
        assert_eq!(body(&patch.message), body(&sent.message));
    }
    let said = found.replies.iter();
    let mut said: Vec<_> = said
        .map(|reply| (reply.who.email.as_str(), reply.says, reply.identity))
        .collect();
    said.sort();
    let own = |says| ("c@example.org", says, Identity::Address);
    assert_eq!(said, [own(Word::Acked), own(Word::Reviewed)]);
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
