//! The shape of the house: who may import whom, who may touch the outside world, where `unsafe` stands.
//!
//! Reads the source text, so that a wrong edge fails at once and names its line.

use std::path::{Path, PathBuf};

/// Module, and the modules of ours that it may name with `crate::`.
const MAY_USE: [(&str, &[&str]); 23] = [
    ("cache", &[]),
    ("model", &[]),
    ("mail", &["model"]),
    ("source", &["mail"]),
    ("apply", &["mail", "source"]),
    ("tree", &["source"]),
    ("extract", &["tree", "model"]),
    ("diff", &["model"]),
    ("judge", &["model", "diff"]),
    ("approve", &["model", "judge"]),
    ("report", &["model", "diff", "judge", "approve"]),
    (
        "pipeline",
        &[
            "cache", "mail", "source", "apply", "tree", "extract", "model", "diff", "judge",
            "approve", "report",
        ],
    ),
    ("http", &[]),
    ("patchwork", &["http"]),
    ("store", &[]),
    ("git", &["http"]),
    ("github", &["http", "git"]),
    ("follow", &["mail", "source", "http", "git", "patchwork"]),
    ("reply", &["model", "mail", "judge", "approve", "report"]),
    ("post", &["patchwork", "reply", "github"]),
    (
        "service",
        &[
            "cache",
            "mail",
            "apply",
            "source",
            "model",
            "judge",
            "approve",
            "report",
            "pipeline",
            "http",
            "patchwork",
            "github",
            "follow",
            "store",
            "reply",
            "post",
        ],
    ),
    ("web", &["judge", "report", "store", "github", "service"]),
    (
        "cli",
        &[
            "web", "service", "cache", "mail", "source", "tree", "extract", "model", "diff",
            "judge", "approve", "report", "pipeline",
        ],
    ),
];

/// Where somebody's secret is held against one of ours, the functions that do it, and what they do it with: subtle's
/// comparison, and that of hmac, which is subtle's.
const COMPARE_SECRETS: [(&str, &str, &str); 2] = [
    ("web/tokens.rs", "pub fn who(", ".ct_eq("),
    ("github/webhook.rs", "pub fn verify(", ".verify_slice("),
];
/// The fields of what we are asked that have a secret in them, and the file that may read each.
const SECRET_FIELDS: [(&str, &str); 2] = [
    ("authorization", "web/tokens.rs"),
    ("x-hub-signature", "web/hooks.rs"),
];

/// Stages that see nothing but their arguments.
const PURE: [&str; 7] = [
    "model", "mail", "diff", "judge", "approve", "report", "reply",
];

/// What a pure stage must not name.
const OUTSIDE: [&str; 7] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::time::Instant",
    "SystemTime",
    "std::thread",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(directory).expect("src can be listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file is UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.sort();
    found
}

/// Top-level module of a file below src/, such as `diff` for src/diff/field.rs.
fn module(path: &Path) -> String {
    let below = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("below src");
    let first = below
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.components().any(|part| part.as_os_str() == "tests") || name.ends_with("tests.rs")
}

/// The lines of a file up to its inline tests, comments left out.
fn product(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text[..end]
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

#[test]
fn no_module_imports_upwards() {
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        let here = module(path);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == here) else {
            continue;
        };
        for (number, line) in product(text) {
            for rest in line.split("crate::").skip(1) {
                let other: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let known = MAY_USE.iter().any(|(name, _)| *name == other);
                if known && other != here && !allowed.contains(&other.as_str()) {
                    wrong.push(format!("{}:{number}: {here} names {other}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_house_is_in_the_table() {
    for (path, _) in sources() {
        let here = module(&path);
        let known = MAY_USE.iter().any(|(name, _)| *name == here)
            || ["lib", "main", "tests", "benches"].contains(&here.as_str());
        assert!(known, "{here} is not in the table of imports");
    }
}

#[test]
fn pure_stages_see_nothing_outside() {
    let mut wrong = Vec::new();
    for (path, text) in sources()
        .iter()
        .filter(|(path, _)| !is_test(path) && PURE.contains(&module(path).as_str()))
    {
        for (number, line) in product(text) {
            for word in OUTSIDE {
                if line.contains(word) {
                    wrong.push(format!("{}:{number}: {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tests_do_not_use_the_cache_of_whoever_runs_them() {
    let start = ["Command::new(env!(\"CARGO_BIN_EXE", "_uapi-check\"))"].concat();
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| is_test(path) && text.contains(&start))
        .filter(|(path, _)| !path.ends_with("src/tests/support/mod.rs"))
        .map(|(path, _)| format!("{}: crate::support::program() does", path.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn secrets_are_compared_in_a_time_that_tells_nothing() {
    for (file, function, comparison) in COMPARE_SECRETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        let text = std::fs::read_to_string(&path).expect("a source file is UTF-8");
        let body = text.split(function).nth(1).expect("the function is there");
        let end = body.find("\n}\n").unwrap_or(body.len());
        let end = body.find("\n    }\n").unwrap_or(end).min(end);
        let body = &body[..end];
        assert!(body.contains(comparison), "{file}: {body}");
        for early in [
            "==",
            "!=",
            "break",
            "return Some",
            "return Ok",
            ".find(",
            ".any(",
        ] {
            assert!(!body.contains(early), "{file}: {early}: {body}");
        }
    }
}

#[test]
fn secrets_of_requests_are_read_in_one_place_each() {
    let mut read = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        if module(path) != "web" {
            continue;
        }
        for (number, line) in product(text) {
            let line = line.to_lowercase();
            // What is said to programs in words reads nothing.
            let code = line.contains("header") || line.contains("get(");
            for (field, file) in SECRET_FIELDS
                .iter()
                .filter(|(field, _)| line.contains(field))
            {
                if code {
                    assert!(path.ends_with(file), "{}:{number}: {field}", path.display());
                    read.push(*field);
                }
            }
        }
    }
    read.dedup();
    read.sort_unstable();
    read.dedup();
    assert_eq!(read, SECRET_FIELDS.map(|(field, _)| field));
}

#[test]
fn unsafe_stands_in_one_file() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        for (number, line) in product(text) {
            let found = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"]
                .iter()
                .any(|word| line.contains(word));
            if found && path.ends_with("src/extract/clang.rs") {
                seen += 1;
            } else if found {
                wrong.push(format!("{}:{number}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        seen > 0,
        "the file that may hold unsafe holds none: has it moved?"
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn files_and_functions_stay_short() {
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        // A table may be longer than code.
        if path.ends_with("src/diff/kinds.rs") {
            continue;
        }
        let lines = product(text).count();
        if lines > 500 {
            wrong.push(format!("{}: {lines} lines of code", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
