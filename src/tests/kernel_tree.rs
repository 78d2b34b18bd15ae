//! Holds the header trees built in memory against those that `make headers_install` writes.
//!
//! Needs a bare repository with the tags v6.1 and v6.12, named by `UAPI_CHECK_KERNEL`, and `make`, a C
//! compiler and rsync. Only here is anything of a kernel executed, and only of these two releases.

#![expect(
    clippy::print_stderr,
    reason = "a skipped test says why, and one prints times"
)]

use git2::{ObjectType, Oid, Repository, Tree, TreeWalkMode, TreeWalkResult};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use uapi_check::source::{ContentId, File, Files, SourceError};
use uapi_check::tree::affected::affected;
use uapi_check::tree::include::Graph;
use uapi_check::tree::{HeaderTree, Origin, Rewrites, architectures, build, unchanged};

const TAGS: [&str; 2] = ["v6.1", "v6.12"];
const ARCHITECTURES: [&str; 8] = [
    "arm", "arm64", "mips", "powerpc", "riscv", "s390", "sparc", "x86",
];

/// Lines that only one side has, by architecture and header, and why that is right.
const DIFFERENCES: [(&str, &str, &str, &str); 2] = [
    (
        "s390",
        "asm/unistd_32.h",
        S390_LICENCE,
        "a comment; ours would move the numbers off their lines",
    ),
    (
        "s390",
        "asm/unistd_64.h",
        S390_LICENCE,
        "a comment; ours would move the numbers off their lines",
    ),
];
const S390_LICENCE: &str = "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */";

/// The files of a tag.
struct Tag {
    repository: Mutex<Repository>,
    tree: Oid,
}

impl Tag {
    fn open(repository: &Path, tag: &str) -> Tag {
        let repository = Repository::open(repository).expect("UAPI_CHECK_KERNEL is a repository");
        let object = repository
            .revparse_single(tag)
            .expect("the repository has the tag");
        let tree = object.peel_to_tree().expect("a tag of a commit").id();
        drop(object);
        Tag {
            repository: Mutex::new(repository),
            tree,
        }
    }

    /// Calls `f` with the object at a path, where there is one.
    fn at<T>(&self, path: &str, f: impl Fn(&Repository, ObjectType, Oid) -> T) -> Option<T> {
        let repository = self.repository.lock().expect("no thread panicked");
        let root = repository
            .find_tree(self.tree)
            .expect("the tree was found before");
        let entry = root.get_path(Path::new(path)).ok()?;
        let link = entry.filemode() == LINK;
        (!link).then(|| f(&repository, entry.kind().expect("a known kind"), entry.id()))
    }
}

/// git's mode of a symbolic link.
const LINK: i32 = 0o120_000;

fn content_id(oid: Oid) -> ContentId {
    ContentId(oid.as_bytes().try_into().expect("SHA-1 ids have 20 bytes"))
}

fn list(tree: &Tree, directory: &str) -> Vec<File> {
    let mut files = Vec::new();
    let walked = tree.walk(TreeWalkMode::PreOrder, |below, entry| {
        if entry.kind() == Some(ObjectType::Blob) && entry.filemode() != LINK {
            let name = entry.name().expect("kernel file names are UTF-8");
            let path = format!("{directory}/{below}{name}");
            files.push(File {
                path,
                id: content_id(entry.id()),
            });
        }
        TreeWalkResult::Ok
    });
    walked.expect("the repository is whole");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

impl Files for Tag {
    fn below(&self, directory: &str) -> Result<Vec<File>, SourceError> {
        let found = self.at(directory, |repository, kind, id| match kind {
            ObjectType::Tree => list(&repository.find_tree(id).expect("it is a tree"), directory),
            _ => Vec::new(),
        });
        Ok(found.unwrap_or_default())
    }

    fn directories(&self, directory: &str) -> Result<Vec<String>, SourceError> {
        let found = self.at(directory, |repository, _, id| {
            let tree = repository.find_tree(id).expect("it is a tree");
            let trees = tree
                .iter()
                .filter(|entry| entry.kind() == Some(ObjectType::Tree));
            trees
                .map(|entry| entry.name().expect("UTF-8").to_string())
                .collect()
        });
        Ok(found.unwrap_or_default())
    }

    fn file(&self, path: &str) -> Result<Option<File>, SourceError> {
        let found = self.at(path, |_, kind, id| (kind == ObjectType::Blob).then_some(id));
        Ok(found.flatten().map(|id| File {
            path: path.to_string(),
            id: content_id(id),
        }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, SourceError> {
        let repository = self.repository.lock().expect("no thread panicked");
        let oid = Oid::from_bytes(&file.id.0).expect("20 bytes");
        Ok(repository
            .find_blob(oid)
            .expect("it is a blob")
            .content()
            .into())
    }

    fn id(&self, path: &str) -> Result<Option<ContentId>, SourceError> {
        Ok(self.at(path, |_, _, id| content_id(id)))
    }
}

/// The repository of kernels; `None` after saying so where there is none.
fn kernel() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.1 and v6.12");
    }
    path
}

fn run(command: &mut Command) {
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// Runs `make headers_install` on a copy of a tag; gives the installed files by path.
fn installed(repository: &Path, tag: &str, arch: &str) -> BTreeMap<String, Vec<u8>> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    let mut archive = Command::new("git")
        .args([
            "archive",
            tag,
            "Makefile",
            "scripts",
            "include",
            "tools/include",
            &format!("arch/{arch}"),
        ])
        .current_dir(repository)
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    let stream = archive.stdout.take().expect("stdout is piped");
    run(Command::new("tar").args(["-x", "-C"]).arg(at).stdin(stream));
    assert!(archive.wait().expect("git ends").success());
    run(Command::new("make")
        .current_dir(at)
        .args(["-s", "headers_install"])
        .args([
            format!("ARCH={arch}"),
            "INSTALL_HDR_PATH=installed".to_string(),
        ]));
    let root = at.join("installed/include");
    let mut found = BTreeMap::new();
    read_below(&root, &root, &mut found);
    found
}

fn read_below(root: &Path, directory: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_below(root, &path, found);
        } else {
            let name = path
                .strip_prefix(root)
                .expect("it lies below")
                .to_string_lossy()
                .into_owned();
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
}

/// The lines of a text that are not blank, with single spaces.
fn essence(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

/// What differs between an installed file and ours, one line each, the known differences left out.
fn differences(arch: &str, path: &str, made: &[u8], ours: &[u8]) -> Vec<String> {
    let known = |line: &String| {
        DIFFERENCES
            .iter()
            .any(|(a, p, text, _)| *a == arch && *p == path && *text == line)
    };
    let lines = |text: &[u8]| -> Vec<String> {
        essence(text)
            .into_iter()
            .filter(|line| !known(line))
            .collect()
    };
    let (made, ours) = (lines(made), lines(ours));
    if made == ours {
        return Vec::new();
    }
    let only = |these: &[String], those: &[String], mark: &str| -> Vec<String> {
        let missing = these.iter().filter(|line| !those.contains(line));
        missing
            .map(|line| format!("{arch} {path}: {mark} {line}"))
            .collect()
    };
    let mut found = vec![format!(
        "{arch} {path}: other lines, or another order of them"
    )];
    found.extend(only(&made, &ours, "make:"));
    found.extend(only(&ours, &made, "ours:"));
    found
}

fn compare(repository: &Path, tag: &str, arch: &str, memo: &Rewrites) -> Vec<String> {
    let made = installed(repository, tag, arch);
    let ours = build(&Tag::open(repository, tag), arch, memo).expect("the tag can be read");
    assert!(made.len() > 800, "make installed {} headers", made.len());
    let mut found = Vec::new();
    for path in made.keys().filter(|path| !ours.headers.contains_key(*path)) {
        found.push(format!("{tag} {arch} {path}: only make installs it"));
    }
    for (path, header) in &ours.headers {
        match made.get(path) {
            Some(text) => found.extend(differences(arch, path, text, &header.text)),
            None => found.push(format!("{tag} {arch} {path}: only we install it")),
        }
    }
    found
}

#[test]
fn kernel_trees_are_what_make_installs() {
    let Some(repository) = kernel() else { return };
    let memo = Rewrites::default();
    let mut found = Vec::new();
    for tag in TAGS {
        for arch in ARCHITECTURES {
            found.extend(compare(&repository, tag, arch, &memo));
        }
    }
    assert!(
        found.is_empty(),
        "{} differences:\n{}",
        found.len(),
        found.join("\n")
    );
}

fn both(repository: &Path, arch: &str, memo: &Rewrites) -> [HeaderTree; 2] {
    TAGS.map(|tag| build(&Tag::open(repository, tag), arch, memo).expect("the tag can be read"))
}

#[test]
fn kernel_lines_stay_where_the_blob_has_them() {
    let Some(repository) = kernel() else { return };
    let tag = Tag::open(&repository, "v6.12");
    let tree = build(&tag, "x86", &Rewrites::default()).expect("the tag can be read");
    let count = |text: &[u8]| text.iter().filter(|&&b| b == b'\n').count();
    let mut compared = 0;
    for (path, header) in &tree.headers {
        if let Origin::File { path: source } = &header.origin {
            let file = tag.file(source).expect("readable").expect("it is there");
            assert_eq!(
                count(&header.text),
                count(&tag.read(&file).expect("readable")),
                "{path}"
            );
            compared += 1;
        }
    }
    assert!(compared > 900, "{compared} headers of files");
}

#[test]
fn kernel_releases_differ_and_equal_themselves() {
    let Some(repository) = kernel() else { return };
    let [before, after] = TAGS.map(|tag| Tag::open(&repository, tag));
    assert!(unchanged(&before, &before).expect("readable"));
    assert!(!unchanged(&before, &after).expect("readable"));
    let arches = architectures(&before).expect("readable");
    assert!(arches.contains(&"ia64".to_string()) && !arches.contains(&"um".to_string()));
    assert!(
        !architectures(&after)
            .expect("readable")
            .contains(&"ia64".to_string())
    );
    let memo = Rewrites::default();
    let [before, after] = both(&repository, "x86", &memo);
    let found = affected(&before, &after, &memo);
    // tc_fq_qd_stats grew between the two releases.
    assert!(
        found.changed.contains("linux/pkt_sched.h") && !found.changed.contains("linux/version.h")
    );
    assert!(
        found.affected.is_superset(&found.changed) && found.consulted.is_disjoint(&found.affected)
    );
    assert_eq!(affected(&after, &after, &memo).affected.len(), 0);
    let graph = Graph::new(&after);
    let closure = graph.closure("linux/if_link.h");
    assert!(closure.contains(&"asm-generic/int-ll64.h"), "{closure:?}");
}

#[test]
fn kernel_tree_times() {
    let Some(repository) = kernel() else { return };
    let started = Instant::now();
    let memo = Rewrites::default();
    let trees = both(&repository, "x86", &memo);
    eprintln!("two trees, nothing remembered: {:?}", started.elapsed());
    let started = Instant::now();
    let found = affected(&trees[0], &trees[1], &memo);
    eprintln!(
        "affected: {:?}, changed {} affected {} consulted {} of {}",
        started.elapsed(),
        found.changed.len(),
        found.affected.len(),
        found.consulted.len(),
        trees[1].headers.len()
    );
    let started = Instant::now();
    let tag = Tag::open(&repository, "v6.12");
    let arches = architectures(&tag).expect("readable");
    for arch in &arches {
        assert!(
            build(&tag, arch, &memo).expect("readable").headers.len() > 800,
            "{arch}"
        );
    }
    eprintln!(
        "{} more architectures: {:?}",
        arches.len(),
        started.elapsed()
    );
}
