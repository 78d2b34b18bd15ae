//! The worker processes: what kills or delays them, witnesses, and what a hostile header gets.

use super::*;

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
