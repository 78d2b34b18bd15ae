//! Hostile mails: no byte makes us panic, no shape makes us slow or large, and what is over a bound is told.

use super::letters::{Letter, mbox};
use proptest::prelude::*;
use uapi_check::mail::{MAIL_LIMIT, Mailbox, Message, NoSeries, PATCH_LIMIT, Refused, split};

/// Goes all the way with a file.
fn read(file: &[u8]) {
    for thread in Mailbox::read(split(file)).threads() {
        for version in thread.versions() {
            if let Ok(series) = thread.series(Some(version)) {
                let there = series.patches.len() + series.missing.len();
                assert_eq!(there, series.expected as usize);
            }
        }
    }
}

/// Pieces that mails are made of.
const PIECES: [&str; 34] = [
    "From a@example.org Mon Nov 17 10:20:30 2025\n",
    "From mboxrd@z Thu Jan  1 00:00:00 1970\n",
    "From: A <a@example.org>\n",
    "From: =?utf-8?q?=C3=84?= <a@example.org>, (((\n",
    "Subject: [PATCH v2 1/3] a\n",
    "Subject: [PATCH 0/2]\n",
    "Subject: Re: [\n",
    "Subject: =?utf-8?b?====?= =?x?q?=?=\n",
    "Message-ID: <1@example.org>\n",
    "Message-ID: <2@example.org>\n",
    "In-Reply-To: <1@example.org>\n",
    "References: <2@example.org> <1@example.org>\n",
    "Date: Mon, 17 Nov 2025 10:20:30 +0100\n",
    "Date: 99 Xxx 99999 99:99:99 -9999\n",
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/mixed; boundary=\"c\"\n",
    "Content-Type: text/plain; charset=utf-16; format=flowed\n",
    "Content-Type: message/rfc822\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "\n",
    "\n",
    "--b\n",
    "--b--\n",
    "--c\n",
    " folded\n",
    "=\n=3D=X\n",
    "QUJD\r\n",
    "---\n",
    "diff --git a/f b/f\n",
    "--- a/f\n+++ b/f\n",
    "Acked-by: A <a@example.org>\n",
    "base-commit: 0123456\n",
    "\u{0}\u{fffd}ä\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_survived(file in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&file);
    }

    #[test]
    fn any_pieces_are_survived(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let file: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        read(file.as_bytes());
    }

    #[test]
    fn the_order_of_mails_does_not_matter(order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let letters = [
            Letter::cover("c", "[PATCH v2 0/2] both"),
            Letter::patch("1", "[PATCH v2 1/2] one", "f", "1").to("c").on(2),
            Letter::patch("2", "[PATCH v2 2/2] two", "g", "2").to("c").on(3),
            Letter::patch("3", "[PATCH v3 2/2] two", "g", "3").to("2").on(4),
            Letter::new("a", "Re: [PATCH v2 1/2] one", "Acked-by: R <r@example.org>\n")
                .from("R <r@example.org>").to("1").on(5),
            Letter::new("n", "Re: [PATCH v2 2/2] two", "NAK\n").from("R <r@example.org>").to("2").on(6),
        ];
        let shuffled: Vec<Letter> = order.iter().map(|at| letters[*at].clone()).collect();
        let of = |letters: &[Letter]| super::series(split(&mbox(letters)));
        prop_assert_eq!(of(&shuffled), of(&letters));
    }
}

#[test]
fn the_longest_fields_are_read_to_their_end() {
    for line in [
        "=?",
        "=?utf-8?q?",
        "=?utf-8?b?=",
        "(",
        "\"",
        "<",
        "\\",
        ",;:@",
        "a@b,",
        "=?u?q?a?= ",
    ] {
        let value = line.repeat(4000 / line.len());
        let fields = ["From", "Subject", "Date", "Content-Type", "List-Id"];
        let head: String = fields
            .iter()
            .map(|field| format!("{field}: {value}\n"))
            .collect();
        let mail = format!(
            "{head}\nFrom: {value}\nSubject: {value}\nDate: {value}\n\ndiff --git a/f b/f\n"
        );
        Message::read(mail.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error}"));
        read(mail.as_bytes());
    }
}

#[test]
fn torn_mails_are_survived() {
    for (_, seed) in super::shapes::seeds() {
        for end in (0..seed.len()).step_by(5) {
            read(&seed[..end]);
            let mut torn = seed.clone();
            torn[end] ^= 0x2c;
            read(&torn);
        }
    }
}

/// A mail of about 2 MiB, made of one line again and again.
fn large(head: &str, line: &str) -> Vec<u8> {
    let room = MAIL_LIMIT - head.len() - 1;
    format!("{head}{}", line.repeat(room / line.len())).into_bytes()
}

#[test]
fn large_mails_of_every_kind_are_read_to_their_end() {
    let head = "From: A <a@example.org>\nSubject: [PATCH] a\n";
    let multipart = format!("{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n");
    for (head, line) in [
        (format!("{head}\n"), "Acked-by: A\n"),
        (format!("{head}\n"), "From: "),
        (format!("{head}\n"), "=?=?=?"),
        (format!("{head}\ndiff --git a/f b/f\n"), "+\n"),
        (
            format!("{head}Content-Transfer-Encoding: base64\n\n"),
            "QUJD",
        ),
        (
            format!("{head}Content-Transfer-Encoding: quoted-printable\n\n"),
            "=3D=",
        ),
        (format!("{multipart}\n"), "--c\n"),
        (format!("{multipart}\n"), "--b--\n"),
        (format!("{multipart}\n"), "--"),
    ] {
        let mail = large(&head, line);
        Message::read(&mail).unwrap_or_else(|error| panic!("{line}: {error}"));
        read(&mail);
    }
}

#[test]
fn what_is_over_a_bound_is_told_by_its_name() {
    let head = "From: A <a@example.org>\nSubject: [PATCH] a\n";
    let refused = |mail: &[u8]| Message::read(mail).expect_err("it is over a bound");
    let whole = large(head, "x");
    let more = [whole.as_slice(), &[b'x'; 4096]].concat();
    assert!(matches!(refused(&more), Refused::Mail { .. }));
    assert_eq!(refused(&large("", "X-A: b\n")), Refused::Header);
    let long = |field: &str| large(&format!("{field}:"), " <x>\n ")[..200_000].to_vec();
    for field in [
        "From",
        "Subject",
        "Content-Type",
        "References",
        "In-Reply-To",
        "Date",
    ] {
        assert!(
            matches!(refused(&long(field)), Refused::Field { .. }),
            "{field}"
        );
    }
    let in_text = format!(
        "{head}\nFrom: a\n{}\ndiff --git a/f b/f\n",
        " =?utf-8?q?\n".repeat(400)
    );
    assert!(matches!(refused(in_text.as_bytes()), Refused::Field { .. }));
    let typed = |boundary: usize| {
        format!("Content-Type: multipart/mixed; boundary=b{boundary}\n\n--b{boundary}\n")
    };
    let nested = |depth: usize| (0..depth).map(typed).collect::<String>().into_bytes();
    assert_eq!(refused(&nested(6)), Refused::Depth);
    assert!(Message::read(&nested(5)).is_ok(), "five are what git takes");
    let parts = |number: usize| typed(0) + &"\n--b0\n".repeat(number - 1);
    assert_eq!(refused(parts(101).as_bytes()), Refused::Parts);
    assert!(Message::read(parts(100).as_bytes()).is_ok());
    // The others of the same place are read.
    let mailbox = Mailbox::read([more, Letter::patch("1", "[PATCH] a", "f", "1").bytes()]);
    assert_eq!((mailbox.messages.len(), mailbox.refused.len()), (1, 1));
    assert_eq!(mailbox.refused[0].0, 1);
}

#[test]
fn a_series_of_500_is_read_and_a_longer_one_is_not() {
    let of = |number: u32| -> Vec<Letter> {
        let letter = |at: u32| {
            Letter::patch(
                &format!("{at}"),
                &format!("[PATCH {at}/{number}] a"),
                "f",
                "1",
            )
            .to("1")
        };
        (1..=number).map(letter).collect()
    };
    let series = super::series(split(&mbox(&of(PATCH_LIMIT))));
    assert_eq!((series.patches.len(), series.missing.len()), (500, 0));
    let mut threads = Mailbox::read(split(&mbox(&of(PATCH_LIMIT + 1)))).threads();
    let error = threads.remove(0).series(None).expect_err("it is too long");
    assert_eq!(error, NoSeries::TooLong { patches: 501 });
}

#[test]
fn a_large_mail_is_not_read_once_for_each_answer() {
    let number = 2000;
    let mut file = mbox(&[Letter::new("0", "a", &"1 file\n".repeat(MAIL_LIMIT / 8))]);
    for at in 1..number {
        let subject = format!("[PATCH {at}/400] a");
        file.extend(mbox(&[
            Letter::patch(&format!("{at}"), &subject, "f", "1").to("0")
        ]));
    }
    let mailbox = Mailbox::read(split(&file));
    assert_eq!((mailbox.messages.len(), mailbox.refused.len()), (number, 0));
    read(&file);
}

#[test]
fn circles_and_crowds_come_to_an_end() {
    // Each answers the one before, and the first the last.
    let number = 3000;
    let letter = |at: usize| {
        let before = format!("{}", (at + number - 1) % number);
        Letter::new(&format!("{at}"), "Re: a", "Acked-by: A B <a@example.org>\n").to(&before)
    };
    let mut letters: Vec<Letter> = (0..number).map(letter).collect();
    letters.push(Letter::patch("p", "[PATCH] a", "f", "1").to("p"));
    letters.push(Letter::patch("q", "[PATCH v2 2/2] a", "f", "1").to("17"));
    read(&mbox(&letters));
}
