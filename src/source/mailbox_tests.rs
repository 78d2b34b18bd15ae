//! Places with mails in them, and places without.

use super::*;

const PATCH: &str = "From: A <a@example.org>\nSubject: [PATCH] a\nMessage-ID: <1@example.org>\n\n\
    ---\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n";

fn place(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn ids(folder: &tempfile::TempDir, name: &str) -> Vec<String> {
    let found = mails(&folder.path().join(name).display().to_string()).unwrap();
    found
        .messages
        .into_iter()
        .map(|message| message.id)
        .collect()
}

fn why_not(folder: &tempfile::TempDir, name: &str) -> String {
    let error = mails(&folder.path().join(name).display().to_string()).unwrap_err();
    assert!(error.is_mistake(), "{error}");
    let SourceError::NoPatch { why, .. } = error else {
        panic!("{error}");
    };
    why
}

#[test]
fn mails_lie_in_files_directories_and_maildirs() {
    let second = PATCH.replace("1@", "2@");
    let begins = "From a@example.org Mon Nov 17 10:20:30 2025\n";
    let folder = place(&[
        ("one.eml", PATCH),
        ("series/0001-a.patch", PATCH),
        ("series/0002-a.patch", &second),
        ("series/README", "no mail"),
        ("series/.3.patch", "hidden"),
        ("box", &format!("{begins}{PATCH}\n{begins}{second}\n")),
        ("mail/cur/1.host:2,S", &second),
        ("mail/new/0.host", PATCH),
        ("mail/tmp/2.host", "half"),
        (
            "bare.diff",
            "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n",
        ),
    ]);
    // A diff alone, as `git diff` prints it, is a mail of nobody.
    assert_eq!(ids(&folder, "bare.diff"), [""]);
    assert_eq!(ids(&folder, "one.eml"), ["1@example.org"]);
    for both in ["series", "box", "mail"] {
        assert_eq!(
            ids(&folder, both),
            ["1@example.org", "2@example.org"],
            "{both}"
        );
    }
}

#[test]
fn what_is_no_patch_is_a_mistake_with_its_mend() {
    let folder = place(&[
        ("empty", "\n"),
        ("text", "From: A <a@example.org>\nSubject: a\n\nhello\n"),
        ("answer", &PATCH.replace("[PATCH]", "Re: [PATCH]")),
        (
            "diff",
            "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n",
        ),
        ("none/README", "hello"),
        ("mail/cur/.keep", ""),
        (
            "large.eml",
            &format!("{PATCH}{}", " ".repeat(mail::MAIL_LIMIT)),
        ),
    ]);
    fs::write(folder.path().join("packed"), [0x1f, 0x8b, 8, 0]).unwrap();
    for (name, says) in [
        ("empty", "it is empty"),
        ("text", "no mail in it has a diff"),
        ("answer", "its mails are answers"),
        ("none", "no file in it ends in"),
        ("mail", "cur/ and new/ have no files"),
        ("large.eml", "are the most"),
        ("packed", "it is compressed"),
        ("nowhere", "it cannot be read"),
    ] {
        let why = why_not(&folder, name);
        assert!(why.contains(says), "{name}: {why}");
    }
}

#[test]
fn links_in_directories_are_not_followed() {
    let folder = place(&[("secret.patch", PATCH), ("series/README", "")]);
    let link = folder.path().join("series/1.patch");
    std::os::unix::fs::symlink("../secret.patch", link).unwrap();
    assert!(why_not(&folder, "series").contains("no file in it ends in"));
}

#[test]
fn there_is_an_end_to_what_is_read() {
    let error = read("x", std::io::repeat(b'x'), 1000).unwrap_err();
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error}");
    assert_eq!(read("x", &b"abc"[..], 3).unwrap(), b"abc");
}
