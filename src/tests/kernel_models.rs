//! Where a header must be read alike on two targets, it is read on one (`extract/twins`): all headers of v6.12 are
//! read on every target, and what came of them is the truth.
//!
//! A unit is all that a compiler is given for a header: the header, what it may include, and linux/ioctl.h.
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use crate::support::units::{extractor, request, surface, tree_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uapi_check::extract::pool::{Extractor, Request, SourceFile};
use uapi_check::extract::target::{self, Target};
use uapi_check::extract::twins::Twins;
use uapi_check::model::HeaderSurface;
use uapi_check::tree::include::Graph;

const REVISION: &str = "v6.12";

/// One target: what is compiled for each header, and what came of it.
struct Read {
    target: &'static Target,
    units: BTreeMap<String, (Arc<Vec<SourceFile>>, Arc<HeaderSurface>)>,
}

#[test]
fn kernel_models_that_share_a_unit_share_its_surface() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12 (make kernel)");
        return;
    };
    let extractor = extractor();
    let targets: Vec<&'static Target> = target::ALL
        .iter()
        .filter(|target| target.needs_libclang <= extractor.libclang().major)
        .collect();
    let models = extractor.measure(&targets).expect("workers run");
    assert_eq!(
        models.len(),
        targets.len(),
        "a target that can't be measured"
    );
    let twins = Twins::new(&models);
    let read: Vec<Read> = targets
        .iter()
        .map(|target| read(&extractor, &kernel, target))
        .collect();
    let (mut shared, mut refused, mut wrong) = (0, 0, Vec::new());
    for (at, one) in read.iter().enumerate() {
        for other in &read[at + 1..] {
            let tally = compare(&twins, one, other);
            println!(
                "{:11} {:11} same text {:3}, read once {:3}, rightly read twice {:3}",
                one.target.name, other.target.name, tally.same_text, tally.shared, tally.refused
            );
            shared += tally.shared;
            refused += tally.refused;
            wrong.extend(tally.wrong);
        }
    }
    assert!(shared > 0, "no pair shares anything: the claim is empty");
    assert!(refused > 0, "no text is read otherwise anywhere: no test");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn read(extractor: &Extractor, kernel: &Path, target: &'static Target) -> Read {
    let tree = tree_of(kernel, REVISION, target);
    let graph = Graph::new(&tree);
    let requests: Vec<Request> = tree
        .headers
        .keys()
        .filter_map(|header| request(&graph, &tree, target, header))
        .collect();
    assert!(requests.len() > 900, "{} headers", requests.len());
    let units: Vec<_> = requests
        .iter()
        .map(|request| (request.header.clone(), Arc::clone(&request.files)))
        .collect();
    let outcomes = extractor.read(requests, &|_, _| ()).expect("workers run");
    let units = units.into_iter().zip(outcomes);
    Read {
        target,
        units: units
            .map(|((name, files), outcome)| (name, (files, surface(outcome).declares)))
            .collect(),
    }
}

#[derive(Default)]
struct Tally {
    same_text: usize,
    shared: usize,
    /// Not shared, and read otherwise.
    refused: usize,
    wrong: Vec<String>,
}

fn compare(twins: &Twins, one: &Read, other: &Read) -> Tally {
    let mut tally = Tally::default();
    let mut texts = twins.reader();
    for (header, (files, here)) in &one.units {
        let there = other.units.get(header);
        let Some((_, there)) = there.filter(|(others, _)| is_same(files, others)) else {
            continue;
        };
        tally.same_text += 1;
        let agree = twins.agree(one.target, other.target, &texts.of(files));
        tally.shared += usize::from(agree);
        match (agree, here == there) {
            (true, false) => {
                let names = (one.target.name, other.target.name);
                tally
                    .wrong
                    .push(format!("{names:?} {header}: {}", why(here, there)));
            }
            (false, false) => tally.refused += 1,
            (_, true) => {}
        }
    }
    tally
}

fn is_same(one: &[SourceFile], other: &[SourceFile]) -> bool {
    let same =
        |(one, other): (&SourceFile, &SourceFile)| one.path == other.path && one.text == other.text;
    one.len() == other.len() && one.iter().zip(other).all(same)
}

fn why(one: &HeaderSurface, other: &HeaderSurface) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let mut lines = one.lines().zip(other.lines());
    let first = lines.find(|(one, other)| one != other);
    first.map_or("length".to_owned(), |(one, other)| {
        format!("{} | {}", one.trim(), other.trim())
    })
}
