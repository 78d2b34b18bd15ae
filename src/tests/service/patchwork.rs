//! Series of a Patchwork: each patch gets its checks, once, and what changes is posted again.

use super::follower::{LIST, field};
use super::{BREAK, Follower, GROWN, Kernel, Letters, STATS, one, stats};
use crate::support::patchwork::{Fake, Filed, PROJECT, TOKEN, USER};
use std::fs;

/// The source that follows a server.
pub fn source(fake: &Fake, follower: &std::path::Path) -> String {
    let token = follower.join("token");
    fs::write(&token, TOKEN).expect("it is ours");
    format!(
        "{{name: pw, every: 20ms, look_back: 30000d, list: {LIST}, patchwork: {{url: '{}', project: {PROJECT}, \
         user: {USER}, token: {{file: {}}}}}}}",
        fake.url,
        token.display()
    )
}

/// A follower of a server that examines series on a kernel.
pub fn follower(kernel: &Kernel, fake: &Fake, more: &str) -> Follower {
    let mut follower = Follower::new(kernel, more);
    let source = source(fake, &follower.path("cache").join(".."));
    follower.configure(kernel, &[&source], more);
    follower
}

/// What each check says, in the order of their posting: the patch, the context, the state.
pub fn checks(fake: &Fake) -> Vec<(u64, String, String)> {
    let checks = fake.checks().into_iter();
    checks
        .map(|check| (check.patch, check.context, check.state))
        .collect()
}

fn inject(fake: &Fake, letters: &Letters) -> Vec<u64> {
    let filed = letters.0.iter().map(|mail| fake.inject(mail.as_bytes()));
    filed
        .filter_map(|filed| match filed {
            Filed::Patch(number) => Some(number),
            Filed::Cover(_) => None,
            other => panic!("filed as {other:?}"),
        })
        .collect()
}

fn says(patch: u64, verdict: &str, approvals: &str) -> [(u64, String, String); 2] {
    [("uapi-verdict", verdict), ("uapi-approvals", approvals)]
        .map(|(context, state)| (patch, context.to_owned(), state.to_owned()))
}

#[test]
fn each_patch_has_its_own_verdict_and_the_last_one_that_of_all() {
    let mut kernel = Kernel::new();
    let text = stats(BREAK);
    let letters = kernel.letters(
        "three",
        1,
        &[
            ("driver: work", "drivers/net/demo.c", "int a;\n"),
            ("stats: count more", STATS, &text),
            ("driver: more work", "drivers/net/demo.c", "int b;\n"),
        ],
    );
    let fake = Fake::start();
    let patches = inject(&fake, &letters);
    let follower = follower(&kernel, &fake, "");
    let log = follower.once();
    let expected = [
        says(patches[0], "success", "success"),
        says(patches[1], "fail", "pending"),
        says(patches[2], "fail", "pending"),
    ];
    assert_eq!(checks(&fake), expected.concat(), "{log}");
    assert_eq!(follower.answered(), ["three.2@example.org"]);
    let mail = &follower.answers()[0].1;
    assert!(field(mail, "Subject:").starts_with("Re: "));
    follower.once();
    assert_eq!(checks(&fake).len(), 6);
}

#[test]
fn an_agreement_that_comes_later_changes_its_check_and_no_other() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "agree", 1, GROWN);
    let fake = Fake::start();
    let patches = inject(&fake, &letters);
    let follower = follower(&kernel, &fake, "");
    follower.once();
    let first = says(patches[0], "warning", "pending");
    assert_eq!(checks(&fake), first);
    // Somebody who owns nothing, and then who does.
    let eve = letters.answer(
        0,
        "eve@example.org",
        "Eve <eve@example.org>",
        "Acked-by: Eve <eve@example.org>",
    );
    fake.inject(eve.as_bytes());
    follower.once();
    assert_eq!(checks(&fake), first);
    let ann = "Ann Example <ann@example.org>";
    let ack = letters.answer(0, "ann@example.org", ann, &format!("Acked-by: {ann}"));
    fake.inject(ack.as_bytes());
    follower.once();
    let second = says(patches[0], "success", "success");
    assert_eq!(checks(&fake), [first.clone(), second].concat());
    // What was agreed is taken back: it is open again, and no longer called pending.
    let back = letters.answer(0, "back@example.org", ann, "Please drop my Acked-by.");
    fake.inject(back.replace("10:00:00", "11:00:00").as_bytes());
    follower.once();
    let last = says(patches[0], "warning", "warning");
    assert_eq!(checks(&fake)[4..], last);
}

#[test]
fn a_series_without_its_last_patch_gets_no_check() {
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
    let fake = Fake::start();
    for mail in &letters.0[..2] {
        fake.inject(mail.as_bytes());
    }
    let follower = follower(&kernel, &fake, "incomplete_after: 0s");
    let log = follower.once();
    assert!(log.contains("1 judged, 0 sent"), "{log}");
    assert_eq!(checks(&fake), []);
    fake.inject(letters.0[2].as_bytes());
    follower.once();
    assert_eq!(checks(&fake).len(), 4);
}

#[test]
fn a_series_that_comes_by_two_ways_is_one() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "both", 1, BREAK);
    let fake = Fake::start();
    let mut follower = follower(&kernel, &fake, "");
    let server = source(&fake, &follower.path("cache").join(".."));
    follower.configure(&kernel, &[super::follower::MAILDIR, &server], "");
    follower.put_all(&letters);
    let log = follower.once();
    assert!(log.contains("1 judged, 1 sent"), "{log}");
    // Now it is known where its checks go.
    let patches = inject(&fake, &letters);
    follower.once();
    assert_eq!(checks(&fake), says(patches[0], "fail", "pending"));
    assert_eq!(follower.answers().len(), 1);
}

#[test]
fn without_a_user_nothing_is_posted() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "read", 1, BREAK);
    let fake = Fake::start();
    inject(&fake, &letters);
    let mut follower = follower(&kernel, &fake, "");
    let reader = format!(
        "{{name: pw, look_back: 30000d, list: {LIST}, patchwork: {{url: '{}', project: {PROJECT}}}}}",
        fake.url
    );
    follower.configure(&kernel, &[&reader], "");
    let log = follower.once();
    assert!(log.contains("1 judged, 1 sent"), "{log}");
    assert_eq!(checks(&fake), []);
    assert_eq!(follower.answered(), ["read.0@example.org"]);
}
