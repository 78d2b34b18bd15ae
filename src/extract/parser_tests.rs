//! Units read with all of the compiler's own macros, and macros asked for one by one, are held against the same units
//! with the few that they name, and numbers asked for together.

use super::*;
use crate::extract::request::Languages;
use crate::extract::text::Text;
use crate::extract::unit::{self, Evaluate};
use crate::extract::{clang, target};
use crate::model::{ConstantValue, Header};
use crate::pipeline::through;
use crate::source::{self, ReleaseChoice};
use crate::tree::include::Graph;
use crate::tree::{self, HeaderTree, Rewrites};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Runs on a thread that has libclang, and stack enough.
fn with_clang(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let run = thread.spawn(|| {
        clang::load().expect("libclang is installed");
        test();
    });
    run.expect("a thread").join().expect("the test");
}

/// Reads a header that includes nothing.
fn read(parser: &Parser, target: &str, text: &str) -> Header {
    read_text(parser, target, &Text::new(text.as_bytes().to_vec()))
}

fn read_text(parser: &Parser, target: &str, text: &Text) -> Header {
    let job = Job {
        target: target::by_name(target).expect("a target"),
        header: "linux/a.h",
        through: "linux/a.h",
        files: vec![("linux/a.h", text)],
    };
    unit::read(parser, &job, Evaluate::Each, Languages::Always).expect("it can be read")
}

#[test]
fn what_a_header_asks_the_compiler_for_is_there() {
    with_clang(|| {
        let (all, few) = (Parser::after(usize::MAX), Parser::after(1));
        for text in [
            "#if defined(__x86_64__) && defined(__LP64__)\n#define A 1\n#else\n#define A 2\n#endif\n",
            "#define A(b) __x86_64##b\n#define B A(__)\n",
            "#define A __SIZEOF_LO\\\nNG__\n",
            "#ifdef linux\n#define A __INT_MAX__\n#endif\ntypedef __INT64_TYPE__ a;\n",
            "#ifndef __CHAR_BIT__\n#error none\n#endif\n#undef __x86_64__\n#define __x86_64__ 3\n",
            "#if __STDC_VERSION__ >= 201112L && !defined __cplusplus\nstruct a { int b; };\n#endif\n",
        ] {
            assert_eq!(
                read(&all, "x86_64", text),
                read(&few, "x86_64", text),
                "{text}"
            );
        }
        let asks = "#ifdef __s390x__\n#define A 1\n#endif\n";
        let constants = |target| read(&few, target, asks).declares.constants.len();
        assert_eq!((constants("s390x"), constants("x86_64")), (1, 0));
    });
}

#[test]
fn a_text_is_asked_anew_for_each_target() {
    with_clang(|| {
        let text = "#ifdef __i386__\n#define A 1\n#else\n#define A 2\n#endif\n";
        let text = Text::new(text.as_bytes().to_vec());
        let parser = Parser::after(3);
        for _ in 0..4 {
            for (target, value) in [("x86_64", 2), ("i386", 1), ("arm64", 2)] {
                let read = read_text(&parser, target, &text);
                let value = ConstantValue::Integer(value);
                assert_eq!(read.declares.constants[0].value, value, "{target}");
            }
        }
    });
}

#[test]
fn a_number_is_believed_where_the_compiler_agrees() {
    with_clang(|| {
        let parser = Parser::new();
        // Pairs of texts: what reads otherwise than it is spelled, and a look-alike that does not.
        let odd = [
            "#define A 1\n#define B 2\n#pragma pop_macro(\"A\")\n",
            "#define A 1\n#pragma push_macro(\"A\")\n#define B 2\n",
            "#pragma push_macro(\"A\")\n#define A 1\n#define P(x) _Pragma(#x)\nP(pop_macro(\"A\"))\n#define B 2\n",
            "#define A 1\n#define B 2\n#pragma GCC poison A\n",
            "#define A 0\n#define B 2\n#pragma clang restrict_expansion(A)\n",
            "#if 0\n#endif\n#define A 0\n#define B 08\n#define C 4294967296\n#define D 1L\n",
        ];
        for text in odd {
            let text = Text::new(text.as_bytes().to_vec());
            let read = |evaluate| {
                let job = Job {
                    target: target::by_name("x86_64").expect("a target"),
                    header: "linux/a.h",
                    through: "linux/a.h",
                    files: vec![("linux/a.h", &text)],
                };
                unit::read(&parser, &job, evaluate, Languages::Untried).expect("it can be read")
            };
            let (each, together) = (read(Evaluate::Each), read(Evaluate::Together));
            assert_eq!(each, together);
        }
    });
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "a test tells whoever runs it what it found, or could not try"
)]
fn kernel_headers_read_alike_in_full_and_in_short() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12 (make kernel)");
        return;
    };
    let sides = source::open(&kernel, Some("v6.12..v6.12"), ReleaseChoice::None);
    let sides = sides.expect("the revision is there");
    with_clang(move || {
        for target in target::ALL {
            let arch = target.kernel_arch;
            let tree = tree::build(&*sides.after.files, arch, &Rewrites::default());
            let read = alike(target, &tree.expect("the tree can be built"));
            println!("{}: {read} headers, all alike", target.name);
            assert!(read > 900, "{read} headers");
        }
    });
}

/// Reads every header of a tree in both ways, and counts them.
fn alike(target: &'static Target, tree: &HeaderTree) -> usize {
    let (all, few) = (Parser::after(usize::MAX), Parser::after(1));
    let graph = Graph::new(tree);
    let texts: BTreeMap<&str, Text> = tree
        .headers
        .iter()
        .map(|(path, header)| (path.as_str(), Text::new(header.text.to_vec())))
        .collect();
    let mut read = 0;
    for header in tree.headers.keys() {
        let Some(through) = through(&graph, tree, header) else {
            continue;
        };
        let mut paths: BTreeSet<&str> = graph.closure(through).into_iter().collect();
        paths.insert(through);
        paths.extend(graph.closure("linux/ioctl.h"));
        let files = paths
            .iter()
            .filter_map(|path| Some((*path, texts.get(path)?)));
        let job = Job {
            target,
            header,
            through,
            files: files.collect(),
        };
        // One target is enough for the other languages: their macros differ by language, not by target.
        let languages = match target.name {
            "x86_64" => Languages::Always,
            _ => Languages::Untried,
        };
        let both = [(&all, Evaluate::Each), (&few, Evaluate::Together)];
        let both = both.map(|(parser, evaluate)| unit::read(parser, &job, evaluate, languages));
        assert!(both[0] == both[1], "{} {header}: {both:#?}", target.name);
        read += 1;
    }
    read
}
