//! A MAINTAINERS, a .mailmap and a .uapi-check.yaml of the base that are broken or hostile, through the built
//! program: what can't be used is told with its line, and the rest works.

use super::*;
use serde_json::Value;

fn added() -> String {
    demo("struct demo { __u32 a; };\nstruct fresh { __u32 b; };")
}

/// A change of demo.h over a MAINTAINERS (and a .mailmap) of these bytes: exit status and document.
fn check(maintainers: &[u8], mailmap: &[u8]) -> (i32, Value) {
    let mut series = Series::released(&[(DEMO, &demo("struct demo { __u32 a; };"))]);
    let files = [("MAINTAINERS", maintainers), (".mailmap", mailmap)];
    let base = series.commit_bytes("Linux 6.1.1", &files);
    let head = series.commit("demo: add", &[(DEMO, &added())]);
    series.json(&[&format!("{base}..{head}")])
}

fn notes(report: &Value) -> String {
    report["notes"].to_string()
}

/// Who of DEMO can agree, which the rest of the file says.
fn asked(report: &Value) -> Vec<&str> {
    let approvals = report["approvals"].as_array().expect("a list");
    let demo = approvals.iter().find(|entry| entry["section"] == "DEMO");
    let who = demo.and_then(|entry| entry["who"].as_array());
    let who = who.into_iter().flatten();
    who.filter_map(|person| person["email"].as_str()).collect()
}

const BOTH: [&str; 2] = ["ann@example.org", "bob@example.org"];

#[test]
fn a_line_that_cannot_be_used_is_told_and_costs_itself() {
    let long = "a".repeat(1 << 20);
    let catastrophic = "((((a*)*)*)*)*(a|a?)+(x+x+)+$";
    for (line, told) in [
        (format!("F:\t{long}"), "line 1: longer than 4096 bytes"),
        (long.clone(), "line 1: longer than 4096 bytes"),
        (
            "M:\tnobody".to_owned(),
            "line 1: a field before the first title",
        ),
        (
            "ODD\nM:\tno address".to_owned(),
            "line 2: M: no mail address",
        ),
        ("ODD\nF:\t".to_owned(), "line 2: F: a field without a value"),
        (
            "ODD\nY:\twhat".to_owned(),
            "line 2: Y: there is no such field",
        ),
        ("ODD\nF:\ta[".to_owned(), "line 2: F: "),
        ("ODD\nN:\t(?=x)y".to_owned(), "line 2: N: look-around"),
        ("ODD\nK:\t(a)\\1".to_owned(), "line 2: K: backreferences"),
        (
            "ODD\nN:\t(\\w{800}){800}".to_owned(),
            "line 2: N: it is too large",
        ),
        (format!("ODD\nN:\t{}", "(".repeat(4000)), "line 2: N: "),
        (
            "ODD\nM:\tx@x.org\nS:\tMaintained\0\u{1}\nF:\t\0".to_owned(),
            "",
        ),
        (
            format!("ODD\nM:\tx@x.org\nN:\t{catastrophic}\nK:\t{catastrophic}"),
            "",
        ),
    ] {
        let text = format!("{line}\n{MAINTAINERS}");
        let (status, report) = check(text.as_bytes(), MAILMAP.as_bytes());
        let shown: String = line.chars().take(60).collect();
        assert_eq!(status, 0, "{shown}");
        assert_eq!(asked(&report), BOTH, "{shown}: {report:#}");
        let expected = format!("can't be used, and the rest of it is: {told}");
        assert_eq!(
            notes(&report).contains(&expected),
            !told.is_empty(),
            "{shown}: {}",
            notes(&report)
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_told_and_the_rest_works() {
    let mut text = b"ODD \xff\nM:\t\xff\xfe <odd@x.org>\n\xc3\x28\nF:\t\xed\xa0\x80\n".to_vec();
    text.extend(MAINTAINERS.as_bytes());
    let mut mailmap = b"\xff\xfe <\n\xff <a@b.org> <c@d.org>\n".to_vec();
    mailmap.extend(MAILMAP.as_bytes());
    let (status, report) = check(&text, &mailmap);
    assert_eq!((status, asked(&report)), (0, BOTH.to_vec()));
    for told in [
        "MAINTAINERS can't be used, and the rest of it is: line 1: not UTF-8",
        "line 2: not UTF-8",
        "line 3: not UTF-8",
        "and 1 more",
        ".mailmap can't be used, and the rest of it is: line 1: not of the form",
    ] {
        assert!(notes(&report).contains(told), "{told}: {}", notes(&report));
    }
    let (_, clean) = check(MAINTAINERS.as_bytes(), MAILMAP.as_bytes());
    assert!(
        !notes(&clean).contains("can't be used"),
        "{}",
        notes(&clean)
    );
}

/// 64 MiB: of lines, of nothing at all, and of one byte more.
#[test]
fn a_file_without_end_is_read_as_far_as_its_bound() {
    const SIZE: usize = 64 << 20;
    let section = "ODD\nM:\tOdd <odd@example.org>\nF:\tdrivers/odd/\n";
    let many = section.repeat(SIZE / section.len());
    for filler in [vec![0; SIZE], many.into_bytes()] {
        let mut text = [MAINTAINERS.as_bytes(), &filler].concat();
        text.truncate(SIZE);
        let (status, report) = check(&text, MAILMAP.as_bytes());
        assert_eq!((status, asked(&report)), (0, BOTH.to_vec()));
        let told = "line 1: the file has more than 8388608 bytes; the rest is left out";
        assert!(notes(&report).contains(told), "{}", notes(&report));
    }
    // One byte more is no file that git objects are read for; then nobody is known, and that is told.
    let (status, report) = check(&vec![b'a'; SIZE + 1], MAILMAP.as_bytes());
    assert_eq!(
        (status, report["approvals"][0]["state"].as_str()),
        (0, Some("unknown-owner"))
    );
    let told = "line 1: the file is too large to be read";
    assert!(notes(&report).contains(told), "{}", notes(&report));
    let line = "A <a@example.org> <b@example.org>\n";
    let mailmap = [
        MAILMAP.as_bytes(),
        line.repeat((SIZE >> 4) / line.len()).as_bytes(),
    ]
    .concat();
    let (status, report) = check(MAINTAINERS.as_bytes(), &mailmap);
    assert_eq!((status, asked(&report)), (0, BOTH.to_vec()));
    let told = "line 1: the file has more than 2097152 bytes; the rest is left out";
    assert!(notes(&report).contains(told), "{}", notes(&report));
}

#[test]
fn a_mistake_in_the_settings_is_one_line_with_what_was_meant() {
    for (text, line, told) in [
        (
            "approvals:\n  requires: any-section\n",
            2,
            "did you mean `require`?",
        ),
        (
            "approvals:\n  fallback:\n  - path: [a]\n    who: []\n",
            3,
            "did you mean `paths`?",
        ),
        ("approval: {}\n", 1, "did you mean `approvals`?"),
        ("waivers:\n- rules: a\n", 2, "did you mean `rule`?"),
        (
            "approvals:\n  require: each-sections\n",
            2,
            "did you mean `each-section`?",
        ),
        ("approvals:\n  zzzzzz: 1\n", 2, "expected one of"),
        ("a: &a [1]\nb: *a\n", 1, ""),
        ("\u{0}", 1, ""),
    ] {
        let mut series = Series::released(&[
            (DEMO, &demo("struct demo { __u32 a; };")),
            (".uapi-check.yaml", text),
        ]);
        series.commit("demo: add", &[(DEMO, &added())]);
        let output = series.run(&[&series.range()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(
            error.contains(&format!("v6.1:.uapi-check.yaml:{line}: ")),
            "{error}"
        );
        assert!(error.contains(told), "{told}: {error}");
    }
}
