//! What is said, by what is known and what was said before; each with a look-alike of which nothing follows.

use super::*;
use crate::report::samples;

const HEAD: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "2222222222222222222222222222222222222222";

fn facts<'f>(seen: Seen<'f>, asked: &'f BTreeSet<String>) -> Facts<'f> {
    Facts {
        repository: "octo/linux",
        number: Some(12),
        head: HEAD,
        draft: false,
        seen,
        sarif: None,
        page: None,
        asked,
        answers: &[],
        policy: Policy {
            not_examined: Ending::ActionRequired,
            review: Ending::Neutral,
            comments: true,
            sarif: false,
        },
    }
}

fn broken() -> Report {
    samples::report(vec![samples::moved_field()], vec![])
}

fn clean() -> Report {
    samples::report(vec![], vec![])
}

/// What is done, in words.
fn words(actions: &[Action]) -> Vec<String> {
    let word = |action: &Action| match action {
        Action::Check(run, times) => format!(
            "{} {:?} {:.1} {} {times}",
            run.name, run.ending, run.head, run.round
        ),
        Action::Comment(_, times) => format!("comment {times}"),
        Action::Reply(reply) => format!("reply {}", reply.to),
        Action::Sarif(_, times) => format!("sarif {times}"),
    };
    actions.iter().map(word).collect()
}

/// Takes actions as said.
fn say(before: &mut Before, actions: &[Action]) {
    for action in actions {
        match action.clone() {
            Action::Check(run, times) => {
                before.checks.insert(run.slot(), (run, times + 1));
            }
            Action::Comment(comment, times) => {
                (before.comment, before.comments) = (Some(comment), times + 1);
            }
            Action::Reply(reply) => {
                before.answered.insert(reply.to);
            }
            Action::Sarif(sarif, times) => {
                before.sarif.insert(sarif.slot(), (sarif, times + 1));
            }
        }
    }
}

const FAILS: [&str; 3] = [
    "uapi/verdict Failure 1 0 0",
    "uapi/approvals Neutral 1 0 0",
    "comment 0",
];

#[test]
fn a_break_is_told_once() {
    let (asked, report) = (BTreeSet::new(), broken());
    let facts = facts(Seen::Report(&report), &asked);
    let mut before = Before::default();
    let actions = decide(&facts, &before);
    assert_eq!(words(&actions), FAILS);
    say(&mut before, &actions);
    assert_eq!(words(&decide(&facts, &before)), [""; 0]);
}

#[test]
fn a_clean_change_gets_no_comment_and_a_mended_one_keeps_it() {
    let (asked, good, bad) = (BTreeSet::new(), clean(), broken());
    let mut before = Before::default();
    let both = ["uapi/verdict Success 1 0 0", "uapi/approvals Success 1 0 0"];
    assert_eq!(
        words(&decide(&facts(Seen::Report(&good), &asked), &before)),
        both
    );
    // The comment of what was broken before is edited, and says that it is settled.
    let first = decide(&facts(Seen::Report(&bad), &asked), &before);
    say(&mut before, &first);
    let then = decide(&facts(Seen::Report(&good), &asked), &before);
    assert_eq!(words(&then)[2..], ["comment 1"]);
    let Some(Action::Comment(comment, _)) = then.last() else {
        panic!("a comment is the last")
    };
    assert!(comment.body.contains("settled"), "{}", comment.body);
}

#[test]
fn comments_are_not_for_drafts_groups_and_sites_without() {
    let (asked, report) = (BTreeSet::new(), broken());
    let of = |change: &dyn Fn(&mut Facts<'_>)| {
        let mut facts = facts(Seen::Report(&report), &asked);
        change(&mut facts);
        words(&decide(&facts, &Before::default())).len()
    };
    assert_eq!(of(&|_| {}), 3);
    assert_eq!(of(&|facts| facts.draft = true), 2);
    assert_eq!(of(&|facts| facts.number = None), 2);
    assert_eq!(of(&|facts| facts.policy.comments = false), 2);
    assert_eq!(of(&|facts| facts.seen = Seen::Not("no commit")), 2);
}

#[test]
fn asked_again_there_are_new_check_runs() {
    let report = broken();
    let mut before = Before::default();
    let asked = BTreeSet::from(["comment 1".to_owned()]);
    // What was asked before the first of them is answered by it.
    let first = decide(&facts(Seen::Report(&report), &asked), &before);
    assert_eq!(words(&first), FAILS);
    say(&mut before, &first);
    let more = BTreeSet::from(["comment 1".to_owned(), "button 3".to_owned()]);
    let again = decide(&facts(Seen::Report(&report), &more), &before);
    let new = ["uapi/verdict Failure 1 1 1", "uapi/approvals Neutral 1 1 1"];
    assert_eq!(words(&again), new);
    let Action::Check(run, _) = &again[0] else {
        panic!("a check run is the first")
    };
    let Action::Check(last, _) = &first[0] else {
        panic!("a check run is the first")
    };
    assert_ne!(run.external_id(), last.external_id());
    say(&mut before, &again);
    // Whoever deletes his comment takes nothing back.
    assert_eq!(
        words(&decide(&facts(Seen::Report(&report), &asked), &before)),
        [""; 0]
    );
}

#[test]
fn other_remarks_make_another_check_run_and_another_text_does_not() {
    let asked = BTreeSet::new();
    let run = |report: &Report| {
        let actions = decide(&facts(Seen::Report(report), &asked), &Before::default());
        match actions.into_iter().next() {
            Some(Action::Check(run, _)) => run.external_id(),
            other => panic!("{other:?}"),
        }
    };
    let report = broken();
    let mut told = broken();
    told.notes.push("Something else.".to_owned());
    assert_eq!(run(&report), run(&told));
    let mut moved = broken();
    moved.findings[0]
        .after_place
        .as_mut()
        .expect("it has one")
        .line = 5;
    assert_ne!(run(&report), run(&moved));
}

#[test]
fn heads_that_were_left_behind_ask_nobody_any_more() {
    let (asked, report) = (BTreeSet::new(), clean());
    let mut before = Before::default();
    let old = |name: &str, ending| CheckRun {
        repository: "octo/linux".to_owned(),
        head: OLD.to_owned(),
        name: name.to_owned(),
        ending,
        title: String::new(),
        summary: String::new(),
        text: String::new(),
        page: None,
        annotations: Vec::new(),
        round: 0,
        asked: BTreeSet::new(),
    };
    // A verdict on what was pushed then stays what it was.
    for run in [
        old(VERDICT, Ending::Failure),
        old(APPROVALS, Ending::ActionRequired),
    ] {
        before.checks.insert(run.slot(), (run, 1));
    }
    let actions = decide(&facts(Seen::Report(&report), &asked), &before);
    assert_eq!(words(&actions)[2..], ["uapi/approvals Cancelled 2 0 1"]);
    say(&mut before, &actions);
    assert_eq!(
        words(&decide(&facts(Seen::Report(&report), &asked), &before)),
        [""; 0]
    );
}

#[test]
fn a_command_is_answered_once() {
    let (asked, report) = (BTreeSet::new(), clean());
    let reply = |to| Reply {
        repository: "octo/linux".to_owned(),
        number: 12,
        to,
        body: String::new(),
    };
    let answers = [reply(1), reply(2)];
    let mut facts = facts(Seen::Report(&report), &asked);
    facts.answers = &answers;
    let before = Before {
        answered: BTreeSet::from([1]),
        ..Before::default()
    };
    assert_eq!(words(&decide(&facts, &before))[2..], ["reply 2"]);
    facts.number = None;
    assert_eq!(words(&decide(&facts, &before)).len(), 2);
}

#[test]
fn code_scanning_gets_findings_where_it_is_wanted() {
    let (asked, report) = (BTreeSet::new(), clean());
    let mut facts = facts(Seen::Report(&report), &asked);
    facts.sarif = Some("{}");
    assert_eq!(words(&decide(&facts, &Before::default())).len(), 2);
    facts.policy.sarif = true;
    let mut before = Before::default();
    let actions = decide(&facts, &before);
    assert_eq!(words(&actions)[2..], ["sarif 0"]);
    say(&mut before, &actions);
    assert_eq!(words(&decide(&facts, &before)), [""; 0]);
}
