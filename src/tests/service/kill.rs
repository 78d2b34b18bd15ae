//! A follower that is killed again and again loses no series and posts nothing twice.
//!
//! Series arrive on a Patchwork while it runs; it is killed at a random moment, two hundred times, and then let
//! finish. What is there then must be what one run that nobody disturbs leaves on another server.

use super::follower::{STATS, field, sent_by};
use super::patchwork::follower;
use super::{Follower, Kernel, Letters, stats};
use crate::support::dice::Dice;
use crate::support::patchwork::Fake;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often it is killed.
const TIMES: usize = 200;
/// Milliseconds within which it is killed after it began.
const WITHIN: usize = 400;

/// Series of all kinds: they break, must be judged, pass, or apply nowhere; of one patch, or of several.
fn series(kernel: &mut Kernel) -> Vec<Letters> {
    let driver = |at: usize| format!("int driver_{at};\n");
    let mut all = Vec::new();
    for at in 0..20 {
        let fields = match at % 5 {
            0 => format!("__u32 n{at};\n__u32 a;\n__u32 b;"),
            1 => format!("__u32 a;\n__u32 b;\n__u32 n{at};"),
            2 => format!("__u32 a;\n__u32 n{at};\n__u32 b;"),
            _ => "__u32 a;\n__u32 b;".to_owned(),
        };
        let (text, work) = (stats(&fields), driver(at));
        let title = format!("stats: change {at}");
        let salt = format!("k{at}");
        let letters = match at % 5 {
            3 => kernel.letters(&salt, 1, &[(&title, "drivers/net/demo.c", &work)]),
            2 => {
                let second = [
                    (title.as_str(), STATS, text.as_str()),
                    ("driver: work", "drivers/net/demo.c", work.as_str()),
                ];
                kernel.letters(&salt, 1, &second)
            }
            4 => {
                let mut lost =
                    kernel.letters(&salt, 1, &[(&title, STATS, &stats("__u64 a;\n__u32 b;"))]);
                for mail in &mut lost.0 {
                    *mail = mail.replace("-__u32 a;", "-__u16 q;");
                }
                lost
            }
            _ => kernel.letters(&salt, 1, &[(&title, STATS, &text)]),
        };
        let sender = format!("From: T <t{at}@example.org>");
        let mails = letters.0.iter();
        let mut letters = Letters(mails.map(|mail| sent_by(mail, &sender)).collect());
        if at % 5 == 0 {
            // What is said of it changes when this comes, wherever the other then is.
            let ann = "Ann Example <ann@example.org>";
            let id = format!("ack{at}@example.org");
            let ack = letters.answer(0, &id, ann, &format!("Acked-by: {ann}"));
            letters.0.push(ack);
        }
        all.push(letters);
    }
    all
}

/// What each check says in the end, by the patch's Message-ID and the context, and whether it was ever posted twice in a
/// row.
type Checks = BTreeMap<(String, String), (String, Option<String>, bool)>;

fn checks(fake: &Fake) -> Checks {
    let mut checks = Checks::new();
    for check in fake.checks() {
        let key = (fake.msgid(check.patch), check.context);
        let (state, text, twice) = checks.entry(key).or_default();
        *twice |= (&*state, &*text) == (&check.state, &check.description);
        (*state, *text) = (check.state, check.description);
    }
    checks
}

/// What each answer answers, and its Message-ID.
fn answers(follower: &Follower) -> Vec<(String, String)> {
    let answers = follower.answers().into_iter();
    answers
        .map(|(to, mail)| (to, field(&mail, "Message-ID:")))
        .collect()
}

#[test]
fn a_follower_that_is_killed_loses_nothing_and_posts_nothing_twice() {
    let start = std::time::Instant::now();
    let mut dice = Dice::thrown();
    let mut kernel = Kernel::new();
    let all = series(&mut kernel);
    let (calm, wild) = (Fake::start(), Fake::start());
    let undisturbed = follower(&kernel, &calm, "");
    for mail in all.iter().flat_map(|letters| &letters.0) {
        calm.inject(mail.as_bytes());
    }
    undisturbed.once();
    let mut killed = follower(&kernel, &wild, "");
    killed.cache.clone_from(&undisturbed.cache);
    let mut mails = all.iter().flat_map(|letters| &letters.0);
    let each = TIMES / all.iter().map(|letters| letters.0.len()).sum::<usize>();
    for time in 0..TIMES {
        let mut child = killed.start();
        let wait = dice.below(WITHIN);
        let before = dice.below(wait + 1);
        let rest = |millis: usize| std::thread::sleep(Duration::from_millis(millis as u64));
        rest(before);
        if time % each.max(1) == 0
            && let Some(mail) = mails.next()
        {
            wild.inject(mail.as_bytes());
        }
        rest(wait - before);
        child.kill().expect("it runs");
        child.wait().expect("it is ours");
    }
    for mail in mails {
        wild.inject(mail.as_bytes());
    }
    let log = killed.once();
    assert!(log.contains("0 to be tried again, 0 failures"), "{log}");
    let expected = checks(&calm);
    assert_eq!(expected.len(), 48, "two for each patch: {expected:?}");
    println!("{TIMES} kills in {:?}", start.elapsed());
    assert!(expected.values().all(|(_, _, twice)| !twice));
    let found = checks(&wild);
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let other = |key: &&(String, String)| expected.get(*key) != found.get(*key);
    let differ = keys.into_iter().filter(other);
    let differ: Vec<_> = differ
        .map(|key| (key, expected.get(key), found.get(key)))
        .collect();
    assert!(differ.is_empty(), "expected and found: {differ:#?}");
    assert_eq!(answers(&killed), answers(&undisturbed));
    assert_eq!(
        answers(&killed).len(),
        12,
        "what breaks, and what is to be judged"
    );
    // Once more: nothing is left.
    let log = killed.once();
    assert!(log.contains("0 new mails, 0 judged, 0 sent"), "{log}");
}
