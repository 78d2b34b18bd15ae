//! How much is mailed at most, and to whom.

use super::follower::{ADDRESS, LIST, MAILDIR};
use super::{BREAK, Follower, Kernel, Letters, STATS, one, stats};

/// Series that break programs, each in its own way, of people of these addresses.
fn several(kernel: &mut Kernel, senders: &[&str]) -> Vec<Letters> {
    let series = senders.iter().enumerate().map(|(at, sender)| {
        let text = stats(&format!("__u32 n{at};\n__u32 a;\n__u32 b;"));
        let title = format!("stats: count more, {at}");
        let mut letters = kernel.letters(&format!("s{at}"), 1, &[(&title, STATS, &text)]);
        for mail in &mut letters.0 {
            *mail = mail.replacen(
                "From: Fixture <fixture@example.org>",
                &format!("From: T <{sender}>"),
                1,
            );
        }
        letters
    });
    series.collect()
}

#[test]
fn nobody_is_written_to_unless_the_list_wants_it() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "quiet", 1, BREAK);
    let lists = format!("lists: {{{LIST}: {{address: {ADDRESS}}}}}");
    let mut follower = Follower::new(&kernel, &lists);
    follower.put_all(&letters);
    let log = follower.once();
    assert!(log.contains("1 judged, 0 sent"), "{log}");
    assert_eq!(follower.answers(), []);
}

#[test]
fn one_author_gets_three_mails_a_day() {
    let mut kernel = Kernel::new();
    let author = "t@example.org";
    let all = several(
        &mut kernel,
        &[author, author, author, author, "u@example.org"],
    );
    let mut follower = Follower::new(&kernel, "");
    all.iter().for_each(|letters| follower.put_all(letters));
    let log = follower.once();
    assert!(log.contains("5 judged, 4 sent"), "{log}");
    assert!(
        log.contains("as many mails in the last 24 hours as one person may"),
        "{log}"
    );
    let ids = ["s0.0", "s1.0", "s2.0", "s4.0"].map(|id| format!("{id}@example.org"));
    assert_eq!(follower.answered(), ids);
}

#[test]
fn all_together_get_as_many_as_is_set() {
    let mut kernel = Kernel::new();
    let all = several(
        &mut kernel,
        &["a@example.org", "b@example.org", "c@example.org"],
    );
    let mut follower = Follower::new(&kernel, "caps: {all_a_day: 2}");
    all.iter().for_each(|letters| follower.put_all(letters));
    let log = follower.once();
    assert!(log.contains("3 judged, 2 sent"), "{log}");
}

#[test]
fn where_too_many_fail_mails_stop_and_whoever_runs_it_is_told() {
    let mut kernel = Kernel::new();
    let senders = [
        "a@example.org",
        "b@example.org",
        "c@example.org",
        "d@example.org",
    ];
    let all = several(&mut kernel, &senders);
    let mut follower = Follower::new(&kernel, "caps: {failing_an_hour: 2}");
    all.iter().for_each(|letters| follower.put_all(letters));
    let log = follower.once();
    assert!(log.contains("4 judged, 2 sent"), "{log}");
    let loud =
        |line: &&str| line.contains("ERROR") && line.contains("series failed in the last hour");
    assert_eq!(log.lines().filter(loud).count(), 2, "{log}");
}

#[test]
fn a_dry_run_sends_nothing_and_spoils_nothing() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "dry", 1, BREAK);
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    let dry = follower.path("dry");
    let output = follower
        .command()
        .arg("--once")
        .arg("--dry-run")
        .arg(&dry)
        .output();
    let output = output.expect("the program runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{log}");
    let written = super::follower::answers(&dry);
    assert_eq!(written.len(), 1, "{log}");
    assert_eq!(follower.answers(), []);
    // What was tried dry is still to be done.
    follower.configure(&kernel, &[MAILDIR], "");
    follower.once();
    assert_eq!(follower.answered(), ["dry.0@example.org"]);
}
