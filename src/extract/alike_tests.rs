//! What C++ reads as C does, each with its look-alike. What is claimed here of a text is what compilers
//! say of it; the test of all real headers holds the claim against libclang's C++.

use super::*;

/// Whether a header that takes in these others is the same in C++.
fn alike_with(header: &str, others: &[&str]) -> bool {
    let header = Traits::of(header.as_bytes());
    let others: Vec<Traits> = others
        .iter()
        .map(|text| Traits::of(text.as_bytes()))
        .collect();
    in_cxx(&header, others.iter())
}

fn alike(header: &str) -> bool {
    alike_with(header, &[])
}

#[test]
fn plain_declarations_are_alike() {
    let plain = [
        "",
        "#ifndef A_H\n#define A_H\n#include <linux/types.h>\nstruct a { __u32 b; };\n#endif\n",
        "/* class */ struct a { int b; /* private: */ };\n",
        "enum a { A, B = A + 2, };\nstruct b { enum a c; };\n",
        "#define A(x) do { x; } while (0)\n#define B _IOR('b', 1, struct c)\n",
        "struct a { int n; struct { int x; } y; union { int i; char c[4]; }; int last[]; };\n",
        "typedef struct a b;\nstruct a { int (*call)(int of); unsigned bits : 3; };\n",
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\nstruct a { int b; };\n\
         #if defined(__cplusplus)\n}\n#endif\n",
        "#if defined(__KERNEL__) || 1\nstruct a { long b; } __attribute__((packed));\n#endif\n",
    ];
    for text in plain {
        assert!(alike(text), "{text}");
    }
}

#[test]
fn what_cxx_may_take_otherwise_is_not_alike() {
    let odd = [
        // A keyword as a name, in code, in a condition, as the name of a macro.
        "struct a { int class; };\n",
        "#if defined(new)\n#endif\n",
        "#define private public_\n",
        // A scope of its own.
        "struct a { struct b { int c; } d; };\n",
        "struct a { enum { B, C } d; };\n",
        "struct a { struct b; struct b *c; };\n",
        // C++ has to know an enumeration by now.
        "struct a { enum b *c; };\n",
        "typedef enum a b;\n",
        // Sizes of nothing.
        "struct a { struct {} b; };\n",
        "struct a { int b[]; };\n",
        "union a { int b; int c[]; };\n",
        // Tags and types share a name; a member hides a type, or has the name of its record.
        "struct a { int b; };\ntypedef int a;\n",
        "typedef int b_t;\nstruct a { int b_t; b_t c; };\n",
        "struct a { union { int a; }; };\n",
        // Macros whose bodies C++ reads otherwise, where they are used.
        "#define F inline\nF int f(int a);\n",
        "#define CAT(a, b) a ## b\nstruct a { CAT(in, t) b; };\n",
        "#define SIZE sizeof('c')\nstruct a { char b[SIZE]; };\n",
        "#define OPEN struct a {\nOPEN int b; };\n",
        // What only one of the languages is told.
        "#ifdef __cplusplus\nstruct a { int b; };\n#endif\n",
        "#if __STDC_VERSION__ > 199901L\n#endif\n",
        "#ifdef linux\n#endif\n",
        // Numbers, literals, casts, other spellings.
        "enum a { A = 4294967296 };\n",
        "struct a { char b[sizeof 'c']; };\n",
        "enum a { A = (long)(void *)4 };\n",
        "struct a <% int b; %>;\n",
        "struct a { int b??(2??); };\n",
        "#pragma pack(1)\n",
        "static int a;\n",
        "struct a {\n#if A\nint b; };\n#else\nint c; };\n#endif\n",
    ];
    for text in odd {
        assert!(!alike(text), "{text}");
    }
}

#[test]
fn names_of_an_odd_text_are_not_trusted_in_others() {
    let swap = "typedef unsigned char u8_t;\nstatic inline u8_t swap(u8_t v) { return v; }\n\
                #ifdef __cplusplus\n#define WIDTH 1\n#else\n#define WIDTH 2\n#endif\n\
                struct odd { struct inner { int member; } in; };\n";
    let uses = [
        "struct a { char b[WIDTH]; };\n",
        "#if WIDTH == 1\n#endif\n",
        "struct a { struct inner b; };\n",
        "#define W WIDTH\nstruct a { char b[W]; };\n",
        "struct a { u8_t b; };\n",
    ];
    for text in uses {
        assert!(!alike_with(text, &[swap]), "{text}");
        assert!(alike(text), "{text}");
    }
    let free = [
        "struct a { int member; };\n",
        "#define W WIDTH\nstruct a { char b[2]; };\n",
    ];
    for text in free {
        assert!(alike_with(text, &[swap]), "{text}");
    }
    // What a text that is not odd declares, the odd one only uses.
    let types = "typedef unsigned char u8_t;\n";
    let user = "static inline u8_t swap(u8_t v) { return v; }\n";
    assert!(alike_with("struct a { u8_t b; };\n", &[types, user]));
    assert!(!alike_with("struct a { u8_t b; };\n", &[types, swap]));
}

#[test]
fn a_text_between_carries_it_on() {
    let odd = "#ifdef __cplusplus\n#define WIDTH 1\n#else\n#define WIDTH 2\n#endif\n";
    let between = "struct between { char text[WIDTH]; };\n";
    let header = "struct a { struct between b; };\n";
    assert!(!alike_with(header, &[between, odd]));
    assert!(alike_with(
        header,
        &["struct between { char text[2]; };\n", odd]
    ));
}

#[test]
fn of_a_text_that_splits_by_language_only_the_split_macros_are_not_trusted() {
    let splits = "#ifndef EMPTY\n#define EMPTY\n#endif\n\
                  #ifndef __cplusplus\n# define TAG(t) t\n#else\n#define TAG(t)\n#endif\n\
                  #define GROUP(t, m) union { struct { m } ; struct TAG(t) { m }; }\n\
                  #ifdef __cplusplus\n#define FLEX(t, n) t n[0]\n#else\n\
                  #define FLEX(t, n) struct { struct { } empty; t n[]; }\n#endif\n";
    for free in [
        "struct a { int b EMPTY; };\n",
        "#ifdef EMPTY\nstruct a { int b; };\n#endif\n",
    ] {
        assert!(alike_with(free, &[splits]), "{free}");
        assert!(!alike(&format!("{splits}{free}")), "{free}");
    }
    for bound in [
        "struct a { FLEX(int, b); };\n",
        "struct a { GROUP(t, int b;); };\n",
        "struct TAG(a) { int b; };\n",
        "#ifdef FLEX\nstruct a { int b; };\n#endif\n",
    ] {
        assert!(!alike_with(bound, &[splits]), "{bound}");
    }
    let free = "struct a { int b EMPTY; };\n";
    for more in [
        "#ifdef __cplusplus\n#define A 1\nint b;\n#endif\n",
        "#ifdef __cplusplus\n#include <linux/b.h>\n#endif\n",
        "#ifdef __cplusplus\n#ifdef B\n#define A 1\n#endif\n#endif\n",
        "#if __cplusplus > 1\n#define A 1\n#endif\n",
        "#ifdef __cplusplus\n#define A 1\n#elif B\n#define A 2\n#endif\n",
    ] {
        assert!(
            !alike_with(free, &[&format!("{more}#define EMPTY\n")]),
            "{more}"
        );
    }
}
