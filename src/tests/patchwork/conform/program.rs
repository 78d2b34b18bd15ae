//! What the program makes of a server.

use super::{Found, Raw, Server, read_only};
use crate::patchwork::mails::{AUTHOR, Mail, diff, patch_text};
use crate::patchwork::{all, client};
use crate::support::patchwork::LIST_ID;
use uapi_check::follow::{PatchworkSeries, PatchworkSource};
use uapi_check::mail::{Identity, Mailbox, Word};
use uapi_check::patchwork::{Account, CheckState, Client, Settings, Token, Version};
use uapi_check::post::{Check, Outcome, post_check};

/// The program finds the series, reads it as it was sent, and posts checks once.
pub async fn program(server: &Server<'_>, user: &str, id: &str, found: &Found) {
    let settings = Settings {
        account: Some(Account {
            user: user.to_owned(),
            token: Token::new(&server.token).expect("a token"),
        }),
        ..read_only(server)
    };
    for version in [Version::V1_1, Version::V1_2, Version::V1_3] {
        let settings = Settings {
            version,
            ..settings.clone()
        };
        let source = PatchworkSource::new(client(settings));
        let (arrived, _) = all(&source, None).await;
        let mut ours = arrived
            .into_iter()
            .filter(|series| series.id == found.series);
        let series = ours.next_back().expect("the series is found");
        assert_eq!(series.lacks, None);
        let numbers = series
            .patches
            .iter()
            .map(|(id, number)| (id.as_str(), *number));
        let expected = [1, 2, 3].map(|position| {
            (
                format!("{id}.{position}@example.org"),
                found.patches[position - 1],
            )
        });
        assert!(
            numbers.eq(expected.iter().map(|(id, number)| (id.as_str(), *number))),
            "{:?}",
            series.patches
        );
        as_sent(&series, id);
    }
    posts(&client(settings), found.patches[1]).await;
    let raw = Raw::new(server);
    let list = raw
        .get(&format!("patches/{}/checks/", found.patches[1]))
        .await;
    let states = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|check| check["state"].as_str());
    assert!(
        states.eq([Some("pending"), Some("fail"), Some("success")]),
        "{list}"
    );
}

/// Checks come in order, each once.
pub async fn posts(client: &Client, patch: u64) {
    let check = |state, description: &str| Check {
        patch,
        context: "uapi-verdict".to_owned(),
        state,
        target_url: Some("https://uapi.example.org/r/1".to_owned()),
        description: description.to_owned(),
    };
    for (state, description, expected) in [
        (CheckState::Pending, "looking", Outcome::Posted),
        (CheckState::Pending, "looking", Outcome::AlreadyThere),
        (CheckState::Fail, "it breaks", Outcome::Posted),
        (CheckState::Pending, "looking", Outcome::Withheld),
        (CheckState::Fail, "it breaks", Outcome::AlreadyThere),
        (CheckState::Success, "mended", Outcome::Posted),
    ] {
        let outcome = post_check(client, &check(state, description)).await;
        assert_eq!(outcome, Ok(expected), "{state:?}");
    }
}

/// The mails of the series that `conforms` sent say what was sent.
fn as_sent(series: &PatchworkSeries, id: &str) {
    let mut threads = Mailbox::read(&series.mails).threads();
    assert_eq!(threads.len(), 1);
    let found = threads.remove(0).series(None).expect("a series");
    assert_eq!(
        (found.version, found.expected, found.missing.len()),
        (1, 3, 0)
    );
    assert_eq!(
        found.cover.map(|cover| cover.message_id),
        Some(format!("{id}.0@example.org"))
    );
    let direct: Vec<_> = (1..=3)
        .map(|number| {
            Mail::new(
                LIST_ID,
                "x",
                "[PATCH] x",
                &patch_text(&format!("f{number}")),
            )
        })
        .collect();
    for (patch, sent) in found.patches.iter().zip(&direct) {
        let name = format!("f{}", patch.position);
        assert_eq!(
            patch.message_id,
            format!("{id}.{}@example.org", patch.position)
        );
        assert_eq!(patch.author.to_string(), AUTHOR);
        let text = String::from_utf8(patch.diff.clone()).expect("text");
        let begin = text.find("diff --git").expect("a diff");
        assert_eq!(text[begin..].trim_end(), diff(&name).trim_end());
        // The same mail, had it come directly.
        let mut threads = Mailbox::read([sent.bytes()]).threads();
        let sent = threads
            .remove(0)
            .series(None)
            .expect("a series")
            .patches
            .remove(0);
        let body = |message: &str| message.split_once('\n').map(|(_, body)| body.to_owned());
        assert_eq!(body(&patch.message), body(&sent.message));
    }
    let said = found.replies.iter();
    let mut said: Vec<_> = said
        .map(|reply| (reply.who.email.as_str(), reply.says, reply.identity))
        .collect();
    said.sort();
    let own = |says| ("c@example.org", says, Identity::Address);
    assert_eq!(said, [own(Word::Acked), own(Word::Reviewed)]);
}
