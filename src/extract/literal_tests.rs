//! Texts and the literals in them; values and types are those of C.

use super::*;
use crate::extract::lexical;

fn told(text: &str) -> Vec<(String, u32, bool)> {
    let literals = of(&lexical::scan(text.as_bytes()), |_| true).into_iter();
    literals
        .map(|it| (it.name, it.value, it.unsigned))
        .collect()
}

fn value(body: &str) -> Option<(u32, bool)> {
    let found = told(&format!("#define A {body}\n"));
    found
        .first()
        .map(|(_, value, unsigned)| (*value, *unsigned))
}

#[test]
fn numbers_are_told_and_what_may_be_something_else_is_not() {
    for (body, number, unsigned) in [
        ("0", 0, false),
        ("12", 12, false),
        ("(12)", 12, false),
        ("010", 8, false),
        ("0x7fffffff", 0x7fff_ffff, false),
        ("0XfFu", 255, true),
        ("0xffffffffU", u32::MAX, true),
        ("(1 << 30)", 1 << 30, false),
        ("(1U << 31)", 1 << 31, true),
        ("1 << 0", 1, false),
    ] {
        assert_eq!(value(body), Some((number, unsigned)), "{body}");
    }
    for body in [
        "",
        "-1",
        "(-1)",
        "09",
        "0b1",
        "1L",
        "1UL",
        "1ull",
        "0xffffffff",
        "2147483648",
        "1 << 31",
        "1 << 32",
        "1U << 32",
        "2U << 31",
        "1 << -1",
        "1 + 1",
        "((1))",
        "B",
        "1.0",
        "1e3",
        "'a'",
        "4294967296",
        "0x",
        "u",
        "+1",
        "1 1",
        "1 << (1)",
    ] {
        assert_eq!(value(body), None, "{body}");
    }
}

#[test]
fn only_what_is_defined_once_and_whatever_the_conditionals_say() {
    let names = |text: &str| -> Vec<String> { told(text).into_iter().map(|it| it.0).collect() };
    let guarded = "#ifndef G\n#define G\n#define A 1\n#endif\n";
    assert_eq!(names(guarded), ["A"]);
    assert_eq!(
        names("#define A 1\n#define B 2\n#undef A\n#define C(x) 3\n#define D 4\n#define D 4\n"),
        ["B"]
    );
    assert_eq!(names("#define A 1\n#ifdef X\n#define B 1\n#endif\n"), ["A"]);
    let otherwise = "#ifndef G\n#define G\n#define A 1\n#else\n#define B 1\n#endif\n";
    assert_eq!(names(otherwise), [""; 0]);
    let scan = lexical::scan(b"#define A 1\n#define B 2\n");
    let found = of(&scan, |name| name != "A");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].condition(), "B == 2");
}
