//! Cold and warm runs on the real kernels.

use super::said;
use crate::support::{CACHE, program};
use std::path::PathBuf;
use std::process::Command;

#[test]
fn kernel_warm_runs_say_what_cold_ones_say() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        println!("skipped: UAPI_CHECK_KERNEL names no repository (make kernel)");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let mut command = program();
        command
            .arg("v6.1..v6.12")
            .args(arguments)
            .arg("--repo")
            .arg(&kernel);
        command.args(["--target", "x86_64"]);
        command.env(CACHE, folder.path().join("cache"));
        command
    };
    let cold = said(&mut run(&["--no-cache"]));
    let first = said(&mut run(&[]));
    assert!(first.misses > 100, "{} misses", first.misses);
    let second = said(&mut run(&[]));
    assert_eq!((second.hits, second.misses), (1, 0));
    assert_eq!(first.document, cold.document);
    assert_eq!(second.document, cold.document);
    // Another question about the same headers reads none of them again.
    let third = said(&mut run(&["--released", "none"]));
    assert_eq!((third.hits, third.misses), (first.misses - 1, 1));
    let other = said(&mut run(&["--released", "none", "--no-cache"]));
    assert_eq!(third.document, other.document);
    let text = |command: &mut Command| command.output().expect("the program runs").stdout;
    assert_eq!(text(&mut run(&[])), text(&mut run(&["--no-cache"])));
}
