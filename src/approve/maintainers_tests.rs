//! MAINTAINERS whole, broken and hostile.

use super::*;
use proptest::prelude::*;

const TEXT: &str = "\
List of maintainers
	M: *Mail* patches to somebody

SMALL
M:	Ann Example <ann@example.org>
R:	Rob Example <rob@example.org>
L:	small@lists.example.org (moderated for non-subscribers)
L:	The Small Team <team@example.org> (moderated)
S:	Odd Fixes (only some)
T:	git git://example.org/small.git
F:	include/uapi/linux/small.h
F:	drivers/small/
X:	drivers/small/tests/
N:	[^a-z]smll
K:	\\bsmall_(get|put)\\b

# A comment does not end a section, a blank line does not either.

W:	https://example.org
BIG
M:	Bob Example <bob@example.org>
S:	Supported
F:	include/uapi/
F:	drivers/
THE REST
M:	Zoe Example <zoe@example.org>
F:	*
F:	*/
";

fn parse(text: &str) -> Maintainers {
    Maintainers::parse(text.as_bytes(), &|_| false)
}

fn titles(found: &[super::super::Match<'_>]) -> Vec<(String, i32)> {
    let pair = |found: &super::super::Match<'_>| (found.section.title.clone(), found.depth);
    found.iter().map(pair).collect()
}

#[test]
fn a_section_has_all_its_fields() {
    let read = parse(TEXT);
    assert_eq!(read.warnings, []);
    let all: Vec<&str> = read.sections.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(all, ["SMALL", "BIG", "THE REST"]);
    let small = &read.sections[0];
    assert_eq!(small.line, 4);
    assert_eq!(small.maintainers[0].email, "ann@example.org");
    assert_eq!(small.reviewers[0].name, "Rob Example");
    assert_eq!(small.lists[0].address, "small@lists.example.org");
    assert_eq!(small.lists[0].remark, "(moderated for non-subscribers)");
    assert_eq!(small.lists[1].address, "team@example.org");
    assert_eq!(small.lists[1].remark, "(moderated)");
    assert_eq!(small.status, Some(Status::OddFixes));
    let letters: String = small.links.iter().map(|(letter, _)| *letter).collect();
    assert_eq!(letters, "TW");
}

#[test]
fn a_path_finds_its_sections_deepest_first() {
    let read = parse(TEXT);
    let of = |path| titles(&read.of_file(path));
    let pair = |title: &str, depth| (title.to_owned(), depth);
    assert_eq!(
        of("include/uapi/linux/small.h"),
        [pair("SMALL", 4), pair("BIG", 2), pair("THE REST", -1)]
    );
    // X: takes the whole section away, N: too.
    assert_eq!(
        of("drivers/small/tests/-smll.c"),
        [pair("BIG", 1), pair("THE REST", -1)]
    );
    assert_eq!(of("net/-smll.c"), [pair("SMALL", 0), pair("THE REST", -1)]);
    assert_eq!(of("net/asmll.c"), [pair("THE REST", -1)]);
    assert_eq!(of("Makefile"), [pair("THE REST", -1)]);
}

#[test]
fn words_count_in_the_message_and_in_changed_lines() {
    let read = parse(TEXT);
    let found = |text: &str| {
        let matches = read.of_patch(text.as_bytes());
        matches
            .keywords
            .iter()
            .map(|k| k.section.title.clone())
            .collect::<Vec<_>>()
    };
    let diff = "--- a/net/x.c\n+++ b/net/x.c\n@@ -1,2 +1,2 @@\n";
    assert_eq!(found(&format!("use small_get\n{diff}+other\n")), ["SMALL"]);
    assert_eq!(found(&format!("{diff}-x = small_put(y);\n")), ["SMALL"]);
    assert!(found(&format!("{diff} x = small_put(y);\n")).is_empty());
    assert!(found(&format!("{diff}+x = small_puts(y);\n")).is_empty());
}

#[test]
fn equals_come_by_title() {
    let read = parse("B\nM:\tb@x.org\nF:\ta/\nA\nM:\ta@x.org\nF:\ta/\n");
    assert_eq!(
        titles(&read.of_file("a/b")),
        [("A".into(), 1), ("B".into(), 1)]
    );
}

#[test]
fn a_broken_line_costs_itself_and_nothing_else() {
    let long = "a".repeat(1 << 20);
    let text = format!(
        "M:\tnobody <n@x.org>\nSEC\nM:\tno address\nF:\t\nN:\t(?=x)y\nK:\t(a*)*\\1\nY:\twhat\nF:\t{long}\n\
         N:\t(\\w{{800}}){{800}}\nF:\ta[\nF:\tlast/\nm:\tlower@x.org\n"
    );
    let mut bytes = text.into_bytes();
    bytes.extend(b"M:\t\xff\xfe <odd@x.org>\nF:\tend/\n");
    let read = Maintainers::parse(&bytes, &|_| false);
    let lines: Vec<usize> = read.warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(
        lines,
        [1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13],
        "{:?}",
        read.warnings
    );
    assert_eq!(titles(&read.of_file("last/a.h")), [("SEC".into(), 1)]);
    // What looks like a field in lower case is a title for the script, too.
    assert_eq!(
        titles(&read.of_file("end/a.h")),
        [("m:\tlower@x.org".into(), 1)]
    );
}

#[test]
fn an_expression_made_to_run_for_ever_does_not() {
    let read = parse("SEC\nM:\ta@x.org\nN:\t(a+)+$\nK:\t(x+x+)+y\n");
    assert_eq!(read.warnings, []);
    let path = format!("{}!", "a".repeat(4000));
    assert!(read.of_file(&path).is_empty());
    let patch = format!("{}\n", "x".repeat(60_000));
    assert!(read.of_patch(patch.as_bytes()).keywords.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read(text in proptest::collection::vec(any::<u8>(), 0..2000), path in ".{0,60}") {
        let read = Maintainers::parse(&text, &|_| true);
        let _ = read.of_file(&path);
        let _ = read.of_patch(&text);
    }

    #[test]
    fn any_fields_are_read(
        lines in proptest::collection::vec("[A-Z]:\t[ -~]{0,40}", 0..40),
        path in "[a-z/.]{0,40}",
    ) {
        let text = format!("TITLE\n{}\n", lines.join("\n"));
        let read = parse(&text);
        for found in read.of_file(&path) {
            prop_assert_eq!(&found.section.title, "TITLE");
        }
    }
}
