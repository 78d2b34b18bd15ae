//! Each input of a report, changed for itself, makes another comparison; and what it says is what a run
//! without a cache says.

use super::{Bench, HEADER, Said, kept, said};
use crate::support::series::{Series, header};
use std::fs;
use std::process::Command;
use uapi_check::source::{self, ReleaseChoice};

/// Whether the whole comparison was known. Of a header that is known only a part of the hits comes.
fn was_known(said: &Said) -> bool {
    (said.hits, said.misses) == (1, 0)
}

/// Runs it warm, again, and without a cache: it was not known at first, and all say the same.
fn is_another(what: &str, run: impl Fn() -> Command) {
    let first = said(&mut run());
    assert!(!was_known(&first), "{what}: {first:?}");
    let again = said(&mut run());
    assert!(was_known(&again), "{what}: {again:?}");
    let cold = said(run().arg("--no-cache"));
    assert_eq!(first.document, cold.document, "{what}");
    assert_eq!(again.document, cold.document, "{what}");
}

#[test]
fn another_request_is_another_comparison() {
    let bench = Bench::new();
    let first = bench.run();
    assert!(was_known(&bench.run()));
    let rules = bench.folder.path().join("rules");
    fs::create_dir(&rules).expect("it is new");
    let rule = |why: &str| {
        let text = format!(
            "- id: site-fields\n  title: A field came in between\n  why: {why}\n  breaks: binary\n  \
             verdict: review\n  on: field-inserted\n  if: subject == 'struct kept'\n  message: moved\n  evidence: ask us\n  \
             status: stable\n  since: \"0.1\"\n"
        );
        fs::write(rules.join("site.yaml"), text).expect("the directory is ours");
    };
    let with = |arguments: &[&str]| {
        let mut command = bench.command_on(&["--target", "x86_64"]);
        command.args(arguments);
        command
    };
    rule("We say so.");
    let path = rules.display().to_string();
    is_another("rules", || with(&["--rules", &path]));
    rule("We say so now.");
    is_another("a word of a rule", || with(&["--rules", &path]));
    is_another("a target", || bench.command_on(&["--target", "i386"]));
    is_another("two targets", || {
        bench.command_on(&["--target", "x86_64,i386"])
    });
    is_another("no release", || with(&["--released", "none"]));
    let head = bench.series.range().replace("v6.1..", "");
    is_another("another release", || with(&["--released", &head]));
    // The look-alikes: another order of the same, a form of the report, and what was asked at first.
    assert!(was_known(&said(
        &mut bench.command_on(&["--target", "i386,x86_64"])
    )));
    assert!(was_known(&said(with(&[]).args(["--fail-on", "lint"]))));
    let last = bench.run();
    assert!(was_known(&last));
    assert_eq!(last.document, first.document);
}

#[test]
fn a_changed_header_is_read_again_and_the_others_are_not() {
    let mut bench = Bench::new();
    let first = bench.run();
    bench
        .series
        .commit("more", &[(HEADER, &kept("__u32 new; __u64 a; __u32 b;"))]);
    let second = bench.run();
    assert!(second.hits > 0 && second.misses > 1, "{second:?}");
    assert!(second.misses < first.misses, "{second:?}");
    assert_eq!(second.document, bench.cold());
    assert_ne!(second.document["findings"], first.document["findings"]);
}

#[test]
fn a_release_tag_that_comes_or_moves_is_another_comparison() {
    let mut series = Series::released(&[(HEADER, &kept("__u32 a;"))]);
    let base = series.commit("grow", &[(HEADER, &kept("__u32 a; __u32 b;"))]);
    let head = series.commit("break", &[(HEADER, &kept("__u32 new; __u32 a; __u32 b;"))]);
    let bench = Bench {
        series,
        folder: tempfile::tempdir().expect("a temporary folder"),
    };
    let range = format!("{base}..{head}");
    let run = || {
        let mut command = crate::support::program();
        command
            .env(crate::support::CACHE, bench.cache())
            .arg(&range);
        command.arg("--repo").arg(bench.series.repository.path());
        command.args(["--target", "x86_64"]);
        command
    };
    is_another("the release before", run);
    let old = said(&mut run());
    bench.series.repository.tag("v6.2", &base);
    is_another("the base itself", run);
    let new = said(&mut run());
    assert_eq!(old.document["released"]["rev"], "v6.1");
    assert_eq!(new.document["released"]["rev"], "v6.2");
    assert_ne!(old.document["findings"], new.document["findings"]);
}

#[test]
fn a_file_that_no_target_of_the_run_reads_still_counts() {
    // A name that goes from linux/ to the asm/ of an architecture that is not examined.
    let arm = "arch/arm64/include/uapi/asm/kept.h";
    let elsewhere = |body: &str| {
        let mut series = Series::released(&[(HEADER, &header("KEPT", "#define KEPT_NAME 1"))]);
        let other = header("ASM_KEPT", body);
        series.commit("move", &[(HEADER, &header("KEPT", "")), (arm, &other)]);
        series
    };
    let mut bench = Bench::new();
    bench.series = elsewhere("#define OTHER_NAME 1");
    let gone = bench.run();
    bench.series = elsewhere("#define KEPT_NAME 1");
    is_another("the name in another architecture", || bench.command());
    assert_ne!(bench.run().document["findings"], gone.document["findings"]);
}

/// What a run on the repository would have to look for to find the last release.
fn question(series: &Series) -> Option<String> {
    let path = series.repository.path();
    let sides = source::open(&path, Some(&series.range()), ReleaseChoice::LastTag);
    let sides = sides.expect("there are both commits");
    sides.release_question().expect("the tags can be read")
}

#[test]
fn what_the_last_release_is_depends_on_all_tags_and_the_base() {
    let of = |tags: &[&str]| {
        let series = Series::released(&[(HEADER, &kept("__u32 a;"))]);
        tags.iter().for_each(|tag| series.tag(tag));
        series
    };
    let plain = question(&of(&[]));
    assert!(
        plain.as_ref().is_some_and(|text| text.contains(" v6.1\n")),
        "{plain:?}"
    );
    // In another repository, and with tags that are no releases, it is the same question.
    assert_eq!(question(&of(&["v6.2-rc1", "mine"])), plain);
    assert_ne!(question(&of(&["v6.2"])), plain);
    // Where parents are not those that the commits name, nothing is taken from another run.
    let grafted = of(&[]);
    let info = grafted.repository.path().join("info");
    fs::create_dir_all(&info).expect("the folder is ours");
    fs::write(info.join("grafts"), "").expect("the folder is ours");
    assert_eq!(question(&grafted), None);
    let shallow = of(&[]);
    let commit = shallow.range().replace("v6.1..", "");
    fs::write(shallow.repository.path().join("shallow"), commit + "\n").expect("it is ours");
    assert_eq!(question(&shallow), None);
}

#[test]
fn of_directories_only_the_headers_are_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let put = |side: &str, fields: &str| {
        let headers = path(side).join("include/uapi/linux");
        fs::create_dir_all(&headers).expect("the folder is ours");
        fs::write(headers.join("kept.h"), kept(fields)).expect("the folder is ours");
    };
    let run = || {
        let mut command = crate::support::program();
        command
            .env(crate::support::CACHE, path("cache"))
            .arg("dirs");
        command.args([path("old"), path("new")]);
        command.args(["--target", "x86_64"]);
        command
    };
    put("old", "int a; int b;");
    put("new", "int c; int a; int b;");
    let first = said(&mut run());
    assert!(first.hits == 0 && first.misses > 0, "{first:?}");
    let again = said(&mut run());
    assert_eq!((again.hits, again.misses), (first.misses, 0));
    assert_eq!(again.document, first.document);
    put("new", "int a; int b; int c;");
    let other = said(&mut run());
    assert!(other.misses > 0, "{other:?}");
    assert_eq!(other.document, said(run().arg("--no-cache")).document);
    assert_ne!(other.document["findings"], first.document["findings"]);
}

#[test]
fn another_libclang_is_another_comparison() {
    let bench = Bench::new();
    let first = bench.run();
    let library = library();
    let folder = bench.folder.path();
    let link = folder.join("libclang-19.so");
    std::os::unix::fs::symlink(&library, &link).expect("the folder is ours");
    // By another name it is the same.
    assert!(was_known(&said(
        bench.command().env("LIBCLANG_PATH", &link)
    )));
    fs::remove_file(&link).expect("it is there");
    fs::copy(&library, &link).expect("the folder has room");
    is_another("a copy of the library", || {
        let mut command = bench.command();
        command.env("LIBCLANG_PATH", &link);
        command
    });
    assert_eq!(bench.run().document, first.document);
}

/// The library that a run uses, as a worker has it open.
fn library() -> std::path::PathBuf {
    let root = std::path::Path::new("/usr/lib");
    let mut found: Vec<_> = fs::read_dir(root)
        .expect("every system has it")
        .flatten()
        .map(|entry| entry.path().join("lib"))
        .filter(|path| path.to_string_lossy().contains("llvm-"))
        .filter_map(|path| fs::read_dir(path).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libclang-") && name.contains(".so") && !name.contains("cpp")
        })
        .collect();
    found.sort();
    found
        .pop()
        .expect("the tests need a libclang in /usr/lib/llvm-NN/lib")
}
