//! A real public-inbox: a series that is put there is found by search, git and news, judged and answered once; the
//! answer, put there too, is ignored.

use super::follower::{LIST, field};
use super::{BREAK, Follower, Kernel, one};
use crate::support::public_inbox::PublicInbox;

/// The three ways to follow an inbox.
fn sources(inbox: &PublicInbox, follower: &Follower) -> [String; 3] {
    let news = inbox.nntp_address();
    let usual = "every: 20ms, look_back: 30000d";
    [
        format!(
            "{{name: search, {usual}, search: {{url: '{}'}}}}",
            inbox.http_url()
        ),
        format!(
            "{{name: epochs, {usual}, epochs: {{place: '{}', directory: '{}'}}}}",
            inbox.git_url(),
            follower.path("epochs").display()
        ),
        format!(
            "{{name: news, {usual}, nntp: {{host: '{}', port: {}, group: {}}}}}",
            news.ip(),
            news.port(),
            inbox.group()
        ),
    ]
}

#[test]
fn a_series_in_an_inbox_is_answered_once_and_the_answer_is_ignored() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "inbox", 1, BREAK);
    let inbox = PublicInbox::start();
    for mail in &letters.0 {
        inbox.inject(mail.as_bytes());
    }
    let mut follower = Follower::new(&kernel, "");
    for way in 0..3 {
        // Each way for itself finds it, and all of them find the same.
        let mut alone = Follower::new(&kernel, "");
        let source = &sources(&inbox, &alone)[way];
        alone.configure(&kernel, &[source], "");
        alone.cache.clone_from(&follower.cache);
        let log = alone.once();
        assert_eq!(alone.answered(), ["inbox.0@example.org"], "{source}: {log}");
    }
    let all = sources(&inbox, &follower);
    let all = [all[0].as_str(), &all[1], &all[2]];
    follower.configure(&kernel, &all, "");
    let log = follower.once();
    assert!(log.contains("1 new mails, 1 judged, 1 sent"), "{log}");
    let answers = follower.answers();
    let [(to, answer)] = answers.as_slice() else {
        panic!("one answer: {answers:?}");
    };
    assert_eq!(to, "inbox.0@example.org");
    // The list sends the answer to everybody, and somebody sends the series a second time.
    let list = format!("List-Id: <{LIST}>\nMessage-ID:");
    inbox.inject(answer.replacen("Message-ID:", &list, 1).as_bytes());
    for mail in &letters.0 {
        inbox.inject(mail.as_bytes());
    }
    let id = field(answer, "Message-ID:");
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged, 0 sent"), "{id}: {log}");
    assert_eq!(follower.answers().len(), 1);
    // It was not asleep: the next series is answered.
    let next = one(&mut kernel, "next", 1, super::WORSE);
    inbox.inject(next.0[0].as_bytes());
    let log = follower.once();
    assert!(log.contains("1 new mails, 1 judged, 1 sent"), "{log}");
    assert_eq!(follower.answers().len(), 2);
}
