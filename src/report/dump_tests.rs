//! Surfaces that were made by hand, and the text of their dump.

use super::*;
use crate::model::{Enumerator, Field, Flexible, Record, RecordKind, TypeClass, TypeRef};
use std::sync::Arc;

fn ty(spelling: &str, size: u64) -> TypeRef {
    TypeRef {
        spelling: spelling.into(),
        canonical: "unsigned int".into(),
        class: TypeClass::Integer { signed: false },
        bounds: Vec::new(),
        size,
        align: size,
        holds: String::new(),
        typedefs: Vec::new(),
    }
}

fn field(name: &str, spelling: &str, offset: u64, size: u64) -> Field {
    Field {
        name: name.into(),
        line: 2,
        offset_bits: offset * 8,
        size_bits: size * 8,
        bitfield: false,
        ty: ty(spelling, size),
        flexible: None,
        inline: None,
        fields: Vec::new(),
    }
}

fn bits(name: &str, offset_bits: u64, width: u64) -> Field {
    Field {
        offset_bits,
        size_bits: width,
        bitfield: true,
        ..field(name, "__u8", 0, 1)
    }
}

fn demo() -> Record {
    let arm = |name, spelling, size| field(name, spelling, 16, size);
    let union = Field {
        inline: Some(RecordKind::Union),
        fields: vec![arm("number", "__u64", 8), arm("name", "char [8]", 8)],
        ..field("", "union {}", 16, 8)
    };
    let tail = Field {
        flexible: Some(Flexible::Incomplete),
        ..field("data", "__u8 []", 24, 0)
    };
    Record {
        name: "struct demo".into(),
        kind: RecordKind::Struct,
        line: 1,
        end_line: 9,
        size: 24,
        align: 8,
        packed: false,
        fields: vec![
            field("flags", "__u32", 0, 4),
            bits("low", 32, 3),
            field("callback", "void (*)(int)", 8, 8),
            union,
            tail,
        ],
    }
}

#[test]
fn a_record_shows_offsets_sizes_and_holes() {
    let expected = "\
struct demo {
\t__u32 flags;                            /*      0      4 */
\t__u8 low:3;                             /*      4    0:3 */
\t/* padding: 29 bits at 4:3 */
\tvoid (*callback)(int);                  /*      8      8 */
\tunion {
\t\t__u64 number;                   /*     16      8 */
\t\tchar name[8];                   /*     16      8 */
\t};                                      /*     16      8 */
\t__u8 data[];                            /*     24      0 */
}; /* size 24, align 8, padding 29 bits */
";
    assert_eq!(record(&demo()), expected);
}

#[test]
fn a_record_without_holes_speaks_of_none() {
    let whole = Record {
        size: 4,
        align: 4,
        fields: vec![field("flags", "__u32", 0, 4)],
        ..demo()
    };
    assert!(record(&whole).ends_with("}; /* size 4, align 4 */\n"));
    let tail = Record { size: 8, ..whole };
    assert!(
        record(&tail)
            .contains("\t/* padding: 4 bytes at 4 */\n}; /* size 8, align 4, padding 4 bytes */")
    );
}

#[test]
fn impossible_numbers_do_not_overflow() {
    let record_of = |fields| Record {
        size: u64::MAX,
        fields,
        ..demo()
    };
    let mut wide = field("a", "__u32", 0, 4);
    wide.offset_bits = u64::MAX;
    wide.size_bits = u64::MAX;
    assert!(record(&record_of(vec![wide])).contains("struct demo {"));
}

fn surface() -> Surface {
    let header = HeaderSurface {
        path: "linux/demo.h".into(),
        records: vec![demo()],
        enumerations: vec![Enumeration {
            name: "enum colour".into(),
            line: 20,
            end_line: 22,
            size: 4,
            signed: false,
            enumerators: vec![Enumerator {
                name: "RED".into(),
                line: 21,
                value: 1,
                written: String::new(),
            }],
        }],
        constants: vec![Constant {
            name: "DEMO_GET".into(),
            line: 30,
            value: ConstantValue::Integer(0x8018_6401),
            c_type: "unsigned int".into(),
            body: "_IOR('d', 1, struct demo)".into(),
            request: Some(Box::new(RequestCode {
                direction: Direction::Read,
                type_code: b'd',
                number: 1,
                size: 24,
                argument: Some(ty("struct demo", 24)),
            })),
        }],
        unread: vec![Unread {
            item: "struct odd".into(),
            line: 40,
            reason: "unknown type name 'x'".into(),
            text: String::new(),
        }],
        ..HeaderSurface::default()
    };
    Surface {
        target: "x86_64".into(),
        headers: [("linux/demo.h".to_owned(), Arc::new(header.into()))].into(),
        exported: ["linux/demo.h".to_owned()].into(),
    }
}

#[test]
fn a_header_is_shown_in_the_order_of_its_lines() {
    let text = text(&surface(), None);
    let rest = text.split_once("padding 29 bits */\n").unwrap().1;
    let expected = "
enum colour {
\tRED = 1,
}; /* size 4, unsigned */
#define DEMO_GET _IOR('d', 1, struct demo) /* 0x80186401: read, type 0x64, number 0x1, size 24 of struct demo */
/* not read: struct odd: unknown type name 'x' */
";
    assert!(text.starts_with("/* linux/demo.h on x86_64 */\n\nstruct demo {\n"));
    assert_eq!(rest, expected);
    assert_eq!(super::text(&surface(), Some("linux/other.h")), "");
}

#[test]
fn the_json_reads_back_as_the_same_header() {
    let surface = surface();
    let value: serde_json::Value = serde_json::from_str(&json(&surface, None).unwrap()).unwrap();
    assert_eq!(value["target"], "x86_64");
    let header: HeaderSurface =
        serde_json::from_value(value["headers"]["linux/demo.h"].clone()).unwrap();
    assert_eq!(header, *surface.headers["linux/demo.h"].declares);
}

#[test]
fn declarations_are_c() {
    assert_eq!(declare("__u8 [4][2]", "a"), "__u8 a[4][2]");
    assert_eq!(declare("char *", "s"), "char *s");
    assert_eq!(declare("int (*)(void)", "f"), "int (*f)(void)");
}
