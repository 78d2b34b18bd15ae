//! `--per-commit` through the built program, on made-up histories: who made what, what was taken back,
//! and which commits are looked at at all.

use crate::support::series::{Series, header};
use serde_json::Value;

const XFRM: &str = "include/uapi/linux/demo_xfrm.h";
const STATS: &str = "include/uapi/linux/demo_stats.h";
const OTHER: &str = "include/uapi/linux/demo_other.h";
const DRIVER: &str = "drivers/net/demo.c";

fn messages(names: &str) -> String {
    header("DEMO_XFRM", &format!("enum demo_msg {{ {names} }};"))
}

fn stats(fields: &str) -> String {
    header("DEMO_STATS", &format!("struct demo_stats {{ {fields} }};"))
}

fn start() -> Series {
    Series::released(&[
        (XFRM, &messages("DEMO_MSG_BASE, DEMO_MSG_NEW, DEMO_MSG_MAP")),
        (STATS, &stats("__u32 a; __u32 b;")),
    ])
}

fn check(series: &Series) -> (i32, Value) {
    series.json(&["--per-commit", "--all", &series.range()])
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

/// Subject, verdict and commit of every finding.
fn made(report: &Value) -> Vec<(&str, &str, &str)> {
    let findings = list(report, "findings").iter();
    findings
        .map(|finding| {
            let text = |key| finding.pointer(key).and_then(Value::as_str);
            let text = |key| text(key).unwrap_or_default();
            (text("/subject"), text("/verdict"), text("/commit/id"))
        })
        .collect()
}

fn examined(report: &Value) -> Vec<&str> {
    let commits = list(&report["commits"], "examined").iter();
    commits
        .map(|commit| commit["id"].as_str().expect("an id"))
        .collect()
}

#[test]
fn a_break_and_its_revert_are_told_apart_from_a_break_that_stays() {
    let mut series = start();
    let before = messages("DEMO_MSG_BASE, DEMO_MSG_NEW, DEMO_MSG_MAP");
    let broken = messages("DEMO_MSG_BASE, DEMO_MSG_DEFAULT, DEMO_MSG_NEW, DEMO_MSG_MAP");
    let bad = series.commit("xfrm: add default policy", &[(XFRM, &broken)]);
    series.commit("net: a driver", &[(DRIVER, "int a;\n")]);
    let stays = series.commit(
        "stats: new field",
        &[(STATS, &stats("__u32 n; __u32 a; __u32 b;"))],
    );
    let good = series.commit("Revert \"xfrm: add default policy\"", &[(XFRM, &before)]);
    let (status, report) = check(&series);

    assert_eq!(status, 1);
    let breaks: Vec<_> = made(&report);
    let breaks: Vec<_> = breaks.iter().filter(|(_, v, _)| *v == "break").collect();
    assert!(!breaks.is_empty());
    for (subject, _, commit) in breaks {
        assert_eq!((*subject, *commit), ("struct demo_stats", stays.as_str()));
    }
    assert_eq!(report["commits"]["passed"], 4);
    assert_eq!(examined(&report), [&bad, &stays, &good]);
    let taken_back = list(&report["commits"], "taken_back");
    assert!(!taken_back.is_empty());
    for taken in taken_back {
        assert_eq!(taken["finding"]["verdict"], "break");
        assert_eq!(taken["finding"]["commit"]["id"], bad.as_str());
        assert_eq!(
            taken["finding"]["commit"]["subject"],
            "xfrm: add default policy"
        );
        // The second commit after 2023-11-14T22:13:20Z, a day each.
        assert_eq!(
            taken["finding"]["commit"]["date"],
            "2023-11-16T22:13:20+00:00"
        );
        assert_eq!(taken["taken_back_by"]["id"], good.as_str());
    }
}

#[test]
fn a_break_that_was_taken_back_fails_no_run() {
    let mut series = start();
    series.commit(
        "stats: grow",
        &[(STATS, &stats("__u32 n; __u32 a; __u32 b;"))],
    );
    series.commit(
        "stats: comment",
        &[(
            XFRM,
            &(messages("DEMO_MSG_BASE, DEMO_MSG_NEW, DEMO_MSG_MAP") + "/* why */\n"),
        )],
    );
    // Not a plain revert: the field goes to the end.
    series.commit(
        "stats: append instead",
        &[(STATS, &stats("__u32 a; __u32 b; __u32 n;"))],
    );
    let output = series.run(&["--per-commit", &series.range()]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("Commits: 3 commits, 3 of them touch"),
        "{text}"
    );
    assert!(text.contains("Within the range: "), "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("(\"stats: grow\"), 2023-11-16"), "{text}");
    assert!(
        flat.contains("(\"stats: append instead\"), 2023-11-18"),
        "{text}"
    );
    // Without --per-commit nobody is told of it.
    let plain = series.run(&[&series.range()]);
    assert!(!String::from_utf8_lossy(&plain.stdout).contains("Within the range"));
}

#[test]
fn of_two_commits_that_changed_the_same_the_last_is_named() {
    let mut series = start();
    let one = messages("DEMO_MSG_BASE, DEMO_A, DEMO_MSG_NEW, DEMO_MSG_MAP");
    let two = messages("DEMO_MSG_BASE, DEMO_A, DEMO_B, DEMO_MSG_NEW, DEMO_MSG_MAP");
    let first = series.commit("one", &[(XFRM, &one)]);
    let second = series.commit("two", &[(XFRM, &two)]);
    let (status, report) = check(&series);
    assert_eq!(status, 1);
    let made = made(&report);
    let of = |verdict| made.iter().filter(move |(_, found, _)| *found == verdict);
    assert!(of("break").count() > 0);
    for (_, _, commit) in of("break") {
        assert_eq!(*commit, second);
    }
    let added = made.iter().find(|(subject, ..)| *subject == "DEMO_A");
    assert_eq!(added, Some(&("DEMO_A", "ok", first.as_str())));
    // Both are breaks of the range: nothing was taken back.
    assert!(list(&report["commits"], "taken_back").is_empty());
}

#[test]
fn what_is_new_in_the_range_may_change_within_it() {
    let mut series = start();
    series.commit(
        "new",
        &[(OTHER, &header("OTHER", "struct other { __u32 a; };"))],
    );
    series.commit(
        "again",
        &[(
            OTHER,
            &header("OTHER", "struct other { __u32 n; __u32 a; };"),
        )],
    );
    let (status, report) = check(&series);
    assert_eq!(status, 0);
    assert!(list(&report["commits"], "taken_back").is_empty());
    assert_eq!(examined(&report).len(), 2);
}

#[test]
fn a_merge_that_only_joins_made_nothing() {
    let mut series = start();
    let broken = stats("__u32 n; __u32 a; __u32 b;");
    let branch = series.branch(&[("side: break", &[(STATS, &broken)])]);
    let more = messages("DEMO_MSG_BASE, DEMO_MSG_NEW, DEMO_MSG_MAP, DEMO_MSG_MORE");
    let main = series.commit("main: append", &[(XFRM, &more)]);
    series.merge(&branch, &[]);
    let (status, report) = check(&series);
    assert_eq!(status, 1);
    let side = branch.ids[0].as_str();
    let mut both = vec![side, main.as_str()];
    both.sort_unstable();
    let mut found = examined(&report);
    found.sort_unstable();
    assert_eq!((found, &report["commits"]["passed"]), (both, &3.into()));
    for (subject, verdict, commit) in made(&report) {
        let expected = if subject == "struct demo_stats" {
            side
        } else {
            &main
        };
        assert_eq!(commit, expected, "{subject} {verdict}");
    }
}

#[test]
fn what_a_merge_made_itself_is_laid_to_it() {
    let mut series = start();
    let with = |names: &str| {
        messages(&format!(
            "DEMO_MSG_BASE, DEMO_MSG_NEW, DEMO_MSG_MAP, {names}"
        ))
    };
    let branch = series.branch(&[("side", &[(XFRM, &with("DEMO_SIDE"))])]);
    let main = series.commit("main", &[(XFRM, &with("DEMO_MAIN"))]);
    // Whoever merged gave the branch's message another number, and broke a struct that neither touched.
    let files = [
        (XFRM, with("DEMO_MAIN, DEMO_SIDE")),
        (STATS, stats("__u32 n; __u32 a; __u32 b;")),
    ];
    let files = [
        (files[0].0, files[0].1.as_str()),
        (files[1].0, files[1].1.as_str()),
    ];
    let merge = series.merge(&branch, &files);
    let (status, report) = check(&series);
    assert_eq!(status, 1);
    assert_eq!(examined(&report).len(), 3);
    let made = made(&report);
    let commit = |name: &str| {
        let found = made.iter().find(|(subject, ..)| *subject == name);
        found.map(|(_, _, commit)| *commit)
    };
    assert_eq!(commit("struct demo_stats"), Some(merge.as_str()));
    assert_eq!(commit("DEMO_SIDE"), Some(merge.as_str()));
    assert_eq!(commit("DEMO_MAIN"), Some(main.as_str()));
}

#[test]
fn a_renamed_header_is_laid_to_the_commit_that_renamed_it() {
    let mut series = start();
    series.commit("driver", &[(DRIVER, "int a;\n")]);
    let text = stats("__u32 a; __u32 b;");
    let renamed = series.commit(
        "rename",
        &[(STATS, ""), ("include/uapi/linux/demo_moved.h", &text)],
    );
    series.commit("driver again", &[(DRIVER, "int b;\n")]);
    let (status, report) = check(&series);
    assert_eq!((status, examined(&report)), (1, vec![renamed.as_str()]));
    let made = made(&report);
    let gone = made
        .iter()
        .find(|(subject, ..)| *subject == "linux/demo_stats.h");
    assert_eq!(
        gone,
        Some(&("linux/demo_stats.h", "break", renamed.as_str()))
    );
}

#[test]
fn commits_that_touch_no_header_are_passed_and_not_judged() {
    let mut series = start();
    let mut expected = Vec::new();
    for number in 0..40 {
        let text = format!("int x{number};\n");
        series.commit("driver", &[(DRIVER, &text)]);
        series.commit("internal", &[("include/linux/demo_stats.h", &text)]);
        if number % 20 == 7 {
            let body = format!("struct other{number} {{ __u32 a; }};");
            expected.push(series.commit("header", &[(OTHER, &header("OTHER", &body))]));
        }
    }
    let (_, report) = check(&series);
    assert_eq!(report["commits"]["passed"], 82);
    assert_eq!(examined(&report), expected);
}

#[test]
fn a_single_commit_and_a_run_without_the_flag() {
    let mut series = start();
    let only = series.commit(
        "stats: grow",
        &[(STATS, &stats("__u32 n; __u32 a; __u32 b;"))],
    );
    let (status, report) = series.json(&["--per-commit", &only]);
    assert_eq!((status, examined(&report)), (1, vec![only.as_str()]));
    let (status, report) = series.json(&[&only]);
    assert_eq!(status, 1);
    assert_eq!(report["commits"], Value::Null);
    assert_eq!(report["findings"][0]["commit"], Value::Null);
}
