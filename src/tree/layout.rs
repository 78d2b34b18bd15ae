//! Where a tree keeps the headers that it exports: the known layouts, and which one a side has.
//!
//! A table. A layout is told by the files that are there, never by a version. Decides only where to
//! look: [`super::listing`] finds the headers, [`super::exports`] makes trees of them.

use crate::source::{Files, SourceError};

/// A known way to keep exported headers.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// Who keeps headers so, for the user.
    pub about: &'static str,
    /// Whether the headers are still those of the kernel's sources, for `make headers_install` to rewrite.
    pub(super) raw: bool,
    /// Whether other headers may lie beside those of the kernel.
    pub(super) shared: bool,
    /// Where the headers may be; empty for a kernel, which has rules instead of places.
    pub(super) places: &'static [Place],
}

/// One place of a layout.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// What must be there.
    pub marks: &'static [&'static str],
    /// The directories that the paths of programs' includes begin in, the first one that has a header
    /// wins. `{arch}` stands for any directory whose own `include/asm` is there.
    pub roots: &'static [&'static str],
    /// Too common a sight to be taken for it unless the user says so.
    pub when_told: bool,
}

const fn place(marks: &'static [&'static str], roots: &'static [&'static str]) -> Place {
    Place {
        marks,
        roots,
        when_told: false,
    }
}

/// A kernel's sources.
pub(super) static KERNEL: Layout = Layout {
    name: "kernel",
    about: "a kernel's arch/<arch>/include/uapi",
    raw: true,
    shared: true,
    places: &[],
};

/// Every layout, in the order in which they are tried.
static ALL: [&Layout; 7] = [
    &KERNEL,
    &Layout {
        name: "strace",
        about: "headers bundled as strace does, in bundled/linux/include/uapi",
        raw: true,
        shared: false,
        places: &[place(
            &["bundled/linux/include/uapi"],
            &["bundled/linux/include/uapi"],
        )],
    },
    &Layout {
        name: "bionic",
        about: "libc/kernel/uapi, with asm-<arch>/asm",
        raw: false,
        shared: false,
        places: &[place(&["libc/kernel/uapi/linux"], &["libc/kernel/uapi"])],
    },
    &Layout {
        name: "qemu",
        about: "linux-headers, with asm-<arch>",
        raw: false,
        shared: false,
        places: &[place(&["linux-headers/linux"], &["linux-headers"])],
    },
    &Layout {
        name: "kernel-headers",
        about: "<arch>/include over generic/include, as the kernel-headers for musl",
        raw: false,
        shared: false,
        places: &[place(
            &["generic/include/linux"],
            &["{arch}/include", "generic/include"],
        )],
    },
    &Layout {
        name: "installed",
        about: "what `make headers_install` or a package installs: include or /usr/include itself",
        raw: false,
        shared: true,
        places: &[
            place(&["linux/types.h", "asm-generic"], &[""]),
            place(
                &["include/linux/types.h", "include/asm-generic"],
                &["include"],
            ),
            place(
                &["usr/include/linux/types.h", "usr/include/asm-generic"],
                &["usr/include"],
            ),
        ],
    },
    &Layout {
        name: "uapi",
        about: "include/uapi or uapi without an arch/ beside it (iproute2, libbpf, ethtool)",
        raw: true,
        shared: false,
        places: &[
            place(
                &["include/uapi"],
                &["include/uapi", "rdma/include/uapi", "vdpa/include/uapi"],
            ),
            place(&["uapi/linux"], &["uapi"]),
            Place {
                when_told: true,
                ..place(&["linux"], &[""])
            },
        ],
    },
];

impl Layout {
    /// The layout of that name.
    pub fn named(name: &str) -> Option<&'static Layout> {
        ALL.into_iter().find(|layout| layout.name == name)
    }

    /// Every layout, in the order in which they are tried.
    pub fn all() -> impl Iterator<Item = &'static Layout> {
        ALL.into_iter()
    }

    /// Whether the tree is a kernel's, which has rules instead of places.
    pub fn is_kernel(&self) -> bool {
        self.places.is_empty()
    }

    /// The layout that a tree has. `told` means that the user named this directory as the one with the
    /// headers, so that less has to be there.
    ///
    /// # Errors
    /// Where the side cannot be read.
    pub fn of(files: &dyn Files, told: bool) -> Result<Option<&'static Layout>, SourceError> {
        for layout in ALL {
            if layout.is_in(files, told)? {
                return Ok(Some(layout));
            }
        }
        Ok(None)
    }

    /// Whether a tree has this layout.
    ///
    /// # Errors
    /// Where the side cannot be read.
    pub fn is_in(&self, files: &dyn Files, told: bool) -> Result<bool, SourceError> {
        match self.is_kernel() {
            true => is_kernel(files),
            false => Ok(self.place(files, told)?.is_some()),
        }
    }

    /// The place of this layout that is there.
    pub(super) fn place(
        &self,
        files: &dyn Files,
        told: bool,
    ) -> Result<Option<&'static Place>, SourceError> {
        for place in self.places.iter().filter(|place| told || !place.when_told) {
            let mut there = true;
            for mark in place.marks {
                there = there && exists(files, mark)?;
            }
            if there {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

/// A kernel has exported headers of architectures; before 3.7 it had their lists in include/linux.
fn is_kernel(files: &dyn Files) -> Result<bool, SourceError> {
    if exists(files, "include/linux/Kbuild")? {
        return Ok(true);
    }
    for arch in files.directories("arch")? {
        if exists(files, &format!("arch/{arch}/include/uapi"))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is a file or directory at a path. Nothing is read, other than by asking for its id.
fn exists(files: &dyn Files, path: &str) -> Result<bool, SourceError> {
    if files.file(path)?.is_some() {
        return Ok(true);
    }
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    Ok(files.directories(parent)?.iter().any(|found| found == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::memory::MemoryFiles;

    fn found(paths: &[&str], told: bool) -> Option<&'static str> {
        let mut files = MemoryFiles::default();
        for path in paths {
            files.put(path, "\n");
        }
        let layout = Layout::of(&files, told).unwrap();
        layout.map(|layout| layout.name)
    }

    #[test]
    fn each_layout_is_told_by_its_files() {
        for (name, paths) in [
            (
                "kernel",
                &["include/uapi/linux/a.h", "arch/x86/include/uapi/asm/a.h"][..],
            ),
            ("kernel", &["include/linux/Kbuild"]),
            ("uapi", &["include/uapi/linux/a.h", "arch/README"]),
            ("uapi", &["uapi/linux/ethtool.h"]),
            (
                "strace",
                &[
                    "bundled/linux/include/uapi/linux/a.h",
                    "include/linux/types.h",
                ],
            ),
            (
                "qemu",
                &[
                    "linux-headers/linux/kvm.h",
                    "include/standard-headers/linux/a.h",
                ],
            ),
            (
                "bionic",
                &["libc/kernel/uapi/linux/a.h", "libc/include/linux/a.h"],
            ),
            (
                "kernel-headers",
                &["generic/include/linux/a.h", "x86/include/asm/a.h"],
            ),
            ("installed", &["linux/types.h", "asm-generic/types.h"]),
            (
                "installed",
                &[
                    "usr/include/linux/types.h",
                    "usr/include/asm-generic/types.h",
                ],
            ),
        ] {
            assert_eq!(found(paths, false), Some(name), "{paths:?}");
        }
    }

    #[test]
    fn a_shim_of_some_program_is_no_layout_unless_the_user_says_so() {
        assert_eq!(found(&["include/linux/types.h", "src/main.c"], false), None);
        assert_eq!(found(&["linux/input.h"], false), None);
        assert_eq!(found(&["linux/input.h"], true), Some("uapi"));
        assert_eq!(
            found(&["linux/types.h", "asm-generic/types.h"], true),
            Some("installed")
        );
        assert_eq!(found(&["README"], true), None);
    }

    #[test]
    fn names_are_unique() {
        for layout in Layout::all() {
            assert_eq!(Layout::named(layout.name), Some(layout));
        }
        assert_eq!(Layout::named("debian"), None);
    }
}
