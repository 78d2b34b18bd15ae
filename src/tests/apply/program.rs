//! `uapi-check patch`, the built program, on made-up kernels: the same findings as for the range that the mails
//! were made from, which base was chosen, and what is said of a series that is not all there.

use crate::support::series::{Series, header};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub const STATS: &str = "include/uapi/linux/demo_stats.h";
pub const OTHER: &str = "include/uapi/linux/demo_other.h";
pub const DRIVER: &str = "drivers/net/demo.c";

pub fn stats(fields: &str) -> String {
    header(
        "DEMO_STATS",
        &format!("struct demo_stats {{\n{fields}\n}};"),
    )
}

pub fn start() -> Series {
    let driver = "int a;\n\n\n\nint b;\n\n\n\nint c;\n";
    Series::released(&[(STATS, &stats("__u32 a;\n__u32 b;")), (DRIVER, driver)])
}

/// A break, an addition, and something that no header shows.
pub fn three(series: &mut Series) {
    series.commit(
        "stats: break it",
        &[(STATS, &stats("__u32 n;\n__u32 a;\n__u32 b;"))],
    );
    let other = header("OTHER", "struct other {\n__u32 a;\n};");
    series.commit("other: add it", &[(OTHER, &other)]);
    series.commit(
        "driver: work",
        &[(DRIVER, "int a;\n\n\n\nint x;\n\n\n\nint c;\n")],
    );
}

/// The mails of everything since v6.1, in a directory.
pub fn mails(series: &Series, options: &[&str]) -> TempDir {
    let place = tempfile::tempdir().expect("the system has room");
    let range = series.range();
    let output = Command::new("git")
        .current_dir(series.repository.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
        .args(["format-patch", "-q", "-o"])
        .arg(place.path())
        .args(options)
        .arg(range)
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    place
}

pub fn files(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).expect("it is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

pub fn path(place: &Path) -> &str {
    place.to_str().expect("a plain name")
}

pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

/// The findings without the commits, which are others.
pub fn findings(report: &Value) -> Vec<Value> {
    let mut findings = list(report, "findings").to_vec();
    for finding in &mut findings {
        finding["commit"] = finding["commit"]["subject"].take();
    }
    findings
}

pub fn conclusions(report: &Value) -> Vec<(u64, &str)> {
    let patches = list(&report["series"], "patches").iter();
    patches
        .map(|patch| {
            let position = patch["position"].as_u64().expect("a number");
            (position, patch["conclusion"].as_str().expect("a word"))
        })
        .collect()
}

pub fn problems(report: &Value) -> String {
    report["series"]["problems"].to_string()
}

#[test]
fn patches_and_their_range_have_the_same_findings() {
    let mut series = start();
    three(&mut series);
    let range = series.range();
    let (status, of_range) = series.json(&["--per-commit", "--all", &range]);
    let place = mails(&series, &[]);
    let (of_patches, report) =
        series.json(&["patch", path(place.path()), "--base", "v6.1", "--all"]);
    assert_eq!((status, of_patches), (1, 1));
    assert!(findings(&report).len() > 2);
    assert_eq!(findings(&report), findings(&of_range));
    for key in [
        "conclusion",
        "summary",
        "gaps",
        "approvals",
        "examined",
        "released",
    ] {
        assert_eq!(report[key], of_range[key], "{key}");
    }
    assert_eq!(report["base"]["commit"], of_range["base"]["commit"]);
    assert_eq!(report["base"]["chosen_by"], "named");
    assert_eq!(
        (&of_range["base"]["chosen_by"], &of_range["series"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(report["head"]["commit"], Value::Null);
    assert_eq!(
        conclusions(&report),
        [(1, "fail"), (2, "pass"), (3, "pass")]
    );
    assert_eq!(problems(&report), "[]");
}

#[test]
fn a_patch_that_only_comments_passes() {
    let mut series = start();
    let text = stats("/* why */\n__u32 a;\n__u32 b;");
    series.commit("stats: say why", &[(STATS, &text)]);
    let place = mails(&series, &[]);
    let file = files(place.path()).remove(0);
    let (status, report) = series.json(&["patch", path(&file), "--base", "v6.1"]);
    assert_eq!((status, &report["conclusion"]), (0, &"pass".into()));
    assert_eq!(conclusions(&report), [(1, "pass")]);
}

#[test]
fn the_base_is_what_the_series_says_or_what_its_files_are() {
    let mut series = start();
    let range_start = series.range();
    let first = range_start.rsplit_once("..").expect("a range").1.to_owned();
    three(&mut series);
    let said = mails(&series, &["--base=v6.1"]);
    let (_, report) = series.json(&["patch", path(said.path())]);
    assert_eq!(report["base"]["chosen_by"], "base-commit");
    assert_eq!(report["base"]["commit"], first.as_str());
    // Nothing is said: v6.1 has the files that the patches were made from, a later tag has others.
    let plain = mails(&series, &[]);
    series.commit(
        "stats: else",
        &[(STATS, &stats("__u64 x;")), (DRIVER, "int z;\n")],
    );
    series.tag("v6.2-rc1");
    let (status, report) = series.json(&["patch", path(plain.path())]);
    assert_eq!((status, &report["base"]["chosen_by"]), (1, &"blobs".into()));
    assert_eq!(report["base"]["rev"], "v6.1");
    let output = series.run(&["patch", path(plain.path())]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("Base: v6.1 (") && text.contains("guessed"),
        "{text}"
    );
    assert!(
        text.contains("commit: patch 1/3 (\"stats: break it\")"),
        "{text}"
    );
}

#[test]
fn patches_from_standard_input_and_an_mbox_are_the_same() {
    let mut series = start();
    three(&mut series);
    let place = mails(&series, &[]);
    let all: Vec<u8> = files(place.path())
        .iter()
        .flat_map(|file| fs::read(file).expect("a mail"))
        .collect();
    let (_, of_directory) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    let output = piped(
        &series,
        &["patch", "-", "--base", "v6.1", "--format", "json"],
        &all,
    );
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(report["findings"], of_directory["findings"]);
    assert_eq!(report["series"], of_directory["series"]);
}

fn piped(series: &Series, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = crate::support::program()
        .args(arguments)
        .args(["--target", "x86_64", "--repo"])
        .arg(series.repository.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input).expect("the program reads all of it");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn mistakes_are_one_line_and_nothing_is_left_behind() {
    let mut series = start();
    three(&mut series);
    let place = mails(&series, &[]);
    let temporary = tempfile::tempdir().expect("the system has room");
    let before = objects(&series.repository.path());
    let run = |arguments: &[&str]| {
        let mut command = crate::support::program();
        command.env("TMPDIR", temporary.path()).args(arguments);
        command.arg("--repo").arg(series.repository.path());
        command
            .args(["--target", "x86_64"])
            .output()
            .expect("the program runs")
    };
    for (arguments, words) in [
        (
            &["patch", path(place.path()), "--base", "nonsense"][..],
            "bad revision `nonsense`",
        ),
        (&["patch", "/nowhere.patch"], "/nowhere.patch"),
        (
            &["patch", path(place.path()), "--version", "7"],
            "there is no version 7",
        ),
        (&["patch", path(&series.repository.path())], "patch"),
    ] {
        let output = run(arguments);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(words) && err.lines().count() == 1, "{err}");
    }
    assert_eq!(run(&["patch", path(place.path())]).status.code(), Some(1));
    assert_eq!(files(temporary.path()), Vec::<PathBuf>::new());
    assert_eq!(objects(&series.repository.path()), before);
}

/// Every file of a repository, with its size and when it was written.
fn objects(place: &Path) -> Vec<(PathBuf, u64, std::time::SystemTime)> {
    let mut found = Vec::new();
    let mut to_visit = vec![place.to_owned()];
    while let Some(folder) = to_visit.pop() {
        for file in files(&folder) {
            if file.is_dir() {
                to_visit.push(file);
                continue;
            }
            let about = fs::metadata(&file).expect("it is there");
            found.push((file, about.len(), about.modified().expect("Linux keeps it")));
        }
    }
    found.sort();
    found
}

#[test]
fn each_patch_says_whether_somebody_has_still_to_agree() {
    let owned = "DEMO\nM:\tAnn Example <ann@example.org>\nS:\tMaintained\nF:\tinclude/uapi/linux/demo_stats.h\n";
    let mut series = Series::released(&[
        (STATS, &stats("__u32 a;\n__u32 b;")),
        (DRIVER, "int a;\n"),
        ("MAINTAINERS", owned),
    ]);
    let added = stats("__u32 a;\n__u32 b;\n};\nstruct other {\n__u32 b;");
    series.commit("driver: work", &[(DRIVER, "int x;\n")]);
    series.commit(
        "stats: add a type\n\nAcked-by: Ann Example <ann@example.org>",
        &[(STATS, &added)],
    );
    let place = mails(&series, &[]);
    let (status, report) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    assert_eq!(
        (status, &report["conclusion"]),
        (0, &"needs-approval".into())
    );
    assert_eq!(conclusions(&report), [(1, "pass"), (2, "needs-approval")]);
    let (status, _) = series.json(&[
        "patch",
        path(place.path()),
        "--base",
        "v6.1",
        "--require-approvals",
    ]);
    assert_eq!(status, 1);
    // The message of a patch counts as that of a commit does: what it says of others is a claim.
    let alone = files(place.path()).remove(1);
    let (_, report) = series.json(&["patch", path(&alone), "--base", "v6.1"]);
    let said = &report["approvals"][0]["by"][0];
    assert_eq!(
        (&said["claimed"], &report["approvals"][0]["state"]),
        (&true.into(), &"missing".into())
    );
}
