//! Which versions of series are in the mails of a thread, and what changes the hash of one.

use super::*;

fn mail(id: &str, subject: &str, answers: Option<&str>, text: &str) -> StoredMail {
    let answers = answers.map_or(String::new(), |other| format!("In-Reply-To: <{other}>\n"));
    StoredMail {
        message_id: id.to_owned(),
        arrived: 100,
        lists: BTreeSet::from(["l".to_owned()]),
        places: BTreeMap::new(),
        bytes: format!(
            "From: A <A@example.org>\nSubject: {subject}\nMessage-ID: <{id}>\n\
             Date: 1 Nov 2025 10:20:30 +0000\n{answers}\n{text}"
        )
        .into_bytes(),
    }
}

fn patch(id: &str, subject: &str, answers: Option<&str>) -> StoredMail {
    let text = "It adds f.\n---\ndiff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n";
    mail(id, subject, answers, text)
}

fn whole() -> Vec<StoredMail> {
    vec![
        mail("c", "[PATCH 0/2] all", None, "what for\n"),
        patch("p1", "[PATCH 1/2] one", Some("c")),
        patch("p2", "[PATCH 2/2] two", Some("c")),
    ]
}

fn only(mails: &[StoredMail]) -> Candidate {
    let (mut found, refused) = candidates(mails);
    assert_eq!((found.len(), refused.len()), (1, 0));
    found.remove(0)
}

#[test]
fn a_series_is_complete_when_all_its_patches_are_there() {
    let all = only(&whole());
    assert_eq!(
        (all.name.as_str(), all.sender.as_str()),
        ("v1 p1", "a@example.org")
    );
    assert!(all.complete && all.newest);
    assert_eq!((all.begun, all.lists.len()), (100, 1));
    assert!(!only(&whole()[..2]).complete);
    // A cover is no patch.
    assert!(only(&whole()[1..]).complete);
    assert!(candidates(&whole()[..1]).0.is_empty());
    assert!(candidates(&[]).0.is_empty());
}

#[test]
fn each_version_is_one_and_the_last_is_the_newest() {
    let mut mails = whole();
    mails.push(mail("d", "[PATCH v2 0/1] all", Some("c"), "again\n"));
    mails.push(patch("q1", "[PATCH v2 1/1] one", Some("d")));
    let (found, _) = candidates(&mails);
    let versions: Vec<_> = found
        .iter()
        .map(|found| (found.name.as_str(), found.newest))
        .collect();
    assert_eq!(versions, [("v1 p1", false), ("v2 q1", true)]);
}

#[test]
fn talk_changes_nothing_and_a_word_does() {
    let mut mails = whole();
    let before = only(&mails).mails;
    mails.push(mail("t", "Re: [PATCH 1/2] one", Some("p1"), "Why?\n"));
    assert_eq!(only(&mails).mails, before);
    let ack = "Acked-by: A <a@example.org>\n";
    mails.push(mail("a", "Re: [PATCH 1/2] one", Some("p1"), ack));
    let with = only(&mails).mails;
    assert_ne!(with, before);
    // A list more, or a place for checks, is something to act on.
    mails[1].lists.insert("m".to_owned());
    let listed = only(&mails).mails;
    mails[1].places.insert("pw".to_owned(), 3);
    let placed = only(&mails);
    assert_eq!(placed.places["p1"]["pw"], 3);
    assert!(listed != with && placed.mails != listed);
}

#[test]
fn a_series_over_the_bound_is_told() {
    let mails = [patch("p1", "[PATCH 1/9999] one", None)];
    let (found, refused) = candidates(&mails);
    assert_eq!((found.len(), refused.len()), (0, 1));
}
