//! Commit by commit through a repository that carries a part of the headers.

use super::*;

const PART: &str = "vendor/include/uapi/linux/a.h";

/// A program's repository in which the headers stand in a directory of their own: they come, a field is
/// put in, something else changes, and the field goes again.
fn history() -> (Repository, Vec<String>) {
    let repository = Repository::empty();
    let mut commits: Vec<String> = Vec::new();
    for (fields, program) in [
        (None, "int a;\n"),
        (Some(""), "int a;\n"),
        (Some(MORE), "int a;\n"),
        (Some(MORE), "int b;\n"),
        (Some(""), "int b;\n"),
    ] {
        let mut files = Files::new();
        files.insert("src/main.c".into(), program.into());
        if let Some(fields) = fields {
            files.insert(PART.into(), header(fields).into());
        }
        let parent = commits.last().map(String::as_str);
        commits.push(repository.commit(&files, parent));
    }
    (repository, commits)
}

fn ids(list: &Value) -> Vec<&str> {
    let commits = list.as_array().unwrap().iter();
    commits
        .map(|commit| commit["id"].as_str().unwrap())
        .collect()
}

#[test]
fn a_part_of_the_headers_is_gone_through_commit_by_commit() {
    let (repository, commits) = history();
    let [_, added, broken, _, mended] = &commits[..] else {
        panic!("five were made");
    };
    let folder = repository.path();
    let told = |command: &[&str], base: &str| {
        let range = format!("{base}..{mended}");
        let place = ["--repo", folder.to_str().unwrap(), "--root", "vendor"];
        let rest = ["--format", "json", &range];
        json(&program(&[command, &place, &rest].concat()))
    };
    let report = told(&["check", "--per-commit"], added);
    assert_eq!(report["conclusion"], "pass", "{report:#}");
    assert_eq!(report["commits"]["passed"], 3);
    // Not the one that touched the program alone.
    assert_eq!(ids(&report["commits"]["examined"]), [broken, mended]);
    let taken_back = &report["commits"]["taken_back"][0];
    assert_eq!(taken_back["finding"]["subject"], "struct a");
    assert_eq!(taken_back["finding"]["commit"]["id"], **broken);
    assert_eq!(taken_back["taken_back_by"]["id"], **mended);

    // From where there was no header of the kernel yet.
    let told = told(&["history", "--subject", "struct a"], &commits[0]);
    let events = told["lives"][0]["events"].as_array().unwrap();
    let events: Vec<_> = events.iter().map(|event| &event["what"]).collect();
    // No release has it, so nothing of it is broken.
    assert_eq!(events, ["added", "changed", "restored"]);
    assert_eq!(told["not_read"], Value::Array(vec![]));
}

#[test]
fn a_merge_of_a_part_that_only_joins_made_nothing() {
    let repository = Repository::empty();
    let files = |fields: &str, program: &str| -> Files {
        [
            ("include/uapi/linux/a.h".to_owned(), header(fields).into()),
            ("src/main.c".to_owned(), program.into()),
        ]
        .into()
    };
    let base = repository.commit(&files("", "int a;\n"), None);
    let ours = repository.commit(&files("", "int b;\n"), Some(&base));
    let theirs = repository.commit(&files(MORE, "int a;\n"), Some(&base));
    let joined = files(MORE, "int b;\n");
    let joined = repository.commit_as(&joined, &[ours, theirs.clone()], "Merge", 1);
    let (folder, range) = (repository.path(), format!("{base}..{joined}"));
    let folder = folder.to_str().unwrap();
    let report = json(&program(&[
        "check",
        "--per-commit",
        "--repo",
        folder,
        "--format",
        "json",
        &range,
    ]));
    assert_eq!(rules(&report).len(), 1, "{report:#}");
    assert_eq!(ids(&report["commits"]["examined"]), [&theirs]);
    assert_eq!(report["findings"][0]["commit"]["id"], *theirs);
}

#[test]
fn directories_have_no_commits_to_go_through() {
    let said = program(&["dirs", "/a", "/b", "--per-commit"]);
    assert_eq!(said.status.code(), Some(2));
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("--per-commit"), "{said}");
}
