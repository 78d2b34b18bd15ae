//! Who a mail is from, what it answers and what it says, with look-alikes that mean to deceive.

use super::*;

fn read(header: &str) -> Message {
    let mail = format!("{header}\n\ntext\n");
    Message::read(mail.as_bytes()).expect("it is within all bounds")
}

fn from(field: &str) -> Option<String> {
    read(&format!("From: {field}")).from.map(|from| from.email)
}

#[test]
fn a_mail_is_from_its_address_and_never_from_a_name() {
    let some = |email: &str| Some(email.to_owned());
    assert_eq!(from("A B <a@example.org>"), some("a@example.org"));
    for deceiving in [
        "\"m@kernel.org\" <eve@example.org>",
        "=?utf-8?q?m=40kernel.org?= <eve@example.org>",
        "=?utf-8?q?M_=3Cm=40kernel.org=3E?= <eve@example.org>",
        "\"<m@kernel.org>\" <eve@example.org>",
        "m@kernel.org via list <eve@example.org>",
        "M (m@kernel.org) <eve@example.org>",
        "M (<m@kernel.org>) <eve@example.org>",
    ] {
        let found = from(deceiving);
        assert!(
            found == some("eve@example.org") || found.is_none(),
            "{deceiving}: {found:?}"
        );
    }
    // None of these says clearly who it is.
    for unclear in [
        "M <m@kernel.org>, Eve <eve@example.org>",
        "M <m@kernel.org>\nFrom: Eve <eve@example.org>",
        "=?utf-8?q?M_=3Cm=40kernel.org=3E?=",
        "nobody",
        "<>",
        "",
    ] {
        assert_eq!(from(unclear), None, "{unclear}");
    }
    assert_eq!(read("Subject: a").from, None);
    assert_eq!(read("Subject: a\n\nFrom: M <m@kernel.org>").from, None);
}

#[test]
fn ids_stand_in_angle_brackets() {
    let mail = read(
        "Message-ID:\n <1@example.org>\nIn-Reply-To: your mail of <0@example.org> (Monday)\n\
         References: <a@example.org>\n\t<0@example.org>\nList-Id: A list <demo.lists.example.org>",
    );
    assert_eq!(mail.id, "1@example.org");
    assert_eq!(mail.in_reply_to.as_deref(), Some("0@example.org"));
    assert_eq!(mail.references, ["a@example.org", "0@example.org"]);
    assert_eq!(mail.list_id.as_deref(), Some("demo.lists.example.org"));
    let bare = read("Message-ID: 1@example.org\nIn-Reply-To: <>");
    assert_eq!((bare.id.as_str(), bare.in_reply_to), ("", None));
}

#[test]
fn dates_that_are_none_are_none() {
    let when = |date: &str| read(&format!("Date: {date}")).when;
    // `date -d 'Mon, 17 Nov 2025 10:20:30 +0100' +%s`
    let expected = When {
        seconds: 1_763_371_230,
        offset_minutes: 60,
    };
    assert_eq!(when("Mon, 17 Nov 2025 10:20:30 +0100"), Some(expected));
    assert_eq!(when("2025-11-17 10:20:30 +0100"), Some(expected));
    for none in [
        "",
        "yesterday",
        "17 Xyz 2025",
        "99 Nov 2025 99:99:99",
        "2025-11-17",
    ] {
        assert_eq!(when(none), None, "{none}");
    }
}

#[test]
fn texts_are_read_in_their_charset_or_as_utf_8() {
    let text = |charset: &str, bytes: &[u8]| {
        let header = format!("Content-Type: text/plain; charset={charset}\n\n");
        let mail = [header.as_bytes(), bytes].concat();
        Message::read(&mail).expect("it is small").text
    };
    assert_eq!(text("iso-8859-15", b"\xa4"), "\n\u{20ac}");
    assert_eq!(text("KOI8-R", b"\xc1"), "\n\u{430}");
    for charset in ["utf-8", "us-ascii", "x-unknown", ""] {
        assert_eq!(text(charset, "\u{e4}".as_bytes()), "\n\u{e4}", "{charset}");
        assert_eq!(text(charset, b"\xe4"), "\n\u{fffd}", "{charset}");
    }
}

#[test]
fn pages_and_pictures_say_nothing() {
    let of = |kind: &str| {
        let mail = format!("Subject: [PATCH] a\nContent-Type: {kind}\n\ndiff --git a/f b/f\n");
        Message::read(mail.as_bytes())
            .expect("it is small")
            .is_patch()
    };
    assert!(of("text/plain") && of("text/x-diff") && of("application/octet-stream"));
    assert!(!of("text/html") && !of("image/png") && !of("message/rfc822"));
}

#[test]
fn what_an_answer_needs_is_read_whatever_else_is_there() {
    let many: Vec<String> = (0..300)
        .map(|at| format!("P {at} <p{at}@example.org>"))
        .collect();
    let mail = read(&format!(
        "From: Ann <ann@example.org>\nSender: Bot <bot@example.org>\nSubject: [PATCH\n 1/2] a\n\
         To: {},\n \"Last, First <x@example.org>\" <y@example.org>, Gr\u{f6} <\u{f6}@example.org>, nobody\n\
         Cc: undisclosed-recipients:;, z@example.org\nCc: list: a@example.org, b@example.org;\n\
         In-Reply-To: <0@example.org>\nAuto-Submitted: NO; a=b\nPrecedence: List\nReturn-Path: <>\n",
        many.join(",\n ")
    ));
    assert_eq!(mail.head.to.len(), 304, "{:?}", mail.head.to);
    assert_eq!(
        mail.head.to[299..],
        [
            "p299@example.org",
            "y@example.org",
            "z@example.org",
            "a@example.org",
            "b@example.org"
        ]
    );
    assert_eq!(mail.head.subject, "[PATCH 1/2] a");
    assert_eq!(mail.head.references, ["0@example.org"]);
    assert_eq!(mail.marks.senders, ["ann@example.org", "bot@example.org"]);
    assert_eq!(
        (mail.marks.auto_submitted, mail.marks.precedence),
        (vec!["no".to_owned()], vec!["list".to_owned()])
    );
    assert!(mail.marks.no_return && !mail.marks.is_ours);
}
