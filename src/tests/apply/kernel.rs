//! Made-up series over the headers of the real v6.1, which others moved towards v6.12 meanwhile: the same trees as
//! `git am -3`. Some of them over the whole kernel, too.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use super::git::{Git, Tally, apply_ours, patches};
use super::maker::{Files, Maker};
use git2::{ObjectType, Repository, TreeWalkMode, TreeWalkResult};
use std::path::PathBuf;

/// Series that are tried, and which of them over the whole kernel, too.
const SERIES: u64 = 100;
const WHOLE: u64 = 10;
/// The directory whose files are changed.
const PLACE: &str = "include/uapi/linux/netfilter";

fn kernel() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.1 and v6.12");
    }
    path
}

/// The files of a revision below the directory.
fn files(kernel: &Repository, revision: &str) -> Files {
    let found = kernel.revparse_single(&format!("{revision}:{PLACE}"));
    let tree = found
        .and_then(|found| found.peel_to_tree())
        .expect("it is there");
    let mut files = Files::new();
    let walked = tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        if entry.kind() == Some(ObjectType::Blob) {
            let blob = kernel.find_blob(entry.id()).expect("the tree is whole");
            let name = entry.name().expect("UTF-8");
            files.insert(
                format!("{PLACE}/{folder}{name}"),
                (false, blob.content().to_vec()),
            );
        }
        TreeWalkResult::Ok
    });
    walked.expect("the tree is whole");
    files
}

/// A series, and a base that moved on.
struct Case {
    author: Git,
    base: Files,
    mails: Vec<PathBuf>,
}

fn case(number: u64, start: &Files, later: &Files) -> Case {
    let mut maker = Maker::new(1_000_000 + number);
    let author = Git::new();
    let from = author.commit(start, None, 0);
    let (mut tip, mut files) = (from, start.clone());
    let all: Vec<&String> = start.keys().collect();
    // Few, so that both sides change the same.
    let names: Vec<&String> = (0..5).map(|_| all[maker.below(all.len())]).collect();
    for number in 1..=1 + i64::try_from(maker.below(3)).expect("few") {
        let before = files.clone();
        for _ in 0..=maker.below(3) {
            let name = names[maker.below(names.len())];
            match (maker.below(4), later.get(name), files.get(name)) {
                (0, Some(text), _) => drop(files.insert(name.clone(), text.clone())),
                (1, _, _) => maker.change(&mut files),
                (_, _, Some((runs, text))) => {
                    let changed = (*runs, maker.edit(text));
                    files.insert(name.clone(), changed);
                }
                _ => {}
            }
        }
        if files != before {
            tip = author.commit(&files, Some(tip), number);
        }
    }
    let mut base = start.clone();
    for name in names {
        let text = match maker.below(3) {
            0 => later.get(name).cloned(),
            1 => base.get(name).map(|(runs, text)| (*runs, maker.edit(text))),
            _ => None,
        };
        if let Some(text) = text {
            base.insert(name.clone(), text);
        }
    }
    for _ in 0..maker.below(3) {
        maker.change(&mut base);
    }
    let mails = author.mails(
        &format!("{from}..{tip}"),
        &[["-M", "--full-index"][maker.below(2)]],
    );
    Case {
        author,
        base,
        mails,
    }
}

#[test]
fn kernel_series_become_the_trees_that_git_am_makes_of_them() {
    let Some(path) = kernel() else { return };
    let kernel = Repository::open(&path).expect("it is a repository");
    let (start, later) = (files(&kernel, "v6.1"), files(&kernel, "v6.12"));
    assert!(start.len() > 50 && start != later);
    let target = Git::borrowing(&path);
    let whole = kernel
        .revparse_single("v6.1^{tree}")
        .expect("it is there")
        .id();
    let (mut tally, mut of_whole) = (Tally::default(), 0);
    for number in 0..SERIES {
        let case = case(number, &start, &later);
        if case.mails.is_empty() {
            continue;
        }
        let base = target.commit(&case.base, None, 0);
        let theirs = target.am(base, &case.mails);
        let ours = target.ours(base, &case.mails);
        tally.add(
            &format!("{number} of {}", case.author.path().display()),
            &theirs,
            &ours,
        );
        let all_there = start.keys().all(|name| case.base.contains_key(name));
        let fits = all_there && case.base.keys().all(|name| name.starts_with(PLACE));
        if let (true, true, Ok(tree)) = (number % (SERIES / WHOLE) == 0, fits, theirs) {
            // In the whole kernel, the directory becomes the same.
            let base = target.commit_over(whole, &case.base, None, 0);
            let ours = apply_ours(target.path(), base, &patches(&case.mails), PLACE);
            let theirs = target.run(&["rev-parse", &format!("{tree}:{PLACE}")]);
            assert_eq!(ours.expect("it applies").0, theirs, "{number}");
            of_whole += 1;
        }
    }
    tally.finish();
    assert!(tally.applied > 60 && tally.merged > 8 && tally.refused > 8);
    assert!(of_whole > 2, "{of_whole}");
}
