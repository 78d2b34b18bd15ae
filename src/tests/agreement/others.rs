//! Nobody else moves the gate: look-alikes, authors under other addresses, and those whom a change appoints.

use super::*;
use uapi_check::report::Conclusion;

fn added() -> String {
    demo("struct demo { __u32 a; };\nstruct fresh { __u32 b; };")
}

#[test]
fn a_look_alike_of_a_maintainer_is_nobody() {
    let mut world = World::new(&[]);
    world.series.commit("demo: add", &[(DEMO, &added())]);
    let range = world.series.range();
    let plain = world.check(&range, &[]);
    for who in [
        "Ann E. Example <eve@example.net>",
        "Ann E. Example <ann@sub.example.org>",
        "Ann E. Example <ann+uapi@example.org>",
        "Ann E. Example <\u{430}nn@example.org>",
        "Ann E. Example <ann@ex\u{430}mple.org>",
        "Ann E. Example <ann@example.org.example.net>",
        "Cid Example <cid@example.org>",
        "Zoe Example <zoe@example.org>",
    ] {
        for says in [Says::Yes, Says::No] {
            let report = world.check(&range, &[mail(who, says, About::Series)]);
            assert_eq!(report.approvals, plain.approvals, "{who}");
        }
    }
    let said = [mail("Eve <ann@OLD.example.org>", Says::Yes, About::Series)];
    assert_eq!(
        states(&world.check(&range, &said)),
        [("DEMO", State::Satisfied)]
    );
}

#[test]
fn who_wrote_it_agrees_under_no_address() {
    // Every commit here is by Fixture <fixture@example.org>.
    for author in [
        "Fixture <fixture@example.org>",
        "Fixture <fixture+uapi@example.org>",
        "Fixture <FIXTURE@mail.example.org>",
        "Fixture <fixture@private.example.net>",
    ] {
        let theirs = format!("M:\t{author}\nM:\tBob");
        let text = MAINTAINERS.replace("M:\tAnn Example <ann@old.example.org>\nM:\tBob", &theirs);
        let mailmap = "<fixture@example.org> <fixture@private.example.net>\n";
        let mut world = World::new(&[("MAINTAINERS", &text), (".mailmap", mailmap)]);
        world.series.commit("demo: add", &[(DEMO, &added())]);
        let range = world.series.range();
        let said = [mail(author, Says::Yes, About::Series)];
        assert_eq!(
            states(&world.check(&range, &said)),
            [("DEMO", State::Missing)],
            "{author}"
        );
        let said = [mail("bob@example.org", Says::Yes, About::Series)];
        assert_eq!(
            states(&world.check(&range, &said)),
            [("DEMO", State::Satisfied)]
        );
    }
    let mut world = World::new(&[]);
    let message = "demo: add\n\nCo-developed-by: Ann <ann@example.org>\n";
    world.series.commit(message, &[(DEMO, &added())]);
    let range = world.series.range();
    let said = [mail("ann@example.org", Says::Yes, About::Series)];
    assert_eq!(
        states(&world.check(&range, &said)),
        [("DEMO", State::Missing)]
    );
}

/// One change of `asm/` of two architectures is one finding, and each has its maintainers.
#[test]
fn the_maintainer_of_one_architecture_does_not_agree_for_another() {
    let section = |name: &str, who: &str| {
        format!(
            "{name}\nM:\t{who}\nS:\tMaintained\nF:\tarch/{}/\n\n",
            name.to_lowercase()
        )
    };
    let text = section("X86", "Xia X <xia@example.org>")
        + &section("ARM64", "Amy A <amy@example.org>")
        + MAINTAINERS;
    let [x86, arm64] = ["x86", "arm64"].map(|arch| format!("arch/{arch}/include/uapi/asm/odd.h"));
    let (old, new) = (
        header("ODD", "#define ODD 1"),
        header("ODD", "#define ODD 1\n#define EVEN 2"),
    );
    let files = [("MAINTAINERS", text.as_str()), (&x86, &old), (&arm64, &old)];
    let mut world = World::new(&files);
    let range = world.posted(&[(&x86, &new), (&arm64, &new)]);
    let state = |world: &World, range: &str, said: &[Approval]| -> Vec<(String, State)> {
        let targets = ["x86_64", "arm64"].map(str::to_owned);
        let request = Request {
            targets: Some(targets.to_vec()),
            ..world.request(range, said)
        };
        let report = world.check_request(&request);
        let states = states(&report).into_iter();
        states
            .map(|(section, state)| (section.to_owned(), state))
            .collect()
    };
    let xia = [mail("xia@example.org", Says::Yes, About::Series)];
    let expected = [
        ("ARM64".to_owned(), State::Missing),
        ("X86".to_owned(), State::Satisfied),
    ];
    assert_eq!(state(&world, &range, &xia), expected);
    let range = world.posted(&[(&x86, &new)]);
    assert_eq!(state(&world, &range, &xia), expected[1..]);
}

/// What a change does to the three files that say who must agree, for Eve's sake.
fn appointed() -> [(&'static str, String); 3] {
    let text = MAINTAINERS.replace(
        "M:\tAnn Example <ann@old.example.org>",
        "M:\tEve <eve@example.net>",
    );
    let settings = "approvals: {require: any-section, not-sections: [DEMO], fallback: [{paths: ['*/'], \
                    who: ['Eve <eve@example.net>']}]}\n";
    [
        ("MAINTAINERS", text),
        (
            ".mailmap",
            "Ann <ann@example.org> <eve@example.net>\n".to_owned(),
        ),
        (".uapi-check.yaml", settings.to_owned()),
    ]
}

#[test]
fn a_change_that_edits_who_must_agree_moves_nothing() {
    let mut world = World::new(&[]);
    let header = added();
    let plain = world.posted(&[(DEMO, &header)]);
    let eve = [mail("Eve <eve@example.net>", Says::Yes, About::Series)];
    let ann = [mail("Ann <ann@example.org>", Says::Yes, About::Series)];
    let expected = [&eve, &ann].map(|said| world.check(&plain, said).approvals);
    assert_eq!(
        states(&world.check(&plain, &eve)),
        [("DEMO", State::Missing)]
    );
    let appointed = appointed();
    // Any of the three files, alone and with the others.
    for chosen in 1..8 {
        let edits = appointed.iter().enumerate();
        let edits = edits.filter(|(at, _)| chosen & (1 << at) != 0);
        let edits: Vec<(&str, &str)> = edits
            .map(|(_, (path, text))| (*path, text.as_str()))
            .collect();
        let range = world.posted(&[&edits[..], &[(DEMO, &header)]].concat());
        for (said, expected) in [&eve, &ann].into_iter().zip(&expected) {
            let report = world.check(&range, said);
            assert_eq!(&report.approvals, expected, "{edits:?}");
            for (path, _) in &edits {
                let told = |note: &String| note.contains("The change edits") && note.contains(path);
                assert!(report.notes.iter().any(told), "{:?}", report.notes);
            }
        }
    }
}

#[test]
fn an_earlier_commit_of_the_series_appoints_nobody_and_is_told() {
    let mut world = World::new(&[]);
    let appointed = appointed();
    let edits: Vec<(&str, &str)> = appointed
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let alone = world.series.commit("MAINTAINERS: mine", &edits);
    let told = |report: &Report| {
        report
            .notes
            .iter()
            .any(|note| note.contains("The change edits MAINTAINERS"))
    };
    // It touches no header, and is told all the same: what comes next is judged by it.
    let report = world.check(&alone, &[]);
    assert_eq!((report.conclusion, told(&report)), (Conclusion::Pass, true));
    world.series.commit("demo: add", &[(DEMO, &added())]);
    let range = world.series.range();
    let eve = [mail("Eve <eve@example.net>", Says::Yes, About::Series)];
    for report in [world.check(&range, &eve), world.per_commit(&range, &eve)] {
        assert_eq!(
            (states(&report), told(&report)),
            (vec![("DEMO", State::Missing)], true)
        );
    }
    let driver = world
        .series
        .commit("a driver", &[("drivers/a.c", "int a;\n")]);
    assert!(!told(&world.check(&driver, &[])));
}
