//! Which layout a tree has, what its targets and stand-ins are, and what completes it.

use super::*;

const X86: &[&str] = &["x86_64", "i386", "x32"];

/// Layout, changed file, another file; the targets that are examined and those with stand-ins, where that
/// is not all.
type Lie = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static [&'static str]>,
    Option<&'static [&'static str]>,
);

const LAYOUTS: [Lie; 7] = [
    ("uapi", "include/uapi/linux/a.h", "README", None, None),
    ("uapi", "uapi/linux/a.h", "README", None, None),
    (
        "uapi",
        "rdma/include/uapi/linux/a.h",
        "include/uapi/linux/b.h",
        None,
        None,
    ),
    (
        "strace",
        "bundled/linux/include/uapi/linux/a.h",
        "README",
        None,
        None,
    ),
    (
        "bionic",
        "libc/kernel/uapi/linux/a.h",
        "libc/kernel/uapi/asm-arm64/asm/types.h",
        Some(&["arm64"]),
        Some(&[]),
    ),
    (
        "qemu",
        "linux-headers/linux/a.h",
        "linux-headers/asm-x86/kvm.h",
        Some(X86),
        Some(X86),
    ),
    (
        "kernel-headers",
        "generic/include/linux/a.h",
        "x86/include/asm/types.h",
        Some(X86),
        Some(&[]),
    ),
];

#[test]
fn each_layout_is_found_and_its_own_files_are_named() {
    for (layout, path, asm, targets, stubs) in LAYOUTS {
        let mut others = vec![(asm, ASM_TYPES)];
        if stubs == Some(&[]) {
            // A tree that has its own asm/ is left as it is: what it lacks stays missing.
            let root = path.strip_suffix("a.h").unwrap();
            others.push((
                Box::leak(format!("{root}types.h").into_boxed_str()),
                "#include <asm/types.h>\n",
            ));
            others.push((Box::leak(format!("{root}ioctl.h").into_boxed_str()), "\n"));
        }
        let [old, new] = [header(""), header(MORE)];
        let report = check(&others, path, [&old, &new], &[]);
        assert_eq!(report["examined"]["layout"], layout, "{path}");
        let found = &report["findings"][0];
        assert_eq!(
            (&found["path"], &found["header"]),
            (&path.into(), &"linux/a.h".into())
        );
        assert_eq!(found["subject"], "struct a", "{path}");
        assert_eq!(report["conclusion"], "fail", "{path}");
        let examined = names(&report["examined"]["targets"]);
        let stood_in = names(&report["examined"]["asm_stubs"]);
        assert_eq!(examined, targets.unwrap_or(&examined), "{path}");
        assert_eq!(stood_in, stubs.unwrap_or(&examined), "{path}");
        assert!(examined.len() > 12 || targets.is_some(), "{examined:?}");
        let says_so = report["notes"]
            .to_string()
            .contains("stubs of uapi-check's own");
        assert_eq!(says_so, !stood_in.is_empty(), "{path}");
    }
}

#[test]
fn what_looks_like_a_part_and_has_asm_needs_no_stand_ins() {
    let [old, new] = [header(""), header(MORE)];
    let others = [
        ("include/uapi/asm/types.h", ASM_TYPES),
        ("include/uapi/asm/ldt.h", "\n"),
        ("include/uapi/linux/types.h", "#include <asm/types.h>\n"),
        ("include/uapi/linux/ioctl.h", "\n"),
    ];
    let report = check(&others, "include/uapi/linux/a.h", [&old, &new], &[]);
    let examined = &report["examined"];
    assert_eq!(names(&examined["targets"]), ["x86_64", "i386", "x32"]);
    assert_eq!(names(&examined["asm_stubs"]), Vec::<&str>::new());
    let left_out = examined["targets_left_out"].to_string();
    assert!(
        left_out.contains("have no asm/ of this architecture"),
        "{left_out}"
    );
}

#[test]
fn a_change_beside_the_headers_is_silent() {
    let text = header("");
    let others = [("include/uapi/linux/a.h", text.as_str())];
    let report = check(&others, "ip/main.c", ["int a;\n", "int b;\n"], &[]);
    assert_eq!(
        (&report["conclusion"], &report["findings"]),
        (&"pass".into(), &Value::Array(vec![]))
    );
}

#[test]
fn root_names_the_directory_and_the_report_its_files() {
    let [old, new] = [header(""), header(MORE)];
    let path = "third_party/headers/linux/a.h";
    let report = check(&[], path, [&old, &new], &["--root", "third_party/headers"]);
    assert_eq!(report["findings"][0]["path"], path);
    assert_eq!(report["conclusion"], "fail");
}

/// The values of the constants of the header above, on a target without any header but it.
fn constants(target: &str) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("include/uapi/linux")).unwrap();
    fs::write(folder.path().join("include/uapi/linux/a.h"), header("")).unwrap();
    let place = folder.path().to_str().unwrap();
    let dumped = json(&program(&[
        "dump",
        place,
        "linux/a.h",
        "--target",
        target,
        "--format",
        "json",
    ]));
    let headers = &dumped["headers"];
    let header = headers.get("linux/a.h").unwrap_or(&headers[0]);
    let value = |name: &str| {
        let constants = header["constants"].as_array().unwrap();
        let found = constants
            .iter()
            .find(|constant| constant["name"] == name)
            .unwrap();
        found["value"]["Integer"]
            .as_i64()
            .unwrap_or_else(|| panic!("{target}: {found}"))
    };
    ["A_GET", "A_SET", "A_RUN", "A_LONG", "A_SIZE"]
        .map(value)
        .to_vec()
}

/// Bits as asm-generic/ioctl.h and the asm/ioctl.h of mips, powerpc and sparc in v6.12 have them.
#[test]
fn request_codes_and_longs_of_the_stand_ins_are_those_of_the_architecture() {
    let two_bits = [0x8004_6101, 0x4004_6103, 0x6102];
    let three_bits = [0x4004_6101, 0x8004_6103, 0x2000_6102];
    for (target, codes, sizes) in [
        ("x86_64", two_bits, [8, 8]),
        ("x32", two_bits, [8, 4]),
        ("i386", two_bits, [4, 4]),
        ("arm", two_bits, [4, 4]),
        ("s390x", two_bits, [8, 8]),
        ("mips64el", three_bits, [8, 8]),
        ("mipsel", three_bits, [4, 4]),
        ("powerpc", three_bits, [4, 4]),
        ("powerpc64le", three_bits, [8, 8]),
        ("sparc64", three_bits, [8, 8]),
    ] {
        assert_eq!(constants(target), [&codes[..], &sizes].concat(), "{target}");
    }
}

#[test]
fn base_headers_complete_a_part_and_are_not_judged() {
    let base = tempfile::tempdir().unwrap();
    write(
        base.path(),
        &[
            ("linux/types.h", "#include <asm/types.h>\n"),
            (
                "linux/extra.h",
                "#include <linux/a.h>\nstruct extra { struct a a; };\n",
            ),
            ("linux/b.h", "struct b { int i; };\n"),
            ("asm-generic/types.h", ASM_TYPES),
            ("asm/types.h", ASM_TYPES),
            ("asm/ldt.h", "\n"),
        ],
    );
    let base = base.path().to_str().unwrap();
    let [old, new] = ["\t__u32 b;\n", "\t__u32 b;\n\t__u32 c;\n"].map(|fields| {
        format!("#include <linux/types.h>\n#include <linux/b.h>\nstruct a {{\n{fields}\tstruct b i;\n}};\n")
    });
    let arguments = ["--base-headers", base, "--target", "x86_64"];
    let report = check(&[], "include/uapi/linux/a.h", [&old, &new], &arguments);
    assert_eq!(report["gaps"], Value::Array(vec![]));
    let headers = report["findings"].as_array().unwrap().iter();
    assert!(headers.clone().count() > 0 && headers.clone().all(|f| f["header"] == "linux/a.h"));
    assert_eq!(
        (
            &report["examined"]["headers"],
            names(&report["examined"]["asm_stubs"])
        ),
        (&1.into(), vec![])
    );
    assert!(report["notes"].to_string().contains(base));

    // A header that the repository gives up is gone, whatever the base has.
    let others = [("include/uapi/linux/a.h", old.as_str())];
    let gone = check(
        &others,
        "include/uapi/linux/b.h",
        ["struct b { int i; };\n", ""],
        &arguments,
    );
    assert_eq!(
        rules(&gone).first().map(|found| found.1),
        Some("linux/b.h"),
        "{gone}"
    );

    // Without a base, what is included and not there is no remark about the change.
    let bare = check(
        &[],
        "include/uapi/linux/a.h",
        ["struct a { int i; };\n", &new],
        &["--target", "x86_64"],
    );
    assert!(
        rules(&bare)
            .iter()
            .all(|(rule, _)| !rule.contains("not-exported")),
        "{bare}"
    );
    assert!(!bare["gaps"].as_array().unwrap().is_empty());
}
