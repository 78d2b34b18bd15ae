//! A made-up kernel history, commit by commit: each changes some files of the one before. And the
//! program, run on a range of it.

use super::case::fixtures;
use super::repository::{Files, Repository};
use serde_json::Value;
use std::process::Output;

/// Paths and texts of some files; an empty text takes a file away.
pub type Texts<'t> = &'t [(&'t str, &'t str)];

/// Commits over the files of `fixtures/_base`, each a day after the one before.
pub struct Series {
    /// Where they stand.
    pub repository: Repository,
    files: Files,
    head: Option<String>,
    days: i64,
}

/// Commits made beside the others.
pub struct Branch {
    files: Files,
    /// Its commits, oldest first.
    pub ids: Vec<String>,
}

impl Series {
    /// One whose first commit has these files and is `v6.1`.
    pub fn released(files: Texts<'_>) -> Self {
        let mut series = Self {
            repository: Repository::over(&fixtures().join("_base")),
            files: Files::new(),
            head: None,
            days: 0,
        };
        series.commit("Linux 6.1", files);
        series.tag("v6.1");
        series
    }

    /// Commits these files on top of the others and gives the commit's id.
    pub fn commit(&mut self, subject: &str, files: Texts<'_>) -> String {
        let parents: Vec<String> = self.head.iter().cloned().collect();
        self.commit_on(&parents, subject, files)
    }

    /// The same with files that need not be text.
    pub fn commit_bytes(&mut self, subject: &str, files: &[(&str, &[u8])]) -> String {
        let files = files.iter();
        self.files
            .extend(files.map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())));
        self.commit(subject, &[])
    }

    /// Makes commits from here that the next one does not build on.
    pub fn branch(&mut self, commits: &[(&str, Texts<'_>)]) -> Branch {
        let (files, head) = (self.files.clone(), self.head.clone());
        let ids = commits
            .iter()
            .map(|(subject, files)| self.commit(subject, files))
            .collect();
        let changed = |path: &str| {
            let mut texts = commits.iter().flat_map(|(_, texts)| texts.iter());
            texts.any(|(name, _)| *name == path)
        };
        let mut of_branch = std::mem::replace(&mut self.files, files);
        of_branch.retain(|path, _| changed(path));
        self.head = head;
        Branch {
            files: of_branch,
            ids,
        }
    }

    /// Joins a branch; these files are the merge's own work.
    pub fn merge(&mut self, branch: &Branch, files: Texts<'_>) -> String {
        self.files.extend(branch.files.clone());
        let own = self.head.iter();
        let parents: Vec<String> = own.chain(branch.ids.last()).cloned().collect();
        self.commit_on(&parents, "Merge branch", files)
    }

    fn commit_on(&mut self, parents: &[String], subject: &str, files: Texts<'_>) -> String {
        let files = files.iter();
        self.files
            .extend(files.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
        // A file that is nowhere can't be taken away once more.
        let there = |(path, text): &(&String, &Vec<u8>)| {
            !text.is_empty() || fixtures().join("_base").join(path).exists()
        };
        let files = self.files.iter().filter(there);
        let files: Files = files.map(|(p, t)| (p.clone(), t.clone())).collect();
        self.days += 1;
        let id = self
            .repository
            .commit_as(&files, parents, subject, self.days);
        self.head = Some(id.clone());
        id
    }

    /// Names the last commit.
    pub fn tag(&self, name: &str) {
        let head = self.head.as_ref().expect("there is a first commit");
        self.repository.tag(name, head);
    }

    /// Makes a branch at a commit.
    pub fn branch_named(&self, name: &str, id: &str) {
        self.repository.branch(name, id);
    }

    /// From v6.1 to the last commit.
    pub fn range(&self) -> String {
        let head = self.head.as_ref().expect("there is a first commit");
        format!("v6.1..{head}")
    }

    /// Runs the program on x86_64 with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = super::program();
        command.args(arguments).args(["--target", "x86_64"]);
        command.arg("--repo").arg(self.repository.path());
        command.output().expect("the program runs")
    }

    /// The same with JSON: exit status and document.
    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        let err = String::from_utf8_lossy(&output.stderr);
        let document = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("no JSON, {error}; said: {err}"));
        (output.status.code().expect("no signal"), document)
    }
}

/// A well-kept header with these declarations in it.
pub fn header(name: &str, body: &str) -> String {
    format!(
        "/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */\n\
         #ifndef _UAPI_LINUX_{name}_H\n#define _UAPI_LINUX_{name}_H\n\
         #include <linux/types.h>\n{body}\n#endif\n"
    )
}
