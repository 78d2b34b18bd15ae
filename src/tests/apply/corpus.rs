//! Made-up series over made-up repositories, in mails of every shape: the tree that comes of them is that of
//! `git am -3 --quoted-cr=strip`, and what it refuses we refuse, at the same patch.
//!
//! `UAPI_CHECK_CASE=17 cargo test series_become -- --nocapture` keeps the repositories of one case and names them.

use super::git::{Git, Tally};
use super::maker::Maker;
use crate::mail::shapes::{base64, quoted_printable};
use git2::Oid;
use std::path::PathBuf;

/// Series that are tried, unless `UAPI_CHECK_CASES` says how many.
const SERIES: u64 = 330;

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
    let mails = author.mails(&range, &[&context, renames, index]);
    let shape = number % 6;
    for mail in &mails {
        let text = std::fs::read_to_string(mail).expect("it is there");
        std::fs::write(mail, shaped(&text, shape)).expect("it is ours");
    }
    Case {
        author,
        target,
        base,
        mails,
    }
}

/// A mail in one of the shapes that servers and programs give it.
fn shaped(mail: &str, shape: u64) -> String {
    let (header, text) = mail.split_once("\n\n").expect("a header");
    let with = |more: &str, text: &str| format!("{header}\nMIME-Version: 1.0\n{more}\n\n{text}");
    let plain = "Content-Type: text/plain; charset=UTF-8";
    let encoded = |name: &str| format!("{plain}\nContent-Transfer-Encoding: {name}");
    // git joins flowed lines that end in a blank even where they are a diff's; we do not.
    let joins = text
        .lines()
        .any(|line| line.ends_with(' ') && line != "-- ");
    match shape {
        0 => mail.to_owned(),
        5 if joins => mail.to_owned(),
        1 => mail.replace('\n', "\r\n"),
        2 => with(
            &encoded("base64"),
            &base64(text.replace('\n', "\r\n").as_bytes()),
        ),
        3 => with(
            &encoded("quoted-printable"),
            &quoted_printable(text.as_bytes()),
        ),
        4 => {
            let (message, diff) = text.split_once("---\n").expect("a diff");
            let part = "Content-Type: text/x-patch; charset=UTF-8; name=\"1.patch\"";
            let text =
                format!("--=_b\n{plain}\n\n{message}\n--=_b\n{part}\n\n---\n{diff}\n--=_b--\n");
            with("Content-Type: multipart/mixed; boundary=\"=_b\"", &text)
        }
        _ => {
            let stuffed = text.lines().map(|line| match line {
                "-- " => "-- \n".to_owned(),
                line if line.starts_with([' ', '>']) || line.starts_with("From ") => {
                    format!(" {line}\n")
                }
                line => format!("{line}\n"),
            });
            with(
                &format!("{plain}; format=flowed"),
                &stuffed.collect::<String>(),
            )
        }
    }
}

#[test]
fn series_become_the_trees_that_git_am_makes_of_them() {
    let mut tally = Tally::default();
    let only = std::env::var("UAPI_CHECK_CASE").ok();
    let only = only.and_then(|number| number.parse::<u64>().ok());
    let cases = std::env::var("UAPI_CHECK_CASES").ok();
    let cases = cases.and_then(|number| number.parse().ok());
    for number in
        (0..cases.unwrap_or(SERIES)).filter(|number| only.is_none_or(|only| only == *number))
    {
        let case = case(number);
        if case.mails.is_empty() {
            continue;
        }
        let theirs = case.target.am(case.base, &case.mails);
        let ours = case.target.ours(case.base, &case.mails);
        tally.add(&number.to_string(), &theirs, &ours);
        if only.is_some() {
            let (author, target) = (case.author.path().display(), case.target.path().display());
            println!("{author} {target} {}", case.base);
            std::mem::forget(case);
        }
    }
    tally.finish();
    // The corpus is worth something only where all of it happens often.
    let few = only.is_some() || cases.is_some();
    let often = tally.applied > 220 && tally.merged > 20 && tally.refused > 50;
    assert!(often || few);
}
