//! What no delivery told: those that failed are found, and so is where the App may look and where no more.

use super::house::{House, LINUX, STATS, adding, breaking, deliver};

/// Rounds so long that only what was missed makes a pull request due that was looked at: 12 is no turn of round 1.
const ROUNDS: &str = "every: 1500000000s";

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

#[test]
fn a_delivery_that_failed_is_made_up_for() {
    let mut house = House::with(ROUNDS);
    let head = house.push(&[(STATS, &adding("other"))]);
    house.once();
    assert_eq!(house.endings(&head), ["success", "action_required"]);
    house.review("ann", "APPROVED", &head);
    // Nobody told of it. One that failed and was sent again with success is none that was missed.
    house.fake.tried("one", "pull_request_review", &now(), 502);
    house.fake.tried("one", "pull_request_review", &now(), 202);
    house.once();
    assert_eq!(house.endings(&head), ["success", "action_required"]);
    house.fake.tried("two", "pull_request_review", &now(), 502);
    house.once();
    assert_eq!(house.endings(&head), ["success", "success"]);
}

/// A delivery of the kind that tells where the App is installed.
fn installation(action: &str, id: u64) -> String {
    serde_json::json!({"action": action, "installation": {"id": id}}).to_string()
}

const OPENED: &str = r#"{"action":"synchronize","pull_request":{"number":12},"repository":{"full_name":"octo/linux"}}"#;

#[test]
fn an_installation_that_is_added_is_looked_at_and_one_that_is_gone_no_more() {
    let mut house = House::with(ROUNDS);
    house.fake.uninstall(LINUX);
    let head = house.push(&[(STATS, &breaking())]);
    let mut served = house.serve();
    served.until("a word on what is missing", || {
        served.log().contains("is not installed for octo/linux")
    });
    assert_eq!(house.fake.runs().len(), 0);
    // Installed, and told so: the pull request that was open before is looked at.
    house.fake.install(LINUX);
    let told = deliver(&served, "i-1", "installation", &installation("created", 42));
    assert_eq!(told.status, 202);
    served.until("a verdict", || {
        house.fake.runs().len() == 2 && house.said().len() == 1
    });
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    // Taken away: nothing is said any more, and nothing ends.
    house.fake.uninstall(LINUX);
    let told = deliver(&served, "i-2", "installation", &installation("deleted", 42));
    assert_eq!(told.status, 202);
    let next = house.push(&[(STATS, &adding("other"))]);
    let told = deliver(&served, "p-1", "pull_request", OPENED);
    assert_eq!(told.status, 202);
    served.until("a failure that is told", || {
        served.log().contains("not judged")
    });
    assert_eq!(served.get("/healthz").status, 200);
    assert_eq!(house.runs(&next, "uapi/verdict").len(), 0);
    // Installed again, under another number.
    house.fake.install_as(LINUX, 43);
    let told = deliver(&served, "i-3", "installation", &installation("created", 43));
    assert_eq!(told.status, 202);
    served.until("a verdict of the next head", || {
        house.runs(&next, "uapi/approvals").len() == 1
            && house.runs(&next, "uapi/verdict").len() == 1
    });
    assert_eq!(house.endings(&next), ["success", "action_required"]);
    assert_eq!(served.end(), Some(0));
}
