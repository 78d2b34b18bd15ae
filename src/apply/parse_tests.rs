//! Diffs as text, by hand: what is read of them, and what is refused with which line.

use super::*;

fn one(diff: &str) -> Vec<(Option<String>, Option<String>)> {
    let text = |name: &Option<Name>| {
        name.as_ref()
            .map(|name| String::from_utf8_lossy(name).into_owned())
    };
    let patches = parse(diff.as_bytes()).expect("a diff");
    let names = patches.iter();
    names
        .map(|patch| (text(&patch.old), text(&patch.new)))
        .collect()
}

fn named(old: &str, new: &str) -> (Option<String>, Option<String>) {
    let name = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    (name(old), name(new))
}

const HUNK: &str = "@@ -1 +1 @@\n-a\n+b\n";

#[test]
fn every_kind_of_header_names_its_files() {
    let git = |header: &str| one(&format!("diff --git {header}"));
    assert_eq!(
        git(&format!(
            "a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n{HUNK}"
        )),
        [named("x", "x")]
    );
    assert_eq!(
        git("a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n"),
        [named("", "x")]
    );
    assert_eq!(
        git(
            "a/x b/x\ndeleted file mode 100644\nindex 1234567..0000000\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        ),
        [named("x", "")]
    );
    assert_eq!(
        git("a/x b/y z\nsimilarity index 100%\nrename from x\nrename to y z\n"),
        [named("x", "y z")]
    );
    assert_eq!(
        git("a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to \"\\303\\244\"\n"),
        [named("x", "ä")]
    );
    assert_eq!(
        git("a/x b/x\nold mode 100644\nnew mode 100755\n"),
        [named("x", "x")]
    );
    assert_eq!(
        one(&format!("--- a/x y\t2024-01-01\n+++ b/x y\n{HUNK}")),
        [named("x y", "x y")]
    );
    assert_eq!(
        one(&format!("--- x.orig\n+++ x\n{HUNK}")),
        [named("x", "x")]
    );
    let epoch = "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n";
    assert_eq!(one(epoch), [named("", "x")]);
    // diff -N where the clocks are an hour east of UTC.
    let epoch = "--- a/x\t1970-01-01 01:00:00.000000000 +0100\n+++ b/x\t2024-01-01 10:00:00.5 +0100\n@@ -0,0 +1 @@\n+a\n";
    assert_eq!(one(epoch), [named("", "x")]);
    let later = "--- a/x\t1970-01-01 02:00:00.000000000 +0100\n+++ b/x\t2024-01-01 10:00:00.5 +0100\n@@ -0,0 +1 @@\n+a\n";
    assert_eq!(one(later), [named("x", "x")]);
}

#[test]
fn what_is_no_diff_is_passed_over() {
    let text = format!(
        "---\n x | 2 +-\n 1 file changed\n\n--- not a name\n+++ neither\n\ndiff --git is nice\n\
         diff --git a/x b/x\n--- a/x\n+++ b/x\n{HUNK}-- \n2.47.3\n\nBinary files are none\n"
    );
    let patches = parse(text.as_bytes()).expect("a diff");
    assert_eq!(patches.len(), 1);
    assert_eq!((patches[0].line, patches[0].hunks[0].line), (9, 12));
}

#[test]
fn lines_of_a_hunk_are_what_the_file_has() {
    let text = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ int f()\n a\n\n-b\n\\ No newline at end of file\n+c\n\\ Kein Zeilenumbruch\n";
    let patches = parse(text.as_bytes()).expect("a diff");
    let lines = &patches[0].hunks[0].lines;
    assert_eq!(
        lines[..],
        [
            Line::Kept(b"a\n"),
            Line::Kept(b"\n"),
            Line::Gone(b"b"),
            Line::Come(b"c")
        ]
    );
    assert!(!patches[0].hunks[0].trailing);
}

#[test]
fn binary_files_are_known_and_not_taken_for_text() {
    let header = "diff --git a/x b/x\nindex 1234567..89abcde 100644\n";
    for body in [
        "GIT binary patch\nliteral 3\nKcmZP\n\nliteral 0\nHcmV?d00001\n\n",
        "GIT binary patch\ndelta 3\nKcmZP\n\n",
        "Binary files a/x and b/x differ\n",
    ] {
        let text = format!("{header}{body}diff --git a/y b/y\n--- a/y\n+++ b/y\n{HUNK}");
        let patches = parse(text.as_bytes()).expect("a diff");
        let binary: Vec<bool> = patches.iter().map(|patch| patch.is_binary).collect();
        assert_eq!(binary, [true, false], "{body}");
    }
}

#[test]
fn broken_diffs_are_refused_with_their_line() {
    let line = |text: &str| match parse(text.as_bytes()) {
        Err(Refusal::Malformed { line, .. }) => line,
        other => panic!("{text}: {other:?}"),
    };
    let head = "diff --git a/x b/x\n--- a/x\n+++ b/x\n";
    assert_eq!(line("no diff\n"), 1);
    assert_eq!(line(&format!("\n{HUNK}")), 2);
    assert_eq!(line(&format!("{head}@@ -1,2 +1 @@\n-a\n+b\n")), 7);
    assert_eq!(line(&format!("{head}@@ -1 +1 @@\n-a\n-b\n")), 6);
    assert_eq!(line(&format!("{head}@@ -1 +1 @@\n?a\n")), 5);
    assert_eq!(line(&format!("{head}@@ -1 +1 @@\n a\n")), 4);
    assert_eq!(line(&format!("{head}@@ -x +1 @@\n-a\n")), 4);
    assert_eq!(line(&format!("{head}@@ -1 +1 @@\n-a\n+b")), 6);
    assert_eq!(line(&format!("{head}@@ -99999999999 +1 @@\n-a\n+b\n")), 4);
    assert_eq!(line("diff --git a/x b/x\nindex 1234567..89abcde\n\n"), 1);
    assert_eq!(line("diff --git a/x b/y\nindex 1234567..89abcde\n"), 1);
    assert_eq!(line("diff --git a/x b/x\nold mode rw-r--r--\n"), 2);
    assert_eq!(
        line("diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n"),
        3
    );
    assert_eq!(
        line("diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"),
        3
    );
    assert_eq!(
        line(
            "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
        ),
        1
    );
}

#[test]
fn a_diff_over_the_bound_is_refused_as_that() {
    let large = vec![b'a'; DIFF_LIMIT + 1];
    let refused = parse(&large).expect_err("too large");
    assert!(matches!(refused, Refusal::TooLarge { .. }), "{refused}");
    let just = vec![b'a'; DIFF_LIMIT];
    let refused = parse(&just).expect_err("no diff");
    assert!(matches!(refused, Refusal::Malformed { .. }), "{refused}");
}

#[test]
fn one_cr_before_a_line_break_is_the_mails() {
    assert_eq!(without_cr(b"a\r\nb\r\r\nc\rd\n\r"), b"a\nb\r\nc\rd\n\r");
}
