//! Headers written to attack the machine that checks them: they look for files, or wear the parser out.
//!
//! Each stands beside a header with a real break in it, which must be judged as ever. No byte of a file
//! outside the examined tree may come out anywhere.

use super::{BAD, Change, bad, end, endless, findings, header};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const BREAK: (&str, &str) = ("struct-field-inserted", "struct victim");
const GOOD: &str = "struct good { __u32 a; };";
/// Stands in a file and in an environment variable, and nowhere in the examined tree.
const SECRET: &str = "canary_5f1c_of_no_header";

/// A file outside of the tree that declares something by the name of the secret.
fn canary() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("canary.h");
    let text = format!("struct {SECRET} {{ int a; }};\n{SECRET} {SECRET}(;\n");
    fs::write(&path, text).expect("the folder is new");
    let path = path.display().to_string();
    (folder, path)
}

/// Everything that a run says: standard output and standard error of every form.
fn everything(change: &Change) -> String {
    let forms: [&[&str]; 4] = [
        &["--format", "text"],
        &["--format", "text", "-v", "--all"],
        &["--format", "json", "--all"],
        &["--format", "markdown", "--all"],
    ];
    let mut said = String::new();
    for form in forms {
        let ended = end(change.command().args(form).env("SECRET", SECRET));
        said.push_str(&String::from_utf8_lossy(&ended.out));
        said.push_str(&ended.err);
    }
    said
}

fn gaps_of_bad(report: &Value) -> usize {
    let gaps = report["gaps"].as_array().into_iter().flatten();
    gaps.filter(|gap| gap["header"] == "linux/bad.h").count()
}

/// The header takes nothing else down with it, and by itself it is no pass.
fn is_contained(hostile: &[u8]) {
    let (status, report) = Change::beside_a_break(bad(GOOD), hostile).check();
    assert_eq!((status, &report["conclusion"]), (1, &"fail".into()));
    assert!(findings(&report).contains(&BREAK), "{report:#}");
    let (status, report) = Change::of_one(bad(GOOD), hostile).check();
    assert_ne!(status, 0, "{report:#}");
    assert_ne!(report["conclusion"], "pass");
}

/// As [`is_contained`], and what the header asks for is nowhere in what the run says.
fn gives_nothing_away(line: &str, secrets: &[&str]) {
    let hostile = bad(&format!("{GOOD}\n{line}"));
    is_contained(&hostile);
    let said = everything(&Change::beside_a_break(bad(GOOD), hostile));
    assert!(said.contains("victim"), "{said}");
    for secret in secrets {
        assert!(!said.contains(secret), "{line}: `{secret}` is in: {said}");
    }
}

#[test]
fn a_header_that_includes_a_file_of_the_machine_reads_nothing() {
    let (_folder, path) = canary();
    gives_nothing_away(&format!("#include \"{path}\""), &[SECRET]);
    gives_nothing_away(&format!("#include <{path}>"), &[SECRET]);
    gives_nothing_away("#include \"/etc/passwd\"", &["root:x:0", "/bin/bash"]);
    gives_nothing_away(
        "#include </proc/self/environ>",
        &[SECRET, "LIBCLANG_NOTHREADS=1"],
    );
    // Up out of the tree, in the hope that its place is below the root.
    let up = format!("#include \"../../../../../..{path}\"");
    gives_nothing_away(&up, &[SECRET]);
}

#[test]
fn a_header_that_embeds_a_file_of_the_machine_reads_nothing() {
    let (_folder, path) = canary();
    // As bytes: `c` is 99, `a` 97, `n` 110.
    let embed = format!("static const char stolen[] = {{\n#embed \"{path}\"\n}};");
    gives_nothing_away(&embed, &[SECRET, "115, 116, 114"]);
    // Where it reads a byte, an array of another length comes of it.
    let length = "enum stolen { STOLEN = sizeof((char[]){\n#embed \"/etc/passwd\" limit(8)\n}) };";
    gives_nothing_away(length, &["root:x:0", "114, 111, 111, 116"]);
}

#[test]
fn the_files_of_the_machine_do_not_exist_for_a_header() {
    let (_folder, path) = canary();
    let probe = |path: &str| {
        let body = format!(
            "#if __has_include(\"{path}\")\n#define FOUND 1\n#else\n#define FOUND 2\n#endif\n"
        );
        let change = Change::of_one(bad("#define FOUND 0"), bad(&body));
        let (_, report) = change.check();
        let found = report["findings"].as_array().into_iter().flatten();
        let mut found = found.filter(|finding| finding["subject"] == "FOUND");
        let value = found
            .next()
            .map(|finding| finding["after"]["value"].clone());
        value.unwrap_or_else(|| panic!("nothing is said of FOUND: {report:#}"))
    };
    for path in [&path, "/etc/passwd", "/proc/self/environ", "/etc", "/"] {
        assert_eq!(probe(path), "2", "{path}");
    }
    // The look-alike: what the tree has does exist.
    assert_eq!(probe("linux/types.h"), "1");
}

#[test]
fn a_header_that_includes_itself_without_end_is_contained() {
    is_contained(
        &[&bad(GOOD)[..], b"#include <linux/bad.h>\n"]
            .concat()
            .repeat(2),
    );
    // Two times deeper at each step, without guards: 2 to the 40th inclusions.
    let step = |next: u32| {
        let path = format!("linux/step{next}.h");
        format!("#include <{path}>\n#include <{path}>\n").into_bytes()
    };
    let files: Vec<(String, Vec<u8>)> = (0..40)
        .map(|at| (format!("include/uapi/linux/step{at}.h"), step(at + 1)))
        .chain([(
            "include/uapi/linux/step40.h".to_owned(),
            b"int x;\n".to_vec(),
        )])
        .collect();
    let victim = |fields: &str| header("VICTIM", &format!("struct victim {{ {fields} }};"));
    let name = "include/uapi/linux/victim.h";
    let mut after: Vec<(&str, Vec<u8>)> = vec![
        (BAD, bad(&format!("{GOOD}\n#include <linux/step0.h>\n"))),
        (name, victim("__u32 new; __u32 a;")),
    ];
    // Only the first of them changes what bad.h takes in; the deep ones are there on both sides.
    let mut before = vec![(BAD, bad(GOOD)), (name, victim("__u32 a;"))];
    for (path, text) in &files {
        before.push((path, text.clone()));
        after.push((path, text.clone()));
    }
    let (status, report) = Change::new(&before, &after).check();
    assert_eq!(status, 1);
    assert!(findings(&report).contains(&BREAK), "{report:#}");
    assert_ne!(gaps_of_bad(&report), 0, "{report:#}");
}

#[test]
fn a_bomb_of_macros_is_contained() {
    // Each step is twice the one before: 2 to the 34th numbers.
    let mut bomb = format!("{GOOD}\n#define B0 1+1\n");
    for step in 1..34 {
        let before = step - 1;
        bomb.push_str(&format!("#define B{step} B{before}+B{before}\n"));
    }
    is_contained(&bad(&format!("{bomb}enum bomb {{ BOMB = B33 }};\n")));
}

#[test]
fn a_record_of_a_trillion_elements_is_contained() {
    for body in [
        "struct huge { __u32 a[1ULL << 40]; };",
        "struct huge { struct { __u64 a[1ULL << 20]; } b[1ULL << 20]; };",
    ] {
        let change = Change::beside_a_break(bad(GOOD), bad(&format!("{GOOD}\n{body}")));
        let (status, report) = change.check();
        assert_eq!(status, 1);
        assert!(findings(&report).contains(&BREAK), "{report:#}");
        // It is read, or said to be unread.
        let huge = findings(&report)
            .iter()
            .any(|(_, about)| *about == "struct huge");
        assert!(huge || gaps_of_bad(&report) > 0, "{body}: nothing is said");
    }
}

/// The report on a new enumeration of so many, beside the break.
fn with_enumerators(count: u32) -> Value {
    let many: String = (0..count).map(|n| format!("E{n},\n")).collect();
    let hostile = bad(&format!("{GOOD}\nenum many {{\n{many}}};"));
    let (status, report) = Change::beside_a_break(bad(GOOD), hostile).check();
    assert_eq!(status, 1);
    assert!(findings(&report).contains(&BREAK));
    report
}

#[test]
fn thousands_of_enumerators_are_compared_one_by_one() {
    let report = with_enumerators(20_000);
    let found = findings(&report);
    assert!(found.iter().any(|(_, about)| *about == "E19999"));
    assert_eq!(gaps_of_bad(&report), 0);
}

#[test]
fn more_enumerators_than_any_header_has_are_a_gap() {
    let report = with_enumerators(70_000);
    let gap = &report["gaps"][0];
    assert_eq!(
        (gaps_of_bad(&report), &gap["item"]),
        (1, &"enum many".into())
    );
    let reason = gap["reason"].as_str();
    assert!(reason.is_some_and(|reason| reason.contains("more than 65536 enumerators")));
    assert!(
        !findings(&report)
            .iter()
            .any(|(_, about)| *about == "E69999")
    );
}

#[test]
fn a_million_enumerators_are_contained() {
    let report = with_enumerators(1_000_000);
    // Of the enumeration, or of more where the machine is too busy to read it in time.
    assert_ne!(gaps_of_bad(&report), 0);
    assert!(
        !findings(&report)
            .iter()
            .any(|(_, about)| *about == "E999999")
    );
}

#[test]
fn a_line_of_64_megabytes_is_contained() {
    // Less the rest of the file: one byte more, and the tree is refused for its size.
    let line = format!("#define LONG \"{}\"", "x".repeat((64 << 20) - 1024));
    let hostile = bad(&format!("{GOOD}\n{line}"));
    let (status, report) = Change::beside_a_break(bad(GOOD), hostile).check();
    assert_eq!(status, 1);
    assert!(findings(&report).contains(&BREAK));
    let long = findings(&report).contains(&("constant-added", "LONG"))
        || findings(&report).iter().any(|(_, about)| *about == "LONG");
    assert!(long || gaps_of_bad(&report) > 0, "nothing is said");
}

#[test]
fn a_header_does_not_talk_itself_out_of_a_break() {
    // The proof asks for a macro that kills the parser behind the change.
    let rules = tempfile::tempdir().expect("a temporary folder");
    let rule = "- id: struct-field-inserted\n  title: A field was put in\n  why: Offsets moved.\n  \
                breaks: binary\n  verdict: break\n  on: field-inserted\n  message: \"{subject}\"\n  \
                witness: 'enum { uapi_check_witness = PROOF };'\n  since: \"0.1\"\n";
    fs::write(rules.path().join("site.yaml"), rule).expect("the folder is new");
    let text = |proof: &str, fields: &str| {
        bad(&format!(
            "#define PROOF {proof}\nstruct good {{ {fields} }};"
        ))
    };
    let before = text("1", "__u32 a; __u32 b;");
    let judged = |proof: &str| {
        let after = text(proof, "__u32 c; __u32 a; __u32 b;");
        let change = Change::of_one(before.clone(), after);
        let mut command = change.command();
        command.arg("--rules").arg(rules.path());
        let ended = end(command.args(["--format", "json", "--all"]));
        let report: Value = serde_json::from_slice(&ended.out)
            .unwrap_or_else(|error| panic!("no JSON, {error}; said: {}", ended.err));
        let all = report["findings"].as_array().into_iter().flatten();
        let mut own = all.filter(|finding| finding["rule"] == "struct-field-inserted");
        let verdict = own.next().map(|finding| finding["verdict"].clone());
        (ended.status, verdict, report)
    };
    let (status, verdict, report) = judged(&"- ".repeat(200_000));
    assert_eq!(verdict, Some("review".into()), "{report:#}");
    assert_eq!((status, &report["conclusion"]), (3, &"undecided".into()));
    let gaps = report["gaps"].as_array().into_iter().flatten();
    let mut untried = gaps.filter_map(|gap| gap["reason"].as_str());
    assert!(untried.any(|reason| reason.contains("proof of its break could not be tried")));
    // The look-alike: an error that is only an error is the proof.
    let (status, verdict, _) = judged("no_such_name");
    assert_eq!((status, verdict), (1, Some("break".into())));
}

#[test]
fn workers_are_confined_before_they_are_given_a_header() {
    let change = Change::of_one(bad("#define D 1"), endless());
    let mut child = crate::support::program()
        .args(change.command().get_args().skip(2))
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the program is there");
    let confined = super::system::soon(|| {
        let workers = super::system::children(child.id());
        workers
            .into_iter()
            .find_map(|pid| confinement(pid).filter(|threads| threads.len() > 1))
    });
    // Also where the test fails, nothing is left to run.
    child.kill().expect("it is our child");
    child.wait().expect("it is waited for once");
    let threads = confined.expect("a worker is confined while it works");
    assert!(
        threads
            .iter()
            .all(|thread| thread == "NoNewPrivs: 1, Seccomp: 2"),
        "{threads:?}"
    );
}

/// What proc(5) says of every thread of a process that is under a filter; `None` while none is.
fn confinement(pid: u32) -> Option<Vec<String>> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
    let status = |thread: fs::DirEntry| {
        let text = fs::read_to_string(thread.path().join("status")).ok()?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| format!("{name} {}", value.trim()))
        };
        Some(format!("{}, {}", value("NoNewPrivs:")?, value("Seccomp:")?))
    };
    let found: Vec<String> = threads.filter_map(status).collect();
    found
        .iter()
        .any(|thread| thread.ends_with('2'))
        .then_some(found)
}

#[test]
fn a_report_says_what_the_parser_was_under() {
    let change = Change::of_one(bad(GOOD), bad("struct good { __u64 a; };"));
    let (_, report) = change.check();
    let active = &report["tool"]["sandbox"]["active"];
    for name in ["rlimits", "no_new_privs", "seccomp"] {
        assert!(
            active
                .as_array()
                .is_some_and(|all| all.contains(&name.into())),
            "{active}"
        );
    }
    let verbose = end(change.command().arg("-v"));
    let text = String::from_utf8_lossy(&verbose.out).into_owned();
    assert!(text.contains("Sandbox: rlimits, no_new_privs, "), "{text}");
    // Nothing was read, so nothing had to be kept in.
    let same = Change::of_one(bad(GOOD), bad(GOOD)).check().1;
    assert_eq!(same["tool"]["sandbox"]["active"], Value::Array(Vec::new()));
}
