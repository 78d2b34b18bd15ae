//! The bytes of a letter, held against RFC 5322, with hostile values in every place.

use super::*;
use proptest::prelude::*;

fn letter() -> Letter {
    let person = |text: &str| Person::parse(text).expect("an address");
    Letter {
        from: person("uapi-check <bot@uapi.example.org>"),
        reply_to: Some(person("Müller, Ärzte \"x\" <hu@example.org>")),
        to: vec![person("Ann <ann@example.org>")],
        cc: vec![person("netdev@vger.kernel.org")],
        subject: "Re: [PATCH net-next v2 1/3] net: add foo".into(),
        message_id: "uapi.00@uapi.example.org".into(),
        in_reply_to: "1@example.org".into(),
        references: vec!["0@example.org".into(), "1@example.org".into()],
        headers: vec![("Auto-Submitted".into(), "auto-replied".into())],
        body: "Hello\n\n.dot\nFrom here\n".into(),
    }
}

fn text(letter: &Letter) -> String {
    String::from_utf8(letter.bytes(1_795_464_000)).expect("it is UTF-8")
}

fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let header = text.split("\r\n\r\n").next()?;
    let at = header.find(&format!("\r\n{name}: "))?;
    let rest = &header[at + name.len() + 4..];
    let end = rest.match_indices("\r\n").map(|(at, _)| at);
    let mut end = end.filter(|at| !rest[at + 2..].starts_with([' ', '\t']));
    Some(&rest[..end.next().unwrap_or(rest.len())])
}

#[test]
fn the_fields_are_those_that_a_reader_needs() {
    let text = text(&letter());
    assert_eq!(
        field(&text, "Subject"),
        Some("Re: [PATCH net-next v2 1/3] net: add foo")
    );
    assert_eq!(
        field(&text, "Message-ID"),
        Some("<uapi.00@uapi.example.org>")
    );
    assert_eq!(field(&text, "In-Reply-To"), Some("<1@example.org>"));
    assert_eq!(
        field(&text, "References"),
        Some("<0@example.org> <1@example.org>")
    );
    assert_eq!(
        field(&text, "Date"),
        Some("Mon, 23 Nov 2026 20:00:00 +0000")
    );
    assert_eq!(field(&text, "Content-Transfer-Encoding"), Some("7bit"));
    assert_eq!(field(&text, "To"), Some("Ann <ann@example.org>"));
    assert!(
        text.ends_with("\r\n\r\nHello\r\n\r\n.dot\r\nFrom here\r\n"),
        "{text}"
    );
    for never in [
        "quoted-printable",
        "base64",
        "multipart",
        "Bcc:",
        "Precedence:",
    ] {
        assert!(!text.contains(never), "{never}");
    }
}

#[test]
fn what_is_not_ascii_is_8bit_and_encoded_in_the_header() {
    let german = Letter {
        subject: "Re: [PATCH] net: größer".into(),
        body: "größer\n".into(),
        ..letter()
    };
    let text = text(&german);
    assert_eq!(field(&text, "Content-Transfer-Encoding"), Some("8bit"));
    let (header, body) = text.split_once("\r\n\r\n").expect("both");
    assert!(header.is_ascii() && body == "größer\r\n");
    assert!(
        field(&text, "Subject")
            .expect("one")
            .starts_with("Re: [PATCH] net: =?utf-8?"),
        "{header}"
    );
}

#[test]
fn a_long_thread_keeps_its_first_and_last_mails() {
    let ids: Vec<String> = (0..100)
        .map(|at| format!("{at}-{}@example.org", "x".repeat(40)))
        .collect();
    let kept = references(&ids);
    assert_eq!(kept.split(' ').count(), 11);
    assert!(kept.starts_with("<0-") && kept.contains("> <90-") && kept.contains("<99-"));
    let few: Vec<String> = ids.iter().take(12).cloned().collect();
    assert_eq!(references(&few).split(' ').count(), 12);
    let long: Vec<String> = (0..8)
        .map(|at| format!("{at}-{}@example.org", "x".repeat(400)))
        .collect();
    let kept = references(&long);
    assert!(
        kept.len() < LINE && kept.ends_with('>') && kept.contains("<7-"),
        "{kept}"
    );
}

proptest! {
    #[test]
    fn nothing_that_is_hostile_gets_out_of_its_line(
        subject in "\\PC{0,40}|[\\x00-\\x7f]{0,3000}|x{5000}",
        name in "\\PC{0,40}|[\\x00-\\x7f]{0,300}",
        address in "[a-z]{1,5}@[a-z]{1,5}|[\\x00-\\x7f]{0,20}@b",
        id in "[\\x00-\\x7f]{0,2000}|[a-z]{1,9}@[a-z]{1,9}",
        body in "(\\PC|[\\x00-\\x7f]){0,2000}",
    ) {
        let letter = Letter {
            from: Person { name: name.clone(), email: "bot@uapi.example.org".into() },
            to: vec![Person { name, email: address }, Person { name: String::new(), email: "a@example.org".into() }],
            subject: format!("Re: {subject}"),
            references: vec![id, "1@example.org".into()],
            body,
            ..letter()
        };
        let bytes = letter.bytes(0);
        let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a header ends");
        prop_assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= LINE + 1));
        let bare = bytes.iter().filter(|byte| **byte == b'\r').count();
        prop_assert_eq!(bytes.windows(2).filter(|two| two == b"\r\n").count(), bare);
        prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), bare);
        let header = std::str::from_utf8(&bytes[..at]).expect("it is ASCII");
        let known = [
            "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
            "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        ];
        let names = header.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        let names: Vec<&str> = names.map(|line| line.split(':').next().unwrap_or_default()).collect();
        prop_assert_eq!(names, known);
        prop_assert!(header.bytes().all(|byte| byte.is_ascii_graphic() || b" \t\r\n".contains(&byte)));
    }
}
