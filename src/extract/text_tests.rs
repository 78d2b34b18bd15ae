//! What is told from a text alone, each with its look-alike.

use super::*;

fn same(text: &str) -> bool {
    Text::new(text.as_bytes().to_vec()).is_same_in_c90()
}

fn stubs(text: &str) -> Vec<&'static str> {
    let text = Text::new(text.as_bytes().to_vec());
    let found = stubs_for(std::iter::once(&text)).into_iter();
    found.map(|(name, _)| name).collect()
}

#[test]
fn what_c90_reads_otherwise_is_noticed() {
    let odd = [
        "int a; // b\n",
        "/* a /* b */\n",
        "/* a *\\\n/\n",
        "static inline int f(void);\n",
        "inl\\\nine int f(void);\n",
        "#ifdef linux\n#endif\n",
        "#if __STDC_VERSION__ > 1\n#endif\n",
        "#if __has_include(<a.h>)\n#endif\n",
        "int a<:1:>;\n",
        "??=define A\n",
        "enum { A = 4294967295 };\n",
        "#define F 0x1p3\n",
        "#define S \"\\u00e4\"\n",
        "#define S \"\u{e4}\"\n",
        "/* open\n",
        "/* goes on ??/\n*/\n",
        "#define A /\\\n* no comment? */\n",
    ];
    for text in odd {
        assert!(!same(text), "{text}");
    }
}

#[test]
fn what_c90_reads_alike_is_not() {
    let plain = [
        "#include <linux/types.h>\nstruct a { __u32 b; };\n",
        "/* sch\u{f6}n: http:/ /x inline */\n",
        "static __inline__ int f(int a) { return a / 2; }\n",
        "#define A(x) do { \\\n\tx; \\\n} while (0)\n",
        "#define URL \"http://x\"\n#error don't\n",
        "enum { A = 0xffffffffffffffff, B = 999999999, C = 1e5 };\n",
        "#define A (B |\\\n\tC &\\\n\tD)\n/* what (??) */\n",
        "/**/ struct linux_unix { int asmx; };\n",
        "",
    ];
    for text in plain {
        assert!(same(text), "{text}");
    }
    assert!(stubs_are_same_in_c90());
}

#[test]
fn the_stubs_of_the_prelude_are_always_there_and_others_when_named() {
    let of_prelude = stubs("");
    assert!(of_prelude.contains(&"stdint.h") && of_prelude.contains(&"sys/socket.h"));
    assert!(!of_prelude.contains(&"limits.h") && !of_prelude.contains(&"unistd.h"));
    assert!(stubs("#include <limits.h>\n").contains(&"limits.h"));
    assert!(!stubs("#include <xlimits.c>\n").contains(&"limits.h"));
    assert!(stubs("# include <sys/ioccom.h>\n").contains(&"sys/ioccom.h"));
    assert_eq!(stubs("#include NAME\n").len(), STUBS.len());
    assert_eq!(stubs("/* to include NAME */\n").len(), of_prelude.len());
}

#[test]
fn a_name_may_only_be_taken_back_where_both_words_stand() {
    let text = Text::new(b"#undef _A_H\n".to_vec());
    assert!(text.may_undefine("_A_H"));
    assert!(!text.may_undefine("_B_H"));
    assert!(!Text::new(b"#ifdef _A_H\n".to_vec()).may_undefine("_A_H"));
}
