//! What becomes of series in a maildir: who is answered, and who is not.

use super::follower::{MAILDIR, field};
use super::{BREAK, Follower, GROWN, Kernel, STATS, WORSE, one, stats};

#[test]
fn a_break_is_answered_and_a_look_alike_is_not() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "bad", 1, BREAK);
    let driver = [("driver: work", "drivers/net/demo.c", "int a;\n")];
    let driver = kernel.letters("fine", 1, &driver);
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    follower.put_all(&driver);
    let log = follower.once();
    assert_eq!(follower.answered(), ["bad.0@example.org"], "{log}");
    assert!(log.contains("2 judged"), "{log}");
    // Nothing comes of asking again.
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged, 0 sent"), "{log}");
    assert_eq!(follower.answered().len(), 1);
}

#[test]
fn an_answer_is_to_the_patch_that_breaks_and_comes_back_in_vain() {
    let mut kernel = Kernel::new();
    let text = stats(BREAK);
    let letters = kernel.letters(
        "two",
        1,
        &[
            ("driver: work", "drivers/net/demo.c", "int a;\n"),
            ("stats: count more", STATS, &text),
        ],
    );
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    follower.once();
    let answers = follower.answers();
    let [(to, mail)] = answers.as_slice() else {
        panic!("one answer: {answers:?}");
    };
    // The cover is 0, the second patch 2.
    assert_eq!(to, "two.2@example.org");
    assert!(
        field(mail, "Subject:").starts_with("Re: [PATCH v1 2/2]"),
        "{mail}"
    );
    assert_eq!(field(mail, "To:"), "Fixture <fixture@example.org>");
    assert_eq!(field(mail, "Auto-Submitted:"), "auto-replied");
    assert!(mail.contains("demo_stats"), "{mail}");
    // The list sends it to everybody, this program among them.
    follower.put(mail);
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged"), "{log}");
    assert_eq!(follower.answers().len(), 1);
}

#[test]
fn the_same_series_twice_is_answered_once() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "twice", 1, BREAK);
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    follower.put_all(&letters);
    let log = follower.once();
    assert!(log.contains("1 new mails, 1 judged, 1 sent"), "{log}");
    follower.put_all(&letters);
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged, 0 sent"), "{log}");
    assert_eq!(follower.answered(), ["twice.0@example.org"]);
}

#[test]
fn a_later_version_is_answered_where_it_has_something_new() {
    let mut kernel = Kernel::new();
    let mut follower = Follower::new(&kernel, "");
    let mut answered = Vec::new();
    for (version, fields, news) in [
        (1, BREAK, true),
        // The same break, sent again as another version.
        (2, BREAK, false),
        (3, WORSE, true),
        // Mended.
        (4, "__u32 a;\n__u32 b;\n", false),
        // What was mended is broken again: nobody has been told of that.
        (5, BREAK, true),
    ] {
        let salt = format!("v{version}");
        let letters = match version {
            4 => kernel.letters(
                &salt,
                4,
                &[("stats: count more", "drivers/net/demo.c", "int a;\n")],
            ),
            _ => one(&mut kernel, &salt, version, fields),
        };
        follower.put_all(&letters);
        let log = follower.once();
        assert!(log.contains("1 judged"), "v{version}: {log}");
        if news {
            answered.push(letters.id(0));
        }
        assert_eq!(follower.answered(), answered, "v{version}: {log}");
    }
}

#[test]
fn of_versions_that_come_at_once_the_last_one_is_answered() {
    let mut kernel = Kernel::new();
    let mut follower = Follower::new(&kernel, "");
    let first = one(&mut kernel, "a", 1, BREAK);
    follower.put_all(&first);
    let second = one(&mut kernel, "b", 2, WORSE);
    follower.put_all(&second);
    let log = follower.once();
    assert!(log.contains("2 judged"), "{log}");
    assert_eq!(follower.answered(), ["b.0@example.org"]);
}

#[test]
fn a_series_that_is_not_all_there_is_waited_for_and_then_only_noted() {
    let mut kernel = Kernel::new();
    let text = stats(BREAK);
    let letters = kernel.letters(
        "part",
        1,
        &[
            ("stats: count more", STATS, &text),
            ("driver: work", "drivers/net/demo.c", "int a;\n"),
        ],
    );
    let mut follower = Follower::new(&kernel, "");
    follower.put(&letters.0[0]);
    follower.put(&letters.0[1]);
    let log = follower.once();
    assert!(log.contains("2 new mails, 0 judged, 0 sent"), "{log}");
    // Its time is over: it is judged, and nobody hears of it.
    follower.configure(&kernel, &[MAILDIR], "incomplete_after: 0s");
    follower.put(&letters.answer(1, "q@example.org", "Q <q@example.org>", "Where is 2/2?"));
    let log = follower.once();
    assert!(log.contains("1 judged, 0 sent"), "{log}");
    assert!(log.contains("undecided") || log.contains("fail"), "{log}");
    assert_eq!(follower.answers(), []);
    // The rest came after all.
    follower.put(&letters.0[2]);
    let log = follower.once();
    assert!(log.contains("1 judged, 1 sent"), "{log}");
    assert_eq!(follower.answered(), ["part.1@example.org"]);
}

#[test]
fn a_series_that_applies_nowhere_is_not_answered() {
    let mut kernel = Kernel::new();
    let mut letters = one(&mut kernel, "lost", 1, BREAK);
    letters.0[0] = letters.0[0].replace("__u32 a;", "__u16 zz;");
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    let log = follower.once();
    assert!(log.contains("undecided"), "{log}");
    assert!(log.contains("1 judged, 0 sent"), "{log}");
    assert_eq!(follower.answers(), []);
}

#[test]
fn what_a_maintainer_must_judge_is_answered_until_he_agrees() {
    let ack = "Acked-by: Ann Example <ann@example.org>";
    let mut kernel = Kernel::new();
    let open = one(&mut kernel, "open", 1, GROWN);
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&open);
    follower.once();
    assert_eq!(follower.answered(), ["open.0@example.org"]);
    // One whose maintainer agreed before it was seen.
    let mut other = Follower::new(&kernel, "");
    other.put_all(&open);
    other.put(&open.answer(0, "ack@example.org", "Ann Example <ann@example.org>", ack));
    let log = other.once();
    assert!(log.contains("1 judged, 0 sent"), "{log}");
    assert_eq!(other.answers(), []);
}

#[test]
fn mails_of_programs_and_of_other_lists_are_left_aside() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "robot", 1, BREAK);
    let robot = letters.0[0].replace(
        "MIME-Version",
        "Auto-Submitted: auto-generated\nMIME-Version",
    );
    let robot = match robot == letters.0[0] {
        true => robot.replace("Subject:", "Auto-Submitted: auto-generated\nSubject:"),
        false => robot,
    };
    let sources = [MAILDIR.replace("list: uapi-test.lists.example.org, ", "")];
    let mut follower = Follower::of(&kernel, &[&sources[0]], "");
    follower.put(&robot);
    let other = one(&mut kernel, "other", 1, BREAK);
    follower.put(&other.0[0].replace("List-Id: <uapi-test", "List-Id: <other"));
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged"), "{log}");
    // The look-alike is one of both.
    let mine = one(&mut kernel, "mine", 1, BREAK);
    follower.put_all(&mine);
    follower.once();
    assert_eq!(follower.answered(), ["mine.0@example.org"]);
}
