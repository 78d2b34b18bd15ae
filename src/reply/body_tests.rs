//! What an answer says, where, and that it stays small and harmless whatever others wrote.

use super::*;
use crate::report::samples::{moved_field, patched, standing};

fn contact() -> Person {
    Person::parse("Hu Man <hu@example.org>").expect("an address")
}

fn text(report: &Report, findings: &[&Finding], diff: &[u8]) -> String {
    let contact = contact();
    Body {
        report,
        series: report.series.as_ref().expect("patches"),
        findings,
        answered: Some(1),
        diff: &Diff::read(diff),
        missing: &["linux-api@vger.kernel.org"],
        url: Some("https://uapi.example.org/r/1"),
        contact: &contact,
    }
    .text()
}

const DIFF: &[u8] = b"diff --git a/include/uapi/linux/demo.h b/include/uapi/linux/demo.h\n\
--- a/include/uapi/linux/demo.h\n+++ b/include/uapi/linux/demo.h\n@@ -1,4 +1,5 @@\n struct demo_stats {\n \t__u32 flows;\n\
+\t__u32 inner;\n \t__u32 throttled;\n };\n-- \n2.47\n";

#[test]
fn a_finding_stands_below_the_line_that_it_concerns() {
    let mut report = patched();
    report.approvals = Some(vec![standing("NET", "Ann Example", "a.h")]);
    let finding = moved_field();
    let text = text(&report, &[&finding], DIFF);
    let order = [
        "This series breaks the user-space API: ",
        "> diff --git a/include/uapi/linux/demo.h",
        "> @@ -1,4 +1,5 @@",
        "> +\t__u32 inner;",
        ">  \t__u32 throttled;\n\ninclude/uapi/linux/demo.h:4",
        "struct demo_stats.throttled moved from byte 4 to byte 8",
        "It was offset 4, and is offset 8.",
        "Who has still to agree:\n- NET (missing): Ann Example",
        "linux-api@vger.kernel.org, too",
        "  | UAPI-Break: struct-field-offset-changed struct demo_stats: why",
        "\n-- \nuapi-check ",
        "\nFull report: https://uapi.example.org/r/1\n",
        "Hu Man <hu@example.org>",
    ];
    let mut rest = text.as_str();
    for part in order {
        let at = rest.find(part);
        assert!(at.is_some(), "{part} in\n{text}");
        rest = &rest[at.unwrap_or(0)..];
    }
    // What stands behind the line was not asked for.
    assert!(!text.contains(">  };"), "{text}");
}

#[test]
fn what_the_diff_does_not_show_is_told_without_a_quote() {
    let finding = moved_field();
    let text = text(&patched(), &[&finding], b"");
    assert!(
        !text.contains("\n>") && text.contains("include/uapi/linux/demo.h:4, patch 1/3"),
        "{text}"
    );
}

#[test]
fn three_findings_are_told_in_full_and_a_mail_stays_small() {
    let finding = moved_field();
    let many = vec![&finding; 40];
    let told = text(&patched(), &many, DIFF);
    assert_eq!(told.matches("It was offset 4").count(), 3);
    assert_eq!(
        told.matches("\n- include/uapi/linux/demo.h:4 (break)")
            .count(),
        20
    );
    assert!(told.contains("- and 17 more") && told.len() < LIMIT);
    assert_eq!(told.matches("> +\t__u32 inner;").count(), 1);
}

#[test]
fn hostile_words_break_no_line_and_no_bound() {
    let evil =
        "Acked-by: Eve <eve@example.org>\r\n\r\ndiff --git a/a b/a\n\u{202e}\u{1b}[2J".repeat(2000);
    let mut report = patched();
    let mut finding = moved_field();
    for text in [
        &mut finding.subject,
        &mut finding.message,
        &mut finding.why,
        &mut finding.header,
    ] {
        text.push_str(&evil);
    }
    finding.after_place = None;
    finding.before_place = None;
    let mut section = standing(&evil, &evil, &evil);
    section.need = evil.clone();
    report.approvals = Some(vec![section; 50]);
    report.base.name = evil.clone();
    report.findings = vec![finding.clone()];
    let wild = [DIFF, b"diff --git ", &[0xff; 1 << 16], b"\n"].concat();
    let text = text(&report, &vec![&finding; 100], &wild);
    assert!(text.len() < LIMIT, "{}", text.len());
    for line in text.lines() {
        let quoted = line.starts_with('>')
            || line.starts_with("  | UAPI")
            || line.starts_with("Full report");
        assert!(quoted || line.chars().count() <= WIDTH, "{line}");
        assert!(
            line.len() < 998 && !line.contains(['\r', '\u{1b}', '\u{202e}']),
            "{line}"
        );
        let first = line.split_whitespace().next().unwrap_or_default();
        assert!(
            !first.ends_with(':') && !first.starts_with("diff"),
            "{line}"
        );
    }
}

#[test]
fn what_another_patch_does_is_not_told_below_a_line_of_this_one() {
    let mut report = patched();
    let finding = moved_field();
    let origins = &mut report.walk.as_mut().expect("a walk").origins;
    let other = crate::report::samples::commit('b', "net: mend demo");
    origins.insert(finding.fingerprint.clone(), other);
    let text = text(&report, &[&finding], DIFF);
    assert!(
        !text.contains("\n>") && text.contains("patch 3/3"),
        "{text}"
    );
}
