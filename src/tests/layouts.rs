//! Headers that lie otherwise than in a kernel: each layout in git, directories without git, real installed
//! trees, and the stand-ins for what a part of the headers lacks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::repository::{Files, Repository};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A header whose record has one more field in front, or not.
fn header(first: &str) -> String {
    format!(
        "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
         #ifndef _LINUX_A_H\n#define _LINUX_A_H\n#include <linux/types.h>\n#include <linux/ioctl.h>\n\
         struct a {{\n{first}\t__u32 value;\n\t__u32 other;\n}};\n\
         #define A_GET _IOR('a', 1, __u32)\n#define A_SET _IOW('a', 3, __u32)\n#define A_RUN _IO('a', 2)\n\
         #define A_LONG sizeof(__kernel_long_t)\n#define A_SIZE sizeof(__kernel_size_t)\n#endif\n"
    )
}

const MORE: &str = "\t__u32 first;\n";
/// Enough to count as an `asm/` of its own.
const ASM_TYPES: &str = "typedef unsigned int __u32;\n";

fn program(arguments: &[&str]) -> Output {
    let mut command = crate::support::program();
    command.args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The report about a change of some files in a repository that has others, too.
fn check(others: &[(&str, &str)], path: &str, texts: [&str; 2], arguments: &[&str]) -> Value {
    let repository = Repository::empty();
    let files = |text: &str| -> Files {
        let own = (!text.is_empty()).then_some((path, text));
        let all = others.iter().copied().chain(own);
        all.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect()
    };
    let first = repository.commit(&files(texts[0]), None);
    let second = repository.commit(&files(texts[1]), Some(&first));
    let (folder, range) = (repository.path(), format!("{first}..{second}"));
    let mut all = vec![
        "check",
        "--repo",
        folder.to_str().unwrap(),
        &range,
        "--format",
        "json",
    ];
    all.extend(arguments);
    json(&program(&all))
}

fn rules(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap(),
                finding["subject"].as_str().unwrap(),
            )
        })
        .collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

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

/// Writes files below a folder.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
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

/// What the program says where it refuses a comparison of two directories.
fn refused(arguments: &[&str]) -> String {
    let output = program(arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

/// Writes a small installed tree and gives its path. Its version differs from every other's.
fn installed(folder: &Path, name: &str, fields: &str) -> String {
    let text = format!("#include <linux/types.h>\nstruct a {{ {fields} __u32 i; }};\n");
    let place = folder.join(name);
    let version = format!("#define LINUX_VERSION_CODE {}\n", name.len());
    write(
        &place,
        &[
            ("asm/types.h", ASM_TYPES),
            ("asm/ldt.h", ""),
            ("asm-generic/types.h", ""),
            ("linux/a.h", &text),
            ("linux/types.h", "#include <asm/types.h>\n"),
            ("linux/version.h", &version),
            ("other/b.h", &text),
        ],
    );
    place.to_str().unwrap().to_owned()
}

#[test]
fn directories_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        installed(folder.path(), "old", ""),
        installed(folder.path(), "newer", "__u32 f;"),
    );
    let report = json(&program(&["dirs", &old, &new, "--format", "json"]));
    assert_eq!(
        (&report["base"]["rev"], &report["head"]["commit"]),
        (&old.as_str().into(), &Value::Null)
    );
    assert_eq!(report["examined"]["layout"], "installed");
    assert_eq!(
        (&report["conclusion"], &report["examined"]["headers"]),
        (&"fail".into(), &6.into())
    );
    let again = installed(folder.path(), "again", "");
    let same = program(&["dirs", &old, &again, "--format", "json"]);
    assert_eq!((same.status.code(), rules(&json(&same))), (Some(0), vec![]));
}

#[test]
fn what_is_wrong_with_directories_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        installed(folder.path(), "old", ""),
        installed(folder.path(), "newer", "__u32 f;"),
    );
    let said = refused(&["dirs", &old, &new, "--target", "s390x"]);
    assert!(
        said.contains("has no headers for any of the targets") && said.contains("x86"),
        "{said}"
    );
    let said = refused(&["dirs", &old, "/nowhere"]);
    assert!(
        said.contains("/nowhere is no directory that can be read"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--layout", "debian"]);
    assert!(
        said.contains("no layout is called `debian`") && said.contains("installed"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--layout", "qemu"]);
    assert!(
        said.contains("linux-headers") && !said.contains("bundled"),
        "{said}"
    );
    let said = refused(&["dirs", &old, &new, "--root", "nowhere"]);
    assert!(said.contains("--root names one inside"), "{said}");
    let empty = folder.path().join("linux").to_str().unwrap().to_owned();
    fs::create_dir(&empty).unwrap();
    let said = refused(&["dirs", &empty, &empty]);
    assert!(
        said.contains("no user-space API") && said.contains("--layout NAME"),
        "{said}"
    );
}

/// The trees that packages install: the machine's own, and those of cross compilers.
fn installed_trees() -> Vec<PathBuf> {
    let cross = fs::read_dir("/usr")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let cross = cross.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    let all = cross
        .map(|path| path.join("include"))
        .chain(["/usr/include".into()]);
    all.filter(|path| path.join("linux/if_link.h").is_file())
        .collect()
}

/// How the directory of a cross package begins, and a target of it.
const MACHINES: [(&str, &str); 9] = [
    ("aarch64", "arm64"),
    ("arm-", "arm"),
    ("mips64el", "mips64el"),
    ("mipsel", "mipsel"),
    ("powerpc", "powerpc"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
    ("sparc64", "sparc64"),
    ("arc", "arc"),
];

/// Each is read as installed, on its own architecture, and a change in a copy of it is found there.
#[test]
fn kernel_packages_are_read_as_installed_trees() {
    let trees = installed_trees();
    if trees.is_empty() {
        eprintln!("skipped: no linux-libc-dev and no -cross package of it is installed");
    }
    for tree in trees {
        let copy = tempfile::tempdir().unwrap();
        let mut command = Command::new("cp");
        command
            .args(["-r", "--", tree.to_str().unwrap()])
            .arg(copy.path().join("include"));
        assert!(command.status().unwrap().success());
        let header = copy.path().join("include/linux/if_link.h");
        let text = fs::read_to_string(&header).unwrap();
        let with = text.replacen("\tIFLA_ADDRESS,", "\tIFLA_NEW,\n\tIFLA_ADDRESS,", 1);
        fs::write(&header, with).unwrap();
        let (old, new) = (tree.to_str().unwrap(), copy.path().join("include"));
        let report = json(&program(&[
            "dirs",
            old,
            new.to_str().unwrap(),
            "--format",
            "json",
        ]));
        assert_eq!(
            rules(&report),
            [("enum-inserted-not-appended", "IFLA_ADDRESS")],
            "{old}"
        );
        assert_eq!(report["gaps"], Value::Array(vec![]), "{old}");
        let examined = &report["examined"];
        assert_eq!(
            (&examined["layout"], &examined["asm_stubs"]),
            (&"installed".into(), &Value::Array(vec![]))
        );
        let machine = tree
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        for (begins, target) in MACHINES {
            let targets = names(&examined["targets"]);
            let own = machine.starts_with(begins);
            assert!(!own || targets.contains(&target), "{old}: {targets:?}");
            assert!(targets.len() <= 3, "{old}: {targets:?}");
        }
    }
}

/// All headers of v6.12 that its architectures share, without any asm/: what can be read is as in the
/// whole kernel.
#[test]
fn kernel_headers_on_stand_ins_are_laid_out_as_in_the_kernel() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL") else {
        eprintln!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("uapi.tar");
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(&kernel)
        .args(["archive", "v6.12", "include/uapi", "-o"])
        .arg(&archive);
    assert!(command.status().unwrap().success());
    let mut command = Command::new("tar");
    command.arg("xf").arg(&archive).arg("-C").arg(folder.path());
    assert!(command.status().unwrap().success());
    fs::remove_dir_all(folder.path().join("include/uapi/asm-generic")).unwrap();
    for target in ["x86_64", "x32", "arm", "mips64el", "powerpc", "sparc64"] {
        let dump = |place: &[&str]| {
            let mut arguments = vec!["dump", "--target", target, "--format", "json"];
            arguments.extend(place);
            json(&program(&arguments))["headers"].clone()
        };
        let whole = dump(&["v6.12", "--repo", kernel.to_str().unwrap()]);
        let part = dump(&[folder.path().to_str().unwrap()]);
        let (mut same, mut wrong) = (0, Vec::new());
        for header in part
            .as_object()
            .map(|headers| headers.values().collect())
            .unwrap_or_else(|| part.as_array().unwrap().iter().collect::<Vec<_>>())
        {
            let path = header["path"].as_str().unwrap();
            let whole = whole
                .get(path)
                .or_else(|| whole.as_array()?.iter().find(|other| other["path"] == path));
            let Some(whole) = whole.filter(|_| header["unread"] == Value::Array(vec![])) else {
                continue;
            };
            let known = |of: &Value| {
                let constants = of["constants"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|c| c["value"]["Integer"].is_i64());
                constants.cloned().collect::<Vec<_>>()
            };
            let values = known(header)
                .iter()
                .all(|constant| known(whole).contains(constant));
            let kinds = ["records", "typedefs", "enumerations"];
            match values && kinds.iter().all(|kind| header[kind] == whole[kind]) {
                true => same += 1,
                false => wrong.push(path),
            }
        }
        assert!(same > 800, "{target}: only {same} could be compared");
        assert_eq!(wrong, Vec::<&str>::new(), "{target}");
    }
}
