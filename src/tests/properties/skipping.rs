//! Headers that are not read because nothing that they spell changed: reading them finds the same.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use super::bench::{self, Bench};
use super::harmless::{self, Choice};
use super::{breaking, kernel, runner};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample;
use std::collections::BTreeSet;
use std::path::Path;
use uapi_check::judge::Finding;
use uapi_check::report::Report;

/// Commits that are made and checked in both ways.
const COMMITS: u32 = 40;

/// All of a report that is told of the change itself.
fn told(report: &Report) -> BTreeSet<String> {
    let finding = |finding: &Finding| {
        let places = (&finding.before_place, &finding.after_place);
        format!("{} {places:?} {:?}", super::told(finding), finding.affects)
    };
    let gaps = report.gaps.iter().filter(|gap| gap.in_change);
    let gaps = gaps.map(|gap| format!("{gap:?}"));
    report.findings.iter().map(finding).chain(gaps).collect()
}

/// What one report tells and the other does not, and how much the quick one tells.
fn apart(repository: &Path, range: &str) -> (usize, Vec<String>) {
    let [quick, thorough] =
        [false, true].map(|thorough| told(&bench::check(repository, range, thorough)));
    let line = |line: &String| match quick.contains(line) {
        true => format!("only quick: {line}"),
        false => format!("only thorough: {line}"),
    };
    let differ = quick.symmetric_difference(&thorough).map(line).collect();
    (quick.len(), differ)
}

#[test]
fn kernel_pair_is_the_same_when_every_header_is_read() {
    let Some(path) = std::env::var_os("UAPI_CHECK_KERNEL") else {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository (make kernel)");
        return;
    };
    let (told, wrong) = apart(Path::new(&path), "v6.1..v6.12");
    assert!(told > 1000, "only {told} findings");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kernel_mutations_are_the_same_when_every_header_is_read() {
    let Some(bench) = kernel() else { return };
    let included = included(&bench);
    assert!(
        included.len() > 50,
        "{} headers are included",
        included.len()
    );
    let strategy = (
        sample::select(included),
        any::<u16>(),
        vec(any::<u16>(), 1..8),
    );
    let found = runner(COMMITS).run(&strategy, |(entry, number, numbers)| {
        let entry = &bench.entries[entry];
        let all = breaking::all(&entry.text);
        let mutation = match (
            number % 8,
            all.get(usize::from(number / 8) % all.len().max(1)),
        ) {
            (0, _) | (_, None) => harmless::spacing(&entry.text, &mut Choice::new(&numbers)),
            (_, Some(mutation)) => mutation.clone(),
        };
        let range = bench.commits(entry, &mutation);
        let (_, wrong) = apart(&bench.path(), &range);
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(super::counterexample(entry, &mutation, &wrong)),
        }
    });
    found.unwrap_or_else(|error| panic!("{error}"));
}

/// The entries that others include: only there is something to be skipped.
fn included(bench: &Bench) -> Vec<usize> {
    let asked: BTreeSet<&str> = bench
        .entries
        .iter()
        .flat_map(|entry| entry.text.lines())
        .filter(|line| line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('<')?.1.split_once('>'))
        .map(|(name, _)| name)
        .collect();
    let entries = bench.entries.iter().enumerate();
    let found = entries.filter(|(_, entry)| asked.contains(entry.header.as_str()));
    found.map(|(at, _)| at).collect()
}
