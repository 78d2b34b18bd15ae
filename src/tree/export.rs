//! The sources of one side become the list of headers that are exported, and what each is made from.
//!
//! Follows scripts/Makefile.headersinst and scripts/Makefile.asm-headers, from the explicit lists of
//! `header-y` (until 4.12) to `no-export-headers` and `mandatory-y` of today, told apart by what the
//! Kbuild files say and never by a version number. Decides and reads lists, but no header's text.

use super::TreeError;
use super::kbuild::Kbuild;
use super::syscalls::{Table, tables};
use crate::source::{File, Files};
use std::collections::{BTreeMap, BTreeSet};

/// Where the headers of all architectures are.
pub(super) const GENERIC: &str = "include/uapi";
/// Says which headers an architecture must have in `asm/`.
const MANDATORY: &str = "include/uapi/asm-generic/Kbuild";
/// The same, as an include of the architectures' Kbuild files, until 5.0.
const MANDATORY_INCLUDED: &str = "include/uapi/asm-generic/Kbuild.asm";

/// What an installed header is made from.
#[derive(Debug)]
pub(super) enum Recipe {
    /// A file of the tree.
    File(File),
    /// A line that includes the asm-generic header of the same name; `kbuild` asks for it.
    Wrapper { kbuild: String },
    /// A system call table.
    SystemCalls(Table),
}

/// Everything that is installed but linux/version.h, by installed path.
pub(super) fn recipes(
    files: &dyn Files,
    arch: &str,
) -> Result<BTreeMap<String, Recipe>, TreeError> {
    let generic = files.below(GENERIC)?;
    let arch_root = format!("arch/{arch}/{GENERIC}");
    let own = files.below(&arch_root)?;
    let lists = ArchLists::read(files, arch)?;
    let mut made = lists.system_calls(files, arch)?;
    made.extend(lists.wrappers(&generic, &own, &arch_root));
    let generated: BTreeSet<String> = made
        .keys()
        .map(|path| format!("arch/{arch}/include/generated/uapi/{path}"))
        .collect();
    let mut recipes = made;
    let exported = |file: &&File| file.path.ends_with(".h");
    let selection = Selection::read(files, arch, &generic, &generated)?;
    for file in generic.iter().filter(exported) {
        let Some(path) = installed(file, GENERIC) else {
            continue;
        };
        if selection.exports(path) {
            recipes.insert(path.to_string(), Recipe::File(file.clone()));
        }
    }
    for file in own.iter().filter(exported) {
        let Some(path) = installed(file, &arch_root) else {
            continue;
        };
        if lists.exports(path) {
            recipes.insert(path.to_string(), Recipe::File(file.clone()));
        }
    }
    Ok(recipes)
}

/// Paths of the system call tables an architecture's headers are made from.
pub(super) fn table_paths(files: &dyn Files, arch: &str) -> Result<Vec<String>, TreeError> {
    let nothing = BTreeSet::new();
    let mut own = Kbuild::new(files, arch, &nothing);
    own.read(&own_kbuild(arch))?;
    let tables = tables(files, arch, &generated(&own), &own.words("syscall-y"))?;
    Ok(tables.into_iter().flat_map(|table| table.paths).collect())
}

fn own_kbuild(arch: &str) -> String {
    format!("arch/{arch}/include/uapi/asm/Kbuild")
}

/// The headers that a build makes, by name in `asm/`.
fn generated(own: &Kbuild) -> BTreeSet<String> {
    let made = [own.words("generated-y"), own.words("genhdr-y")];
    made.into_iter().flatten().collect()
}

/// A file's path below `include`, once installed. A file directly in uapi/ is not installed.
fn installed<'f>(file: &'f File, root: &str) -> Option<&'f str> {
    let path = file.path.strip_prefix(root)?.strip_prefix('/')?;
    path.contains('/').then_some(path)
}

/// The lists of an architecture's Kbuild files.
struct ArchLists {
    /// Path of arch/X/include/uapi/asm/Kbuild.
    kbuild: String,
    /// The file that says what is mandatory.
    mandatory_kbuild: String,
    /// `header-y`: the only headers that are exported, where there is such a list.
    listed: BTreeSet<String>,
    generic: BTreeSet<String>,
    /// `generic-y` of arch/X/include/asm/Kbuild, which counted for exported headers until 4.12.
    internal_generic: BTreeSet<String>,
    mandatory: BTreeSet<String>,
    generated: BTreeSet<String>,
    system_calls: Vec<String>,
}

impl ArchLists {
    fn read(files: &dyn Files, arch: &str) -> Result<Self, TreeError> {
        let nothing = BTreeSet::new();
        let kbuild = own_kbuild(arch);
        let mut own = Kbuild::new(files, arch, &nothing);
        own.read(&kbuild)?;
        let mut internal = Kbuild::new(files, arch, &nothing);
        internal.read(&format!("arch/{arch}/include/asm/Kbuild"))?;
        let mut mandatory = Kbuild::new(files, arch, &nothing);
        mandatory.read(MANDATORY)?;
        let mut mandatory_kbuild = MANDATORY;
        if mandatory.words("mandatory-y").is_empty() && mandatory.read(MANDATORY_INCLUDED)? {
            mandatory_kbuild = MANDATORY_INCLUDED;
        }
        let set =
            |lists: &Kbuild, name: &str| lists.words(name).into_iter().collect::<BTreeSet<_>>();
        Ok(ArchLists {
            kbuild,
            mandatory_kbuild: mandatory_kbuild.to_string(),
            listed: set(&own, "header-y"),
            generic: set(&own, "generic-y"),
            internal_generic: set(&internal, "generic-y"),
            mandatory: set(&mandatory, "mandatory-y"),
            generated: generated(&own),
            system_calls: own.words("syscall-y"),
        })
    }

    fn tables(&self, files: &dyn Files, arch: &str) -> Result<Vec<Table>, TreeError> {
        Ok(tables(files, arch, &self.generated, &self.system_calls)?)
    }

    /// The headers made from the tables that are there, by installed path.
    fn system_calls(
        &self,
        files: &dyn Files,
        arch: &str,
    ) -> Result<BTreeMap<String, Recipe>, TreeError> {
        let mut made = BTreeMap::new();
        for mut table in self.tables(files, arch)? {
            let mut found = None;
            for path in &table.paths {
                if found.is_none() && files.file(path)?.is_some() {
                    found = Some(path.clone());
                }
            }
            if let Some(path) = found {
                table.paths = vec![path];
                made.insert(format!("asm/{}", table.header), Recipe::SystemCalls(table));
            }
        }
        Ok(made)
    }

    /// The one-line headers that stand for asm-generic ones, by installed path.
    fn wrappers(&self, generic: &[File], own: &[File], arch_root: &str) -> Vec<(String, Recipe)> {
        let has =
            |files: &[File], path: String| files.binary_search_by(|f| f.path.cmp(&path)).is_ok();
        let mut asked: BTreeMap<&String, &String> = BTreeMap::new();
        let mandatory = self.mandatory.difference(&self.generated);
        asked.extend(mandatory.map(|name| (name, &self.mandatory_kbuild)));
        if self.listed.is_empty() {
            asked.extend(self.generic.iter().map(|name| (name, &self.kbuild)));
        } else {
            let any = self.generic.union(&self.internal_generic);
            asked.extend(
                any.filter(|n| self.listed.contains(*n))
                    .map(|name| (name, &self.kbuild)),
            );
        }
        asked.retain(|name, _| {
            has(generic, format!("{GENERIC}/asm-generic/{name}"))
                && !has(own, format!("{arch_root}/asm/{name}"))
        });
        let wrapper = |kbuild: &String| Recipe::Wrapper {
            kbuild: kbuild.clone(),
        };
        asked
            .into_iter()
            .map(|(name, kbuild)| (format!("asm/{name}"), wrapper(kbuild)))
            .collect()
    }

    fn exports(&self, path: &str) -> bool {
        let name = path.strip_prefix("asm/").unwrap_or(path);
        self.listed.is_empty() || self.listed.contains(name)
    }
}

/// Which headers of include/uapi are exported.
enum Selection {
    /// Only these installed paths.
    Listed(BTreeSet<String>),
    /// All but these installed paths.
    AllBut(BTreeSet<String>),
}

impl Selection {
    fn read(
        files: &dyn Files,
        arch: &str,
        generic: &[File],
        generated: &BTreeSet<String>,
    ) -> Result<Self, TreeError> {
        let mut listed = BTreeSet::new();
        let mut left_out = BTreeSet::new();
        let mut root_lists = false;
        for file in generic {
            let Some(directory) = file
                .path
                .strip_suffix("Kbuild")
                .filter(|d| d.ends_with('/'))
            else {
                continue;
            };
            let directory = directory
                .strip_prefix(GENERIC)
                .unwrap_or(directory)
                .trim_start_matches('/');
            let mut kbuild = Kbuild::new(files, arch, generated);
            kbuild.read(&file.path)?;
            let below = |name: String| format!("{directory}{name}");
            left_out.extend(kbuild.words("no-export-headers").into_iter().map(below));
            let names = kbuild.words("header-y");
            root_lists |= directory.is_empty() && !names.is_empty();
            listed.extend(names.into_iter().map(below));
        }
        Ok(if root_lists {
            Selection::Listed(listed)
        } else {
            Selection::AllBut(left_out)
        })
    }

    fn exports(&self, path: &str) -> bool {
        match self {
            Selection::AllBut(left_out) => !left_out.contains(path),
            // A header counts where every directory above it is listed too.
            Selection::Listed(listed) => {
                let slashes = path.match_indices('/');
                listed.contains(path)
                    && slashes
                        .into_iter()
                        .all(|(at, _)| listed.contains(&path[..=at]))
            }
        }
    }
}
