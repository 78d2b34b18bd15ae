//! The forms of a history that was made by hand.

use super::*;
use crate::report::samples::commit;

fn event(what: What, digit: char) -> Event {
    Event {
        what,
        commit: commit(digit, "net: do it"),
        release: Some("v6.2".into()),
        verdict: Verdict::Break,
        breaks: Some(Breaks::Binary),
        rule: "constant-value-changed".into(),
        message: "DEMO was 38 and is 40".into(),
        before: Some("38".into()),
        after: Some("40".into()),
        targets: vec!["all".into()],
        dragged_by: None,
        restores: None,
    }
}

fn sample() -> History {
    let restored = Restored {
        release: Some("v6.1".into()),
        undone: Some("a".repeat(40)),
    };
    let mended = Event {
        release: None,
        message: "DEMO was 40 and is 38".into(),
        restores: Some(restored),
        ..event(What::Restored, 'b')
    };
    let dragged = Event {
        dragged_by: Some("struct demo".into()),
        ..event(What::Changed, 'a')
    };
    let gone = Event {
        dragged_by: Some("linux/demo.h".into()),
        after: None,
        ..event(What::Removed, 'b')
    };
    let life = |subject: &str, events| Life {
        subject: subject.into(),
        header: "linux/demo.h".into(),
        events,
    };
    let revision = |name: &str| Revision {
        name: name.into(),
        commit: None,
    };
    History {
        libclang: "19.1.7".into(),
        sandbox: Sandbox::default(),
        base: revision("v6.1"),
        head: revision("main"),
        asked: None,
        targets: vec!["x86_64".into()],
        passed: 7,
        examined: 2,
        lives: vec![
            life("DEMO", vec![event(What::Broken, 'a'), mended]),
            life("DEMO_IOC", vec![dragged, gone]),
        ],
        not_read: Vec::new(),
    }
}

#[test]
fn a_history_reads_like_this() {
    let expected = "\
DEMO (linux/demo.h)
  broken    break   v6.2        2024-02-29  aaaaaaaaaaaa  DEMO was 38 and is 40 (net: do it)
  restored  break   unreleased  2024-02-29  bbbbbbbbbbbb  DEMO was 40 and is 38; restores the value \
of release v6.1; breaks programs built in between (net: do it)

DEMO_IOC (linux/demo.h)
  changed   break   v6.2        2024-02-29  aaaaaaaaaaaa  38 -> 40, dragged along by struct demo \
(net: do it)
  removed   break   v6.2        2024-02-29  bbbbbbbbbbbb  gone with linux/demo.h (was 38) (net: do it)

Range: v6.1 to main; 7 commits, of which 2 touch exported headers; 1 target (x86_64)
Found: 4 events of 2 names
";
    assert_eq!(text(&sample()), expected);
}

#[test]
fn what_was_not_read_is_told() {
    let mut history = sample();
    history.not_read.push(NotRead {
        commit: commit('c', "net: oops"),
        header: "linux/bad.h".into(),
        item: "struct bad".into(),
        reason: "unknown type name 'bad_t'".into(),
    });
    let line = "\nNot read in cccccccccccc: linux/bad.h, struct bad: unknown type name 'bad_t'\n";
    assert!(text(&history).contains(line));
}

#[test]
fn names_and_subjects_can_not_steer_a_terminal() {
    let mut history = sample();
    history.lives[0].events[0].commit.subject = "\u{1b}[31mred\u{202e}".into();
    history.lives[1].subject = "A\u{7}\nB".into();
    let text = text(&history);
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(steers), "{text}");
    assert!(text.lines().all(|line| !line.starts_with('B')));
}

#[test]
fn the_document_obeys_its_schema() {
    let schema = serde_json::to_value(schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&json(&sample()).unwrap()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(value["schema_version"], 1);
    assert_eq!(
        value["commits"],
        serde_json::json!({"passed": 7, "examined": 2})
    );
    assert_eq!(
        value["lives"][0]["events"][1]["restores"]["release"],
        "v6.1"
    );
    value["lives"][0]["events"][0]["verdict"] = "fatal".into();
    assert!(!validator.is_valid(&value));
}
