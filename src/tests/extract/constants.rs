//! Macros and enumerators: values, and what request codes say.

use super::*;

#[test]
fn values_keep_sign_width_and_type() {
    let surface = read(
        "#define A 0x80000000\n#define B -1\n#define C (1UL << 63)\n#define D 'x'\n\
         #define E 0x80000000LL\n#define F (~0ULL)\n#define G ((char)-3)\n",
    );
    let found: Vec<_> = surface
        .constants
        .iter()
        .map(|constant| (value(&surface, &constant.name), constant.c_type.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (0x8000_0000, "unsigned int"),
            (-1, "int"),
            (1 << 63, "unsigned long"),
            (120, "int"),
            (0x8000_0000, "long long"),
            (u64::MAX.into(), "unsigned long long"),
            (-3, "char"),
        ]
    );
}

#[test]
fn a_macro_in_error_has_no_value_and_its_neighbours_do() {
    let surface = read(
        "#define A BIT(3)\n#define B BIT(4)\n#define C struct foo\n#define D sizeof(struct fwd)\n\
         #define E x.y\n#define F 7\n#define G 1.5\n#define H\n#define I \"a\" \"b\"\n#define J I\n",
    );
    assert_eq!(refusal(&surface, "A"), "undeclared: BIT");
    assert_eq!(refusal(&surface, "B"), "undeclared: BIT");
    assert_eq!(refusal(&surface, "C"), "type");
    assert_eq!(refusal(&surface, "D"), "incomplete type");
    assert_eq!(refusal(&surface, "E"), "undeclared: x");
    assert_eq!(value(&surface, "F"), 7);
    assert_eq!(refusal(&surface, "G"), "no integer");
    assert_eq!(constant(&surface, "H").value, ConstantValue::Empty);
    let text = ConstantValue::Text("ab".to_owned());
    assert_eq!(constant(&surface, "I").value, text);
    assert_eq!(constant(&surface, "J").value, text);
}

#[test]
fn a_shift_that_goes_too_far_has_no_value() {
    let header = "#define FAR (1UL << 32)\n#define NEAR (1UL << 31)\n#define TO(x) (1UL << (x))\n\
                  #define BACK (1 << -1)\n#define SIGN (1 << 31)\n#define VIA TO(40)\n";
    let wide = read(header);
    assert_eq!(value(&wide, "FAR"), 1 << 32);
    assert_eq!(value(&wide, "VIA"), 1 << 40);
    let narrow = surface(&extractor(), request("x32", &[(HEADER, header)]));
    assert_eq!(refusal(&narrow, "FAR"), "shifted too far");
    assert_eq!(refusal(&narrow, "VIA"), "shifted too far");
    assert_eq!(refusal(&narrow, "BACK"), "shifted too far");
    assert_eq!(value(&narrow, "NEAR"), 1 << 31);
    // Signed, and every compiler gives it this value.
    assert_eq!(value(&narrow, "SIGN"), -(1 << 31));
}

#[test]
fn macros_that_open_something_do_not_swallow_the_others() {
    let surface = read(
        "#define OPEN (\n#define HALF {\n#define VIA OPEN 1\n#define INDIRECT HALF\n#define LAST 5\n",
    );
    assert_eq!(refusal(&surface, "OPEN"), "no expression");
    assert_eq!(surface.constants.len(), 5);
    assert_eq!(value(&surface, "LAST"), 5);
}

#[test]
fn only_the_definition_in_force_counts() {
    let header = "#include <linux/other.h>\n#ifdef __x86_64__\n#define A 1\n#else\n#define A 2\n#endif\n\
                  #define B 1\n#undef B\n#define C 1\n#undef C\n#define C 3\n\
                  #ifndef D\n#define D 4\n#endif\n";
    let texts = [(HEADER, header), ("linux/other.h", "#define D 9\n")];
    let wide = surface(&extractor(), request("x86_64", &texts));
    assert_eq!((value(&wide, "A"), constant(&wide, "A").line), (1, 3));
    assert_eq!(value(&wide, "C"), 3);
    let names: Vec<_> = wide.constants.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        ["A", "C"],
        "B is taken back and D is the other header's"
    );
    let narrow = surface(&extractor(), request("arm", &texts));
    assert_eq!((value(&narrow, "A"), constant(&narrow, "A").line), (2, 5));
    assert_eq!(narrow.closure, ["linux/other.h"]);
}

#[test]
fn enumerators_have_values_and_what_was_written() {
    let surface = read("enum e { A, B = 1 << 4, /* x */ C, D = -1 };\nenum u { U = 0xffffffff };");
    let found = &surface.enumerations[0];
    assert!(found.signed);
    let values: Vec<_> = found
        .enumerators
        .iter()
        .map(|it| (it.value, it.written.as_str()))
        .collect();
    assert_eq!(values, [(0, ""), (16, "1 << 4"), (17, ""), (-1, "- 1")]);
    let found = &surface.enumerations[1];
    assert_eq!(
        (found.signed, found.enumerators[0].value),
        (false, 0xffff_ffff)
    );
}

#[test]
fn a_size_borrows_a_bit_of_the_direction_on_sparc_only() {
    let sizes = |target: &str, more: &str| {
        let header = format!(
            "#include <linux/ioctl.h>\n{more}#define LARGE _IOR('a', 1, char[9000])\n\
             #define NONE _IO('a', 2)\n"
        );
        let surface = surface(&extractor(), request(target, &[(HEADER, &header)]));
        ["LARGE", "NONE"].map(|name| {
            let code = constant(&surface, name).request.clone();
            let code = code.expect("a request code");
            (code.direction, code.size)
        })
    };
    let none = (Direction::None, 0);
    let mask = "#define _IOC_XSIZEMASK 0x3fff\n";
    assert_eq!(sizes("sparc64", mask), [(Direction::Read, 9000), none]);
    assert_eq!(
        sizes("mipsel", ""),
        [(Direction::Read, 9000 - (1 << 13)), none]
    );
}

#[test]
fn request_codes_are_taken_apart_on_every_layout_of_bits() {
    let header = "#include <linux/ioctl.h>\nstruct arg { int a[3]; };\ntypedef struct arg arg_t;\n\
                  #define WRAP(n, t) _IOWR('w', n, t)\n#define NONE _IO('a', 1)\n\
                  #define IN _IOW('a', 2, struct arg)\n#define OUT _IOR('a', 3, arg_t)\n\
                  #define BOTH WRAP(4, char[7])\n#define RAW _IOC(_IOC_READ, 'a', 5, sizeof(int))\n\
                  #define PLAIN 0x1234\n#define CALL (WRAP2(1))\n#define WRAP2(x) ((x) << 8)\n";
    for name in ["x86_64", "powerpc64le", "mipsel", "sparc64"] {
        let surface = surface(&extractor(), request(name, &[(HEADER, header)]));
        let code = |name| constant(&surface, name).request.clone();
        let bare = code("NONE").expect("a request code");
        assert_eq!(
            (bare.direction, bare.number, bare.size),
            (Direction::None, 1, 0),
            "{name}"
        );
        let code_in = code("IN").expect("a request code");
        assert_eq!(
            (code_in.direction, code_in.size, code_in.type_code),
            (Direction::Write, 12, b'a')
        );
        let argument = code_in.argument.expect("an argument");
        assert_eq!(
            (argument.spelling.as_str(), argument.holds.as_str()),
            ("struct arg", "struct arg")
        );
        let argument = code("OUT").and_then(|it| it.argument).expect("an argument");
        assert_eq!(argument.spelling, "arg_t");
        assert_eq!(
            (argument.canonical.as_str(), argument.typedefs),
            ("struct arg", vec!["arg_t".to_owned()])
        );
        let both = code("BOTH").expect("a request code");
        assert_eq!(
            (both.direction, both.size, both.type_code),
            (Direction::ReadWrite, 7, b'w')
        );
        assert_eq!(
            both.argument.map(|it| it.spelling).as_deref(),
            Some("char [7]")
        );
        let raw = code("RAW").expect("a request code");
        assert_eq!((raw.direction, raw.argument), (Direction::Read, None));
        assert_eq!((code("PLAIN"), code("CALL")), (None, None));
    }
}

#[test]
fn function_like_macros_are_probed() {
    let surface = read(
        "#define SUM(a, b) ((a) + (b))\n#define TYPE(t) t x\n#define NOARG() 4\n\
         static inline int twice(int a) { return /* two */ 2 * a; }\nint proto(void);\nextern int var;\n",
    );
    let probes: Vec<_> = surface.macros.iter().map(|it| it.probes.clone()).collect();
    assert_eq!(probes[0], [Some(3), Some(8), Some(0)]);
    assert_eq!(probes[1], [None, None, None]);
    assert_eq!(probes[2], [Some(4)]);
    let bodies: Vec<_> = surface
        .functions
        .iter()
        .map(|it| it.body.as_str())
        .collect();
    assert_eq!(bodies, ["{ return 2 * a ; }", "", ""]);
    assert_eq!(surface.functions[0].signature, "int (int)");
}
