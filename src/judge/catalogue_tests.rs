//! Loading rules: what is refused, where the error points, how one list is laid over another.

use super::*;

const GENERAL: &str = include_str!("../../rules/general.yaml");

/// A rule with the given extra lines; `id` on line 1, `title` on 2, and so on down to `since` on 6.
fn entry(id: &str, extra: &str) -> String {
    format!(
        "- id: {id}\n  title: t\n  why: w\n  message: m\n  verdict: ok\n  since: \"0.1\"\n{extra}"
    )
}

fn load(text: &str) -> Result<Catalogue, RuleError> {
    let texts = [("general.yaml", GENERAL), ("x.yaml", text)];
    let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
    Catalogue::load(texts.to_vec(), None)
}

fn refusal(text: &str) -> RuleError {
    load(text).unwrap_err()
}

fn ids(catalogue: &Catalogue, kind: Kind) -> Vec<&str> {
    catalogue
        .of_kind(kind)
        .map(|(rule, _)| rule.id.as_str())
        .collect()
}

#[test]
fn the_rules_of_this_version_are_right() {
    let catalogue = Catalogue::embedded().unwrap_or_else(|error| panic!("{error}"));
    assert!(catalogue.rules().len() > 3);
    for rule in catalogue.rules() {
        let words = [&rule.title, &rule.why, &rule.message];
        assert!(
            words.iter().all(|text| !text.trim().is_empty()),
            "{}",
            rule.id
        );
        assert_eq!(rule.since, "0.1", "{}", rule.id);
    }
}

/// An unquoted ` #` begins a comment in YAML and takes the rest of a sentence away.
#[test]
fn no_sentence_of_a_rule_ends_early() {
    let catalogue = Catalogue::embedded().unwrap();
    for rule in catalogue.rules() {
        assert!(rule.why.ends_with('.'), "{}: {}", rule.id, rule.why);
        let evidence = rule.evidence.as_deref().unwrap_or("none.");
        assert!(evidence.ends_with(['.', '?']), "{}: {evidence}", rule.id);
    }
}

#[test]
fn every_difference_has_a_rule_that_always_matches() {
    let catalogue = Catalogue::embedded().unwrap();
    for spec in crate::diff::KINDS.iter().filter(|spec| !spec.observation) {
        let last = catalogue.of_kind(spec.kind).last();
        let unconditional = last.is_some_and(|(rule, _)| rule.condition.is_none());
        assert!(unconditional, "no general rule for {}", spec.name);
    }
}

#[test]
fn every_condition_can_be_evaluated() {
    let catalogue = Catalogue::embedded().unwrap();
    for spec in crate::diff::KINDS {
        let change = crate::diff::Change::new(spec.kind, "struct foo", "linux/foo.h");
        for (rule, compiled) in catalogue.of_kind(spec.kind) {
            let condition = compiled.condition.as_ref();
            let outcome = condition.map_or(Ok(true), |condition| condition.holds(&change));
            assert!(outcome.is_ok(), "{}: {outcome:?}", rule.id);
            assert!(!compiled.message.render(&change).is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn errors_point_at_the_line() {
    let good = entry("fine", "  on: record-added\n");
    for (extra, line, says) in [
        (
            "  on: record-adde\n",
            15,
            "unknown kind of change `record-adde`",
        ),
        (
            "  on: record-added\n  if: after.sise == 1\n",
            16,
            "`after.sise`",
        ),
        ("  on: record-added\n  if: 'after.size =='\n", 16, "if:"),
        (
            "  on: record-added\n  witness: '{before.size}'\n",
            16,
            "`before.size`",
        ),
        (
            "  on: record-added\n  witness: a\n  no_witness: b\n",
            17,
            "there is a witness",
        ),
        ("  on: record-added\n  breaks: both\n", 16, "nobody is hurt"),
        ("  on: record-added\n  iff: x\n", 16, "unknown field `iff`"),
        ("  on: \"*\"\n  if: everywhere\n", 16, "no condition"),
    ] {
        let error = refusal(&format!("{good}\n{}", entry("other", extra)));
        assert_eq!(
            (error.file.as_str(), error.line),
            ("x.yaml", line),
            "{error}"
        );
        assert!(error.to_string().starts_with("x.yaml:"), "{error}");
        assert!(error.problem.contains(says), "{error}");
    }
}

#[test]
fn verdicts_need_what_goes_with_them() {
    let with = |verdict: &str, extra: &str| {
        let text = entry("a", &format!("  on: record-added\n{extra}"));
        refusal_or_nothing(&text.replace("verdict: ok", &format!("verdict: {verdict}")))
    };
    assert!(with("break", "  breaks: both\n").contains("witness"));
    assert!(with("break", "  no_witness: x\n").contains("breaks"));
    assert!(with("review", "  breaks: source\n").contains("evidence"));
    assert_eq!(with("review", "  breaks: source\n  evidence: e\n"), "");
    assert_eq!(with("break", "  breaks: source\n  witness: e\n"), "");
    assert_eq!(with("lint", ""), "");
    assert!(with("maybe", "").contains("verdict"));
}

fn refusal_or_nothing(text: &str) -> String {
    load(text)
        .err()
        .map_or(String::new(), |error| error.problem)
}

#[test]
fn ids_are_kebab_case_and_unique() {
    for id in ["Foo", "a_b", "a--b", "-a", "a-", "'1a'", "''", "ä"] {
        let error = refusal(&entry(id, "  on: record-added\n"));
        assert_eq!(error.line, 1, "{error}");
    }
    let twice =
        entry("a", "  on: record-added\n  if: everywhere\n") + &entry("a", "  on: record-grown\n");
    let error = refusal(&twice);
    assert_eq!(error.line, 9);
    assert!(error.problem.contains("x.yaml:1"), "{error}");
    let former =
        entry("b", "  on: record-added\n  was: [a]\n") + &entry("a", "  on: record-grown\n");
    assert!(refusal(&former).problem.contains("`a`"));
}

#[test]
fn a_rule_that_nothing_reaches_is_refused() {
    let general = entry("general", "  on: record-added\n");
    let special = entry("special", "  on: record-added\n  if: everywhere\n");
    let error = refusal(&(general.clone() + &special));
    assert_eq!(error.line, 14);
    assert!(error.problem.contains("`general`"), "{error}");
    assert!(load(&(special + &general)).is_ok());
}

#[test]
fn retired_rules_do_not_match_and_keep_their_id() {
    let text = entry("gone", "  on: record-added\n  status: retired\n")
        + &entry("now", "  on: record-added\n");
    let catalogue = load(&text).unwrap();
    assert_eq!(ids(&catalogue, Kind::RecordAdded), ["now"]);
    assert!(catalogue.rule("gone").is_some());
}

#[test]
fn other_rules_replace_in_place_or_come_first() {
    let special = entry("special", "  on: record-added\n  if: everywhere\n");
    let base = load(&(special + &entry("general", "  on: record-added\n"))).unwrap();
    let general = entry("general", "  on: record-added\n").replace("title: t", "title: ours");
    let texts = entry("site", "  on: record-added\n  if: header == 'a.h'\n") + &general;
    let laid = Catalogue::load(vec![("site.yaml".into(), texts)], Some(base)).unwrap();
    assert_eq!(
        ids(&laid, Kind::RecordAdded),
        ["site", "special", "general"]
    );
    assert_eq!(laid.rule("general").unwrap().title, "ours");
}

#[test]
fn general_entries_are_required() {
    let error = Catalogue::load(vec![("x.yaml".into(), "[]".into())], None).unwrap_err();
    assert!(error.problem.contains("unjudged-change"), "{error}");
}

#[test]
fn hostile_texts_are_errors() {
    for text in [
        "{",
        "- 1",
        "- id: [a",
        "\u{0}",
        "- &a [*a]",
        "- id: a\n  id: b",
        "a: b",
    ] {
        assert!(load(text).is_err(), "{text:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(load(&deep).is_err());
}

#[test]
fn the_rules_of_this_version_are_counted_without_reading_them() {
    let catalogue = Catalogue::embedded().unwrap();
    let counted = catalogue.count();
    assert_eq!(counted, catalogue.rules().len());
    assert_eq!(counted, catalogue.count());
}
