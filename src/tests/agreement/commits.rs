//! What is said of a commit is said of what that commit makes, and of nothing else.

use super::*;
use std::collections::BTreeSet;
use uapi_check::report::Conclusion;

/// A series of two commits, each of its own header, with these messages.
fn two(messages: [&str; 2]) -> (World, [String; 2]) {
    let mut world = World::new(&[]);
    let new = demo("struct demo { __u32 a; };\nstruct fresh { __u32 b; };");
    let first = world.series.commit(messages[0], &[(DEMO, &new)]);
    let second = world
        .series
        .commit(messages[1], &[(ALONE, &alone("__u32 a; __u32 b;"))]);
    (world, [first, second])
}

/// Section, address and evidence of each word, all of which are words of its findings.
fn by(report: &Report) -> Vec<String> {
    let each = standings(report).iter().flat_map(|standing| {
        standing.by.iter().map(|given| {
            let (section, email) = (&standing.section, &given.email);
            match &given.evidence {
                Evidence::Commit(id) => format!("{section} {email} {id}"),
                other => format!("{section} {email} {other:?}"),
            }
        })
    });
    each.collect()
}

#[test]
fn trailers_are_of_what_their_commit_makes() {
    let (world, [first, second]) = two([
        "demo: add\n\nAcked-by: Ann <ann@old.example.org>\nAcked-by: Cid <cid@example.org>\n",
        "alone: add\n\nReviewed-by: Bob <bob@example.org>\nTested-by: Cid <cid@example.org>\n",
    ]);
    // Each commit alone says nothing of the other's header: Cid did not see that of alone.h.
    let expected = [format!("DEMO ann@example.org {first}")];
    let range = world.series.range();
    let report = world.check(&range, &[]);
    assert_eq!(by(&report), expected);
    let demo = &standings(&report)[1];
    assert_eq!(demo.by[0].fingerprints, demo.fingerprints);
    assert_eq!(by(&world.per_commit(&range, &[])), expected);
    assert_eq!(by(&world.check(&first, &[])), expected);
    assert!(by(&world.check(&second, &[])).is_empty());
    for report in [world.check(&range, &[]), world.per_commit(&range, &[])] {
        let missing = [("ALONE", State::Missing), ("DEMO", State::Missing)];
        assert_eq!(states(&report), missing);
    }
}

#[test]
fn a_word_on_one_commit_satisfies_what_that_commit_makes() {
    let (world, [first, second]) = two(["demo: add", "alone: add"]);
    let range = world.series.range();
    let on = |who: &str, commit: &str| mail(who, Says::Yes, About::Commit(commit.to_owned()));
    let said = [on("ann@example.org", &first), on("cid@example.org", &first)];
    for report in [world.check(&range, &said), world.per_commit(&range, &said)] {
        let half = [("ALONE", State::Missing), ("DEMO", State::Satisfied)];
        assert_eq!(states(&report), half);
        assert_eq!(report.conclusion, Conclusion::NeedsApproval);
    }
    let both = [said[0].clone(), on("cid@example.org", &second)];
    for report in [world.check(&range, &both), world.per_commit(&range, &both)] {
        let all = [("ALONE", State::Satisfied), ("DEMO", State::Satisfied)];
        assert_eq!(states(&report), all);
        assert_eq!(report.conclusion, Conclusion::Pass);
    }
    // An answer to the cover letter is one to all of it; to another commit, to none.
    let cover = |who: &str| mail(who, Says::Yes, About::Series);
    let said = [
        cover("ann@example.org"),
        on("cid@example.org", &"0".repeat(40)),
    ];
    let half = [("ALONE", State::Missing), ("DEMO", State::Satisfied)];
    assert_eq!(states(&world.check(&range, &said)), half);
    // Nobody agrees to a part of what two commits make of one struct.
    let mut world = world;
    let third = world.series.commit(
        "alone: more",
        &[(ALONE, &alone("__u32 a; __u32 b; __u32 c;"))],
    );
    let range = world.series.range();
    let said = [on("cid@example.org", &third), on("ann@example.org", &first)];
    for report in [world.check(&range, &said), world.per_commit(&range, &said)] {
        assert_eq!(states(&report), half);
    }
}

#[test]
fn two_commits_of_one_header_are_told_apart_commit_by_commit() {
    let mut world = World::new(&[]);
    let once = "struct demo { __u32 a; };\nstruct one { __u32 b; };\n";
    let message = "demo: one\n\nAcked-by: Ann <ann@example.org>\n";
    let first = world.series.commit(message, &[(DEMO, &demo(once))]);
    let twice = format!("{once}struct two {{ __u32 c; }};\n");
    let message = "demo: two\n\nAcked-by: Bob <bob@example.org>\n";
    let second = world.series.commit(message, &[(DEMO, &demo(&twice))]);
    let range = world.series.range();
    let report = world.per_commit(&range, &[]);
    let expected = [
        format!("DEMO ann@example.org {first}"),
        format!("DEMO bob@example.org {second}"),
    ];
    assert_eq!(
        by(&report).into_iter().collect::<BTreeSet<_>>(),
        expected.into()
    );
    // Without that, nobody knows which of the two made what.
    assert!(by(&world.check(&range, &[])).is_empty());
}

#[test]
fn where_the_authors_are_not_known_nobody_agrees_and_the_report_says_why() {
    let mut world = World::new(&[]);
    let new = demo("struct demo { __u32 a; };\nstruct fresh { __u32 b; };");
    world.series.commit("demo: add", &[(DEMO, &new)]);
    let line = world.series.range();
    let aside = world
        .series
        .branch(&[("a driver", &[("drivers/a.c", "int a;\n")])]);
    world.series.merge(&aside, &[]);
    let merged = world.series.range();
    let told = |report: &Report| {
        report
            .notes
            .iter()
            .any(|note| note.contains("Who wrote the change is not known"))
    };
    let known = world.check(&line, &[]);
    let said = agrees("ann@example.org", &known);
    let report = world.check(&line, &said);
    assert_eq!(
        (states(&report), told(&report)),
        (vec![("DEMO", State::Satisfied)], false)
    );
    for report in [
        world.check(&merged, &said),
        world.per_commit(&merged, &said),
    ] {
        assert_eq!(
            (states(&report), told(&report)),
            (vec![("DEMO", State::Missing)], true)
        );
        assert_eq!(standings(&report)[0].by.len(), 1, "what was said is shown");
    }
    let mut said = said;
    said.push(mail("bob@example.org", Says::No, said[0].about.clone()));
    assert_eq!(
        states(&world.check(&merged, &said)),
        [("DEMO", State::Blocked)]
    );
}

#[test]
fn a_series_is_as_long_as_its_bound() {
    let mut world = World::new(&[]);
    let new = demo("struct demo { __u32 a; };\nstruct fresh { __u32 b; };");
    world.series.commit("demo: add", &[(DEMO, &new)]);
    let said = agrees("ann@example.org", &world.check(&world.series.range(), &[]));
    let state = |world: &World| states(&world.check(&world.series.range(), &said))[0].1;
    for number in 1..64 {
        let text = format!("int a = {number};\n");
        world.series.commit("a driver", &[("drivers/a.c", &text)]);
    }
    assert_eq!(state(&world), State::Satisfied);
    world
        .series
        .commit("a driver", &[("drivers/a.c", "int b;\n")]);
    assert_eq!(state(&world), State::Missing);
}

#[test]
fn a_commit_of_a_series_can_ask_for_a_waiver() {
    let mut world = World::new(&[]);
    world
        .series
        .commit("a driver", &[("drivers/a.c", "int a;\n")]);
    let message = "demo: move\n\nUAPI-Break: struct-field-inserted struct demo: nobody used it\n";
    let moved = demo("struct demo { __u32 n; __u32 a; };");
    world.series.commit(message, &[(DEMO, &moved)]);
    let range = world.series.range();
    for check in [World::check, World::per_commit] {
        let report = check(&world, &range, &[]);
        assert_eq!(report.conclusion, Conclusion::Fail);
        let said = agrees("ann@example.org", &report);
        let report = check(&world, &range, &said);
        assert!(!report.waived.is_empty(), "{:?}", report.notes);
        assert_eq!(report.conclusion, Conclusion::Pass, "{:?}", states(&report));
        // Others than the owners don't settle it.
        let report = check(&world, &range, &agrees("zoe@example.org", &report));
        assert_eq!(report.conclusion, Conclusion::Fail);
    }
}
