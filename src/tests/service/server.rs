//! Several followers with one PostgreSQL: one asks the sources, all work, and nothing is lost or done twice, whoever
//! dies and however often the database restarts.

use super::ends::{end, wait_for};
use super::follower::{MAILDIR, sent_by, stats};
use super::{BREAK, Follower, Kernel, STATS, one};
use crate::support::postgres::{self, Cluster};
use rustix::process::Signal;
use std::collections::BTreeSet;

/// Short, so that a test does not wait long for what a process that was killed had.
const LEASE: &str = "lease: 1s";

fn expected(salts: &[String]) -> BTreeSet<String> {
    let names = salts.iter().map(|salt| format!("{salt}.0@example.org"));
    names.collect()
}

fn answered(follower: &Follower) -> BTreeSet<String> {
    follower.answered().into_iter().collect()
}

/// How many entries of the outbox are not where they should be in the end.
fn unsent(cluster: &Cluster, database: &str) -> String {
    cluster.sql(
        database,
        "SELECT COUNT(*) FROM outbox WHERE state <> 'sent'",
    )
}

#[test]
fn two_share_a_server_and_one_goes_on_where_the_other_died() {
    let mut kernel = Kernel::new();
    let (cluster, database) = (postgres::shared(), postgres::shared().database());
    let mut follower = Follower::on(&database, &kernel, &[MAILDIR], LEASE);
    let first = follower.start();
    let second = follower.start();
    let mut salts = Vec::new();
    for (round, mut killed) in [first, second].into_iter().enumerate() {
        let fields = format!("__u32 n{round};\n__u32 a;\n__u32 b;");
        for at in 0..3 {
            let salt = format!("r{round}s{at}");
            // Each from somebody else: one author is not written to that often.
            let mut letters = one(&mut kernel, &salt, 1, &fields);
            let sender = format!("From: T <t{salt}@example.org>");
            for mail in &mut letters.0 {
                *mail = sent_by(mail, &sender);
            }
            follower.put_all(&letters);
            salts.push(salt);
        }
        wait_for("the answers", || answered(&follower) == expected(&salts));
        match round {
            0 => {
                killed.kill().expect("it runs");
                killed.wait().expect("it is ours");
            }
            _ => assert_eq!(end(killed, Signal::TERM), Some(0)),
        }
    }
    // Who was killed between sending and noting it left that to be asked for again.
    follower.once();
    wait_for("the outbox", || {
        follower.once();
        unsent(cluster, &database) == "0"
    });
    assert_eq!(follower.answers().len(), 6);
    let rows = cluster.sql(
        &database,
        "SELECT COUNT(*), COUNT(DISTINCT subject) FROM runs",
    );
    assert_eq!(rows, "6|6");
}

#[test]
fn a_database_that_restarts_ends_nothing() {
    let mut kernel = Kernel::new();
    let cluster = Cluster::start();
    let database = cluster.database();
    let mut follower = Follower::on(&database, &kernel, &[MAILDIR], LEASE);
    let child = follower.start();
    let mut salts = Vec::new();
    for round in 0..3 {
        let fields = format!("__u32 n{round};\n__u32 a;\n__u32 b;");
        let salt = format!("restart{round}");
        follower.put_all(&one(&mut kernel, &salt, 1, &fields));
        salts.push(salt);
        cluster.restart();
        wait_for("the answer", || answered(&follower) == expected(&salts));
    }
    assert_eq!(end(child, Signal::TERM), Some(0));
    follower.once();
    assert_eq!(follower.answers().len(), 3);
}

#[test]
fn killed_again_and_again_with_a_server_nothing_is_lost_or_doubled() {
    let mut kernel = Kernel::new();
    let (cluster, database) = (postgres::shared(), postgres::shared().database());
    let mut follower = Follower::on(&database, &kernel, &[MAILDIR], LEASE);
    let mut expected = BTreeSet::new();
    for at in 0..30_u64 {
        let mut child = follower.start();
        if at % 3 == 0 {
            let text = stats(&format!("__u32 n{at};\n{BREAK}"));
            let salt = format!("kill{at}");
            let letters = kernel.letters(&salt, 1, &[("stats: count more", STATS, &text)]);
            let sender = format!("From: T <t{at}@example.org>");
            let mails = letters.0.iter();
            mails.for_each(|mail| follower.put(&sent_by(mail, &sender)));
            expected.insert(format!("{salt}.0@example.org"));
        }
        std::thread::sleep(std::time::Duration::from_millis(at * 37 % 400));
        child.kill().expect("it runs");
        child.wait().expect("it is ours");
    }
    let left = "SELECT (SELECT COUNT(*) FROM jobs WHERE due IS NOT NULL) \
                + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending'))";
    wait_for("the end", || {
        follower.once();
        cluster.sql(&database, left) == "0"
    });
    assert_eq!(answered(&follower), expected);
    assert_eq!(follower.answers().len(), expected.len());
    assert_eq!(unsent(cluster, &database), "0");
    let doubled =
        "SELECT COUNT(*) FROM (SELECT slot FROM outbox GROUP BY slot HAVING COUNT(*) > 1) AS d";
    assert_eq!(cluster.sql(&database, doubled), "0");
}

#[test]
fn a_server_that_is_not_there_is_one_clear_line() {
    let kernel = Kernel::new();
    let database = postgres::shared().database().replace("///t", "///nowhere");
    for (database, says) in [
        (database.as_str(), "make it first"),
        ("postgres://u:secret@localhost/x", "database_password"),
    ] {
        let follower = Follower::on(database, &kernel, &[MAILDIR], "");
        let output = follower.command().arg("--once").output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says) && !said.contains("secret"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
