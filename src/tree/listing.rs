//! The files of a side and a layout become the list of its headers: those for all architectures, and
//! those of each.
//!
//! Looks at paths, and at no header's text but to learn whose `asm/` it is. [`super::layout`] says where
//! to look; a kernel has [`super::export`] instead. Next: [`super::exports`].

use super::arch;
use super::layout::{Layout, Place};
use crate::source::{ContentId, File, Files, SourceError};
use std::collections::{BTreeMap, BTreeSet};

/// What a kernel installs beside `asm/`. In `/usr/include` the rest is not the kernel's.
const DIRECTORIES: [&str; 13] = [
    "asm-generic",
    "cxl",
    "drm",
    "fwctl",
    "linux",
    "misc",
    "mtd",
    "rdma",
    "regulator",
    "scsi",
    "sound",
    "video",
    "xen",
];

/// Differs in every release and says nothing.
pub(super) const VERSION: &str = "linux/version.h";

/// The headers of a side, by installed path.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Those that all architectures share.
    pub common: BTreeMap<String, File>,
    /// Those of one architecture, which win.
    pub by_arch: BTreeMap<String, BTreeMap<String, File>>,
    /// There is an `asm/` of an architecture that is not known here.
    pub foreign: bool,
}

impl Listing {
    /// Lists the headers at a place of a layout.
    pub fn read(files: &dyn Files, layout: &Layout, place: &Place) -> Result<Self, SourceError> {
        let mut listing = Listing::default();
        for root in place.roots {
            match root.strip_prefix("{arch}/") {
                Some(below) => listing.add_arch_roots(files, below)?,
                None => listing.add_root(files, root, layout.shared || root.is_empty())?,
            }
        }
        Ok(listing)
    }

    /// The headers for an architecture, by installed path.
    pub fn of(&self, arch: &str) -> BTreeMap<String, File> {
        let mut found = self.common.clone();
        found.extend(self.by_arch.get(arch).cloned().unwrap_or_default());
        found
    }

    pub fn is_empty(&self) -> bool {
        self.common.is_empty() && self.by_arch.is_empty()
    }

    /// What tells whether two listings are of the same headers.
    pub fn contents(&self) -> BTreeSet<(&str, &str, ContentId)> {
        let common = self.common.iter().map(|(path, file)| ("", path, file.id));
        let own = self.by_arch.iter().flat_map(|(arch, files)| {
            files
                .iter()
                .map(move |(path, file)| (arch.as_str(), path, file.id))
        });
        common
            .chain(own)
            .filter(|(_, path, _)| *path != VERSION)
            .map(|(arch, path, id)| (arch, path.as_str(), id))
            .collect()
    }

    /// The files that differ from those of another listing.
    pub fn touched(&self, other: &Listing) -> BTreeSet<String> {
        let by_path = |listing: &Self| -> BTreeMap<String, ContentId> {
            let files = listing.files();
            files.map(|file| (file.path.clone(), file.id)).collect()
        };
        let (old, new) = (by_path(self), by_path(other));
        let paths = old.keys().chain(new.keys());
        paths
            .filter(|path| old.get(*path) != new.get(*path))
            .cloned()
            .collect()
    }

    /// All files, linux/version.h left out.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let listed = [&self.common].into_iter().chain(self.by_arch.values());
        let files = listed.flatten();
        files.filter_map(|(path, file)| (path != VERSION).then_some(file))
    }

    /// Directories such as `x86/include`, with an `asm/` of their own.
    fn add_arch_roots(&mut self, files: &dyn Files, below: &str) -> Result<(), SourceError> {
        for name in files.directories("")? {
            let root = format!("{name}/{below}");
            if arch::names().any(|known| known == name)
                && files.directories(&root)?.iter().any(|found| found == "asm")
            {
                for file in files.below(&root)? {
                    if let Some(path) = header(&file, &root) {
                        self.add(Some(&name), path.to_owned(), file);
                    }
                }
            }
        }
        Ok(())
    }

    /// What lies directly below a root. Where that is `shared` with others, only what is the kernel's.
    fn add_root(&mut self, files: &dyn Files, root: &str, shared: bool) -> Result<(), SourceError> {
        for directory in files.directories(root)? {
            let at = join(root, &directory);
            if directory == "asm" {
                let arch = arch::of_asm(|name| text(files, &format!("{at}/{name}")))?;
                match arch {
                    Some(arch) => self.add_below(files, &at, "asm", Some(arch))?,
                    None => self.foreign = true,
                }
            } else if let Some(arch) = arch::of_triplet(&directory) {
                self.add_below(files, &format!("{at}/asm"), "asm", Some(arch))?;
            } else if let Some(arch) = arch::of_asm_directory(&directory) {
                let inner = format!("{at}/asm");
                let has_inner = files.directories(&at)?.iter().any(|found| found == "asm");
                self.add_below(
                    files,
                    if has_inner { &inner } else { &at },
                    "asm",
                    Some(arch),
                )?;
            } else if !shared || DIRECTORIES.contains(&directory.as_str()) {
                self.add_below(files, &at, &directory, None)?;
            }
        }
        Ok(())
    }

    /// The headers below `directory`, installed as those of `name`.
    fn add_below(
        &mut self,
        files: &dyn Files,
        directory: &str,
        name: &str,
        arch: Option<&str>,
    ) -> Result<(), SourceError> {
        for file in files.below(directory)? {
            let rest = file.path.strip_prefix(directory).unwrap_or_default();
            if rest.ends_with(".h") {
                self.add(arch, format!("{name}{rest}"), file.clone());
            }
        }
        Ok(())
    }

    /// The first root that has a header wins.
    fn add(&mut self, arch: Option<&str>, path: String, file: File) {
        let to = match arch {
            Some(arch) => self.by_arch.entry(arch.to_owned()).or_default(),
            None => &mut self.common,
        };
        to.entry(path).or_insert(file);
    }
}

/// The installed path of a header below a root.
fn header<'f>(file: &'f File, root: &str) -> Option<&'f str> {
    let path = file.path.strip_prefix(root)?.strip_prefix('/')?;
    (path.contains('/') && path.ends_with(".h")).then_some(path)
}

fn text(files: &dyn Files, path: &str) -> Result<Option<std::sync::Arc<[u8]>>, SourceError> {
    let file = files.file(path)?;
    file.map(|file| files.read(&file)).transpose()
}

fn join(root: &str, name: &str) -> String {
    if root.is_empty() {
        name.to_owned()
    } else {
        format!("{root}/{name}")
    }
}
