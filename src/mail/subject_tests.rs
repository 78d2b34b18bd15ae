//! Subjects that b4 reads otherwise, or not at all; the rest is held against b4 in the suite.

use super::*;

#[test]
fn commas_part_words_too() {
    // As Patchwork has it.
    let subject = Subject::read("[PATCH,v2,net-next,3/4] a");
    assert_eq!((subject.revision, subject.counter), (Some(2), Some((3, 4))));
    assert_eq!(
        (subject.tags, subject.title),
        (vec!["net-next".to_owned()], "a".to_owned())
    );
}

#[test]
fn hostile_subjects_are_read_to_their_end() {
    for text in [
        "[",
        "]",
        "[[[[",
        "[]",
        "[] []",
        "[PATCH",
        "[PATCH v99999999999999999999 99999/99999] a",
        "[\u{1f600}] \u{1f600}",
        "[v]",
        "[/]",
        "[1/]",
        ":",
        "\u{e4}\u{e4}:[",
    ] {
        let subject = Subject::read(text);
        assert_eq!((subject.revision(), subject.counter), (1, None), "{text}");
    }
    let long = "[".repeat(4000) + &"]".repeat(4000);
    assert_eq!(Subject::read(&long).title, "");
}
