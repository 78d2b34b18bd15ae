//! Commits of pull requests come into a repository of our own, over HTTP, from git's own server.

use super::{LINUX, installed, linux, person, place};
use crate::support::github::{Fake, PERSONAL};
use git2::{Oid, Repository, Signature, Time};
use std::path::Path;
use std::time::Duration;
use uapi_check::github::{Cache, Client, Error, Fetched, Login, Secret, Wanted};

/// A repository as GitHub has one: a branch, a release, and a pull request from a fork.
struct Upstream {
    folder: tempfile::TempDir,
    base: Oid,
    head: Oid,
}

fn commit(git: &Repository, reference: &str, parent: Option<Oid>, content: &[u8]) -> Oid {
    let blob = git.blob(content).expect("there is room");
    let mut tree = git.treebuilder(None).expect("there is room");
    tree.insert("xfrm.h", blob, 0o100_644).expect("a name");
    let tree = git
        .find_tree(tree.write().expect("there is room"))
        .expect("it was written");
    let who = Signature::new("A", "a@example.org", &Time::new(1_700_000_000, 0)).expect("a name");
    let parent = parent.map(|parent| git.find_commit(parent).expect("it is there"));
    let parents: Vec<_> = parent.iter().collect();
    let id = git
        .commit(None, &who, &who, "x", &tree, &parents)
        .expect("there is room");
    git.reference(reference, id, true, "x").expect("a name");
    id
}

fn upstream(fake: &Fake) -> Upstream {
    let folder = tempfile::tempdir().expect("there is room");
    let git = Repository::init_bare(folder.path()).expect("it is empty");
    let release = commit(&git, "refs/tags/v6.1", None, b"int a;\n");
    let base = commit(&git, "refs/heads/net/next", Some(release), b"int a;\n\n");
    let head = commit(&git, "refs/pull/12/head", Some(base), b"int b;\n");
    commit(&git, "refs/heads/other", None, b"nobody asked for it\n");
    fake.serve(LINUX, folder.path());
    Upstream { folder, base, head }
}

fn cache(directory: &Path) -> Cache {
    Cache {
        directory: directory.to_owned(),
        lender: None,
        limit: Duration::from_secs(60),
        room: 1 << 20,
    }
}

fn twelve() -> Wanted {
    Wanted::Pull {
        number: 12,
        base: "net/next".to_owned(),
    }
}

fn has(fetched: &Fetched, id: Oid) -> bool {
    let git = Repository::open(&fetched.repository).expect("it is one");
    git.find_commit(id).is_ok()
}

#[tokio::test]
async fn a_pull_request_and_its_base_are_fetched_and_nothing_else() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let fetched = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is there");
    assert_eq!(
        (fetched.head.clone(), fetched.base.clone()),
        (up.head.to_string(), up.base.to_string())
    );
    assert_eq!(fetched.repository, folder.path().join("octo/linux.git"));
    let git = Repository::open(&fetched.repository).expect("it is one");
    assert!(git.is_bare() && git.find_reference("refs/tags/v6.1").is_ok());
    let other = Repository::open(up.folder.path()).expect("it is one");
    let other = other
        .refname_to_id("refs/heads/other")
        .expect("it is there");
    assert!(!has(&fetched, other));
    // Nothing about who fetched is left there.
    let config = std::fs::read_to_string(fetched.repository.join("config")).expect("it has one");
    assert!(
        !config.contains("xtraheader") && !config.contains("http"),
        "{config}"
    );
}

#[tokio::test]
async fn what_moved_is_fetched_anew_and_both_stay() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let first = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is there");
    let git = Repository::open(up.folder.path()).expect("it is one");
    // Pushed by force: it does not follow from the one before.
    let moved = commit(&git, "refs/pull/12/head", Some(up.base), b"int c;\n");
    let second = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is there");
    assert_eq!(
        (second.head.clone(), second.base),
        (moved.to_string(), first.base.clone())
    );
    assert!(has(&first, up.head));
}

/// A branch that is gone is in the way of none below its name.
#[tokio::test]
async fn branches_may_become_folders() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let git = Repository::open(up.folder.path()).expect("it is one");
    let wanted = |head: &str| Wanted::Branches {
        head: head.to_owned(),
        base: "net/next".to_owned(),
    };
    let queue = commit(&git, "refs/heads/queue", Some(up.base), b"int q;\n");
    let fetched = cache
        .fetch(&client, &linux(), &wanted("queue"))
        .await
        .expect("it is there");
    assert_eq!(fetched.head, queue.to_string());
    git.find_reference("refs/heads/queue")
        .and_then(|mut it| it.delete())
        .expect("it is there");
    let below = commit(
        &git,
        "refs/heads/queue/main/pr-12",
        Some(up.base),
        b"int r;\n",
    );
    let fetched = cache
        .fetch(&client, &linux(), &wanted("queue/main/pr-12"))
        .await
        .expect("it is there");
    assert_eq!(fetched.head, below.to_string());
}

/// The token goes in the header, to that repository; what git is started with can be seen by everybody on the machine.
#[tokio::test]
async fn git_logs_in_with_a_token_in_the_header() {
    let (fake, client) = installed();
    let _up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is there");
    let asked: Vec<_> = fake
        .seen()
        .into_iter()
        .filter(|it| it.method == "git")
        .collect();
    assert!(
        asked.len() >= 2
            && asked
                .iter()
                .all(|it| it.authorization.starts_with("Basic "))
    );
    let token = fake.tokens()[0].clone();
    assert!(asked.iter().all(|it| !it.path.contains(&token)));
    // A person's token does as well.
    cache
        .fetch(&person(&fake), &linux(), &twelve())
        .await
        .expect("it is there");
    // One that was taken back in between is asked for anew.
    fake.revoke();
    cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("there is another");
    assert_eq!(fake.issued(), 2);
}

#[tokio::test]
async fn a_token_that_is_none_is_told_and_not_shown() {
    let (fake, _) = installed();
    let _up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let token = "ghp_nobody_gave_it_out";
    let login = Login::Token(Secret::from(token));
    let client = Client::new(&place(&fake), login).expect("it is a word");
    let error = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect_err("it is none");
    assert!(error.is_mistake(), "{error}");
    let said = format!("{error} {error:?} {client:?} {cache:?}");
    assert!(said.contains("octo/linux can't be fetched"), "{said}");
    let sent = fake.seen().into_iter().map(|it| it.authorization);
    let sent = sent.filter_map(|it| it.strip_prefix("Basic ").map(str::to_owned));
    let sent: Vec<String> = sent
        .chain([token.to_owned(), PERSONAL.to_owned()])
        .collect();
    assert!(
        sent.len() > 2 && sent.iter().all(|it| !said.contains(it)),
        "{said}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let (fake, client) = installed();
    let _up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    for wanted in [
        Wanted::Pull {
            number: 13,
            base: "net/next".to_owned(),
        },
        Wanted::Pull {
            number: 12,
            base: "gone".to_owned(),
        },
    ] {
        let error = cache
            .fetch(&client, &linux(), &wanted)
            .await
            .expect_err("it is not there");
        assert!(error.is_missing() && !error.may_pass(), "{error}");
    }
    let hostile = Wanted::Pull {
        number: 12,
        base: "--upload-pack=touch /tmp/x".to_owned(),
    };
    let before = fake.seen().len();
    let error = cache
        .fetch(&client, &linux(), &hostile)
        .await
        .expect_err("it is no branch");
    assert!(matches!(error, Error::Garbled { .. }), "{error}");
    assert_eq!(fake.seen().len(), before);
}

#[tokio::test]
async fn a_server_that_is_broken_is_for_later() {
    let (fake, client) = installed();
    let _up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    fake.fail("git /octo", 1, crate::support::github::Fault::Status(503));
    let error = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect_err("it is broken");
    assert!(error.may_pass(), "{error}");
    cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is mended");
}

/// Bytes that don't pack.
fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..))
        .take(length)
        .collect()
}

#[tokio::test]
async fn too_much_is_not_kept() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let git = Repository::open(up.folder.path()).expect("it is one");
    commit(&git, "refs/pull/12/head", Some(up.base), &noise(64 << 20));
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let error = cache
        .fetch(&client, &linux(), &twelve())
        .await
        .expect_err("it is too much");
    assert!(
        error.to_string().contains("more than 1048576 bytes"),
        "{error}"
    );
    let packs = std::fs::read_dir(folder.path().join("octo/linux.git/objects/pack"));
    let left = packs
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.metadata().map_or(0, |it| it.len()))
        .sum::<u64>();
    assert!(left < 1 << 20, "{left}");
    // With room for it, it comes.
    let large = Cache {
        room: 128 << 20,
        ..cache
    };
    large
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("there is room");
}

#[tokio::test]
async fn a_clone_lends_what_it_has() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let lending = Cache {
        lender: Some(up.folder.path().to_owned()),
        ..cache(folder.path())
    };
    let fetched = lending
        .fetch(&client, &linux(), &twelve())
        .await
        .expect("it is there");
    assert!(has(&fetched, up.head));
    let packs = std::fs::read_dir(fetched.repository.join("objects/pack"));
    assert_eq!(packs.into_iter().flatten().count(), 0);
    let wrong = Cache {
        lender: Some(folder.path().join("nothing")),
        ..lending
    };
    let error = wrong
        .fetch(&client, &linux(), &twelve())
        .await
        .expect_err("it lends nothing");
    assert!(error.is_mistake(), "{error}");
}

#[tokio::test]
async fn several_at_once_wait_for_each_other() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let cache = cache(folder.path());
    let (linux, twelve) = (linux(), twelve());
    let fetch = || cache.fetch(&client, &linux, &twelve);
    let all = tokio::join!(fetch(), fetch());
    for fetched in [all.0, all.1] {
        assert_eq!(fetched.expect("it is there").head, up.head.to_string());
    }
    // Who waits for longer than a fetch may take is told to come later.
    let lock = std::fs::File::create(folder.path().join("octo/linux.lock")).expect("there is room");
    lock.lock().expect("nobody has it");
    let hasty = Cache {
        limit: Duration::from_millis(50),
        ..cache.clone()
    };
    let error = hasty
        .fetch(&client, &linux, &twelve)
        .await
        .expect_err("somebody has it");
    assert!(error.may_pass(), "{error}");
}

#[tokio::test]
async fn what_a_git_left_that_was_ended_is_in_nobodys_way() {
    let (fake, client) = installed();
    let up = upstream(&fake);
    let folder = tempfile::tempdir().expect("there is room");
    let (cache, linux, twelve) = (cache(folder.path()), linux(), twelve());
    let write = |name: &str, text: &str| {
        let path = folder.path().join("octo").join(name);
        let parent = path.parent().expect("it has one");
        std::fs::create_dir_all(parent).expect("there is room");
        std::fs::write(path, text).expect("there is room");
    };
    // It was about to make the repository, and its lock tells that it did not come to an end.
    write("linux.git/HEAD", "ref: refs/heads/main\n");
    write("linux.git/config.lock", "");
    write("linux.lock", "x");
    let fetched = cache.fetch(&client, &linux, &twelve).await;
    assert!(has(&fetched.expect("it is put in order"), up.head));
    // It was about to move a reference.
    let git = Repository::open(up.folder.path()).expect("it is there");
    let head = commit(&git, "refs/pull/12/head", Some(up.base), b"int c;\n");
    write("linux.git/refs/github/pulls/12.lock", "");
    write("linux.git/objects/pack/tmp_pack_x", "half");
    write("linux.lock", "x");
    let fetched = cache.fetch(&client, &linux, &twelve).await;
    assert_eq!(fetched.expect("it is put in order").head, head.to_string());
    assert!(
        !folder
            .path()
            .join("octo/linux.git/objects/pack/tmp_pack_x")
            .exists()
    );
    // Where all came to their end, a lock is somebody's, and is left alone until something failed.
    let other = commit(&git, "refs/pull/12/head", Some(up.base), b"int d;\n");
    write("linux.git/refs/github/pulls/12.lock", "");
    let refused = cache.fetch(&client, &linux, &twelve).await;
    let refused = refused.expect_err("somebody else moves it");
    assert!(refused.to_string().contains("12.lock"), "{refused}");
    let fetched = cache.fetch(&client, &linux, &twelve).await;
    assert_eq!(fetched.expect("it is put in order").head, other.to_string());
}

#[tokio::test]
async fn a_git_that_outlives_who_ran_it_keeps_others_out() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("lock");
    let open = || {
        let mut options = std::fs::OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        file.expect("there is room")
    };
    let held = open();
    held.lock().expect("nobody has it");
    let git = uapi_check::git::Git {
        agent: String::new(),
        limit: Duration::from_secs(60),
        login: None,
        room: None,
        lock: Some(std::sync::Arc::new(held)),
    };
    // It begins, and ends when a door is opened.
    let at = |name: &str| folder.path().join(name);
    let (begun, door) = (at("begun"), at("door"));
    let script = format!(
        "alias.wait=!touch '{}'; while [ ! -e '{}' ]; do sleep 0.01; done",
        begun.display(),
        door.display()
    );
    let come = async |what: &dyn Fn() -> bool| {
        let mut tries = 0..1000;
        while !what() {
            tries.next().expect("it comes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (arguments, is_begun) = (["-c", &script, "wait"], || begun.exists());
    tokio::select! {
        ended = git.run(folder.path(), "nowhere", &arguments) => panic!("it ended: {ended:?}"),
        () = come(&is_begun) => {}
    }
    // Nobody waits for it any more, as where that process died.
    drop(git);
    let other = open();
    assert!(other.try_lock().is_err());
    std::fs::write(&door, "").expect("there is room");
    come(&|| other.try_lock().is_ok()).await;
}
