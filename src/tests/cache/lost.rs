//! What a worker gave no answer to is not kept; what the compiler says of a header is.

use crate::support::series::{Series, header};
use std::time::Duration;
use uapi_check::cache::{LIMIT, Store};
use uapi_check::extract::pool::Options;
use uapi_check::judge::Catalogue;
use uapi_check::pipeline::{self, Engine, HeaderChoice, Request};
use uapi_check::report::{CacheUse, Conclusion, Report};
use uapi_check::source::ReleaseChoice;

/// What nothing is known of.
const NOTHING: CacheUse = CacheUse { hits: 0, misses: 0 };

const HEADER: &str = "include/uapi/linux/lost.h";

fn check(series: &Series, cache: Option<&std::path::Path>, deadline: Duration) -> Report {
    let engine = Engine::new(Options {
        program: env!("CARGO_BIN_EXE_uapi-check").into(),
        jobs: 2,
        deadline,
        memory_bytes: 2 << 30,
    });
    let store = cache.map(|path| Store::open(path, LIMIT).expect("the folder is ours"));
    let request = Request {
        repository: series.repository.path(),
        range: Some(series.range()),
        targets: Some(vec!["x86_64".to_owned()]),
        released: ReleaseChoice::LastTag,
        catalogue: Catalogue::embedded().expect("a test reads the rules"),
        directories: None,
        headers: HeaderChoice::default(),
        thorough: false,
        said: Vec::new(),
        authority: None,
    };
    let engine = engine.with_cache(store);
    pipeline::check(&request, &engine, &|_| ()).expect("it can be checked")
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_busy_machine_is_no_property_of_a_header() {
    let text = |fields: &str| header("LOST", &format!("struct lost {{ {fields} }};"));
    let mut series = Series::released(&[(HEADER, &text("__u32 a;"))]);
    series.commit("break", &[(HEADER, &text("__u64 new; __u32 a;"))]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = Some(folder.path());
    // No worker is fast enough.
    let lost = check(&series, cache, Duration::ZERO);
    assert_eq!(lost.conclusion, Conclusion::Undecided);
    let reasons = |report: &Report| {
        let reasons = report.gaps.iter().map(|gap| gap.reason.clone());
        reasons.collect::<Vec<_>>()
    };
    assert!(
        reasons(&lost)
            .iter()
            .any(|reason| reason.contains("took longer"))
    );
    let found = check(&series, cache, LONG);
    assert_eq!(found.timing.cache.hits, 0);
    assert_eq!(found.conclusion, Conclusion::Fail);
    let cold = check(&series, None, LONG);
    assert_eq!(cold.timing.cache, NOTHING);
    assert_eq!(found.findings, cold.findings);
    assert_eq!(found.gaps, cold.gaps);
    // What was read is kept, and no later hurry takes it away.
    let known = check(&series, cache, Duration::ZERO);
    assert_eq!(known.timing.cache, CacheUse { hits: 1, misses: 0 });
    assert_eq!(known.findings, cold.findings);
}

#[test]
fn what_the_compiler_says_is_kept() {
    let broken = header("LOST", "struct lost { no_such_type a; };");
    let mut series = Series::released(&[(HEADER, &header("LOST", "struct lost { __u32 a; };"))]);
    series.commit("spoil", &[(HEADER, &broken)]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = Some(folder.path());
    let first = check(&series, cache, LONG);
    assert!(!first.gaps.is_empty());
    let second = check(&series, cache, LONG);
    assert_eq!(second.timing.cache, CacheUse { hits: 1, misses: 0 });
    assert_eq!(second.gaps, first.gaps);
    assert_eq!(second.conclusion, first.conclusion);
}
