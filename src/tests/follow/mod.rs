//! Sources that are followed, against real servers: what comes in is found once, in order, and nothing is lost when the
//! follower begins anew with the cursor that it kept.

mod epochs;
mod nntp;
mod search;

use crate::mail::letters::Letter;
use std::future::Future;
use std::time::Duration;
use uapi_check::follow::{Arrival, Batch, FollowError, Http};
use uapi_check::http::Manners;
use uapi_check::mail::Message;

/// Manners for a server of our own: it need not be spared.
pub fn manners() -> Manners {
    let mut manners = Manners::new("tests@example.org");
    manners.pace.gap = Duration::ZERO;
    manners.pace.backoff = Duration::from_millis(1);
    manners
}

pub fn http() -> Http {
    Http::new(manners()).expect("there is TLS")
}

/// Asks until there is no more. Gives all mails; the cursor goes on from where it was.
pub async fn drain<F>(
    cursor: &mut Option<String>,
    poll: impl Fn(Option<String>) -> F,
) -> Vec<Vec<u8>>
where
    F: Future<Output = Result<Batch, FollowError>>,
{
    let mut mails = Vec::new();
    for _ in 0..100 {
        let batch = poll(cursor.clone()).await.expect("the server answers");
        *cursor = Some(batch.cursor);
        for arrival in batch.arrivals {
            let Arrival::Mail(mail) = arrival else {
                panic!("it is no mail");
            };
            mails.push(mail);
        }
        if !batch.more {
            return mails;
        }
    }
    panic!("there is always more");
}

/// The first parts of the Message-IDs.
pub fn ids(mails: &[Vec<u8>]) -> Vec<String> {
    let id = |mail: &Vec<u8>| {
        let message = Message::read(mail).expect("it is a mail");
        let id = message.id.strip_suffix("@example.org");
        id.expect("it is one of ours").to_owned()
    };
    mails.iter().map(id).collect()
}

/// Mails without the headers that the programs of public-inbox add on the way in and out.
pub fn as_sent(mails: &[Vec<u8>]) -> Vec<String> {
    let added = ["Path:", "Newsgroups:", "Xref:", "List-", "Archived-At:"];
    let kept = |line: &&str| !added.iter().any(|name| line.starts_with(name));
    let bare = |mail: &Vec<u8>| {
        let text = String::from_utf8(mail.clone()).expect("it was written as UTF-8");
        let (head, body) = text.split_once("\n\n").expect("a mail has a body");
        let head: Vec<&str> = head.lines().filter(kept).collect();
        format!("{}\n\n{body}", head.join("\n"))
    };
    mails.iter().map(bare).collect()
}

/// A cover with two patches, the first of which touches an exported header.
pub fn series(name: &str) -> [Letter; 3] {
    let cover = format!("{name}/0 & + ?");
    let subject = |at: u32, title: &str| format!("[PATCH {at}/2] {title} of {name}");
    let header = format!("include/uapi/linux/{name}.h");
    let source = format!("drivers/{name}.c");
    [
        Letter::cover(&cover, &subject(0, "both")),
        Letter::patch(
            &format!("{name}1"),
            &subject(1, "one"),
            &header,
            "From here on",
        )
        .to(&cover),
        Letter::patch(
            &format!("{name}2"),
            &subject(2, "two"),
            &source,
            ">From there",
        )
        .to(&cover),
    ]
}

/// A mail that only talks of exported headers.
pub fn unrelated(id: &str) -> Letter {
    let text = "Has anybody looked into include/uapi lately?\n\nFrom me, nobody did.\n";
    Letter::new(id, &format!("include/uapi and {id}"), text)
}

/// An answer to a patch of a series.
pub fn answer(id: &str, to: &str) -> Letter {
    let letter = Letter::new(
        id,
        &format!("Re: [PATCH 1/2] about {to}"),
        "> It adds.\n\nAcked-by: C D <c@example.org>\n",
    );
    letter.from("C D <c@example.org>").to(to).on(2)
}
