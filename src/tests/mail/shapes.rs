//! Mails written by hand, in every shape that lists carry, against `git am`.

use super::git::{Made, Repository};
use super::patch;

/// What is sent.
const TEXT: &str = "uapi: größer\n\
    \n\
    Two lines = one thing,  \n\
    \n\
    \n\
    and more.\n\
    \n\
    Signed-off-by: Zoë Ångström <zoe@example.org>\n";
const DIFF: &str = "---\n\
    \x20f.h | 2 ++\n\
    \x201 file changed, 2 insertions(+)\n\
    \n\
    diff --git a/f.h b/f.h\n\
    new file mode 100644\n\
    index 0000000..96f2a63\n\
    --- /dev/null\n\
    +++ b/f.h\n\
    @@ -0,0 +1,3 @@\n\
    +// größer = 1\n\
    +\n\
    +int f;\n\
    -- \n\
    2.47.3\n";
const FROM: &str = "=?UTF-8?q?Zo=C3=AB_=C3=85ngstr=C3=B6m?= <zoe@example.org>";
const SUBJECT: &str = "=?UTF-8?q?[PATCH_v2]_uapi:_gr=C3=B6=C3=9Fer?=";
const DATE: &str = "Mon, 17 Nov 2025 10:20:30 +0100";

/// The text of the mail: message without its title, and diff.
fn text() -> String {
    let (_, message) = TEXT.split_once("\n\n").expect("title and message");
    format!("{message}{DIFF}")
}

/// A mail with these fields besides the usual ones.
fn mail(more: &str, text: impl AsRef<[u8]>) -> Vec<u8> {
    mail_of(FROM, SUBJECT, DATE, more, text.as_ref())
}

fn mail_of(from: &str, subject: &str, date: &str, more: &str, text: &[u8]) -> Vec<u8> {
    let header = format!(
        "Message-ID: <1@example.org>\nFrom: {from}\nSubject: {subject}\nDate: {date}\nMIME-Version: 1.0\n{more}\n"
    );
    [header.as_bytes(), text].concat()
}

const UTF_8: &str = "Content-Type: text/plain; charset=UTF-8\n";

fn typed(encoding: &str) -> String {
    format!("{UTF_8}Content-Transfer-Encoding: {encoding}\n")
}

pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let six = (bits >> (18 - 6 * digit) & 63) as usize;
            let there = digit <= three.len();
            text.push(if there { char::from(LETTERS[six]) } else { '=' });
        }
        if at % 19 == 18 {
            text.push('\n');
        }
    }
    text + "\n"
}

pub fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let mut column = 0;
        for (at, byte) in line.iter().enumerate() {
            let at_end = matches!(line.get(at + 1), None | Some(b'\n'));
            let plain = (33..=126).contains(byte) && *byte != b'=' || *byte == b' ' && !at_end;
            if *byte == b'\n' {
                text.push('\n');
                continue;
            }
            if column > 70 {
                text.push_str("=\n");
                column = 0;
            }
            column += 3;
            match plain {
                true => text.push(char::from(*byte)),
                false => text.push_str(&format!("={byte:02X}")),
            }
        }
    }
    text
}

fn with_crs(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A multipart of parts, each with its own header.
fn multipart(kind: &str, parts: &[(&str, &str)]) -> (String, String) {
    let header = format!("Content-Type: multipart/{kind}; boundary=\"=_a b\"\n");
    let mut text = "For readers that know no MIME.\n\n".to_owned();
    for (header, part) in parts {
        text.push_str(&format!("--=_a b\n{header}\n{part}\n"));
    }
    (header, text + "--=_a b--\n")
}

/// A name, and a file with one mail.
type Shape = (&'static str, Vec<u8>);

fn in_utf_8(mail: Vec<u8>) -> String {
    String::from_utf8(mail).expect("it was made of UTF-8")
}

/// How bytes are sent.
fn encodings() -> Vec<Shape> {
    let whole = text();
    let in_body = format!("From: Åsa Öberg <asa@example.org>\n\n{whole}");
    let stuffed: String = whole.lines().map(|line| format!(" {line}\n")).collect();
    let stuffed = stuffed
        .replace("thing,  \n", "thing,\n")
        .replace(" -- \n", "-- \n");
    let one_byte = |c: char| if c == 'Å' { 0xc5 } else { c as u8 };
    let latin: Vec<u8> = whole.chars().map(one_byte).collect();
    let in_base64 = |text: &str| mail(&typed("BASE64"), base64(text.as_bytes()));
    let in_quoted = |text: &str| {
        mail(
            &typed("Quoted-Printable"),
            quoted_printable(text.as_bytes()),
        )
    };
    let eight_bit = mail(&typed("8bit"), &whole);
    let flowed = "Content-Type: text/plain; charset=UTF-8; format=flowed\n";
    let raw = "Zoë Ångström <zoe@example.org>";
    vec![
        ("no content type", mail("", &whole)),
        ("base64", in_base64(&whole)),
        ("base64 with From in the text", in_base64(&in_body)),
        ("base64 of CRLF", in_base64(&with_crs(&whole))),
        ("quoted-printable", in_quoted(&whole)),
        (
            "quoted-printable with a footer that is not",
            [
                in_quoted(&whole),
                b"___\nhttps://example.org/?a=yes\n".to_vec(),
            ]
            .concat(),
        ),
        (
            "quoted-printable with From in the text",
            in_quoted(&in_body),
        ),
        (
            "CRLF on the wire",
            with_crs(&in_utf_8(eight_bit)).into_bytes(),
        ),
        ("format=flowed", mail(flowed, stuffed)),
        (
            "Latin-1",
            mail("Content-Type: text/plain; charset=ISO-8859-1\n", latin),
        ),
        (
            "raw UTF-8 in fields",
            mail_of(raw, "[PATCH] größer", DATE, UTF_8, whole.as_bytes()),
        ),
    ]
}

/// How parts are put together.
fn multiparts() -> Vec<Shape> {
    let whole = text();
    let (message, _) = whole.split_once("---\n").expect("a message and a diff");
    let patch = "Content-Type: text/x-patch; charset=UTF-8; name=\"1.patch\"\n\
        Content-Disposition: attachment; filename=\"1.patch\"\n";
    let (mixed, attached) = multipart("mixed", &[(UTF_8, message), (patch, DIFF)]);
    let encoded = format!("{patch}Content-Transfer-Encoding: base64\n");
    let in_base64 = base64(DIFF.as_bytes());
    let (_, encoded) = multipart("mixed", &[(UTF_8, message), (&encoded, &in_base64)]);
    let inner = format!("\n--in\n{UTF_8}\n{whole}--in--\n");
    let of_inner = "Content-Type: multipart/mixed; boundary=in\n";
    let (_, nested) = multipart("mixed", &[(of_inner, &inner)]);
    let attached = mail(&mixed, &attached);
    vec![
        (
            "attachment with CRLF",
            with_crs(&in_utf_8(attached.clone())).into_bytes(),
        ),
        ("attachment", attached),
        ("attachment in base64", mail(&mixed, &encoded)),
        ("multipart in a multipart", mail(&mixed, &nested)),
    ]
}

/// What stands at the top of a text, and what ends its message.
fn texts() -> Vec<Shape> {
    let whole = text();
    let under = |top: &str| mail(&typed("8bit"), format!("{top}{whole}"));
    let with = |from: &str, to: &str| mail(&typed("8bit"), whole.replace(from, to));
    let of_git = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n";
    let all_fields = "From: =?UTF-8?q?=C3=85sa?=\n <asa@example.org>\nSubject: [PATCH 7/9] other:\n  title\n\
        Date: Tue, 2 Jan 2024 03:04:05 -0330\n\n";
    let (a, b) = ("From: A <a@example.org>\n", "From: B <b@example.org>\n");
    vec![
        ("plain", under("")),
        (
            "the line of git first",
            [of_git.as_bytes(), &under("")].concat(),
        ),
        (
            "the line of git in the text",
            under(&format!(">{of_git}{a}\n")),
        ),
        ("From, Subject and Date in the text", under(all_fields)),
        (
            "a date as git shows it",
            under("Date: 2024-01-02 03:04:05 +0530\n\n"),
        ),
        (
            "fields without an empty line",
            under(&format!("{a}text\n\n")),
        ),
        (
            "fields after an empty line",
            under(&format!("\n\n{a}\nFrom: me\n")),
        ),
        ("a field twice", under(&format!("{a}{b}\n"))),
        ("no field but text", under(&format!("Cc: me\n{b}\n"))),
        ("no --- before the diff", with("---\n f.h", "\n f.h")),
        (
            "notes under ---",
            with("---\n", "---\nv2: From: Nobody\nSubject: nothing\n---\n"),
        ),
        ("an Index: line", with("---\n", "Index: f.h\n---\n")),
        ("a rule of dashes", under("Title\n-----\n--- not\n")),
    ]
}

#[test]
fn every_shape_is_read_as_git_reads_it() {
    let repository = Repository::new();
    for (name, file) in [encodings(), multiparts(), texts()].concat() {
        let expected = repository.am(&file);
        assert_eq!(Made::ours(&patch(&file)), expected, "{name}");
    }
}

#[test]
fn subjects_people_and_dates_are_read_as_git_reads_them() {
    let subjects = [
        "[PATCH] a: b",
        "[PATCH net-next v2 1/1] [RFC] a: [b] c",
        "[PATCH] re: a",
        "a",
        "[a [b] c] d",
        "[PATCH]a",
        ":  [PATCH]  a    b",
        "=?UTF-8?B?W1BBVENIXSDDpA==?= b",
        "=?iso-8859-1?q?a_=E4?= =?iso-8859-1?q?_b?=",
        "[PATCH] a very long subject that goes on and on and on over the\n\tend of a line",
        "[PATCH] a =?UTF-8?q?=C3=A4=20?=\n =?UTF-8?q?b?= c",
        "[PATCH] 100% = = 1?",
    ];
    let people = [
        "A B <a@example.org>",
        "\"B, A\" <a@example.org>",
        "=?utf-8?q?B=2C_=C3=81?= <a@example.org>",
        "A B (of x) <a@example.org>",
        "a@example.org (A B)",
        "a@example.org",
        "<a@example.org>",
        "\"A \\\"x\\\" B\" <a@example.org>",
        "=?utf-8?b?w4k=?= =?utf-8?q?_B?= <a@example.org>",
        "'A B' via list <list@example.org>",
        "A name far longer than any that git takes for a name of a person <a@example.org>",
    ];
    let dates = [
        "Mon, 17 Nov 2025 10:20:30 +0100",
        "17 Nov 2025 10:20:30 -0700",
        "Mon, 3 Nov 2025 01:02:03 +0530 (IST)",
        "Mon,  3 Nov 2025 01:02:03 GMT",
        "Sat, 29 Feb 2020 23:59:59 -0000",
        "Thu, 1 Jan 1998 00:00:00 EST",
    ];
    let repository = Repository::new();
    let cases = subjects
        .map(|subject| (subject, people[0], dates[0]))
        .into_iter();
    let cases = cases.chain(people.map(|from| (subjects[0], from, dates[0])));
    for (subject, from, date) in cases.chain(dates.map(|date| (subjects[0], people[0], date))) {
        let file = mail_of(from, subject, date, UTF_8, text().as_bytes());
        let expected = repository.am(&file);
        assert_eq!(
            Made::ours(&patch(&file)),
            expected,
            "{subject} | {from} | {date}"
        );
    }
}

/// The mails of `fixtures/mail`, with which fuzzing begins.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let folder = crate::support::case::fixtures().join("mail");
    let found = std::fs::read_dir(folder).expect("it is there").flatten();
    let read = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, std::fs::read(&path).ok()?))
    };
    let mut seeds: Vec<_> = found.filter_map(|entry| read(entry.path())).collect();
    seeds.sort();
    seeds
}

#[test]
fn the_seeds_of_fuzzing_are_read_as_git_reads_them() {
    let repository = Repository::new();
    let mut compared = 0;
    let plain = seeds().into_iter().find(|(name, _)| name == "plain.eml");
    let plain = Made::ours(&patch(&plain.expect("there is such a seed").1)).diff;
    for (name, file) in seeds() {
        let mails = uapi_check::mail::split(&file);
        let one = uapi_check::mail::Message::read(&mails[0]).expect("a seed is within all bounds");
        if mails.len() > 1 || !one.is_patch() {
            continue;
        }
        let made = Made::ours(&patch(&file));
        let (printed, diff) = repository.taken_apart(&file);
        let (title, _) = made
            .message
            .split_once('\n')
            .expect("a message has a title");
        let ours = format!(
            "Author: {}\nEmail: {}\nSubject: {title}\n",
            made.name, made.email
        );
        assert!(printed.starts_with(&ours), "{name}: {ours}{printed}");
        // git takes what follows a diff in other parts, and what lists append, along with it.
        let more = ["alternative.eml", "base64-footer.eml"].contains(&name.as_str());
        // git joins lines of format=flowed, and so breaks a diff: an empty line of context ends in a space.
        let joined = name == "flowed.eml";
        let diff = if joined { plain.clone() } else { diff };
        assert!(
            diff == made.diff || more && diff.starts_with(&made.diff),
            "{name}: {diff}"
        );
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}
