//! `uapi-check serve`, the built program: a check that somebody asks for, its page, its end, and mistakes of whoever runs it.

use super::TOKEN;
use crate::support::series::{Series, header};
use crate::support::served::Served;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// The header that is changed.
pub const STATS: &str = "include/uapi/linux/demo_stats.h";

/// That header with some fields in its struct.
pub fn stats(fields: &str) -> String {
    let body = format!("struct demo_stats {{\n{fields}\n}};");
    header("DEMO_STATS", &body)
}

/// The mails of the commits from v6.1 on.
pub fn format_patch(series: &Series, head: &str) -> String {
    let range = format!("v6.1..{head}");
    let patch = Command::new("git")
        .current_dir(series.repository.path())
        .args(["format-patch", "--stdout", "--base=v6.1", &range])
        .output()
        .expect("git is installed");
    String::from_utf8(patch.stdout).expect("a text")
}

/// What serves in a place, with a repository.
pub fn command(place: &TempDir, repository: &str, more: &str) -> Command {
    let here = place.path().display();
    let database = crate::support::database::of_its_own(&place.path().join("serve.db"));
    fs::write(place.path().join("token"), TOKEN).expect("it is ours");
    let config = format!(
        "database: \"{database}\"\ncontact: ops@example.org\nrepositories: {{linux: {{path: {repository}}}}}\n\
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

/// Asks for a check and waits for its run.
fn checked(served: &Served, kind: &str, body: String) -> Value {
    let right = format!("Bearer {TOKEN}");
    let fields = [("content-type", kind), ("authorization", &right)];
    let asked = served.post("/api/v1/runs", &fields, body);
    assert_eq!(asked.status, 202, "{}", asked.body);
    let asked: Value = serde_json::from_str(&asked.body).expect("JSON");
    let state = asked["state"].as_str().expect("an address");
    let job = || -> Value { serde_json::from_str(&served.get(state).body).expect("JSON") };
    served.until("a run", || {
        let job = job();
        assert_ne!(job["state"], "given-up", "{job}");
        job["state"] == "done"
    });
    job()["run"].clone()
}

#[test]
fn a_range_and_a_patch_that_are_asked_for_become_runs() {
    let mut series = Series::released(&[(STATS, &stats("__u32 a;\n__u32 b;"))]);
    let text = stats("__u32 n;\n__u32 a;\n__u32 b;");
    let bad = series.branch(&[("stats: count more", &[(STATS, &text)])]);
    let good = series.branch(&[("driver: work", &[("drivers/net/demo.c", "int a;\n")])]);
    let tip = bad.ids.last().expect("a commit");
    let place = tempfile::tempdir().expect("the system has room");
    let repository = series.repository.path().display().to_string();
    let mut served = Served::start(command(&place, &repository, ""));
    let range =
        |head: &str| json!({"repository": "linux", "base": "v6.1", "head": head}).to_string();
    let run = checked(&served, "application/json", range(tip));
    assert_eq!(run["conclusion"], "fail", "{run}");
    let page = served.get(run["page"].as_str().expect("an address")).body;
    assert!(page.contains("demo_stats"), "{page}");
    let fine = good.ids.last().expect("a commit");
    let run = checked(&served, "application/json", range(fine));
    assert_eq!(run["conclusion"], "pass", "{run}");
    let mails = format_patch(&series, tip);
    assert!(mails.contains("__u32 n;"), "{mails}");
    let run = checked(&served, "text/x-patch", mails);
    assert_eq!(run["conclusion"], "fail", "{run}");
    assert_eq!(run["title"], "stats: count more", "{run}");
    assert_eq!(served.end(), Some(0));
    // Nobody watches, so there are no colours.
    let log = served.log();
    assert!(log.contains("serving on"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
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
