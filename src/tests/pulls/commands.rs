//! Commands in comments: who may, what is answered, and that it is once.

use super::house::{House, LINUX, STATS, breaking};

fn broken() -> (House, String, String) {
    let mut house = House::new();
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    let said = house.said();
    let id = said[0]
        .split("- id: `")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    let id = id
        .unwrap_or_else(|| panic!("no id in {}", said[0]))
        .to_owned();
    (house, head, id)
}

fn ids(house: &House) -> Vec<String> {
    let said = house.said();
    let each = said[0].split("- id: `").skip(1);
    each.filter_map(|rest| rest.split('`').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_rule_is_explained_once() {
    let (house, ..) = broken();
    house.fake.comment(
        LINUX,
        12,
        "mallory",
        "/uapi explain struct-field-offset-changed",
    );
    house
        .fake
        .comment(LINUX, 12, "mallory", "what does `/uapi explain` do?");
    house.look();
    house.look();
    let said = house.said();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[1].contains("struct-field-offset-changed"),
        "{}",
        said[1]
    );
}

#[test]
fn who_may_not_waive_is_told_so_once_and_who_may_does() {
    let (house, head, id) = broken();
    let all = ids(&house);
    assert_eq!(all[0], id);
    let ask = |login: &str| {
        for id in &all {
            let text = format!("/uapi waive {id} nobody built against it");
            house.fake.comment(LINUX, 12, login, &text);
        }
        house.look();
        house.look();
    };
    ask("mallory");
    assert_eq!(house.endings(&head)[0], "failure");
    assert_eq!(house.said().len(), 1 + all.len());
    house.fake.permit(LINUX, "carol", "write");
    ask("carol");
    assert_eq!(house.endings(&head)[0], "neutral");
    let said = house.said();
    assert_eq!(said.len(), 1 + 2 * all.len());
    assert!(said[0].contains("waived by carol"), "{}", said[0]);
    // Approvals are another thing.
    assert_eq!(house.endings(&head)[1], "action_required");
}

#[test]
fn a_maintainer_may_waive_and_a_robot_is_not_heard() {
    let (house, head, _) = broken();
    for id in ids(&house) {
        house
            .fake
            .comment(LINUX, 12, "ci[bot]", &format!("/uapi waive {id} x"));
    }
    house.look();
    assert_eq!(
        (house.endings(&head)[0].as_str(), house.said().len()),
        ("failure", 1)
    );
    for id in ids(&house) {
        house
            .fake
            .comment(LINUX, 12, "ann", &format!("/uapi waive {id} x"));
    }
    house.look();
    assert_eq!(house.endings(&head)[0], "neutral");
}

#[test]
fn looking_again_makes_a_new_check_run_and_no_comment() {
    let (house, head, _) = broken();
    house.fake.comment(LINUX, 12, "mallory", "/uapi recheck");
    house.look();
    house.look();
    assert_eq!(house.runs(&head, "uapi/verdict").len(), 2);
    assert_eq!(house.said().len(), 1);
}
