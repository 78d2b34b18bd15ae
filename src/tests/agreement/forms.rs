//! A gate that is satisfied, and one that is blocked, in every form of the report and in the exit status.

use super::*;
use serde_json::Value;
use uapi_check::cli::{FailOn, exit_code};
use uapi_check::report::{Conclusion, approvals, json, markdown, terminal};

fn forms(report: &Report) -> [String; 4] {
    let options = terminal::Options {
        color: false,
        verbose: false,
        quiet: false,
        all: false,
        width: 500,
    };
    [
        terminal::render(report, &options),
        markdown::render(report, false),
        approvals::text(report),
        json::render(report, false).expect("it has a form in JSON"),
    ]
}

/// A struct that grew, which a maintainer has to judge: the report without any word, and one with these.
fn grown(said: &dyn Fn(&Report) -> Vec<Approval>) -> (Report, Report) {
    let mut world = World::new(&[]);
    let range = world.posted(&[(DEMO, &demo("struct demo { __u32 a; __u32 b; };"))]);
    let before = world.check(&range, &[]);
    let said = said(&before);
    let after = world.check(&range, &said);
    (before, after)
}

fn says_each(texts: &[String; 4], words: [&str; 4]) {
    for (text, word) in texts.iter().zip(words) {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[test]
fn agreement_is_shown_with_its_evidence_and_settles_what_had_to_be_judged() {
    let (before, after) = grown(&|report| agrees("Ann <ann@example.org>", report));
    assert!(
        before
            .findings
            .iter()
            .any(|f| f.verdict == uapi_check::judge::Verdict::Review)
    );
    assert_eq!(before.conclusion, Conclusion::NeedsApproval);
    assert_eq!(exit_code(&before, FailOn::Review), 1);
    assert_eq!(after.conclusion, Conclusion::Pass);
    assert_eq!(exit_code(&after, FailOn::Review), 0);
    let forms = forms(&after);
    says_each(
        &forms,
        [
            "1 approval, none missing",
            "1 approval, none missing",
            "DEMO: satisfied",
            "\"satisfied\"",
        ],
    );
    let word = "agrees (mail Yes of Ann";
    says_each(
        &forms,
        [word, word, word, "\"id\": \"Yes of Ann <ann@example.org>\""],
    );
    let when = "2023-11-14T22:13:20Z";
    says_each(&forms, [when, when, when, when]);
    let json: Value = serde_json::from_str(&forms[3]).expect("it is JSON");
    let by = &json["approvals"][0]["by"][0];
    assert_eq!(by["name"], "Ann E. Example");
    assert_eq!(
        (&by["claimed"], &by["lapsed"]),
        (&Value::Bool(false), &Value::Bool(false))
    );
    assert_eq!(by["fingerprints"], json["approvals"][0]["fingerprints"]);
}

#[test]
fn an_objection_blocks_until_it_is_taken_back() {
    let objects = |report: &Report| {
        let mut said = agrees("Ann <ann@example.org>", report);
        said.extend(agrees("Bob <bob@example.org>", report));
        for word in said.iter_mut().filter(|word| word.who.name == "Bob") {
            (word.says, word.when) = (Says::No, word.when + 60);
            word.evidence = Evidence::Review("7".to_owned());
        }
        said
    };
    let (_, after) = grown(&objects);
    assert_eq!(after.conclusion, Conclusion::NeedsApproval);
    let forms = forms(&after);
    let head = "1 of 1 approval missing, 1 of them blocked";
    says_each(&forms, [head, head, "DEMO: blocked", "\"blocked\""]);
    let word = "objects (review 7, 2023-11-14T22:14:20Z)";
    says_each(&forms, [word, word, word, "\"says\": \"no\""]);
    let (_, after) = grown(&|report| {
        let mut said = objects(report);
        let no = said.last().cloned().expect("there are words");
        said.push(Approval {
            when: no.when + 1,
            says: Says::Nothing,
            ..no
        });
        said
    });
    assert_eq!(states(&after), [("DEMO", State::Satisfied)]);
}
