//! Repositories and ranges that can't be examined, and those in which nothing is to be examined.

use super::{BAD, Change, bad, end, header, program, refused};
use crate::support::repository::{Files, Repository};
use std::fs;
use std::path::{Path, PathBuf};

const OLD: &str = "struct good { __u32 a; };";
const NEW: &str = "struct good { __u32 a; __u32 b; };";

fn change() -> Change {
    Change::of_one(bad(OLD), bad(NEW))
}

#[test]
fn what_is_no_repository_is_refused() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let mut command = program();
    command.arg("--repo").arg(empty.path()).arg("HEAD");
    refused(&mut command, &["no git repository at", "--repo"]);
    refused(
        program().args(["--repo", "/nonexistent", "HEAD"]),
        &["no git repository at /nonexistent"],
    );
}

#[test]
fn revisions_that_do_not_exist_are_refused() {
    let change = change();
    let repository = change.repository.path();
    for range in [
        "v0.1..v0.2",
        "no-such-branch",
        "..",
        "a...b",
        "\u{1b}[31m..x",
    ] {
        let mut command = program();
        command.arg("--repo").arg(&repository).arg(range);
        refused(&mut command, &["bad revision"]);
    }
}

#[test]
fn an_empty_range_is_refused() {
    let change = change();
    let (first, second) = change.range.split_once("..").expect("a range");
    let mut command = program();
    command.arg("--repo").arg(change.repository.path());
    command.arg(format!("{second}..{first}"));
    refused(&mut command, &["is empty", "did you mean"]);
}

#[test]
fn a_tree_that_is_no_kernel_is_refused() {
    let repository = Repository::empty();
    let text = |text: &str| Files::from([("README".to_owned(), text.as_bytes().to_vec())]);
    let first = repository.commit(&text("one"), None);
    let second = repository.commit(&text("two"), Some(&first));
    let mut command = program();
    command.arg("--repo").arg(repository.path());
    command.arg(format!("{first}..{second}"));
    refused(&mut command, &["no user-space API", "include/uapi"]);
}

#[test]
fn a_change_elsewhere_passes_and_says_that_nothing_was_read() {
    let driver = |text: &str| [("drivers/char/mem.c", text.as_bytes().to_vec())];
    let change = Change::new(&driver("int a;"), &driver("int b;"));
    let (status, report) = change.check();
    assert_eq!((status, &report["conclusion"]), (0, &"pass".into()));
    assert_eq!(report["notes"].as_array().map(Vec::len), Some(1));
    // No libclang is needed for it either.
    let mut command = change.command();
    let ended = end(command.env("LIBCLANG_PATH", "/nonexistent"));
    assert_eq!(ended.status, 0, "{}", ended.err);
}

#[test]
fn a_damaged_header_in_the_store_is_refused_by_name() {
    let change = change();
    let text = bad(NEW);
    spoil(&change.repository.path(), &text, b"this is no zlib stream");
    refused(&mut change.command(), &[BAD, "git fsck"]);
}

#[test]
fn a_missing_header_in_the_store_is_refused_by_name() {
    let change = change();
    let object = object_of(&change.repository.path(), &bad(NEW));
    fs::remove_file(object).expect("the object was just found");
    refused(&mut change.command(), &[BAD, "git fsck"]);
}

#[test]
fn damage_outside_the_change_is_not_looked_at() {
    let readme = ("README", b"read me".to_vec());
    let change = Change::new(
        &[(BAD, bad(OLD)), readme.clone()],
        &[(BAD, bad(NEW)), readme.clone()],
    );
    spoil(&change.repository.path(), &readme.1, b"");
    let (status, report) = change.check();
    assert_eq!(status, 0);
    assert_eq!(report["conclusion"], "needs-approval");
}

#[test]
fn a_header_that_is_a_directory_now_is_gone() {
    let inside = "include/uapi/linux/bad.h/inside.h";
    let other = header("INSIDE", "struct inside { __u32 a; };");
    let change = Change::new(&[(BAD, bad(OLD))], &[(inside, other)]);
    let (status, report) = change.check();
    assert_eq!(status, 1);
    let found = super::findings(&report);
    assert!(
        found.contains(&("header-removed", "linux/bad.h")),
        "{found:?}"
    );
}

/// Where git keeps a text, as long as it is not packed.
fn object_of(repository: &Path, text: &[u8]) -> PathBuf {
    let id = git2::Oid::hash_object(git2::ObjectType::Blob, text).expect("a text has an id");
    let id = id.to_string();
    let path = repository.join("objects").join(&id[..2]).join(&id[2..]);
    assert!(path.is_file(), "{}", path.display());
    path
}

fn spoil(repository: &Path, text: &[u8], with: &[u8]) {
    let object = object_of(repository, text);
    // git writes its objects without the right to change them.
    fs::remove_file(&object).expect("the object was just found");
    fs::write(&object, with).expect("its place is free");
}
