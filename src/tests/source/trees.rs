//! What a tree gives and what it leaves out, where it is damaged or hostile, and on real kernels.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use uapi_check::source::{File, ReleaseChoice, Sides, SourceError, open};

use super::{HEADER, Repo, git, hexadecimal, paths, text};

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
