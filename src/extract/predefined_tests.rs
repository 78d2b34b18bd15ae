//! Which of the compiler's own macros a text names, and which it may come to name.

use super::*;

fn own(name: &str, alone: &str) -> Macro {
    Macro {
        name: name.to_owned(),
        alone: alone.to_owned(),
        called: format!("{alone}(1)"),
    }
}

fn known() -> Predefined {
    let suffix = Macro {
        name: "__MADE_C".to_owned(),
        alone: "__MADE_C".to_owned(),
        called: "1L".to_owned(),
    };
    Predefined::new(&[
        own("__x86_64__", "1"),
        own("__x86_64", "1"),
        own("__GNUC__", "4"),
        own("__GNUC_MINOR__", "2"),
        own("linux", "1"),
        suffix,
    ])
}

/// The names that a unit of one text is given.
fn given(text: &str) -> Option<Vec<String>> {
    let known = known();
    let lines = known.lines(known.spelled(&Words::of(text.as_bytes())))?;
    let name = |line: &str| line.split(' ').nth(1).map(str::to_owned);
    Some(lines.lines().filter_map(name).collect())
}

#[test]
fn a_unit_is_given_what_it_spells_and_what_has_no_underscore() {
    assert_eq!(given("int x86_64__;").unwrap(), ["linux"]);
    let spelled = given("#if defined(__x86_64__) // and __GNUC__?\n#endif\n");
    assert_eq!(spelled.unwrap(), ["__GNUC__", "__x86_64__", "linux"]);
    assert_eq!(given("int a__GNUC__, __GNUC__a;").unwrap(), ["linux"]);
}

#[test]
fn what_can_be_pasted_together_is_given_too() {
    let pasted = given("#define A(b) __x86 ## b\n");
    assert_eq!(pasted.unwrap(), ["__x86_64", "__x86_64__", "linux"]);
    assert_eq!(given("#define A(b) __x86 + b\n").unwrap(), ["linux"]);
    let minor = given("#define A(b) __GNUC_MINOR ## b\n");
    assert_eq!(minor.unwrap(), ["__GNUC_MINOR__", "linux"]);
}

#[test]
fn a_name_that_is_written_in_pieces_may_be_any() {
    for hidden in [
        "#ifdef __GN\\\nUC__\n#endif\n",
        "#ifdef __GN\\ \t\nUC__\n#endif\n",
        "#ifdef __GN\\\n\\\nUC__\n#endif\n",
        "#ifdef _\\u005fGNUC__\n#endif\n",
        "%:ifdef A\n",
        "#ifdef A??/\nB\n",
    ] {
        assert_eq!(given(hidden), None, "{hidden}");
    }
    for plain in ["#define A \\\n\t1\n", "\"a\\n\"", "#define A(b) (b)\\\n\n"] {
        assert_eq!(given(plain).unwrap(), ["linux"], "{plain}");
    }
}

#[test]
fn what_no_line_defines_is_left_to_the_compiler() {
    assert_eq!(given("long a = __MADE_C(1);"), None);
    assert_eq!(given("long a = __MADE_CC(1);").unwrap(), ["linux"]);
}
