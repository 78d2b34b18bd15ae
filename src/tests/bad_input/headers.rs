//! Headers that can't be read, that kill the parser, or that are far too large.

use super::{BAD, Change, bad, findings};
use serde_json::Value;

const BREAK: (&str, &str) = ("struct-field-inserted", "struct victim");
const GOOD: &str = "struct good { __u32 a; };";

/// What is said of gaps in linux/bad.h itself, less those of old.
fn reasons(report: &Value) -> Vec<&str> {
    let gaps = report["gaps"].as_array();
    gaps.into_iter()
        .flatten()
        .filter(|gap| gap["header"] == "linux/bad.h")
        .filter_map(|gap| gap["reason"].as_str())
        .collect()
}

/// Next to a break, an unreadable header is a gap and the break is found; alone, it makes the run
/// undecided.
fn is_a_gap(before: &[u8], after: &[u8], reason: &str) {
    let (status, report) = Change::beside_a_break(before, after).check();
    assert_eq!((status, &report["conclusion"]), (1, &"fail".into()));
    assert!(findings(&report).contains(&BREAK), "{report:#}");
    let found = reasons(&report);
    assert!(found.iter().any(|it| it.contains(reason)), "{found:?}");
    let (status, report) = Change::of_one(before, after).check();
    assert_eq!((status, &report["conclusion"]), (3, &"undecided".into()));
    assert!(!reasons(&report).is_empty());
}

#[test]
fn a_header_that_kills_the_parser_is_a_gap() {
    // A hundred thousand operators deep: compilers recurse, and their stack ends.
    let deep = format!("{GOOD}\nenum deep {{ DEEP = {}1 }};", "-~".repeat(100_000));
    is_a_gap(&bad(GOOD), &bad(&deep), "the parser died");
}

#[test]
fn a_header_that_kills_the_parser_on_both_sides_is_a_gap_where_it_changed() {
    let deep = format!("{GOOD}\nenum deep {{ DEEP = {}1 }};", "-~".repeat(100_000));
    let more = format!("{deep}\nstruct more {{ __u32 a; }};");
    is_a_gap(&bad(&deep), &bad(&more), "the parser died");
    // Where another header changed, what was unread before is unread still and decides nothing.
    let other = |text: &str| ("include/uapi/linux/other.h", bad(text));
    let change = Change::new(
        &[(BAD, bad(&deep)), other(GOOD)],
        &[(BAD, bad(&deep)), other(&format!("{GOOD}\n#define NEW 1"))],
    );
    let (status, report) = change.check();
    assert_eq!((status, &report["conclusion"]), (0, &"pass".into()));
}

#[test]
fn macros_that_kill_the_parser_are_a_gap() {
    let minus = format!("{GOOD}\n#define DEEP {}1", "- ".repeat(200_000));
    is_a_gap(&bad(GOOD), &bad(&minus), "macros of this header");
}

#[test]
fn declarations_that_do_not_parse_are_never_a_pass() {
    for body in [
        "struct good { __u32 a; ;;; nonsense { (",
        "struct good { no_such_type a; };",
        "#include <linux/no_such_header.h>\nstruct good { __u32 a; };",
        "#error \"not today\"\nstruct good { __u32 a; };",
        "#if 1\nstruct good { __u32 a; };",
    ] {
        let (status, report) = Change::beside_a_break(bad(GOOD), bad(body)).check();
        assert_eq!(status, 1, "{body}");
        assert!(findings(&report).contains(&BREAK), "{report:#}");
        let (status, report) = Change::of_one(bad(GOOD), bad(body)).check();
        assert!(status == 1 || status == 3, "{body}: {status}");
        assert!(
            !reasons(&report).is_empty() || !findings(&report).is_empty(),
            "{body}: nothing is said"
        );
    }
}

#[test]
fn bytes_that_are_no_text_do_not_hide_what_is_declared() {
    let odd = |fields: &str| {
        let mut text = b"/* \xff\xfe \xc3 \0 */\n".to_vec();
        text.extend(bad(&format!("struct good {{ {fields} }};")));
        text.extend(b"#define GOOD_NAME \"\xe9\xff\"\n");
        text
    };
    let change =
        Change::beside_a_break(odd("__u32 a; __u32 b;"), odd("__u32 c; __u32 a; __u32 b;"));
    let (status, report) = change.check();
    assert_eq!(status, 1);
    let found = findings(&report);
    assert!(found.contains(&BREAK), "{found:?}");
    assert!(found.contains(&(BREAK.0, "struct good")), "{found:?}");
    assert!(reasons(&report).is_empty(), "{:?}", reasons(&report));
}

#[test]
fn a_header_of_ten_megabytes_is_read() {
    let long = "/* nothing of interest stands in this line, which is there for its length */\n";
    let long = long.repeat((10 << 20) / long.len());
    let before = bad(&format!("{long}struct good {{ __u32 a; __u32 b; }};"));
    let after = bad(&format!(
        "{long}struct good {{ __u32 c; __u32 a; __u32 b; }};"
    ));
    let (status, report) = Change::of_one(before, after).check();
    assert_eq!(status, 1);
    assert_eq!(findings(&report), [(BREAK.0, "struct good")]);
}

#[test]
fn headers_that_include_each_other_end() {
    let other = |guard: &str| {
        let text = format!("{guard}#include <linux/bad.h>\n");
        ("include/uapi/linux/other.h", text.into_bytes())
    };
    let body = |fields: &str| {
        bad(&format!(
            "#include <linux/other.h>\nstruct good {{ {fields} }};"
        ))
    };
    let (few, more) = ("__u32 a; __u32 b;", "__u32 c; __u32 a; __u32 b;");
    // With include guards it is no more than bad taste.
    let guarded = Change::new(
        &[(BAD, body(few)), other("#pragma once\n")],
        &[(BAD, body(more)), other("#pragma once\n")],
    );
    let (status, report) = guarded.check();
    assert_eq!(status, 1);
    assert!(findings(&report).contains(&(BREAK.0, "struct good")));
    // Without, neither header can be compiled.
    let open = b"#include <linux/other.h>\nstruct good { int a; };\n".to_vec();
    let change = Change::new(&[(BAD, bad(GOOD))], &[(BAD, open), other("")]);
    let (status, report) = change.check();
    assert!(status == 1 || status == 3, "{status}");
    assert!(!reasons(&report).is_empty(), "{report:#}");
}

#[test]
fn thousands_of_fields_in_another_order_do_not_hang() {
    let list = |numbers: &mut dyn Iterator<Item = u32>| {
        let fields: String = numbers.map(|n| format!("__u32 f{n};\n")).collect();
        bad(&format!("struct good {{\n{fields}}};"))
    };
    let change = Change::beside_a_break(list(&mut (0..4000)), list(&mut (0..4000).rev()));
    let (status, report) = change.check();
    assert_eq!(status, 1);
    let found = findings(&report);
    assert!(found.contains(&BREAK), "{found:?}");
    let reordered = ("struct-field-reordered", "struct good");
    assert!(found.contains(&reordered), "{found:?}");
}

#[test]
fn thousands_of_breaks_in_one_header_do_not_hang() {
    let list = |prefix: &str| {
        let lines = (0..2000).map(|n| format!("struct {prefix}{n} {{ __u32 a; }};\n"));
        bad(&lines.collect::<String>())
    };
    let (status, report) = Change::beside_a_break(list("old"), list("new")).check();
    assert_eq!(status, 1);
    let found = findings(&report);
    assert!(found.contains(&BREAK));
    let removed = found.iter().filter(|(rule, _)| *rule == "struct-removed");
    assert_eq!(removed.count(), 2000);
}

#[test]
fn deep_nesting_is_read_or_a_gap() {
    let nested = |depth: usize, field: &str| {
        let (open, close) = ("struct {".repeat(depth), "};".repeat(depth));
        bad(&format!("struct good {{ {open} {field} {close} }};"))
    };
    let change = Change::of_one(nested(200, "__u32 a;"), nested(200, "__u64 a;"));
    let (status, report) = change.check();
    assert_eq!(status, 1, "{report:#}");
    // A compiler drops all that stands behind so many brackets, on both sides alike.
    let hidden = |field: &str| {
        let mut text = nested(5000, "__u32 a;");
        text.extend(format!("struct hidden {{ {field} }};\n").into_bytes());
        text
    };
    is_a_gap(&hidden("__u32 a;"), &hidden("__u64 a;"), "bracket nesting");
    let parentheses = |value: &str| {
        let (open, close) = ("(".repeat(5000), ")".repeat(5000));
        bad(&format!(
            "{GOOD}\n#define DEEP {open}1{close}\n#define LATER {value}"
        ))
    };
    let change = Change::of_one(parentheses("1"), parentheses("2"));
    let (status, report) = change.check();
    assert_ne!(status, 0, "{report:#}");
}

#[test]
fn a_change_inside_what_can_not_be_read_on_either_side_is_a_gap() {
    for (before, after) in [
        (
            "@ UNKNOWN(struct odd { __u32 a; })",
            "@ UNKNOWN(struct odd { __u64 a; })",
        ),
        (
            "UNKNOWN(struct good { __u32 a; })",
            "UNKNOWN(struct good { __u64 a; })",
        ),
        (
            "no_such_type a; struct good { __u32 a; ",
            "no_such_type a; struct good { __u64 a; ",
        ),
        (
            "struct good { no_such_type a; };",
            "struct good { no_such_type b; };",
        ),
    ] {
        let (status, report) = Change::of_one(bad(before), bad(after)).check();
        assert_ne!(
            (status, &report["conclusion"]),
            (0, &"pass".into()),
            "{before}"
        );
        let said = reasons(&report).len() + findings(&report).len();
        assert_ne!(said, 0, "{before}: nothing is said");
    }
    // The look-alikes: what can't be read is the same, and all that changed is a comment. One that C90
    // refuses has the header read, and then what was not read is told.
    let same = "#error \"always\"\n@ struct odd { __u32 a; };\nstruct good { __u32 a; };";
    for (comment, read) in [("/* a comment */", false), ("// a comment", true)] {
        let change = Change::of_one(bad(same), bad(&format!("{comment}\n{same}")));
        let (status, report) = change.check();
        assert_eq!((status, &report["conclusion"]), (0, &"pass".into()));
        assert_eq!(!reasons(&report).is_empty(), read, "{comment}");
    }
}
