//! Made-up series over made-up repositories: the tree that comes of them is that of `git am -3`.

use super::maker::{Files, Maker};
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Repository, Signature, Time};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use uapi_check::apply::{Done, Hints, NotApplied, apply};
use uapi_check::mail::{Patch, When};
use uapi_check::model::Person;

/// Series that are tried.
const SERIES: u64 = 400;

/// A repository with a work tree, in which the real git works.
struct Git {
    place: TempDir,
}

impl Git {
    fn new() -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        Repository::init(place.path()).expect("the folder is new");
        Self { place }
    }

    fn path(&self) -> &Path {
        self.place.path()
    }

    fn repository(&self) -> Repository {
        Repository::open(self.path()).expect("it was made")
    }

    fn try_run(&self, arguments: &[&str]) -> Output {
        Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
            .args(["-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null"])
            .args(arguments)
            .output()
            .expect("git is installed")
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {err}");
        String::from_utf8(output.stdout)
            .expect("ids and names")
            .trim()
            .to_owned()
    }

    /// Commits exactly these files.
    fn commit(&self, files: &Files, parent: Option<Oid>, number: i64) -> Oid {
        let git = self.repository();
        let empty = git
            .treebuilder(None)
            .and_then(|tree| tree.write())
            .expect("a tree");
        let mut builder = TreeUpdateBuilder::new();
        for (name, (runs, text)) in files {
            let mode = match runs {
                true => FileMode::BlobExecutable,
                false => FileMode::Blob,
            };
            builder.upsert(name.as_str(), git.blob(text).expect("a blob"), mode);
        }
        let empty = git.find_tree(empty).expect("it was written");
        let tree = builder.create_updated(&git, &empty).expect("a tree");
        let tree = git.find_tree(tree).expect("it was written");
        let time = Time::new(1_700_000_000 + number, 0);
        let who = Signature::new("A", "a@example.org", &time).expect("a name");
        let parents: Vec<_> = parent
            .iter()
            .map(|id| git.find_commit(*id).expect("it is there"))
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        git.commit(
            None,
            &who,
            &who,
            &format!("change {number}"),
            &tree,
            &parents,
        )
        .expect("a commit")
    }
}

/// What `git am -3` makes of mails: the tree, or how many patches it took before it stopped.
fn am(git: &Git, base: Oid, mails: &[PathBuf]) -> Result<String, usize> {
    let base = base.to_string();
    git.run(&["checkout", "-q", "-f", "--detach", &base]);
    git.run(&["clean", "-q", "-f", "-d", "-x"]);
    let mut arguments = vec!["am", "-q", "-3", "--quoted-cr=strip"];
    arguments.extend(
        mails
            .iter()
            .map(|mail| mail.to_str().expect("a plain name")),
    );
    if git.try_run(&arguments).status.success() {
        return Ok(git.run(&["rev-parse", "HEAD^{tree}"]));
    }
    let number = std::fs::read_to_string(git.path().join(".git/rebase-apply/next"))
        .expect("where it stopped");
    git.run(&["am", "--abort"]);
    Err(number.trim().parse::<usize>().expect("a number") - 1)
}

/// What we make of them.
fn ours(git: &Git, base: Oid, patches: &[Patch]) -> Result<(String, bool), NotApplied> {
    let base = base.to_string();
    let hints = Hints {
        named: Some(&base),
        base_commit: None,
    };
    match apply(git.path(), patches, hints).expect("nothing is wrong with the repository") {
        Done::Applied(applied) => {
            let scratch = Repository::open_bare(applied.scratch.path()).expect("it is one");
            let tip = Oid::from_str(&applied.tip).expect("an id");
            let tree = scratch.find_commit(tip).expect("it is there").tree_id();
            let merged = applied.commits.iter().any(|commit| commit.merged);
            Ok((tree.to_string(), merged))
        }
        Done::Nowhere { tried, fault } => Err(fault
            .or_else(|| tried.first().map(|tried| tried.why.clone()))
            .expect("a reason")),
    }
}

/// A mail of `git format-patch` as a patch.
fn patch(mail: &[u8], position: u32) -> Patch {
    let break_at = mail
        .windows(5)
        .position(|at| at == b"\n---\n")
        .expect("a mail with a diff");
    Patch {
        author: Person {
            name: "A".into(),
            email: "a@example.org".into(),
        },
        when: When::default(),
        message: format!("patch {position}\n"),
        diff: mail[break_at + 1..].to_vec(),
        message_id: String::new(),
        position,
        of: position,
    }
}

/// A series, and a base for it that may have moved on.
struct Case {
    author: Git,
    target: Git,
    base: Oid,
    mails: Vec<PathBuf>,
}

fn case(number: u64) -> Case {
    let mut maker = Maker::new(number);
    let (author, target) = (Git::new(), Git::new());
    let start = maker.files();
    let from = author.commit(&start, None, 0);
    let mut tip = from;
    let mut files = start.clone();
    for number in 1..=1 + i64::try_from(maker.below(3)).expect("few") {
        let before = files.clone();
        for _ in 0..=maker.below(3) {
            maker.change(&mut files);
        }
        if files != before {
            tip = author.commit(&files, Some(tip), number);
        }
    }
    // What others did to the base meanwhile.
    let mut moved = start.clone();
    for _ in 0..maker.below(4) {
        maker.change(&mut moved);
    }
    // Without the history, the blobs that the patches were made from may be unknown.
    let history = !maker.once_in(3);
    let before = history.then(|| target.commit(&start, None, 0));
    let base = target.commit(&moved, before, 1);
    let context = format!("-U{}", 1 + maker.below(4));
    let renames = ["-M", "--no-renames", "-C"][maker.below(3)];
    let index = ["--full-index", "--abbrev=7"][maker.below(2)];
    let range = format!("{from}..{tip}");
    let list = author.run(&[
        "format-patch",
        "-q",
        "-o",
        "mails",
        &context,
        renames,
        index,
        &range,
    ]);
    assert!(list.is_empty(), "it was told to be quiet");
    let mut mails: Vec<PathBuf> = match std::fs::read_dir(author.path().join("mails")) {
        Ok(entries) => entries
            .map(|entry| entry.expect("an entry").path())
            .collect(),
        Err(_) => Vec::new(),
    };
    mails.sort();
    Case {
        author,
        target,
        base,
        mails,
    }
}

#[test]
fn series_become_the_trees_that_git_am_makes_of_them() {
    let (mut applied, mut merged, mut refused, mut wrong) = (0, 0, 0, Vec::new());
    let only = std::env::var("UAPI_CHECK_CASE")
        .ok()
        .and_then(|number| number.parse().ok());
    for number in 0..SERIES {
        if only.is_some_and(|only: u64| only != number) {
            continue;
        }
        let case = case(number);
        if case.mails.is_empty() {
            continue;
        }
        let texts = case
            .mails
            .iter()
            .map(|mail| std::fs::read(mail).expect("it is there"));
        let patches: Vec<Patch> = (1..)
            .zip(texts)
            .map(|(at, text)| patch(&text, at))
            .collect();
        let theirs = am(&case.target, case.base, &case.mails);
        let ours = ours(&case.target, case.base, &patches);
        match (&theirs, &ours) {
            (Ok(tree), Ok((ours, by_merge))) if tree == ours => {
                applied += 1;
                merged += usize::from(*by_merge);
            }
            (Err(taken), Err(not)) if *taken + 1 == not.position as usize => refused += 1,
            _ => wrong.push(format!("{number}: git am {theirs:?}, we {ours:?}")),
        }
        if only.is_some() {
            println!(
                "{} {} {}",
                case.author.path().display(),
                case.target.path().display(),
                case.base
            );
            std::mem::forget(case);
        }
    }
    println!("{applied} applied, {merged} of them merged; {refused} refused");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    if only.is_none() {
        // The corpus is worth something only where all of it happens often.
        assert!(applied > 150 && merged > 20 && refused > 50);
    }
}
