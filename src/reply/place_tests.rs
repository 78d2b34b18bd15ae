//! Findings find their lines in a diff, and look-alikes of those lines don't.

use super::*;
use crate::report::samples::{moved_field, report};

/// What makes the header of the sample before the one after.
const PATCH: &str = "diff --git a/include/uapi/linux/demo.h b/include/uapi/linux/demo.h\n\
--- a/include/uapi/linux/demo.h\n+++ b/include/uapi/linux/demo.h\n@@ -1,5 +1,6 @@\n struct demo_stats {\n \t__u32 flows;\n\
+\t__u32 inner;\n \t__u32 throttled;\n };\n-#define DEMO_MAX 4\n+#define DEMO_MAX 5\n-- \n2.47\n";

fn line(patch: &str, change: impl Fn(&mut Finding)) -> Option<String> {
    let mut finding = moved_field();
    change(&mut finding);
    let report = report(vec![finding.clone()], Vec::new());
    let diff = Diff::read(patch.as_bytes());
    let row = diff.row_of(&report, &finding)?;
    Some(String::from_utf8_lossy(diff.lines[diff.rows[row].at]).into_owned())
}

fn at(line: u32, side: Side) -> Option<Place> {
    let header = "linux/demo.h".to_owned();
    Some(Place { header, line, side })
}

#[test]
fn the_line_is_that_of_the_side_that_has_it() {
    assert_eq!(line(PATCH, |_| {}).as_deref(), Some(" \t__u32 throttled;"));
    let gone = |finding: &mut Finding| {
        finding.after_place = None;
        finding.before_place = at(5, Side::Before);
    };
    assert_eq!(line(PATCH, gone).as_deref(), Some("-#define DEMO_MAX 4"));
    let come = |finding: &mut Finding| finding.after_place = at(6, Side::After);
    assert_eq!(line(PATCH, come).as_deref(), Some("+#define DEMO_MAX 5"));
}

#[test]
fn the_text_decides_where_another_patch_moved_the_line() {
    let moved = PATCH.replace("@@ -1,5 +1,6 @@", "@@ -41,5 +41,6 @@");
    assert_eq!(line(&moved, |_| {}).as_deref(), Some(" \t__u32 throttled;"));
    // A brace is everywhere: only its own number finds it.
    let brace = |finding: &mut Finding| {
        finding.after_place = at(5, Side::After);
        finding.before_place = None;
    };
    assert_eq!(line(PATCH, brace).as_deref(), Some(" };"));
    assert_eq!(line(&moved, brace).as_deref(), Some("+\t__u32 inner;"));
}

#[test]
fn what_the_hunks_do_not_show_is_told_at_the_nearest_change() {
    let short = PATCH
        .replace(" \t__u32 throttled;\n };\n", "")
        .replace("-1,5 +1,6", "-1,3 +1,4");
    assert_eq!(line(&short, |_| {}).as_deref(), Some("+#define DEMO_MAX 5"));
}

#[test]
fn another_file_has_no_line_for_it() {
    for (name, other) in [
        ("demo.h", "demo.h2"),
        ("demo.h", "xdemo.h"),
        ("uapi/", "uapi2/"),
    ] {
        assert_eq!(line(&PATCH.replace(name, other), |_| {}), None, "{other}");
    }
    let elsewhere = |finding: &mut Finding| {
        for place in [&mut finding.after_place, &mut finding.before_place]
            .into_iter()
            .flatten()
        {
            place.header = "linux/other.h".to_owned();
        }
    };
    assert_eq!(line(PATCH, elsewhere), None);
}

#[test]
fn what_is_no_diff_is_passed_over() {
    for text in [
        "",
        "--- \n+++ \n@@ -1 +1 @@",
        "@@ -1,4294967295 +1,4294967295 @@\n a\n",
        "--- a/a\n+++ b/a\n@@ -4294967295,4294967295 +4294967295,9 @@\n a\nrubbish\n",
        "--- a/a\n+++ b/a\n@@ -1,1 +1,1\n",
        "--- a/a\n+++ b/a\n@@ -x +y @@\n a\n",
    ] {
        assert!(Diff::read(text.as_bytes()).rows.len() <= 1, "{text}");
    }
}
