//! What a pull request brings along gives it nothing: no say in who agrees, no waiver, no rule, no markup.

use super::house::{House, STATS, adding, breaking};

#[test]
fn a_fork_that_edits_who_decides_gains_nothing() {
    let mut house = House::new();
    let maintainers = "DEMO\nM:\tMallory <zed@example.org>\nS:\tMaintained\nF:\tinclude/\n";
    let settings = "waivers:\n  - {rule: struct-field-offset-changed, subject: struct demo_stats, reason: me, \
                    expires: 2099-12-31}\napprovals: {require: any-section, verdicts: []}\n";
    let rules = "rules: []\n";
    let head = house.push(&[
        (STATS, &breaking()),
        ("MAINTAINERS", maintainers),
        (".mailmap", "Zed <zed@example.org> <ann@old.example.org>\n"),
        (".uapi-check.yaml", settings),
        ("rules/struct.yaml", rules),
    ]);
    house.review("zed", "APPROVED", &head);
    house.look();
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    let runs = house.runs(&head, "uapi/approvals");
    let summary = runs[0]["output"]["summary"].to_string();
    assert!(summary.contains("Ann Example"), "{summary}");
    assert!(!summary.contains("Mallory"), "{summary}");
}

#[test]
fn names_of_a_patch_are_no_markup() {
    let mut house = House::new();
    let path = "include/uapi/linux/demo_@everyone_[x](http:__evil.example)<img>.h";
    let text = adding("evil").replace("struct evil", "struct evil_AT_everyone");
    house.push(&[(path, &text), (STATS, &breaking())]);
    house.look();
    let said = house.said();
    assert!(said.iter().any(|body| body.contains("evil")), "{said:?}");
    for body in said {
        for bad in ["@everyone", "[x](http", "<img>"] {
            // In a code span it is text, and no mention; nowhere else may it stand.
            let outside: String = body.split('`').step_by(2).collect();
            assert!(!outside.contains(bad), "{bad}: {body}");
        }
    }
}

#[test]
fn what_can_not_be_examined_blocks_and_says_why() {
    let mut house = House::new();
    // No history in common.
    let head = house.push(&[("net/a.c", "int b;\n")]);
    let alone = house.kernel.repository.commit(&Default::default(), None);
    assert_ne!(alone, head);
    house.push_commit(&alone);
    house.look();
    assert_eq!(
        house.endings(&alone),
        ["action_required", "action_required"]
    );
    let runs = house.runs(&alone, "uapi/verdict");
    let title = runs[0]["output"]["title"].as_str().unwrap_or_default();
    assert!(title.starts_with("not examined: "), "{title}");
}
