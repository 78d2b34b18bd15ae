//! Trees become surfaces: each header that has to be read is read once, however many sides share it.

use super::Progress;
use super::kept::Kept;
use super::sharing;
use super::trees::{ArchTrees, Trees};
use super::units::Units;
use super::untouched::{Texts, Touched, Words};
use crate::diff;
use crate::extract::pool::{ExtractError, Extractor, Languages, Outcome, Request};
use crate::extract::target::Target;
use crate::model::{Build, Header, HeaderSurface, Surface};
use crate::tree::HeaderTree;
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
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

type Key = (&'static str, String, blake3::Hash, Languages);

/// Reads headers and remembers them for the length of a run.
pub(super) struct Reader<'e> {
    extractor: &'e Extractor,
    progress: &'e (dyn Fn(Progress) + Sync),
    thorough: bool,
    kept: Rc<Kept<'e>>,
    known: RefCell<HashMap<Key, Arc<Header>>>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // As for the surfaces: nobody has to wait for it.
        let known = self.known.take();
        rayon::spawn(move || drop(known));
    }
}

/// One header of one tree on one target.
struct Wanted<'t> {
    target: &'static Target,
    tree: &'t HeaderTree,
    header: String,
    languages: Languages,
}

impl<'e> Reader<'e> {
    pub fn new(
        extractor: &'e Extractor,
        progress: &'e (dyn Fn(Progress) + Sync),
        thorough: bool,
        kept: Rc<Kept<'e>>,
    ) -> Self {
        Self {
            extractor,
            progress,
            thorough,
            kept,
            known: RefCell::default(),
        }
    }

    /// Reads what the change reaches, for every target: first the changed headers, then those that what
    /// differs in them can reach; where `thorough`, all that take them in.
    pub fn read(
        &self,
        trees: &Trees,
        targets: &[&'static Target],
    ) -> Result<Vec<Both>, ExtractError> {
        let with_arch =
            |target: &&'static Target| Some((*target, trees.by_arch.get(target.kernel_arch)?));
        let run: Vec<(&'static Target, &ArchTrees)> =
            targets.iter().filter_map(with_arch).collect();
        let sides: Vec<(&'static Target, &HeaderTree)> = run
            .iter()
            .flat_map(|(target, arch)| [(*target, &arch.before), (*target, &arch.after)])
            .collect();
        let mut wanted = Vec::new();
        for (position, (target, arch)) in run.iter().enumerate() {
            let changed = arch.affected.changed.iter().chain(&arch.affected.consulted);
            wanted.extend(
                changed
                    .flat_map(|path| both_sides(target, arch, path, position == 0, self.thorough)),
            );
        }
        let first = self.surfaces(trees, &sides, wanted)?;
        let mut wanted = Vec::new();
        for (position, (pair, (target, arch))) in first.chunks(2).zip(&run).enumerate() {
            let reached = reached(trees, arch, pair, self.thorough);
            wanted.extend(
                reached
                    .into_iter()
                    .flat_map(|path| both_sides(target, arch, path, false, self.thorough)),
            );
            if position == 0 {
                wanted.extend(failing(pair).filter_map(|path| before_too(target, arch, path)));
            }
        }
        let rest = self.surfaces(trees, &sides, wanted)?;
        let mut surfaces = first.into_iter().zip(rest).map(|(mut first, rest)| {
            first.headers.extend(rest.headers);
            first
        });
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
                languages: Languages::Untried,
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
        let mut units = Units::new(trees);
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

    /// Reads what is asked for, each unit on one of the targets that must agree about it.
    fn extract(&self, requests: Vec<Request>, keys: Vec<Key>) -> Result<(), ExtractError> {
        let sources = sharing::sources(self.extractor, &requests)?;
        let own = |at: usize| sources[at] == at;
        let (first, rest): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .zip(&keys)
            .enumerate()
            .partition(|(at, _)| own(*at));
        self.extract_each(first.into_iter().map(|(_, one)| one))?;
        let mut unread = Vec::new();
        for (at, (request, key)) in rest {
            let shared = self.known.borrow().get(&keys[sources[at]]).cloned();
            // What could not be read there may be readable here.
            match shared.filter(|header| header.unread.is_empty()) {
                Some(header) => drop(self.known.borrow_mut().insert(key.clone(), header)),
                None => unread.push((request, key)),
            }
        }
        self.extract_each(unread.into_iter())
    }

    fn extract_each<'k>(
        &self,
        requests: impl Iterator<Item = (Request, &'k Key)>,
    ) -> Result<(), ExtractError> {
        let (requests, keys): (Vec<Request>, Vec<&Key>) = requests.unzip();
        if requests.is_empty() {
            return Ok(());
        }
        let progress = |done, all| (self.progress)(Progress::Headers { done, all });
        let outcomes = self.kept.read(self.extractor, requests, &progress)?;
        let mut known = self.known.borrow_mut();
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            let header = match outcome {
                Outcome::Read(header) => header,
                Outcome::Unread(unread) => Header::from(HeaderSurface {
                    path: key.1.clone(),
                    unread,
                    ..HeaderSurface::default()
                }),
            };
            known.insert(key.clone(), Arc::new(header));
        }
        Ok(())
    }
}

/// A header on both sides of an architecture, where they have it. Other languages are tried on the side
/// after: only where one fails there does it matter whether it failed before.
fn both_sides<'t>(
    target: &'static Target,
    arch: &'t ArchTrees,
    path: &'t str,
    languages: bool,
    thorough: bool,
) -> Vec<Wanted<'t>> {
    let changed = arch.affected.changed.contains(path);
    let after = match (languages && changed, thorough) {
        (false, _) => Languages::Untried,
        (true, false) => Languages::InDoubt,
        (true, true) => Languages::Always,
    };
    let sides = [(&arch.before, Languages::Untried), (&arch.after, after)];
    // A consulted header may be one that only completes the tree.
    let there = sides.into_iter().filter(|(tree, _)| match changed {
        true => tree.headers.contains_key(path),
        false => tree.header(path).is_some(),
    });
    there
        .map(|(tree, languages)| Wanted {
            target,
            tree,
            header: path.to_owned(),
            languages,
        })
        .collect()
}

/// Headers that another language refuses, or lays out otherwise, after.
fn failing(pair: &[Surface]) -> impl Iterator<Item = &str> {
    let after = pair
        .last()
        .into_iter()
        .flat_map(|after| after.headers.values());
    let fails = |header: &&Arc<Header>| {
        let tried = &header.language;
        let builds = [&tried.twice, &tried.c90, &tried.cxx];
        !tried.cxx_sizes.is_empty() || builds.iter().any(|build| matches!(build, Build::Fails(_)))
    };
    after.filter(fails).map(|header| header.path.as_str())
}

/// The same header before, in other languages too.
fn before_too<'t>(target: &'static Target, arch: &'t ArchTrees, path: &str) -> Option<Wanted<'t>> {
    let there = arch.before.headers.contains_key(path);
    there.then(|| Wanted {
        target,
        tree: &arch.before,
        header: path.to_owned(),
        languages: Languages::Always,
    })
}

/// The headers that are themselves the same and can still be read otherwise than before, on one target
/// whose changed headers were read.
fn reached<'t>(
    trees: &Trees,
    arch: &'t ArchTrees,
    pair: &[Surface],
    thorough: bool,
) -> Vec<&'t str> {
    let [before, after] = pair else {
        return Vec::new();
    };
    let touched: BTreeMap<&str, Touched> = arch
        .affected
        .changed
        .par_iter()
        .map(|path| {
            let one = |surface: &Surface, tree: &HeaderTree| {
                let text = tree.headers.get(path)?.text.clone();
                Some((surface.headers.get(path)?.clone(), text))
            };
            let (old, new) = (one(before, &arch.before), one(after, &arch.after));
            let between = Touched::between([
                old.as_ref()
                    .map(|(header, text)| (&*header.declares, &**text)),
                new.as_ref()
                    .map(|(header, text)| (&*header.declares, &**text)),
            ]);
            (path.as_str(), between)
        })
        .collect();
    let graphs = [trees.graph(&arch.before), trees.graph(&arch.after)];
    let rest = arch.affected.affected.difference(&arch.affected.changed);
    let rest: Vec<&str> = rest.map(String::as_str).collect();
    let sides = [(&arch.before, &graphs[0]), (&arch.after, &graphs[1])];
    let texts = Texts::of(&sides, &rest);
    let words = Words::of(&texts);
    let may = |path: &&str| {
        let mut sides = sides.iter();
        thorough || sides.any(|side| words.reaches(side, path, &touched))
    };
    let mut reached: BTreeSet<&str> = rest.into_par_iter().filter(may).collect();
    // What a header gave its users through an include that it no longer has.
    for path in dropped_includes(before, after) {
        if let Some((path, _)) = arch.before.headers.get_key_value(path) {
            reached.extend(graphs[0].closure(path));
        }
    }
    reached.retain(|path| !arch.affected.changed.contains(*path));
    reached.into_iter().collect()
}

/// Exported headers that a header included before and does not include after.
fn dropped_includes<'s>(before: &'s Surface, after: &Surface) -> BTreeSet<&'s str> {
    let mut dropped = BTreeSet::new();
    for (path, old) in &before.headers {
        let Some(new) = after.headers.get(path) else {
            continue;
        };
        let kept = |path: &str| new.includes.iter().any(|include| include.path == path);
        dropped.extend(
            old.includes
                .iter()
                .map(|include| include.path.as_str())
                .filter(|path| !kept(path)),
        );
    }
    dropped
}
