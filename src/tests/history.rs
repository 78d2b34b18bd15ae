//! `uapi-check history` through the built program, on made-up histories: what happened to a name, when,
//! and in which release.

use crate::support::series::{Series, header};
use serde_json::{Value, json};

const XFRM: &str = "include/uapi/linux/demo_xfrm.h";
const STATS: &str = "include/uapi/linux/demo_stats.h";

fn mapping(number: u32) -> String {
    header("DEMO_XFRM", &format!("#define DEMO_MSG_MAPPING {number}"))
}

fn stats(fields: &str) -> String {
    header("DEMO_STATS", &format!("struct demo_stats {{ {fields} }};"))
}

fn history(series: &Series, arguments: &[&str]) -> Value {
    let (status, document) = series.json(&[&["history", &series.range()], arguments].concat());
    assert_eq!(status, 0, "{document:#}");
    document
}

/// What, release, verdict and restored release of every event of a name; none where it has no life.
fn events(document: &Value, name: &str) -> Vec<(String, String, String, String)> {
    let lives = document["lives"].as_array().expect("a list");
    let life = lives.iter().find(|life| life["subject"] == name);
    let events = life.and_then(|life| life["events"].as_array());
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let event = |event: &Value| {
        (
            text(&event["what"]),
            text(&event["release"]),
            text(&event["verdict"]),
            text(&event["restores"]["release"]),
        )
    };
    events.into_iter().flatten().map(event).collect()
}

fn event(parts: [&str; 4]) -> (String, String, String, String) {
    let [what, release, verdict, restores] = parts.map(str::to_owned);
    (what, release, verdict, restores)
}

#[test]
fn a_fix_of_an_old_break_restores_the_value_and_breaks_again() {
    let mut series = Series::released(&[(XFRM, &mapping(38))]);
    let broken = series.commit("break it", &[(XFRM, &mapping(40))]);
    series.tag("v6.2");
    series.commit("say why", &[(XFRM, &(mapping(40) + "/* of course */\n"))]);
    series.tag("v6.3");
    series.commit("mend it", &[(XFRM, &mapping(38))]);
    series.tag("v6.4");
    let document = history(&series, &[]);
    let expected = [
        event(["broken", "v6.2", "break", "-"]),
        event(["restored", "v6.4", "break", "v6.1"]),
    ];
    assert_eq!(events(&document, "DEMO_MSG_MAPPING"), expected);
    let mended = &document["lives"][0]["events"][1];
    assert_eq!(mended["restores"]["undone"], broken.as_str());
    assert_eq!(
        (&mended["before"], &mended["after"]),
        (&json!("40"), &json!("38"))
    );
    let output = series.run(&["history", &series.range(), "--subject", "DEMO_MSG_MAPPING"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("restores the value of release v6.1; breaks programs built in between"),
        "{text}"
    );
}

#[test]
fn a_third_value_restores_nothing() {
    let mut series = Series::released(&[(XFRM, &mapping(38))]);
    series.commit("break it", &[(XFRM, &mapping(40))]);
    series.tag("v6.2");
    series.commit("break it again", &[(XFRM, &mapping(39))]);
    series.tag("v6.3");
    let expected = [
        event(["broken", "v6.2", "break", "-"]),
        event(["broken", "v6.3", "break", "-"]),
    ];
    assert_eq!(events(&history(&series, &[]), "DEMO_MSG_MAPPING"), expected);
}

#[test]
fn a_value_that_no_release_had_is_restored_without_one() {
    let mut series = Series::released(&[(STATS, &stats("__u32 a;"))]);
    for number in [1, 2, 1] {
        series.commit("number", &[(XFRM, &mapping(number))]);
    }
    let expected = [
        event(["added", "-", "ok", "-"]),
        event(["changed", "-", "review", "-"]),
        event(["restored", "-", "review", "-"]),
    ];
    assert_eq!(events(&history(&series, &[]), "DEMO_MSG_MAPPING"), expected);
}

#[test]
fn a_struct_is_added_changed_broken_and_removed() {
    let mut series = Series::released(&[(XFRM, &mapping(38))]);
    let steps: [(&str, &[&str]); 4] = [
        ("v6.2", &["__u32 a; __u32 b;"]),
        // A comment is no event, and neither is another spelling of nothing.
        (
            "v6.3",
            &[
                "__u32 a; /* bytes */ __u32 b;",
                "__u32 a; __u32 b; __u32 c; __u32 d;",
            ],
        ),
        ("v6.4", &["__u32 b; __u32 a; __u32 c; __u32 d;"]),
        ("v6.5", &[]),
    ];
    for (release, texts) in steps {
        for fields in texts {
            series.commit("stats", &[(STATS, &stats(fields))]);
        }
        if texts.is_empty() {
            series.commit("stats: gone", &[(STATS, "")]);
        }
        series.tag(release);
    }
    let document = history(&series, &["--subject", "demo_stats"]);
    let life = events(&document, "struct demo_stats");
    let what: Vec<_> = life
        .iter()
        .map(|(what, release, ..)| (what.as_str(), release.as_str()))
        .collect();
    let expected = [
        ("added", "v6.2"),
        ("changed", "v6.3"),
        ("broken", "v6.4"),
        ("removed", "v6.5"),
    ];
    assert_eq!(what, expected);
    assert_eq!(document["lives"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["commits"], json!({"passed": 5, "examined": 5}));
    // The name went with its header, and the event says so.
    let last = &document["lives"][0]["events"][3];
    assert_eq!(last["dragged_by"], "linux/demo_stats.h");
}

#[test]
fn a_renamed_header_takes_its_names_along_and_they_live_on() {
    let mut series = Series::released(&[(STATS, &stats("__u32 a;"))]);
    series.commit(
        "rename",
        &[
            (STATS, ""),
            ("include/uapi/linux/demo_moved.h", &stats("__u32 a;")),
        ],
    );
    let document = history(&series, &[]);
    let what = |name| {
        events(&document, name)
            .into_iter()
            .map(|(what, ..)| what)
            .collect::<Vec<_>>()
    };
    assert_eq!(what("linux/demo_stats.h"), ["removed"]);
    assert_eq!(what("linux/demo_moved.h"), ["added"]);
    assert!(!what("struct demo_stats").contains(&"removed".to_owned()));
}

#[test]
fn the_release_of_a_branch_is_the_one_that_merged_it() {
    let mut series = Series::released(&[(XFRM, &mapping(38)), (STATS, &stats("__u32 a;"))]);
    let branch = series.branch(&[("side", &[(XFRM, &mapping(40))])]);
    series.commit("main", &[(STATS, &stats("__u32 b; __u32 a;"))]);
    series.tag("v6.2");
    series.merge(&branch, &[]);
    series.tag("v6.3");
    let document = history(&series, &[]);
    assert_eq!(
        events(&document, "DEMO_MSG_MAPPING"),
        [event(["broken", "v6.3", "break", "-"])]
    );
    assert_eq!(events(&document, "struct demo_stats")[0].1, "v6.2");
    assert_eq!(document["commits"], json!({"passed": 3, "examined": 2}));
}

#[test]
fn a_name_to_which_nothing_happened_is_said_to_be_so() {
    let mut series = Series::released(&[(XFRM, &mapping(38)), (STATS, &stats("__u32 a;"))]);
    series.commit("break it", &[(XFRM, &mapping(40))]);
    let output = series.run(&["history", &series.range(), "--subject", "demo_stats"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text.ends_with("\nFound: nothing happened to demo_stats\n"),
        "{text}"
    );
}

#[test]
fn the_document_is_as_its_schema_says() {
    let mut series = Series::released(&[(XFRM, &mapping(38))]);
    series.commit("break it", &[(XFRM, &mapping(40))]);
    series.commit("mend it", &[(XFRM, &mapping(38))]);
    let document = history(&series, &[]);
    let printed = crate::support::program()
        .args(["schema", "--history"])
        .output()
        .expect("the program runs");
    let schema: Value = serde_json::from_slice(&printed.stdout).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let mut other = document;
    other["lives"][0]["events"][0]["what"] = json!("improved");
    assert!(!validator.is_valid(&other));
}
