//! The parts of a run become a [`Report`].

use super::Request;
use super::reading::Both;
use super::records;
use super::trees::Trees;
use crate::extract::target::Target;
use crate::extract::{self, pool::Extractor};
use crate::judge::{Finding, Verdict};
use crate::model::{Gap, Place, Side};
use crate::report::{Conclusion, Examined, Missing, Report, Revision, Sandbox, Source, Timing};
use crate::source::{ReleaseChoice, Sides, State};
use crate::tree::{Asm, Origin};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a finished run knows besides its findings.
pub(super) struct Run<'r> {
    pub sides: &'r Sides,
    pub trees: &'r Trees,
    pub targets: &'r [&'static Target],
    pub left_out: Vec<(String, String)>,
    pub released: Option<Revision>,
    pub extractor: &'r Extractor,
    pub request: &'r Request,
    pub surfaces: &'r [Both],
}

/// The report of a run in which no file of the user-space API differs.
pub(super) fn untouched(sides: &Sides, request: &Request, timing: Timing) -> Report {
    let [base, head] = [revision(&sides.before), revision(&sides.after)];
    let notes = [
        "No file that the user-space API is made from differs, so no header had to be read."
            .to_owned(),
    ];
    let links = not_followed(&[&sides.before, &sides.after]);
    Report {
        notes: notes.into_iter().chain(links).collect(),
        timing,
        ..nothing(base, head, request)
    }
}

/// The report of a run in which nothing was compared.
pub(super) fn nothing(base: Revision, head: Revision, request: &Request) -> Report {
    Report {
        libclang: String::new(),
        sandbox: Sandbox::default(),
        base,
        head,
        released: None,
        conclusion: Conclusion::Pass,
        findings: Vec::new(),
        gaps: Vec::new(),
        files: BTreeMap::new(),
        waived: BTreeMap::new(),
        approvals: None,
        copy_to: Vec::new(),
        examined: Examined {
            rules: request.catalogue.count(),
            ..Examined::default()
        },
        notes: Vec::new(),
        walk: None,
        series: None,
        timing: Timing::default(),
        sources: BTreeMap::new(),
        records: Vec::new(),
    }
}

/// What the workers were under.
pub(super) fn sandbox(extractor: &Extractor) -> Sandbox {
    let workers = extractor.sandbox();
    let missing = workers.missing.iter().cloned();
    Sandbox {
        active: workers.active.clone(),
        missing: missing.map(|(what, why)| Missing { what, why }).collect(),
    }
}

pub(super) fn revision(state: &State) -> Revision {
    Revision {
        name: state.name.clone(),
        commit: state.commit.clone(),
    }
}

impl Run<'_> {
    /// Puts the report together.
    pub fn report(&self, findings: Vec<Finding>, gaps: Vec<Gap>, timing: Timing) -> Report {
        Report {
            libclang: self.extractor.libclang().version.clone(),
            sandbox: sandbox(self.extractor),
            base: revision(&self.sides.before),
            head: revision(&self.sides.after),
            notes: self.notes(&findings),
            conclusion: conclude(&findings, &gaps),
            examined: self.examined(),
            sources: self.sources(&findings),
            records: records::layouts(&findings, self.surfaces),
            released: self.released.clone(),
            files: self.files(&findings),
            waived: BTreeMap::new(),
            approvals: None,
            copy_to: Vec::new(),
            findings,
            gaps,
            walk: None,
            series: None,
            timing,
        }
    }

    fn notes(&self, findings: &[Finding]) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.trees.layouts.completed(self.arches()));
        let mut states = vec![&self.sides.before, &self.sides.after];
        states.extend(self.trees.layouts.base());
        notes.extend(not_followed(&states));
        if self.released.is_none() && !findings.is_empty() {
            notes.push(match self.request.released {
                _ if self.request.directories.is_some() => "Nothing tells what of a directory is released: every name of the base counts as released.".to_owned(),
                ReleaseChoice::None => "As asked, nothing is held against a release: every name of the base counts as released.".to_owned(),
                _ => "No release tag (vX.Y) is reachable from the base: every name of the base counts as released.".to_owned(),
            });
        }
        notes.extend(unconfined(self.extractor.sandbox()));
        notes
    }

    /// The kernel architectures that were examined, each once.
    fn arches(&self) -> impl Iterator<Item = &str> {
        let present = self.trees.by_arch.keys().map(String::as_str);
        present.filter(|arch| {
            self.targets
                .iter()
                .any(|target| target.kernel_arch == *arch)
        })
    }

    fn examined(&self) -> Examined {
        let mut headers = BTreeSet::new();
        let mut affected = BTreeSet::new();
        let mut absent = Vec::new();
        for target in self.targets {
            let Some(arch) = self.trees.by_arch.get(target.kernel_arch) else {
                let reason = self.trees.layouts.absence();
                absent.push((target.name.to_owned(), reason.to_owned()));
                continue;
            };
            let places = |path: &String| {
                if path.starts_with("asm/") {
                    format!("{}:{path}", arch.after.arch)
                } else {
                    path.clone()
                }
            };
            headers.extend(arch.after.headers.keys().map(places));
            affected.extend(arch.affected.affected.iter().map(places));
        }
        let present =
            |target: &&&'static Target| self.trees.by_arch.contains_key(target.kernel_arch);
        Examined {
            targets: self
                .targets
                .iter()
                .filter(present)
                .map(|target| target.name.to_owned())
                .collect(),
            targets_left_out: self.left_out.iter().cloned().chain(absent).collect(),
            layout: self.trees.layouts.after.layout().name.to_owned(),
            stubs: self
                .targets
                .iter()
                .filter(present)
                .filter(|target| self.trees.layouts.after.asm(target.kernel_arch) == Asm::Stubs)
                .map(|target| target.name.to_owned())
                .collect(),
            headers: headers.len(),
            affected: affected.len(),
            rules: self.request.catalogue.count(),
        }
    }

    /// The examined files that findings point into. A file that can't be shown is left out: the
    /// finding stands without its lines.
    fn sources(&self, findings: &[Finding]) -> BTreeMap<(Side, String), Source> {
        let mut wanted: BTreeMap<(Side, String), (&Place, &[String])> = BTreeMap::new();
        for finding in findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Ok || finding.after_place.is_some())
        {
            for place in [&finding.before_place, &finding.after_place]
                .into_iter()
                .flatten()
            {
                let key = (place.side, place.header.clone());
                wanted.entry(key).or_insert((place, &finding.targets));
            }
        }
        let found = wanted
            .into_par_iter()
            .filter_map(|(key, (place, targets))| Some((key, self.source(place, targets)?)));
        found.collect()
    }

    /// The files that each finding is in, by its fingerprint: on every architecture that it is found on, for
    /// each has its own `asm/`.
    fn files(&self, findings: &[Finding]) -> BTreeMap<String, BTreeSet<String>> {
        let each = findings.par_iter().map(|finding| {
            let paths = finding.targets.iter().flat_map(|target| {
                let sides = [Side::Before, Side::After].into_iter();
                sides.filter_map(move |side| {
                    self.path(side, &finding.header, std::slice::from_ref(target))
                })
            });
            let mut paths: BTreeSet<String> = paths.collect();
            if paths.is_empty() {
                // A header without a file of its own lies where one would be written for it.
                paths.insert(format!("include/uapi/{}", finding.header));
            }
            (finding.fingerprint.clone(), paths)
        });
        each.collect()
    }

    fn source(&self, place: &Place, targets: &[String]) -> Option<Source> {
        let path = self.path(place.side, &place.header, targets)?;
        let state = match place.side {
            Side::Before => &self.sides.before,
            Side::After => &self.sides.after,
        };
        let file = state.files.file(&path).ok()??;
        let bytes = state.files.read(&file).ok()?;
        let path = match state.root.as_str() {
            "" => path,
            root => format!("{root}/{path}"),
        };
        Some(Source {
            path,
            text: Arc::from(String::from_utf8_lossy(&bytes)),
        })
    }
    /// The file of the examined tree that a header is made from.
    fn path(&self, side: Side, header: &str, targets: &[String]) -> Option<String> {
        let target = self
            .targets
            .iter()
            .find(|target| targets.iter().any(|name| name == target.name))?;
        let arch = self.trees.by_arch.get(target.kernel_arch)?;
        let tree = match side {
            Side::Before => &arch.before,
            Side::After => &arch.after,
        };
        match &tree.headers.get(header)?.origin {
            Origin::File { path } | Origin::Wrapper { path } | Origin::SystemCalls { path } => {
                Some(path.clone())
            }
            Origin::Version => Some("Makefile".to_owned()),
            Origin::Base | Origin::Stub => None,
        }
    }
}

/// Most links that are named; the rest is counted.
const MOST_LINKS: usize = 5;

/// What to say of symbolic links that lead out of directories: whatever they stand for was not looked at.
fn not_followed(states: &[&State]) -> Option<String> {
    let mut told = Vec::new();
    for state in states {
        let links = state.files.not_followed();
        let (named, rest) = links.split_at(links.len().min(MOST_LINKS));
        let mut text = format!("{}: {}", state.name, named.join(", "));
        if !rest.is_empty() {
            text.push_str(&format!(" and {} more", rest.len()));
        }
        if !links.is_empty() && !told.contains(&text) {
            told.push(text);
        }
    }
    let told = (!told.is_empty()).then(|| told.join("; "))?;
    Some(format!(
        "Symbolic links that lead out of a directory are not followed, so what they lead to was not \
         examined ({told})"
    ))
}

/// What to say where nothing hid the files of this machine from the headers.
fn unconfined(sandbox: &extract::Sandbox) -> Option<String> {
    let without = |name: &str| sandbox.missing.iter().find(|(what, _)| what == name);
    let (_, why) = without("seccomp")?;
    let risk = match without("landlock") {
        Some(_) => "have read files of this machine",
        None => "have found out which files exist on this machine",
    };
    Some(format!(
        "The headers were read without seccomp ({why}): a hostile one may {risk}."
    ))
}

/// The gravest thing decides; what could not be examined outweighs a question, not a break.
pub(super) fn conclude<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    gaps: &[Gap],
) -> Conclusion {
    let findings = findings.into_iter();
    let worst = findings
        .filter(|finding| !finding.preview)
        .map(|finding| finding.verdict)
        .max();
    match worst {
        Some(Verdict::Break) => Conclusion::Fail,
        _ if gaps.iter().any(|gap| gap.in_change) => Conclusion::Undecided,
        Some(Verdict::Review) => Conclusion::NeedsApproval,
        _ => Conclusion::Pass,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(missing: &[&str]) -> Option<String> {
        let reason = |what: &&str| ((*what).to_owned(), "not in this kernel".to_owned());
        unconfined(&extract::Sandbox {
            active: Vec::new(),
            missing: missing.iter().map(reason).collect(),
        })
    }

    #[test]
    fn files_that_were_not_hidden_are_no_secret_of_ours() {
        let open = note(&["landlock", "seccomp"]).expect("a note");
        assert!(open.contains("(not in this kernel)"), "{open}");
        assert!(open.contains("have read files"), "{open}");
        let half = note(&["seccomp"]).expect("a note");
        assert!(half.contains("which files exist"), "{half}");
        // Landlock alone is no loss: without files there is nothing for it to guard.
        assert_eq!(note(&["landlock"]), None);
        assert_eq!(note(&[]), None);
    }
}
