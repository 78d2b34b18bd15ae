//! Secrets are in nothing that leaves the service: no log, no answer, no page, no count, whatever goes wrong.

use super::house::{API_TOKEN, HOOK_SECRET, House, STATS, breaking, deliver};
use crate::support::github::{Fault, PERSONAL, key};
use crate::support::postgres::Cluster;
use crate::support::served::{Heard, Served};
use std::fmt::Write;

/// The password of the database's user.
const PASSWORD: &str = "database-password-of-the-tests-77ce";

const OPENED: &str =
    r#"{"action":"opened","pull_request":{"number":12},"repository":{"full_name":"octo/linux"}}"#;

/// Everything that was seen of the service.
#[derive(Default)]
struct Seen(String);

impl Seen {
    /// Keeps an answer and gives its status.
    fn keep(&mut self, heard: &Heard) -> u16 {
        let Heard {
            status,
            header,
            body,
        } = heard;
        write!(self.0, "{status}\n{header}\n{body}\n").expect("there is room");
        heard.status
    }

    /// Fails where one of the secrets, or a piece of one, was seen.
    fn has_none_of(&self, secrets: &[String]) {
        for secret in secrets {
            assert!(secret.len() >= 20, "{secret} could be anywhere");
            let at = self.0.find(secret.as_str());
            let around = at.map(|at| {
                let from = self.0.floor_char_boundary(at.saturating_sub(300));
                let to = self.0.ceil_char_boundary(self.0.len().min(at + 100));
                &self.0[from..to]
            });
            assert_eq!(around, None, "{secret}");
        }
    }
}

/// All that nobody else may know: what is configured, and what GitHub gave for it.
fn secrets(house: &House) -> Vec<String> {
    let mut secrets: Vec<String> = [HOOK_SECRET, API_TOKEN, PASSWORD, PERSONAL]
        .map(str::to_owned)
        .to_vec();
    let lines = key().lines().filter(|line| !line.starts_with("--"));
    secrets.extend(lines.filter(|line| line.len() > 20).map(str::to_owned));
    secrets.extend(house.fake.tokens());
    let sent = house.fake.seen().into_iter();
    let sent = sent.filter_map(|it| it.authorization.split(' ').nth(1).map(str::to_owned));
    secrets.extend(sent.filter(|word| !word.is_empty()));
    secrets
}

/// What goes wrong with GitHub, all of it for a while.
fn faults(house: &House) {
    for fault in [
        Fault::Status(500),
        Fault::Status(401),
        Fault::Cut,
        Fault::Garbage,
        Fault::CutAfter,
    ] {
        for part in [
            "access_tokens",
            "/pulls/12",
            "git /octo/linux.git",
            "POST /repos",
        ] {
            house.fake.fail(part, 1, fault.clone());
        }
    }
}

/// Deliveries and requests that are refused, and some that are taken.
fn visits(served: &Served, seen: &mut Seen) {
    for (round, signature) in ["", "sha256=00", HOOK_SECRET, "sha1=hook"]
        .iter()
        .enumerate()
    {
        let guid = format!("bad-{round}");
        let fields = [
            ("x-github-delivery", guid.as_str()),
            ("x-github-event", "pull_request"),
            ("x-hub-signature-256", signature),
        ];
        let refused = served.post("/webhooks/github", &fields, OPENED);
        assert_eq!(seen.keep(&refused), 401);
    }
    assert_eq!(seen.keep(&deliver(served, "g-0", "pull_request", "{")), 400);
    assert_eq!(
        seen.keep(&deliver(served, "g-1", "pull_request", OPENED)),
        202
    );
    assert_eq!(
        seen.keep(&deliver(served, "g-1", "pull_request", OPENED)),
        200
    );
    let json = ("content-type", "application/json");
    let range = r#"{"repository":"linux","base":"v6.1","head":"nowhere"}"#;
    let right = format!("Bearer {API_TOKEN}");
    let wrong = format!("Bearer {PASSWORD}");
    let basic = format!("Basic {API_TOKEN}");
    for (fields, body, status) in [
        (vec![json], range, 401),
        (vec![json, ("authorization", wrong.as_str())], range, 401),
        (vec![json, ("authorization", basic.as_str())], range, 401),
        (vec![json, ("authorization", right.as_str())], "{", 400),
        (vec![json, ("authorization", right.as_str())], range, 202),
    ] {
        let answer = served.post("/api/v1/runs", &fields, body);
        assert_eq!(seen.keep(&answer), status, "{body}");
    }
    for path in [
        "/",
        "/runs/1",
        "/runs/1.json",
        "/runs/1.sarif",
        "/metrics",
        "/healthz",
        "/readyz",
        "/rules",
        "/nothing",
        "/api/v1/runs",
        "/api/v1/openapi.json",
        "/api/v1/jobs/range%20linux%20v6%2E1%2E%2Enowhere",
        "/badge/octo/linux%2312.svg",
    ] {
        seen.keep(&served.get(path));
    }
}

#[test]
fn secrets_are_in_no_log_answer_page_or_count() {
    let mut house = House::new();
    let cluster = Cluster::start();
    let here = house.place.path().display().to_string();
    std::fs::write(house.place.path().join("password"), PASSWORD).expect("it is ours");
    let database = cluster.database();
    house.reconfigure(
        &format!("database: \"{}\"\n", house.database),
        &format!("database: \"{database}\"\ndatabase_password: {{file: {here}/password}}\n"),
    );
    let head = house.push(&[(STATS, &breaking())]);
    faults(&house);
    let mut served = house.serve();
    let mut seen = Seen::default();
    visits(&served, &mut seen);
    // The database goes away in the middle of it, and comes back.
    cluster.stop();
    let lost = deliver(&served, "g-2", "pull_request", OPENED);
    assert_eq!(seen.keep(&lost), 503);
    seen.keep(&served.get("/runs/1"));
    seen.keep(&served.get("/readyz"));
    cluster.go_on();
    // Somebody says so until all that goes wrong has gone wrong.
    let mut round = 0;
    while house.runs(&head, "uapi/verdict").is_empty() || house.said().is_empty() {
        round += 1;
        assert!(round < 600, "nothing is said: {}", served.log());
        let guid = format!("again-{round}");
        seen.keep(&deliver(&served, &guid, "pull_request", OPENED));
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    visits_once_more(&served, &mut seen);
    assert_eq!(served.end(), Some(0));
    seen.0.push_str(&served.log());
    // It was verbose, and told of failures: there was something to hide.
    for word in [
        "not judged",
        "octo/linux",
        "a check was asked for",
        "can't be read",
    ] {
        assert!(seen.0.contains(word), "{word}: {}", seen.0);
    }
    let secrets = secrets(&house);
    assert!(secrets.len() > 30, "{}", secrets.len());
    seen.has_none_of(&secrets);
    for comment in house.said() {
        Seen(comment).has_none_of(&secrets);
    }
}

/// The pages when there is something on them.
fn visits_once_more(served: &Served, seen: &mut Seen) {
    for path in ["/", "/runs/1", "/metrics", "/api/v1/runs"] {
        assert_eq!(seen.keep(&served.get(path)), 200, "{path}");
    }
}

#[test]
#[should_panic(expected = "hook-secret-of-the-tests")]
fn a_secret_that_is_shown_is_found() {
    let shown = format!("a log that says {HOOK_SECRET} in a line");
    let known = [PASSWORD.to_owned(), HOOK_SECRET.to_owned()];
    Seen(shown).has_none_of(&known);
}

#[test]
fn mistakes_of_whoever_runs_it_are_told_without_their_secrets() {
    let house = House::new();
    let place = house.place.path();
    let here = place.display().to_string();
    std::fs::write(place.join("password"), PASSWORD).expect("it is ours");
    let broken = key().replace("-----BEGIN", "----BEGIN");
    std::fs::write(place.join("broken.pem"), broken).expect("it is ours");
    std::fs::write(place.join("short"), &API_TOKEN[..19]).expect("it is ours");
    let file = format!("database: \"{}\"\n", house.database);
    let with_password = |address: &str| {
        format!("database: \"{address}\"\ndatabase_password: {{file: {here}/password}}\n")
    };
    let inline = format!("database: \"postgres://uapi:{PASSWORD}@127.0.0.1:9/x\"\n");
    let nowhere = with_password("postgres://uapi@127.0.0.1:9/x");
    for (from, to, says) in [
        (file.as_str(), nowhere.as_str(), "127.0.0.1"),
        (&file, &inline, "database_password"),
        ("/app.pem", "/broken.pem", "no RSA private key"),
        ("/token}", "/short}", "web.tokens[0].token"),
        ("/hook}", "/nowhere}", "nowhere"),
    ] {
        house.reconfigure(from, to);
        let output = house.command(&["serve"]).output().expect("it runs");
        house.reconfigure(to, from);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{says}: {said}");
        let seen = Seen(said);
        seen.has_none_of(&secrets(&house));
        assert!(!seen.0.contains(&API_TOKEN[..19]), "{}", seen.0);
    }
}
