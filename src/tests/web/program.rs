//! `uapi-check serve`, the built program: a check that somebody asks for, its page, its end, and mistakes of whoever runs it.

use super::TOKEN;
use crate::support::series::{Series, header};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const STATS: &str = "include/uapi/linux/demo_stats.h";

struct Served {
    child: Child,
    address: String,
    client: reqwest::Client,
    _place: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Where the test ended it, there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn stats(fields: &str) -> String {
    let body = format!("struct demo_stats {{\n{fields}\n}};");
    header("DEMO_STATS", &body)
}

fn command(place: &TempDir, repository: &str, more: &str) -> Command {
    let here = place.path().display();
    fs::write(place.path().join("token"), TOKEN).expect("it is ours");
    let config = format!(
        "database: {here}/serve.db\ncontact: ops@example.org\nrepositories: {{linux: {{path: {repository}}}}}\n\
         check: {{targets: [x86_64]}}\nweb:\n  listen: 127.0.0.1:0\n  tokens: [{{name: ci, token: {{file: {here}/token}}}}]\n\
         {more}"
    );
    fs::write(place.path().join("serve.yaml"), config).expect("it is ours");
    let mut command = crate::support::program();
    command.args(["serve", "-v", "--config"]);
    command.arg(place.path().join("serve.yaml"));
    command.env("TMPDIR", place.path());
    command
}

impl Served {
    fn start(series: &Series) -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        let repository = series.repository.path().display().to_string();
        let child = command(&place, &repository, "")
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("the program runs");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut log = String::new();
        let address = loop {
            let more = said.read_line(&mut log).expect("it says something");
            assert!(more > 0, "it ended: {log}");
            let last = log.lines().last().unwrap_or_default();
            if let Some((_, address)) = last.split_once("serving on ") {
                break address.trim().to_owned();
            }
        };
        // Nobody reads the rest, and it must not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self {
            child,
            address,
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            _place: place,
        }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self
            .client
            .get(format!("{}{path}", self.address))
            .send()
            .await;
        answer.expect("it answers").text().await.expect("a text")
    }

    /// Asks for a check and waits for its run.
    async fn checked(&self, kind: &str, body: String) -> Value {
        let asked = self
            .client
            .post(format!("{}/api/v1/runs", self.address))
            .bearer_auth(TOKEN)
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .expect("it answers");
        assert_eq!(asked.status(), 202);
        let asked: Value = asked.json().await.expect("JSON");
        let state = asked["state"].as_str().expect("an address");
        for _ in 0..1200 {
            let job: Value = serde_json::from_str(&self.get(state).await).expect("JSON");
            assert_ne!(job["state"], "given-up", "{job}");
            if job["state"] == "done" {
                return job["run"].clone();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody looks at it: {asked}");
    }

    fn end(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        let told = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        told.expect("it is ours");
        self.child.wait().expect("it ends").code()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_and_a_patch_that_are_asked_for_become_runs() {
    let mut series = Series::released(&[(STATS, &stats("__u32 a;\n__u32 b;"))]);
    let text = stats("__u32 n;\n__u32 a;\n__u32 b;");
    let bad = series.branch(&[("stats: count more", &[(STATS, &text)])]);
    let good = series.branch(&[("driver: work", &[("drivers/net/demo.c", "int a;\n")])]);
    let tip = bad.ids.last().expect("a commit");
    let mut served = Served::start(&series);
    let range =
        |head: &str| json!({"repository": "linux", "base": "v6.1", "head": head}).to_string();
    let run = served.checked("application/json", range(tip)).await;
    assert_eq!(run["conclusion"], "fail", "{run}");
    let page = served.get(run["page"].as_str().expect("an address")).await;
    assert!(page.contains("demo_stats"), "{page}");
    let fine = good.ids.last().expect("a commit");
    let run = served.checked("application/json", range(fine)).await;
    assert_eq!(run["conclusion"], "pass", "{run}");
    let patch = Command::new("git")
        .current_dir(series.repository.path())
        .args([
            "format-patch",
            "--stdout",
            "--base=v6.1",
            &format!("v6.1..{tip}"),
        ])
        .output()
        .expect("git is installed");
    let mails = String::from_utf8(patch.stdout).expect("a text");
    assert!(mails.contains("__u32 n;"), "{mails}");
    let run = served.checked("text/x-patch", mails).await;
    assert_eq!(run["conclusion"], "fail", "{run}");
    assert_eq!(run["title"], "stats: count more", "{run}");
    assert_eq!(served.end(), Some(0));
}

#[test]
fn mistakes_are_told_in_one_line_and_without_secrets() {
    let place = tempfile::tempdir().expect("the system has room");
    let here = place.path().display().to_string();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    for (from, to, says) in [
        ("127.0.0.1:0", format!("127.0.0.1:{port}"), "web.listen"),
        ("/token}", "/nowhere}".to_owned(), "web.tokens[0].token"),
        (
            "/token}",
            "/short}".to_owned(),
            "web.tokens[0].token: it is shorter",
        ),
    ] {
        let mut serve = command(&place, &here, "");
        fs::write(place.path().join("short"), "hunter2").expect("it is ours");
        let path = place.path().join("serve.yaml");
        let config = fs::read_to_string(&path).expect("it is ours");
        assert!(config.contains(from), "{config}");
        fs::write(&path, config.replace(from, &to)).expect("it is ours");
        let output = serve.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{said}");
        assert!(!said.contains("hunter2") && !said.contains(TOKEN), "{said}");
    }
}
