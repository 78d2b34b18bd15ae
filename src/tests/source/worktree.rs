//! The files on disk as a side.

use std::fs;

use super::{HEADER, Repo, git_command, hexadecimal, pair, paths, text};

#[test]
fn a_changed_work_tree_is_compared_with_head() {
    let repo = Repo::with_history();
    repo.commit("include/uapi/linux/gone.h", "gone");
    repo.commit("include/uapi/linux/sub/only.h", "only");
    repo.write(HEADER, "edited");
    repo.write("include/uapi/linux/new.h", "new");
    repo.write("include/uapi/fresh/staged.h", "staged");
    repo.git(&["add", "include/uapi/fresh/staged.h"]);
    fs::remove_file(repo.path().join("include/uapi/linux/gone.h")).unwrap();
    fs::remove_dir_all(repo.path().join("include/uapi/linux/sub")).unwrap();
    let sides = repo.open(None).unwrap();
    assert_eq!(
        (&*sides.after.name, &sides.after.commit),
        ("work tree", &None)
    );
    assert_eq!(text(&sides.before, HEADER), "three");
    assert_eq!(text(&sides.after, HEADER), "edited");
    assert_eq!(
        paths(&*sides.after.files, "include/uapi"),
        [
            "include/uapi/fresh/staged.h",
            HEADER,
            "include/uapi/linux/new.h"
        ]
    );
    let directories = |directory| sides.after.files.directories(directory).unwrap();
    assert_eq!(directories("include/uapi"), ["fresh", "linux"]);
    assert!(directories("include/uapi/linux").is_empty());
    assert!(
        sides
            .after
            .files
            .id("include/uapi/linux/sub")
            .unwrap()
            .is_none()
    );
    assert!(sides.commits(10).unwrap().commits.is_empty());
}

#[test]
fn ids_of_the_work_tree_are_gits_own_where_nothing_changed() {
    let repo = Repo::with_history();
    repo.commit("arch/x86/include/uapi/asm/b.h", "b");
    repo.write(HEADER, "edited");
    let sides = repo.open(None).unwrap();
    let ids = |path| [&sides.before, &sides.after].map(|state| state.files.id(path).unwrap());
    let [before, after] = ids("arch");
    assert_eq!(before, after);
    assert!(before.is_some());
    for changed in [HEADER, "include", "include/uapi", ""] {
        let [before, after] = ids(changed);
        assert_ne!(before, after, "{changed}");
        assert!(after.is_some(), "{changed}");
    }
    let expected = repo.git(&["hash-object", HEADER]);
    let file = sides.after.files.file(HEADER).unwrap().unwrap();
    assert_eq!(hexadecimal(&file), expected);
}

#[test]
fn stray_and_ignored_files_leave_a_work_tree_clean() {
    let repo = Repo::with_history();
    repo.commit(".gitignore", "*.tmp.h\n");
    repo.write("0001-a-patch.patch", "x");
    repo.write("include/uapi/linux/a.tmp.h", "x");
    let sides = repo.open(None).unwrap();
    assert_eq!(sides.after.name, "HEAD");
    // The same text written again changes nothing either.
    repo.write(HEADER, "three");
    assert_eq!(repo.open(None).unwrap().after.name, "HEAD");
    repo.write("include/uapi/linux/new.h", "x");
    assert_eq!(repo.open(None).unwrap().after.name, "work tree");
}

/// In a kernel only the places that exported headers come from are looked at.
#[test]
fn an_edited_driver_leaves_the_last_commit_to_be_checked() {
    let repo = Repo::with_history();
    repo.write("arch/x86/include/uapi/asm/b.h", "b");
    repo.commit("drivers/a.c", "a");
    repo.write("drivers/a.c", "edited");
    assert_eq!(repo.open(None).unwrap().after.name, "HEAD");
    repo.write("arch/x86/include/uapi/asm/b.h", "edited");
    let sides = repo.open(None).unwrap();
    assert_eq!(sides.after.name, "work tree");
    let driver = "drivers/a.c";
    assert_eq!(text(&sides.after, driver), "a");
    assert_eq!(
        text(&sides.after, "arch/x86/include/uapi/asm/b.h"),
        "edited"
    );
    // A repository that is no kernel is looked at as a whole.
    let other = Repo::with_history();
    other.commit("src/a.c", "a");
    other.write("src/a.c", "edited");
    assert_eq!(text(&other.open(None).unwrap().after, "src/a.c"), "edited");
}

#[test]
fn a_work_tree_without_any_commit_is_compared_with_nothing() {
    let repo = Repo::new();
    repo.write(HEADER, "one");
    assert_eq!(repo.texts(None), pair("", "one"));
}

#[test]
fn unresolved_conflicts_are_a_mistake() {
    let repo = Repo::with_history();
    repo.git(&["switch", "--quiet", "-c", "topic", "HEAD~1"]);
    repo.commit(HEADER, "topic");
    // Ends with a failure, as it must leave a conflict behind.
    let merge = git_command(&repo.path(), 9, &["merge", "--quiet", "main"]).output();
    assert!(!merge.unwrap().status.success());
    assert!(repo.mistake(None).contains("unresolved conflicts"));
    assert_eq!(repo.texts(Some("HEAD")), pair("two", "topic"));
}
