//! Trees become surfaces: each header that has to be read is read once, however many sides share it.

use super::Progress;
use super::trees::{ArchTrees, Trees, through};
use crate::diff;
use crate::extract::pool::{ExtractError, Extractor, Outcome, Request, SourceFile};
use crate::extract::target::Target;
use crate::model::{HeaderSurface, Surface};
use crate::tree::HeaderTree;
use crate::tree::include::Graph;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Both surfaces of one target.
pub(super) struct Both {
    pub before: Surface,
    pub after: Surface,
}

impl Both {
    pub fn sides(&self) -> diff::Sides<'_> {
        diff::Sides {
            before: &self.before,
            after: &self.after,
        }
    }
}

type Key = (&'static str, String, blake3::Hash, bool);

/// Reads headers and remembers them for the length of a run.
pub(super) struct Reader<'e> {
    extractor: &'e Extractor,
    progress: &'e (dyn Fn(Progress) + Sync),
    known: RefCell<HashMap<Key, Arc<HeaderSurface>>>,
}

/// One header of one tree on one target.
struct Wanted<'t> {
    target: &'static Target,
    tree: &'t HeaderTree,
    header: String,
    languages: bool,
}

impl<'e> Reader<'e> {
    pub fn new(extractor: &'e Extractor, progress: &'e (dyn Fn(Progress) + Sync)) -> Self {
        Self {
            extractor,
            progress,
            known: RefCell::default(),
        }
    }

    /// Reads what the change reaches, for every target.
    pub fn read(
        &self,
        trees: &Trees,
        targets: &[&'static Target],
    ) -> Result<Vec<Both>, ExtractError> {
        let mut wanted = Vec::new();
        let mut sides = Vec::new();
        for (position, target) in targets.iter().copied().enumerate() {
            let Some(arch) = trees.by_arch.get(target.kernel_arch) else {
                continue;
            };
            for tree in [&arch.before, &arch.after] {
                sides.push((target, tree));
                wanted.extend(
                    reached(arch)
                        .into_iter()
                        .filter(|path| tree.headers.contains_key(*path))
                        .map(|path| Wanted {
                            target,
                            tree,
                            header: path.clone(),
                            languages: position == 0 && arch.affected.changed.contains(path),
                        }),
                );
            }
        }
        let mut surfaces = self.surfaces(trees, &sides, wanted)?.into_iter();
        let mut both = Vec::new();
        while let (Some(before), Some(after)) = (surfaces.next(), surfaces.next()) {
            both.push(Both { before, after });
        }
        Ok(both)
    }

    /// Reads some headers of single trees, one surface for each.
    pub fn read_some(
        &self,
        trees: &Trees,
        sides: &[(&'static Target, &HeaderTree, BTreeSet<String>)],
    ) -> Result<Vec<Surface>, ExtractError> {
        let mut wanted = Vec::new();
        for (target, tree, headers) in sides {
            let there = headers
                .iter()
                .filter(|path| tree.headers.contains_key(*path));
            wanted.extend(there.map(|path| Wanted {
                target,
                tree,
                header: path.clone(),
                languages: false,
            }));
        }
        let places: Vec<(&'static Target, &HeaderTree)> = sides
            .iter()
            .map(|(target, tree, _)| (*target, *tree))
            .collect();
        self.surfaces(trees, &places, wanted)
    }

    fn surfaces(
        &self,
        trees: &Trees,
        sides: &[(&'static Target, &HeaderTree)],
        wanted: Vec<Wanted<'_>>,
    ) -> Result<Vec<Surface>, ExtractError> {
        let mut surfaces: Vec<Surface> = sides
            .iter()
            .map(|(target, tree)| Surface {
                target: target.name.to_owned(),
                headers: Default::default(),
                exported: tree.headers.keys().cloned().collect(),
            })
            .collect();
        let mut units = Units {
            trees,
            graphs: HashMap::new(),
            units: HashMap::new(),
        };
        let mut requests = Vec::new();
        let mut keys = Vec::new();
        let mut asked = HashSet::new();
        let mut places = Vec::new();
        for item in &wanted {
            let Some(unit) = units.of(item.tree, &item.header) else {
                continue;
            };
            let key: Key = (
                item.target.name,
                item.header.clone(),
                unit.id,
                item.languages,
            );
            places.push((item.target.name, std::ptr::from_ref(item.tree), key.clone()));
            if !self.known.borrow().contains_key(&key) && asked.insert(key.clone()) {
                requests.push(Request {
                    target: item.target,
                    header: item.header.clone(),
                    through: unit.through,
                    files: unit.files,
                    languages: item.languages,
                });
                keys.push(key);
            }
        }
        self.extract(requests, keys)?;
        let known = self.known.borrow();
        for (target, tree, key) in places {
            let side = sides
                .iter()
                .position(|(t, other)| t.name == target && std::ptr::eq(*other, tree));
            if let (Some(side), Some(surface)) = (side, known.get(&key)) {
                surfaces[side].headers.insert(key.1, Arc::clone(surface));
            }
        }
        Ok(surfaces)
    }

    fn extract(&self, requests: Vec<Request>, keys: Vec<Key>) -> Result<(), ExtractError> {
        let progress = |done, all| (self.progress)(Progress::Headers { done, all });
        let outcomes = self.extractor.read(requests, &progress)?;
        let mut known = self.known.borrow_mut();
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            let surface = match outcome {
                Outcome::Read(surface) => surface,
                Outcome::Unread(unread) => HeaderSurface {
                    path: key.1.clone(),
                    unread,
                    ..HeaderSurface::default()
                },
            };
            known.insert(key, Arc::new(surface));
        }
        Ok(())
    }
}

/// What has to be compiled to see a header.
#[derive(Clone)]
struct Unit {
    through: String,
    id: blake3::Hash,
    files: Arc<Vec<SourceFile>>,
}

/// The units of every tree, worked out once for all its targets.
struct Units<'t> {
    trees: &'t Trees,
    graphs: HashMap<*const HeaderTree, Graph<'t>>,
    units: HashMap<(*const HeaderTree, String), Option<Unit>>,
}

impl<'t> Units<'t> {
    fn of(&mut self, tree: &'t HeaderTree, header: &'t str) -> Option<Unit> {
        let key = (std::ptr::from_ref(tree), header.to_owned());
        if let Some(unit) = self.units.get(&key) {
            return unit.clone();
        }
        let graph = self
            .graphs
            .entry(key.0)
            .or_insert_with(|| self.trees.graph(tree));
        let unit = through(graph, tree, header).map(|through| Unit {
            id: graph.closure_id(through),
            files: Arc::new(files(graph, tree, through)),
            through: through.to_owned(),
        });
        self.units.insert(key, unit.clone());
        unit
    }
}

/// The headers to read on both sides of an architecture.
fn reached(arch: &ArchTrees) -> BTreeSet<&String> {
    arch.affected
        .affected
        .iter()
        .chain(&arch.affected.consulted)
        .collect()
}

/// The texts that a unit needs: the closure of the header, and of linux/ioctl.h, which the evaluation
/// of macros includes.
pub(super) fn files(graph: &Graph<'_>, tree: &HeaderTree, header: &str) -> Vec<SourceFile> {
    let mut paths = graph.closure(header);
    paths.extend(graph.closure("linux/ioctl.h"));
    paths.sort_unstable();
    paths.dedup();
    let file = |path: &str| {
        let header = tree.headers.get(path)?;
        Some(SourceFile {
            path: path.to_owned(),
            id: header.id.0,
            text: Arc::clone(&header.text),
        })
    };
    paths.into_iter().filter_map(file).collect()
}
