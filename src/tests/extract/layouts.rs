//! Records and typedefs: sizes, offsets and names.

use super::*;

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
