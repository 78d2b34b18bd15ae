//! What changes while it is looked at, and what is not finished yet: heads that move, drafts.

use super::house::{House, LINUX, STATS, adding, breaking};

/// How often commits were fetched.
fn fetches(house: &House) -> usize {
    let seen = house.fake.seen().into_iter();
    let begun = seen.filter(|seen| seen.method == "git" && seen.path.ends_with("info/refs"));
    begun.count()
}

fn heads(house: &House) -> Vec<String> {
    let runs = house.fake.runs().into_iter();
    let mut heads: Vec<String> = runs
        .map(|run| {
            run.fields["head_sha"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    heads.dedup();
    heads
}

/// A pull request with a break, and a commit that mends it and is not pushed yet.
fn two_heads() -> (House, String, String) {
    let mut house = House::new();
    let mended = house.push(&[(STATS, &adding("other"))]);
    let head = house.push(&[(STATS, &breaking())]);
    (house, head, mended)
}

#[test]
fn of_a_head_that_moved_while_it_was_judged_nothing_is_said() {
    let (house, head, mended) = two_heads();
    // Who may waive is asked when all is judged, and then somebody pushes.
    let words = "/uapi waive 0123456789ab it is new";
    house.fake.comment(LINUX, 12, "mallory", words);
    let moment = "GET /repos/octo/linux/collaborators/mallory/permission";
    house.fake.push_when(moment, LINUX, house.pull(&mended));
    house.look();
    assert_eq!(heads(&house), [mended.as_str()]);
    assert_ne!(head, mended);
    assert_eq!(house.endings(&mended), ["success", "action_required"]);
    assert_eq!(fetches(&house), 2);
}

#[test]
fn a_push_to_another_pull_request_holds_nothing_up() {
    let (house, head, mended) = two_heads();
    let words = "/uapi waive 0123456789ab it is new";
    house.fake.comment(LINUX, 12, "mallory", words);
    let moment = "GET /repos/octo/linux/collaborators/mallory/permission";
    let mut other = house.pull(&mended);
    other.number = 13;
    house.fake.push_when(moment, LINUX, other);
    house.look();
    assert_eq!(heads(&house), [head.as_str()]);
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    assert_eq!(fetches(&house), 1);
}

#[test]
fn what_was_read_and_what_was_fetched_are_of_one_moment() {
    let (house, _, mended) = two_heads();
    let moment = "git /octo/linux.git/info/refs";
    house.fake.push_when(moment, LINUX, house.pull(&mended));
    // It is looked at again after some seconds, or when somebody says so.
    house.look();
    assert_eq!(heads(&house), [""; 0]);
    house.look();
    assert_eq!(heads(&house), [mended.as_str()]);
    assert_eq!(house.endings(&mended), ["success", "action_required"]);
}

#[test]
fn a_base_that_is_changed_while_it_is_judged_is_another_pull_request() {
    let (mut house, head, _) = two_heads();
    let old = house.base().to_owned();
    house.kernel.branch_named("stable", &old);
    house.move_base(&[("MAINTAINERS", "")]);
    let words = "/uapi waive 0123456789ab it is new";
    house.fake.comment(LINUX, 12, "mallory", words);
    let moment = "GET /repos/octo/linux/collaborators/mallory/permission";
    let mut other = house.pull(&head);
    other.base = "stable".to_owned();
    house.fake.push_when(moment, LINUX, other);
    house.look();
    // By the branch that it is for in the end: the one that says who must agree.
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    assert_eq!(house.runs(&head, "uapi/approvals").len(), 1);
}

#[test]
fn a_draft_has_its_check_runs_and_nobody_is_written_to_until_it_is_ready() {
    let mut house = House::new();
    house.draft = true;
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    assert_eq!(house.said(), [""; 0]);
    house.draft = false;
    house.push_commit(&head);
    house.look();
    assert_eq!(house.said().len(), 1);
    // A draft again: what was said is kept true, and nothing is added.
    house.draft = true;
    let more = house.push(&[(STATS, &adding("other"))]);
    house.look();
    let said = house.said();
    assert_eq!(said.len(), 1);
    assert!(!said[0].contains("uapi-check: fail"), "{}", said[0]);
    assert_eq!(house.endings(&more), ["success", "action_required"]);
}
