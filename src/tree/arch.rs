//! How the architectures of the kernel are called elsewhere, and how to tell whose an `asm/` is.
//!
//! A table. Debian's directories carry the GNU name (`aarch64-linux-gnu`), an installed tree of its own
//! has one `asm/` without any name; the kernel's name (`arm64`) is the one used everywhere else.

/// An architecture that a target exists for.
struct Arch {
    /// Directory below `arch/` of the kernel.
    name: &'static str,
    /// How the GNU names of its machines begin.
    gnu: &'static [&'static str],
    /// A header in asm/ that others lack, or a word in a header that others have, too. They were looked up
    /// in v6.1 and v6.12.
    sign: (&'static str, &'static str),
}

const fn arch(
    name: &'static str,
    gnu: &'static [&'static str],
    sign: (&'static str, &'static str),
) -> Arch {
    Arch { name, gnu, sign }
}

const ALL: [Arch; 9] = [
    arch(
        "x86",
        &["x86_64", "i386", "i486", "i586", "i686"],
        ("ldt.h", ""),
    ),
    arch("arm64", &["aarch64"], ("ptrace.h", "PSR_MODE_EL0t")),
    arch("arm", &["arm"], ("ptrace.h", "ARM_cpsr")),
    arch("riscv", &["riscv"], ("elf.h", "R_RISCV_32")),
    arch("s390", &["s390"], ("chsc.h", "")),
    arch("powerpc", &["powerpc"], ("epapr_hcalls.h", "")),
    arch("mips", &["mips"], ("sgidefs.h", "")),
    arch("sparc", &["sparc"], ("openpromio.h", "")),
    arch("arc", &["arc"], ("page.h", "_ASM_ARC_PAGE_H")),
];

/// Every architecture of the table, by the kernel's name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|arch| arch.name)
}

/// The architecture of a directory that is named as Debian names them, such as `aarch64-linux-gnu`.
pub(super) fn of_triplet(directory: &str) -> Option<&'static str> {
    let (machine, system) = directory.split_once('-')?;
    let fits = |arch: &&Arch| {
        let mut names = arch.gnu.iter();
        names.any(|name| machine == *name || (name.len() > 2 && machine.starts_with(name)))
    };
    let found = ALL
        .iter()
        .find(fits)
        .filter(|_| system.starts_with("linux-"));
    found.map(|arch| arch.name)
}

/// The architecture of a directory such as `asm-arm64`.
pub(super) fn of_asm_directory(directory: &str) -> Option<&'static str> {
    let name = directory.strip_prefix("asm-")?;
    names().find(|known| *known == name)
}

/// The architecture whose `asm/` this is. `text` gives the text of a header in it, by name.
pub(super) fn of_asm<E>(
    mut text: impl FnMut(&str) -> Result<Option<std::sync::Arc<[u8]>>, E>,
) -> Result<Option<&'static str>, E> {
    for arch in &ALL {
        let (header, word) = arch.sign;
        let Some(text) = text(header)? else { continue };
        let word = word.as_bytes();
        if memchr::memmem::find(&text, word).is_some() {
            return Ok(Some(arch.name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gnu_names_are_read() {
        for (directory, name) in [
            ("x86_64-linux-gnu", Some("x86")),
            ("i386-linux-gnu", Some("x86")),
            ("x86_64-linux-gnux32", Some("x86")),
            ("aarch64-linux-gnu", Some("arm64")),
            ("arm-linux-gnueabihf", Some("arm")),
            ("riscv64-linux-gnu", Some("riscv")),
            ("s390x-linux-gnu", Some("s390")),
            ("powerpc64le-linux-gnu", Some("powerpc")),
            ("mips64el-linux-gnuabi64", Some("mips")),
            ("sparc64-linux-gnu", Some("sparc")),
            ("arc-linux-gnu", Some("arc")),
            ("x86_64-w64-mingw32", None),
            ("python3-linux-gnu", None),
            ("asm-generic", None),
            ("linux", None),
        ] {
            assert_eq!(of_triplet(directory), name, "{directory}");
        }
        assert_eq!(of_asm_directory("asm-arm64"), Some("arm64"));
        assert_eq!(of_asm_directory("asm-generic"), None);
        assert_eq!(of_asm_directory("asm"), None);
    }
}
