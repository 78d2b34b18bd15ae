//! `source` on real repositories, made with the `git` command: each form of a range, each kind of
//! repository, and what is damaged or hostile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ranges;
mod repositories;
mod trees;
mod walks;
mod worktree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use uapi_check::source::{File, Files, ReleaseChoice, Sides, SourceError, State, open};

const HEADER: &str = "include/uapi/linux/a.h";

/// A repository in a directory of its own. Each commit is a minute after the one before.
struct Repo {
    directory: tempfile::TempDir,
    minutes: std::cell::Cell<u32>,
}

impl Repo {
    fn new() -> Self {
        let repo = Self {
            directory: tempfile::tempdir().unwrap(),
            minutes: std::cell::Cell::new(0),
        };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// main: `v6.1` (tag), then `two`, then `three`, each with its own text in the header.
    fn with_history() -> Self {
        let repo = Self::new();
        repo.commit(HEADER, "one");
        repo.git(&["tag", "-a", "-m", "Linux 6.1", "v6.1"]);
        repo.commit(HEADER, "two");
        repo.commit(HEADER, "three");
        repo
    }

    fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.directory.path(), self.minutes.get(), arguments)
    }

    fn write(&self, path: &str, text: &str) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    /// Writes a file and commits everything; gives the commit's id.
    fn commit(&self, path: &str, text: &str) -> String {
        self.write(path, text);
        self.commit_all(text)
    }

    fn commit_all(&self, subject: &str) -> String {
        self.minutes.set(self.minutes.get() + 1);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn open(&self, range: Option<&str>) -> Result<Sides, SourceError> {
        open(&self.path(), range, ReleaseChoice::LastTag)
    }

    /// The header's text before and after.
    fn texts(&self, range: Option<&str>) -> (String, String) {
        let sides = self.open(range).unwrap();
        (text(&sides.before, HEADER), text(&sides.after, HEADER))
    }

    fn mistake(&self, range: Option<&str>) -> String {
        mistake(self.open(range))
    }
}

fn git(directory: &Path, minutes: u32, arguments: &[&str]) -> String {
    let output = git_command(directory, minutes, arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// git without the settings of the machine, at a date of its own.
fn git_command(directory: &Path, minutes: u32, arguments: &[&str]) -> Command {
    let date = format!("2024-01-01T{:02}:{:02}:00Z", minutes / 60, minutes % 60);
    let mut command = Command::new("git");
    command
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "A U Thor")
        .env("GIT_AUTHOR_EMAIL", "author@example.org")
        .env("GIT_COMMITTER_NAME", "C O Mitter")
        .env("GIT_COMMITTER_EMAIL", "committer@example.org")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .stdin(Stdio::null());
    command
}

/// The text of a file; empty where there is none.
fn text(state: &State, path: &str) -> String {
    match state.files.file(path).unwrap() {
        Some(file) => String::from_utf8(state.files.read(&file).unwrap().to_vec()).unwrap(),
        None => String::new(),
    }
}

fn paths(files: &dyn Files, directory: &str) -> Vec<String> {
    let files = files.below(directory).unwrap();
    files.into_iter().map(|file| file.path).collect()
}

fn mistake(result: Result<Sides, SourceError>) -> String {
    let error = result.err().expect("the range must be refused");
    assert!(error.is_mistake(), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

fn hexadecimal(file: &File) -> String {
    file.id.0.iter().map(|byte| format!("{byte:02x}")).collect()
}
