//! When a series is answered, which of its mails, and what the letter's header says.

use super::*;
use crate::judge::{Finding, Verdict};
use crate::mail::Mailbox;
use crate::reply::Write;
use crate::report::Counts;
use crate::report::samples::{grown_constant, patched, report, standing};

const NETDEV: &str = "netdev@vger.kernel.org";

fn voice(write: Write) -> Voice {
    let person = |text: &str| Person::parse(text).expect("an address");
    Voice {
        from: person("uapi-check <bot@uapi.example.org>"),
        contact: person("Hu Man <hu@example.org>"),
        domain: "uapi.example.org".into(),
        own: vec!["bot@uapi.example.org".into()],
        lists: vec![ListRule {
            address: NETDEV.into(),
            list_id: None,
            write,
            cc: Vec::new(),
            remind: true,
            approvals: false,
        }],
        hide_from_patchwork: false,
    }
}

fn mail(id: &str, subject: &str, more: &str, body: &str) -> String {
    format!(
        "From: Ann <ann@example.org>\nTo: {NETDEV}\nSubject: {subject}\nMessage-ID: <{id}>\n{more}\n{body}"
    )
}

/// A cover and three patches, of which the sample's report has the first and the third.
fn series() -> Series {
    let diff = "a\n---\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n";
    let of_cover =
        "In-Reply-To: <0@example.org>\nReferences: <old@example.org>\n <0@example.org>\n";
    let mails = [
        mail(
            "0@example.org",
            "[PATCH net-next v2 0/3] net: do",
            "",
            "text\n",
        ),
        mail(
            "1@example.org",
            "[PATCH net-next v2 1/3] net:\n add demo",
            of_cover,
            diff,
        ),
        mail(
            "2@example.org",
            "[PATCH net-next v2 2/3] net: two",
            of_cover,
            diff,
        ),
        mail(
            "3@example.org",
            "[PATCH net-next v2 3/3] net: mend demo",
            of_cover,
            diff,
        ),
    ];
    let threads = Mailbox::read(mails).threads();
    threads[0].series(None).expect("there is one")
}

fn told(report: &Report, voice: &Voice, before: Option<&Told>) -> Answer {
    answer(report, &series(), voice, None, before)
}

fn written(report: &Report) -> Letter {
    match told(report, &voice(Write::List), None) {
        Answer::Letter(letter) => *letter,
        Answer::Nothing(why) => panic!("{why:?}"),
    }
}

#[test]
fn the_first_patch_with_a_finding_is_answered() {
    let letter = written(&patched());
    assert_eq!(letter.in_reply_to, "1@example.org");
    assert_eq!(
        letter.references,
        ["old@example.org", "0@example.org", "1@example.org"]
    );
    assert_eq!(letter.subject, "Re: [PATCH net-next v2 1/3] net: add demo");
    assert_eq!(letter.to[0].email, "ann@example.org");
    assert_eq!(letter.cc[0].email, NETDEV);
    let header = |name: &str| {
        letter
            .headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Auto-Submitted"), Some("auto-replied"));
    let mark = format!(
        "fail; series=0@example.org; base=830b3c68c1fb; tool={}",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(header("X-UAPI-Check"), Some(mark.as_str()));
    assert_eq!(header("X-Patchwork-Hint"), None);
}

#[test]
fn the_cover_is_answered_where_no_patch_makes_it_alone() {
    let mut report = patched();
    report.walk.as_mut().expect("a walk").origins.clear();
    let letter = written(&report);
    assert_eq!(
        (letter.in_reply_to.as_str(), letter.subject.as_str()),
        ("0@example.org", "Re: [PATCH net-next v2 0/3] net: do")
    );
    assert_eq!(letter.references, ["0@example.org"]);
    assert!(
        letter.body.contains("all patches together"),
        "{}",
        letter.body
    );
}

#[test]
fn the_same_verdict_has_the_same_id_and_another_has_another() {
    let (report, other) = (
        patched(),
        Finding {
            fingerprint: "1".repeat(32),
            ..patched().findings[0].clone()
        },
    );
    let id = written(&report).message_id;
    assert_eq!(id, written(&report).message_id);
    assert!(
        id.starts_with("uapi.") && id.ends_with("@uapi.example.org") && id.len() == 5 + 32 + 17,
        "{id}"
    );
    let mut changed = patched();
    changed.findings.push(other);
    assert_ne!(id, written(&changed).message_id);
    let next = Series {
        version: 3,
        ..series()
    };
    let Answer::Letter(letter) = answer(&report, &next, &voice(Write::List), None, None) else {
        panic!("a letter");
    };
    assert_ne!(id, letter.message_id);
}

#[test]
fn what_was_told_is_not_told_again() {
    let mut more = patched();
    more.findings.push(Finding {
        fingerprint: "1".repeat(32),
        ..more.findings[0].clone()
    });
    let (before, all) = (Told::of(&patched()), Told::of(&more));
    let voice = voice(Write::List);
    assert_eq!(
        told(&patched(), &voice, Some(&before)),
        Answer::Nothing(Silence::Known)
    );
    // One is mended: that is no reason to write.
    assert_eq!(
        told(&patched(), &voice, Some(&all)),
        Answer::Nothing(Silence::Known)
    );
    assert!(matches!(
        told(&more, &voice, Some(&before)),
        Answer::Letter(_)
    ));
}

#[test]
fn nothing_is_written_where_nothing_is_wrong_or_known() {
    let voice = voice(Write::List);
    for (conclusion, silence) in [
        (Conclusion::Pass, Silence::Passed),
        (Conclusion::Undecided, Silence::Undecided),
    ] {
        let mut report = patched();
        report.conclusion = conclusion;
        assert_eq!(told(&report, &voice, None), Answer::Nothing(silence));
    }
    assert_eq!(
        told(&patched(), &self::voice(Write::None), None),
        Answer::Nothing(Silence::Nobody)
    );
}

#[test]
fn agreement_alone_is_mailed_only_where_the_list_wants_it() {
    let mut open = Report {
        series: patched().series,
        walk: patched().walk,
        ..report(vec![grown_constant()], Vec::new())
    };
    open.conclusion = Conclusion::NeedsApproval;
    let mut asked = standing("NET", "Ann", "a.h");
    asked.fingerprints = [grown_constant().fingerprint].into();
    open.approvals = Some(vec![asked]);
    let mut voice = voice(Write::Author);
    assert_eq!(
        told(&open, &voice, None),
        Answer::Nothing(Silence::OnlyAgreement)
    );
    voice.lists[0].approvals = true;
    let Answer::Letter(letter) = told(&open, &voice, None) else {
        panic!("a letter");
    };
    assert!(
        letter.body.contains("- NET (missing): Ann") && letter.cc.is_empty(),
        "{}",
        letter.body
    );
    assert!(!letter.body.contains("UAPI-Break"), "{}", letter.body);
}

#[test]
fn a_review_is_no_break() {
    let mut report = patched();
    report.conclusion = Conclusion::NeedsApproval;
    report.findings[0].verdict = Verdict::Review;
    report.series.as_mut().expect("patches").patches[0].summary = Counts::default();
    let letter = written(&report);
    assert!(
        letter.body.starts_with("This series may break"),
        "{}",
        letter.body
    );
}

#[test]
fn one_re_and_no_more() {
    for (subject, expected) in [
        ("[PATCH] a", "Re: [PATCH] a"),
        ("re: RE:Re: [PATCH] a", "Re: [PATCH] a"),
        ("Re\u{200b}: a", "Re: a"),
        ("Reply: a", "Re: Reply: a"),
        ("äre: b", "Re: äre: b"),
        ("", "Re: "),
        ("a\r\nBcc: eve@example.org", "Re: a  Bcc: eve@example.org"),
    ] {
        assert_eq!(answered(subject), expected);
    }
}

#[test]
fn a_mail_without_an_id_is_not_answered() {
    for id in ["", "a b@c", &"x".repeat(600)] {
        let mut series = series();
        series.patches[0].message_id = id.to_owned();
        let found = answer(&patched(), &series, &voice(Write::List), None, None);
        assert_eq!(found, Answer::Nothing(Silence::NoId), "{id}");
    }
}

#[test]
fn only_an_address_is_shown_as_one() {
    for (url, is) in [
        ("https://uapi.example.org/r/1", true),
        ("https://a b", false),
        ("javascript:a", false),
        ("https://a\nBcc:", false),
    ] {
        assert_eq!(is_url(url), is, "{url}");
    }
}
