//! A table of what is known and what follows, each with a look-alike of which nothing follows.

use super::*;

const PATCH: &str = "p@example.org";

fn told(findings: &[&str]) -> Told {
    let entries = findings
        .iter()
        .map(|one| ((*one).to_owned(), "break".to_owned()));
    Told::from_entries(entries.collect())
}

fn verdict(verdict: CheckState, approvals: CheckState) -> Verdict {
    Verdict {
        conclusion: Conclusion::Fail,
        patches: vec![PatchSays {
            message_id: PATCH.to_owned(),
            verdict: Said::new(verdict, "v".to_owned()),
            approvals: Said::new(approvals, "a".to_owned()),
        }],
        told: told(&["f"]),
        digest: String::new(),
    }
}

/// Decides about a whole last version that there is a mail for, with one patch that is on one server.
fn decided(change: impl FnOnce(&mut Facts<'_>, &mut Before)) -> Vec<Action> {
    of(&verdict(CheckState::Fail, CheckState::Pending), change)
}

fn of(verdict: &Verdict, change: impl FnOnce(&mut Facts<'_>, &mut Before)) -> Vec<Action> {
    let server = BTreeMap::from([("pw".to_owned(), 7)]);
    let places = BTreeMap::from([(PATCH.to_owned(), server)]);
    let mut facts = Facts {
        version: 2,
        newest: true,
        complete: true,
        places: &places,
        verdict,
        writes: true,
        caps: CapSettings::default(),
    };
    let mut before = Before::default();
    change(&mut facts, &mut before);
    decide(&facts, &before)
}

/// What is done, in words.
fn words(actions: &[Action]) -> Vec<String> {
    let word = |action: &Action| match action {
        Action::Check(check, times) => {
            format!("{} {:?} {times}", check.context, check.said.state)
        }
        Action::Mail { held: None } => "mail".to_owned(),
        Action::Mail { held: Some(_) } => "held".to_owned(),
        Action::Alarm(_) => "alarm".to_owned(),
    };
    actions.iter().map(word).collect()
}

const CHECKS: [&str; 2] = ["uapi-verdict Fail 0", "uapi-approvals Pending 0"];

fn expect(actions: &[Action], more: &[&str]) {
    assert_eq!(words(actions), [&CHECKS, more].concat());
}

fn posted(before: &mut Before, context: &str, state: CheckState, text: &str) {
    let said = Said::new(state, text.to_owned());
    before
        .checks
        .insert(format!("check pw 7 {context}"), (said, 1));
}

#[test]
fn a_series_is_told_by_checks_and_a_mail() {
    expect(&decided(|_, _| {}), &["mail"]);
}

#[test]
fn a_mail_is_for_whole_last_versions_where_somebody_wants_it() {
    expect(&decided(|facts, _| facts.writes = false), &[]);
    expect(&decided(|facts, _| facts.newest = false), &[]);
    assert_eq!(decided(|facts, _| facts.complete = false), []);
}

#[test]
fn caps_hold_a_mail_back_and_no_check() {
    for (to_sender, to_all, failing, more) in [
        (2, 99, 19, &["mail"][..]),
        (3, 0, 0, &["held"]),
        (0, 100, 0, &["held"]),
        (0, 0, 20, &["alarm", "held"]),
    ] {
        let actions = decided(|_, before| {
            (before.to_sender, before.to_all, before.failing) = (to_sender, to_all, failing);
        });
        expect(&actions, more);
    }
    // Where there is nothing to write, nobody is alarmed either.
    let quiet = decided(|facts, before| {
        facts.writes = false;
        before.failing = 50;
    });
    expect(&quiet, &[]);
}

#[test]
fn a_check_is_posted_where_it_says_something_else() {
    let checks = |change: &dyn Fn(&mut Before)| {
        words(&decided(|facts, before| {
            facts.writes = false;
            change(before);
        }))
    };
    let same = |before: &mut Before| {
        posted(before, VERDICT, CheckState::Fail, "v");
        posted(before, APPROVALS, CheckState::Pending, "a");
    };
    assert_eq!(checks(&same), Vec::<String>::new());
    let text = |before: &mut Before| {
        same(before);
        posted(before, VERDICT, CheckState::Fail, "other words");
    };
    assert_eq!(checks(&text), ["uapi-verdict Fail 1"]);
    let state = |before: &mut Before| {
        same(before);
        posted(before, VERDICT, CheckState::Success, "v");
    };
    assert_eq!(checks(&state), ["uapi-verdict Fail 1"]);
}

#[test]
fn what_was_final_is_not_pending_again() {
    let open = verdict(CheckState::Warning, CheckState::Pending);
    for (last, now) in [
        (CheckState::Success, "uapi-approvals Warning 1"),
        (CheckState::Fail, "uapi-approvals Warning 1"),
        (CheckState::Pending, "uapi-approvals Pending 1"),
    ] {
        let actions = of(&open, |facts, before| {
            facts.writes = false;
            posted(before, APPROVALS, last, "before");
        });
        assert_eq!(words(&actions), ["uapi-verdict Warning 0", now]);
    }
    // Told so once, it is not told again.
    let again = of(&open, |facts, before| {
        facts.writes = false;
        posted(before, VERDICT, CheckState::Warning, "v");
        posted(before, APPROVALS, CheckState::Warning, "a");
    });
    assert_eq!(again, []);
}

#[test]
fn a_patch_that_is_on_no_server_has_no_check() {
    let nowhere = BTreeMap::new();
    let verdict = verdict(CheckState::Fail, CheckState::Pending);
    let facts = Facts {
        version: 1,
        newest: true,
        complete: true,
        places: &nowhere,
        verdict: &verdict,
        writes: true,
        caps: CapSettings::default(),
    };
    assert_eq!(words(&decide(&facts, &Before::default())), ["mail"]);
}

#[test]
fn what_a_mail_told_is_known_until_a_version_is_without_it() {
    let before = Before {
        mails: vec![(1, told(&["a", "b"])), (4, told(&["c"]))],
        judged: BTreeMap::from([
            (1, told(&["a", "b"])),
            (2, told(&["a", "b", "c"])),
            (3, told(&["a"])),
            (4, told(&["a", "c"])),
        ]),
        ..Before::default()
    };
    for (version, findings) in [
        (1, &["a", "b"][..]),
        (2, &["a", "b"]),
        (3, &["a", "b"]),
        // The third was without `b`.
        (4, &["a", "c"]),
        (5, &["a", "c"]),
    ] {
        assert_eq!(known(&before, version), told(findings), "v{version}");
    }
    assert_eq!(known(&before, 0), Told::default());
    assert_eq!(known(&Before::default(), 3), Told::default());
}
