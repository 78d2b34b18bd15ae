//! What of a run is kept for later ones, and under which key: surfaces of headers, whole comparisons.
//!
//! | kept | is made from, so the key has |
//! |---|---|
//! | the surface of a header | its target, how it is included, path and text of each file that it may take in; the ground of a reading |
//! | which release is the last | the base and all release tags; this build |
//! | a finished comparison | both trees and that of the release; the request; the ground of a reading; this build |
//!
//! The ground of a reading ([`extract::ground`]) is the build of what reads headers, libclang, and the
//! sandbox. Names of revisions and times are no part of what is kept: they are put in anew. What a worker
//! gave no answer to (it died, or took too long) is not kept either: that says more of the machine at that
//! moment than of a header. Work trees and
//! plain directories are never kept as a whole, only the headers that they are made of.

use super::Request;
use crate::cache::{Draft, Key, Store};
use crate::extract;
use crate::extract::pool::{self, ExtractError, Extractor, Outcome};
use crate::extract::sharing::Sharing;
use crate::judge::Finding;
use crate::model::{Gap, Side};
use crate::report::{
    CacheUse, Conclusion, Examined, Layouts, Report, Revision, Sandbox, Source, Timing, Walk,
};
use crate::source::{ReleaseChoice, Sides, SourceError, State};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

/// The sources of this program (build.rs hashes them).
const BUILD: &str = env!("UAPI_CHECK_BUILD");

/// The cache as one run uses it; without one, nothing is found and nothing kept.
#[derive(Default)]
pub(super) struct Kept<'e> {
    on: Option<(&'e Store, String)>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl<'e> Kept<'e> {
    pub fn new(store: Option<&'e Store>) -> Self {
        Self {
            on: store.and_then(|store| Some((store, extract::ground()?))),
            ..Self::default()
        }
    }

    /// What was looked for so far.
    pub fn usage(&self) -> CacheUse {
        CacheUse {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// As [`Extractor::read`], which is only asked for what is not known.
    pub fn read(
        &self,
        extractor: &Extractor,
        requests: Vec<pool::Request>,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<Outcome>, ExtractError> {
        let Some((_, ground)) = &self.on else {
            return extractor.read(requests, progress);
        };
        let keys: Vec<Key> = requests
            .par_iter()
            .map(|request| surface_key(ground, request))
            .collect();
        let sharing = Sharing::default();
        let mut outcomes: Vec<Option<Outcome>> = keys
            .par_iter()
            .map(|key| self.find(key, |bytes| outcome(bytes, &sharing)))
            .collect();
        let (unknown, places): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .enumerate()
            .filter(|(at, _)| outcomes[*at].is_none())
            .map(|(at, request)| (request, at))
            .unzip();
        let losses = extractor.losses();
        let read = extractor.read(unknown, progress)?;
        let all_answered = extractor.losses() == losses;
        places.par_iter().zip(&read).for_each(|(at, outcome)| {
            if all_answered || is_whole(outcome) {
                self.keep(&keys[*at], outcome);
            }
        });
        for (at, outcome) in places.into_iter().zip(read) {
            outcomes[at] = Some(outcome);
        }
        // Each was there or has been read.
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// The report of a comparison that was made before.
    pub fn report(&self, comparison: &Comparison, timing: Timing) -> Option<Report> {
        let stored: Stored = self.find(&comparison.key, of_bytes)?;
        let frame = Frame {
            base: comparison.base.clone(),
            head: comparison.head.clone(),
            released: comparison.released.clone(),
            walk: None,
            timing,
        };
        Some(stored.within(frame))
    }

    /// Keeps a report, which is given back.
    pub fn keep_report(&self, comparison: &Comparison, report: Report) -> Report {
        let (stored, frame) = Stored::split(report);
        self.keep(&comparison.key, &stored);
        stored.within(frame)
    }

    /// What a comparison is kept as; `None` where it is not kept.
    pub fn comparison(
        &self,
        sides: &Sides,
        request: &Request,
    ) -> Result<Option<Comparison>, SourceError> {
        let Some((_, ground)) = &self.on else {
            return Ok(None);
        };
        // No id tells what is in a directory.
        if request.headers.base.is_some() || request.directories.is_some() {
            return Ok(None);
        }
        let (Some(before), Some(after)) = (tree(&sides.before)?, tree(&sides.after)?) else {
            return Ok(None);
        };
        let released = self.released(sides)?;
        let release = match &released {
            None => None,
            Some(state) => match tree(state)? {
                None => return Ok(None),
                Some(tree) => Some((tree, state.commit == sides.before.commit)),
            },
        };
        Ok(Some(Comparison {
            key: comparison_key(ground, BUILD, &(before, after, release), request),
            base: revision(&sides.before),
            head: revision(&sides.after),
            released: released.as_ref().map(revision),
        }))
    }

    /// The release, for which the whole history back to it is looked through only once.
    fn released(&self, sides: &Sides) -> Result<Option<State>, SourceError> {
        let Some(question) = sides.release_question()? else {
            return sides.released();
        };
        let key = Draft::new("release 1").with(BUILD).with(question).key();
        let known: Option<Option<(String, String)>> = self.look_up(&key, of_bytes);
        if let Some(answer) = known {
            sides.assume_released(answer);
            return sides.released();
        }
        let found = sides.released()?;
        let name_and_commit = |state: &State| Some((state.name.clone(), state.commit.clone()?));
        self.keep(&key, &found.as_ref().and_then(name_and_commit));
        Ok(found)
    }

    fn look_up<T>(&self, key: &Key, decode: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let (store, _) = self.on.as_ref()?;
        decode(&store.get(key)?)
    }

    /// The same, counted.
    fn find<T>(&self, key: &Key, decode: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        self.on.as_ref()?;
        let found = self.look_up(key, decode);
        let count = match found {
            Some(_) => &self.hits,
            None => &self.misses,
        };
        count.fetch_add(1, Ordering::Relaxed);
        found
    }

    fn keep(&self, key: &Key, value: &impl Serialize) {
        // What has no form is found out anew each time.
        if let Some((store, _)) = &self.on
            && let Ok(bytes) = postcard::to_stdvec(value)
        {
            store.put(key, &bytes);
        }
    }
}

/// What was kept. The bytes are those that were written; another form of them would be another build's.
fn of_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// The same of an outcome, whose variant's number stands first.
fn outcome(bytes: &[u8], sharing: &Sharing) -> Option<Outcome> {
    match bytes.split_first()? {
        (0, header) => sharing.header(header).ok().map(Outcome::Read),
        _ => of_bytes(bytes),
    }
}

/// A comparison that can be kept, and what changes without it: names.
pub(super) struct Comparison {
    key: Key,
    base: Revision,
    head: Revision,
    released: Option<Revision>,
}

fn revision(state: &State) -> Revision {
    Revision {
        name: state.name.clone(),
        commit: state.commit.clone(),
    }
}

/// git's id of all files of a state; `None` where it is no commit.
fn tree(state: &State) -> Result<Option<[u8; 20]>, SourceError> {
    match state.commit {
        Some(_) => Ok(state.files.id("")?.map(|id| id.0)),
        None => Ok(None),
    }
}

/// Ids of the trees before, after and of the release; of the last also whether it is the base.
type TreeIds = ([u8; 20], [u8; 20], Option<([u8; 20], bool)>);

fn comparison_key(ground: &str, build: &str, trees: &TreeIds, request: &Request) -> Key {
    // All of the request is named: what is added to it must be thought of here.
    let Request {
        repository: _,
        range: _,
        targets,
        released,
        catalogue,
        directories: _,
        headers,
        thorough,
        said: _,
        authority: _,
    } = request;
    let (before, after, release) = trees;
    let mut draft = Draft::new("comparison 2").with(ground).with(build);
    draft.add(before);
    draft.add(after);
    match release {
        Some((tree, is_base)) => draft.add([&tree[..], &[u8::from(*is_base)]].concat()),
        None => draft.add(b""),
    }
    // Which revision it is stands in the trees. A note tells why there is none.
    draft.add([u8::from(*released == ReleaseChoice::None)]);
    draft.add(catalogue.id());
    // They are examined in an order of their own, each once.
    for name in targets.iter().flatten().collect::<BTreeSet<_>>() {
        draft.add(name);
    }
    draft.add([u8::from(targets.is_some()), u8::from(*thorough)]);
    draft.add(format!("{:?} {:?}", headers.layout, headers.root));
    draft.key()
}

fn surface_key(ground: &str, request: &pool::Request) -> Key {
    let pool::Request {
        target,
        header,
        through,
        files,
        languages,
    } = request;
    let mut draft = Draft::new("surface 1").with(ground);
    draft.add(format!("{target:?}"));
    draft.add(header);
    draft.add(through);
    draft.add(format!("{languages:?}"));
    for file in files.iter() {
        draft.add(&file.path);
        draft.add(file.id);
    }
    draft.key()
}

/// Whether something was said of the header as such. Where it was not, a worker may be to blame.
fn is_whole(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Read(surface) => surface.unread.iter().all(|unread| !unread.item.is_empty()),
        Outcome::Unread(_) => false,
    }
}

/// What a report has from the compared trees.
#[derive(Serialize, Deserialize)]
struct Stored {
    libclang: String,
    sandbox: Sandbox,
    conclusion: Conclusion,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
    files: BTreeMap<String, BTreeSet<String>>,
    examined: Examined,
    notes: Vec<String>,
    sources: BTreeMap<(Side, String), Source>,
    records: Vec<Layouts>,
}

/// The rest of it: names and times.
struct Frame {
    base: Revision,
    head: Revision,
    released: Option<Revision>,
    walk: Option<Walk>,
    timing: Timing,
}

impl Stored {
    fn split(report: Report) -> (Self, Frame) {
        let Report {
            libclang,
            sandbox,
            base,
            head,
            released,
            conclusion,
            findings,
            gaps,
            files,
            // These hang on commits, too, and are found out anew.
            waived: _,
            approvals: _,
            copy_to: _,
            examined,
            notes,
            walk,
            series: _,
            timing,
            sources,
            records,
        } = report;
        let stored = Self {
            libclang,
            sandbox,
            conclusion,
            findings,
            gaps,
            files,
            examined,
            notes,
            sources,
            records,
        };
        let frame = Frame {
            base,
            head,
            released,
            walk,
            timing,
        };
        (stored, frame)
    }

    fn within(self, frame: Frame) -> Report {
        Report {
            libclang: self.libclang,
            sandbox: self.sandbox,
            base: frame.base,
            head: frame.head,
            released: frame.released,
            conclusion: self.conclusion,
            findings: self.findings,
            gaps: self.gaps,
            files: self.files,
            waived: BTreeMap::new(),
            approvals: None,
            copy_to: Vec::new(),
            examined: self.examined,
            notes: self.notes,
            walk: frame.walk,
            series: None,
            timing: frame.timing,
            sources: self.sources,
            records: self.records,
        }
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
