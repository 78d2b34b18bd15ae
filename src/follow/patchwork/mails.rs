//! A patch, a cover or a comment of a Patchwork becomes the mail that it was, out of its parts.
//!
//! Never out of the server's mbox: that has trailers in the message which others sent, and anybody can send one. What
//! the header said of the encoding is left out, since the parts are UTF-8. Who a mail is from is what its own header
//! says; whom the server takes for the sender only counts where the header says nobody, since for mails that a list
//! sends in its own name the server believes fields that anybody can write.

use crate::patchwork::{Comment, Headers, Patch, Person};

/// The mail of a patch or a cover: what its author wrote, and the diff.
pub(super) fn of_patch(patch: &Patch) -> Vec<u8> {
    let mut mail = header(&patch.headers, &patch.msgid, &patch.submitter);
    push_text(&mut mail, &patch.content);
    push_text(&mut mail, &patch.diff);
    mail.into_bytes()
}

/// The mail of an answer.
pub(super) fn of_comment(comment: &Comment) -> Vec<u8> {
    let mut mail = header(&comment.headers, &comment.msgid, &comment.submitter);
    push_text(&mut mail, &comment.content);
    mail.into_bytes()
}

/// A Message-ID without `<>`, and without what would end it early.
pub(super) fn bare_id(msgid: &str) -> String {
    let inside = |c: &char| !c.is_whitespace() && !c.is_control() && !"<>".contains(*c);
    msgid.chars().filter(inside).collect()
}

/// The header, with the empty line behind it.
fn header(headers: &Headers, msgid: &str, submitter: &Person) -> String {
    let mut text = format!("Message-ID: <{}>\n", bare_id(msgid));
    for (name, value) in headers.iter().filter(|(name, _)| is_kept(name)) {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if !headers.has("From") && submitter.email.contains('@') {
        let plain =
            |text: &str| text.replace(|c: char| c.is_control() || "\"<>\\".contains(c), " ");
        let (name, email) = (plain(&submitter.name), plain(&submitter.email));
        text.push_str(&format!("From: \"{}\" <{}>\n", name.trim(), email.trim()));
    }
    text.push_str("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n");
    text.push_str("Content-Transfer-Encoding: 8bit\n\n");
    text
}

/// Whether a field is a field, and still true of the mail.
fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let whole = !name.is_empty()
        && name
            .bytes()
            .all(|byte| (33..=126).contains(&byte) && byte != b':');
    whole
        && !name.starts_with("content-")
        && !["mime-version", "message-id"].contains(&name.as_str())
}

/// Adds whole lines, without the CRs that some encodings keep.
fn push_text(mail: &mut String, text: &str) {
    if !text.is_empty() {
        mail.push_str(&text.replace("\r\n", "\n"));
        if !mail.ends_with('\n') {
            mail.push('\n');
        }
    }
}

#[cfg(test)]
#[path = "mails_tests.rs"]
mod tests;
