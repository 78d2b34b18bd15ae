//! Extraction through real worker processes: one test for each way in which a header can mislead.
//! Expected values are facts of C and of the targets' ABIs, or gcc's where one is at hand.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uapi_check::extract::{
    Compile, Compiled, ExtractError, Extractor, Languages, Options, Outcome, Request, SourceFile, target,
};
use uapi_check::model::{
    Build, Constant, ConstantValue, Direction, Flexible, HeaderSurface, Record, RecordKind,
};

const HEADER: &str = "linux/foo.h";

fn options(deadline: Duration) -> Options {
    Options {
        program: env!("CARGO_BIN_EXE_uapi-check").into(),
        jobs: 1,
        deadline,
        memory_bytes: 4 << 30,
    }
}

fn extractor() -> Extractor {
    Extractor::new(options(Duration::from_secs(60))).expect("libclang is installed")
}

fn files(texts: &[(&str, &str)]) -> Arc<Vec<SourceFile>> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        path: (*path).to_owned(),
        id: *blake3::hash(text.as_bytes())
            .as_bytes()
            .first_chunk()
            .expect("a hash has 32 bytes"),
        text: text.as_bytes().into(),
    };
    Arc::new(texts.iter().map(file).collect())
}

fn request(target: &str, texts: &[(&str, &str)]) -> Request {
    Request {
        target: target::by_name(target).expect("a known target"),
        header: texts[0].0.to_owned(),
        through: texts[0].0.to_owned(),
        files: files(texts),
        languages: Languages::Untried,
    }
}

fn outcome(extractor: &Extractor, request: Request) -> Outcome {
    let mut outcomes = extractor
        .read(vec![request], &|_, _| ())
        .expect("workers run");
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

fn surface(extractor: &Extractor, request: Request) -> HeaderSurface {
    match outcome(extractor, request) {
        Outcome::Read(surface) => surface,
        Outcome::Unread(unread) => panic!("{unread:?}"),
    }
}

fn read(text: &str) -> HeaderSurface {
    surface(&extractor(), request("x86_64", &[(HEADER, text)]))
}

fn constant<'a>(surface: &'a HeaderSurface, name: &str) -> &'a Constant {
    let found = surface
        .constants
        .iter()
        .find(|constant| constant.name == name);
    found.unwrap_or_else(|| panic!("{name} is not there: {:?}", surface.constants))
}

fn value(surface: &HeaderSurface, name: &str) -> i128 {
    match constant(surface, name).value {
        ConstantValue::Integer(value) => value,
        ref other => panic!("{name}: {other:?}"),
    }
}

fn refusal(surface: &HeaderSurface, name: &str) -> String {
    match &constant(surface, name).value {
        ConstantValue::Unevaluated(reason) => reason.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

fn record<'a>(surface: &'a HeaderSurface, name: &str) -> &'a Record {
    let found = surface.records.iter().find(|record| record.name == name);
    found.unwrap_or_else(|| panic!("{name} is not there: {:?}", surface.records))
}

/// Whether a compiler agrees with assertions about a header; `None` where it is not installed.
fn gcc_agrees(gcc: &str, header: &str, assertions: &str) -> Option<bool> {
    use std::io::Write;
    let mut child = Command::new(gcc)
        .args(["-fsyntax-only", "-std=gnu11", "-w", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let text = format!("{header}\n{assertions}\n");
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    Some(child.wait().ok()?.success())
}

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
fn a_typedef_has_the_alignment_that_stands_on_it() {
    let surface = read(
        "typedef unsigned long __attribute__((aligned(4))) low;\n\
         typedef struct { int a; } __attribute__((aligned(16))) *far_one;\n\
         struct s { int a; };\ntypedef struct s __attribute__((aligned(16))) high;\ntypedef struct s same;\n",
    );
    let aligned = |name: &str| {
        let found = surface.typedefs.iter().find(|typedef| typedef.name == name);
        found.expect("it is there").target.align
    };
    assert_eq!(
        ["low", "far_one", "high", "same"].map(aligned),
        [4, 8, 16, 4]
    );
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
fn offsets_are_those_of_the_outermost_record() {
    let text = "struct s { char a; union { struct { int b; long c; }; char d[3]; }; \
                unsigned e:3, :0, f:4; char g[]; };";
    let surface = read(text);
    let found = record(&surface, "struct s");
    let assertions = "_Static_assert(sizeof(struct s) == 32 && __builtin_offsetof(struct s, b) == 8 \
                      && __builtin_offsetof(struct s, c) == 16 && __builtin_offsetof(struct s, d) == 8 \
                      && __builtin_offsetof(struct s, g) == 29, \"\");";
    assert_ne!(gcc_agrees("gcc", text, assertions), Some(false));
    assert_eq!((found.size, found.align, found.fields.len()), (32, 8, 6));
    let union = &found.fields[1];
    assert_eq!(
        (union.name.as_str(), union.inline),
        ("", Some(RecordKind::Union))
    );
    assert_eq!(union.ty.spelling, "union {}");
    let inner = &union.fields[0];
    assert_eq!(inner.inline, Some(RecordKind::Struct));
    let offsets: Vec<_> = inner.fields.iter().map(|field| field.offset_bits).collect();
    assert_eq!(offsets, [64, 128]);
    assert_eq!(
        (found.fields[2].offset_bits, found.fields[2].size_bits),
        (192, 3)
    );
    assert_eq!(
        (found.fields[4].offset_bits, found.fields[4].size_bits),
        (224, 4)
    );
    let last = &found.fields[5];
    assert_eq!(
        (last.flexible, last.size_bits),
        (Some(Flexible::Incomplete), 0)
    );
    assert_eq!(last.offset_bits, 29 * 8);
}

#[test]
fn arrays_of_no_length_are_told_apart() {
    let surface = read(
        "struct a { int n; int t[0]; };\nstruct b { int n; int t[1]; };\n\
         struct c { union { int n; struct { struct {} e; int t[]; }; }; };",
    );
    let last = |name| {
        record(&surface, name)
            .fields
            .last()
            .and_then(|field| field.flexible)
    };
    assert_eq!(last("struct a"), Some(Flexible::Zero));
    assert_eq!(last("struct b"), None);
    let wrapped = &record(&surface, "struct c").fields[0].fields[1].fields[1];
    assert_eq!(wrapped.flexible, Some(Flexible::Incomplete));
}

#[test]
fn names_follow_the_tag_or_else_the_typedef() {
    let surface = read(
        "typedef struct { int a; } bare_t;\ntypedef struct tag { int a; } tag_t;\n\
         struct outer { struct inner { int b; } i; enum in_e { IN_A = 4 } e; bare_t t[2]; \
         struct { int z; } two[2]; };\n\
         typedef enum { BARE_A } bare_e;\nenum { NAMELESS = 1 };\n",
    );
    let names: Vec<_> = surface.records.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        ["bare_t", "struct tag", "struct outer", "struct inner"]
    );
    let names: Vec<_> = surface
        .enumerations
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["enum in_e", "bare_e", ""]);
    let fields = &record(&surface, "struct outer").fields;
    assert_eq!(fields[0].ty.holds, "struct inner");
    assert_eq!(
        (fields[2].ty.holds.as_str(), fields[2].ty.bounds.as_slice()),
        ("bare_t", &[2][..])
    );
    assert_eq!(fields[2].ty.typedefs, ["bare_t"]);
    assert_eq!(fields[2].inline, None);
    assert_eq!(fields[3].ty.spelling, "struct {} [2]");
    assert_eq!(fields[3].fields[0].name, "z");
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
fn nothing_next_to_an_error_is_believed() {
    let header = "#include <linux/bad.h>\nstruct good { int a; };\nstruct bad { struct fwd f; int a; };\n\
                  struct holds { struct bad b; };\nstruct points { struct bad *b; };\n\
                  struct far { struct far_bad b; };\n#define SIZE sizeof(struct bad)\n#define FINE 3\n\
                  enum wrong { W = MISSING };\n#define ALIAS W\n";
    let texts = [
        (HEADER, header),
        ("linux/bad.h", "struct far_bad { unknown_t x; };\n"),
    ];
    let surface = surface(&extractor(), request("x86_64", &texts));
    let names: Vec<_> = surface.records.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["struct good", "struct points"]);
    let unread: Vec<_> = surface
        .unread
        .iter()
        .map(|it| (it.item.as_str(), it.line))
        .collect();
    assert_eq!(
        unread,
        [
            ("struct bad", 3),
            ("struct holds", 4),
            ("struct far", 6),
            ("enum wrong", 9),
            ("SIZE", 7),
            ("ALIAS", 10),
        ]
    );
    assert_eq!(
        surface.unread[0].text,
        "struct bad { struct fwd f ; int a ; }"
    );
    let names: Vec<_> = surface
        .constants
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["FINE"]);
    assert_eq!(value(&surface, "FINE"), 3);
    assert!(matches!(surface.language.alone, Build::Fails(_)));
}

#[test]
fn a_missing_include_hides_no_later_error() {
    let surface =
        read("#include <linux/gone.h>\nstruct bad { gone_t a; };\nstruct good { int a; };\n");
    let items: Vec<_> = surface.unread.iter().map(|it| it.item.as_str()).collect();
    assert_eq!(items, ["struct bad", ""]);
    assert_eq!(surface.unread[1].reason, "'linux/gone.h' file not found");
    assert_eq!(surface.records.len(), 1);
    assert!(!surface.includes[0].exported);
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

#[test]
fn a_header_that_needs_the_prelude_is_read_and_said_not_to_compile_alone() {
    let surface = read("struct s { size_t n; };\n");
    assert_eq!(record(&surface, "struct s").size, 8);
    let Build::Fails(error) = &surface.language.alone else {
        panic!("size_t is not declared");
    };
    assert_eq!(error, "linux/foo.h:1: unknown type name 'size_t'");
    let fine = read("#include <stddef.h>\nstruct s { size_t n; };\n");
    assert_eq!(fine.language.alone, Build::Clean);
}

fn languages(text: &str) -> uapi_check::model::Language {
    let mut request = request("x86_64", &[(HEADER, text)]);
    request.languages = Languages::Always;
    surface(&extractor(), request).language
}

#[test]
fn other_languages_are_tried() {
    let fine = languages("#ifndef F_H\n#define F_H\nstruct f { int a; };\n#endif\n");
    assert_eq!(
        (&fine.twice, &fine.c90, &fine.cxx),
        (&Build::Clean, &Build::Clean, &Build::Clean)
    );
    assert_eq!(fine.cxx_sizes, []);
    let unguarded = languages("struct f { int a; };\n");
    assert!(matches!(unguarded.twice, Build::Fails(_)));
    let comment = languages("// new style\n");
    assert!(matches!(comment.c90, Build::Fails(_)), "{comment:?}");
    assert_eq!(comment.cxx, Build::Clean);
    let inline = languages("static inline int f(void) { return 0; }\n");
    assert!(matches!(inline.c90, Build::Fails(_)));
    let attribute =
        languages("static __inline__ int f(int a __attribute__((unused))) { return 0; }\n");
    assert_eq!(attribute.c90, Build::Clean);
    let keyword = languages("struct f { int class; };\n");
    assert!(matches!(keyword.cxx, Build::Fails(_)));
    let empty = languages("struct f { struct {} e; char a; };\n");
    assert_eq!(empty.cxx_sizes, [("struct f".to_owned(), 2)]);
}

#[test]
fn a_macro_that_kills_the_parser_costs_only_the_values() {
    let mut bomb = String::from("#define A0 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1\n");
    for step in 1..7 {
        let previous = format!("A{}", step - 1);
        bomb.push_str(&format!(
            "#define A{step} {}\n",
            vec![previous; 10].join(" + ")
        ));
    }
    bomb.push_str("struct s { int a; };\n");
    let extractor = extractor();
    let requests = vec![
        request("x86_64", &[("linux/bomb.h", &bomb)]),
        request("x86_64", &[(HEADER, "#define X 1\n")]),
    ];
    let outcomes = extractor.read(requests, &|_, _| ()).expect("workers run");
    let [Outcome::Read(bomb), Outcome::Read(other)] = &outcomes[..] else {
        panic!("{outcomes:?}");
    };
    assert_eq!(record(bomb, "struct s").size, 4);
    assert!(
        bomb.unread[0]
            .reason
            .starts_with("macros of this header: the parser"),
        "{:?}",
        bomb.unread
    );
    assert_eq!(value(other, "X"), 1);
}

#[test]
fn a_deadline_ends_a_header_and_spares_the_next() {
    let extractor = Extractor::new(options(Duration::from_millis(300))).expect("libclang");
    // 2 to the 40th declarations: no machine parses that in the time given.
    let mut text = String::from("#define D0(x) int x;\n");
    for step in 1..40 {
        let previous = step - 1;
        text.push_str(&format!(
            "#define D{step}(x) D{previous}(x##a) D{previous}(x##b)\n"
        ));
    }
    text.push_str("D39(v)\n");
    let began = Instant::now();
    let Outcome::Unread(unread) = outcome(&extractor, request("x86_64", &[(HEADER, &text)])) else {
        panic!("it can't have been read");
    };
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(unread[0].reason.starts_with("the parser"), "{unread:?}");
    let next = surface(&extractor, request("x86_64", &[(HEADER, "#define X 1\n")]));
    assert_eq!(value(&next, "X"), 1);
}

#[test]
fn hostile_texts_are_survived() {
    let extractor = extractor();
    let texts: [&[u8]; 5] = [
        b"#include \"foo.h\"\nint x;\n",
        b"\xff\xfe\x00struct s { int a; };\0\0",
        b"#define enum struct\n#define A 1\n",
        b"#line 7 \"/etc/passwd\"\nstruct s { bad_t a; };\n#include \"/etc/hostname\"\n",
        b"#if 1\nstruct s { int a",
    ];
    for text in texts {
        let mut request = request("x86_64", &[(HEADER, "")]);
        request.files = Arc::new(vec![SourceFile {
            path: HEADER.to_owned(),
            id: *blake3::hash(text)
                .as_bytes()
                .first_chunk()
                .expect("a hash has 32 bytes"),
            text: text.into(),
        }]);
        let surface = surface(&extractor, request);
        let believed = surface.unread.is_empty() && surface.language.alone == Build::Clean;
        let unevaluated = surface
            .constants
            .iter()
            .all(|it| matches!(it.value, ConstantValue::Unevaluated(_)));
        assert!(!believed || unevaluated, "{surface:?}");
        let shown = format!("{surface:?}");
        assert!(!shown.contains("__uapi__"), "{shown}");
    }
}

#[test]
fn witnesses_compile_or_say_why_not() {
    let extractor = extractor();
    let compile = |header: &str, codes: &[&str]| {
        let request = Compile {
            target: target::by_name("i386").expect("a known target"),
            header: HEADER.to_owned(),
            files: files(&[(HEADER, header)]),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        };
        let mut compiled = extractor.compile(vec![request]).expect("workers run");
        let Compiled::Tried(errors) = compiled.remove(0) else {
            panic!("it was not tried");
        };
        errors.iter().map(Option::is_none).collect::<Vec<bool>>()
    };
    let (right, wrong) = (
        "_Static_assert(sizeof(struct s) == 4,\n\"\");",
        "_Static_assert(sizeof(struct s) == 8, \"\");",
    );
    let header = "struct s { long a; };\n";
    assert_eq!(compile(header, &[right]), [true]);
    // Each piece stands for itself, wherever the others fail.
    assert_eq!(
        compile(header, &[right, wrong, right, wrong, wrong, right]),
        [true, false, true, false, false, true]
    );
    // A comment asks about the header itself.
    assert_eq!(compile(header, &["/* itself */", wrong]), [true, false]);
    let needs_prelude = "struct s { size_t a; };\n";
    assert_eq!(
        compile(needs_prelude, &[right, "/* itself */", wrong]),
        [true, false, false]
    );
}

#[test]
fn a_parser_that_dies_on_a_witness_gives_no_answer() {
    let extractor = extractor();
    let compile = |code: String| {
        let request = Compile {
            target: target::by_name("x86_64").expect("a known target"),
            header: HEADER.to_owned(),
            files: files(&[(HEADER, "struct s { long a; };\n")]),
            codes: vec![code],
        };
        extractor
            .compile(vec![request])
            .expect("workers run")
            .remove(0)
    };
    // Compilers recurse, and their stack ends.
    let deadly = format!("enum deadly {{ DEADLY = {}1 }};", "-~".repeat(100_000));
    let died = Compiled::Lost("the parser died".to_owned());
    assert_eq!(compile(deadly), died);
    // The look-alikes, on a fresh worker: what is wrong, and what is right.
    let compiles = |code: &str| match compile(code.to_owned()) {
        Compiled::Tried(errors) => errors[0].is_none(),
        Compiled::Lost(reason) => panic!("{reason}"),
    };
    assert!(!compiles("enum wrong { WRONG = -~ };"));
    assert!(compiles("enum right { RIGHT = -~-~1 };"));
}

#[test]
fn a_worker_that_can_not_start_is_our_failure() {
    let mut options = options(Duration::from_secs(5));
    options.program = "/nonexistent/uapi-check".into();
    match Extractor::new(options) {
        Err(ExtractError::Start { reason, .. }) => {
            assert!(reason.contains("No such file"), "{reason}")
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it can't have started"),
    }
}
