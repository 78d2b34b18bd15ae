//! What covers say of their base, and look-alikes of it.

use super::*;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "89abcdef0123456789abcdef0123456789abcdef";

fn read(text: &str) -> Base {
    let mut base = Base::default();
    base.read(text);
    base
}

#[test]
fn a_base_is_what_stands_at_the_beginning_of_a_line() {
    let commit = |text: &str| read(text).commit;
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        commit(&format!("a\n\nbase-commit: {COMMIT}\n")),
        some(COMMIT)
    );
    assert_eq!(
        commit("Base-Commit: v6.1 (0123456789ab)"),
        some("0123456789ab")
    );
    assert_eq!(
        commit(&format!("It is based on net-next, commit {COMMIT}.")),
        some(COMMIT)
    );
    // What is said outright stands over what is told.
    let both = format!("based on {OTHER}\nbase-commit: {COMMIT}\n");
    assert_eq!(commit(&both), some(COMMIT));
    for silent in [
        format!("> base-commit: {COMMIT}"),
        format!("> based on {COMMIT}"),
        "base-commit: 012345".to_owned(),
        "base-commit: the one before".to_owned(),
        "based on 0123456789ab".to_owned(),
        format!("based in {COMMIT}"),
        format!("prerequisite-commit: {COMMIT}"),
    ] {
        assert_eq!(read(&silent), Base::default(), "{silent}");
    }
}

#[test]
fn prerequisites_keep_their_order() {
    let base = read(&format!(
        "prerequisite-patch-id: {OTHER}\nprerequisite-patch-id: {COMMIT}\nprerequisite-patch-id: {OTHER}\n\
         prerequisite-message-id: <1@example.org>\nDepends-on: https://lore.example.org/all/2@example.org/\n\
         prerequisite-change-id: 20251117-a-0123:v3\nprerequisite-change-id: b\nchange-id: 20251118-c\n"
    ));
    assert_eq!(base.patches, [OTHER, COMMIT]);
    assert_eq!(base.messages, ["1@example.org", "2@example.org"]);
    let changes = [
        ("20251117-a-0123".to_owned(), Some(3)),
        ("b".to_owned(), None),
    ];
    assert_eq!(base.changes, changes);
    assert_eq!(base.change_id.as_deref(), Some("20251118-c"));
}

#[test]
fn the_cover_speaks_before_the_first_patch() {
    let mut base = read(&format!("base-commit: {COMMIT}\n"));
    base.read(&format!(
        "base-commit: {OTHER}\nprerequisite-patch-id: {OTHER}\n"
    ));
    assert_eq!(
        (base.commit.as_deref(), base.patches.len()),
        (Some(COMMIT), 1)
    );
}

#[test]
fn there_is_an_end_to_prerequisites() {
    let line = |number: usize| format!("prerequisite-patch-id: {number:040x}\n");
    let text: String = (0..2000).map(line).collect();
    assert_eq!(read(&text).patches.len(), LIMIT);
}
