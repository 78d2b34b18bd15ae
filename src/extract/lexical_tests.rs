//! Tests of the scan.

use super::*;

fn names(text: &str) -> Vec<String> {
    let scan = scan(text.as_bytes());
    scan.defines.into_iter().map(|define| define.name).collect()
}

#[test]
fn the_guard_is_no_macro_of_the_header() {
    let text = "/* x */\n#ifndef _H\n#define _H\n#define A 1\n#endif /* _H */\n";
    assert_eq!(scan(text.as_bytes()).guard.as_deref(), Some("_H"));
    assert_eq!(names(text), ["A"]);
}

#[test]
fn a_conditional_default_is_a_macro_and_no_guard() {
    let text = "#ifndef LIMIT\n#define LIMIT 4\n#endif\nint x;\n";
    assert_eq!(scan(text.as_bytes()).guard, None);
    assert_eq!(names(text), ["LIMIT"]);
}

#[test]
fn continuation_lines_and_comments_keep_line_numbers() {
    let text = "/* one\n two */\n#define A \\\n\t(1 /* x */ + \\\n\t2) // end\n#define B 3\n";
    let scan = scan(text.as_bytes());
    assert_eq!(scan.defines[0].line, 3);
    assert_eq!(scan.defines[0].body.join(" "), "( 1 + 2 )");
    assert_eq!(scan.defines[1].line, 6);
}

#[test]
fn function_like_macros_need_the_parenthesis_at_once() {
    let text = "#define F(a, rest...) a\n#define G (a)\n#define E() 1\n";
    let scan = scan(text.as_bytes());
    assert_eq!(
        scan.defines[0].parameters.as_deref(),
        Some(&["a".to_owned(), "...".to_owned()][..])
    );
    assert_eq!(scan.defines[1].parameters, None);
    assert_eq!(scan.defines[2].parameters.as_deref(), Some(&[][..]));
}

#[test]
fn a_comment_mark_inside_a_string_is_text() {
    let text = "#define URL \"http://x/*\" /* \" */\n#define B '\"'\n#define C 1\n";
    let scan = scan(text.as_bytes());
    assert_eq!(scan.defines[0].body, ["\"http://x/*\""]);
    assert_eq!(scan.defines[1].body, ["'\"'"]);
    assert_eq!(names(text), ["URL", "B", "C"]);
}

#[test]
fn config_names_count_only_outside_comments() {
    let text = "/* CONFIG_A */\n#ifdef CONFIG_B\n#endif\n#define X_CONFIG_C 1\n";
    let found = scan(text.as_bytes()).config_uses;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].line), ("CONFIG_B", 2));
}

#[test]
fn licence_and_includes_are_found() {
    let text = "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
                #include <linux/types.h>\n#if 1\n# include \"drm.h\"\n#endif\n";
    let scan = scan(text.as_bytes());
    assert_eq!(
        scan.license.as_deref(),
        Some("GPL-2.0 WITH Linux-syscall-note")
    );
    let found: Vec<_> = scan
        .includes
        .iter()
        .map(|include| (include.name.as_str(), include.quoted, include.conditional))
        .collect();
    assert_eq!(
        found,
        [("linux/types.h", false, false), ("drm.h", true, true)]
    );
}

#[test]
fn tokens_are_those_of_c() {
    let found = tokens("a<<=0x1F+.5e-3 ## \"x\\\"y\" '\\''->b");
    let expected = [
        "a",
        "<<=",
        "0x1F",
        "+",
        ".5e-3",
        "##",
        "\"x\\\"y\"",
        "'\\''",
        "->",
        "b",
    ];
    assert_eq!(found, expected);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived(text in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let scan = scan(&text);
        proptest::prop_assert!(scan.defines.iter().all(|define| is_identifier(&define.name)));
        squeeze(&text);
    }
}
