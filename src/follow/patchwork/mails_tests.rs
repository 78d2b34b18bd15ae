//! Rebuilt mails, read as any other mail; each trap beside what must come through.

use super::*;
use crate::mail::{Identity, Mailbox, Series, Word};

const DIFF: &str = "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n";

fn patch(json: &serde_json::Value) -> Patch {
    serde_json::from_value(json.clone()).expect("a patch")
}

fn a_patch() -> serde_json::Value {
    serde_json::json!({
        "id": 3, "msgid": "<p1@example.org>", "name": "[v2] f: b",
        "submitter": {"name": "A B", "email": "a@example.org"},
        "headers": {
            "From": "A B <a@example.org>", "Subject": "[PATCH\n v2] f: b",
            "Message-Id": "\n <p1@example.org>", "Date": "Mon, 1 Dec 2025 10:20:30 +0100",
            "Content-Type": "text/plain; charset=iso-8859-1",
            "Content-Transfer-Encoding": "base64", "MIME-Version": "1.0",
        },
        "content": "It is b\u{df}.\n\nAcked-by: C D <c@example.org>\n---\n f | 2 +-\n",
        "diff": DIFF.replace('\n', "\r\n"),
    })
}

fn a_comment(from: &str, content: &str) -> Comment {
    serde_json::from_value(serde_json::json!({
        "id": 1, "msgid": "<c1@example.org>", "submitter": {"name": "C D", "email": "c@example.org"},
        "headers": {"From": from, "Subject": "Re: [PATCH v2] f: b", "In-Reply-To": "<p1@example.org>"},
        "content": content,
    }))
    .expect("a comment")
}

fn series(mails: &[Vec<u8>]) -> Series {
    let mut threads = Mailbox::read(mails).threads();
    assert_eq!(threads.len(), 1);
    threads.remove(0).series(None).expect("a series")
}

#[test]
fn a_patch_is_read_as_it_was_sent() {
    let found = series(&[of_patch(&patch(&a_patch()))]);
    let [only] = &found.patches[..] else {
        panic!("{found:?}");
    };
    assert_eq!(found.version, 2);
    assert_eq!(only.message_id, "p1@example.org");
    assert_eq!(only.author.to_string(), "A B <a@example.org>");
    let message = "f: b\n\nIt is b\u{df}.\n\nAcked-by: C D <c@example.org>\n";
    assert_eq!(only.message, message);
    let diff = String::from_utf8(only.diff.clone()).expect("text");
    assert_eq!(diff, format!("---\n f | 2 +-\n{DIFF}"));
    // The author's own trailer is nobody's word.
    assert_eq!(found.replies, []);
}

#[test]
fn an_answer_counts_for_the_sender_that_its_header_names() {
    let word = |from: &str, content: &str| {
        let mails = [
            of_patch(&patch(&a_patch())),
            of_comment(&a_comment(from, content)),
        ];
        let replies = series(&mails).replies;
        replies.first().map(|reply| (reply.says, reply.identity))
    };
    let ack = "Acked-by: C D <c@example.org>\n";
    let own = Some((Word::Acked, Identity::Address));
    assert_eq!(word("C D <c@example.org>", ack), own);
    assert_eq!(word("E F <e@example.org>", ack), None);
    assert_eq!(word("C D <c@example.org>", &format!("> {ack}")), None);
    // A list that sends in its own name: whom the server takes for the sender, anybody can claim to be.
    assert_eq!(word("C D via list <list@example.org>", ack), None);
}

#[test]
fn a_sender_is_taken_from_the_server_only_where_the_header_names_none() {
    let mut json = a_patch();
    json["headers"]["From"] = serde_json::Value::Null;
    let found = series(&[of_patch(&patch(&json))]);
    assert_eq!(found.patches[0].author.to_string(), "A B <a@example.org>");
    json["headers"]["From"] = serde_json::json!(["X <x@example.org>", "Y <y@example.org>"]);
    let mail = crate::mail::Message::read(&of_patch(&patch(&json))).expect("a mail");
    assert_eq!(mail.from, None);
}

#[test]
fn nothing_that_a_server_says_becomes_another_field() {
    let mut json = a_patch();
    json["msgid"] = "<p1@example.org>\nX-Odd: 1".into();
    json["headers"]["X:\nX-Odd"] = "2".into();
    json["headers"]["X-Long"] = "a\n b\nX-Odd: 3\r\rX-Odd: 4\u{2028}X-Odd: 5".into();
    json["submitter"]["name"] = "A\nX-Odd: 6".into();
    json["headers"]["From"] = serde_json::Value::Null;
    let mail = String::from_utf8(of_patch(&patch(&json))).expect("text");
    let (header, _) = mail.split_once("\n\n").expect("a header");
    assert!(header.contains("X-Long: a b X-Odd: 3"), "{header}");
    assert!(
        !header.lines().any(|line| line.starts_with("X-Odd")),
        "{header}"
    );
}
