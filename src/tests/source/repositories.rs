//! Each kind of repository, and those that must be refused.

use std::fs;

use uapi_check::source::{ReleaseChoice, open};

use super::{HEADER, Repo, git, mistake, pair, text};

#[test]
fn places_without_a_repository_or_commits_are_mistakes() {
    let empty = tempfile::tempdir().unwrap();
    let nowhere = empty.path().join("nowhere");
    for path in [empty.path(), &nowhere] {
        let line = mistake(open(path, None, ReleaseChoice::None));
        assert!(line.contains("no git repository"), "{line}");
    }
    let repo = Repo::new();
    assert!(repo.mistake(None).contains("nothing was committed yet"));
}

#[test]
fn a_header_may_be_on_one_side_only() {
    let repo = Repo::new();
    repo.commit("src/main.c", "int main;");
    repo.commit("src/main.c", "int main2;");
    repo.commit(HEADER, "one");
    assert_eq!(repo.texts(Some("HEAD")), pair("", "one"));
    repo.git(&["rm", "--quiet", HEADER]);
    repo.commit_all("gone");
    assert_eq!(repo.texts(Some("HEAD")), pair("one", ""));
}

#[test]
fn bare_repositories_linked_work_trees_and_sub_directories_work() {
    let repo = Repo::with_history();
    let other = tempfile::tempdir().unwrap();
    let (bare, linked) = (other.path().join("bare.git"), other.path().join("linked"));
    repo.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    repo.git(&[
        "worktree",
        "add",
        "--quiet",
        linked.to_str().unwrap(),
        "main~1",
    ]);
    let sub_directory = repo.path().join("include/uapi");
    for (path, expected) in [
        (&bare, ("two", "three")),
        (&linked, ("one", "two")),
        (&sub_directory, ("two", "three")),
    ] {
        let sides = open(path, None, ReleaseChoice::None).unwrap();
        let found = (text(&sides.before, HEADER), text(&sides.after, HEADER));
        assert_eq!(found, pair(expected.0, expected.1), "{path:?}");
    }
    fs::write(linked.join(HEADER), "changed").unwrap();
    let sides = open(&linked, None, ReleaseChoice::None).unwrap();
    assert_eq!(text(&sides.after, HEADER), "changed");
    // Many threads need more handles than the one that opened the repository.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(text(&sides.before, HEADER), "two"));
        }
    });
}

#[test]
fn the_edge_of_a_shallow_clone_is_no_first_commit() {
    let repo = Repo::with_history();
    let other = tempfile::tempdir().unwrap();
    let shallow = other.path().join("shallow");
    let url = format!("file://{}", repo.path().display());
    repo.git(&[
        "clone",
        "--quiet",
        "--depth=2",
        &url,
        shallow.to_str().unwrap(),
    ]);
    let open = |range| open(&shallow, range, ReleaseChoice::LastTag);
    let sides = open(Some("HEAD")).unwrap();
    assert_eq!(text(&sides.before, HEADER), "two");
    assert!(sides.released().unwrap().is_none());
    for range in ["HEAD~1", "HEAD~2..HEAD", "v6.1..HEAD"] {
        let line = mistake(open(Some(range)));
        assert!(line.contains("git fetch --unshallow"), "{line}");
    }
}

#[test]
fn repositories_that_cannot_be_read_are_mistakes_that_say_why() {
    for (key, value) in [("partialClone", "origin"), ("refStorage", "unheard-of")] {
        let repo = Repo::with_history();
        fs::write(
            repo.path().join(".git/config"),
            format!("[core]\nrepositoryFormatVersion = 1\n[extensions]\n{key} = {value}\n"),
        )
        .unwrap();
        let line = repo.mistake(Some("HEAD"));
        assert!(line.to_lowercase().contains(&key.to_lowercase()), "{line}");
        assert!(line.contains("full clone"), "{line}");
    }
    let directory = tempfile::tempdir().unwrap();
    git(
        directory.path(),
        0,
        &["init", "--quiet", "--object-format=sha256"],
    );
    let line = mistake(open(directory.path(), None, ReleaseChoice::None));
    assert!(line.contains("sha256"), "{line}");
}

#[test]
fn a_repository_of_another_user_is_a_mistake_with_a_mend() {
    let repo = Repo::with_history();
    // Only root can give a directory away.
    if std::os::unix::fs::chown(repo.path(), Some(65534), None).is_err() {
        return;
    }
    let line = repo.mistake(Some("HEAD"));
    assert!(line.contains("safe.directory"), "{line}");
}
