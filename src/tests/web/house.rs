//! A service of its own for each test: a store in a file, the router, and runs put into the store as a worker does it.

use crate::support;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tower::ServiceExt;
use uapi_check::judge::Catalogue;
use uapi_check::service::config;
use uapi_check::store::{NewJob, NewRun, Outcome, RunFinding, Store};
use uapi_check::web::{Parts, Web, app};

/// What deliveries are signed with.
pub const SECRET: &str = "it is a secret of the webhook";
/// The secret before that, which still counts.
pub const OLD_SECRET: &str = "it was a secret of the webhook";
/// What whoever asks for checks has.
pub const TOKEN: &str = "a-token-of-the-continuous-integration";

/// A service.
pub struct House {
    pub store: Arc<Store>,
    pub place: TempDir,
    /// Its store, as its configuration names it.
    pub database: String,
    web: Web,
    tell: watch::Sender<bool>,
    end: watch::Receiver<bool>,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a text"))
    }
}

impl House {
    pub async fn new() -> Self {
        Self::in_place(None, None).await
    }

    /// One with a database that others have, too, and a repository.
    pub async fn on(database: &str, repository: &Path) -> Self {
        Self::in_place(Some(database), Some(repository)).await
    }

    async fn in_place(database: Option<&str>, repository: Option<&Path>) -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        let at = |name: &str| place.path().join(name);
        for (name, text) in [("secret", SECRET), ("old", OLD_SECRET), ("token", TOKEN)] {
            std::fs::write(at(name), text).expect("it is ours");
        }
        let here = place.path().display();
        let own = || support::database::of_its_own(&at("web.db"));
        let database = database.map_or_else(own, str::to_owned);
        let repository = repository.unwrap_or(place.path()).display();
        let text = format!(
            "database: \"{database}\"\ncontact: ops@example.org\ncheck: {{targets: [x86_64]}}\n\
             repositories: {{linux: {{path: {repository}}}}}\n\
             web: {{tokens: [{{name: ci, token: {{file: {here}/token}}}}]}}\n\
             github:\n  directory: {here}/cache\n  token: {{file: {here}/token}}\n  repositories: {{octo/linux: {{}}}}\n  \
             webhook_secrets: [{{file: {here}/secret}}, {{file: {here}/old}}]\n"
        );
        std::fs::write(at("serve.yaml"), text).expect("it is ours");
        let settings = config::read(&at("serve.yaml")).expect("settings");
        let opened = settings.database().expect("an address");
        let store = Arc::new(Store::open(&opened).await.expect("a store"));
        let (tell, end) = watch::channel(false);
        let parts = Parts {
            store: Arc::clone(&store),
            catalogue: Catalogue::embedded().expect("rules"),
            arrived: Arc::new(Notify::new()),
            end: end.clone(),
        };
        let web = Web::new(&settings, parts).expect("secrets");
        Self {
            store,
            place,
            database,
            web,
            tell,
            end,
        }
    }

    /// What the router answers.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = app(self.web.clone()).oneshot(request).await;
        let answer = answer.expect("the router does not fail");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        Answer {
            status,
            headers,
            body: body.expect("it ends").to_vec(),
        }
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.ask(
            request("GET", address)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// Serves on a port of its own.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let app = app(self.web.clone());
        tokio::spawn(uapi_check::web::serve(listener, app, 64, self.end.clone()));
        address
    }

    /// The service is told to end.
    pub fn end(&self) {
        self.tell.send(true).expect("somebody listens");
    }

    /// A worker finds something out. The number of the run.
    pub async fn run(&self, subject: &str, title: &str, conclusion: &str) -> i64 {
        self.keep(subject, title, conclusion, report()).await
    }

    /// The same with a report.
    pub async fn keep(&self, subject: &str, title: &str, conclusion: &str, report: &Value) -> i64 {
        let job = NewJob {
            name: format!("test {subject}"),
            kind: "test".to_owned(),
            payload: Vec::new(),
        };
        let now = 1_800_000_000;
        self.store.note(None, &[job], now).await.expect("noted");
        let job = self.store.take_job(now, 60).await.expect("taken");
        let job = job.expect("there is one");
        let rows = report["findings"].as_array().expect("findings");
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let findings = rows.iter().map(|row| RunFinding {
            fingerprint: text(row, "fingerprint"),
            rule: text(row, "rule"),
            verdict: text(row, "verdict"),
            subject: text(row, "subject"),
            header: text(row, "header"),
        });
        let run = NewRun {
            subject: subject.to_owned(),
            title: title.to_owned(),
            url: "https://github.example/octo/linux/pull/12".to_owned(),
            base: "a".repeat(40),
            head: "b".repeat(40),
            conclusion: conclusion.to_owned(),
            // Each says something else, or it would be no run of its own.
            digest: format!("{title} {conclusion} {}", rows.len()),
            report: serde_json::to_vec(report).expect("JSON"),
            findings: findings.collect(),
            at: now,
            ..NewRun::default()
        };
        let outcome = Outcome {
            runs: vec![run],
            ..Outcome::default()
        };
        assert!(
            self.store
                .finish_job(&job, &outcome, now)
                .await
                .expect("kept")
        );
        self.store.latest_run().await.expect("a number")
    }
}

/// A request as a program sends it.
pub fn request(method: &str, address: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(address)
        .header("host", "uapi.example.org")
}

/// The signature of a body.
pub fn signed(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    let bytes = mac.chain_update(body).finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// What the program says of a struct whose field moved.
pub fn report() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| {
        let place = tempfile::tempdir().expect("the system has room");
        for (side, fields) in [("old", "__u32 a; __u8 b; __u32 c;"), ("new", "__u64 n; __u32 a; __u8 b; __u32 c;")] {
            let folder = place.path().join(side).join("include/uapi/linux");
            std::fs::create_dir_all(&folder).expect("it is ours");
            let text = format!(
                "#include <linux/types.h>\n#include <linux/ioctl.h>\nstruct demo_stats {{ {fields} }};\n\
                 #define DEMO_GET _IOR('d', 1, struct demo_stats)\n"
            );
            std::fs::write(folder.join("demo.h"), text).expect("it is ours");
        }
        let output = support::program()
            .args(["dirs", "--format", "json", "--target", "x86_64"])
            .args([place.path().join("old"), place.path().join("new")])
            .output();
        let output = output.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
        assert_eq!(report["conclusion"], "fail", "{report}");
        report
    })
}
