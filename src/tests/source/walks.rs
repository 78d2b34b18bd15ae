//! The commits of a range one by one, and the releases that brought them.

use super::{HEADER, Repo, git, text};
use uapi_check::source::{CommitId, Releases, Sides, Step};

fn walked(sides: &Sides) -> Vec<Step> {
    sides.walk().unwrap()
}

fn ids(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.id.to_string()).collect()
}

#[test]
fn parents_come_before_their_children_and_the_base_not_at_all() {
    let repo = Repo::with_history();
    repo.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    let side = repo.commit("side.c", "side");
    repo.git(&["checkout", "--quiet", "main"]);
    let main = repo.commit("main.c", "main");
    repo.git(&["merge", "--quiet", "--no-edit", "side"]);
    let merge = repo.git(&["rev-parse", "HEAD"]);
    let sides = repo.open(Some("v6.1..HEAD")).unwrap();
    let steps = walked(&sides);
    let expected = repo.git(&["rev-list", "--count", "v6.1..HEAD"]);
    assert_eq!(steps.len().to_string(), expected);
    for (at, step) in steps.iter().enumerate() {
        let later = &steps[at..];
        assert!(!later.iter().any(|other| step.parents.contains(&other.id)));
    }
    let last = steps.last().unwrap();
    let parents: Vec<String> = last.parents.iter().map(CommitId::to_string).collect();
    assert_eq!(
        (last.id.to_string(), parents),
        (merge, vec![main, side.clone()])
    );
    let found = steps
        .iter()
        .find(|step| step.id.to_string() == side)
        .unwrap();
    assert!(sides.is_descendant(last.id, found.id).unwrap());
    assert!(!sides.is_descendant(found.id, last.id).unwrap());
}

#[test]
fn directories_have_no_commits() {
    let folder = tempfile::tempdir().unwrap();
    let sides = uapi_check::source::directories(folder.path(), folder.path()).unwrap();
    let error = sides.walk().unwrap_err();
    assert!(error.is_mistake(), "{error}");
    assert!(error.to_string().contains("have no commits"), "{error}");
}

#[test]
fn the_first_commit_of_all_has_no_parent_and_the_work_tree_no_commits() {
    let repo = Repo::with_history();
    let steps = walked(&repo.open(Some("v6.1")).unwrap());
    assert_eq!((steps.len(), steps[0].parents.len()), (1, 0));
    repo.write(HEADER, "changed");
    assert!(walked(&repo.open(None).unwrap()).is_empty());
}

#[test]
fn a_commit_is_described_and_stands_against_its_parent() {
    let repo = Repo::with_history();
    let sides = repo.open(Some("v6.1..HEAD")).unwrap();
    let steps = walked(&sides);
    let commit = sides.describe(steps[0].id).unwrap();
    assert_eq!(commit.subject, "two");
    let expected = repo.git(&["log", "-1", "--format=%aI", "HEAD~1"]);
    // git writes Z where the zone is that of Greenwich, from 2.43 on.
    assert_eq!(commit.date, expected.replace('Z', "+00:00"));
    let released = uapi_check::source::ReleaseChoice::None;
    let own = sides
        .between(Some(steps[0].parents[0]), steps[0].id, released)
        .unwrap();
    assert_eq!(
        (text(&own.before, HEADER), text(&own.after, HEADER)),
        ("one".into(), "two".into())
    );
    let first = sides
        .between(None, steps[0].id, Default::default())
        .unwrap();
    assert_eq!(text(&first.before, HEADER), "");
}

#[test]
fn a_walk_past_the_edge_of_a_shallow_clone_is_a_mistake() {
    let repo = Repo::with_history();
    repo.git(&["checkout", "--quiet", "-b", "side", "v6.1"]);
    repo.commit("side.c", "side");
    let other = tempfile::tempdir().unwrap();
    let shallow = other.path().join("shallow");
    let url = format!("file://{}", repo.path().display());
    let arguments = ["clone", "--quiet", "--depth=1", "--no-single-branch", &url];
    git(
        other.path(),
        0,
        &[&arguments[..], &[shallow.to_str().unwrap()]].concat(),
    );
    let range = Some("origin/main..origin/side");
    let sides = uapi_check::source::open(&shallow, range, Default::default()).unwrap();
    let error = sides.walk().unwrap_err();
    assert!(
        error.is_mistake() && error.to_string().contains("git fetch --unshallow"),
        "{error}"
    );
}

/// Names of the first release with each commit, and of the last before it.
fn releases(sides: &Sides) -> Vec<(String, String)> {
    let steps = walked(sides);
    let releases: Releases = sides.releases(&steps).unwrap();
    let name = |release: Option<&uapi_check::source::Release>| {
        release.map_or("none".to_owned(), |release| release.name.clone())
    };
    let steps = steps.iter();
    steps
        .map(|step| {
            (
                name(releases.first_with(step.id)),
                name(releases.last_before(step.id)),
            )
        })
        .collect()
}

#[test]
fn each_commit_has_the_first_release_that_contains_it() {
    let repo = Repo::with_history();
    repo.git(&["tag", "v6.2-rc1"]);
    repo.commit("a.c", "a");
    repo.git(&["tag", "-a", "-m", "x", "v6.2"]);
    repo.commit("b.c", "b");
    let pair = |first: &str, before: &str| (first.to_owned(), before.to_owned());
    let two = pair("v6.2", "v6.1");
    let found = releases(&repo.open(Some("v6.1..HEAD")).unwrap());
    assert_eq!(
        found,
        [two.clone(), two.clone(), two.clone(), pair("none", "v6.2")]
    );
    // A range that ends before the release is in it all the same; a tag on a branch beside it is not.
    assert_eq!(
        releases(&repo.open(Some("v6.1..v6.2-rc1")).unwrap()),
        [two.clone(), two]
    );
    repo.git(&["checkout", "--quiet", "-b", "side", "v6.1"]);
    repo.commit("side.c", "side");
    assert_eq!(
        releases(&repo.open(Some("v6.1..HEAD")).unwrap()),
        [pair("none", "v6.1")]
    );
}

#[test]
fn the_release_of_a_branch_is_the_one_that_joined_it() {
    let repo = Repo::with_history();
    repo.git(&["checkout", "--quiet", "-b", "side", "v6.1"]);
    let side = repo.commit("side.c", "side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["tag", "v6.9"]);
    repo.git(&["merge", "--quiet", "--no-edit", "side"]);
    repo.git(&["tag", "v6.10"]);
    let sides = repo.open(Some("v6.1..HEAD")).unwrap();
    let steps = walked(&sides);
    let at = ids(&steps).iter().position(|id| *id == side).unwrap();
    assert_eq!(
        releases(&sides)[at],
        ("v6.10".to_owned(), "v6.9".to_owned())
    );
}
