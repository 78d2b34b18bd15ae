//! Trees as small as a fixture's, and the forms of Kbuild files that kernels have had.

use super::memory::MemoryFiles;
use super::{HeaderTree, Origin, Rewrites, TreeError, architectures, build};

fn built(files: &MemoryFiles, arch: &str) -> HeaderTree {
    build(files, arch, &Rewrites::default()).expect("nothing in memory fails to be read")
}

fn paths(tree: &HeaderTree) -> Vec<&str> {
    tree.headers.keys().map(String::as_str).collect()
}

fn text(tree: &HeaderTree, path: &str) -> String {
    String::from_utf8_lossy(&tree.headers[path].text).into_owned()
}

#[test]
fn a_tree_without_any_kbuild_file_is_taken_as_it_is() {
    let files = MemoryFiles::from([
        ("include/uapi/linux/x.h", "int x;\n"),
        ("include/uapi/linux/sub/y.h", "int y;\n"),
        ("include/uapi/not-installed.h", "int y;\n"),
        ("include/uapi/linux/README", "no header\n"),
        ("include/linux/z.h", "int z;\n"),
        ("arch/x86/include/uapi/asm/a.h", "int a;\n"),
    ]);
    let tree = built(&files, "x86");
    assert_eq!(paths(&tree), ["asm/a.h", "linux/sub/y.h", "linux/x.h"]);
    let path = "arch/x86/include/uapi/asm/a.h".to_string();
    assert_eq!(tree.headers["asm/a.h"].origin, Origin::File { path });
    assert_eq!(
        paths(&built(&files, "arm64")),
        ["linux/sub/y.h", "linux/x.h"]
    );
    assert_eq!(architectures(&files).unwrap(), ["x86"]);
}

#[test]
fn an_architectures_header_hides_the_generic_one() {
    let files = MemoryFiles::from([
        ("include/uapi/asm/a.h", "generic\n"),
        ("arch/x86/include/uapi/asm/a.h", "own\n"),
    ]);
    assert_eq!(text(&built(&files, "x86"), "asm/a.h"), "own\n");
}

#[test]
fn mandatory_and_generic_headers_get_wrappers() {
    let files = MemoryFiles::from([
        (
            "include/uapi/asm-generic/Kbuild",
            "mandatory-y += types.h\nmandatory-y += errno.h gone.h made.h\n",
        ),
        ("include/uapi/asm-generic/types.h", ""),
        ("include/uapi/asm-generic/errno.h", ""),
        ("include/uapi/asm-generic/made.h", ""),
        ("include/uapi/asm-generic/ucontext.h", ""),
        ("include/uapi/asm-generic/other.h", ""),
        (
            "arch/arc/include/uapi/asm/Kbuild",
            "generic-y += ucontext.h\ngenerated-y += made.h\n",
        ),
        ("arch/arc/include/uapi/asm/errno.h", "own\n"),
    ]);
    let tree = built(&files, "arc");
    let own: Vec<&str> = paths(&tree)
        .into_iter()
        .filter(|p| p.starts_with("asm/"))
        .collect();
    assert_eq!(own, ["asm/errno.h", "asm/types.h", "asm/ucontext.h"]);
    assert_eq!(
        text(&tree, "asm/types.h"),
        "#include <asm-generic/types.h>\n"
    );
    let kbuild = |path: &str| Origin::Wrapper {
        path: path.to_string(),
    };
    assert_eq!(
        tree.headers["asm/types.h"].origin,
        kbuild("include/uapi/asm-generic/Kbuild")
    );
    assert_eq!(
        tree.headers["asm/ucontext.h"].origin,
        kbuild("arch/arc/include/uapi/asm/Kbuild")
    );
}

#[test]
fn headers_without_their_asm_part_are_left_out() {
    let kbuild = "ifeq ($(wildcard $(srctree)/arch/$(SRCARCH)/include/uapi/asm/kvm_para.h),)\n\
                  ifeq ($(wildcard $(objtree)/arch/$(SRCARCH)/include/generated/uapi/asm/kvm_para.h),)\n\
                  no-export-headers += linux/kvm_para.h\nendif\nendif\n";
    let files = MemoryFiles::from([
        ("include/uapi/Kbuild", kbuild),
        ("include/uapi/linux/kvm_para.h", ""),
        ("include/uapi/asm-generic/kvm_para.h", ""),
        (
            "arch/arm/include/uapi/asm/Kbuild",
            "generic-y += kvm_para.h\n",
        ),
        ("arch/x86/include/uapi/asm/kvm_para.h", ""),
        ("arch/sh/include/uapi/asm/a.h", ""),
    ]);
    let exports = |arch: &str| built(&files, arch).headers.contains_key("linux/kvm_para.h");
    assert_eq!(["arm", "x86", "sh"].map(exports), [true, true, false]);
}

#[test]
fn explicit_lists_decide_in_kernels_before_4_12() {
    let files = MemoryFiles::from([
        (
            "include/uapi/Kbuild",
            "# UAPI Header export list\nheader-y += asm-generic/\nheader-y += linux/\n",
        ),
        (
            "include/uapi/linux/Kbuild",
            "header-y += can/\nheader-y += x.h\n",
        ),
        ("include/uapi/linux/can/Kbuild", "header-y += raw.h\n"),
        ("include/uapi/linux/secret/Kbuild", "header-y += s.h\n"),
        (
            "include/uapi/asm-generic/Kbuild",
            "header-y += types.h errno.h\n",
        ),
        (
            "include/uapi/asm-generic/Kbuild.asm",
            "header-y += types.h\nheader-y += errno.h unistd.h\n",
        ),
        ("include/uapi/linux/x.h", ""),
        ("include/uapi/linux/not-listed.h", ""),
        ("include/uapi/linux/can/raw.h", ""),
        ("include/uapi/linux/secret/s.h", ""),
        ("include/uapi/asm-generic/types.h", ""),
        ("include/uapi/asm-generic/errno.h", ""),
        ("include/uapi/asm-generic/poll.h", ""),
        (
            "arch/x86/include/asm/Kbuild",
            "generic-y += errno.h poll.h\n",
        ),
        (
            "arch/x86/include/uapi/asm/Kbuild",
            "include include/uapi/asm-generic/Kbuild.asm\ngenhdr-y += unistd_64.h\nheader-y += a.h\ngeneric-y += types.h\n",
        ),
        ("arch/x86/include/uapi/asm/a.h", ""),
        ("arch/x86/include/uapi/asm/not-listed.h", ""),
        (
            "arch/x86/syscalls/syscall_64.tbl",
            "#\n#\n0\tcommon\tread\tsys_read\n",
        ),
    ]);
    let tree = built(&files, "x86");
    let expected = [
        "asm-generic/errno.h",
        "asm-generic/types.h",
        "asm/a.h",
        "asm/errno.h",
        "asm/types.h",
        "asm/unistd_64.h",
        "linux/can/raw.h",
        "linux/x.h",
    ];
    assert_eq!(paths(&tree), expected);
    let table = "arch/x86/syscalls/syscall_64.tbl".to_string();
    assert_eq!(
        tree.headers["asm/unistd_64.h"].origin,
        Origin::SystemCalls { path: table }
    );
}

#[test]
fn mandatory_headers_were_an_include_between_4_12_and_5_0() {
    let files = MemoryFiles::from([
        (
            "include/uapi/asm-generic/Kbuild.asm",
            "mandatory-y += types.h\n",
        ),
        ("include/uapi/asm-generic/types.h", ""),
        ("include/uapi/linux/Kbuild", "no-export-headers += kvm.h\n"),
        ("include/uapi/linux/kvm.h", ""),
        (
            "arch/x86/include/uapi/asm/Kbuild",
            "include include/uapi/asm-generic/Kbuild.asm\n",
        ),
    ]);
    assert_eq!(
        paths(&built(&files, "x86")),
        ["asm-generic/types.h", "asm/types.h"]
    );
}

#[test]
fn the_version_comes_from_the_makefile() {
    let files = MemoryFiles::from([
        ("Makefile", "VERSION = 6\n"),
        ("include/uapi/linux/x.h", ""),
    ]);
    assert_eq!(
        built(&files, "x86").headers["linux/version.h"].origin,
        Origin::Version
    );
}

#[test]
fn what_installs_no_headers_is_an_error_and_an_empty_tree_is_not() {
    let old = MemoryFiles::from([
        ("include/linux/Kbuild", "header-y += a.h\n"),
        ("include/linux/a.h", ""),
    ]);
    assert!(matches!(
        build(&old, "x86", &Rewrites::default()),
        Err(TreeError::TooOld)
    ));
    let um = build(&old, "um", &Rewrites::default());
    assert!(matches!(um, Err(TreeError::NoHeaders { arch }) if arch == "um"));
    assert_eq!(
        paths(&built(&MemoryFiles::default(), "x86")),
        Vec::<&str>::new()
    );
}
