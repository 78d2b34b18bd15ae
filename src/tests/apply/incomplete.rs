//! Series that are not all there, or apply nowhere, through the built program: said precisely, and no pass.

use super::program::{
    DRIVER, OTHER, STATS, conclusions, files, list, mails, path, problems, start, stats, three,
};
use crate::support::series::{Texts, header};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

#[test]
fn a_series_with_a_hole_never_passes() {
    let mut series = start();
    let other = header("OTHER", "struct other {\n__u32 a;\n};");
    series.commit(
        "driver: one",
        &[(DRIVER, "int x;\n\n\n\nint b;\n\n\n\nint c;\n")],
    );
    series.commit("other: add it", &[(OTHER, &other)]);
    series.commit(
        "driver: two",
        &[(DRIVER, "int x;\n\n\n\nint b;\n\n\n\nint y;\n")],
    );
    let place = mails(&series, &[]);
    let (status, whole) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    assert_eq!((status, &whole["conclusion"]), (0, &"pass".into()));
    fs::remove_file(&files(place.path())[1]).expect("it is there");
    let (status, report) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    assert_eq!((status, &report["conclusion"]), (3, &"undecided".into()));
    assert_eq!(problems(&report), "[\"patch 2/3 is missing\"]");
    assert_eq!(conclusions(&report), [(1, "pass"), (3, "pass")]);
    // A break is one whatever is missing.
    let mut series = start();
    three(&mut series);
    let place = mails(&series, &[]);
    fs::remove_file(&files(place.path())[1]).expect("it is there");
    let (status, report) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    assert_eq!((status, &report["conclusion"]), (1, &"fail".into()));
    let (status, _) = series.json(&[
        "patch",
        path(place.path()),
        "--base",
        "v6.1",
        "--fail-on",
        "never",
    ]);
    assert_eq!(status, 3);
}

#[test]
fn what_does_not_apply_is_said_with_file_and_hunk_and_base() {
    let mut series = start();
    three(&mut series);
    let place = mails(&series, &["--no-renames", "--full-index"]);
    let first = files(place.path()).remove(0);
    let text = fs::read_to_string(&first).expect("a mail");
    // Another line of context, and blobs that nobody has.
    let text = text
        .replace("\n __u32 a;", "\n __u32 zz;")
        .replace("\nindex ", "\nindex 1");
    fs::write(&first, text).expect("it is ours");
    let (status, report) = series.json(&["patch", path(place.path()), "--base", "v6.1"]);
    assert_eq!((status, &report["conclusion"]), (3, &"undecided".into()));
    let said = problems(&report);
    for words in [
        "on v6.1 (",
        "patch 1: hunk 1 of include/uapi/linux/demo_stats.h (line ",
        "three-way merge",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(list(&report, "findings").len(), 0);
    for patch in list(&report["series"], "patches") {
        assert_eq!(
            (&patch["commit"], &patch["applied"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(patch["conclusion"], "undecided");
    }
    let output = series.run(&["patch", path(place.path()), "--base", "v6.1", "-q"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.starts_with("undecided: not all of the series could be examined (it applies to none"),
        "{text}"
    );
    let output = series.run(&["patch", path(place.path()), "--format", "markdown"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("Of the series, this was not examined:"),
        "{text}"
    );
}

#[test]
fn a_binary_patch_of_a_header_is_no_pass_and_one_of_a_picture_is_told() {
    let binary = |name: &str| {
        let text = header("OTHER", "struct other {\n__u32 a;\n};");
        let lines: String = text.lines().map(|line| format!("+{line}\n")).collect();
        format!(
            "From 1234567890 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\
             Subject: [PATCH] other\n\n---\n\ndiff --git a/{name} b/{name}\nnew file mode 100644\n\
             index 0000000000000000000000000000000000000000..1111111111111111111111111111111111111111\n\
             GIT binary patch\nliteral 3\nKcmZQzU|?Vr00961\n\nliteral 0\nHcmV?d00001\n\n\
             diff --git a/{OTHER} b/{OTHER}\nnew file mode 100644\n--- /dev/null\n+++ b/{OTHER}\n@@ -0,0 +1,{} @@\n{lines}",
            text.lines().count()
        )
    };
    let series = start();
    for (name, expected) in [
        ("include/uapi/linux/sly.h", 3),
        ("Documentation/logo.png", 0),
    ] {
        let mut file = tempfile::NamedTempFile::new().expect("the system has room");
        file.write_all(binary(name).as_bytes()).expect("it is ours");
        let (status, report) =
            series.json(&["patch", path(file.path()), "--base", "v6.1", "--all"]);
        assert_eq!(status, expected, "{report:#}");
        assert!(!list(&report, "findings").is_empty());
        let told = format!("{}{}", problems(&report), report["notes"]);
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn two_series_at_once_are_refused_and_patches_without_numbers_are_one() {
    let mut series = start();
    three(&mut series);
    let unnumbered = mails(&series, &["-N"]);
    let (status, report) = series.json(&["patch", path(unnumbered.path()), "--base", "v6.1"]);
    assert_eq!(
        (status, conclusions(&report)),
        (1, vec![(1, "fail"), (2, "pass"), (3, "pass")])
    );
    let texts: Texts<'_> = &[(STATS, &stats("__u32 a;\n__u32 b;\n__u32 c;"))];
    let mut other = start();
    other.commit("stats: else", texts);
    other.commit(
        "stats: more",
        &[(STATS, &stats("__u32 a;\n__u32 b;\n__u32 c;\n__u32 d;"))],
    );
    let both = mails(&series, &["--thread", "--numbered"]);
    for (at, file) in files(mails(&other, &["--thread", "--numbered"]).path())
        .iter()
        .enumerate()
    {
        fs::copy(file, both.path().join(format!("9-{at}.patch"))).expect("it is ours");
    }
    let output = series.run(&["patch", path(both.path())]);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), err.lines().count()),
        (Some(2), 1),
        "{err}"
    );
    assert!(err.contains("has 2 series"), "{err}");
}

/// Makes plain diffs of the mails, so that nothing but that they apply tells where they belong, and lets the
/// first one name a base.
fn with_base(place: &Path, id: &str) {
    for file in files(place) {
        let text = fs::read_to_string(&file).expect("a mail");
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("index ") && !line.starts_with("base-commit:"));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let base = match file.to_string_lossy().contains("0001-") {
            true => format!("base-commit: {id}\n"),
            false => String::new(),
        };
        fs::write(&file, text + &base).expect("it is ours");
    }
}

#[test]
fn a_base_that_is_not_there_or_does_not_fit_is_told_and_another_one_found() {
    let mut series = start();
    let first = series
        .range()
        .rsplit_once("..")
        .expect("a range")
        .1
        .to_owned();
    three(&mut series);
    let place = mails(&series, &[]);
    series.commit(
        "stats: else",
        &[(STATS, &stats("__u64 x;")), (DRIVER, "int z;\n")],
    );
    series.tag("v6.2-rc1");
    let later = series
        .range()
        .rsplit_once("..")
        .expect("a range")
        .1
        .to_owned();
    let said = |id: &str| with_base(place.path(), id);
    said("0123456789012345678901234567890123456789");
    let (status, report) = series.json(&["patch", path(place.path())]);
    // There is neither HEAD nor a branch in this repository.
    assert_eq!((status, &report["base"]["chosen_by"]), (3, &Value::Null));
    assert!(
        problems(&report).contains("no commit to apply it to"),
        "{report:#}"
    );
    series.branch_named("main", &first);
    let (status, report) = series.json(&["patch", path(place.path())]);
    assert_eq!(
        (status, &report["base"]["chosen_by"]),
        (1, &"applies".into())
    );
    assert_eq!(report["base"]["rev"], "main");
    assert!(
        report["notes"]
            .to_string()
            .contains("stands on 012345678901, which this repository does not have")
    );
    said(&later);
    let (status, report) = series.json(&["patch", path(place.path())]);
    assert_eq!(
        (status, &report["base"]["chosen_by"]),
        (1, &"applies".into())
    );
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("was tried elsewhere before") && notes.contains("demo_stats.h"),
        "{notes}"
    );
    said(&first);
    let (_, report) = series.json(&["patch", path(place.path())]);
    assert_eq!(report["base"]["chosen_by"], "base-commit");
    assert!(!report["notes"].to_string().contains("elsewhere"));
}
