//! System call tables become the headers with the `__NR_` numbers.
//!
//! Which table makes which header, for which of its ABIs and with which offset, is data below for the
//! architectures whose makefiles say it in recipes; the others name it in `syscall-y` (Kbuild, since
//! 6.11) and arch/X/kernel/Makefile.syscalls. Each number stands on its table's own line. Knows nothing
//! of other headers.

use super::kbuild::Kbuild;
use crate::source::{Files, SourceError};
use std::collections::BTreeSet;

/// A header and the table it is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Name below `asm/`.
    pub header: String,
    /// Path of the table, in the order in which they are looked for.
    pub paths: Vec<String>,
    /// ABIs whose lines count, by prefix; empty for all.
    pub abis: Vec<String>,
    /// What every number is added to.
    pub offset: Option<String>,
    /// What the include guard begins with.
    pub guard: &'static str,
}

/// Read by the architectures without a table of their own. arm64's is a symbolic link to it.
const SHARED: &str = "scripts/syscall.tbl";

/// scripts/syscallhdr.sh and the script of s390 name their guards so; the installed headers lost `_UAPI`.
fn guard_prefix(arch: &str) -> &'static str {
    if arch == "s390" {
        "_ASM_S390_"
    } else {
        "_ASM_"
    }
}

/// One row of the data: architecture, header, table, ABIs, offset.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// From arch/*/kernel/syscalls/Makefile, arch/x86/entry/syscalls/Makefile and arch/arm/tools/Makefile of
/// v5.0 to v6.12; all tables of one architecture keep their names.
const ROWS: &[Row] = &[
    (
        "alpha",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "",
        "",
    ),
    (
        "arm",
        "unistd-common.h",
        "tools/syscall.tbl",
        "common",
        "__NR_SYSCALL_BASE",
    ),
    (
        "arm",
        "unistd-eabi.h",
        "tools/syscall.tbl",
        "common eabi",
        "__NR_SYSCALL_BASE",
    ),
    (
        "arm",
        "unistd-oabi.h",
        "tools/syscall.tbl",
        "common oabi",
        "__NR_SYSCALL_BASE",
    ),
    (
        "ia64",
        "unistd_64.h",
        "kernel/syscalls/syscall.tbl",
        "",
        "__NR_Linux",
    ),
    ("m68k", "unistd_32.h", "kernel/syscalls/syscall.tbl", "", ""),
    (
        "microblaze",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "",
        "",
    ),
    (
        "mips",
        "unistd_n32.h",
        "kernel/syscalls/syscall_n32.tbl",
        "",
        "__NR_Linux",
    ),
    (
        "mips",
        "unistd_n64.h",
        "kernel/syscalls/syscall_n64.tbl",
        "",
        "__NR_Linux",
    ),
    (
        "mips",
        "unistd_o32.h",
        "kernel/syscalls/syscall_o32.tbl",
        "",
        "__NR_Linux",
    ),
    (
        "parisc",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "common 32",
        "",
    ),
    (
        "parisc",
        "unistd_64.h",
        "kernel/syscalls/syscall.tbl",
        "common 64",
        "",
    ),
    (
        "powerpc",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "common nospu 32",
        "",
    ),
    (
        "powerpc",
        "unistd_64.h",
        "kernel/syscalls/syscall.tbl",
        "common nospu 64",
        "",
    ),
    (
        "s390",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "common 32",
        "",
    ),
    (
        "s390",
        "unistd_64.h",
        "kernel/syscalls/syscall.tbl",
        "common 64",
        "",
    ),
    ("sh", "unistd_32.h", "kernel/syscalls/syscall.tbl", "", ""),
    (
        "sparc",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "common 32",
        "",
    ),
    (
        "sparc",
        "unistd_64.h",
        "kernel/syscalls/syscall.tbl",
        "common 64",
        "",
    ),
    (
        "x86",
        "unistd_32.h",
        "entry/syscalls/syscall_32.tbl",
        "i386",
        "",
    ),
    (
        "x86",
        "unistd_64.h",
        "entry/syscalls/syscall_64.tbl",
        "common 64",
        "",
    ),
    (
        "x86",
        "unistd_x32.h",
        "entry/syscalls/syscall_64.tbl",
        "common x32",
        "__X32_SYSCALL_BIT",
    ),
    (
        "xtensa",
        "unistd_32.h",
        "kernel/syscalls/syscall.tbl",
        "",
        "",
    ),
];

/// The headers an architecture makes from tables. `listed` are the headers that its Kbuild file says
/// are generated; `asked` those in its `syscall-y`.
pub(super) fn tables(
    files: &dyn Files,
    arch: &str,
    listed: &BTreeSet<String>,
    asked: &[String],
) -> Result<Vec<Table>, SourceError> {
    // arm had the numbers of both ABIs in a header of their own until 5.12.
    let common_apart = listed.contains("unistd-common.h");
    let names_some = listed.iter().any(|header| header.starts_with("unistd"));
    let rows = ROWS
        .iter()
        .filter(|(of, header, ..)| *of == arch && (!names_some || listed.contains(*header)));
    let rows = rows.filter(|(_, header, ..)| common_apart || *header != "unistd-common.h");
    let mut tables: Vec<Table> = rows.map(|row| table(row, common_apart)).collect();
    tables.extend(shared(files, arch, asked)?);
    Ok(tables)
}

fn table((arch, header, path, abis, offset): &Row, common_apart: bool) -> Table {
    // x86 kept its tables one directory higher until 4.2.
    let older = path.strip_prefix("entry/");
    let paths = [Some(*path), older].into_iter().flatten();
    let abis = abis.split_whitespace();
    let abis = abis.filter(|abi| !common_apart || *abi != "common" || *header == "unistd-common.h");
    Table {
        header: header.to_string(),
        paths: paths.map(|path| format!("arch/{arch}/{path}")).collect(),
        abis: abis.map(String::from).collect(),
        offset: Some(offset.to_string()).filter(|o| !o.is_empty()),
        guard: guard_prefix(arch),
    }
}

/// Headers made by scripts/Makefile.asm-headers, with the settings an architecture may change.
fn shared(files: &dyn Files, arch: &str, asked: &[String]) -> Result<Vec<Table>, SourceError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let generated = BTreeSet::new();
    let mut settings = Kbuild::new(files, arch, &generated);
    settings.set("syscall_abis_32", "common 32");
    settings.set("syscall_abis_64", "common 64");
    settings.set("syscalltbl", SHARED);
    settings.read(&format!("arch/{arch}/kernel/Makefile.syscalls"))?;
    let mut tables = Vec::new();
    for header in asked {
        let Some(stem) = header
            .strip_prefix("unistd_")
            .and_then(|h| h.strip_suffix(".h"))
        else {
            continue;
        };
        let mut arguments = settings.words(&format!("syshdr-args-{stem}"));
        if arguments.is_empty() {
            arguments = settings.words("syshdr-args");
        }
        let offset = arguments
            .iter()
            .skip_while(|a| *a != "--offset")
            .nth(1)
            .cloned();
        let named = settings.words("syscalltbl");
        let named = named
            .iter()
            .map(|p| p.trim_start_matches("./").replace('%', stem));
        let paths = named
            .filter(|path| path != SHARED)
            .chain([SHARED.to_string()])
            .collect();
        let abis = settings.words(&format!("syscall_abis_{stem}"));
        let (header, guard) = (header.clone(), guard_prefix(arch));
        tables.push(Table {
            header,
            paths,
            abis,
            offset,
            guard,
        });
    }
    Ok(tables)
}

/// The header that a table becomes. Line for line: the number of a table's line stands on the same
/// line of the header; the guard takes the comment lines that every table begins with.
pub(super) fn header(table: &Table, text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut lines: Vec<String> = text.lines().map(|line| number(table, line)).collect();
    let guarded = lines.len() >= 2 && lines[..2].iter().all(String::is_empty);
    if guarded {
        let guard = guard(table);
        lines[0] = format!("#ifndef {guard}");
        lines[1] = format!("#define {guard}");
        lines.push(format!("#endif /* {guard} */"));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The definition that a table's line becomes, empty for a comment and for another ABI.
fn number(table: &Table, line: &str) -> String {
    let mut words = line.split_ascii_whitespace();
    let (Some(number), Some(abi), Some(name)) = (words.next(), words.next(), words.next()) else {
        return String::new();
    };
    let is_number = number
        .bytes()
        .all(|b| b.is_ascii_hexdigit() || matches!(b, b'x' | b'X'));
    let abi_counts =
        table.abis.is_empty() || table.abis.iter().any(|a| abi.starts_with(a.as_str()));
    if line.starts_with([' ', '\t']) || !is_number || !abi_counts {
        return String::new();
    }
    match &table.offset {
        Some(offset) => format!("#define __NR_{name} ({offset} + {number})"),
        None => format!("#define __NR_{name} {number}"),
    }
}

/// The include guard.
fn guard(table: &Table) -> String {
    let upper = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = table.header.chars().map(upper).collect();
    format!("{}{name}", table.guard)
}

#[cfg(test)]
#[path = "syscalls_tests.rs"]
mod tests;
