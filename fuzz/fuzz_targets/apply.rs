//! Any bytes as a diff, applied to a small repository: no panic, and no name that leads out of the tree.
//!
//! `cargo +nightly fuzz run apply fuzz/corpus/apply fixtures/apply` begins with the seeds of the fixtures.

#![no_main]

use git2::{Oid, Repository, Signature, Time, TreeWalkMode, TreeWalkResult};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use uapi_check::apply::{Done, Hints, apply};
use uapi_check::mail::{Head, Patch, When};
use uapi_check::model::Person;

/// A repository with one commit of two files, and that commit.
fn repository() -> (TempDir, String) {
    let place = tempfile::tempdir().expect("the system has room");
    let git = Repository::init_bare(place.path()).expect("the folder is new");
    let mut tree = git.treebuilder(None).expect("an empty tree");
    for (name, text) in [("a.h", "1\n2\n3\n4\n5\n6\n7\n8\n"), ("b.h", "x\ny\nz")] {
        let blob = git.blob(text.as_bytes()).expect("a blob");
        tree.insert(name, blob, 0o100_644).expect("a plain name");
    }
    let tree = tree.write().and_then(|id| git.find_tree(id)).expect("a tree");
    let who = Signature::new("A", "a@example.org", &Time::new(0, 0)).expect("a name");
    let base = git.commit(Some("HEAD"), &who, &who, "base", &tree, &[]);
    (place, base.expect("a commit").to_string())
}

thread_local! {
    static REPOSITORY: (TempDir, String) = repository();
}

fuzz_target!(|diff: &[u8]| {
    let patch = Patch {
        author: Person {
            name: "A".into(),
            email: "a@example.org".into(),
        },
        when: When::default(),
        message: "title\n".into(),
        diff: diff.to_vec(),
        message_id: String::new(),
        head: Head::default(),
        position: 1,
        of: 1,
    };
    REPOSITORY.with(|(place, base)| {
        let hints = Hints {
            named: Some(base),
            base_commit: None,
            trees: &[],
        };
        let done = apply(place.path(), &[patch], hints).expect("the repository is whole");
        let Done::Applied(applied) = done else { return };
        let git = Repository::open_bare(applied.scratch.path()).expect("it is one");
        let tip = Oid::from_str(&applied.tip).expect("an id");
        let tree = git.find_commit(tip).and_then(|commit| commit.tree()).expect("it is whole");
        // A name that is no UTF-8 ends the walk.
        let _ = tree.walk(TreeWalkMode::PreOrder, |_, entry| {
            let name = entry.name_bytes().to_ascii_lowercase();
            assert!(![&b".."[..], b".", b"", b".git"].contains(&&name[..]));
            assert!([0o040_000, 0o100_644, 0o100_755].contains(&entry.filemode()));
            TreeWalkResult::Ok
        });
    });
});
