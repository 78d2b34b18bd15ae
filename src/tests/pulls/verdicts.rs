//! What the code does is told: by check runs, by one comment where there is something to tell, and once.

use super::house::{House, LINUX, STATS, breaking, stats};
use uapi_check::github::{Hint, Repository};

#[test]
fn a_change_that_touches_nothing_is_good_and_nobody_is_written_to() {
    let mut house = House::new();
    let head = house.push(&[("net/a.c", "int b;\n")]);
    // No delivery told of it: it is found all the same.
    house.once();
    assert_eq!(house.endings(&head), ["success", "success"]);
    let runs = house.runs(&head, "uapi/verdict");
    assert_eq!(runs[0]["output"]["title"], "no UAPI change");
    assert_eq!(house.said(), [""; 0]);
}

#[test]
fn a_break_is_told_at_its_line_and_settled_when_it_is_mended() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    let runs = house.fake.runs();
    let verdict = runs.iter().find(|run| run.fields["name"] == "uapi/verdict");
    let verdict = verdict.expect("there is one");
    let page = verdict.fields["details_url"].as_str().unwrap_or_default();
    assert!(page.starts_with("https://uapi.example.org/runs/"), "{page}");
    let at: Vec<_> = verdict.annotations.iter().map(|one| &one["path"]).collect();
    assert!(
        !at.is_empty() && at.iter().all(|path| *path == STATS),
        "{at:?}"
    );
    let said = house.said();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("uapi-check: fail"), "{}", said[0]);
    // Nothing is said twice, however often it is looked at.
    let writes = |house: &House| {
        let seen = house.fake.seen().into_iter();
        let writes = seen.filter(|seen| {
            let logs_in = seen.template.ends_with("access_tokens") || seen.method == "git";
            seen.method != "GET" && !logs_in
        });
        writes.count()
    };
    assert_eq!(writes(&house), 3);
    house.look();
    assert_eq!(writes(&house), 3);

    let mended = house.push(&[
        (STATS, &stats("__u32 a; __u32 b;", "")),
        ("net/a.c", "int c;\n"),
    ]);
    house.look();
    assert_eq!(house.endings(&mended), ["success", "success"]);
    // The old head asks nobody any more; what it did stays true.
    assert_eq!(house.endings(&head), ["failure", "cancelled"]);
    let said = house.said();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("settled"), "{}", said[0]);
}

#[test]
fn asked_for_again_there_is_a_new_check_run_of_the_same_name() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &breaking())]);
    house.look();
    let again = Hint::Heads {
        repository: Repository::parse(LINUX).expect("a name"),
        sha: head.clone(),
    };
    for number in 2..4 {
        house.hint(&again);
        assert_eq!(house.runs(&head, "uapi/verdict").len(), number);
        assert_eq!(house.runs(&head, "uapi/approvals").len(), number);
    }
    house.look();
    assert_eq!(house.runs(&head, "uapi/verdict").len(), 3);
    assert_eq!(house.said().len(), 1);
}

#[test]
fn a_group_of_a_merge_queue_has_its_own_check_runs_and_no_comment() {
    let mut house = House::new();
    let pushed = house.push(&[(STATS, &breaking())]);
    house.look();
    assert_eq!(house.said().len(), 1);
    // What the queue made of it, which is no head of a pull request.
    let made = house
        .kernel
        .branch(&[("Merge pull request #12", &[(STATS, &breaking())])]);
    let head = made.ids[0].clone();
    assert_ne!(head, pushed);
    let branch = format!("gh-readonly-queue/main/pr-12-{pushed}");
    house.kernel.branch_named(&branch, &head);
    let repository = Repository::parse(LINUX).expect("a name");
    let base = house.base().to_owned();
    house.hint(&Hint::Group {
        repository,
        head: head.clone(),
        base,
        branch,
        into: "main".to_owned(),
    });
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    assert_eq!(house.said().len(), 1);
}

#[test]
fn a_moved_base_is_looked_at_again() {
    let mut house = House::new();
    let head = house.push(&[("net/a.c", "int b;\n")]);
    house.once();
    assert_eq!(house.endings(&head), ["success", "success"]);
    let looked = house.hint(&Hint::Branch {
        repository: Repository::parse(LINUX).expect("a name"),
        branch: "main".to_owned(),
    });
    assert!(looked.contains(&head[..12]), "{looked}");
}
