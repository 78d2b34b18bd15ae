//! `source` on real repositories, made with the `git` command: each form of a range, each kind of
//! repository, and what is damaged or hostile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use uapi_check::source::{File, Files, ReleaseChoice, Sides, SourceError, State, open};

const HEADER: &str = "include/uapi/linux/a.h";

/// A repository in a directory of its own. Each commit is a minute after the one before.
struct Repo {
    directory: tempfile::TempDir,
    minutes: std::cell::Cell<u32>,
}

impl Repo {
    fn new() -> Self {
        let repo = Self {
            directory: tempfile::tempdir().unwrap(),
            minutes: std::cell::Cell::new(0),
        };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// main: `v6.1` (tag), then `two`, then `three`, each with its own text in the header.
    fn with_history() -> Self {
        let repo = Self::new();
        repo.commit(HEADER, "one");
        repo.git(&["tag", "-a", "-m", "Linux 6.1", "v6.1"]);
        repo.commit(HEADER, "two");
        repo.commit(HEADER, "three");
        repo
    }

    fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.directory.path(), self.minutes.get(), arguments)
    }

    fn write(&self, path: &str, text: &str) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    /// Writes a file and commits everything; gives the commit's id.
    fn commit(&self, path: &str, text: &str) -> String {
        self.write(path, text);
        self.commit_all(text)
    }

    fn commit_all(&self, subject: &str) -> String {
        self.minutes.set(self.minutes.get() + 1);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn open(&self, range: Option<&str>) -> Result<Sides, SourceError> {
        open(&self.path(), range, ReleaseChoice::LastTag)
    }

    /// The header's text before and after.
    fn texts(&self, range: Option<&str>) -> (String, String) {
        let sides = self.open(range).unwrap();
        (text(&sides.before, HEADER), text(&sides.after, HEADER))
    }

    fn mistake(&self, range: Option<&str>) -> String {
        mistake(self.open(range))
    }
}

fn git(directory: &Path, minutes: u32, arguments: &[&str]) -> String {
    let output = git_command(directory, minutes, arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// git without the settings of the machine, at a date of its own.
fn git_command(directory: &Path, minutes: u32, arguments: &[&str]) -> Command {
    let date = format!("2024-01-01T{:02}:{:02}:00Z", minutes / 60, minutes % 60);
    let mut command = Command::new("git");
    command
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "A U Thor")
        .env("GIT_AUTHOR_EMAIL", "author@example.org")
        .env("GIT_COMMITTER_NAME", "C O Mitter")
        .env("GIT_COMMITTER_EMAIL", "committer@example.org")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .stdin(Stdio::null());
    command
}

/// The text of a file; empty where there is none.
fn text(state: &State, path: &str) -> String {
    match state.files.file(path).unwrap() {
        Some(file) => String::from_utf8(state.files.read(&file).unwrap().to_vec()).unwrap(),
        None => String::new(),
    }
}

fn paths(files: &dyn Files, directory: &str) -> Vec<String> {
    let files = files.below(directory).unwrap();
    files.into_iter().map(|file| file.path).collect()
}

fn mistake(result: Result<Sides, SourceError>) -> String {
    let error = result.err().expect("the range must be refused");
    assert!(error.is_mistake(), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

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
fn a_tree_without_uapi_is_a_mistake_unless_one_side_has_it() {
    let repo = Repo::new();
    repo.commit("src/main.c", "int main;");
    repo.commit("src/main.c", "int main2;");
    assert!(repo.mistake(Some("HEAD")).contains("no user-space API"));
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

fn hexadecimal(file: &File) -> String {
    file.id.0.iter().map(|byte| format!("{byte:02x}")).collect()
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

#[test]
fn links_submodules_and_names_that_are_no_text_are_left_out() {
    let repo = Repo::with_history();
    symlink("a.h", repo.path().join("include/uapi/linux/link.h")).unwrap();
    symlink("/", repo.path().join("include/uapi/root")).unwrap();
    let odd = OsStr::from_bytes(b"include/uapi/linux/\xff.h");
    fs::write(repo.path().join(odd), "x").unwrap();
    repo.write("include/uapi/linux/sp ace\n.h", "x");
    repo.commit_all("odd");
    let inner = "160000,1111111111111111111111111111111111111111,include/uapi/inner";
    repo.git(&["update-index", "--add", "--cacheinfo", inner]);
    repo.git(&["commit", "--quiet", "-m", "submodule"]);
    let sides = repo.open(Some("HEAD")).unwrap();
    let files = &sides.after.files;
    let found = paths(&**files, "include/uapi");
    assert_eq!(found, [HEADER, "include/uapi/linux/sp ace\n.h"]);
    assert_eq!(files.directories("include/uapi").unwrap(), ["linux"]);
    for odd in [
        "include/uapi/linux/link.h",
        "include/uapi/root/etc/passwd",
        "include/uapi/inner",
    ] {
        assert!(files.file(odd).unwrap().is_none(), "{odd}");
        assert!(files.id(odd).unwrap().is_none(), "{odd}");
    }
    // The same on disk, with links that are new.
    symlink(
        "/etc/passwd",
        repo.path().join("include/uapi/linux/passwd.h"),
    )
    .unwrap();
    repo.write(HEADER, "edited");
    let odd = OsStr::from_bytes(b"include/uapi/linux/\xfe.h");
    fs::write(repo.path().join(odd), "x").unwrap();
    let sides = repo.open(None).unwrap();
    assert_eq!(paths(&*sides.after.files, "include/uapi"), found);
}

#[test]
fn paths_that_lead_nowhere_have_no_file() {
    let repo = Repo::with_history();
    repo.write(HEADER, "edited");
    let sides = repo.open(None).unwrap();
    for files in [&sides.before.files, &sides.after.files] {
        for path in [
            "",
            "/",
            "..",
            "../x",
            "include/uapi",
            "a.h/b",
            HEADER[1..].as_ref(),
            "\u{0}",
        ] {
            assert!(files.file(path).unwrap().is_none(), "{path:?}");
        }
        for path in [
            "nowhere",
            "include/uapi/linux/a.h",
            "include/uapi/lin",
            "../..",
        ] {
            assert!(files.below(path).unwrap().is_empty(), "{path:?}");
            assert!(files.directories(path).unwrap().is_empty(), "{path:?}");
        }
        assert!(files.file("/include/uapi/linux/a.h/").unwrap().is_some());
    }
}

#[test]
fn a_damaged_object_is_a_failure_that_names_it() {
    let repo = Repo::with_history();
    let blob = repo.git(&["rev-parse", &format!("HEAD:{HEADER}")]);
    let object = repo
        .path()
        .join(".git/objects")
        .join(&blob[..2])
        .join(&blob[2..]);
    let sides = || repo.open(Some("HEAD")).unwrap();
    let reading = |sides: &Sides| {
        let file = sides.after.files.file(HEADER).unwrap().unwrap();
        sides.after.files.read(&file)
    };
    assert_eq!(&*reading(&sides()).unwrap(), b"three");
    fs::remove_file(&object).unwrap();
    for damage in [None, Some(&b"garbage"[..]), Some(&b""[..])] {
        if let Some(bytes) = damage {
            fs::write(&object, bytes).unwrap();
        }
        let error = reading(&sides()).unwrap_err();
        assert!(!error.is_mistake(), "{error:?}");
        let line = error.to_string();
        assert!(line.contains(&blob) && line.contains(HEADER), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}

#[test]
fn a_tree_that_unpacks_to_too_much_is_refused() {
    let repo = Repo::with_history();
    let blob = repo.git(&["rev-parse", &format!("HEAD:{HEADER}")]);
    let mut entry = format!("100644 blob {blob}\ta.h\n");
    for _ in 0..12 {
        let tree = mktree(&repo, &entry);
        entry = (0..10)
            .map(|n| format!("040000 tree {tree}\td{n}\n"))
            .collect();
    }
    let uapi = mktree(&repo, &entry);
    let include = mktree(&repo, &format!("040000 tree {uapi}\tuapi\n"));
    let root = mktree(&repo, &format!("040000 tree {include}\tinclude\n"));
    let commit = repo.git(&["commit-tree", "-m", "bomb", &root]);
    let sides = repo.open(Some(&commit)).unwrap();
    let error = sides.after.files.below("include/uapi").unwrap_err();
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error:?}");
}

fn mktree(repo: &Repo, entries: &str) -> String {
    fs::write(repo.path().join("entries"), entries).unwrap();
    let output = Command::new("git")
        .arg("mktree")
        .current_dir(repo.path())
        .stdin(fs::File::open(repo.path().join("entries")).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
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

/// On the repository that `make kernel` makes; silent where there is none.
#[test]
fn kernel_trees_are_listed_and_read_as_git_has_them() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        return;
    };
    let sides = open(&kernel, Some("v6.1..v6.12"), ReleaseChoice::LastTag).unwrap();
    for (state, tag) in [(&sides.before, "v6.1"), (&sides.after, "v6.12")] {
        for directory in ["include/uapi", "arch"] {
            let listing = git(
                &kernel,
                0,
                &["ls-tree", "-r", tag, &format!("{directory}/")],
            );
            let expected: Vec<_> = listing
                .lines()
                .filter(|line| line.starts_with("100"))
                .collect();
            let files = state.files.below(directory).unwrap();
            let found: Vec<_> = files.iter().map(|file| line_of(file, &expected)).collect();
            assert_eq!(found, expected);
        }
        let makefile = text(state, "Makefile");
        assert_eq!(
            makefile.trim(),
            git(&kernel, 0, &["show", &format!("{tag}:Makefile")])
        );
    }
    assert_eq!(sides.released().unwrap().unwrap().name, "v6.1");
    assert_eq!(sides.commits(10).unwrap().commits.len(), 1);
}

/// A file as `git ls-tree` writes it, with either mode of a file.
fn line_of(file: &File, listing: &[&str]) -> String {
    let line = |mode| format!("{mode} blob {}\t{}", hexadecimal(file), file.path);
    let [plain, executable] = ["100644", "100755"].map(line);
    let is_plain = listing
        .binary_search_by_key(&plain.as_str(), |line| line)
        .is_ok();
    if is_plain || listing.contains(&plain.as_str()) {
        plain
    } else {
        executable
    }
}
