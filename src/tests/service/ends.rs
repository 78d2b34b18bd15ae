//! How the program begins and ends: on a signal, beside another one, and with a configuration that is wrong.

use super::follower::Running;
use super::{BREAK, Follower, Kernel, one};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn end(mut child: Running, signal: Signal) -> Option<i32> {
    let pid = Pid::from_raw(child.id().cast_signed()).expect("a process");
    kill_process(pid, signal).expect("it runs");
    let mut code = None;
    wait_for("its end", || {
        code = child.try_wait().expect("it is ours");
        code.is_some()
    });
    code.and_then(|code| code.code())
}

#[test]
fn it_follows_until_it_is_told_to_end() {
    let mut kernel = Kernel::new();
    let letters = one(&mut kernel, "live", 1, BREAK);
    let mut follower = Follower::in_file(&kernel);
    for signal in [Signal::TERM, Signal::INT] {
        let child = follower.start();
        follower.put_all(&letters);
        wait_for("an answer", || follower.answers().len() == 1);
        assert_eq!(end(child, signal), Some(0));
    }
    let mode = |name: &str| {
        let found = fs::metadata(follower.path(name)).expect("it is there");
        found.permissions().mode() & 0o777
    };
    assert_eq!((mode("follow.db"), mode("follow.db.lock")), (0o600, 0o600));
}

#[test]
fn two_do_not_share_a_file() {
    let kernel = Kernel::new();
    let follower = Follower::in_file(&kernel);
    let child = follower.start();
    let second = follower.command().arg("--once").output().expect("it runs");
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2), "{said}");
    assert!(said.contains("in use by another uapi-check"), "{said}");
    assert_eq!(end(child, Signal::TERM), Some(0));
    follower.once();
}

#[test]
fn a_mistake_in_the_configuration_is_one_line_with_its_key() {
    let mut kernel = Kernel::new();
    let mut follower = Follower::new(&kernel, "");
    for (sources, more, says) in [
        ("{name: a, maildir: {path: /, colour: red}}", "", "colour"),
        ("{name: a}", "", "sources[0]: give one of maildir"),
        (
            "{name: a, every: often, maildir: {path: /}}",
            "",
            "`often` is no time",
        ),
        (super::follower::MAILDIR, "caps: {author: 3}", "author"),
        (
            super::follower::MAILDIR,
            "lists: {x.y: {address: x@y, repository: bsd}}",
            "lists.x.y.repository",
        ),
        (
            super::follower::MAILDIR,
            "check: {rules: /nowhere}",
            "/nowhere",
        ),
    ] {
        follower.configure(&kernel, &[sources], more);
        let output = follower.command().arg("--once").output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more}{sources}: {said}");
        assert!(said.contains(says), "{more}{sources}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // The look-alike is right.
    follower.configure(&kernel, &[super::follower::MAILDIR], "");
    follower.put_all(&one(&mut kernel, "right", 1, BREAK));
    follower.once();
    assert_eq!(follower.answers().len(), 1);
}

#[test]
fn a_source_that_fails_holds_no_other_up() {
    let mut kernel = Kernel::new();
    let bad = "{name: gone, maildir: {path: /nowhere/at/all}, list: uapi-test.lists.example.org}";
    let mut follower = Follower::of(&kernel, &[bad, super::follower::MAILDIR], "");
    follower.put_all(&one(&mut kernel, "other", 1, BREAK));
    let output = follower.command().arg("--once").output().expect("it runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{log}");
    assert!(log.contains("/nowhere/at/all"), "{log}");
    assert_eq!(follower.answered(), ["other.0@example.org"]);
}

#[test]
fn a_mail_that_may_have_arrived_is_not_handed_over_again() {
    let mut kernel = Kernel::new();
    let mut follower = Follower::new(&kernel, "");
    let (program, calls) = (follower.path("sendmail"), follower.path("calls"));
    // It takes the mail, and does not come back to say so while this process lives.
    let script = format!(
        "#!/bin/sh\ncat > /dev/null\necho called >> '{}'\nsleep 5\n",
        calls.display()
    );
    fs::write(&program, script).expect("it is ours");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    // Short, for on a server the end of a lease alone tells that a process is gone.
    let more = format!(
        "lease: 1s\ndelivery: {{by: sendmail, command: {}}}",
        program.display()
    );
    follower.configure(&kernel, &[super::follower::MAILDIR], &more);
    follower.put_all(&one(&mut kernel, "sent", 1, BREAK));
    let called = || {
        fs::read_to_string(&calls)
            .unwrap_or_default()
            .lines()
            .count()
    };
    let mut child = follower.start();
    wait_for("the call", || called() == 1);
    child.kill().expect("it runs");
    child.wait().expect("it is ours");
    let mut log = String::new();
    wait_for("what is told of the mail", || {
        log = follower.once();
        log.contains("it may have arrived or not: mail uapi.")
    });
    assert!(log.contains("0 judged, 0 sent"), "{log}");
    assert_eq!(called(), 1);
    // The next one is handed over.
    follower.put_all(&one(&mut kernel, "next", 1, super::WORSE));
    let log = follower.once();
    assert!(log.contains("1 judged, 1 sent"), "{log}");
    assert_eq!(called(), 2);
}

#[test]
fn new_commits_of_a_branch_are_judged_and_told() {
    let mut kernel = Kernel::new();
    let mut follower = Follower::new(&kernel, "");
    let start = kernel
        .0
        .commit("driver: begin", &[("drivers/net/demo.c", "int z;\n")]);
    let bad = kernel
        .0
        .commit("stats: count more", &[(super::STATS, &super::stats(BREAK))]);
    let good = kernel
        .0
        .commit("driver: work", &[("drivers/net/demo.c", "int a;\n")]);
    kernel.0.branch_named("topic", &start);
    let source = format!(
        "{{name: git, branches: {{place: '{}', directory: '{}', names: [topic]}}}}",
        kernel.0.repository.path().display(),
        follower.path("branches").display()
    );
    follower.configure(&kernel, &[&source], "");
    let log = follower.once();
    assert!(log.contains("0 judged"), "{log}");
    kernel.0.branch_named("topic", &bad);
    let log = follower.once();
    assert!(
        log.contains("refs/heads/topic") && log.contains("breaks programs: 1 break"),
        "{log}"
    );
    kernel.0.branch_named("topic", &good);
    let log = follower.once();
    assert!(
        log.contains("1 judged") && !log.contains("breaks programs"),
        "{log}"
    );
    assert!(follower.once().contains("0 judged"));
}
