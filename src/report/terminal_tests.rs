//! The terminal text of a sample report.

use super::*;
use crate::judge::Variant;
use crate::report::samples;

fn text(report: &Report, change: impl Fn(&mut Options)) -> String {
    let mut options = Options::default();
    change(&mut options);
    render(report, &options)
}

#[test]
fn a_break_reads_like_this() {
    let report = samples::report(
        vec![samples::moved_field(), samples::grown_constant()],
        vec![],
    );
    let expected = "\
error[struct-field-offset-changed]: struct demo_stats.throttled moved from byte 4 to byte 8
 --> include/uapi/linux/demo.h:4:8
  |
4 |     __u32 throttled;
  |           ^^^^^^^^^ after: offset 8
  |
 ::: v6.1:include/uapi/linux/demo.h:3:8
  |
3 |     __u32 throttled;
  |           --------- before: offset 4
  |
  = breaks: programs already built
  = targets: all
  = why: Programs built against the old header read and write the wrong bytes.
  = drags along: DEMO_GET_STATS
  = see: Documentation/process/botching-up-ioctls.rst

Compared: v6.1 (830b3c68c1fb) with work tree
Found: 1 break, 0 review, 0 lint, 1 ok (--all lists these too)
Examined: 963 headers, 3 of them affected by the change, on 2 targets (x86_64, i386), against 120
  rules
";
    let text = text(&report, |_| {});
    assert_eq!(text[..expected.len()], *expected);
    assert!(
        text.ends_with("\nfail: 1 finding breaks programs\n"),
        "{text}"
    );
}

#[test]
fn a_run_by_commits_names_them() {
    let text = text(&samples::walked(), |options| options.width = 140);
    for line in [
        "  = commit: aaaaaaaaaaaa (\"net: add demo\"), 2024-02-29\n",
        "\nCommits: 3 commits, 2 of them touch what exported headers are made from\n\
         Within the range: taken back by a later commit, so it counts for nothing; \
         whoever bisects will meet it\n  - DEMO_MAX was 4 and is 5 (break), made by aaaaaaaaaaaa ",
        "taken back by bbbbbbbbbbbb",
    ] {
        assert!(text.contains(line), "{line} is not in: {text}");
    }
    let quiet = super::render(
        &samples::walked(),
        &Options {
            quiet: true,
            ..Options::default()
        },
    );
    assert_eq!(quiet.lines().count(), 2, "{quiet}");
}

#[test]
fn a_series_names_its_base_its_patches_and_what_is_missing() {
    let text = text(&samples::patched(), |options| options.width = 140);
    for line in [
        "Base: v6.1 (830b3c68c1fb), as the series says (base-commit)\n",
        "  - 1/3 net: add demo: fail (1 break, 0 review, 0 lint, 0 ok)\n",
        "  - 3/3 net: mend demo: pass, by a three-way merge\n",
        "  - patch 2/3 is missing\n",
        "commit: patch 1/3 (\"net: add demo\"), 2024-02-29\n",
        "fail: 1 finding breaks programs, and not all of the series could be examined (patch 2/3 is missing)\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn each_verdict_has_its_word() {
    for (verdict, word) in [
        (Verdict::Break, "error["),
        (Verdict::Review, "warning["),
        (Verdict::Lint, "note["),
        (Verdict::Ok, "ok["),
    ] {
        let report = samples::report(vec![samples::with_verdict(verdict)], vec![]);
        let text = text(&report, |options| options.all = true);
        assert!(text.starts_with(word), "{text}");
    }
}

#[test]
fn ok_findings_are_shown_only_when_asked_for() {
    let report = samples::report(vec![samples::grown_constant()], vec![]);
    assert!(!text(&report, |_| {}).contains("DEMO_MAX"));
    assert!(text(&report, |options| options.all = true).contains("DEMO_MAX grew from 4 to 5"));
}

#[test]
fn quiet_is_a_line_a_finding_and_one_for_the_conclusion() {
    let report = samples::report(vec![samples::moved_field()], vec![samples::gap(true)]);
    let expected = "\
include/uapi/linux/demo.h:4:8: error[struct-field-offset-changed]: struct demo_stats.throttled moved from byte 4 to byte 8
fail: 1 finding breaks programs, and 1 part of the change could not be read
";
    assert_eq!(text(&report, |options| options.quiet = true), expected);
}

#[test]
fn nothing_found_still_says_what_was_examined_and_what_not() {
    let text = text(&samples::report(vec![], vec![]), |_| {});
    assert!(text.starts_with("Compared: v6.1"), "{text}");
    assert!(text.contains("Examined: 963 headers"));
    assert!(text.contains(
        "Not examined, for no header shows it: what an unchanged call does; error codes;"
    ));
    assert!(text.ends_with("\npass: nothing that a header shows breaks programs\n"));
    assert!(!text.contains("Not read") && !text.contains("Unreadable"));
}

#[test]
fn gaps_of_the_change_are_listed_and_others_only_counted() {
    let mut other = samples::gap(false);
    other.header = "linux/other.h".into();
    let report = samples::report(vec![], vec![samples::gap(true), other]);
    let calm = text(&report, |_| {});
    assert!(calm.contains(
        "Not read: 1 part of the change\n  - linux/sctp.h, struct sctp_demo: unknown type"
    ));
    assert!(calm.contains("Unreadable: 1 part that the change does not touch (-v lists them)"));
    assert!(!calm.contains("linux/other.h"));
    assert!(text(&report, |options| options.verbose = true).contains("  - linux/other.h, "));
}

#[test]
fn verbose_shows_the_proof_and_the_versions() {
    let report = samples::report(vec![samples::moved_field()], vec![]);
    let verbose = text(&report, |options| options.verbose = true);
    assert!(
        verbose.contains("= witness: compiles before and not after\n             _Static_assert(")
    );
    assert!(verbose.contains("Run: libclang 19.1.7; 812 ms"));
    assert!(!text(&report, |_| {}).contains("_Static_assert"));
    let sandbox = "Sandbox: rlimits, seccomp; without landlock: not in this kernel\n";
    assert!(verbose.contains(sandbox), "{verbose}");
    assert!(!text(&report, |_| {}).contains("Sandbox"));
    let mut unread = report;
    unread.sandbox = crate::report::Sandbox::default();
    assert!(text(&unread, |options| options.verbose = true).contains("Sandbox: not needed\n"));
}

#[test]
fn without_source_or_place_the_path_is_shown_alone() {
    let mut finding = samples::moved_field();
    let mut report = samples::report(vec![finding.clone()], vec![]);
    report.sources.clear();
    let bare = text(&report, |_| {});
    assert!(bare.contains("\n--> linux/demo.h:4\n"), "{bare}");
    assert!(
        bare.contains("= before: offset 4\n = after: offset 8\n"),
        "{bare}"
    );

    finding.before_place = None;
    finding.after_place = None;
    report.findings = vec![finding];
    assert!(text(&report, |_| {}).contains("\n--> linux/demo.h\n"));
}

#[test]
fn lines_beyond_the_text_and_lines_of_any_length_are_no_trouble() {
    let mut finding = samples::moved_field();
    for place in [&mut finding.before_place, &mut finding.after_place] {
        place.as_mut().unwrap().line = u32::MAX;
    }
    let mut report = samples::report(vec![finding], vec![]);
    assert!(text(&report, |_| {}).contains("include/uapi/linux/demo.h:4294967295"));

    report.findings = vec![samples::moved_field()];
    for source in report.sources.values_mut() {
        source.text = format!("\n\n\n{}", "ü\u{1b}[2J".repeat(5000)).into();
    }
    assert!(!text(&report, |_| {}).contains('\u{1b}'));
}

#[test]
fn names_can_not_steer_the_terminal() {
    let mut finding = samples::moved_field();
    finding.message = "\u{1b}[2Jgone\nfake: line".into();
    finding.affects = vec!["\u{1b}[2J".into()];
    finding.see = Some("\u{1b}[2J\u{202e}".into());
    let mut gap = samples::gap(true);
    gap.reason = "\u{1b}]0;title\u{7}".into();
    let text = text(&samples::report(vec![finding], vec![gap]), |_| {});
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}') && !text.contains('\u{202e}'));
    assert!(!text.contains("\nfake: line"), "{text}");
}

#[test]
fn values_on_other_targets_are_told() {
    let mut finding = samples::moved_field();
    finding.variants = vec![Variant {
        targets: vec!["i386".into()],
        before: samples::facts(&[("offset", 8u64.into())]),
        after: samples::facts(&[("offset", 12u64.into())]),
    }];
    let text = text(&samples::report(vec![finding], vec![]), |_| {});
    assert!(
        text.contains("= elsewhere: before: offset 8; after: offset 12; on i386"),
        "{text}"
    );
}

#[test]
fn colours_come_only_when_asked_for() {
    let report = samples::report(vec![samples::moved_field()], vec![]);
    assert!(!text(&report, |_| {}).contains('\u{1b}'));
    let colored = text(&report, |options| options.color = true);
    assert!(
        colored.contains("\u{1b}[1m\u{1b}[31mfail\u{1b}[0m: "),
        "{colored:?}"
    );
}
