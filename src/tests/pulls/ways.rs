//! Other ways to say it: commit statuses where a person speaks, and findings for code scanning.

use super::house::{House, STATS, adding, breaking};
use crate::forms::sarif_errors;
use crate::support::github::{Fault, PERSON, PERSONAL};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::io::Read;

/// The newest status of each context at a commit: its state.
fn states(house: &House, head: &str) -> [String; 2] {
    ["uapi/verdict", "uapi/approvals"].map(|context| {
        let all = house.fake.statuses().into_iter();
        let mut of = all.filter(|one| one["sha"] == head && one["context"] == context);
        let last = of.next_back().unwrap_or_else(|| panic!("no {context}"));
        assert!(
            last["target_url"]
                .as_str()
                .is_some_and(|page| page.starts_with("https://uapi.example.org/runs/")),
            "{last}"
        );
        last["state"].as_str().unwrap_or_default().to_owned()
    })
}

#[test]
fn a_person_sets_commit_statuses_and_asks_for_no_check_runs() {
    let mut house = House::person();
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    assert_eq!(states(&house, &head), ["failure", "pending"]);
    let said = house.fake.comments();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].author, PERSON);
    // Looked at again, there is nothing more to say.
    house.look();
    assert_eq!(house.fake.statuses().len(), 2);
    let mended = house.push(&[(STATS, &adding("other"))]);
    house.review("ann", "APPROVED", &mended);
    house.look();
    assert_eq!(states(&house, &mended), ["success", "success"]);
    // A pending status blocks a head that nobody looks at any more: it is ended.
    assert_eq!(states(&house, &head), ["failure", "error"]);
    let said = house.fake.comments();
    assert_eq!(said.len(), 1);
    let seen = house.fake.seen();
    let asked = |part: &str| seen.iter().filter(|seen| seen.path.contains(part)).count();
    assert_eq!((asked("check-runs"), asked("/app")), (0, 0));
    // Nobody but us has the token.
    let words = seen.iter().filter(|seen| !seen.authorization.is_empty());
    assert!(words.count() > 10);
    assert!(!said[0].body.contains(PERSONAL));
}

/// What was uploaded, unpacked.
pub fn unpacked(upload: &Value) -> Value {
    let packed = STANDARD.decode(upload["sarif"].as_str().expect("a text"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.expect("base64")[..])
        .read_to_string(&mut text)
        .expect("it is packed");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn findings_go_to_code_scanning_where_the_site_wants_it() {
    let mut house = House::with("say: {sarif: true}");
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    house.look();
    let uploads = house.fake.sarif();
    assert_eq!(uploads.len(), 1);
    assert_eq!(uploads[0]["commit_sha"], head);
    assert_eq!(uploads[0]["ref"], "refs/pull/12/head");
    let log = unpacked(&uploads[0]);
    assert_eq!(sarif_errors(&log), Vec::<String>::new());
    let results = log["runs"][0]["results"].as_array().expect("results");
    let at = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(at, STATS);
    assert!(results.iter().any(|result| result["level"] == "error"));
    // An alert ends where a later upload has it no more: of a good head there is one, too.
    let mended = house.push(&[(STATS, &adding("other"))]);
    house.look();
    let uploads = house.fake.sarif();
    assert_eq!(uploads.len(), 2);
    assert_eq!(uploads[1]["commit_sha"], mended);
    let log = unpacked(&uploads[1]);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.iter().all(|result| result["level"] != "error"));
}

#[test]
fn without_the_setting_or_where_github_does_not_take_it_all_else_is_said() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    assert_eq!(house.fake.sarif().len(), 0);
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    let mut house = House::with("say: {sarif: true}");
    let head = house.push(&[(STATS, &breaking())]);
    // Code scanning is not enabled there.
    house.fake.fail("code-scanning", 9, Fault::Status(404));
    let (code, log) = house.tried();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("sarif octo/linux"), "{log}");
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    assert_eq!(house.said().len(), 1);
}
