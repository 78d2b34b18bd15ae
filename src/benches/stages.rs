//! How long each stage takes by itself on real kernels: v6.1 and v6.12, x86_64.
//!
//! `deploy/dev/bench.sh` times whole processes; here it can be seen which stage a change makes slower.
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes; elsewhere it says so.

#![expect(clippy::print_stdout, reason = "a benchmark speaks to whoever runs it")]

use divan::{Bencher, black_box};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use uapi_check::approve::Maintainers;
use uapi_check::diff::{self, Change};
use uapi_check::extract::Options;
use uapi_check::judge::{Catalogue, judge};
use uapi_check::model::Surface;
use uapi_check::pipeline::{self, Engine, HeaderChoice, SurfaceRequest};
use uapi_check::source::{self, ReleaseChoice, Sides};
use uapi_check::tree::include::Graph;
use uapi_check::tree::{self, Rewrites};

const TARGET: &str = "x86_64";
const ARCH: &str = "x86";

static KERNEL: LazyLock<Option<PathBuf>> =
    LazyLock::new(|| std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from));

static SURFACES: LazyLock<[Surface; 2]> = LazyLock::new(|| ["v6.1", "v6.12"].map(surface));

fn main() {
    match *KERNEL {
        Some(_) => divan::main(),
        None => println!(
            "UAPI_CHECK_KERNEL does not name a repository with v6.1 and v6.12 (make kernel)"
        ),
    }
}

fn kernel() -> PathBuf {
    KERNEL.clone().expect("main looked")
}

fn sides() -> Sides {
    source::open(&kernel(), Some("v6.1..v6.12"), ReleaseChoice::None).expect("both tags are there")
}

fn surface(revision: &str) -> Surface {
    let engine = Engine::new(Options {
        program: env!("CARGO_BIN_EXE_uapi-check").into(),
        jobs: std::thread::available_parallelism().map_or(2, usize::from),
        deadline: Duration::from_secs(60),
        memory_bytes: 4 << 30,
    });
    let request = SurfaceRequest {
        repository: kernel(),
        revision: revision.to_owned(),
        directory: None,
        headers: HeaderChoice::default(),
        target: TARGET.to_owned(),
        header: None,
    };
    pipeline::surface(&request, &engine, &|_| ()).expect("the surface can be read")
}

fn changes() -> Vec<Change> {
    let [before, after] = &*SURFACES;
    diff::diff(&[diff::Sides { before, after }], &[])
}

#[divan::bench(sample_count = 10)]
fn tree_of_one_architecture(bencher: Bencher<'_, '_>) {
    let sides = sides();
    bencher.bench_local(|| {
        tree::build(&*sides.after.files, ARCH, &Rewrites::default()).expect("it can be built")
    });
}

#[divan::bench(sample_count = 10)]
fn include_graph(bencher: Bencher<'_, '_>) {
    let tree = tree::build(&*sides().after.files, ARCH, &Rewrites::default());
    let tree = tree.expect("it can be built");
    bencher.bench_local(|| Graph::new(black_box(&tree)).closure("linux/kvm.h").len());
}

#[divan::bench(sample_count = 10)]
fn diff_of_two_releases(bencher: Bencher<'_, '_>) {
    LazyLock::force(&SURFACES);
    bencher.bench_local(changes);
}

#[divan::bench(sample_count = 10)]
fn judging_their_changes(bencher: Bencher<'_, '_>) {
    let catalogue = Catalogue::embedded().expect("the rules are right");
    let changes = changes();
    bencher.bench_local(|| judge(black_box(&changes), &catalogue));
}

#[divan::bench(sample_count = 10)]
fn reading_maintainers(bencher: Bencher<'_, '_>) {
    let files = sides().after.files;
    let file = files.file("MAINTAINERS").expect("it can be looked for");
    let text = files
        .read(&file.expect("it is there"))
        .expect("it can be read");
    bencher.bench_local(|| Maintainers::parse(black_box(&text), &|_| false));
}
