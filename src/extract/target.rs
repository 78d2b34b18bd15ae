//! The targets that a surface is read for: architecture, data model, and the flags that make libclang
//! agree with gcc about layouts. A table and its look-up; `unit.rs` turns a target into arguments.
//!
//! Triples and the libclang each one needs were tried over the headers of v6.12 with libclang 14, 16,
//! 19 and 22. `src/tests/kernel_oracle.rs` holds layouts, values and their C types over all headers of
//! v6.12 against gcc for every target of the table; without a gcc to confirm it, a target has no place
//! there.

/// One way in which user space is compiled.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Name on the command line and in reports.
    pub name: &'static str,
    /// Directory below `arch/` of the kernel.
    pub kernel_arch: &'static str,
    /// What clang calls it.
    pub triple: &'static str,
    /// Bits of a `long`.
    pub bits: u32,
    /// Further compiler arguments.
    pub flags: &'static [&'static str],
    /// First major version of libclang that knows it.
    pub needs_libclang: u32,
    /// The 32-bit target whose programs run on the same kernel, for a 64-bit one.
    pub companion: Option<&'static str>,
}

/// A kernel architecture that is not offered, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// Directory below `arch/` of the kernel, and which of its data models where another is offered.
    pub kernel_arch: &'static str,
    /// One clause for the user.
    pub reason: &'static str,
}

const fn target(
    name: &'static str,
    kernel_arch: &'static str,
    triple: &'static str,
    bits: u32,
    companion: Option<&'static str>,
) -> Target {
    Target {
        name,
        kernel_arch,
        triple,
        bits,
        flags: &[],
        needs_libclang: 14,
        companion,
    }
}

/// Every target, most used first.
pub const ALL: &[Target] = &[
    target("x86_64", "x86", "x86_64-linux-gnu", 64, Some("i386")),
    target("i386", "x86", "i386-linux-gnu", 32, None),
    target("x32", "x86", "x86_64-linux-gnux32", 32, None),
    target("arm64", "arm64", "aarch64-linux-gnu", 64, Some("arm")),
    target("arm", "arm", "arm-linux-gnueabihf", 32, None),
    target("riscv64", "riscv", "riscv64-linux-gnu", 64, Some("riscv32")),
    target("riscv32", "riscv", "riscv32-linux-gnu", 32, None),
    target("s390x", "s390", "s390x-linux-gnu", 64, None),
    target("powerpc64le", "powerpc", "powerpc64le-linux-gnu", 64, None),
    target("powerpc", "powerpc", "powerpc-linux-gnu", 32, None),
    target(
        "mips64el",
        "mips",
        "mips64el-linux-gnuabi64",
        64,
        Some("mipsel"),
    ),
    target("mipsel", "mips", "mipsel-linux-gnu", 32, None),
    target("sparc64", "sparc", "sparc64-linux-gnu", 64, None),
    Target {
        // clang lays out little-endian and says big-endian; asm/elf.h looks for gcc 6.
        flags: &[
            "-U__BIG_ENDIAN__",
            "-D__LITTLE_ENDIAN__=1",
            "-U__BYTE_ORDER__",
            "-D__BYTE_ORDER__=__ORDER_LITTLE_ENDIAN__",
            "-fgnuc-version=6",
        ],
        ..target("arc", "arc", "arc-linux-gnu", 32, None)
    },
];

/// Kernel architectures that are not offered.
pub const UNSUPPORTED: &[Unsupported] = &[
    no("alpha", NO_BACKEND),
    no("csky", NO_GCC),
    no("hexagon", "no gcc exists that could confirm its layouts"),
    no("loongarch", NO_GCC),
    no(
        "m68k",
        "clang aligns int to 4 bytes where Linux aligns it to 2, and misplaces aligned fields when told so",
    ),
    no("microblaze", NO_BACKEND),
    no("nios2", NO_BACKEND),
    no("openrisc", NO_BACKEND),
    no("parisc", NO_BACKEND),
    no("sh", NO_BACKEND),
    no(
        "sparc (32-bit)",
        "clang gives a long double 8 bytes where Linux gives it 16",
    ),
    no(
        "xtensa",
        "only libclang 22 knows it and its layouts are not confirmed",
    ),
];

const NO_BACKEND: &str = "libclang has no such target";
const NO_GCC: &str = "no gcc at hand to confirm its layouts";

const fn no(kernel_arch: &'static str, reason: &'static str) -> Unsupported {
    Unsupported {
        kernel_arch,
        reason,
    }
}

/// The target of that name.
pub fn by_name(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

/// What distributions and compilers call some targets.
const ALIASES: &[(&str, &str)] = &[
    ("aarch64", "arm64"),
    ("amd64", "x86_64"),
    ("armel", "arm"),
    ("armhf", "arm"),
    ("armv7", "arm"),
    ("armv7l", "arm"),
    ("i486", "i386"),
    ("i586", "i386"),
    ("i686", "i386"),
    ("ppc", "powerpc"),
    ("ppc32", "powerpc"),
    ("ppc64el", "powerpc64le"),
    ("ppc64le", "powerpc64le"),
    ("rv32", "riscv32"),
    ("rv64", "riscv64"),
    ("x64", "x86_64"),
    ("x86_32", "i386"),
];

/// The target that a wrong name stands for: by another name that it has, by its triple or its kernel
/// architecture, or by a slip of the pen. `None` where that would be a guess.
pub fn nearest(name: &str) -> Option<&'static Target> {
    let name = name.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    if let Some((_, meant)) = alias {
        return by_name(meant);
    }
    let called = |target: &&Target| target.triple == name || target.kernel_arch == name;
    ALL.iter().find(called).or_else(|| {
        let distance = |target: &&'static Target| strsim::damerau_levenshtein(target.name, &name);
        // One slip in names as short as these; a second one would make another target of them.
        ALL.iter()
            .min_by_key(distance)
            .filter(|target| distance(target) <= 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companions_are_narrower_targets_of_the_table() {
        for wide in ALL {
            let Some(name) = wide.companion else { continue };
            let narrow = by_name(name).expect("a companion stands in the table");
            assert_eq!((wide.bits, narrow.bits), (64, 32), "{}", wide.name);
        }
        assert_eq!(
            by_name("x86_64").and_then(|target| target.companion),
            Some("i386")
        );
        assert_eq!(by_name("x86-64"), None);
    }

    #[test]
    fn other_names_and_slips_of_the_pen_are_understood() {
        for (name, meant) in [
            ("amd64", "x86_64"),
            ("AArch64", "arm64"),
            ("x64", "x86_64"),
            ("ppc64le", "powerpc64le"),
            ("armv7", "arm"),
            ("x86-64", "x86_64"),
            ("s390x-linux-gnu", "s390x"),
            ("riscv46", "riscv64"),
            ("x86", "x86_64"),
            ("mips", "mips64el"),
        ] {
            assert_eq!(
                nearest(name).map(|target| target.name),
                Some(meant),
                "{name}"
            );
        }
        // Near to something, and it would be a guess; or an architecture that is not offered.
        for name in [
            "",
            "64",
            "m68k",
            "loongarch64",
            "arm64be",
            "vax",
            "x86_64_v3",
        ] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }

    #[test]
    fn every_alias_stands_for_a_target_and_is_none() {
        for (alias, meant) in ALIASES {
            assert!(
                by_name(meant).is_some() && by_name(alias).is_none(),
                "{alias}"
            );
        }
    }

    #[test]
    fn names_are_unique_and_never_also_unsupported() {
        for (index, target) in ALL.iter().enumerate() {
            assert!(
                ALL[index + 1..]
                    .iter()
                    .all(|other| other.name != target.name)
            );
            assert!(
                UNSUPPORTED
                    .iter()
                    .all(|no| no.kernel_arch != target.kernel_arch)
            );
        }
    }
}
