//! Feeds as public-inbox writes them, and what is none.

use super::{Entry, read};
use crate::follow::FollowError;

/// An entry as public-inbox 1.9 writes it.
fn entry(href: &str, updated: &str, text: &str) -> String {
    format!(
        "<entry><author><name>A</name><email>a@example.org</email></author><title>x</title>\
         <updated>{updated}</updated><link\nhref=\"{href}\"/><id>urn:uuid:1</id>\
         <thr:in-reply-to\nref=\"urn:uuid:2\"\nhref=\"http://h/l/other@x/\"/>\
         <content\ntype=\"xhtml\"><div\nxmlns=\"http://www.w3.org/1999/xhtml\">{text}</div></content></entry>"
    )
}

fn feed(entries: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"us-ascii\"?>\n<feed\nxmlns=\"http://www.w3.org/2005/Atom\"\n\
         xmlns:thr=\"http://purl.org/syndication/thread/1.0\"><title>t</title>\
         <link\nrel=\"self\"\nhref=\"http://h/l/?q=x\"/><updated>2020-01-01T00:00:00Z</updated>{}</feed>",
        entries.concat()
    )
}

#[test]
fn entries_have_ids_and_times() {
    // A link and a time in the text are what somebody wrote.
    let text = "<link href=\"http://h/l/evil@x/\"/><updated>never</updated><entry><link href=\"http://h/evil/\"/></entry>";
    let first = entry(
        "http://h/l/a%2Fb%20%26%20c@x/",
        "1970-01-01T00:01:00Z",
        text,
    );
    let second = entry(
        "https://other/deep/er/plain@x/",
        "2025-11-01T09:20:30Z",
        "&lt;x&gt;",
    );
    let found = read("x", feed(&[first, second]).as_bytes());
    let expected = [("a/b & c@x", 60), ("plain@x", 1_761_988_830)];
    let expected = expected.map(|(id, received)| Entry {
        id: id.to_owned(),
        received,
    });
    assert_eq!(found, Ok(expected.to_vec()));
    assert_eq!(read("x", feed(&[]).as_bytes()), Ok(Vec::new()));
}

#[test]
fn what_is_no_feed_is_told() {
    let good = entry("http://h/l/a@x/", "1970-01-01T00:01:00Z", "");
    let whole = feed(std::slice::from_ref(&good));
    let bomb = format!(
        "<!DOCTYPE feed [<!ENTITY a \"aaaa\">]>{}",
        feed(&[good.replace("a@x", "&a;")])
    );
    let bad = [
        String::new(),
        "<html><body>busy</body></html>".to_owned(),
        "<html><br></html>".to_owned(),
        whole[..whole.len() - 3].to_owned(),
        whole.replace("</entry>", ""),
        whole.replace("1970-01-01T00:01:00Z", "yesterday"),
        whole.replace("<link\nhref=\"http://h/l/a@x/\"/>", ""),
        whole.replace("/a@x/", "/%0a@x/"),
        bomb,
    ];
    for text in bad {
        let told = read("x", text.as_bytes());
        assert!(
            matches!(told, Err(FollowError::Garbled { .. })),
            "{text}: {told:?}"
        );
    }
    assert!(read("x", whole.as_bytes()).is_ok());
}
