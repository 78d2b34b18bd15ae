//! Where hunks go. What the real git makes of the same is in `src/tests/apply`.

use super::super::parse;
use super::*;

fn patched(content: &str, hunks: &str) -> Result<String, Refusal> {
    within(content, hunks, &Budget::new())
}

fn within(content: &str, hunks: &str, budget: &Budget) -> Result<String, Refusal> {
    let diff = format!("--- a/x\n+++ b/x\n{hunks}");
    let patches = parse::parse(diff.as_bytes()).expect("a diff");
    let text = apply(content.as_bytes(), &patches[0], budget)?;
    Ok(String::from_utf8(text).expect("it was text"))
}

const MIDDLE: &str = "@@ -3,3 +3,3 @@\n a\n-b\n+B\n c\n";

#[test]
fn the_nearest_place_is_taken_and_the_one_below_first() {
    let here = patched("\n\na\nb\nc\n\n", MIDDLE);
    assert_eq!(here.as_deref(), Ok("\n\na\nB\nc\n\n"));
    // Two lines below, and one above.
    let near = patched("\na\nb\nc\n\na\nb\nc\n", MIDDLE);
    assert_eq!(near.as_deref(), Ok("\na\nB\nc\n\na\nb\nc\n"));
    // As far below as above.
    let both = patched("a\nb\nc\n\na\nb\nc\n", MIDDLE);
    assert_eq!(both.as_deref(), Ok("a\nb\nc\n\na\nB\nc\n"));
}

#[test]
fn context_has_to_be_whole() {
    let refused = patched("\n\na\nb\nX\n", MIDDLE).expect_err("another line");
    let Refusal::Hunk {
        hunk, line, wanted, ..
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!((hunk, line, wanted), (1, 3, 3));
}

#[test]
fn a_hunk_at_an_end_of_the_file_stays_there() {
    let at_start = "@@ -1,2 +1,3 @@\n+n\n a\n b\n";
    assert_eq!(
        patched("a\nb\nc\n", at_start).as_deref(),
        Ok("n\na\nb\nc\n")
    );
    patched("x\na\nb\nc\n", at_start).expect_err("no longer at the start");
    let at_end = "@@ -2,2 +2,3 @@\n a\n b\n+n\n";
    assert_eq!(patched("x\na\nb\n", at_end).as_deref(), Ok("x\na\nb\nn\n"));
    assert_eq!(
        patched("x\ny\na\nb\n", at_end).as_deref(),
        Ok("x\ny\na\nb\nn\n")
    );
    patched("x\na\nb\nc\n", at_end).expect_err("no longer at the end");
}

#[test]
fn hunks_do_not_build_on_each_other() {
    let twice = "@@ -2,3 +2,3 @@\n a\n-b\n+b\n c\n@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n";
    patched("x\na\nb\nc\ny\n", twice).expect_err("the lines are taken");
    let there = patched("x\na\nb\nc\na\nb\nc\n", twice);
    assert_eq!(there.as_deref(), Ok("x\na\nb\nc\na\nB\nc\n"));
}

#[test]
fn the_last_line_break_comes_and_goes() {
    let goes = "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n";
    assert_eq!(patched("a\nb\n", goes).as_deref(), Ok("a\nb"));
    patched("a\nb", goes).expect_err("it is gone already");
    let comes = "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n";
    assert_eq!(patched("a\nb", comes).as_deref(), Ok("a\nb\n"));
    patched("a\nb\n", comes).expect_err("it is there already");
}

#[test]
fn work_and_memory_have_a_bound() {
    // Each hunk fits nowhere but at its very end, in a file of the same lines.
    let content = "a\n".repeat(10_000);
    let hunk = format!("@@ -2,101 +2,101 @@\n{} a\n-x\n+y\n a\n", " a\n".repeat(98));
    let refused = within(&content, &hunk, &Budget::small()).expect_err("too much to search");
    assert!(matches!(refused, Refusal::TooLarge { .. }), "{refused}");
    // Where there is time, it is known to fit nowhere.
    let refused = patched(&content, &hunk).expect_err("no such line");
    assert!(matches!(refused, Refusal::Hunk { .. }), "{refused}");
    let large = "0123456789abcdef\n".repeat(100_000);
    let at_start = "@@ -1,2 +1,3 @@\n+n\n 0123456789abcdef\n 0123456789abcdef\n";
    let refused = within(&large, at_start, &Budget::small()).expect_err("too large a file");
    assert!(matches!(refused, Refusal::TooLarge { .. }), "{refused}");
    patched(&large, at_start).expect("one such file is no harm");
    let long = "\n".repeat(LINES_LIMIT + 1);
    let refused = patched(&long, MIDDLE).expect_err("too many lines");
    assert!(matches!(refused, Refusal::TooLarge { .. }), "{refused}");
}
