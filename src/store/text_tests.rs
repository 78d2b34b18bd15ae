//! Names stay what they are while they are usual; what no index takes is cut, and still told apart.

use super::*;

#[test]
fn usual_names_stay_and_hostile_ones_are_tamed() {
    for usual in ["", "20261116.demo@example.org", "pull octo/linux#12"] {
        assert_eq!(key(usual), usual);
    }
    assert_eq!(key("a\0b"), "a\u{1a}b");
    let (one, other) = ("ä".repeat(5_000), format!("{}b", "ä".repeat(5_000)));
    assert!(key(&one).len() <= KEY && key(&one) != key(&other));
    assert_eq!(start("äb", 1), "");
    assert_eq!(start("ab", 5), "ab");
}

#[test]
fn a_pattern_means_what_was_typed() {
    assert_eq!(anywhere("a"), "%a%");
    assert_eq!(anywhere(r"50%_\"), r"%50\%\_\\%");
}
