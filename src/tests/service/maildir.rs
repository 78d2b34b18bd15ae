//! What becomes of series in a maildir: who is answered, and who is not.

use super::follower::{Kernel, STATS, stats};
use super::{Follower, Letters};

const BREAK: &str = "__u32 n;\n__u32 a;\n__u32 b;";

/// A series of one patch that breaks programs.
fn breaking(kernel: &mut Kernel, salt: &str, version: u32) -> Letters {
    let text = stats(BREAK);
    kernel.letters(salt, version, &[("stats: count more", STATS, &text)])
}

fn answered(follower: &Follower) -> Vec<String> {
    let answers = follower.answers().into_iter();
    answers.map(|(to, _)| to).collect()
}

#[test]
fn a_break_is_answered_and_a_look_alike_is_not() {
    let mut kernel = Kernel::new();
    let letters = breaking(&mut kernel, "bad", 1);
    let driver = kernel.letters(
        "fine",
        1,
        &[("driver: work", "drivers/net/demo.c", "int a;\n")],
    );
    let mut follower = Follower::new(&kernel, "");
    follower.put_all(&letters);
    follower.put_all(&driver);
    let log = follower.once();
    assert_eq!(answered(&follower), ["bad.0@example.org"], "{log}");
    assert!(log.contains("2 judged"), "{log}");
    // Nothing comes of asking again.
    let log = follower.once();
    assert!(log.contains("0 new mails, 0 judged, 0 sent"), "{log}");
    assert_eq!(answered(&follower).len(), 1);
}
