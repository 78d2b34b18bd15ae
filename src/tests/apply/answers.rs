//! What reviewers answer to a series, through the built program: who can agree by mail, with which patch,
//! and who can't.

use super::program::{mails, path};
use crate::support::series::{Series, header};
use serde_json::Value;
use std::fs;

const DEMO: &str = "include/uapi/linux/demo.h";
const OTHER: &str = "include/uapi/linux/other.h";
const MAINTAINERS: &str = "\
DEMO
M:	Ann Example <ann@example.org>
F:	include/uapi/linux/demo.h

OTHER
M:	Ann Example <ann@example.org>
M:	Bob Example <bob@example.org>
F:	include/uapi/linux/other.h
";

/// Two patches, each of which adds a type to a header of its own.
fn start() -> Series {
    let demo = |more: &str| header("DEMO", &format!("struct demo {{ __u32 a; }};\n{more}"));
    let other = |more: &str| header("OTHER", &format!("struct other {{ __u32 a; }};\n{more}"));
    let files = [
        ("MAINTAINERS", MAINTAINERS),
        (DEMO, &demo("")),
        (OTHER, &other("")),
    ];
    let mut series = Series::released(&files);
    series.commit(
        "demo: add a type",
        &[(DEMO, &demo("struct demo_more { __u32 b; };"))],
    );
    series.commit(
        "other: add a type",
        &[(OTHER, &other("struct other_more { __u32 b; };"))],
    );
    series
}

/// How the sections stand once these answers came: to which mail of the series, from whom, with which text.
fn states(answers: &[(usize, &str, &str)]) -> Vec<(String, String)> {
    let report = report(answers);
    let approvals = report["approvals"].as_array().expect("a list");
    let text = |entry: &Value, key: &str| entry[key].as_str().expect("a text").to_owned();
    let states = approvals.iter();
    let mut states: Vec<_> = states
        .map(|entry| (text(entry, "section"), text(entry, "state")))
        .collect();
    states.sort();
    states
}

fn report(answers: &[(usize, &str, &str)]) -> Value {
    let series = start();
    let place = mails(&series, &["--thread", "--numbered", "--cover-letter"]);
    for (at, (number, from, text)) in answers.iter().enumerate() {
        let mail = fs::read_dir(place.path())
            .expect("it is there")
            .map(|entry| entry.expect("an entry").path())
            .find(|path| {
                let name = path.file_name().expect("a name").to_string_lossy();
                name.starts_with(&format!("000{number}"))
            });
        let mail = fs::read_to_string(mail.expect("the mail is there")).expect("a text");
        let field = |name: &str| {
            let mut lines = mail.lines();
            let line = lines.find_map(|line| line.strip_prefix(name));
            line.expect("the field is there").trim().to_owned()
        };
        let (id, subject) = (field("Message-ID:"), field("Subject:"));
        let answer = format!(
            "From: {from}\nDate: Mon, 16 Nov 2026 10:00:{at:02} +0000\nMessage-ID: <answer{at}@example.org>\n\
             In-Reply-To: {id}\nReferences: {id}\nSubject: Re: {subject}\n\n{text}\n"
        );
        fs::write(place.path().join(format!("9{at}.eml")), answer).expect("it is ours");
    }
    let (_, report) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    report
}

fn stands(demo: &str, other: &str) -> Vec<(String, String)> {
    [("DEMO", demo), ("OTHER", other)]
        .map(|(section, state)| (section.to_owned(), state.to_owned()))
        .into()
}

const ANN: &str = "Ann Example <ann@example.org>";
const BOB: &str = "Bob Example <bob@example.org>";

#[test]
fn a_maintainer_agrees_by_mail_with_the_patch_that_is_answered() {
    let ack = "Looks good.\n\nAcked-by: Ann Example <ann@example.org>";
    assert_eq!(states(&[]), stands("missing", "missing"));
    assert_eq!(states(&[(1, ANN, ack)]), stands("satisfied", "missing"));
    assert_eq!(states(&[(2, ANN, ack)]), stands("missing", "satisfied"));
    // The cover is every patch.
    assert_eq!(states(&[(0, ANN, ack)]), stands("satisfied", "satisfied"));
    let report = report(&[(1, ANN, ack)]);
    let by = &report["approvals"].as_array().expect("a list");
    let given = by.iter().find(|entry| entry["section"] == "DEMO");
    let given = &given.expect("it is there")["by"][0];
    assert_eq!(given["email"], "ann@example.org");
    assert_eq!(given["evidence"]["id"], "answer0@example.org");
    assert!(
        report["notes"]
            .to_string()
            .contains("Answers count for the addresses")
    );
}

#[test]
fn who_owns_nothing_or_speaks_for_another_agrees_with_nothing() {
    let ack = "Acked-by: Ann Example <ann@example.org>";
    let bobs = "Reviewed-by: Bob Example <bob@example.org>";
    let nothing = stands("missing", "missing");
    for (from, text) in [
        // Of the other section, and of none.
        (BOB, "Reviewed-by: Bob Example <bob@example.org>"),
        ("Eve <eve@example.org>", "Acked-by: Eve <eve@example.org>"),
        // In another's name.
        ("Eve <eve@example.org>", ack),
        ("Ann Example <ann@mail.example.org>", ack),
        ("Ann Example <ann+list@example.org>", ack),
        ("Ann Example <\u{430}nn@example.org>", ack),
        // What was not said.
        (
            ANN,
            "> Acked-by: Ann Example <ann@example.org>\n\nWho wrote that?",
        ),
        (ANN, "Tested-by: Ann Example <ann@example.org>"),
        (ANN, "Thanks!"),
    ] {
        assert_eq!(states(&[(1, from, text)]), nothing, "{from}: {text}");
    }
    assert_eq!(states(&[(2, BOB, bobs)]), stands("missing", "satisfied"));
}

#[test]
fn an_objection_blocks_until_it_is_taken_back() {
    let ack = "Acked-by: Ann Example <ann@example.org>";
    let no = "NAK, the type is too small.";
    assert_eq!(states(&[(1, ANN, no)]), stands("blocked", "missing"));
    assert_eq!(
        states(&[(1, ANN, ack), (1, ANN, no)]),
        stands("blocked", "missing")
    );
    assert_eq!(
        states(&[(1, ANN, no), (1, ANN, ack)]),
        stands("satisfied", "missing")
    );
    assert_eq!(
        states(&[(1, ANN, ack), (1, ANN, "Please drop my Acked-by.")]),
        stands("missing", "missing")
    );
    // Somebody who owns nothing stops nothing.
    let eve = "Eve <eve@example.org>";
    assert_eq!(
        states(&[(1, ANN, ack), (1, eve, no)]),
        stands("satisfied", "missing")
    );
}
