//! Texts that two made-up targets must read alike, each with one that they may not.

use super::*;
use crate::extract::target;
use crate::model::{Enumeration, Enumerator};

fn model(char_is_signed: i128, own: &str) -> DataModel {
    let sign = |name: &str, value| Enumerator {
        name: name.to_owned(),
        line: 1,
        value,
        written: String::new(),
    };
    let signs = Enumeration {
        name: String::new(),
        line: 1,
        end_line: 1,
        size: 4,
        signed: true,
        enumerators: vec![sign("P_CHAR_SIGNED", char_is_signed), sign("P_SHIFT", 1)],
    };
    let macros = [("__SAME__", "1"), ("__OWN__", own)];
    let macros = macros.map(|(name, text)| (name.to_owned(), text.to_owned()));
    DataModel {
        macros: macros.into(),
        probes: HeaderSurface {
            enumerations: vec![signs],
            ..HeaderSurface::default()
        },
    }
}

fn agree(models: [DataModel; 2], texts: &[&str]) -> bool {
    let [one, other] = models;
    let targets = [&target::ALL[0], &target::ALL[3]];
    let twins = Twins::new(&[(targets[0], one), (targets[1], other)]);
    let files: Vec<SourceFile> = (0..)
        .zip(texts)
        .map(|(number, text)| SourceFile {
            path: format!("linux/{number}.h"),
            id: [number; 16],
            text: text.as_bytes().into(),
        })
        .collect();
    twins.agree(targets[1], targets[0], &twins.reader().of(&files))
}

fn alike(text: &str) -> bool {
    agree([model(1, "1"), model(0, "2")], &[text])
}

#[test]
fn a_macro_of_the_compiler_tells_two_targets_apart_where_it_is_spelled() {
    assert!(alike("#ifdef __SAME__\nstruct s { int a; };\n#endif\n"));
    assert!(alike("/* __OWN__ */ struct s { int a; };\n"));
    assert!(alike("#include <asm/types.h>\nstruct s { int __OWN; };\n"));
    for text in [
        "#ifdef __OWN__\nint a;\n#endif\n",
        "#define A __OWN__\n",
        "#if A < \\\n__OWN__\n#endif\n",
        "#include __OWN__\n",
        "struct s { int a : __builtin_clz(1); };\n",
        "int a __attribute__((mode(TI)));\n",
        "#define WIDE mode\n",
        "struct s { __int128 a; };\n",
    ] {
        assert!(!alike(text), "{text}");
    }
    assert!(alike("struct s { int mode; int target; };\n"));
    assert!(alike("#define A(x) __builtin_offsetof(struct s, x)\n"));
}

#[test]
fn a_name_that_can_be_pasted_counts_as_spelled() {
    assert!(!alike("#define A(x) __O ## x\nint a = A(WN__);\n"));
    assert!(!alike("#define A(x, y) x ## y\nint a = A(__, OWN__);\n"));
    // Without a paste, or without one of its parts, it can't be made.
    assert!(alike("int __O, WN__;\n"));
    assert!(alike("#define A(x) __O ## x\nint a = A(wn__);\n"));
    // The parts may stand in different files of a unit.
    let models = || [model(1, "1"), model(0, "2")];
    assert!(!agree(
        models(),
        &[
            "#define A(x, y) x ## y\n",
            "#define B __O\n",
            "#define C WN__\n"
        ]
    ));
    assert!(agree(
        models(),
        &["#define A(x, y) x ## y\n", "#define B __O\n", "#define C\n"]
    ));
}

#[test]
fn the_sign_of_a_character_shows_in_values_and_not_in_members() {
    for text in [
        "struct s { char a; char b[4]; char *c; unsigned char d; };\n",
        "typedef char *text_t;\n",
        "typedef struct { char a; } s_t;\n",
        "#define A (unsigned char)255\n",
        "#define A 'a'\n",
    ] {
        assert!(alike(text), "{text}");
    }
    for text in [
        "#define A (char)255\n",
        "enum { A = (char)200 };\n",
        "typedef char c_t;\nenum { A = (c_t)200 };\n",
        "typedef\nchar c_t;\n",
        "#define CHAR char\n",
        "#define TYPE(name) char name\n",
        "#define A '\\377'\n",
        "#define A 'é'\n",
    ] {
        assert!(!alike(text), "{text}");
    }
    let same = || [model(1, "1"), model(1, "2")];
    assert!(agree(same(), &["#define A (char)255\n"]));
}

#[test]
fn targets_that_lay_out_otherwise_are_no_twins() {
    let mut other = model(1, "1");
    other.probes.enumerations[0].enumerators[1].value = 0;
    assert!(!agree([model(1, "1"), other], &["int a;\n"]));
    assert!(agree([model(1, "1"), model(1, "1")], &["int a;\n"]));
    let mut fewer = model(1, "1");
    fewer.probes.enumerations[0].enumerators.pop();
    assert!(!agree([model(1, "1"), fewer], &["int a;\n"]));
}
