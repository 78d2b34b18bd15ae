//! Two sides become a quick "nothing that is installed can differ", without reading a header.
//!
//! Compares ids of directories and files, so an ordinary commit costs a few look-ups. The version in the
//! top Makefile does not count. Where the answer is no, [`super::affected`] finds out what differs;
//! [`touched`] names the files, which tells a merge that made something from one that only joins.

use super::export::{GENERIC, table_paths};
use super::{TreeError, architectures};
use crate::source::{ContentId, File, Files};
use std::collections::{BTreeMap, BTreeSet};

/// Directories at the top of the tree that hold all that [`places`] names; the last two what it names of
/// architectures.
const TOPS: [&str; 3] = ["include", "arch", "scripts"];

/// Whether the installed headers of both sides are the same on every architecture, linux/version.h left
/// out. `false` may turn out to be a change without effect.
///
/// # Errors
/// Where a side cannot be read.
pub fn unchanged(before: &dyn Files, after: &dyn Files) -> Result<bool, TreeError> {
    if same_ids(before, after, &TOPS)? {
        return Ok(true);
    }
    let places = places(before, after)?;
    for directory in &places.directories {
        if before.id(directory)? != after.id(directory)?
            && !same(&before.below(directory)?, &after.below(directory)?)
        {
            return Ok(false);
        }
    }
    for path in &places.files {
        if before.file(path)?.map(|f| f.id) != after.file(path)?.map(|f| f.id) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files that differ, of those that the installed headers are made from. Empty where the sides are
/// [`unchanged`].
///
/// # Errors
/// Where a side cannot be read.
pub fn touched(before: &dyn Files, after: &dyn Files) -> Result<BTreeSet<String>, TreeError> {
    let mut touched = BTreeSet::new();
    if same_ids(before, after, &TOPS)? {
        return Ok(touched);
    }
    let places = places(before, after)?;
    let by_path = |files: Vec<File>| -> BTreeMap<String, ContentId> {
        files.into_iter().map(|file| (file.path, file.id)).collect()
    };
    for directory in &places.directories {
        if before.id(directory)? == after.id(directory)? {
            continue;
        }
        let (old, new) = (
            by_path(before.below(directory)?),
            by_path(after.below(directory)?),
        );
        let paths = old.keys().chain(new.keys());
        touched.extend(
            paths
                .filter(|path| old.get(*path) != new.get(*path))
                .cloned(),
        );
    }
    for path in places.files {
        if before.file(&path)?.map(|f| f.id) != after.file(&path)?.map(|f| f.id) {
            touched.insert(path);
        }
    }
    Ok(touched)
}

/// Most commits of a kernel touch none of the directories at the top that matter, and cost no more than
/// these look-ups.
fn same_ids(before: &dyn Files, after: &dyn Files, paths: &[&str]) -> Result<bool, TreeError> {
    for path in paths {
        if before.id(path)? != after.id(path)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Everything that installed headers are made from.
struct Places {
    directories: Vec<String>,
    files: Vec<String>,
}

fn places(before: &dyn Files, after: &dyn Files) -> Result<Places, TreeError> {
    let mut directories = vec![GENERIC.to_string()];
    let mut files = vec![
        "scripts/syscall.tbl".into(),
        "scripts/Makefile.asm-headers".into(),
    ];
    if same_ids(before, after, &TOPS[1..])? {
        return Ok(Places { directories, files });
    }
    let mut arches: BTreeSet<String> = architectures(before)?.into_iter().collect();
    arches.extend(architectures(after)?);
    for arch in &arches {
        directories.push(format!("arch/{arch}/{GENERIC}"));
        files.push(format!("arch/{arch}/include/asm/Kbuild"));
        files.push(format!("arch/{arch}/kernel/Makefile.syscalls"));
        // Old Kbuild files ask whether these are there.
        files.extend(
            ["a.out", "kvm", "kvm_para"].map(|name| format!("arch/{arch}/include/asm/{name}.h")),
        );
        // The files that name the tables are compared too: one side's answer is also the other's.
        files.extend(table_paths(after, arch)?);
    }
    Ok(Places { directories, files })
}

fn same(before: &[File], after: &[File]) -> bool {
    before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|(b, a)| b.path == a.path && b.id == a.id)
}

#[cfg(test)]
mod tests {
    use super::{touched, unchanged};
    use crate::tree::memory::MemoryFiles;

    fn kernel() -> MemoryFiles {
        MemoryFiles::from([
            ("Makefile", "VERSION = 6\n"),
            ("include/uapi/linux/x.h", "int x;\n"),
            (
                "arch/arm64/include/uapi/asm/Kbuild",
                "syscall-y += unistd_64.h\n",
            ),
            (
                "arch/arm64/kernel/Makefile.syscalls",
                "syscalltbl = arch/arm64/tools/syscall_%.tbl\n",
            ),
            ("arch/arm64/tools/syscall_64.tbl", "0 common read\n"),
            ("arch/x86/include/uapi/asm/a.h", ""),
            ("arch/x86/entry/syscalls/syscall_64.tbl", "0 common read\n"),
        ])
    }

    #[test]
    fn what_cannot_reach_a_header_does_not_count() {
        let mut after = kernel();
        after.put("Makefile", "VERSION = 7\n");
        after.put("drivers/x.c", "int x;\n");
        after.put("arch/x86/include/asm/x.h", "int x;\n");
        assert!(unchanged(&kernel(), &after).unwrap());
        assert!(touched(&kernel(), &after).unwrap().is_empty());
    }

    #[test]
    fn what_can_reach_a_header_counts() {
        for path in [
            "include/uapi/linux/x.h",
            "include/uapi/linux/new.h",
            "arch/x86/include/uapi/asm/a.h",
            "arch/x86/include/asm/Kbuild",
            "arch/x86/entry/syscalls/syscall_64.tbl",
            "arch/arm64/tools/syscall_64.tbl",
            "arch/arm64/kernel/Makefile.syscalls",
            "arch/riscv/include/uapi/asm/new.h",
            "scripts/syscall.tbl",
        ] {
            let mut after = kernel();
            after.put(path, "something else\n");
            assert!(!unchanged(&kernel(), &after).unwrap(), "{path}");
            assert!(!unchanged(&after, &kernel()).unwrap(), "{path}");
            let named = touched(&kernel(), &after).unwrap();
            assert_eq!(Vec::from_iter(named), [path]);
        }
    }
}
