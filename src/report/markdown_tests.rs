//! The Markdown of a sample report.

use super::*;
use crate::report::samples;

#[test]
fn a_break_reads_like_this() {
    let report = samples::report(
        vec![samples::moved_field(), samples::grown_constant()],
        vec![],
    );
    let text = render(&report, false);
    let expected = "\
**uapi-check: fail**: 1 finding breaks programs.

1 break, 0 review, 0 lint, 1 ok. Compared v6.1 (830b3c68c1fb) with work tree.

| | What | Where | Who breaks | Targets |
|---|---|---|---|---|
| **break** | struct demo\\_stats.throttled moved from byte 4 to byte 8 | `include/uapi/linux/demo.h:4` | programs already built | all |

<details><summary>break: <code>struct demo_stats.throttled</code></summary>

- rule: `struct-field-offset-changed`
- id: `00112233445566778899aabbccddeeff`
- where: `include/uapi/linux/demo.h:4`
- before: offset 4
- after: offset 8
- why: Programs built against the old header read and write the wrong bytes.
- drags along: `DEMO_GET_STATS`
- see: `Documentation/process/botching-up-ioctls.rst`
- witness, which compiles before and not after:

```c
_Static_assert(__builtin_offsetof(struct demo_stats, throttled) == 4, \"\");
```

</details>

Examined: 963 headers, 3 of them affected by the change, on 2 targets (x86\\_64, i386), against 120 rules.
";
    assert_eq!(text[..expected.len()], *expected);
    assert!(!text.contains("DEMO_MAX"));
    assert!(render(&report, true).contains("DEMO\\_MAX grew"));
}

#[test]
fn a_run_by_commits_names_them_and_their_subjects_can_do_nothing() {
    let mut report = samples::walked();
    let walk = report.walk.as_mut().unwrap();
    walk.taken_back[0].by.subject = "<img src=x> @everyone | [a](b)".into();
    let text = render(&report, false);
    assert!(
        text.contains("- commit: aaaaaaaaaaaa (\"net: add demo\"), 2024-02-29\n"),
        "{text}"
    );
    assert!(
        text.contains("\nCommits: 3 commits, 2 of them touch what "),
        "{text}"
    );
    assert!(
        text.contains("\n- DEMO\\_MAX was 4 and is 5 (break), made by aaaaaaaaaaaa "),
        "{text}"
    );
    for raw in ["<img", " @everyone", "[a](b)"] {
        assert!(!text.contains(raw), "{raw} is in: {text}");
    }
}

#[test]
fn nothing_found_still_says_what_was_examined_and_what_not() {
    let text = render(&samples::report(vec![], vec![samples::gap(true)]), false);
    assert!(text.starts_with("**uapi-check: undecided**: 1 part of the change could not be read."));
    assert!(
        text.contains(
            "- `linux/sctp.h, struct sctp_demo: unknown type name 'demo_t' (only after)`"
        )
    );
    assert!(text.contains("Examined: 963 headers"));
    assert!(text.contains("error codes; "));
    assert!(!text.contains("| What |"));
}

#[test]
fn hostile_names_stay_names() {
    let hostile = "x`|</summary><script>@root\n\n# big\n| a | b |";
    let mut finding = samples::moved_field();
    finding.subject = hostile.to_owned();
    finding.member = hostile.to_owned();
    finding.header = hostile.to_owned();
    finding.after_place = None;
    finding.before_place = None;
    finding.message = hostile.to_owned();
    finding.affects = vec![hostile.to_owned()];
    finding.before = samples::facts(&[("type", hostile.into())]);
    let mut gap = samples::gap(true);
    gap.reason = hostile.to_owned();
    let text = render(&samples::report(vec![finding], vec![gap]), false);

    let (summaries, rest): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with("<details>"));
    let outside = without_code_spans(&rest.join("\n"));
    assert!(!outside.contains("<script>"), "{outside}");
    assert!(!outside.contains("@root"), "{outside}");
    // Inside `code` no mention is made; no tag of the name's own may end it.
    let name = summaries[0].strip_prefix("<details><summary>break: <code>");
    let name = name.unwrap().strip_suffix("</code></summary>").unwrap();
    assert!(!name.contains(['<', '>']), "{name}");
    assert!(
        !text.contains("\n# big") && !text.contains("\n| a |"),
        "{text}"
    );
    // Six bars that are not escaped: the row's own five columns.
    let row = text
        .lines()
        .find(|line| line.starts_with("| **break**"))
        .unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
}

/// Drops code spans the way CommonMark finds them: a run of backticks up to the next run as long.
fn without_code_spans(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            out.push_str(&rest[..start]);
            let escaped = rest[..start].ends_with('\\');
            let run = rest[start..].chars().take_while(|c| *c == '`').count();
            let after = &rest[start + run..];
            let fence = "`".repeat(run);
            let close = (0..after.len()).find(|&at| {
                after.is_char_boundary(at)
                    && after[at..].starts_with(&fence)
                    && !after[..at].ends_with('`')
                    && !after[at + run..].starts_with('`')
            });
            rest = match close {
                Some(at) if !escaped => &after[at + run..],
                _ => after,
            };
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

#[test]
fn a_huge_report_fits_and_says_what_is_missing() {
    let mut finding = samples::moved_field();
    finding.message = "@".repeat(5000);
    finding.why = "|".repeat(5000);
    let findings = vec![finding; 900];
    let mut gap = samples::gap(true);
    gap.reason = "`x".repeat(3000);
    let mut report = samples::report(findings, vec![gap; 500]);
    report.notes = vec!["@".repeat(9000); 100];
    report.base.name = "@".repeat(9000);
    report.examined.targets = vec!["@".repeat(9000); 100];
    report.examined.targets_left_out = vec![("@".repeat(9000), "@".repeat(9000)); 100];
    let standing = samples::standing(&"@".repeat(5000), &"@".repeat(5000), &"@".repeat(5000));
    report.approvals = Some(vec![standing; 300]);
    report.copy_to = vec!["@".repeat(9000); 100];
    let text = render(&report, false);
    assert!(text.len() <= MOST_BYTES, "{}", text.len());
    // The table, details, targets left out, notes, approvals and gaps each say what is missing of them.
    assert_eq!(text.matches(" more not shown.\n").count(), 6, "{text}");
    assert!(text.contains("Not examined, for no header shows it"));
}
