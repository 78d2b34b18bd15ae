//! A system without a usable libclang, and a run that is interrupted.

use super::{Change, bad, endless, program, refused};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn change() -> Change {
    let body = |fields: &str| bad(&format!("struct good {{ {fields} }};"));
    Change::of_one(body("__u32 a;"), body("__u32 a; __u32 b;"))
}

#[test]
fn a_wrong_libclang_path_is_refused() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    for path in [Path::new("/nonexistent/libclang.so"), empty.path()] {
        let shown = path.display().to_string();
        let words = ["LIBCLANG_PATH is", &shown, "apt-get install libclang1-19"];
        refused(change().command().env("LIBCLANG_PATH", path), &words);
    }
}

#[test]
fn what_is_no_library_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = folder.path().join("libclang.so");
    fs::write(&library, "not one").expect("the folder is new");
    let shown = library.display().to_string();
    let words = [&shown, "can't be used as libclang"];
    refused(change().command().env("LIBCLANG_PATH", &library), &words);
}

#[test]
fn a_libclang_that_is_too_old_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("old.c");
    let library = folder.path().join("libclang.so");
    // The three functions by which a libclang tells its version.
    let text = "typedef struct { const void *data; unsigned flags; } CXString;\n\
                CXString clang_getClangVersion(void)\n\
                { CXString s = { \"clang version 9.0.1 (stub)\", 0 }; return s; }\n\
                const char *clang_getCString(CXString s) { return s.data; }\n\
                void clang_disposeString(CXString s) { (void)s; }\n";
    fs::write(&source, text).expect("the folder is new");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-o"]).arg(&library);
    let compiled = compile
        .arg(&source)
        .status()
        .expect("a C compiler is there");
    assert!(compiled.success());
    let shown = library.display().to_string();
    let words = [
        &shown,
        "9.0.1",
        "14 or newer",
        "apt-get install libclang1-19",
    ];
    refused(change().command().env("LIBCLANG_PATH", &library), &words);
}

/// Covers every libclang of this system for the length of one command. Needs the right to make
/// namespaces, which not every container gives.
const WITHOUT_LIBCLANG: &str = "\
for file in /usr/lib/llvm*/lib/libclang*.so* /usr/lib/*-linux-gnu/libclang*.so* \
    /usr/lib64/libclang*.so* /usr/lib/libclang*.so* /usr/local/lib/libclang*.so*; do
    if [ -f \"$file\" ]; then mount --bind /dev/null \"$file\" || exit 99; fi
done
exec \"$@\"";

fn without_libclang() -> Command {
    let mut command = Command::new("unshare");
    command.args([
        "--mount",
        "--map-root-user",
        "sh",
        "-c",
        WITHOUT_LIBCLANG,
        "sh",
    ]);
    command.env_remove("LIBCLANG_PATH");
    command
}

#[test]
fn a_system_without_libclang_is_told_what_to_install() {
    let able = without_libclang()
        .arg("true")
        .stderr(Stdio::null())
        .status();
    if !able.is_ok_and(|status| status.success()) {
        eprintln!("no namespaces here: a system without libclang can't be simulated");
        return;
    }
    let change = change();
    let mut command = without_libclang();
    command
        .arg(program().get_program())
        .args(program().get_args());
    command.arg("--repo").arg(change.repository.path());
    command.args(["--target", "x86_64", &change.range]);
    let words = [
        "no libclang found",
        "/usr/lib/llvm",
        "apt-get install libclang1-19",
        "LIBCLANG_PATH",
    ];
    refused(&mut command, &words);
}

#[test]
fn an_interrupted_run_leaves_no_process_behind() {
    let change = Change::of_one(bad("#define D 1"), endless());
    // Without timeout(1), which would take the signal.
    let mut child = crate::support::program()
        .args(change.command().get_args().skip(2))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is there");
    let workers = soon(|| {
        let workers = children(child.id());
        (!workers.is_empty() && workers.iter().all(|pid| runs(*pid))).then_some(workers)
    });
    let workers = workers.expect("a run starts workers");
    let signal = Command::new("kill")
        .args(["-s", "INT", &child.id().to_string()])
        .status();
    assert!(signal.is_ok_and(|status| status.success()));
    let ended = soon(|| child.try_wait().expect("it is our child")).expect("it ends");
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&ended),
        Some(2)
    );
    let gone = soon(|| (!workers.iter().any(|pid| runs(*pid))).then_some(()));
    assert!(gone.is_some(), "one of {workers:?} is left");
}

/// Asks again until there is an answer, for half a minute.
pub fn soon<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// The state letter and the parent of a process, as proc(5) has them in `stat`.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it stands in parentheses and may hold anything.
    let mut rest = text.rsplit_once(") ")?.1.split(' ');
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

fn runs(pid: u32) -> bool {
    // A zombie has ended; whether somebody asks for its status is not up to us.
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

pub fn children(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("every Linux has it").flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| stat(*pid).is_some_and(|(_, of)| of == parent))
        .collect()
}
