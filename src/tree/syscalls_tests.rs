//! Tables of a few lines, and what each architecture makes of them.

use super::*;
use crate::tree::memory::MemoryFiles;

const TABLE: &str = "# a comment\n#\n0\tcommon\tread\tsys_read\n\n1\t64\twrite\tsys_write\n2\ti386\topen\n512 x32 x\n";

fn of(arch: &str, header: &str) -> Table {
    let files = MemoryFiles::default();
    let all = tables(&files, arch, &BTreeSet::new(), &[]).unwrap();
    all.into_iter()
        .find(|table| table.header == header)
        .expect("the header is in the data")
}

#[test]
fn a_number_stands_on_its_tables_line() {
    let text = header(&of("x86", "unistd_64.h"), TABLE.as_bytes());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "#ifndef _ASM_UNISTD_64_H");
    assert_eq!(lines[2], "#define __NR_read 0");
    assert_eq!(lines[4], "#define __NR_write 1");
    assert_eq!(lines[5..], ["", "", "#endif /* _ASM_UNISTD_64_H */"]);
}

#[test]
fn abis_and_offsets_are_the_architectures_own() {
    let text = header(&of("x86", "unistd_x32.h"), TABLE.as_bytes());
    assert!(
        text.contains("#define __NR_read (__X32_SYSCALL_BIT + 0)\n"),
        "{text}"
    );
    assert!(
        text.contains("#define __NR_x (__X32_SYSCALL_BIT + 512)\n"),
        "{text}"
    );
    assert!(!text.contains("__NR_write"), "{text}");
    let text = header(&of("x86", "unistd_32.h"), TABLE.as_bytes());
    assert!(
        text.contains("#define __NR_open 2\n") && !text.contains("read"),
        "{text}"
    );
}

#[test]
fn arm_had_the_common_numbers_apart() {
    let files = MemoryFiles::default();
    let listed = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<BTreeSet<_>>();
    let old = listed(&["unistd-common.h", "unistd-oabi.h", "unistd-eabi.h"]);
    let old = tables(&files, "arm", &old, &[]).unwrap();
    let abis: Vec<String> = old.iter().map(|t| t.abis.join(" ")).collect();
    assert_eq!(abis, ["common", "eabi", "oabi"]);
    let new = tables(&files, "arm", &listed(&["unistd-oabi.h"]), &[]).unwrap();
    assert_eq!(new.len(), 1);
    assert_eq!(new[0].abis, ["common", "oabi"]);
}

#[test]
fn an_architecture_names_its_abis_in_makefile_syscalls() {
    let files = MemoryFiles::from([(
        "arch/arm64/kernel/Makefile.syscalls",
        "syscall_abis_64 += renameat rlimit\nsyscalltbl = arch/arm64/tools/syscall_%.tbl\n",
    )]);
    let asked = ["unistd_64.h".to_string()];
    let found = tables(&files, "arm64", &BTreeSet::new(), &asked).unwrap();
    assert_eq!(found[0].paths, ["arch/arm64/tools/syscall_64.tbl", SHARED]);
    assert_eq!(found[0].abis, ["common", "64", "renameat", "rlimit"]);
    let default = tables(&files, "riscv", &BTreeSet::new(), &asked).unwrap();
    assert_eq!(default[0].paths, [SHARED]);
}

#[test]
fn a_table_without_comments_and_one_that_is_no_text_do_no_harm() {
    let text = header(
        &of("alpha", "unistd_32.h"),
        b"1 common a\n2 common \xff\nzz q r\n",
    );
    assert_eq!(text.lines().next(), Some("#define __NR_a 1"));
    assert!(
        !text.contains("#ifndef") && !text.contains("__NR_r"),
        "{text}"
    );
}
