//! The scripts do their work: the one of the action against a GitHub on loopback, the hook in a real push.

use super::place;
use crate::forms::{changed, unchanged};
use crate::support::CACHE;
use crate::support::series::Series;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::JoinHandle;

const PROGRAM: &str = env!("CARGO_BIN_EXE_uapi-check");
const TOKEN: &str = "not-to-be-seen-anywhere";

fn git(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("UAPI_CHECK", PROGRAM).env(CACHE, "");
    command.output().expect("git runs")
}

fn id(series: &Series, name: &str) -> String {
    let output = git(&series.repository.path(), &["rev-parse", name]);
    let id = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .trim()
        .to_owned();
    assert_eq!(id.len(), 40, "{name}");
    id
}

/// Answers one request with the commit that a change begins at, and gives what was asked.
fn github(merge_base: &str) -> (String, JoinHandle<Vec<String>>) {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", server.local_addr().expect("an address"));
    let body = format!("{{\"merge_base_commit\": {{\"sha\": \"{merge_base}\"}}}}");
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a request");
        let lines = BufReader::new(stream.try_clone().expect("the stream")).lines();
        let asked: Vec<String> = lines
            .map(|line| line.expect("a line"))
            .take_while(|line| !line.is_empty())
            .collect();
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).expect("sent");
        asked
    });
    (url, answer)
}

/// What a step of a workflow leaves.
struct Step {
    output: Output,
    files: Vec<String>,
    asked: Vec<String>,
}

/// The action's script on a pull request from v6.1 to the last commit of a series.
fn step(series: &Series) -> Step {
    let scratch = tempfile::tempdir().expect("a place");
    let range = series.range();
    let head = range.split_once("..").expect("a range").1;
    let base = id(series, "v6.1^{commit}");
    let (api, answer) = github(&base);
    let names = ["output", "summary", "sarif", "html"];
    let file = |name: &str| scratch.path().join(name);
    let repository = series.repository.path();
    let parent = repository.parent().expect("a directory");
    let name = repository.file_name().expect("a name");
    let output = Command::new(place("action/check.sh"))
        .arg(PROGRAM)
        .env("BASE", &base)
        .env("HEAD", head)
        .env("TOKEN", TOKEN)
        .env("FAIL_ON", "break")
        .env("TARGETS", "x86_64")
        .env("RELEASED", "v6.1")
        .env("UNDECIDED", "fail")
        .env("SARIF", file("sarif"))
        .env("HTML", file("html"))
        .env("GITHUB_SERVER_URL", format!("file://{}", parent.display()))
        .env("GITHUB_REPOSITORY", name)
        .env("GITHUB_API_URL", api)
        .env("GITHUB_OUTPUT", file("output"))
        .env("GITHUB_STEP_SUMMARY", file("summary"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("bash runs");
    let asked = match output.status.code() {
        Some(2) => Vec::new(),
        _ => answer.join().expect("answered"),
    };
    let read = |name: &&str| std::fs::read_to_string(file(name)).unwrap_or_default();
    Step {
        output,
        files: names.iter().map(read).collect(),
        asked,
    }
}

#[test]
fn the_action_annotates_sums_up_and_fails_where_programs_break() {
    let step = step(&changed());
    assert_eq!(step.output.status.code(), Some(1), "{:?}", step.output);
    let out = String::from_utf8_lossy(&step.output.stdout).into_owned();
    assert!(
        out.contains("::error file=include/uapi/linux/demo.h,line="),
        "{out}"
    );
    let [output, summary, sarif, html] = &step.files[..] else {
        panic!("four files")
    };
    assert_eq!(output, "status=1\n");
    assert!(summary.starts_with("**uapi-check: fail**"), "{summary}");
    assert!(sarif.contains("\"2.1.0\"") && html.starts_with("<!DOCTYPE html>"));
    // Both ends were asked for, with the token, which stands nowhere else.
    assert!(step.asked[0].starts_with("GET /repos/"), "{:?}", step.asked);
    assert!(step.asked[0].contains("/compare/"));
    let header = format!("authorization: bearer {TOKEN}");
    assert!(
        step.asked
            .iter()
            .any(|line| line.to_ascii_lowercase() == header),
        "{:?}",
        step.asked
    );
    let err = String::from_utf8_lossy(&step.output.stderr).into_owned();
    for text in step.files.iter().chain([&out, &err]) {
        assert!(!text.contains(TOKEN));
    }
}

#[test]
fn the_action_passes_where_nothing_breaks() {
    let step = step(&unchanged());
    assert_eq!(step.output.status.code(), Some(0), "{:?}", step.output);
    assert_eq!(step.files[0], "status=0\n");
    assert!(!String::from_utf8_lossy(&step.output.stdout).contains("::"));
}

/// Pushes the last commit of a series to a new repository that has v6.1, with the hook in force.
fn push(series: &Series, options: &[&str]) -> Output {
    let scratch = tempfile::tempdir().expect("a place");
    let remote = scratch.path().join("remote.git");
    let made = git(scratch.path(), &["init", "--quiet", "--bare", "remote.git"]);
    assert!(made.status.success(), "{made:?}");
    let url = remote.to_str().expect("UTF-8");
    let here = &series.repository.path();
    let first = git(
        here,
        &["push", "--quiet", url, "v6.1^{commit}:refs/heads/main"],
    );
    assert!(first.status.success(), "{first:?}");
    let hooks = format!("core.hooksPath={}", place("hooks").display());
    let range = series.range();
    let head = range.split_once("..").expect("a range").1;
    let target = format!("{head}:refs/heads/main");
    let mut arguments = vec!["-c", &hooks, "push", "--quiet"];
    arguments.extend(options);
    arguments.extend([url, &target]);
    git(here, &arguments)
}

#[test]
fn the_hook_stops_a_push_that_breaks_programs_and_no_other() {
    let stopped = push(&changed(), &[]);
    let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(!stopped.status.success(), "{said}");
    assert!(said.contains("this breaks programs"), "{said}");
    let passed = push(&unchanged(), &[]);
    assert!(passed.status.success(), "{passed:?}");
    assert!(push(&changed(), &["--no-verify"]).status.success());
}
