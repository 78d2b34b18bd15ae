//! What the user writes finds its commits, the commits between, and the last release.

use uapi_check::source::{ReleaseChoice, open};

use super::{HEADER, Repo, pair, paths, text};

#[test]
fn each_form_of_a_range_finds_its_two_sides() {
    let repo = Repo::with_history();
    let short = &repo.git(&["rev-parse", "--short", "HEAD~1"]);
    assert_eq!(repo.texts(Some("v6.1..main")), pair("one", "three"));
    assert_eq!(
        repo.texts(Some("v6.1^{commit}..HEAD~1")),
        pair("one", "two")
    );
    assert_eq!(repo.texts(Some("v6.1..")), pair("one", "three"));
    assert_eq!(repo.texts(Some("HEAD")), pair("two", "three"));
    assert_eq!(repo.texts(Some(short)), pair("one", "two"));
    assert_eq!(repo.texts(Some("v6.1")), pair("", "one"));
    assert_eq!(repo.texts(None), pair("two", "three"));
}

#[test]
fn sides_have_the_names_of_the_user_and_the_ids_of_git() {
    let repo = Repo::with_history();
    let sides = repo.open(Some("v6.1..main")).unwrap();
    assert_eq!((&*sides.before.name, &*sides.after.name), ("v6.1", "main"));
    assert_eq!(sides.after.commit, Some(repo.git(&["rev-parse", "main"])));
    // The commit, not the tag object.
    assert_eq!(
        sides.before.commit,
        Some(repo.git(&["rev-parse", "v6.1^{commit}"]))
    );
    let sides = repo.open(Some("v6.1")).unwrap();
    assert_eq!(sides.before.commit, None);
}

#[test]
fn three_dots_begin_where_the_branches_parted() {
    let repo = Repo::with_history();
    repo.git(&["switch", "--quiet", "-c", "topic", "HEAD~1"]);
    repo.commit(HEADER, "topic");
    assert_eq!(repo.texts(Some("main...topic")), pair("two", "topic"));
    assert_eq!(repo.texts(Some("main..topic")), pair("three", "topic"));
    let sides = repo.open(Some("main...topic")).unwrap();
    assert_eq!(sides.before.name, repo.git(&["rev-parse", "main~1"])[..12]);
    let commits = sides.commits(10).unwrap().commits;
    assert_eq!(commits.len(), 1);
    assert_eq!(commits[0].subject, "topic");
}

#[test]
fn a_merge_is_compared_with_its_first_parent() {
    let repo = Repo::with_history();
    repo.git(&["switch", "--quiet", "-c", "topic", "HEAD~1"]);
    repo.commit("include/uapi/linux/b.h", "b");
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    let sides = repo.open(Some("HEAD")).unwrap();
    assert_eq!(text(&sides.before, HEADER), "three");
    assert_eq!(paths(&*sides.before.files, "include"), [HEADER]);
    assert_eq!(text(&sides.after, "include/uapi/linux/b.h"), "b");
    let subjects: Vec<_> = sides.commits(10).unwrap().commits;
    let subjects: Vec<_> = subjects.iter().map(|commit| &*commit.subject).collect();
    assert_eq!(subjects, ["b", "merge"]);
}

#[test]
fn commits_between_are_listed_oldest_first_and_cut_at_the_limit() {
    let repo = Repo::with_history();
    let sides = repo.open(Some("v6.1..main")).unwrap();
    let all = sides.commits(10).unwrap();
    assert!(!all.cut);
    let subjects: Vec<_> = all.commits.iter().map(|commit| &*commit.subject).collect();
    assert_eq!(subjects, ["two", "three"]);
    assert_eq!(all.commits[0].author, "A U Thor <author@example.org>");
    assert_eq!(all.commits[0].id, repo.git(&["rev-parse", "main~1"]));
    let newest = sides.commits(1).unwrap();
    assert!(newest.cut);
    assert_eq!(newest.commits, all.commits[1..]);
}

#[test]
fn a_range_of_equal_commits_is_valid_and_a_backward_one_is_a_mistake() {
    let repo = Repo::with_history();
    let sides = repo.open(Some("v6.1..v6.1")).unwrap();
    let ids = [&sides.before, &sides.after].map(|state| state.files.id("").unwrap());
    assert_eq!(ids[0], ids[1]);
    assert!(sides.commits(10).unwrap().commits.is_empty());
    assert!(
        repo.mistake(Some("main..v6.1"))
            .contains("did you mean `v6.1..main`?")
    );
    assert!(repo.mistake(Some("main...v6.1")).contains("is empty"));
    assert!(repo.mistake(Some("main...main")).contains("is empty"));
}

#[test]
fn bad_revisions_are_mistakes_that_name_the_revision() {
    let repo = Repo::with_history();
    for bad in [
        "v6.13",
        "HEAD~9",
        "-x",
        "@{x}",
        "deadbeef",
        "v6.1^{tree}",
        "HEAD:Kbuild",
        "\u{0}",
    ] {
        let line = repo.mistake(Some(&format!("{bad}..HEAD")));
        assert!(line.contains(&format!("`{bad}`")), "{line}");
    }
    assert!(repo.mistake(Some("HEAD^{tree}")).contains("names a tree"));
    repo.git(&["switch", "--quiet", "--orphan", "apart"]);
    repo.commit(HEADER, "apart");
    assert!(
        repo.mistake(Some("main...apart"))
            .contains("no common ancestor")
    );
}

#[test]
fn the_last_release_before_the_range_is_found() {
    let repo = Repo::with_history();
    repo.git(&["tag", "v6.2-rc1"]);
    repo.git(&["tag", "v6.1.1", "HEAD~1"]);
    let released = |range| {
        let sides = repo.open(Some(range)).unwrap();
        sides.released().unwrap().map(|state| state.name)
    };
    assert_eq!(released("HEAD"), Some("v6.1".to_owned()));
    // Nothing was released before the first commit.
    assert_eq!(released("v6.1"), None);
    repo.git(&["tag", "v6.2"]);
    repo.commit(HEADER, "four");
    assert_eq!(released("HEAD"), Some("v6.2".to_owned()));
    assert_eq!(released("v6.1..HEAD"), Some("v6.1".to_owned()));
    // A release of another line of history is not in our past.
    repo.git(&["switch", "--quiet", "-c", "side", "v6.1.1"]);
    repo.commit(HEADER, "side");
    assert_eq!(released("HEAD"), Some("v6.1".to_owned()));
}

#[test]
fn the_release_can_be_chosen() {
    let repo = Repo::with_history();
    let released = |choice| open(&repo.path(), Some("HEAD"), choice).unwrap().released();
    let chosen = released(ReleaseChoice::Revision("HEAD~1".into()))
        .unwrap()
        .unwrap();
    assert_eq!(text(&chosen, HEADER), "two");
    assert!(released(ReleaseChoice::None).unwrap().is_none());
    let error = released(ReleaseChoice::Revision("v9".into()))
        .err()
        .unwrap();
    assert!(error.is_mistake());
    let untagged = Repo::new();
    untagged.commit(HEADER, "one");
    untagged.commit(HEADER, "two");
    assert!(untagged.open(None).unwrap().released().unwrap().is_none());
}
