//! A pull request may fork off any commit of its branch. What decides about it is that of the branch as it is now.

use super::house::{House, LINUX, STATS, adding, breaking, stats};
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Signature, Time};
use uapi_check::github::{Hint, Repository};

const OF_ZED: &str = "\
DEMO
M:	Zed <zed@example.org>
S:	Maintained
F:	include/uapi/linux/demo*
";
const OF_ANN: &str = "\
DEMO
M:	Ann Example <ann@example.org>
S:	Maintained
F:	include/uapi/linux/demo*
";
/// A waiver of each break of [`breaking`].
const LENIENT: &str = "\
waivers:
  - {rule: struct-field-inserted, subject: struct demo_stats, reason: nobody used it then, expires: 2099-12-31}
  - {rule: struct-field-offset-changed, subject: struct demo_stats, reason: nobody used it then, expires: 2099-12-31}
  - {rule: struct-size-changed, subject: struct demo_stats, reason: nobody used it then, expires: 2099-12-31}
";

fn moved(house: &House) {
    house.hint(&Hint::Branch {
        repository: Repository::parse(LINUX).expect("a name"),
        branch: "main".to_owned(),
    });
}

fn summary(house: &House, head: &str) -> String {
    let runs = house.runs(head, "uapi/approvals");
    runs.last().expect("one")["output"]["summary"].to_string()
}

#[test]
fn who_decided_long_ago_decides_nothing_now() {
    let mut house = House::new();
    let old = [("MAINTAINERS", OF_ZED), (".uapi-check.yaml", LENIENT)];
    house.move_base(&old);
    let head = house.push(&[(STATS, &breaking())]);
    house.review("zed", "APPROVED", &head);
    house.look();
    // As long as the branch says so, it is so.
    assert_eq!(house.endings(&head), ["neutral", "success"]);
    // Zed hands over, and what was waived no longer is. The pull request stays where it is.
    house.move_base(&[("MAINTAINERS", OF_ANN), (".uapi-check.yaml", "")]);
    moved(&house);
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    let told = summary(&house, &head);
    assert!(told.contains("Ann Example"), "{told}");
    assert!(!told.contains("Zed"), "{told}");
    house.review("ann", "APPROVED", &head);
    house.look();
    assert_eq!(house.endings(&head), ["failure", "success"]);
}

#[test]
fn a_branch_that_says_the_same_when_it_goes_on_changes_nothing() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &adding("other"))]);
    house.review("ann", "APPROVED", &head);
    house.look();
    assert_eq!(house.endings(&head), ["success", "success"]);
    let runs = house.fake.runs().len();
    house.move_base(&[("net/b.c", "int b;\n")]);
    moved(&house);
    assert_eq!(house.endings(&head), ["success", "success"]);
    assert_eq!(house.fake.runs().len(), runs);
    // Nor is what the branch does meanwhile laid to the pull request.
    house.move_base(&[("include/uapi/linux/demo_new.h", &stats("__u32 z;", ""))]);
    moved(&house);
    assert_eq!(house.endings(&head), ["success", "success"]);
    assert_eq!(house.fake.runs().len(), runs);
}

#[test]
fn settings_that_are_mended_in_the_branch_are_mended_for_all() {
    let mut house = House::new();
    house.move_base(&[(".uapi-check.yaml", "approvals: {require: nonsense}\n")]);
    let head = house.push(&[(STATS, &adding("other"))]);
    house.look();
    assert_eq!(house.endings(&head), ["action_required", "action_required"]);
    let runs = house.runs(&head, "uapi/verdict");
    let title = runs[0]["output"]["title"].as_str().unwrap_or_default();
    assert!(title.contains("main:.uapi-check.yaml"), "{title}");
    house.move_base(&[(".uapi-check.yaml", "")]);
    moved(&house);
    assert_eq!(house.endings(&head), ["success", "action_required"]);
}

#[test]
fn what_was_released_since_is_released() {
    let mut house = House::new();
    // New in the branch, and in no release yet: it may still change.
    house.move_base(&[(STATS, &adding("fresh"))]);
    let other = adding("fresh").replace("__u32 c;", "__u64 c;");
    let head = house.push(&[(STATS, &other)]);
    house.look();
    assert_eq!(house.endings(&head)[0], "neutral");
    house.move_base(&[("Makefile", "VERSION = 6\nPATCHLEVEL = 2\n")]);
    house.kernel.tag("v6.2");
    moved(&house);
    assert_eq!(house.endings(&head)[0], "failure");
}

#[test]
fn a_change_of_who_decides_is_told_with_the_branch_that_does() {
    let mut house = House::new();
    let head = house.push(&[(STATS, &adding("other")), ("MAINTAINERS", OF_ZED)]);
    house.look();
    let text = |house: &House| {
        let runs = house.runs(&head, "uapi/verdict");
        runs.last().expect("one")["output"]["text"].to_string()
    };
    let told = text(&house);
    assert!(
        told.contains("who must agree is told by what stood there before it"),
        "{told}"
    );
    house.move_base(&[("net/b.c", "int b;\n")]);
    moved(&house);
    let told = text(&house);
    assert!(
        told.contains("who must agree is told by what stands there in main"),
        "{told}"
    );
    assert_eq!(house.endings(&head), ["success", "action_required"]);
}

#[test]
fn a_group_of_a_merge_queue_is_judged_by_what_it_stands_on() {
    let mut house = House::new();
    let old = [("MAINTAINERS", OF_ZED), (".uapi-check.yaml", LENIENT)];
    house.move_base(&old);
    let pushed = house.push(&[(STATS, &breaking())]);
    house.review("zed", "APPROVED", &pushed);
    let base = house.move_base(&[("MAINTAINERS", OF_ANN), (".uapi-check.yaml", "")]);
    let text = breaking();
    let files = [(STATS, text.as_str())];
    let made = house.kernel.branch(&[("Merge pull request #12", &files)]);
    let head = made.ids[0].clone();
    let branch = format!("gh-readonly-queue/main/pr-12-{pushed}");
    house.kernel.branch_named(&branch, &head);
    house.hint(&Hint::Group {
        repository: Repository::parse(LINUX).expect("a name"),
        head: head.clone(),
        base,
        branch,
        into: "main".to_owned(),
    });
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    let told = summary(&house, &head);
    assert!(
        told.contains("Ann Example") && !told.contains("Zed"),
        "{told}"
    );
}

/// A commit without parents that has one file and nothing of a kernel, and one on top of it that adds a header.
fn another_beginning(house: &House) -> (String, String) {
    let git = git2::Repository::open(house.kernel.repository.path()).expect("it is ours");
    let author = Signature::new("Eve", "fixture@example.org", &Time::new(1_700_000_000, 0));
    let author = author.expect("a name");
    let commit = |on: &[Oid], files: &[(&str, &str)]| -> Oid {
        let mut tree = TreeUpdateBuilder::new();
        for (path, text) in files {
            let blob = git.blob(text.as_bytes()).expect("it is ours");
            tree.upsert(*path, blob, FileMode::Blob);
        }
        let empty = git.treebuilder(None).and_then(|tree| tree.write());
        let empty = empty.expect("it is ours");
        let tree = tree.create_updated(&git, &git.find_tree(empty).expect("it is there"));
        let tree = git
            .find_tree(tree.expect("it is ours"))
            .expect("it is there");
        let parents: Vec<_> = on.iter().map(|id| git.find_commit(*id)).collect();
        let parents: Result<Vec<_>, _> = parents.into_iter().collect();
        let parents = parents.expect("they are there");
        let parents: Vec<_> = parents.iter().collect();
        let made = git.commit(None, &author, &author, "a driver", &tree, &parents);
        made.expect("it is ours")
    };
    let root = commit(&[], &[("driver.c", "int d;\n")]);
    let more = [("driver.c", "int d;\n"), (STATS, adding("evil").as_str())]
        .map(|(path, text)| (path, text.to_owned()));
    let more: Vec<(&str, &str)> = more.iter().map(|(path, text)| (*path, &text[..])).collect();
    let head = commit(&[root], &more);
    (root.to_string(), head.to_string())
}

#[test]
fn a_beginning_of_something_else_is_no_way_around() {
    let house = House::new();
    // A driver with a history of its own was merged once, as some were into Linux.
    let (root, head) = another_beginning(&house);
    let parents = [house.base().to_owned(), root];
    let files = [("driver.c".to_owned(), b"int d;\n".to_vec())];
    let files = files.into_iter().collect();
    let merged = house
        .kernel
        .repository
        .commit_as(&files, &parents, "Merge a driver", 90);
    house.kernel.branch_named("main", &merged);
    house.push_commit(&head);
    house.look();
    assert_eq!(house.endings(&head), ["action_required", "action_required"]);
    let runs = house.runs(&head, "uapi/approvals");
    let title = runs[0]["output"]["title"].as_str().unwrap_or_default();
    assert!(title.contains("base it on main"), "{title}");
}
