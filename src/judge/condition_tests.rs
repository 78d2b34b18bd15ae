//! Conditions: what is refused when a rule is loaded, and what holds.

use super::*;
use crate::diff::kinds::Part;

fn grown() -> Change {
    Change::new(Kind::RecordGrown, "struct drm_foo", "drm/foo.h")
        .with(Part::Before, "size", 8i128)
        .with(Part::After, "size", 16i128)
        .with(Part::Whole, "size_field", "argsz")
        .with(
            Part::Whole,
            "appended",
            vec!["a".to_owned(), "b".to_owned()],
        )
}

fn holds_for(text: &str, change: &Change) -> bool {
    let condition = Condition::parse(text, change.kind).unwrap();
    condition.holds(change).unwrap()
}

fn refusal(text: &str) -> String {
    Condition::parse(text, Kind::RecordGrown).unwrap_err()
}

#[test]
fn facts_and_common_words_are_seen() {
    for yes in [
        "after.size > before.size",
        "after.size - before.size == 8",
        "header.startsWith('drm/') && subject.endsWith('foo')",
        "subject.matches('^struct drm_')",
        "'a' in appended && size(appended) == 2 && appended.size() == 2",
        "appended.exists(name, name.matches('^b$'))",
        "appended.all(name, name in ['a', 'b', 'c'])",
        "size_field != '' && !versioned && !unreleased && everywhere",
        "versioned ? false : size_field == 'argsz'",
        "ioctls == []",
        "has(before.size)",
    ] {
        assert!(holds_for(yes, &grown()), "{yes}");
    }
    for no in [
        "after.size <= before.size",
        "subject.matches('^drm_') || subject.matches('_bar$')",
        "appended.exists(name, name == 'c')",
        "header in ['drm/foo', 'foo.h']",
        "restored",
    ] {
        assert!(!holds_for(no, &grown()), "{no}");
    }
}

#[test]
fn a_fact_that_the_change_leaves_out_counts_as_nothing() {
    let bare = Change::new(Kind::RecordGrown, "struct foo", "linux/foo.h");
    assert!(holds_for(
        "before.size == 0 && size_field == '' && moves == []",
        &bare
    ));
}

#[test]
fn numbers_beyond_signed_64_bits_compare_right() {
    let value = |value: i128| {
        Change::new(Kind::EnumeratorAdded, "A", "h").with(Part::After, "value", value)
    };
    assert!(holds_for(
        "after.value > 9223372036854775807",
        &value(u64::MAX.into())
    ));
    assert!(holds_for("after.value < -5", &value(i128::MIN)));
    assert!(!holds_for("after.value > 0", &value(-1)));
}

#[test]
fn every_fact_of_every_kind_can_be_read() {
    for spec in crate::diff::KINDS {
        let change = Change::new(spec.kind, "s", "h");
        for (part, facts) in [
            ("before.", spec.before),
            ("after.", spec.after),
            ("", spec.facts),
        ] {
            for fact in facts {
                let name = format!("{part}{}", fact.name);
                let nothing = match fact.of {
                    FactType::Flag => format!("!{name}"),
                    FactType::Integer => format!("{name} == 0"),
                    FactType::Text => format!("{name} == ''"),
                    FactType::List => format!("size({name}) == 0"),
                };
                assert!(holds_for(&nothing, &change), "{}: {nothing}", spec.name);
            }
        }
    }
}

#[test]
fn mistakes_are_refused_when_loading() {
    for (text, says) in [
        ("after.sise > 0", "`after.sise`"),
        ("nothing", "`nothing`"),
        ("before == after", "`before`"),
        ("subject.member == ''", "`subject.member`"),
        ("after.size", "must be a Flag"),
        ("after.size == 'x'", "`_==_`"),
        ("subject > 3", "`_>_`"),
        ("!subject", "`!_`"),
        ("subject.matches('(')", "unclosed group"),
        ("subject.matches(header)", "written out"),
        ("after.size / 0 == 1", "`_/_`"),
        ("appended[9] == 'x'", "`_[_]`"),
        ("appended.exists(n, n > 1)", "`_>_`"),
        ("{'a': 1} == {'a': 1}", "maps"),
        ("int(subject) == 1", "`int`"),
        ("@matches(subject, 0)", ""),
        ("after.size >", ""),
        ("", ""),
    ] {
        let refusal = refusal(text);
        assert!(refusal.contains(says), "{text}: {refusal}");
    }
    assert!(refusal(&"(".repeat(500)).contains("nested"));
    assert!(refusal(&"true || ".repeat(500)).contains("longer than"));
}

#[test]
fn the_deepest_condition_that_is_let_in_does_no_harm() {
    let nested = format!("{}everywhere{}", "(".repeat(8), ")".repeat(8));
    assert!(holds_for(&nested, &grown()));
    assert!(holds_for(
        &format!("0{} == 40", " + 1".repeat(40)),
        &grown()
    ));
    assert!(refusal(&format!("0{} == 500", " + 1".repeat(500))).contains("operators"));
    assert!(holds_for(
        &format!("{}everywhere", "!".repeat(2000)),
        &grown()
    ));
    assert!(holds_for(
        &format!("everywhere{}", " && everywhere".repeat(30)),
        &grown()
    ));
    let ternary = format!("{}everywhere", "versioned ? false : ".repeat(8));
    assert!(holds_for(&ternary, &grown()));
}

#[test]
fn overflow_is_an_error_and_no_panic() {
    let change = Change::new(Kind::EnumeratorAdded, "A", "h").with(Part::After, "value", i128::MAX);
    let condition = Condition::parse("after.value * 2 > 1", change.kind);
    assert!(condition.unwrap().holds(&change).is_err());
}
