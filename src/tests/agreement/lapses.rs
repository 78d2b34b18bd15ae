//! An approval binds to what was approved: it lapses when values or declarations change, and survives a
//! comment. With the fingerprints of real series and of their next versions.

use super::*;

/// A name, what a series adds, and what its next version has in that place: always of the same size, and
/// often of the same values.
const REROLLS: [(&str, &str, &str); 17] = [
    (
        "fields of a new struct",
        "struct fresh { __u32 b; __u32 c; };",
        "struct fresh { __u64 b; };",
    ),
    (
        "a name in it",
        "struct fresh { __u32 b; __u32 c; };",
        "struct fresh { __u32 b; __u32 d; };",
    ),
    (
        "their order",
        "struct fresh { __u32 b; __u32 c; };",
        "struct fresh { __u32 c; __u32 b; };",
    ),
    (
        "a sign",
        "struct fresh { __u32 b; };",
        "struct fresh { __s32 b; };",
    ),
    (
        "bits",
        "struct fresh { __u32 b:3, c:5; };",
        "struct fresh { __u32 b:5, c:3; };",
    ),
    (
        "what is at the end",
        "struct fresh { __u32 b; __u32 c[]; };",
        "struct fresh { __u32 b; __u8 c[]; };",
    ),
    (
        "a struct in it",
        "struct fresh { struct { __u16 x; __u16 y; } b; };",
        "struct fresh { struct { __u16 x; __u16 z; } b; };",
    ),
    (
        "a union",
        "union fresh { __u32 b; __s32 c; };",
        "union fresh { __u32 b; __u8 c[4]; };",
    ),
    ("a value", "#define DEMO_NEW 4", "#define DEMO_NEW 5"),
    ("a text", "#define DEMO_NEW \"a\"", "#define DEMO_NEW \"b\""),
    (
        "an enumerator",
        "enum fresh { DEMO_NEW = 4 };",
        "enum fresh { DEMO_NEW = 5 };",
    ),
    (
        "its name",
        "enum fresh { DEMO_NEW = 4 };",
        "enum fresh { DEMO_NOW = 4 };",
    ),
    (
        "a macro's body",
        "#define DEMO_NEW(x) ((x) + 1)",
        "#define DEMO_NEW(x) ((x) + 2)",
    ),
    (
        "a function's body",
        "static inline int demo_new(int x) { return x + 1; }",
        "static inline int demo_new(int x) { return x + 2; }",
    ),
    (
        "a typedef",
        "typedef __u32 demo_new;",
        "typedef __s32 demo_new;",
    ),
    (
        "a request code",
        "#include <linux/ioctl.h>\n#define DEMO_NEW _IOR('d', 1, __u32)",
        "#include <linux/ioctl.h>\n#define DEMO_NEW _IOR('d', 2, __u32)",
    ),
    (
        "its argument",
        "#include <linux/ioctl.h>\n#define DEMO_NEW _IOR('d', 1, __u32)",
        "#include <linux/ioctl.h>\n#define DEMO_NEW _IOR('d', 1, __s32)",
    ),
];

const FIRST: &str = "struct demo { __u32 a; };\n";

/// The same code, lower down and with remarks before, in and behind it.
fn commented(body: &str) -> String {
    let inside = body.replacen(' ', " /* a remark */ ", 1);
    // In a directive there is no remark before the name: that is the same to a compiler, too.
    let inside = if body.starts_with('#') {
        body.to_owned()
    } else {
        inside
    };
    format!("/* Several\n * lines of\n * explanation.\n */\n\n{inside} /* and more */\n")
}

#[test]
fn what_changed_since_is_agreed_with_anew_and_a_comment_is_no_change() {
    let mut world = World::new(&[]);
    let mut faults = Vec::new();
    for (what, first, second) in REROLLS {
        let mut post = |body: &str| world.posted(&[(DEMO, &demo(&format!("{FIRST}{body}")))]);
        let ranges =
            [first.to_owned(), commented(first), second.to_owned()].map(|body| post(&body));
        let found = world.check(&ranges[0], &[]);
        let said = agrees("Ann <ann@example.org>", &found);
        for (range, expected) in ranges.iter().zip([true, true, false]) {
            let report = world.check(range, &said);
            let [standing] = standings(&report) else {
                panic!("{what}: {report:?}");
            };
            if (standing.state == State::Satisfied) != expected {
                faults.push(format!("{what}: {:?} in {range}", standing.state));
            }
            if !expected && !standing.by.iter().any(|given| given.lapsed) {
                faults.push(format!("{what}: what lapsed is not told"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_field_that_is_appended_is_that_field() {
    let mut world = World::new(&[]);
    let mut post =
        |fields: &str| world.posted(&[(DEMO, &demo(&format!("struct demo {{ {fields} }};")))]);
    let first = post("__u32 a; __u32 b;");
    let others = [
        ("__u32 a; /* why */\n __u32 b;", State::Satisfied),
        ("__u32 a; __u32 c;", State::Missing),
        ("__u32 a; __s32 b;", State::Missing),
        ("__u32 a; __u16 b; __u16 c;", State::Missing),
    ];
    let others = others.map(|(fields, state)| (fields, post(fields), state));
    let said = agrees("ann@example.org", &world.check(&first, &[]));
    assert!(!said.is_empty());
    for (fields, range, expected) in others {
        let report = world.check(&range, &said);
        assert_eq!(states(&report), [("DEMO", expected)], "{fields}");
    }
}

#[test]
fn the_same_in_another_header_is_another_thing() {
    let mut world = World::new(&[]);
    let macros = "#define BOTH 4";
    let first = world.posted(&[(DEMO, &demo(&format!("{FIRST}{macros}")))]);
    let body = format!("struct alone {{ __u32 a; }};\n{macros}");
    let second = world.posted(&[(ALONE, &header("ALONE", &body))]);
    let both = world.posted(&[
        (DEMO, &demo(&format!("{FIRST}{macros}"))),
        (ALONE, &header("ALONE", &body)),
    ]);
    let mut said = agrees("ann@example.org", &world.check(&first, &[]));
    said.extend(agrees("cid@example.org", &world.check(&first, &[])));
    let state = |range: &str, section: &str| {
        let report = world.check(range, &said);
        let found = states(&report)
            .into_iter()
            .find(|(name, _)| *name == section);
        found.map(|(_, state)| state)
    };
    assert_eq!(state(&first, "DEMO"), Some(State::Satisfied));
    assert_eq!(state(&second, "ALONE"), Some(State::Missing));
    assert_eq!(state(&both, "ALONE"), Some(State::Missing));
    assert_eq!(state(&both, "DEMO"), Some(State::Satisfied));
}
