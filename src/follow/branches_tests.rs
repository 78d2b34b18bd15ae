//! Branches that grow, are rewritten, come and go, in real repositories.

use super::{BranchSettings, Branches, matches};
use crate::follow::{Arrival, FollowError, NewCommits};
use crate::http::Manners;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A bare repository.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        place.git(&["init", "--quiet", "--bare", "."]);
        place
    }

    fn git(&self, arguments: &[&str]) -> String {
        let run = Command::new("git")
            .args(arguments)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "A")))
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "a@example.org")))
            .output()
            .expect("git is there");
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        String::from_utf8_lossy(&run.stdout).trim().to_owned()
    }

    /// Makes a commit with a name, on others.
    fn commit(&self, name: &str, parents: &[&str]) -> String {
        // The tree that has nothing in it.
        let tree = self.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let mut arguments = vec!["commit-tree", &tree, "-m", name];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.git(&arguments)
    }

    fn set(&self, reference: &str, commit: &str) {
        self.git(&["update-ref", reference, commit]);
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }
}

fn source(
    place: &str,
    directory: &Path,
    names: &[&str],
    base: Option<&str>,
) -> Result<Branches, FollowError> {
    let settings = BranchSettings {
        place: place.to_owned(),
        directory: directory.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        base: base.map(str::to_owned),
        limit: Duration::from_secs(60),
    };
    Branches::new(&Manners::new("a@example.org"), settings)
}

async fn new(source: &Branches, cursor: &mut Option<String>) -> Vec<NewCommits> {
    let batch = source
        .poll(cursor.as_deref())
        .await
        .expect("the repository is there");
    assert!(!batch.more);
    *cursor = Some(batch.cursor);
    let commits = batch.arrivals.into_iter().map(|arrival| match arrival {
        Arrival::Commits(commits) => commits,
        other => panic!("{other:?} are no commits"),
    });
    commits.collect()
}

fn arrived(reference: &str, before: &str, after: &str) -> NewCommits {
    NewCommits {
        reference: reference.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

/// What happens to branches, told by a repository that is read where it is and by one that is fetched.
async fn branches(there: &Place, place: &str) {
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let first = there.commit("1", &[]);
    let second = there.commit("2", &[&first]);
    there.set("refs/heads/main", &first);
    there.set("refs/heads/other", &first);
    let source = source(place, mirror.path(), &["main", "net-*"], None).expect("they are names");
    let mut cursor = None;
    assert_eq!(new(&source, &mut cursor).await, []);
    assert_eq!(new(&source, &mut cursor).await, []);
    there.set("refs/heads/main", &second);
    there.set("refs/heads/other", &second);
    assert_eq!(
        new(&source, &mut cursor).await,
        [arrived("refs/heads/main", &first, &second)]
    );
    assert_eq!(new(&source, &mut cursor).await, []);
    let again = there.commit("2 anew", &[&first]);
    there.set("refs/heads/main", &again);
    let side = there.commit("3", &[&again]);
    there.set("refs/heads/net-x", &side);
    let expected = [
        arrived("refs/heads/main", &first, &again),
        arrived("refs/heads/net-x", &again, &side),
    ];
    assert_eq!(new(&source, &mut cursor).await, expected);
    // Set back, and gone: nothing of it is new.
    there.set("refs/heads/main", &first);
    there.git(&["update-ref", "-d", "refs/heads/net-x"]);
    there.set("refs/heads/net-same", &first);
    assert_eq!(new(&source, &mut cursor).await, []);
    let read = git2::Repository::open(source.repository()).expect("it is there");
    assert!(read.revparse_single(&again).is_ok());
}

#[tokio::test]
async fn what_is_new_on_branches_of_a_path() {
    let there = Place::new();
    branches(&there, &there.path()).await;
}

#[tokio::test]
async fn what_is_new_on_branches_of_an_address() {
    let there = Place::new();
    branches(&there, &format!("file://{}", there.path())).await;
}

#[tokio::test]
async fn requests_are_told_from_their_base() {
    let there = Place::new();
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let first = there.commit("1", &[]);
    let second = there.commit("2", &[&first]);
    there.set("refs/heads/main", &first);
    let place = format!("file://{}", there.path());
    let source =
        source(&place, mirror.path(), &["refs/pull/*/head"], Some("main")).expect("they are names");
    let mut cursor = None;
    assert_eq!(new(&source, &mut cursor).await, []);
    let change = there.commit("a", &[&first]);
    there.set("refs/pull/7/head", &change);
    there.set("refs/pull/7/merge", &second);
    let name = "refs/pull/7/head";
    assert_eq!(
        new(&source, &mut cursor).await,
        [arrived(name, &first, &change)]
    );
    // The base goes on, and the request too: it is told as a whole.
    there.set("refs/heads/main", &second);
    let more = there.commit("b", &[&change]);
    there.set(name, &more);
    assert_eq!(
        new(&source, &mut cursor).await,
        [arrived(name, &first, &more)]
    );
    let merged = there.commit("c", &[&more, &second]);
    there.set(name, &merged);
    assert_eq!(
        new(&source, &mut cursor).await,
        [arrived(name, &second, &merged)]
    );
    let unrelated = there.commit("nothing in common", &[]);
    there.set("refs/pull/8/head", &unrelated);
    assert_eq!(new(&source, &mut cursor).await, []);
}

#[tokio::test]
async fn what_is_missing_is_told() {
    let there = Place::new();
    there.set("refs/heads/main", &there.commit("1", &[]));
    let mirror = tempfile::tempdir().expect("a temporary folder");
    let address = format!("file://{}", there.path());
    for place in [&there.path(), &address] {
        let good = source(place, mirror.path(), &["main"], None).expect("it is a name");
        let good = good.poll(None).await.expect("it is there").cursor;
        let missing = source(place, mirror.path(), &["mian"], None).expect("it is a name");
        let told = missing.poll(Some(&good)).await.expect_err("there is none");
        assert!(told.is_mistake(), "{told}");
    }
    let nowhere = format!("file://{}/x", there.path());
    let told = source(&nowhere, mirror.path(), &["main"], None)
        .expect("it is a name")
        .poll(None)
        .await;
    assert!(matches!(told, Err(FollowError::Mistake(_))), "{told:?}");
}

#[test]
fn what_git_would_take_for_something_else_is_refused() {
    let directory = PathBuf::from("/nowhere");
    let made = |place: &str, name: &str| source(place, &directory, &[name], None);
    for place in [
        "--upload-pack=x",
        "ext::sh -c x",
        "relative",
        "https://a:b@example.org/x",
        "",
    ] {
        assert!(made(place, "main").is_err(), "{place}");
    }
    for name in ["", "-x y", "a..b", "*/*", "refs/pull/*/head", "a:b"] {
        assert!(made("https://example.org/x", name).is_err(), "{name}");
    }
    assert!(made("https://example.org/x", "net-*").is_ok());
}

#[test]
fn a_star_stands_for_anything() {
    assert!(matches("refs/pull/*/head", "refs/pull/12/head"));
    assert!(!matches("refs/pull/*/head", "refs/pull/12/merge"));
    assert!(!matches("refs/pull/*/head", "refs/pull/head"));
    assert!(matches("refs/heads/*", "refs/heads/a/b"));
    assert!(!matches("refs/heads/main", "refs/heads/main2"));
}
