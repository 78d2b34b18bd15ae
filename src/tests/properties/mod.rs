//! Mutations of headers, by the hundred: what gcc sees is told, and what it does not see is no break.
//!
//! A header of the fixtures, or of v6.12 (`kernel_...`, where `UAPI_CHECK_KERNEL` names its repository),
//! is mutated as text and checked against itself. The truth about what changed comes from gcc alone:
//!
//! - [`breaking`]: where gcc says that a size, an offset or a value differs, a finding names the subject;
//!   and every break is about a subject that differs for gcc, on a target where it does.
//! - [`harmless`]: other comments and blanks give no finding at all; other spellings of the same numbers,
//!   another order and additions none above `ok` that is about something that was there before.
//!
//! The same cases are drawn in every run. `UAPI_CHECK_CASES=N` draws N others for each property; what
//! fails is shrunk to one header and one mutation, is printed with its number, and belongs into
//! `fixtures/` as a case of its own.

mod bench;
mod breaking;
mod facts;
mod harmless;
mod mutation;
mod outline;
mod skipping;
mod text;

use bench::{Bench, Entry, TARGETS};
use facts::{Difference, Oracle};
use harmless::Choice;
use mutation::Mutation;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uapi_check::judge::{Finding, Verdict};
use uapi_check::report::Report;
use uapi_check::tree::Rewrites;

/// Mutations of a property by default; as many as take some seconds.
const CASES: u32 = 100;
/// The same for real headers, of which each case takes longer.
const KERNEL_CASES: u32 = 60;

fn runner(cases: u32) -> TestRunner {
    let asked = std::env::var("UAPI_CHECK_CASES").ok();
    let asked = asked.and_then(|number| number.parse().ok());
    TestRunner::new(Config {
        cases: asked.unwrap_or(cases),
        rng_seed: match asked {
            Some(_) => RngSeed::Random,
            None => RngSeed::Fixed(12),
        },
        failure_persistence: None,
        max_shrink_iters: 200,
        max_global_rejects: 100_000,
        ..Config::default()
    })
}

fn kernel() -> Option<Bench> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12 (make kernel)");
    }
    path.map(|path| Bench::of_kernel(&path))
}

#[test]
fn what_gcc_sees_is_told() {
    mutations_are_told(&Bench::of_fixtures(), CASES);
}

#[test]
fn comments_and_blanks_are_silent() {
    rewrites_are_silent(
        &Bench::of_fixtures(),
        CASES,
        harmless::spacing,
        &|_, found| found.iter().map(told).collect(),
    );
}

#[test]
fn other_spellings_and_another_order_are_harmless() {
    rewrites_are_silent(&Bench::of_fixtures(), CASES, harmless::respelled, &above_ok);
}

#[test]
fn additions_are_harmless() {
    rewrites_are_silent(&Bench::of_fixtures(), CASES, harmless::added, &above_ok);
}

#[test]
fn kernel_what_gcc_sees_is_told() {
    if let Some(bench) = kernel() {
        mutations_are_told(&bench, KERNEL_CASES);
    }
}

#[test]
fn kernel_comments_and_blanks_are_silent() {
    if let Some(bench) = kernel() {
        rewrites_are_silent(&bench, KERNEL_CASES, harmless::spacing, &|_, found| {
            found.iter().map(told).collect()
        });
    }
}

#[test]
fn kernel_other_spellings_and_another_order_are_harmless() {
    if let Some(bench) = kernel() {
        rewrites_are_silent(&bench, KERNEL_CASES, harmless::respelled, &above_ok);
    }
}

#[test]
fn kernel_additions_are_harmless() {
    if let Some(bench) = kernel() {
        rewrites_are_silent(&bench, KERNEL_CASES, harmless::added, &above_ok);
    }
}

/// Findings above `ok` about something that the mutation did not bring.
fn above_ok(mutation: &Mutation, findings: &[Finding]) -> Vec<String> {
    let brought = |finding: &&Finding| {
        let name = finding.subject.rsplit(' ').next().unwrap_or_default();
        mutation.subject.split(' ').any(|word| word == name)
    };
    let above = findings
        .iter()
        .filter(|finding| finding.verdict > Verdict::Ok);
    above
        .filter(|finding| !brought(finding))
        .map(told)
        .collect()
}

fn told(finding: &Finding) -> String {
    crate::support::compare::line(finding)
}

type Rewrite = fn(&str, &mut Choice<'_>) -> Mutation;

fn rewrites_are_silent(
    bench: &Bench,
    cases: u32,
    rewrite: Rewrite,
    wrong: &dyn Fn(&Mutation, &[Finding]) -> Vec<String>,
) {
    let mut runner = runner(cases);
    let strategy = (0..bench.entries.len(), vec(any::<u16>(), 1..12));
    let found = runner.run(&strategy, |(entry, numbers)| {
        let entry = &bench.entries[entry];
        let mutation = rewrite(&entry.text, &mut Choice::new(&numbers));
        if mutation.text == entry.text {
            return Err(TestCaseError::reject("nothing was changed"));
        }
        let report = bench.check(entry, &mutation);
        let wrong = wrong(&mutation, &report.findings);
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(counterexample(entry, &mutation, &wrong)),
        }
    });
    found.unwrap_or_else(|error| panic!("{error}"));
}

fn mutations_are_told(bench: &Bench, cases: u32) {
    let memo = Rewrites::default();
    let mut runner = runner(cases);
    let strategy = (0..bench.entries.len(), any::<u16>());
    let found = runner.run(&strategy, |(entry, number)| {
        let entry = &bench.entries[entry];
        let all = breaking::all(&entry.text);
        let Some(mutation) = all.get(usize::from(number) % all.len().max(1)) else {
            return Err(TestCaseError::reject("nothing can be changed"));
        };
        let Some(difference) = difference(bench, entry, mutation, &memo) else {
            return Err(TestCaseError::reject("gcc does not read the header"));
        };
        let report = bench.check(entry, mutation);
        let wrong = untold(&entry.header, mutation, &difference, &report);
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(counterexample(entry, mutation, &wrong)),
        }
    });
    found.unwrap_or_else(|error| panic!("{error}"));
}

fn difference(
    bench: &Bench,
    entry: &Entry,
    mutation: &Mutation,
    memo: &Rewrites,
) -> Option<Difference> {
    let trees = [&entry.text, &mutation.text].map(|text| bench.tree(entry, text, memo));
    let oracle = Oracle::new(&TARGETS, &trees[0]).unwrap_or_else(|reason| panic!("{reason}"));
    let [before, after] = trees.each_ref().map(|tree| {
        let header = tree.headers.get(&entry.header)?;
        Some(String::from_utf8_lossy(&header.text).into_owned())
    });
    oracle.compare(&entry.header, &before?, &after?)
}

/// What the report is silent about, and which breaks it makes up.
fn untold(
    header: &str,
    mutation: &Mutation,
    difference: &Difference,
    report: &Report,
) -> Vec<String> {
    if difference.refused {
        // What compiles no more must not pass in silence; what is said depends on what is missing.
        let silent = report.findings.is_empty() && report.gaps.is_empty();
        return silent
            .then(|| "compiles no more, and nothing is told".to_owned())
            .into_iter()
            .collect();
    }
    let told: BTreeSet<&str> = report
        .findings
        .iter()
        .flat_map(|finding| [&finding.subject].into_iter().chain(&finding.affects))
        .map(String::as_str)
        .collect();
    let differ = difference.all();
    let mut wrong: Vec<String> = differ
        .iter()
        .filter(|subject| !told.contains(*subject))
        .map(|subject| format!("{subject} differs for gcc, and no finding names it"))
        .collect();
    let breaks = report
        .findings
        .iter()
        .filter(|f| f.verdict == Verdict::Break);
    for finding in breaks {
        let seen = |target: &String| {
            let there = difference.subjects.get(target.as_str());
            there.is_some_and(|subjects| subjects.contains(&finding.subject))
        };
        // A name that came may be wrong by itself: it takes the number of another one.
        let own = [mutation.subject.as_str(), "INSERTED_ENUMERATOR"].contains(&&*finding.subject)
            // gcc was asked about the mutated header alone.
            || finding.header != header;
        if !own && !finding.targets.iter().all(seen) {
            wrong.push(format!("gcc sees no difference: {}", self::told(finding)));
        }
    }
    // That a name is gone is a break of its own, whether it had a value or not.
    if differ.is_empty() && mutation.what != "macro gone" {
        let breaks = report.findings.iter().filter(|f| {
            f.verdict == Verdict::Break && f.subject != "INSERTED_ENUMERATOR" && f.header == header
        });
        wrong.extend(breaks.map(|f| format!("nothing differs for gcc: {}", self::told(f))));
    }
    wrong
}

/// What failed, with the lines of the header that differ.
fn counterexample(entry: &Entry, mutation: &Mutation, wrong: &[String]) -> TestCaseError {
    let old: Vec<&str> = entry.text.lines().collect();
    let new: Vec<&str> = mutation.text.lines().collect();
    let gone = old
        .iter()
        .filter(|line| !new.contains(line))
        .map(|line| format!("-{line}\n"));
    let come = new
        .iter()
        .filter(|line| !old.contains(line))
        .map(|line| format!("+{line}\n"));
    let lines: String = gone.chain(come).collect();
    let what = (&mutation.what, &mutation.subject);
    TestCaseError::fail(format!(
        "\n{}: {what:?}\n{lines}{}\n",
        entry.header,
        wrong.join("\n")
    ))
}
