//! What `git format-patch` writes, with its options, against what `git am` makes of it.

use super::git::{Made, Repository};
use super::series;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::fs;
use uapi_check::mail;
use uapi_check::source;

/// Messages with all that could be taken for something else.
const MESSAGES: [&str; 5] = [
    "one: a title\n\nFrom here on,\n\n>From there, and\n>>From both.\n\nSigned-off-by: A <a@example.org>\n",
    "two: größer als [PATCH] sonst, and longer than a line of a header may be at all\n\nZoë = 1.\n",
    "three\n",
    "[four] with brackets: and a colon\n\n    indented\n\n\ttabs\n\n  -- \nnot the end\n\n--\nnor this\n",
    "five: From a@example.org Mon Nov 17 10:20:30 2025\n\nFrom a Mon Nov 17\n\nSubject: me\n\n\
     Subject: you\nDate: today\n",
];

/// A repository with a commit for each message, each changing a file.
fn history(messages: &[&str]) -> Repository {
    let repository = Repository::new();
    for (at, message) in messages.iter().enumerate() {
        let lines = (0..40).map(|line| match line == at * 6 {
            true => format!("From line {line} ä of {at}\n"),
            false => format!("line {line}\n\n"),
        });
        let text: String = lines.collect();
        fs::write(repository.path().join("f.h"), text).expect("the folder is ours");
        let author = format!("--author=Änne {at} B, C <a{at}@example.org>");
        let date = format!("--date=2025-11-{:02}T10:20:30 +0{at}00", at + 1);
        repository.run(&["add", "f.h"], b"");
        repository.run(&["commit", "-q", &author, &date, "-F-"], message.as_bytes());
    }
    repository
}

/// The patches since the first commit, as the options have them, and what `git am` makes of them.
fn sent(repository: &Repository, options: &[&str]) -> (Vec<u8>, Vec<Made>) {
    let first = repository.run(&["rev-list", "--max-parents=0", "HEAD"], b"");
    let first = String::from_utf8_lossy(&first).trim().to_owned();
    let range = format!("{first}..HEAD");
    let all = [&["format-patch", "--stdout"], options, &[&range]].concat();
    let file = repository.run(&all, b"");
    let other = Repository::new();
    other.run(&["am", "-q", "-3", "--quoted-cr=strip"], &file);
    let list = other.run(&["rev-list", "--reverse", "HEAD"], b"");
    let list = String::from_utf8_lossy(&list).into_owned();
    let made = list.lines().skip(1).map(|commit| other.commit(commit));
    (file, made.collect())
}

fn without_diffs(series: &mail::Series) -> Vec<Made> {
    let bare = |patch: &mail::Patch| Made {
        diff: String::new(),
        ..Made::ours(patch)
    };
    series.patches.iter().map(bare).collect()
}

#[test]
fn what_format_patch_writes_is_what_am_makes() {
    let repository = history(&MESSAGES);
    for options in [
        &[][..],
        &["--attach"],
        &["--inline"],
        &["--no-signature"],
        &["--from=C. O. Mitter <c@example.org>"],
        &["--no-encode-email-headers"],
        &["--thread=deep", "-v3", "--subject-prefix=PATCH net-next"],
        &["--thread", "--rfc", "--signoff"],
        &["--stat=200", "--zero-commit", "--no-numbered"],
    ] {
        let (file, expected) = sent(&repository, options);
        if options.contains(&"--no-numbered") {
            // Without numbers nothing makes them one series.
            let threads = mail::Mailbox::read(mail::split(&file)).threads();
            assert_eq!(threads.len(), expected.len(), "{options:?}");
            continue;
        }
        let found = series(mail::split(&file));
        assert_eq!(without_diffs(&found), expected, "{options:?}");
        assert!(found.missing.is_empty(), "{options:?}");
    }
}

#[test]
fn diffs_of_a_series_are_those_of_mailinfo() {
    let repository = history(&MESSAGES);
    let (file, made) = sent(&repository, &[]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let into = format!("-o{}", folder.path().display());
    repository.run(&["mailsplit", &into], &file);
    let found = series(mail::split(&file));
    assert_eq!(found.patches.len(), made.len());
    for (at, patch) in found.patches.iter().enumerate() {
        let one = fs::read(folder.path().join(format!("{:04}", at + 1))).expect("git wrote it");
        assert_eq!(
            Made::ours(patch).diff,
            repository.mailinfo(&one),
            "{}",
            at + 1
        );
    }
}

#[test]
fn a_directory_of_format_patch_is_a_series() {
    let repository = history(&MESSAGES);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let into = format!("-o{}", folder.path().display());
    repository.run(
        &[
            "format-patch",
            "-q",
            "--cover-letter",
            "--base=HEAD~3",
            &into,
            "HEAD~2",
        ],
        b"",
    );
    fs::write(folder.path().join("README"), "no patch").expect("the folder is ours");
    let place = folder.path().display().to_string();
    let mut threads = source::mails(&place).expect("there are patches").threads();
    assert_eq!(threads.len(), 1);
    let found = threads.remove(0).series(None).expect("a series");
    assert_eq!((found.expected, found.patches.len()), (2, 2));
    assert!(
        found
            .cover
            .is_some_and(|cover| cover.title.contains("SUBJECT HERE"))
    );
    let base = repository.run(&["rev-parse", "HEAD~3"], b"");
    let base = String::from_utf8_lossy(&base).trim().to_owned();
    assert_eq!(found.base.commit, Some(base));
    let before = repository.run(&["show", "HEAD~2"], b"");
    let id = repository.run(&["patch-id", "--stable"], &before);
    let id = String::from_utf8_lossy(&id[..40]).into_owned();
    assert_eq!(found.base.patches, [id]);
}

/// Lines that mean something to whoever reads mails.
const LINES: [&str; 18] = [
    "text",
    "",
    "From: A <a@example.org>",
    "Subject: other",
    "Date: Mon, 17 Nov 2025 10:20:30 +0100",
    " continued",
    "  ",
    "From a",
    ">From a",
    "[PATCH] x",
    "--",
    "-- ",
    "----",
    "ä = ö",
    "=?UTF-8?q?=C3=A4?=",
    "Cc: B <b@example.org>",
    "> quoted",
    "trailing  ",
];

#[test]
fn any_text_is_taken_apart_as_git_does() {
    let repository = Repository::new();
    let lines = proptest::collection::vec(0..LINES.len(), 0..9);
    let mut runner = TestRunner::new(Config {
        cases: 60,
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    });
    let found = runner.run(&(lines, 0..3_usize), |(lines, encoding)| {
        // What goes on after an address is a part of the name for git, and a remark for us.
        prop_assume!(!lines.windows(2).any(|pair| pair == [2, 5]));
        let file = drawn(&lines, encoding);
        // git refuses what has no title at all, and such.
        let expected = repository.attempt_am(&file);
        prop_assume!(expected.is_ok());
        prop_assert_eq!(Ok(Made::ours(&super::patch(&file))), expected);
        Ok(())
    });
    found.unwrap_or_else(|error| panic!("{error}"));
}

/// A mail with these lines above its diff.
fn drawn(lines: &[usize], encoding: usize) -> Vec<u8> {
    let lines: Vec<&str> = lines.iter().map(|line| LINES[*line]).collect();
    let text = format!(
        "{}\n---\ndiff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n",
        lines.join("\n")
    );
    let (name, text) = match encoding {
        0 => ("8bit", text),
        1 => ("base64", super::shapes::base64(text.as_bytes())),
        _ => (
            "quoted-printable",
            super::shapes::quoted_printable(text.as_bytes()),
        ),
    };
    format!(
        "From: Z <z@example.org>\nSubject: title\nDate: Tue, 18 Nov 2025 10:20:30 +0100\n\
         Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: {name}\n\n{text}"
    )
    .into_bytes()
}
