//! Files split into mails, with lines in them that look like the beginning of one.

use super::*;
use proptest::prelude::*;

const HEX: &str = "0123456789abcdef0123456789abcdef01234567";

fn texts(file: &str) -> Vec<String> {
    let mails = split(file.as_bytes());
    let text = |mail: &Cow<'_, [u8]>| String::from_utf8(mail.to_vec()).expect("UTF-8");
    mails.iter().map(text).collect()
}

#[test]
fn what_is_no_mbox_is_one_mail() {
    let mail = "Subject: a\n\nFrom a Mon Nov 17 10:20:30 2025\nSubject: b\n\n>From c\n";
    assert_eq!(texts(mail), [mail]);
    assert_eq!(texts(""), [""]);
    assert_eq!(
        texts("From: a@example.org\n\ntext"),
        ["From: a@example.org\n\ntext"]
    );
}

#[test]
fn a_mail_begins_after_an_empty_line_only_and_with_a_header() {
    let begins = "From a@example.org Mon Nov 17 10:20:30 2025\n";
    let two = format!("{begins}Subject: a\n\none\n\n{begins}Subject: b\n\ntwo\n\n");
    assert_eq!(texts(&two), ["Subject: a\n\none\n", "Subject: b\n\ntwo\n"]);
    for (one, why) in [
        (
            format!("{begins}Subject: a\n\none\n{begins}Subject: b\n"),
            "no empty line",
        ),
        (
            format!("{begins}Subject: a\n\n{begins}and so on\n"),
            "no header",
        ),
        (
            format!("{begins}Subject: a\n\nFrom here on\nSubject: b\n"),
            "no date",
        ),
        (
            format!("{begins}Subject: a\n\nFrom {HEX} on\nSubject: b\n"),
            "not as git writes it",
        ),
    ] {
        assert_eq!(texts(&one).len(), 1, "{why}");
    }
}

#[test]
fn git_needs_no_empty_line() {
    let begins = format!("From {HEX} Mon Sep 17 00:00:00 2001\n");
    let two = format!("{begins}Subject: a\n\n+x\n{begins}Subject: b\n\n>From me\n");
    assert_eq!(
        texts(&two),
        ["Subject: a\n\n+x\n", "Subject: b\n\n>From me\n"]
    );
}

#[test]
fn each_form_is_unquoted_in_its_own_way() {
    let text = "Subject: a\n\n>From a\n>>From b\n>Fromage\n> From c\n";
    let of = |begins: &str| texts(&format!("{begins}\n{text}\n")).remove(0);
    let mboxrd = "Subject: a\n\nFrom a\n>From b\n>Fromage\n> From c\n";
    assert_eq!(of("From mboxrd@z Thu Jan  1 00:00:00 1970"), mboxrd);
    let mboxo = "Subject: a\n\nFrom a\n>>From b\n>Fromage\n> From c\n";
    assert_eq!(of("From a@example.org Mon Nov 17 10:20:30 2025"), mboxo);
    assert_eq!(of(&format!("From {HEX} Mon Sep 17 00:00:00 2001")), text);
}

/// Writes mails as mboxrd(5) has it.
fn mboxrd(mails: &[String]) -> String {
    let mut file = String::new();
    for mail in mails {
        file.push_str("From mboxrd@z Thu Jan  1 00:00:00 1970\n");
        for line in mail.split_inclusive('\n') {
            if line.trim_start_matches('>').starts_with("From ") {
                file.push('>');
            }
            file.push_str(line);
        }
        file.push('\n');
    }
    file
}

proptest! {
    #[test]
    fn mails_come_out_as_they_went_in(
        mails in proptest::collection::vec("Subject: [a-z]{1,3}\n\n((|>|>>)(From |From: |From mboxrd@z Thu Jan  1 00:00:00 1970|text|)\n){0,6}", 1..5)
    ) {
        prop_assert_eq!(texts(&mboxrd(&mails)), mails);
    }

    #[test]
    fn no_byte_is_lost_in_any_file(file in proptest::collection::vec(any::<u8>(), 0..300)) {
        let file = [b"From ".as_slice(), &file].concat();
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let mails = split(&file);
        let kept: usize = mails.iter().map(|mail| lines(mail)).sum();
        // One line begins a mail, and one may end it.
        prop_assert!(kept <= lines(&file) && kept + 2 * mails.len() >= lines(&file));
    }
}
