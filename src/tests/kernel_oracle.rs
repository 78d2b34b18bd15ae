//! Every layout and value that extraction reads out of a real kernel, held against gcc.
//!
//! For each target: the headers of v6.12 are read as a run reads them, and what is said of each becomes
//! C that gcc must accept. Bit-fields have no offset in C: a variable with all their bits set is
//! compiled, and the bits are looked for in the object. Nothing that was read may be wrong.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes; the targets that few
//! machines have a gcc for only with `UAPI_CHECK_GCC=1` (`make test-targets`).

#![expect(
    clippy::print_stdout,
    reason = "a skipped test says why, and the others what they held against gcc"
)]

use crate::support::assertions::{BitField, Statements};
use crate::support::gcc::{Gcc, Unit};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use uapi_check::extract::{Options, target};
use uapi_check::model::{Build, HeaderSurface, Surface};
use uapi_check::pipeline::{self, Engine, HeaderChoice, SurfaceRequest};
use uapi_check::source::{self, ReleaseChoice};
use uapi_check::tree::include::Graph;
use uapi_check::tree::{self, HeaderTree, Rewrites};

const REVISION: &str = "v6.12";

/// One test a target.
macro_rules! held {
    ($($test:ident: $target:literal, $when:ident;)*) => {
        /// Targets that a test of this file holds against gcc.
        const HELD: &[&str] = &[$($target),*];

        $(
            #[test]
            fn $test() {
                if let Some(repository) = $when() {
                    hold($target, &repository);
                }
            }
        )*
    };
}

held! {
    kernel_oracle_x86_64: "x86_64", always;
    kernel_oracle_i386: "i386", always;
    kernel_oracle_x32: "x32", always;
    kernel_oracle_arm64: "arm64", always;
    kernel_oracle_arm: "arm", always;
    kernel_oracle_s390x: "s390x", always;
    target_oracle_riscv64: "riscv64", when_asked;
    target_oracle_riscv32: "riscv32", when_asked;
    target_oracle_powerpc64le: "powerpc64le", when_asked;
    target_oracle_powerpc: "powerpc", when_asked;
    target_oracle_mips64el: "mips64el", when_asked;
    target_oracle_mipsel: "mipsel", when_asked;
    target_oracle_sparc64: "sparc64", when_asked;
    target_oracle_arc: "arc", when_asked;
}

#[test]
fn every_offered_target_is_held_against_gcc() {
    let offered: Vec<&str> = target::ALL.iter().map(|target| target.name).collect();
    let (mut offered, mut held) = (offered, HELD.to_vec());
    offered.sort_unstable();
    held.sort_unstable();
    assert_eq!(offered, held);
}

/// The repository of kernels, where there is one.
fn always() -> Option<PathBuf> {
    let path = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: UAPI_CHECK_KERNEL does not name a repository with v6.12 (make kernel)");
    }
    path
}

/// The repository, where every target is to be held against gcc.
fn when_asked() -> Option<PathBuf> {
    if std::env::var_os("UAPI_CHECK_GCC").is_none() {
        println!("skipped: UAPI_CHECK_GCC is not set (make test-targets)");
        return None;
    }
    let repository = always();
    assert!(
        repository.is_some(),
        "UAPI_CHECK_GCC is set and UAPI_CHECK_KERNEL is not (make test-targets sets both)"
    );
    repository
}

/// What came of all headers of a target, or of one.
#[derive(Default)]
struct Tally {
    records: usize,
    fields: usize,
    bit_fields: usize,
    constants: usize,
    /// Statements that gcc contradicts.
    mismatches: Vec<String>,
    /// Headers with an error for gcc, and whether libclang finds none.
    refused: Vec<(String, bool)>,
    /// Headers that gcc gave up before their end.
    unexamined: Vec<String>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.records += other.records;
        self.fields += other.fields;
        self.bit_fields += other.bit_fields;
        self.constants += other.constants;
        self.mismatches.extend(other.mismatches);
        self.refused.extend(other.refused);
        self.unexamined.extend(other.unexamined);
        self
    }
}

fn hold(target: &'static str, repository: &Path) {
    let tree = tree_of(target, repository);
    let gcc = Gcc::new(target, &tree).unwrap_or_else(|reason| panic!("{target}: {reason}"));
    let surface = surface_of(target, repository);
    let graph = Graph::new(&tree);
    let units: Vec<(Unit<'_>, &HeaderSurface)> = surface
        .headers
        .iter()
        .enumerate()
        .filter_map(|(number, (path, header))| {
            let unit = Unit {
                header: pipeline::through(&graph, &tree, path)?,
                prelude_first: header.language.alone != Build::Clean,
                number,
            };
            Some((unit, &*header.declares))
        })
        .collect();
    let tally = units
        .par_iter()
        .map(|(unit, header)| examine(&gcc, *unit, header))
        .reduce(Tally::default, Tally::add);
    report(target, units.len(), &tally);
    let only_gcc: Vec<&String> = tally
        .refused
        .iter()
        .filter_map(|(error, clean)| clean.then_some(error))
        .collect();
    assert!(
        only_gcc.is_empty(),
        "{target}: only gcc refuses {only_gcc:#?}"
    );
    assert!(
        tally.mismatches.is_empty(),
        "{target}: {:#?}",
        tally.mismatches
    );
    // The floors are well below what v6.12 has on any architecture.
    assert!(units.len() > 850 && tally.records > 4000 && tally.fields > 20_000);
    assert!(tally.constants > 40_000 && tally.bit_fields > 100);
}

fn report(target: &str, headers: usize, tally: &Tally) {
    println!(
        "{target}: {headers} headers, {} records, {} fields, {} bit-fields, {} constants, {} mismatches",
        tally.records,
        tally.fields,
        tally.bit_fields,
        tally.constants,
        tally.mismatches.len()
    );
    for (error, _) in &tally.refused {
        println!("{target}: gcc can't compile {error}");
    }
    println!(
        "{target}: {} headers have errors, {} of them end before their statements: {}",
        tally.refused.len(),
        tally.unexamined.len(),
        tally.unexamined.join(" ")
    );
}

fn tree_of(target: &str, repository: &Path) -> HeaderTree {
    let range = format!("{REVISION}..{REVISION}");
    let sides = source::open(repository, Some(&range), ReleaseChoice::None)
        .expect("UAPI_CHECK_KERNEL has v6.12");
    let target = target::by_name(target).expect("an offered target");
    tree::build(
        &*sides.after.files,
        target.kernel_arch,
        &Rewrites::default(),
    )
    .expect("the tree can be built")
}

fn surface_of(target: &str, repository: &Path) -> Surface {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| {
        Engine::new(Options {
            program: env!("CARGO_BIN_EXE_uapi-check").into(),
            jobs: 2,
            deadline: Duration::from_secs(60),
            memory_bytes: 4 << 30,
        })
    });
    let request = SurfaceRequest {
        repository: repository.to_owned(),
        revision: REVISION.to_owned(),
        directory: None,
        headers: HeaderChoice::default(),
        target: target.to_owned(),
        header: None,
    };
    pipeline::surface(&request, engine, &|_| ()).expect("libclang is installed")
}

/// Holds what is said of one header against gcc.
fn examine(gcc: &Gcc, unit: Unit<'_>, header: &HeaderSurface) -> Tally {
    let said = Statements::about(header);
    let mut tally = Tally::default();
    let mut code: String = said.assertions.iter().map(|a| a.code.as_str()).collect();
    // Where this is not refused, gcc has not come this far.
    code.push_str("_Static_assert(0, \"the end\");\n");
    let verdict = gcc.check(unit, &code);
    let mut ended = false;
    for (index, error) in verdict.lines {
        match said.assertions.get(index) {
            Some(assertion) => tally.mismatches.push(format!(
                "{}: {}: {error}: {}",
                header.path,
                assertion.about,
                assertion.code.trim_end()
            )),
            None => ended = true,
        }
    }
    if let Some(error) = &verdict.in_header {
        let clean = header.language.alone == Build::Clean;
        tally
            .refused
            .push((format!("{}: {error}", header.path), clean));
    }
    if !ended {
        let refused = verdict.in_header.is_some();
        assert!(refused, "{}: gcc says nothing of its end", header.path);
        tally.unexamined.push(header.path.clone());
        return tally;
    }
    tally.records = said.records;
    tally.fields = said.fields;
    tally.bit_fields = said.bit_fields.len();
    tally.constants = said.constants;
    if !said.bit_fields.is_empty() {
        tally
            .mismatches
            .extend(bit_fields(gcc, unit, &said.bit_fields));
    }
    tally
}

/// What is wrong with the bit-fields of a header.
fn bit_fields(gcc: &Gcc, unit: Unit<'_>, fields: &[BitField]) -> Vec<String> {
    let names: Vec<String> = (0..fields.len())
        .map(|number| format!("uapi_check_{number}"))
        .collect();
    let code: String = fields
        .iter()
        .zip(&names)
        .map(|(field, name)| field.code(name))
        .collect();
    let found = match gcc.set_bits(unit, &code, &names) {
        Ok(found) => found,
        Err(error) => return vec![format!("{}: no object: {error}", unit.header)],
    };
    let wrong = fields.iter().zip(found).filter_map(|(field, found)| {
        let expected: BTreeSet<u64> =
            (field.offset_bits..field.offset_bits + field.size_bits).collect();
        (found != expected).then(|| {
            format!(
                "{}: {} has bits {found:?} and not {expected:?}",
                unit.header, field.about
            )
        })
    });
    wrong.collect()
}
