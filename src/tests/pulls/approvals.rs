//! The gate: whose review counts, for what, and for how long.

use super::house::{House, STATS, adding};

fn opened() -> (House, String) {
    let mut house = House::new();
    let head = house.push(&[(STATS, &adding("other"))]);
    house.look();
    assert_eq!(house.endings(&head), ["success", "action_required"]);
    (house, head)
}

#[test]
fn the_maintainers_review_opens_it_and_nobody_elses() {
    let (house, head) = opened();
    for login in ["mallory", "zed", "eve", "ci[bot]"] {
        house.review(login, "APPROVED", &head);
    }
    house.look();
    assert_eq!(house.endings(&head)[1], "action_required");
    house.review("ANN", "APPROVED", &head);
    house.look();
    assert_eq!(house.endings(&head), ["success", "success"]);
    // What she says besides changes nothing, and taking it back does.
    house.review("ann", "COMMENTED", &head);
    house.look();
    assert_eq!(house.endings(&head)[1], "success");
    house.review("ann", "DISMISSED", &head);
    house.look();
    assert_eq!(house.endings(&head)[1], "action_required");
}

#[test]
fn an_objection_blocks_across_pushes_and_is_named() {
    let (mut house, head) = opened();
    house.review("mallory", "CHANGES_REQUESTED", &head);
    house.look();
    assert_eq!(house.endings(&head)[1], "action_required");
    house.review("ann", "CHANGES_REQUESTED", &head);
    house.look();
    assert_eq!(house.endings(&head)[1], "failure");
    let runs = house.runs(&head, "uapi/approvals");
    let title = runs.last().map(|run| run["output"]["title"].clone());
    assert_eq!(title, Some("objection by Ann Example: DEMO".into()));
    let pushed = house.push(&[(STATS, &adding("something"))]);
    house.look();
    assert_eq!(house.endings(&pushed)[1], "failure");
}

#[test]
fn a_push_keeps_what_was_agreed_with_and_nothing_else() {
    let (mut house, head) = opened();
    house.review("ann", "APPROVED", &head);
    house.look();
    assert_eq!(house.endings(&head)[1], "success");
    // The same change, with more beside it.
    let same = house.push(&[(STATS, &adding("other")), ("net/a.c", "int z;\n")]);
    house.look();
    assert_eq!(house.endings(&same)[1], "success");
    let other = house.push(&[(STATS, &adding("other_one"))]);
    house.look();
    assert_eq!(house.endings(&other)[1], "action_required");
    // Pushed back, it is as it was.
    let back = house.push(&[(STATS, &adding("other")), ("net/a.c", "int y;\n")]);
    house.look();
    assert_eq!(house.endings(&back)[1], "success");
}

#[test]
fn an_approval_of_a_head_that_was_never_looked_at_is_read_from_its_commits() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &adding("other"))]);
    house.review("ann", "APPROVED", &head);
    let same = house.push(&[(STATS, &adding("other")), ("net/a.c", "int z;\n")]);
    house.look();
    // The old head is in no reference any more, and was never fetched: it counts for nothing.
    assert_eq!(house.endings(&same)[1], "action_required");
    house.review("ann", "APPROVED", &same);
    house.look();
    assert_eq!(house.endings(&same)[1], "success");
}
