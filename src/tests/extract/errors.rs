//! Headers with errors in them, and headers in other languages: what is believed and what is said.

use super::*;

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
    surface(&extractor(), request).language.clone()
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
