//! What programs send is passed over, and look-alikes of it are not.

use super::*;

fn own() -> Own {
    Own {
        addresses: vec!["bot@uapi.example.org".into()],
        domain: "uapi.example.org".into(),
        lists: vec!["netdev.vger.kernel.org".into()],
        ignore: USUALLY_IGNORED.map(str::to_owned).to_vec(),
    }
}

/// A patch with other lines in its header; one of the same name takes the place of the usual one.
fn mail(lines: &str) -> Message {
    let usual = [
        "From: Ann <ann@example.org>",
        "Subject: [PATCH] a",
        "Message-ID: <1@example.org>",
        "List-Id: <netdev.vger.kernel.org>",
    ];
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_lowercase();
    let told: Vec<String> = lines.lines().map(name).collect();
    let kept = usual.iter().filter(|line| !told.contains(&name(line)));
    let header: Vec<&str> = kept.copied().chain(lines.lines()).collect();
    let diff = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n";
    let raw = format!("{}\n\ntext\n---\n{diff}", header.join("\n"));
    Message::read(raw.as_bytes()).expect("it is small")
}

fn why(lines: &str) -> Option<Why> {
    ignored(&mail(lines), &own())
}

#[test]
fn what_a_program_sent_is_passed_over() {
    for (lines, expected) in [
        ("From: Bot <Bot@UAPI.example.org>", Why::OwnAddress),
        ("Sender: bot@uapi.example.org", Why::OwnAddress),
        (
            "From: Ann <ann@example.org>, bot@uapi.example.org",
            Why::OwnAddress,
        ),
        ("X-UAPI-Check: fail; series=a", Why::OwnMark),
        ("x-uapi-check:", Why::OwnMark),
        ("Message-ID: <uapi.00@uapi.example.org>", Why::OwnId),
        ("Message-ID: <1@a.UAPI.example.org>", Why::OwnId),
        ("Auto-Submitted: auto-replied", Why::AutoSubmitted),
        (
            "Auto-Submitted: no\nAuto-Submitted: auto-generated; owner-email=a",
            Why::AutoSubmitted,
        ),
        ("Precedence: BULK", Why::Precedence),
        ("Precedence: auto_reply", Why::Precedence),
        ("Precedence: junk", Why::Precedence),
        ("Return-Path: <>", Why::NoReturn),
        ("List-Id: other <other.vger.kernel.org>", Why::OtherList),
        ("From: lkp@intel.com", Why::Ignored),
        (
            "From: syzbot <syzbot+0123abcd@syzkaller.appspotmail.com>",
            Why::Ignored,
        ),
        ("From: patchwork-bot+netdevbpf@kernel.org", Why::Ignored),
        ("From: <bugzilla-noreply@example.org>", Why::Ignored),
    ] {
        assert_eq!(why(lines), Some(expected), "{lines}");
    }
}

#[test]
fn look_alikes_are_taken() {
    for lines in [
        "",
        "From: bot@uapi.example.org.evil.org",
        "From: Bot \"bot@uapi.example.org\" <ann@example.org>",
        "X-UAPI-Checker: a",
        "Subject: [PATCH] X-UAPI-Check: fail",
        "Message-ID: <uapi.example.org@example.org>",
        "Message-ID: <1@notuapi.example.org>",
        "Auto-Submitted: no",
        "Auto-Submitted: NO ; by=hand",
        "Precedence: list",
        "Return-Path: <ann@example.org>",
        "List-Id: Netdev <NETDEV.vger.kernel.org>",
        "From: lkp@intel.com.example.org",
        "From: mylkp@intel.com",
        "From: syzbot2@syzkaller.appspotmail.com",
        "From: ann+syzbot@example.org",
    ] {
        assert_eq!(why(lines), None, "{lines}");
    }
    // Without a List-Id, as in a maildir of one's own, there is no list to be another.
    let raw = "From: a@example.org\nSubject: [PATCH] a\n\ndiff --git a/a b/a\n";
    assert_eq!(
        ignored(&Message::read(raw.as_bytes()).expect("small"), &own()),
        None
    );
}

#[test]
fn an_answer_starts_nothing_and_a_cover_does() {
    let starts = |lines: &str| starts_run(&mail(lines));
    assert!(starts("") && starts("Subject: [PATCH 0/2] a") && starts("Subject: Rework b"));
    for answer in [
        "Re: [PATCH] a",
        "RE: [PATCH 0/2] a",
        "AW: [PATCH] a",
        "Fwd: a",
    ] {
        assert!(!starts(&format!("Subject: {answer}")), "{answer}");
    }
    let talk = Message::read(b"From: a@example.org\nSubject: a question\n\nwhy?\n").expect("small");
    assert!(!starts_run(&talk));
}

#[test]
fn stars_stand_for_any_characters() {
    for (pattern, text, is) in [
        ("a*b", "ab", true),
        ("a*b", "axxb", true),
        ("a*b*c", "a-b-b-c", true),
        ("*", "", true),
        ("a*a", "a", false),
        ("*b", "ba", false),
        ("a*b*c", "acb", false),
        ("**a**", "xax", true),
    ] {
        assert_eq!(fits(pattern, text), is, "{pattern} {text}");
    }
    let stars = "*a".repeat(2000);
    assert!(!fits(&stars, &"a".repeat(1999)));
}
