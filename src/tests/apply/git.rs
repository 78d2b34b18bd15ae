//! The real git, in a work tree of its own, and what it and we make of the same mails.

use super::maker::Files;
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Repository, Signature, Time};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use uapi_check::apply::{Done, Hints, NotApplied, apply};
use uapi_check::mail::{Mailbox, Patch};

/// A repository with a work tree, in which the real git works.
pub struct Git {
    place: TempDir,
}

impl Git {
    pub fn new() -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        Repository::init(place.path()).expect("the folder is new");
        Self { place }
    }

    /// One that has the objects of another, too.
    pub fn borrowing(other: &Path) -> Self {
        let git = Self::new();
        let objects = format!("{}\n", other.join("objects").display());
        let alternates = git.path().join(".git/objects/info/alternates");
        std::fs::write(alternates, objects).expect("it is ours");
        git
    }

    pub fn path(&self) -> &Path {
        self.place.path()
    }

    pub fn repository(&self) -> Repository {
        Repository::open(self.path()).expect("it was made")
    }

    fn try_run(&self, arguments: &[&str]) -> Output {
        Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
            .args(["-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null"])
            .args(["-c", "core.protectHFS=true", "-c", "core.protectNTFS=true"])
            .args(arguments)
            .output()
            .expect("git is installed")
    }

    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {err}");
        let text = String::from_utf8(output.stdout).expect("ids and names");
        text.trim().to_owned()
    }

    /// Commits exactly these files.
    pub fn commit(&self, files: &Files, parent: Option<Oid>, number: i64) -> Oid {
        let git = self.repository();
        let tree = git.treebuilder(None).and_then(|tree| tree.write());
        self.commit_over(tree.expect("an empty tree"), files, parent, number)
    }

    /// Commits a tree with these files in it.
    pub fn commit_over(&self, tree: Oid, files: &Files, parent: Option<Oid>, number: i64) -> Oid {
        let git = self.repository();
        let mut builder = TreeUpdateBuilder::new();
        for (name, (runs, text)) in files {
            let mode = match runs {
                true => FileMode::BlobExecutable,
                false => FileMode::Blob,
            };
            builder.upsert(name.as_str(), git.blob(text).expect("a blob"), mode);
        }
        let tree = git.find_tree(tree).expect("it was written");
        let tree = builder.create_updated(&git, &tree).expect("a tree");
        let tree = git.find_tree(tree).expect("it was written");
        let time = Time::new(1_700_000_000 + number, 0);
        let who = Signature::new("A", "a@example.org", &time).expect("a name");
        let parents = parent.iter();
        let parents: Vec<_> = parents
            .map(|id| git.find_commit(*id).expect("it is there"))
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        let message = format!("change {number}");
        git.commit(None, &who, &who, &message, &tree, &parents)
            .expect("a commit")
    }

    /// The mails of a range, as `git format-patch` writes them.
    pub fn mails(&self, range: &str, options: &[&str]) -> Vec<PathBuf> {
        let place = self.path().join("mails");
        let place_text = place.to_str().expect("a plain name");
        let arguments = ["format-patch", "-q", "-o", place_text];
        self.run(&[&arguments, options, &[range]].concat());
        let entries = std::fs::read_dir(&place).into_iter().flatten();
        let mut mails: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        mails.sort();
        mails
    }

    /// What `git am -3` makes of mails: the tree, or how many patches it took before it stopped.
    pub fn am(&self, base: Oid, mails: &[PathBuf]) -> Result<String, usize> {
        let base = base.to_string();
        self.run(&["checkout", "-q", "-f", "--detach", &base]);
        self.run(&["clean", "-q", "-f", "-d", "-x"]);
        let mut arguments = vec!["am", "-q", "-3", "--quoted-cr=strip"];
        let names = mails.iter();
        arguments.extend(names.map(|mail| mail.to_str().expect("a plain name")));
        if self.try_run(&arguments).status.success() {
            return Ok(self.run(&["rev-parse", "HEAD^{tree}"]));
        }
        let next = self.path().join(".git/rebase-apply/next");
        let number = std::fs::read_to_string(next).expect("where it stopped");
        self.run(&["am", "--abort"]);
        Err(number.trim().parse::<usize>().expect("a number") - 1)
    }

    /// What we make of mails: the tree and whether it took a merge, or why not.
    pub fn ours(&self, base: Oid, mails: &[PathBuf]) -> Result<(String, bool), NotApplied> {
        apply_ours(self.path(), base, &patches(mails), "")
    }
}

/// What we make of patches: the tree at a place, and whether it took a merge; or why not.
pub fn apply_ours(
    repository: &Path,
    base: Oid,
    patches: &[Patch],
    place: &str,
) -> Result<(String, bool), NotApplied> {
    let base = base.to_string();
    let hints = Hints {
        named: Some(&base),
        base_commit: None,
        trees: &[],
    };
    match apply(repository, patches, hints).expect("nothing is wrong with the repository") {
        Done::Applied(applied) => {
            let scratch = Repository::open_bare(applied.scratch.path()).expect("it is one");
            let tree = scratch.revparse_single(&format!("{}:{place}", applied.tip));
            let merged = applied.commits.iter().any(|commit| commit.merged);
            Ok((tree.expect("it is there").id().to_string(), merged))
        }
        Done::Nowhere { tried, fault } => {
            let first = || tried.first().map(|tried| tried.why.clone());
            Err(fault.or_else(first).expect("a reason"))
        }
    }
}

/// The patches in mails of one series.
pub fn patches(mails: &[PathBuf]) -> Vec<Patch> {
    let texts = mails.iter();
    let texts = texts.map(|mail| std::fs::read(mail).expect("it is there"));
    let files: Vec<Vec<u8>> = texts.collect();
    let raw = files.iter().flat_map(|file| uapi_check::mail::split(file));
    let threads = Mailbox::read(raw).threads();
    assert_eq!(threads.len(), 1, "{mails:?}");
    let series = threads[0].series(None).expect("there is one");
    assert_eq!(series.missing, Vec::<u32>::new());
    series.patches
}

/// How often each outcome was the same in both.
#[derive(Default)]
pub struct Tally {
    pub applied: usize,
    pub merged: usize,
    pub refused: usize,
    pub wrong: Vec<String>,
}

impl Tally {
    /// Holds what we made against what git made.
    pub fn add(
        &mut self,
        what: &str,
        theirs: &Result<String, usize>,
        ours: &Result<(String, bool), NotApplied>,
    ) {
        match (theirs, ours) {
            (Ok(tree), Ok((ours, merged))) if tree == ours => {
                self.applied += 1;
                self.merged += usize::from(*merged);
            }
            (Err(taken), Err(not)) if *taken + 1 == not.position as usize => self.refused += 1,
            _ => self
                .wrong
                .push(format!("{what}: git am {theirs:?}, we {ours:?}")),
        }
    }

    pub fn finish(&self) {
        let Self {
            applied,
            merged,
            refused,
            wrong,
        } = self;
        println!("{applied} applied, {merged} of them merged; {refused} refused");
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}
